#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The keys of the key-value store's column kCatalog. The first byte tells the kind:
//
//   d name                          Database
//   t database 0 table              Table, the current version
//   v database 0 table 0 version    Table, an archived version (big-endian, 8 bytes)
//   p database 0 table 0 values     Partition
//   g arn                           Tags
//
// A partition's values end with 00 01 each; a 00 inside a value is written 00 FF, so that byte
// order is the order of the values.

namespace owlet::catalog::keys {

[[nodiscard]] std::string DatabaseKey(std::string_view database);
[[nodiscard]] std::string TableKey(std::string_view database, std::string_view table);
/// The beginning of all keys of a database's tables.
[[nodiscard]] std::string TablePrefix(std::string_view database);
[[nodiscard]] std::string VersionPrefix(std::string_view database, std::string_view table);
[[nodiscard]] std::string VersionKey(std::string_view database, std::string_view table,
                                     std::uint64_t version);
[[nodiscard]] std::string PartitionPrefix(std::string_view database, std::string_view table);
[[nodiscard]] std::string PartitionKey(std::string_view database, std::string_view table,
                                       const std::vector<std::string>& values);
[[nodiscard]] std::string TagsKey(std::string_view arn);

/// The values from the part of a partition's key behind its prefix.
[[nodiscard]] std::vector<std::string> PartitionValues(std::string_view suffix);

/// A listing's token for the client: the rest of the last key, as hexadecimal text. Back: nothing
/// when it is no such text.
[[nodiscard]] std::string EncodeToken(std::string_view suffix);
[[nodiscard]] std::optional<std::string> DecodeToken(std::string_view token);

}  // namespace owlet::catalog::keys
