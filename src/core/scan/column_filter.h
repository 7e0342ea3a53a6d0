#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/scan/column_batch.h"

namespace owlet::scan {

/// A condition on the values of one scalar column, which a scan may use to leave rows out early. It
/// is a hint: rows that fail it may still be given. A value.
struct ColumnFilter {
  enum class Kind : std::uint8_t {
    kAny,  // nothing is known: all pass
    kIsNull,
    kIsNotNull,
    kEqual,
    kNotEqual,
    kLess,
    kLessOrEqual,
    kGreater,
    kGreaterOrEqual,
    kAnd,
    kOr,
  };

  Kind kind = Kind::kAny;
  // The constant of a comparison, as ColumnData keeps the column's values; strings compare by
  // their bytes, NaN is equal to itself and the greatest number.
  std::int64_t integer = 0;
  double real = 0;
  std::string text;
  std::vector<ColumnFilter> children;

  /// A NULL fails every comparison.
  [[nodiscard]] bool Passes(const ColumnData& column, std::size_t row) const;
};

}  // namespace owlet::scan
