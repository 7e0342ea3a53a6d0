#pragma once

#include <memory>

#include "core/access/accounts.h"
#include "core/access/authorizer.h"
#include "net/http.h"
#include "protocol/common/service_environment.h"

namespace owlet::iam {

/// The API of IAM over the identities of `accounts`: a call is about the caller's account; each
/// call is decided by `authorizer` first ("iam:CreateUser" on the user's ARN). Both must outlive
/// it. Thread-safe.
[[nodiscard]] std::unique_ptr<net::HttpService> MakeIamService(
    const access::Accounts& accounts, const access::Authorizer& authorizer,
    protocol::ServiceEnvironment environment);

}  // namespace owlet::iam
