#pragma once

#include "base/error.h"
#include "protocol/common/service_error.h"

namespace owlet::athena {

/// Athena's code and status for every Reason.
[[nodiscard]] protocol::ServiceError MapError(const Error& error);

}  // namespace owlet::athena
