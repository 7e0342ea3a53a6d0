#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "base/ascii.h"
#include "core/access/policy.h"
#include "core/access/policy_pattern.h"
#include "core/access/policy_places.h"

namespace owlet::access {
namespace {

using Json = nlohmann::ordered_json;

// Longer than any policy that a service takes (S3's 20 KiB is the longest).
constexpr std::size_t kMaxPolicyBytes = 64 * 1024;

std::unexpected<Error> Malformed(std::string message) {
  return Fail(Reason::kMalformedRequest, std::move(message), "MalformedPolicyDocument");
}

std::unexpected<Error> NotJson(PolicyUse use) {
  switch (use) {
    case PolicyUse::kIdentity:
      return Malformed("Syntax errors in policy.");
    case PolicyUse::kResource:
      return Malformed("Policies must be valid JSON and the first byte must be '{'");
    case PolicyUse::kTrust:
      return Malformed("This policy contains invalid Json");
  }
  return Malformed("This policy contains invalid Json");
}

std::unexpected<Error> SyntaxError() { return Malformed("Syntax errors in policy."); }

bool IsAlphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// "x" or ["x", "y"]; booleans and numbers as condition values are texts.
Result<std::vector<std::string>> ReadTexts(const Json& json, bool scalars) {
  std::vector<std::string> texts;
  const auto read_one = [&](const Json& value) {
    if (value.is_string()) {
      texts.push_back(value.get<std::string>());
    } else if (scalars && (value.is_boolean() || value.is_number())) {
      texts.push_back(value.dump());
    } else {
      return false;
    }
    return true;
  };
  if (!json.is_array()) {
    if (!read_one(json)) return SyntaxError();
    return texts;
  }
  for (const Json& value : json) {
    if (!read_one(value)) return SyntaxError();
  }
  return texts;
}

Result<PolicyPrincipals> ReadPrincipals(const Json& json) {
  PolicyPrincipals principals;
  if (json.is_string()) {
    if (json.get<std::string>() != "*") return SyntaxError();
    principals.everybody = true;
    return principals;
  }
  if (!json.is_object() || json.empty()) return SyntaxError();
  for (const auto& [kind, value] : json.items()) {
    OWLET_TRY(auto names, ReadTexts(value, false));
    if (kind == "AWS") {
      for (std::string& name : names) {
        if (name == "*") {
          principals.everybody = true;
        } else {
          principals.aws.push_back(std::move(name));
        }
      }
    } else if (kind == "Service") {
      principals.services = std::move(names);
    } else if (kind == "Federated") {
      principals.federated = std::move(names);
    } else if (kind == "CanonicalUser") {
      principals.canonical_users = std::move(names);
    } else {
      return Malformed("Unknown principal type \"" + kind + "\" in policy.");
    }
  }
  return principals;
}

Result<PolicyCondition> ReadOperator(std::string_view name) {
  PolicyCondition condition;
  constexpr std::string_view kAny = "ForAnyValue:";
  constexpr std::string_view kAll = "ForAllValues:";
  constexpr std::string_view kIfExists = "IfExists";
  const std::string whole(name);
  if (EqualsIgnoringCase(name.substr(0, kAny.size()), kAny)) {
    condition.quantifier = PolicyCondition::Quantifier::kForAnyValue;
    name.remove_prefix(kAny.size());
  } else if (EqualsIgnoringCase(name.substr(0, kAll.size()), kAll)) {
    condition.quantifier = PolicyCondition::Quantifier::kForAllValues;
    name.remove_prefix(kAll.size());
  }
  if (name.size() > kIfExists.size() &&
      EqualsIgnoringCase(name.substr(name.size() - kIfExists.size()), kIfExists)) {
    condition.if_exists = true;
    name.remove_suffix(kIfExists.size());
  }
  if (!IsConditionOperator(name)) return Malformed("Invalid Condition type : " + whole);
  condition.operation = name;
  return condition;
}

Result<std::vector<PolicyCondition>> ReadConditions(const Json& json) {
  if (!json.is_object()) return SyntaxError();
  std::vector<PolicyCondition> conditions;
  for (const auto& [name, keys] : json.items()) {
    OWLET_TRY(const PolicyCondition operation, ReadOperator(name));
    if (!keys.is_object()) return SyntaxError();
    for (const auto& [key, values] : keys.items()) {
      if (key.find(':') == std::string::npos) {
        return Malformed(
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
      }
      PolicyCondition condition = operation;
      condition.key = key;
      OWLET_TRY(condition.values, ReadTexts(values, true));
      conditions.push_back(std::move(condition));
    }
  }
  return conditions;
}

Status CheckActions(const std::vector<std::string>& actions) {
  if (actions.empty()) return Malformed("Policy statement must contain actions.");
  for (const std::string& action : actions) {
    if (action == "*") continue;
    const std::size_t colon = action.find(':');
    if (colon == 0 || colon == std::string::npos || colon + 1 == action.size()) {
      return Malformed(
          "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
    }
    if (action.find(':', colon + 1) != std::string::npos) {
      return Malformed("Actions/Condition can contain only one colon.");
    }
    const std::string vendor = action.substr(0, colon);
    const bool good = vendor == "*" || std::ranges::all_of(vendor, [](char c) {
                        return IsAlphanumeric(c) || c == '-' || c == '.';
                      });
    if (!good) return Malformed("Vendor " + vendor + " is not valid");
  }
  return {};
}

/// The resources of IAM are of these kinds.
Status CheckIamPath(std::string_view path) {
  constexpr std::array<std::string_view, 13> kKinds = {"user/",
                                                       "federated-user/",
                                                       "role/",
                                                       "group/",
                                                       "instance-profile/",
                                                       "mfa/",
                                                       "server-certificate/",
                                                       "policy/",
                                                       "sms-mfa/",
                                                       "saml-provider/",
                                                       "oidc-provider/",
                                                       "report/",
                                                       "access-report/"};
  if (path.starts_with('*') || path == "root" || path.find("${") == 0) return {};
  for (const std::string_view kind : kKinds) {
    if (path.starts_with(kind)) return {};
  }
  return Malformed(
      "IAM resource path must either be \"*\" or start with user/, federated-user/, role/, group/, "
      "instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, "
      "oidc-provider/, report/, access-report/.");
}

Status CheckResource(const std::string& resource) {
  if (resource == "*") return {};
  if (!resource.starts_with("arn:")) {
    return Malformed("Resource " + resource + " must be in ARN format or \"*\".");
  }
  // arn : partition : service : region : account : what
  std::array<std::string_view, 6> parts;
  std::string_view rest = resource;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::size_t colon = i + 1 == parts.size() ? std::string_view::npos : rest.find(':');
    parts[i] = rest.substr(0, colon);
    rest = colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
  }
  constexpr std::array<std::string_view, 4> kPartitions = {"*", "aws", "aws-cn", "aws-us-gov"};
  if (std::ranges::find(kPartitions, parts[1]) == kPartitions.end() &&
      parts[1].find("${") == std::string_view::npos) {
    return Malformed("Partition \"" + std::string(parts[1]) + "\" is not valid for resource \"" +
                     resource + "\".");
  }
  if (parts[2].empty() || (parts[2] != "*" && parts[2].find_first_of("*?") != parts[2].npos)) {
    return Malformed("Resource vendor must be fully qualified and cannot contain regexes.");
  }
  const bool has_region = !parts[3].empty() && parts[3] != "*";
  if (parts[2] == "s3" && has_region) {
    return Malformed("Resource " + resource + " can not contain region information.");
  }
  if (parts[2] != "iam") return {};
  if (has_region) {
    return Malformed("IAM resource " + resource + " cannot contain region information.");
  }
  return CheckIamPath(parts[5]);
}

Status CheckResources(const std::vector<std::string>& resources) {
  if (resources.empty()) return Malformed("Policy statement must contain resources.");
  for (const std::string& resource : resources) OWLET_CHECK_OK(CheckResource(resource));
  return {};
}

Status CheckTrustedAction(const std::string& action) {
  constexpr std::array<std::string_view, 6> kActions = {
      "sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity",
      "sts:TagSession", "sts:SetSourceIdentity",  "sts:SetContext"};
  for (const std::string_view each : kActions) {
    if (WildcardMatch(action, each, /*ignore_case=*/true)) return {};
  }
  return Malformed("AssumeRole policy may only specify STS AssumeRole actions.");
}

/// "*", an account, or an ARN.
Status CheckPrincipals(const PolicyPrincipals& principals) {
  for (const std::string& name : principals.aws) {
    const bool account =
        name.size() == 12 && std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
    const bool arn =
        name.starts_with("arn:") && name.find('*') == std::string::npos &&
        (name.find(":iam::") != std::string::npos || name.find(":sts::") != std::string::npos);
    // "AIDA…", "AROA…": what stays of a principal that was deleted.
    const bool id =
        name.size() > 16 && name.starts_with('A') && std::ranges::all_of(name, IsAlphanumeric);
    if (!account && !arn && !id) {
      return Malformed("Invalid principal in policy: \"AWS\":\"" + name + "\"");
    }
  }
  return {};
}

Status CheckUse(const PolicyStatement& statement, const Json& json, PolicyUse use) {
  const bool has_resource = json.contains("Resource") || json.contains("NotResource");
  if (use == PolicyUse::kIdentity) {
    if (statement.principals) return Malformed("Policy document should not specify a principal.");
    return CheckResources(statement.resources);
  }
  if (!statement.principals) return Malformed("Missing required field Principal");
  OWLET_CHECK_OK(CheckPrincipals(*statement.principals));
  if (use == PolicyUse::kResource) return CheckResources(statement.resources);
  if (has_resource) return Malformed("Has prohibited field Resource");
  for (const std::string& action : statement.actions) OWLET_CHECK_OK(CheckTrustedAction(action));
  return {};
}

Result<PolicyStatement> ReadStatement(const Json& json, PolicyUse use) {
  static const std::set<std::string, std::less<>> kElements = {
      "Sid",         "Effect",       "Action",    "NotAction", "Resource",
      "NotResource", "NotPrincipal", "Principal", "Condition"};
  if (!json.is_object()) return SyntaxError();
  for (const auto& [name, value] : json.items()) {
    if (!kElements.contains(name)) return SyntaxError();
  }
  PolicyStatement statement;
  if (json.contains("Sid")) {
    if (!json["Sid"].is_string()) return SyntaxError();
    statement.sid = json["Sid"].get<std::string>();
    if (use != PolicyUse::kResource && !std::ranges::all_of(statement.sid, IsAlphanumeric)) {
      return Malformed(
          "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular "
          "expression [0-9A-Za-z]*");
    }
  }
  if (!json.contains("Effect") || !json["Effect"].is_string()) return SyntaxError();
  const std::string effect = json["Effect"].get<std::string>();
  if (effect != "Allow" && effect != "Deny") return SyntaxError();
  statement.allow = effect == "Allow";

  const auto choose = [&](const char* name, const char* not_name, bool& negated,
                          std::vector<std::string>& texts) -> Status {
    if (json.contains(name) && json.contains(not_name)) return SyntaxError();
    negated = json.contains(not_name);
    if (!negated && !json.contains(name)) return {};
    OWLET_TRY(texts, ReadTexts(json[negated ? not_name : name], false));
    return {};
  };
  OWLET_CHECK_OK(choose("Action", "NotAction", statement.not_action, statement.actions));
  OWLET_CHECK_OK(CheckActions(statement.actions));
  OWLET_CHECK_OK(choose("Resource", "NotResource", statement.not_resource, statement.resources));
  if (json.contains("Principal") && json.contains("NotPrincipal")) return SyntaxError();
  statement.not_principal = json.contains("NotPrincipal");
  if (json.contains("Principal") || statement.not_principal) {
    OWLET_TRY(statement.principals,
              ReadPrincipals(json[statement.not_principal ? "NotPrincipal" : "Principal"]));
  }
  if (json.contains("Condition")) {
    OWLET_TRY(statement.conditions, ReadConditions(json["Condition"]));
  }
  OWLET_CHECK_OK(CheckUse(statement, json, use));
  return statement;
}

}  // namespace

Result<std::shared_ptr<const PolicyDocument>> PolicyDocument::Parse(std::string_view text,
                                                                    PolicyUse use) {
  if (text.size() > kMaxPolicyBytes) return Malformed("The policy is too long.");
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded() || !json.is_object()) return NotJson(use);
  auto document = std::make_shared<PolicyDocument>(Key());
  document->version_ = "2008-10-17";
  for (const auto& [name, value] : json.items()) {
    if (name == "Version") {
      if (!value.is_string()) return SyntaxError();
      document->version_ = value.get<std::string>();
    } else if (name != "Id" && name != "Statement") {
      return SyntaxError();
    }
  }
  if (document->version_ != "2012-10-17" && document->version_ != "2008-10-17") {
    return Malformed("The policy must contain a valid version string");
  }
  if (!json.contains("Statement")) return SyntaxError();
  const Json& statements = json["Statement"];
  std::set<std::string> sids;
  const auto places = PlacesOfStatements(text);
  const auto read = [&](const Json& each) -> Status {
    OWLET_TRY(PolicyStatement statement, ReadStatement(each, use));
    if (!statement.sid.empty() && !sids.insert(statement.sid).second) {
      return Malformed("Statement IDs (SID) in a single policy must be unique.");
    }
    const std::size_t index = document->statements_.size();
    if (index < places.size()) {
      statement.begin = places[index].first;
      statement.end = places[index].second;
    }
    document->statements_.push_back(std::move(statement));
    return {};
  };
  if (!statements.is_array()) {
    OWLET_CHECK_OK(read(statements));
    return document;
  }
  if (statements.empty()) return SyntaxError();
  for (const Json& each : statements) OWLET_CHECK_OK(read(each));
  return document;
}

}  // namespace owlet::access
