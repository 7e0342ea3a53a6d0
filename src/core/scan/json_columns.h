#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "core/plan/types.h"
#include "core/scan/column_kind.h"
#include "core/scan/json_walk.h"

namespace owlet::scan {

/// The plain kind of a column with values of these kinds; kOther: none.
[[nodiscard]] ColumnKind PlainKindOf(KindSet seen);
/// The plain kind that a column of the type reads as its values stand there; kOther: none.
[[nodiscard]] ColumnKind PlainKindOf(plan::TypeId type);

/// Up to eight digits, the first lowest, in three multiplications.
inline std::uint64_t EightDigits(const char* at, std::size_t size) {
  std::uint64_t digits;
  std::memcpy(&digits, at, sizeof(digits));
  if (size == 0) return 0;
  digits <<= 8 * (8 - size);  // zeros in front; '0' & 15 is the same
  digits &= 0x0F0F0F0F0F0F0F0F;
  digits = (digits * 10) + (digits >> 8);
  return (((digits & 0x000000FF000000FF) * 0x000F424000000064) +
          (((digits >> 16) & 0x000000FF000000FF) * 0x0000271000000001)) >>
         32;
}

/// The number that a kInteger's text is; eight bytes behind the text can be read.
inline std::int64_t ParseShortInteger(std::string_view text) {
  const bool negative = text[0] == '-';
  if (negative) text.remove_prefix(1);
  std::uint64_t value = 0;
  while (text.size() > 8) {
    value = value * 100'000'000 + EightDigits(text.data(), 8);
    text.remove_prefix(8);
  }
  constexpr std::uint64_t kPowers[] = {1,       10,        100,        1'000,      10'000,
                                       100'000, 1'000'000, 10'000'000, 100'000'000};
  value = value * kPowers[text.size()] + EightDigits(text.data(), text.size());
  return negative ? -static_cast<std::int64_t>(value) : static_cast<std::int64_t>(value);
}

}  // namespace owlet::scan
