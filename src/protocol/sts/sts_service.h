#pragma once

#include <memory>

#include "core/access/accounts.h"
#include "core/access/authorizer.h"
#include "core/access/web_identity.h"
#include "net/http.h"
#include "protocol/common/service_environment.h"

namespace owlet::sts {

/// The API of STS over the identities of `accounts`: a call is about the caller's account. All must
/// outlive it. Thread-safe.
[[nodiscard]] std::unique_ptr<net::HttpService> MakeStsService(
    const access::Accounts& accounts, const access::Authorizer& authorizer,
    const access::KeySets& keys, protocol::ServiceEnvironment environment);

}  // namespace owlet::sts
