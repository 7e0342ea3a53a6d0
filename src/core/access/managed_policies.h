#pragma once

#include <span>
#include <string_view>

#include "core/access/identity_model.h"

namespace owlet::access {

/// The policies that AWS provides and that set-ups of EMR, Athena, Glue and S3 attach, with the
/// statements that AWS documents (managed_policy_documents.cc).
[[nodiscard]] std::span<const ManagedPolicy> ProvidedPolicies();

/// By "arn:aws:iam::aws:policy/…"; null when there is none.
[[nodiscard]] const ManagedPolicy* FindProvidedPolicy(std::string_view arn);

}  // namespace owlet::access
