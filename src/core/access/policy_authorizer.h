#pragma once

#include "base/clock.h"
#include "core/access/authorizer.h"
#include "core/access/identity_store.h"

namespace owlet::access {

/// Decides by the policies of an IdentityStore. Thread-safe; a change of a policy holds from the
/// next decision on.
class PolicyAuthorizer final : public Authorizer {
 public:
  /// Both must outlive it.
  PolicyAuthorizer(const IdentityStore& identities, const Clock& clock)
      : identities_(identities), clock_(clock) {}

  [[nodiscard]] Status Decide(const Principal& principal, std::string_view action,
                              std::string_view resource, const AccessContext& context = {},
                              const ResourceAccess& access = {}) const override;

 private:
  const IdentityStore& identities_;
  const Clock& clock_;
};

/// The sentence in which AWS refuses.
[[nodiscard]] std::string RefusalMessage(const Principal& principal, std::string_view action,
                                         std::string_view resource, Decision decision);

}  // namespace owlet::access
