#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace owlet::plan {

/// The union of Spark's and Trino's types. Which of them a dialect has, and how it writes them, is
/// data of the dialect (type_names.h).
enum class TypeId : std::uint8_t {
  kUnknown,  // the type of NULL: Spark's void, Trino's unknown
  kBoolean,
  kTinyint,
  kSmallint,
  kInteger,
  kBigint,
  kReal,  // 32-bit float
  kDouble,
  kDecimal,  // precision, scale (at most 38)
  kVarchar,  // length, or unbounded: Spark's string
  kChar,     // length; padded
  kVarbinary,
  kDate,
  kTime,                // precision
  kTimeWithZone,        // precision; Trino
  kTimestamp,           // precision; no zone: Spark's timestamp_ntz, Trino's timestamp
  kTimestampWithZone,   // Trino: (instant, zone kept per value)
  kTimestampLocalZone,  // Spark's timestamp: an instant shown in the session's zone
  kIntervalYearMonth,   // start and end field below
  kIntervalDayTime,
  kCalendarInterval,  // Spark's legacy interval
  kArray,             // children[0] element
  kMap,               // children[0] key, children[1] value
  kRow,               // children with names: Spark's struct
  kJson,
  kVariant,
  kUuid,
  kIpAddress,
  kHyperLogLog,
  kTDigest,
  kQDigest,
  kFunction,  // of a lambda: children are the parameters, then the result
};

/// The fields that bound an interval type ("interval day to second").
enum class IntervalField : std::uint8_t { kYear, kMonth, kDay, kHour, kMinute, kSecond };

struct Field;

/// A type as a value: cheap to copy, compared by structure. `nullable` of children stands in their
/// Field, as Spark's containsNull, valueContainsNull and StructField.nullable do.
class Type {
 public:
  Type() = default;
  explicit Type(TypeId id) : id_(id) {}
  static Type Decimal(int precision, int scale);
  static Type Varchar();  // unbounded
  static Type Varchar(int length);
  static Type Char(int length);
  static Type Time(int precision);
  static Type Timestamp(int precision = 6);
  static Type TimestampWithZone(int precision = 6);
  static Type IntervalYearMonth(IntervalField start, IntervalField end);
  static Type IntervalDayTime(IntervalField start, IntervalField end);
  static Type Array(Type element, bool contains_null = true);
  static Type Map(Type key, Type value, bool value_contains_null = true);
  static Type Row(std::vector<Field> fields);
  static Type Function(std::vector<Type> parameters, Type result);

  [[nodiscard]] TypeId id() const { return id_; }
  /// Precision of decimal, time, timestamp; length of varchar and char, kUnbounded for no bound.
  [[nodiscard]] int precision() const { return precision_; }
  [[nodiscard]] int scale() const { return scale_; }
  [[nodiscard]] IntervalField start_field() const { return static_cast<IntervalField>(precision_); }
  [[nodiscard]] IntervalField end_field() const { return static_cast<IntervalField>(scale_); }
  /// Children of arrays ("element"), maps ("key", "value"), rows and functions; empty otherwise.
  [[nodiscard]] const std::vector<Field>& fields() const;
  [[nodiscard]] const Type& element() const;
  [[nodiscard]] const Type& key() const;
  [[nodiscard]] const Type& value() const;

  [[nodiscard]] bool IsInteger() const;    // tinyint .. bigint
  [[nodiscard]] bool IsNumeric() const;    // integers, real, double, decimal
  [[nodiscard]] bool IsCharacter() const;  // varchar, char
  [[nodiscard]] bool IsNested() const;     // array, map, row

  static constexpr int kUnbounded = -1;

  /// Structural, nullability of children and names of row fields included.
  bool operator==(const Type& other) const;
  /// Structural without nullability: what decides whether a cast is needed.
  [[nodiscard]] bool SameIgnoringNulls(const Type& other) const;

 private:
  TypeId id_ = TypeId::kUnknown;
  int precision_ = kUnbounded;
  int scale_ = 0;
  std::shared_ptr<const std::vector<Field>> fields_;  // null when there are none
};

/// A named, typed, nullable place: a column, a row's field, an array's element. `metadata` is
/// Spark's JSON of StructField.metadata, "" for none.
struct Field {
  std::string name;  // "" for an anonymous field of a Trino row
  Type type;
  bool nullable = true;
  std::string metadata;

  bool operator==(const Field&) const = default;
};

using Schema = std::vector<Field>;

}  // namespace owlet::plan
