#pragma once

#include "protocol/common/service_error.h"

namespace owlet::protocol {

/// The code and status of an error of IAM's and STS's handlers: the two services word them alike.
[[nodiscard]] ServiceError MapIdentityError(const Error& error);

}  // namespace owlet::protocol
