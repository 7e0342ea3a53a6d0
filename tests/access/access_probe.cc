// Decides the cases of test_decisions.py: one JSON object a line in, one word a line out.

#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "core/access/policy_evaluation.h"

namespace {

using Json = nlohmann::json;
using owlet::Timestamp;
using namespace owlet::access;

std::string Text(const Json& json, const char* name) { return json.value(name, std::string()); }

PrincipalKind KindOf(const std::string& word) {
  if (word == "root") return PrincipalKind::kRoot;
  if (word == "user") return PrincipalKind::kUser;
  if (word == "role") return PrincipalKind::kAssumedRole;
  if (word == "federated") return PrincipalKind::kFederatedUser;
  if (word == "service") return PrincipalKind::kService;
  return PrincipalKind::kAnonymous;
}

std::shared_ptr<const PolicyDocument> Read(const Json& document, PolicyUse use) {
  if (document.is_null()) return nullptr;
  auto parsed = PolicyDocument::Parse(document.dump(), use);
  if (parsed) return *parsed;
  std::cerr << parsed.error().message << ": " << document.dump() << "\n";
  std::exit(1);
}

PolicyList ReadAll(const Json& documents) {
  PolicyList list;
  for (const Json& document : documents) list.push_back(Read(document, PolicyUse::kIdentity));
  return list;
}

Principal ReadPrincipal(const Json& json) {
  Principal principal;
  principal.kind = KindOf(Text(json, "kind"));
  principal.account_id = Text(json, "account");
  principal.arn = Text(json, "arn");
  principal.user_id = Text(json, "user_id");
  principal.name = Text(json, "name");
  principal.session_name = Text(json, "session_name");
  principal.role_arn = Text(json, "role_arn");
  principal.session_policies = ReadAll(json["session_policies"]);
  if (json.contains("session_tags")) {
    SessionFacts facts;
    facts.tags = json["session_tags"].get<TagMap>();
    principal.session = std::make_shared<const SessionFacts>(std::move(facts));
  }
  if (json.contains("source_ip")) {
    RequestOrigin origin;
    origin.source_ip = Text(json, "source_ip");
    origin.secure = json["secure"].get<bool>();
    principal.origin = std::make_shared<const RequestOrigin>(std::move(origin));
  }
  return principal;
}

const char* WordOf(Decision decision) {
  switch (decision) {
    case Decision::kAllowed:
      return "allow";
    case Decision::kDeniedByIdentity:
    case Decision::kDeniedByBoundary:
    case Decision::kDeniedBySession:
    case Decision::kDeniedByResource:
      return "explicit deny";
    case Decision::kNotAllowed:
    case Decision::kNotAllowedByResource:
    case Decision::kOutsideBoundary:
    case Decision::kOutsideSession:
      return "implicit deny";
  }
  return "";
}

const char* Decide(const Json& json) {
  const Principal principal = ReadPrincipal(json["principal"]);
  AccessContext context;
  for (const auto& [key, values] : json["context"].items()) {
    context.Set(key, values.get<std::vector<std::string>>());
  }
  const std::string action = Text(json, "action");
  const std::string resource = Text(json, "resource");
  const AccessQuestion question{.principal = principal,
                                .action = action,
                                .resource = resource,
                                .context = context,
                                .now = Timestamp(std::chrono::seconds(json["now"].get<long>()))};
  PolicyInputs inputs{.identity = ReadAll(json["identity"]),
                      .boundary = Read(json["boundary"], PolicyUse::kIdentity),
                      .principal_tags = json["principal_tags"].get<TagMap>()};
  const auto policy = Read(json["resource_policy"], PolicyUse::kResource);
  const std::string owner = Text(json, "owner");
  const std::string acl = Text(json, "acl");
  return WordOf(Evaluate(question, inputs,
                         {.policy = policy.get(),
                          .owner_account = owner,
                          .acl = acl == "everybody" ? AclGrant::kEverybody
                                 : acl == "account" ? AclGrant::kAccount
                                                    : AclGrant::kNone,
                          .policy_only_denies = json["policy_only_denies"].get<bool>(),
                          .grant_required = json["grant_required"].get<bool>()}));
}

}  // namespace

int main() {
  std::string line;
  while (std::getline(std::cin, line)) std::cout << Decide(Json::parse(line)) << "\n";
}
