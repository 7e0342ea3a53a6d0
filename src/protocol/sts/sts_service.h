#pragma once

#include <memory>

#include "core/access/authorizer.h"
#include "core/access/identity_store.h"
#include "net/http.h"
#include "protocol/common/service_environment.h"

namespace owlet::sts {

/// The API of STS over `identities`. Both must outlive it. Thread-safe.
[[nodiscard]] std::unique_ptr<net::HttpService> MakeStsService(
    access::IdentityStore& identities, const access::Authorizer& authorizer,
    protocol::ServiceEnvironment environment);

}  // namespace owlet::sts
