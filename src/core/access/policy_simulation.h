#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/access/policy_evaluation.h"

// What IAM's policy simulator tells beside the decision: which statements had a say, and which
// condition keys were missing. Pure functions.

namespace owlet::access {

/// A policy with the name that the simulator calls it by.
struct NamedPolicy {
  std::string id;
  std::shared_ptr<const PolicyDocument> document;
};

struct SimulationInputs {
  std::vector<NamedPolicy> identity;
  std::optional<NamedPolicy> boundary;
  std::optional<NamedPolicy> resource;
  TagMap principal_tags;
  std::string resource_owner;  // an account, or "" for the principal's
};

struct MatchedStatement {
  std::string policy_id;
  PolicyPosition begin;
  PolicyPosition end;
};

struct Simulation {
  Decision decision = Decision::kNotAllowed;
  std::vector<MatchedStatement> matched;
  std::vector<std::string> missing_keys;
  std::optional<bool> allowed_by_boundary;
};

[[nodiscard]] Simulation Simulate(const AccessQuestion& question, const SimulationInputs& inputs);

/// The condition keys that a policy names, in conditions and in variables, sorted.
[[nodiscard]] std::vector<std::string> ContextKeysOf(std::span<const NamedPolicy> policies);

}  // namespace owlet::access
