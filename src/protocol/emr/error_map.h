#pragma once

#include "base/error.h"
#include "protocol/common/service_error.h"

namespace owlet::emr {

/// EMR's code for an error. Its members Message and ErrorCode are those of InvalidRequestException.
[[nodiscard]] protocol::ServiceError MapError(const Error& error);

}  // namespace owlet::emr
