#pragma once

#include <aws/s3/types.h>

#include "core/store/object_store.h"

namespace owlet::s3 {

/// The bucket's public access block; all of it is off where none was set.
[[nodiscard]] aws::s3::PublicAccessBlockConfiguration ReadPublicAccessBlock(
    const store::BucketTerms& bucket);

}  // namespace owlet::s3
