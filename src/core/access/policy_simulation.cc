#include "core/access/policy_simulation.h"

#include <set>

#include "base/ascii.h"
#include "core/access/policy_pattern.h"

namespace owlet::access {
namespace {

struct LessIgnoringCase {
  bool operator()(const std::string& a, const std::string& b) const {
    return ToLowerAscii(a) < ToLowerAscii(b);
  }
};
using KeySet = std::set<std::string, LessIgnoringCase>;

void AddVariables(std::string_view text, KeySet& keys) {
  while (true) {
    const std::size_t start = text.find("${");
    const std::size_t end = start == std::string_view::npos ? start : text.find('}', start);
    if (end == std::string_view::npos) return;
    std::string_view name = text.substr(start + 2, end - start - 2);
    name = TrimBlanks(name.substr(0, name.find(',')));
    if (name != "*" && name != "?" && name != "$") keys.emplace(name);
    text.remove_prefix(end + 1);
  }
}

void AddKeys(const PolicyDocument& document, KeySet& keys) {
  for (const PolicyStatement& statement : document.statements()) {
    for (const PolicyCondition& condition : statement.conditions) {
      keys.insert(condition.key);
      if (!document.has_variables()) continue;
      for (const std::string& value : condition.values) AddVariables(value, keys);
    }
    if (!document.has_variables()) continue;
    for (const std::string& resource : statement.resources) AddVariables(resource, keys);
  }
}

void AddMatched(const NamedPolicy& policy, const AccessQuestion& question,
                std::vector<MatchedStatement>& matched) {
  for (const PolicyStatement& statement : policy.document->statements()) {
    if (MatchPrincipal(statement, question.principal) == PrincipalMatch::kNone) continue;
    if (!Applies(statement, question, policy.document->has_variables())) continue;
    matched.push_back({.policy_id = policy.id, .begin = statement.begin, .end = statement.end});
  }
}

}  // namespace

Simulation Simulate(const AccessQuestion& asked, const SimulationInputs& inputs) {
  AccessQuestion question = asked;
  question.principal_tags = &inputs.principal_tags;
  question.owner_account = inputs.resource_owner;
  PolicyInputs policies;
  policies.principal_tags = inputs.principal_tags;
  Simulation simulation;
  KeySet keys;
  for (const NamedPolicy& policy : inputs.identity) {
    policies.identity.push_back(policy.document);
    AddMatched(policy, question, simulation.matched);
    AddKeys(*policy.document, keys);
  }
  if (inputs.boundary) {
    policies.boundary = inputs.boundary->document;
    AddKeys(*inputs.boundary->document, keys);
  }
  ResourceAccess access{.owner_account = inputs.resource_owner};
  if (inputs.resource) {
    access.policy = inputs.resource->document.get();
    AddMatched(*inputs.resource, question, simulation.matched);
    AddKeys(*inputs.resource->document, keys);
  }
  simulation.decision = Evaluate(question, policies, access);
  if (inputs.boundary) {
    simulation.allowed_by_boundary = simulation.decision != Decision::kOutsideBoundary &&
                                     simulation.decision != Decision::kDeniedByBoundary;
  }
  for (const std::string& key : keys) {
    if (ContextValues(question, key).empty()) simulation.missing_keys.push_back(key);
  }
  return simulation;
}

std::vector<std::string> ContextKeysOf(std::span<const NamedPolicy> policies) {
  KeySet keys;
  for (const NamedPolicy& policy : policies) AddKeys(*policy.document, keys);
  return {keys.begin(), keys.end()};
}

}  // namespace owlet::access
