#pragma once

#include <memory>

#include "core/jobs/clusters.h"
#include "net/http.h"
#include "protocol/common/service_environment.h"

namespace owlet::emr {

/// EMR's API over `clusters`, which must outlive it. Thread-safe.
[[nodiscard]] std::unique_ptr<net::HttpService> MakeEmrService(
    jobs::Clusters& clusters, protocol::ServiceEnvironment environment);

}  // namespace owlet::emr
