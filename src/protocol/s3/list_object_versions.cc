#include "protocol/s3/checksum_fields.h"
#include "protocol/s3/conditions.h"
#include "protocol/s3/listed_objects.h"
#include "protocol/s3/operations.h"
#include "protocol/s3/owner.h"
#include "protocol/s3/request_names.h"

namespace owlet::s3 {
namespace {

void Add(const store::ObjectInfo& info, const std::optional<std::string>& encoding,
         aws::s3::ListObjectVersionsOutput& reply) {
  const std::string version_id = info.version_id.empty() ? "null" : info.version_id;
  if (info.delete_marker) {
    if (!reply.delete_markers) reply.delete_markers.emplace();
    auto& marker = reply.delete_markers->emplace_back();
    marker.key = EncodeListed(encoding, info.key);
    marker.version_id = version_id;
    marker.is_latest = info.is_latest;
    marker.last_modified = info.modified;
    marker.owner = OwnerOf(info.owner_account);
    return;
  }
  if (!reply.versions) reply.versions.emplace();
  auto& version = reply.versions->emplace_back();
  version.key = EncodeListed(encoding, info.key);
  version.version_id = version_id;
  version.is_latest = info.is_latest;
  version.last_modified = info.modified;
  version.e_tag = Quote(info.etag);
  version.size = static_cast<std::int64_t>(info.size);
  version.storage_class =
      info.attributes.storage_class.empty() ? "STANDARD" : info.attributes.storage_class;
  if (info.checksum) {
    version.checksum_algorithm = {{std::string(ChecksumName(info.checksum->algorithm))}};
    version.checksum_type = std::string(ChecksumTypeName(info.checksum->type));
  }
  version.owner = OwnerOf(info.owner_account);
}

}  // namespace

Result<aws::s3::ListObjectVersionsOutput> ListObjectVersions(
    ObjectStore& store, const Context& context, const aws::s3::ListObjectVersionsRequest& request) {
  OWLET_TRY(const auto bucket, store::BucketName::Parse(request.bucket));
  OWLET_TRY(const std::size_t limit, PageLimit(request.max_keys));
  if (request.version_id_marker && !request.version_id_marker->empty() &&
      request.key_marker.value_or("").empty()) {
    return Fail(Reason::kInvalidArgument,
                "A version-id marker cannot be specified without a key marker.");
  }
  OWLET_TRY(const auto page,
            store.ListVersions(context.principal, bucket,
                               {.prefix = request.prefix.value_or(""),
                                .delimiter = request.delimiter.value_or(""),
                                .key_marker = request.key_marker.value_or(""),
                                .version_id_marker = request.version_id_marker.value_or(""),
                                .limit = limit}));
  const auto& encoding = request.encoding_type;
  aws::s3::ListObjectVersionsOutput reply;
  reply.name = bucket.text();
  reply.prefix = EncodeListed(encoding, request.prefix.value_or(""));
  reply.key_marker = EncodeListed(encoding, request.key_marker.value_or(""));
  reply.version_id_marker = request.version_id_marker.value_or("");
  reply.max_keys = static_cast<std::int32_t>(limit);
  reply.is_truncated = page.truncated;
  reply.encoding_type = encoding;
  if (request.delimiter && !request.delimiter->empty()) {
    reply.delimiter = EncodeListed(encoding, *request.delimiter);
  }
  if (page.truncated) {
    reply.next_key_marker = EncodeListed(encoding, page.next_key);
    if (!page.next_version_id.empty()) reply.next_version_id_marker = page.next_version_id;
  }
  for (const store::ObjectInfo& info : page.versions) Add(info, encoding, reply);
  reply.common_prefixes = ListedPrefixes(page.common_prefixes, encoding);
  return reply;
}

}  // namespace owlet::s3
