#pragma once

#include <optional>
#include <string>

#include "core/store/object_store.h"

namespace owlet::s3 {

/// x-amz-expiration: when a rule of the bucket's lifecycle ends this object, and which.
[[nodiscard]] std::optional<std::string> ExpirationHeader(const store::ObjectStore& store,
                                                          const store::BucketName& bucket,
                                                          const store::ObjectInfo& info);

}  // namespace owlet::s3
