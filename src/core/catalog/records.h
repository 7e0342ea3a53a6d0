#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "core/catalog/model.h"

// The catalog's values in the key-value store: model.h's structs as protobuf (records.proto).

namespace owlet::catalog {

[[nodiscard]] std::string EncodeDatabase(const Database& database);
[[nodiscard]] std::string EncodeTable(const Table& table);
[[nodiscard]] std::string EncodePartition(const Partition& partition);
[[nodiscard]] std::string EncodeTags(const Properties& tags);

// Errors: kCorruption.
[[nodiscard]] Result<Database> DecodeDatabase(std::string_view bytes);
[[nodiscard]] Result<Table> DecodeTable(std::string_view bytes);
[[nodiscard]] Result<Partition> DecodePartition(std::string_view bytes);
[[nodiscard]] Result<Properties> DecodeTags(std::string_view bytes);

}  // namespace owlet::catalog
