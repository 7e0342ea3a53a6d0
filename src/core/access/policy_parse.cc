#include <nlohmann/json.hpp>
#include <set>

#include "base/ascii.h"
#include "core/access/policy.h"
#include "core/access/policy_pattern.h"

namespace owlet::access {
namespace {

using Json = nlohmann::ordered_json;

// Longer than any policy that a service takes (S3's 20 KiB is the longest).
constexpr std::size_t kMaxPolicyBytes = 64 * 1024;

std::unexpected<Error> Malformed(std::string message) {
  return Fail(Reason::kMalformedRequest, std::move(message), "MalformedPolicyDocument");
}

std::unexpected<Error> SyntaxError() { return Malformed("Syntax errors in policy."); }

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
    const std::size_t colon = action.find(':');
    if (action != "*" && (colon == 0 || colon == std::string::npos || colon + 1 == action.size())) {
      return Malformed(
          "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
    }
  }
  return {};
}

Status CheckResources(const std::vector<std::string>& resources) {
  if (resources.empty()) return Malformed("Policy statement must contain resources.");
  for (const std::string& resource : resources) {
    if (resource != "*" && !resource.starts_with("arn:") && !resource.starts_with("${")) {
      return Malformed("Resource " + resource + " must be in ARN format or \"*\".");
    }
  }
  return {};
}

Status CheckUse(const PolicyStatement& statement, const Json& json, PolicyUse use) {
  const bool has_resource = json.contains("Resource") || json.contains("NotResource");
  switch (use) {
    case PolicyUse::kIdentity:
      if (statement.principals) return Malformed("Policy document should not specify a principal.");
      return CheckResources(statement.resources);
    case PolicyUse::kResource:
      if (!statement.principals) return Malformed("Missing required field Principal");
      return CheckResources(statement.resources);
    case PolicyUse::kTrust:
      if (!statement.principals) return Malformed("Missing required field Principal");
      if (has_resource) return Malformed("Has prohibited field Resource");
      return {};
  }
  return SyntaxError();
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
  if (json.is_discarded() || !json.is_object()) {
    return Malformed("This policy contains invalid Json");
  }
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
  const auto read = [&](const Json& each) -> Status {
    OWLET_TRY(PolicyStatement statement, ReadStatement(each, use));
    if (!statement.sid.empty() && !sids.insert(statement.sid).second) {
      return Malformed("Statement IDs (SID) in a single policy must be unique.");
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
