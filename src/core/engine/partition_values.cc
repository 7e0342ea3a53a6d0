#include "core/engine/partition_values.h"

#include <charconv>
#include <cstdint>

#include "base/result.h"
#include "core/engine/file_listing.h"
#include "core/plan/literal.h"
#include "core/scan/text_values.h"

namespace owlet::engine {

using plan::Literal;
using plan::Type;
using plan::TypeId;

namespace {

template <class Number>
std::optional<Number> ParseNumber(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  Number value{};
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The order in which Spark's PartitioningUtils tries the types of one value.
Type TypeOfValue(const std::string& text) {
  if (ParseNumber<std::int32_t>(text)) return Type(TypeId::kInteger);
  if (ParseNumber<std::int64_t>(text)) return Type(TypeId::kBigint);
  const bool digits =
      !text.empty() && text.find_first_not_of("0123456789", text[0] == '-') == std::string::npos;
  if (digits && text.size() > static_cast<std::size_t>(text[0] == '-') &&
      text.size() - (text[0] == '-') <= 38) {
    return Type::Decimal(static_cast<int>(text.size() - (text[0] == '-')), 0);
  }
  if (ParseNumber<double>(text)) return Type(TypeId::kDouble);
  if (scan::ParseSparkDate(text)) return Type(TypeId::kDate);
  if (scan::ParseSparkTimestamp(text, TimeZone())) return Type(TypeId::kTimestampLocalZone);
  return Type::Varchar();
}

int NumericRank(const Type& type) {
  switch (type.id()) {
    case TypeId::kInteger:
      return 1;
    case TypeId::kBigint:
      return 2;
    case TypeId::kDecimal:
      return 3;
    case TypeId::kDouble:
      return 4;
    default:
      return 0;
  }
}

Type Wider(const Type& left, const Type& right) {
  if (left == right) return left;
  const int a = NumericRank(left), b = NumericRank(right);
  if (a > 0 && b > 0) {
    if (a == 3 && b == 3) return left.precision() > right.precision() ? left : right;
    return a > b ? left : right;
  }
  const bool temporal = (left.id() == TypeId::kDate || left.id() == TypeId::kTimestampLocalZone) &&
                        (right.id() == TypeId::kDate || right.id() == TypeId::kTimestampLocalZone);
  return temporal ? Type(TypeId::kTimestampLocalZone) : Type::Varchar();
}

}  // namespace

Type InferPartitionType(const std::vector<std::optional<std::string>>& values) {
  std::optional<Type> common;
  for (const auto& value : values) {
    if (!value) continue;
    const Type type = TypeOfValue(*value);
    common = common ? Wider(*common, type) : type;
    if (common->id() == TypeId::kVarchar) break;
  }
  return common.value_or(Type::Varchar());
}

Result<Literal> ParsePartitionValue(const std::optional<std::string>& text, const Type& type) {
  if (!text) return Literal{type, {}};
  const auto bad = [&] {
    Error error{Reason::kExecutionError,
                "a partition's value is none of its column's type: " + *text,
                "INVALID_PARTITION_VALUE"};
    return Fail(std::move(error));
  };
  switch (type.id()) {
    case TypeId::kBoolean:
      if (*text == "true" || *text == "TRUE") return Literal{type, true};
      if (*text == "false" || *text == "FALSE") return Literal{type, false};
      return bad();
    case TypeId::kTinyint:
    case TypeId::kSmallint:
    case TypeId::kInteger:
    case TypeId::kBigint:
      if (auto value = ParseNumber<std::int64_t>(*text)) return Literal{type, *value};
      return bad();
    case TypeId::kReal:
    case TypeId::kDouble:
      if (auto value = ParseNumber<double>(*text)) return Literal{type, *value};
      return bad();
    case TypeId::kDecimal:
      if (auto value = scan::ParseDecimal(*text, type.precision(), type.scale())) {
        return Literal{type, *value};
      }
      return bad();
    case TypeId::kDate:
      if (auto value = scan::ParseSparkDate(*text)) {
        return Literal{type, static_cast<std::int64_t>(*value)};
      }
      return bad();
    case TypeId::kTimestamp:
    case TypeId::kTimestampLocalZone:
      if (auto value = scan::ParseSparkTimestamp(*text, TimeZone())) return Literal{type, *value};
      return bad();
    default:
      return Literal{type, *text};
  }
}

}  // namespace owlet::engine
