#pragma once

#include "protocol/common/service_error.h"

namespace owlet::iam {

/// IAM's code and status for an error of its handlers.
[[nodiscard]] protocol::ServiceError MapError(const Error& error);

}  // namespace owlet::iam
