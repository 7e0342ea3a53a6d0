#pragma once

#include "base/clock.h"
#include "core/access/authorizer.h"
#include "core/access/policy_source.h"

namespace owlet::access {

/// Decides by the policies of a PolicySource. Thread-safe; a change of a policy holds from the
/// next decision on.
class PolicyAuthorizer final : public Authorizer {
 public:
  /// Both must outlive it. `home_account` owns what a server has once, whoever asks: the catalog,
  /// workgroups, clusters.
  PolicyAuthorizer(const PolicySource& identities, const Clock& clock,
                   std::string home_account = std::string(kDefaultAccount))
      : identities_(identities), clock_(clock), home_account_(std::move(home_account)) {}

  [[nodiscard]] Status Decide(const Principal& principal, std::string_view action,
                              std::string_view resource, const AccessContext& context = {},
                              const ResourceAccess& access = {}) const override;

 private:
  const PolicySource& identities_;
  const Clock& clock_;
  std::string home_account_;
};

/// The sentence in which AWS refuses.
[[nodiscard]] std::string RefusalMessage(const Principal& principal, std::string_view action,
                                         std::string_view resource, Decision decision);

}  // namespace owlet::access
