#pragma once

#include "base/error.h"
#include "protocol/common/service_error.h"

namespace owlet::s3 {

/// S3's code, status and further elements for an error of the domain. An error's `condition`, where
/// there is one, is S3's code already.
[[nodiscard]] protocol::ServiceError MapError(const Error& error);

}  // namespace owlet::s3
