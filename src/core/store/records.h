#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "core/store/object_info.h"
#include "core/store/object_store.h"
#include "core/store/records.pb.h"

// Between the records on disk and the types of the interface.

namespace owlet::store {

/// kCorruption, naming `what`.
template <class Record>
[[nodiscard]] Result<Record> ParseRecord(std::string_view value, std::string_view what) {
  Record record;
  if (!record.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
    return Fail(Reason::kCorruption, "a record is damaged: " + std::string(what));
  }
  return record;
}

[[nodiscard]] std::int64_t ToMicros(Timestamp time);
[[nodiscard]] Timestamp FromMicros(std::int64_t micros);

void ToRecord(const Checksum& checksum, records::Checksum& record);
/// Nothing when the record has none.
[[nodiscard]] std::optional<Checksum> FromRecord(const records::Checksum& record);
void ToRecord(const ObjectAttributes& attributes, records::Attributes& record);
[[nodiscard]] ObjectAttributes FromRecord(const records::Attributes& record);
[[nodiscard]] PartInfo FromRecord(const records::Part& record);
/// Without its version's id, which stands in the row's key.
[[nodiscard]] ObjectInfo FromRecord(std::string key, const records::Object& record);
void ToRecord(const Encryption& encryption, records::Encryption& record);
[[nodiscard]] Encryption FromRecord(const records::Encryption& record);
template <class Entries>
void ToEntries(const AccessControlList& list, Entries& entries) {
  entries.Clear();
  for (const AclEntry& entry : list.entries) {
    records::Grant& grant = *entries.Add();
    grant.set_group(static_cast<std::uint32_t>(entry.group));
    grant.set_canonical_id(entry.canonical_id);
    grant.set_permission(static_cast<std::uint32_t>(entry.permission));
  }
}
template <class Entries>
[[nodiscard]] AccessControlList FromEntries(const Entries& entries) {
  AccessControlList list;
  for (const records::Grant& grant : entries) {
    list.entries.push_back({.group = static_cast<AclGroup>(grant.group()),
                            .canonical_id = grant.canonical_id(),
                            .permission = static_cast<AclPermission>(grant.permission())});
  }
  return list;
}
[[nodiscard]] UploadInfo FromRecord(std::string key, std::string upload_id,
                                    const records::Upload& record);

}  // namespace owlet::store
