#include "protocol/s3/request_names.h"

#include "base/percent_encoding.h"

namespace owlet::s3 {

Result<Target> ParseCopySource(std::string_view header) {
  const auto invalid = [] {
    return Fail(Reason::kInvalidArgument,
                "Copy Source must mention the source bucket and key: sourcebucket/sourcekey");
  };
  constexpr std::string_view kVersion = "?versionId=";
  std::optional<std::string> version_id;
  const std::size_t question = header.find(kVersion);
  if (question != std::string_view::npos) {
    version_id = std::string(header.substr(question + kVersion.size()));
    header = header.substr(0, question);
  }
  const auto decoded = PercentDecode(header);
  if (!decoded) return invalid();
  std::string_view path = *decoded;
  if (path.starts_with('/')) path.remove_prefix(1);
  const std::size_t slash = path.find('/');
  if (slash == std::string_view::npos || slash + 1 == path.size()) return invalid();
  OWLET_TRY(store::BucketName bucket, store::BucketName::Parse(path.substr(0, slash)));
  OWLET_TRY(store::ObjectKey key, store::ObjectKey::Parse(path.substr(slash + 1)));
  return Target{
      .bucket = std::move(bucket), .key = std::move(key), .version_id = std::move(version_id)};
}

std::string EncodeListed(const std::optional<std::string>& encoding_type, std::string_view text) {
  if (!encoding_type) return std::string(text);
  return PercentEncode(text, /*keep_slash=*/true);
}

}  // namespace owlet::s3
