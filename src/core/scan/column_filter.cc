#include "core/scan/column_filter.h"

#include <algorithm>
#include <cmath>
#include <compare>
#include <string_view>

namespace owlet::scan {

namespace {

int OrderOf(double left, double right) {
  if (std::isnan(left) || std::isnan(right)) return int{std::isnan(left)} - int{std::isnan(right)};
  return left < right ? -1 : left > right ? 1 : 0;
}

int OrderOf(const ColumnFilter& filter, const ColumnData& column, std::size_t row) {
  switch (column.storage()) {
    case ColumnData::Storage::kInteger: {
      const std::int64_t value = column.integers[row];
      return value < filter.integer ? -1 : value > filter.integer ? 1 : 0;
    }
    case ColumnData::Storage::kDouble:
      return OrderOf(column.doubles[row], filter.real);
    default:
      return column.strings[row].compare(filter.text);
  }
}

}  // namespace

bool ColumnFilter::Passes(const ColumnData& column, std::size_t row) const {
  const auto passes = [&](const ColumnFilter& child) { return child.Passes(column, row); };
  const bool valid = column.valid[row] != 0;
  switch (kind) {
    case Kind::kAny:
      return true;
    case Kind::kIsNull:
      return !valid;
    case Kind::kIsNotNull:
      return valid;
    case Kind::kAnd:
      return std::all_of(children.begin(), children.end(), passes);
    case Kind::kOr:
      return std::any_of(children.begin(), children.end(), passes);
    case Kind::kEqual:
      return valid && OrderOf(*this, column, row) == 0;
    case Kind::kNotEqual:
      return valid && OrderOf(*this, column, row) != 0;
    case Kind::kLess:
      return valid && OrderOf(*this, column, row) < 0;
    case Kind::kLessOrEqual:
      return valid && OrderOf(*this, column, row) <= 0;
    case Kind::kGreater:
      return valid && OrderOf(*this, column, row) > 0;
    case Kind::kGreaterOrEqual:
      return valid && OrderOf(*this, column, row) >= 0;
  }
  return true;
}

}  // namespace owlet::scan
