#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/access/policy.h"
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
  /// `context` gives the condition keys of this request ("s3:prefix", "aws:SourceIp" ...);
  /// `resource_policy` is the bucket's (or other resource's) own policy, where there is one.
  [[nodiscard]] virtual Status Decide(const Principal& principal, std::string_view action,
                                      std::string_view resource, const AccessContext& context = {},
                                      const PolicyDocument* resource_policy = nullptr) const = 0;
};

/// Allows everything to everybody: for tests of folders that ask an Authorizer.
class AllowAll final : public Authorizer {
 public:
  [[nodiscard]] Status Decide(const Principal&, std::string_view, std::string_view,
                              const AccessContext&, const PolicyDocument*) const override {
    return {};
  }
};

}  // namespace owlet::access
