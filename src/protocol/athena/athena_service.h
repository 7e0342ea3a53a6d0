#pragma once

#include <memory>

#include "core/catalog/catalog.h"
#include "core/jobs/query_executions.h"
#include "core/jobs/workgroups.h"
#include "net/http.h"
#include "protocol/common/service_environment.h"

namespace owlet::athena {

/// Athena's API. What it is given must outlive it. Thread-safe.
[[nodiscard]] std::unique_ptr<net::HttpService> MakeAthenaService(
    jobs::QueryExecutions& executions, jobs::Workgroups& workgroups, catalog::Catalog& catalog,
    protocol::ServiceEnvironment environment);

}  // namespace owlet::athena
