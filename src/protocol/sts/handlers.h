#pragma once

#include <aws/sts/types.h>

#include "base/result.h"
#include "core/access/authorizer.h"
#include "core/access/identity_store.h"
#include "protocol/common/operation.h"

// One function for each operation of STS that owlet has; each bears its name. All are thread-safe.
// The others (web identity, SAML, federation) need outside identity providers and answer
// NotImplemented.

namespace owlet::sts {

/// What a handler works with.
struct Call {
  access::IdentityStore& identities;
  const access::Authorizer& authorizer;
  const protocol::RequestContext& context;
};

[[nodiscard]] Result<aws::sts::GetCallerIdentityResponse> GetCallerIdentity(
    const Call& call, const aws::sts::GetCallerIdentityRequest& request);
[[nodiscard]] Result<aws::sts::AssumeRoleResponse> AssumeRole(
    const Call& call, const aws::sts::AssumeRoleRequest& request);
[[nodiscard]] Result<aws::sts::GetSessionTokenResponse> GetSessionToken(
    const Call& call, const aws::sts::GetSessionTokenRequest& request);
[[nodiscard]] Result<aws::sts::GetAccessKeyInfoResponse> GetAccessKeyInfo(
    const Call& call, const aws::sts::GetAccessKeyInfoRequest& request);

}  // namespace owlet::sts
