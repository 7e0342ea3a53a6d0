#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "protocol/s3/form_data.h"

namespace owlet::s3 {

/// How large a policy lets the file be.
struct PostSizeRange {
  std::uint64_t least = 0;
  std::uint64_t most = UINT64_MAX;
};

/// Checks a form's fields against its policy document (S3 API reference, "Creating a POST Policy").
/// kMalformedRequest "InvalidPolicyDocument" for what is no policy; kAccessDenied for one that is
/// over or that the form does not keep.
[[nodiscard]] Result<PostSizeRange> CheckPostPolicy(std::string_view base64,
                                                    const FormFields& fields,
                                                    std::string_view bucket, std::string_view key,
                                                    Timestamp now);

}  // namespace owlet::s3
