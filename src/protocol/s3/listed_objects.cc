#include "protocol/s3/listed_objects.h"

#include <algorithm>

#include "protocol/s3/checksum_fields.h"
#include "protocol/s3/conditions.h"
#include "protocol/s3/owner.h"
#include "protocol/s3/request_names.h"

namespace owlet::s3 {
namespace {

constexpr std::int32_t kMaxKeys = 1000;

}  // namespace

Result<std::size_t> PageLimit(const std::optional<std::int32_t>& max_keys) {
  const std::int32_t limit = max_keys.value_or(kMaxKeys);
  if (limit < 0) {
    return Fail(Reason::kInvalidArgument,
                "Argument maxKeys must be an integer between 0 and "
                "2147483647");
  }
  return static_cast<std::size_t>(std::min(limit, kMaxKeys));
}

std::optional<std::vector<aws::s3::Object>> ListedObjects(
    const store::ListPage& page, const std::optional<std::string>& encoding_type, bool with_owner) {
  if (page.objects.empty()) return std::nullopt;
  std::vector<aws::s3::Object> objects;
  objects.reserve(page.objects.size());
  for (const store::ObjectInfo& info : page.objects) {
    aws::s3::Object& object = objects.emplace_back();
    object.key = EncodeListed(encoding_type, info.key);
    object.last_modified = info.modified;
    object.e_tag = Quote(info.etag);
    object.size = static_cast<std::int64_t>(info.size);
    object.storage_class =
        info.attributes.storage_class.empty() ? "STANDARD" : info.attributes.storage_class;
    if (info.checksum) {
      object.checksum_algorithm = {{std::string(ChecksumName(info.checksum->algorithm))}};
      object.checksum_type = std::string(ChecksumTypeName(info.checksum->type));
    }
    if (with_owner) object.owner = OwnerOf(info.owner_account);
  }
  return objects;
}

std::optional<std::vector<aws::s3::CommonPrefix>> ListedPrefixes(
    const std::vector<std::string>& prefixes, const std::optional<std::string>& encoding_type) {
  if (prefixes.empty()) return std::nullopt;
  std::vector<aws::s3::CommonPrefix> listed;
  listed.reserve(prefixes.size());
  for (const std::string& prefix : prefixes) {
    listed.emplace_back().prefix = EncodeListed(encoding_type, prefix);
  }
  return listed;
}

}  // namespace owlet::s3
