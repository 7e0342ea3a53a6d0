#pragma once

#include <memory>

#include "core/catalog/catalog.h"
#include "net/http.h"
#include "protocol/common/service_environment.h"

namespace owlet::glue {

/// The Glue data catalog's API over `catalog`, which must outlive it. Thread-safe.
[[nodiscard]] std::unique_ptr<net::HttpService> MakeGlueService(
    catalog::Catalog& catalog, protocol::ServiceEnvironment environment);

}  // namespace owlet::glue
