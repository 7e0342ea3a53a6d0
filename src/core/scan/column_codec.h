#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/scan/column_batch.h"
#include "core/scan/column_filter.h"

namespace owlet::scan {

/// Writes columns of a block compactly: numbers by their distance from the least one, strings that
/// repeat as a dictionary with a byte a row. One for each column, since it learns which columns
/// have dictionaries. Not thread-safe.
class ColumnEncoder {
 public:
  /// Appends all rows of `column` to `out`.
  void Encode(const ColumnData& column, std::string& out);

 private:
  void EncodeStrings(const ColumnData& column, std::string& out);
  [[nodiscard]] bool EncodeDictionary(const ColumnData& column, std::string& out);

  std::uint32_t plain_blocks_ = 0;  // since a dictionary was tried
  std::vector<ColumnEncoder> children_;
};

/// One encoded column, to be read once or more. The bytes must outlive it and all strings that it
/// gives. Bytes that no ColumnEncoder made are told by `false`, not by a crash.
class EncodedColumn {
 public:
  EncodedColumn(std::string_view bytes, std::size_t rows) : bytes_(bytes), rows_(rows) {}

  /// Removes from `chosen` (positions of rows, rising) those whose values fail. `type` is the
  /// column's.
  [[nodiscard]] bool Choose(const ColumnFilter& filter, const plan::Type& type,
                            std::vector<std::uint32_t>& chosen) const;

  /// Appends the rows to `out`, which is empty: those of `chosen`, or all without it. `chosen` is
  /// for columns without nested values.
  [[nodiscard]] bool Read(const std::vector<std::uint32_t>* chosen, ColumnData& out) const;

 private:
  std::string_view bytes_;
  std::size_t rows_;
};

/// A column of a block that has only NULLs, as Read gives it.
void AppendNulls(std::size_t rows, ColumnData& out);

}  // namespace owlet::scan
