#pragma once

#include <aws/sts/operations.h>

#include "core/access/accounts.h"
#include "core/access/authorizer.h"
#include "core/access/web_identity.h"
#include "protocol/common/operation.h"

// One function for each operation of STS that owlet has; each bears its name. All are thread-safe.

namespace owlet::sts {

/// What a handler works with.
struct Call {
  const access::Accounts& accounts;
  const access::Authorizer& authorizer;
  const access::KeySets& keys;
  const protocol::RequestContext& context;
};

[[nodiscard]] Result<aws::sts::GetCallerIdentityResponse> GetCallerIdentity(
    const Call& call, const aws::sts::GetCallerIdentityRequest& request);
[[nodiscard]] Result<aws::sts::AssumeRoleResponse> AssumeRole(
    const Call& call, const aws::sts::AssumeRoleRequest& request);
[[nodiscard]] Result<aws::sts::AssumeRoleWithWebIdentityResponse> AssumeRoleWithWebIdentity(
    const Call& call, const aws::sts::AssumeRoleWithWebIdentityRequest& request);
[[nodiscard]] Result<aws::sts::GetFederationTokenResponse> GetFederationToken(
    const Call& call, const aws::sts::GetFederationTokenRequest& request);
[[nodiscard]] Result<aws::sts::GetSessionTokenResponse> GetSessionToken(
    const Call& call, const aws::sts::GetSessionTokenRequest& request);
[[nodiscard]] Result<aws::sts::GetAccessKeyInfoResponse> GetAccessKeyInfo(
    const Call& call, const aws::sts::GetAccessKeyInfoRequest& request);

}  // namespace owlet::sts
