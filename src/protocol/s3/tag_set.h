#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace owlet::s3 {

using Tags = std::map<std::string, std::string>;

inline constexpr std::size_t kMaxObjectTags = 10;
inline constexpr std::size_t kMaxBucketTags = 50;

/// Checks the rules for tags (number, lengths, no key twice). kInvalidArgument with the condition
/// "InvalidTag" or "BadRequest".
[[nodiscard]] Result<Tags> CheckTags(std::vector<std::pair<std::string, std::string>> tags,
                                     std::size_t limit);

/// Reads x-amz-tagging: "a=1&b=2", percent-encoded.
[[nodiscard]] Result<Tags> ParseTaggingHeader(std::string_view header);

}  // namespace owlet::s3
