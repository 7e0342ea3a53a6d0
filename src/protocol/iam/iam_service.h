#pragma once

#include <memory>

#include "core/access/authorizer.h"
#include "core/access/identity_store.h"
#include "net/http.h"
#include "protocol/common/service_environment.h"

namespace owlet::iam {

/// The API of IAM over `identities`; each call is decided by `authorizer` first ("iam:CreateUser"
/// on the user's ARN). Both must outlive it. Thread-safe.
[[nodiscard]] std::unique_ptr<net::HttpService> MakeIamService(
    access::IdentityStore& identities, const access::Authorizer& authorizer,
    protocol::ServiceEnvironment environment);

}  // namespace owlet::iam
