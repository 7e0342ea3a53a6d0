#pragma once

#include <string_view>

#include "base/result.h"
#include "core/access/policy_evaluation.h"
#include "core/access/principal.h"

namespace owlet::access {

/// Whether a principal may do something. Thread-safe.
///
///     OWLET_CHECK_OK(authorizer.Decide(principal, "s3:GetObject", "arn:aws:s3:::bucket/key"));
///
/// Refusals are kAccessDenied with the sentence that AWS gives ("User: … is not authorized to
/// perform: … on resource: … because no identity-based policy allows the … action").
class Authorizer {
 public:
  virtual ~Authorizer() = default;
  /// `context` gives the condition keys of this request ("s3:prefix", "aws:RequestTag/x" ...);
  /// those of the principal and of its request (aws:username, aws:SourceIp, aws:CurrentTime ...)
  /// are known without. `access` is what the resource's own side says: its policy, its owner, its
  /// ACL; the default is a resource of the principal's own account without either.
  [[nodiscard]] virtual Status Decide(const Principal& principal, std::string_view action,
                                      std::string_view resource, const AccessContext& context = {},
                                      const ResourceAccess& access = {}) const = 0;
};

/// Allows everything to everybody: for tests of folders that ask an Authorizer.
class AllowAll final : public Authorizer {
 public:
  [[nodiscard]] Status Decide(const Principal&, std::string_view, std::string_view,
                              const AccessContext&, const ResourceAccess&) const override {
    return {};
  }
};

}  // namespace owlet::access
