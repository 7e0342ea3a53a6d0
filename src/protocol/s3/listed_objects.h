#pragma once

#include <aws/s3/types.h>

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/access/principal.h"
#include "core/store/object_store.h"

// What the three listings of objects share.

namespace owlet::s3 {

/// max-keys: at most 1000, whatever is asked; kInvalidArgument when negative.
[[nodiscard]] Result<std::size_t> PageLimit(const std::optional<std::int32_t>& max_keys);

/// Each with its owner, where that is asked for.
[[nodiscard]] std::optional<std::vector<aws::s3::Object>> ListedObjects(
    const store::ListPage& page, const std::optional<std::string>& encoding_type, bool with_owner);

[[nodiscard]] std::optional<std::vector<aws::s3::CommonPrefix>> ListedPrefixes(
    const std::vector<std::string>& prefixes, const std::optional<std::string>& encoding_type);

}  // namespace owlet::s3
