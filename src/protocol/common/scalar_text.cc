#include "protocol/common/scalar_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>

#include "base/encoding.h"

namespace owlet::protocol {
namespace {

using std::chrono::microseconds;

template <class Number>
std::optional<Number> ParseNumber(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<double> ParseDouble(std::string_view text) {
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  return ParseNumber<double>(text);
}

/// Takes fixed parts off the front of a text; after the first that is not there nothing is taken.
class TextCursor {
 public:
  explicit TextCursor(std::string_view text) : rest_(text) {}

  int Digits(std::size_t count) {
    int number = 0;
    if (rest_.size() < count) ok_ = false;
    for (std::size_t i = 0; ok_ && i < count; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') ok_ = false;
      number = number * 10 + (rest_[i] - '0');
    }
    if (ok_) rest_.remove_prefix(count);
    return number;
  }
  bool Skip(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void Expect(char c) { ok_ = ok_ && Skip(c); }
  std::string_view Take(std::size_t count) {
    if (rest_.size() < count) ok_ = false;
    const std::string_view taken = ok_ ? rest_.substr(0, count) : std::string_view();
    rest_.remove_prefix(taken.size());
    return taken;
  }
  [[nodiscard]] std::string_view rest() const { return rest_; }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool done() const { return ok_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

struct CivilTime {
  int year, month, day, hour, minute, second;
};

std::optional<Timestamp> FromCivil(const CivilTime& t) {
  using namespace std::chrono;
  const year_month_day date{year{t.year}, month{static_cast<unsigned>(t.month)},
                            day{static_cast<unsigned>(t.day)}};
  if (!date.ok() || t.hour > 23 || t.minute > 59 || t.second > 60) return std::nullopt;
  return Timestamp{sys_days{date}} + hours{t.hour} + minutes{t.minute} + seconds{t.second};
}

microseconds TakeFraction(TextCursor& cursor) {
  microseconds fraction{0};
  if (!cursor.Skip('.')) return fraction;
  for (std::int64_t unit = 100'000;
       !cursor.rest().empty() && cursor.rest()[0] >= '0' && cursor.rest()[0] <= '9'; unit /= 10)
    fraction += microseconds{unit * cursor.Digits(1)};
  return fraction;
}

std::optional<Timestamp> ParseIso8601(std::string_view text) {
  TextCursor cursor(text);
  CivilTime t{};
  t.year = cursor.Digits(4);
  cursor.Expect('-');
  t.month = cursor.Digits(2);
  cursor.Expect('-');
  t.day = cursor.Digits(2);
  if (cursor.done()) return FromCivil(t);
  cursor.Expect('T');
  t.hour = cursor.Digits(2);
  cursor.Expect(':');
  t.minute = cursor.Digits(2);
  cursor.Expect(':');
  t.second = cursor.Digits(2);
  const microseconds fraction = TakeFraction(cursor);
  std::chrono::minutes offset{0};
  if (!cursor.Skip('Z') && !cursor.done()) {
    const bool minus = cursor.Skip('-');
    if (!minus) cursor.Expect('+');
    offset = std::chrono::hours{cursor.Digits(2)};
    cursor.Skip(':');
    offset += std::chrono::minutes{cursor.Digits(2)};
    if (minus) offset = -offset;
  }
  if (!cursor.done()) return std::nullopt;
  auto time = FromCivil(t);
  if (time) *time += fraction - offset;
  return time;
}

// RFC 9110, 5.6.7: the one form that is still made.
std::optional<Timestamp> ParseHttpDate(std::string_view text) {
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto comma = text.find(", ");
  if (comma == std::string_view::npos) return std::nullopt;
  TextCursor cursor(text.substr(comma + 2));
  CivilTime t{};
  t.day = cursor.Digits(2);
  cursor.Expect(' ');
  const auto month = std::ranges::find(kMonths, cursor.Take(3));
  t.month = static_cast<int>(month - kMonths.begin()) + 1;
  cursor.Expect(' ');
  t.year = cursor.Digits(4);
  cursor.Expect(' ');
  t.hour = cursor.Digits(2);
  cursor.Expect(':');
  t.minute = cursor.Digits(2);
  cursor.Expect(':');
  t.second = cursor.Digits(2);
  const bool zone = cursor.rest() == " GMT" || cursor.rest() == " UTC" || cursor.rest() == " +0000";
  if (!cursor.ok() || month == kMonths.end() || !zone) return std::nullopt;
  return FromCivil(t);
}

std::string FormatTimestamp(Timestamp time, TimestampFormat format) {
  switch (format) {
    case TimestampFormat::kRfc822:
      return FormatHttpDate(time);
    case TimestampFormat::kUnix:
      return FormatUnixSeconds(time);
    case TimestampFormat::kIso8601Seconds: {
      const std::string text = FormatIso8601Millis(time);
      return text.substr(0, text.find('.')) + "Z";
    }
    case TimestampFormat::kIso8601:
    case TimestampFormat::kDefault:
      return FormatIso8601Millis(time);
  }
  return {};
}

template <class Value>
bool Store(void* to, std::optional<Value> value) {
  if (value) *static_cast<Value*>(to) = std::move(*value);
  return value.has_value();
}

}  // namespace

std::optional<Timestamp> ParseTimestamp(std::string_view text) {
  if (auto time = ParseIso8601(text)) return time;
  if (auto time = ParseHttpDate(text)) return time;
  const auto seconds = ParseNumber<double>(text);
  if (!seconds || !std::isfinite(*seconds)) return std::nullopt;
  return TimestampFromSeconds(*seconds);
}

std::string FormatUnixSeconds(Timestamp time) {
  const std::int64_t micros = time.time_since_epoch().count();
  const std::int64_t magnitude = micros < 0 ? -micros : micros;
  std::string text = fmt::format("{}{}.{:06}", micros < 0 ? "-" : "", magnitude / 1'000'000,
                                 magnitude % 1'000'000);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

Timestamp TimestampFromSeconds(double seconds) {
  // Beyond the year 9999 nothing is meant; llround of more than its range has no value.
  constexpr double kLimit = 253402300800.0;
  return Timestamp{microseconds{std::llround(std::clamp(seconds, -kLimit, kLimit) * 1e6)}};
}

std::string FormatDouble(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "Infinity" : "-Infinity";
  return fmt::format("{}", number);
}

bool ReadScalarText(const Shape& shape, std::string_view text, void* value) {
  switch (shape.kind) {
    case Kind::kString:
      static_cast<std::string*>(value)->assign(text);
      return true;
    case Kind::kInteger:
      return Store(value, ParseNumber<std::int32_t>(text));
    case Kind::kLong:
      return Store(value, ParseNumber<std::int64_t>(text));
    case Kind::kFloat:
    case Kind::kDouble:
      return Store(value, ParseDouble(text));
    case Kind::kBoolean:
      if (text != "true" && text != "false" && text != "True" && text != "False") return false;
      *static_cast<bool*>(value) = text == "true" || text == "True";
      return true;
    case Kind::kBlob:
      return Store(value, DecodeBase64(text));
    case Kind::kTimestamp:
      return Store(value, ParseTimestamp(text));
    case Kind::kDocument:
    case Kind::kList:
    case Kind::kMap:
    case Kind::kStructure:
      return false;
  }
  return false;
}

std::string WriteScalarText(const Shape& shape, const void* value, TimestampFormat fallback) {
  switch (shape.kind) {
    case Kind::kString:
      return *static_cast<const std::string*>(value);
    case Kind::kInteger:
      return fmt::format_int(*static_cast<const std::int32_t*>(value)).str();
    case Kind::kLong:
      return fmt::format_int(*static_cast<const std::int64_t*>(value)).str();
    case Kind::kFloat:
    case Kind::kDouble:
      return FormatDouble(*static_cast<const double*>(value));
    case Kind::kBoolean:
      return *static_cast<const bool*>(value) ? "true" : "false";
    case Kind::kBlob:
      return EncodeBase64(*static_cast<const std::string*>(value));
    case Kind::kTimestamp:
      return FormatTimestamp(
          *static_cast<const Timestamp*>(value),
          shape.timestamp_format == TimestampFormat::kDefault ? fallback : shape.timestamp_format);
    case Kind::kDocument:
    case Kind::kList:
    case Kind::kMap:
    case Kind::kStructure:
      return {};
  }
  return {};
}

}  // namespace owlet::protocol
