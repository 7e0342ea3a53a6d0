#pragma once

#include <aws/s3/types.h>

#include "core/access/principal.h"

namespace owlet::s3 {

/// The account that owns all buckets and objects, by its canonical id: 64 hex digits, here the
/// SHA-256 of the account's number.
[[nodiscard]] aws::s3::Owner OwnerOf(const access::Principal& principal);

}  // namespace owlet::s3
