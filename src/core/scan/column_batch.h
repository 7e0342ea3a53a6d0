#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/plan/literal.h"
#include "core/plan/types.h"

namespace owlet::scan {

/// Bytes of strings that live as long as the batch that refers to them: appended, never moved.
class StringArena {
 public:
  /// A copy that stays where it is.
  std::string_view Add(std::string_view text);
  /// Room for `size` bytes, to be filled by the caller.
  char* Allocate(std::size_t size);
  /// Keeps bytes that were not copied.
  void Keep(std::shared_ptr<const char[]> bytes) { kept_.push_back(std::move(bytes)); }
  [[nodiscard]] std::size_t size_bytes() const { return size_bytes_; }

 private:
  static constexpr std::size_t kBlock = 64 << 10;
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::vector<std::shared_ptr<const char[]>> kept_;
  std::size_t left_ = 0;
  char* next_ = nullptr;
  std::size_t size_bytes_ = 0;
};

/// Values of one column (or of a nested one) in order, as plain arrays that an engine can copy or
/// point into. By the type: booleans, integers, dates, times and timestamps are `integers`; real
/// and double `doubles`; decimals `decimals`; characters and binary `strings` (in the batch's
/// arena); arrays and maps have `offsets` (one more than rows) into children[0] (and [1]); rows
/// have one child a field.
class ColumnData {
 public:
  explicit ColumnData(plan::Type type);

  enum class Storage : std::uint8_t { kInteger, kDouble, kDecimal, kString, kList, kRow, kNone };

  [[nodiscard]] const plan::Type& type() const { return type_; }
  [[nodiscard]] Storage storage() const { return storage_; }
  [[nodiscard]] std::size_t size() const { return valid.size(); }

  void AppendNull();
  void AppendInteger(std::int64_t value) {
    valid.push_back(1);
    integers.push_back(value);
  }
  void AppendDouble(double value) {
    valid.push_back(1);
    doubles.push_back(value);
  }
  void AppendDecimal(plan::Int128 value) {
    valid.push_back(1);
    decimals.push_back(value);
  }
  void AppendString(std::string_view value) {
    valid.push_back(1);
    strings.push_back(value);
  }
  /// Ends a list whose items were appended to the children.
  void AppendList() {
    valid.push_back(1);
    offsets.push_back(children[0].size());
  }
  /// Ends a row whose fields were appended to the children.
  void AppendRow() { valid.push_back(1); }

  /// Drops what is behind the first `rows` rows, complete or not.
  void Truncate(std::size_t rows);
  void Clear() { Truncate(0); }

  std::vector<std::uint8_t> valid;
  std::vector<std::int64_t> integers;
  std::vector<double> doubles;
  std::vector<plan::Int128> decimals;
  std::vector<std::string_view> strings;
  std::vector<std::size_t> offsets;
  std::vector<ColumnData> children;

 private:
  static Storage StorageOf(const plan::Type& type);

  plan::Type type_;
  Storage storage_;
};

/// Rows in columns: what a scan fills and its sink takes. Not thread-safe; reused between fills.
struct ColumnBatch {
  explicit ColumnBatch(const plan::Schema& schema);

  [[nodiscard]] std::size_t num_rows() const { return rows; }
  void Clear();

  std::vector<ColumnData> columns;
  std::size_t rows = 0;
  /// Records that were read and left out, as filters told.
  std::size_t records_left_out = 0;
  /// Shared with who still reads the strings of an earlier fill.
  std::shared_ptr<StringArena> arena;
};

}  // namespace owlet::scan
