#pragma once

#include <memory>

#include "base/result.h"
#include "core/access/policy_evaluation.h"
#include "core/access/principal.h"

namespace owlet::access {

/// Where the policies of identities are looked up. Implementations are thread-safe.
class PolicySource {
 public:
  virtual ~PolicySource() = default;
  /// What has a say for that principal. kAccessDenied when its user or role exists no more.
  [[nodiscard]] virtual Result<std::shared_ptr<const PolicyInputs>> PoliciesOf(
      const Principal& principal) const = 0;
};

}  // namespace owlet::access
