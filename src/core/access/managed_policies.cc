#include "core/access/managed_policies.h"

#include "core/access/managed_policy_documents.h"

namespace owlet::access {
namespace {

// Ids are the same on every server: "ANPA" and 17 characters out of the name.
std::string IdOf(std::string_view name) {
  static constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string id = "ANPA";
  std::uint64_t state = 0xcbf29ce484222325;
  for (int i = 0; i < 17; ++i) {
    for (const char c : name) state = (state ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    id.push_back(kAlphabet[(state >> 40) % kAlphabet.size()]);
  }
  return id;
}

std::vector<ManagedPolicy> MakeProvided() {
  const Timestamp created(std::chrono::sys_days(std::chrono::year(2015) / 2 / 6));
  std::vector<ManagedPolicy> policies;
  for (const ProvidedDocument& provided : ProvidedDocuments()) {
    ManagedPolicy policy;
    policy.name = provided.name;
    policy.path = provided.path;
    policy.id = IdOf(provided.name);
    policy.arn = "arn:aws:iam::aws:policy" + policy.path + policy.name;
    policy.created = created;
    policy.updated = created;
    policy.description = provided.description;
    policy.provided = true;
    policy.versions.push_back(
        {.id = "v1", .document = std::string(provided.document), .created = created});
    policies.push_back(std::move(policy));
  }
  return policies;
}

}  // namespace

std::span<const ManagedPolicy> ProvidedPolicies() {
  static const std::vector<ManagedPolicy> kPolicies = MakeProvided();
  return kPolicies;
}

const ManagedPolicy* FindProvidedPolicy(std::string_view arn) {
  for (const ManagedPolicy& policy : ProvidedPolicies()) {
    if (policy.arn == arn) return &policy;
  }
  return nullptr;
}

}  // namespace owlet::access
