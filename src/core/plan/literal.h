#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/plan/types.h"

namespace owlet::plan {

__extension__ using Int128 = __int128;

/// Months, days and microseconds kept apart: 1 month is no number of days.
struct Interval {
  std::int32_t months = 0;
  std::int32_t days = 0;
  std::int64_t micros = 0;
  bool operator==(const Interval&) const = default;
};

/// Trino's timestamp with time zone: an instant and the zone it is shown in.
struct ZonedInstant {
  std::int64_t micros = 0;  // UTC
  std::string zone;         // "Europe/Zurich", "+02:00"
  bool operator==(const ZonedInstant&) const = default;
};

struct Literal;

/// A constant's value. Which alternative it holds follows from the type: null: monostate; integers,
/// date (days), time, timestamps without zone and local-zone (microseconds UTC): int64; decimal:
/// the unscaled Int128; real and double: double; varchar, char, varbinary, json, uuid: string;
/// arrays, rows: elements in order; maps: key, value, key, value ...
using LiteralValue = std::variant<std::monostate, bool, std::int64_t, Int128, double, std::string,
                                  Interval, ZonedInstant, std::vector<Literal>>;

struct Literal {
  Type type;
  LiteralValue value;

  [[nodiscard]] bool IsNull() const { return std::holds_alternative<std::monostate>(value); }
  static Literal Null() { return {}; }
  static Literal Boolean(bool value) { return {Type(TypeId::kBoolean), value}; }
  static Literal Integer(std::int32_t value) {
    return {Type(TypeId::kInteger), static_cast<std::int64_t>(value)};
  }
  static Literal Bigint(std::int64_t value) { return {Type(TypeId::kBigint), value}; }
  static Literal Double(double value) { return {Type(TypeId::kDouble), value}; }
  static Literal String(std::string value) { return {Type::Varchar(), std::move(value)}; }

  bool operator==(const Literal&) const = default;
};

}  // namespace owlet::plan
