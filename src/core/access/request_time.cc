#include "core/access/request_time.h"

#include <array>
#include <charconv>

#include "base/ascii.h"

namespace owlet::access {
namespace {

/// Takes fixed parts off the front of a text.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  bool Literal(std::string_view expected) {
    if (!text_.starts_with(expected)) return Break();
    text_.remove_prefix(expected.size());
    return true;
  }
  bool Next(char c) {
    if (!good_ || text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  int Number(std::size_t digits) {
    int value = 0;
    if (text_.size() < digits) return Break(), 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (text_[i] < '0' || text_[i] > '9') return Break(), 0;
      value = value * 10 + (text_[i] - '0');
    }
    text_.remove_prefix(digits);
    return value;
  }
  std::string_view Take(std::size_t count) {
    if (text_.size() < count) return Break(), std::string_view();
    const std::string_view taken = text_.substr(0, count);
    text_.remove_prefix(count);
    return taken;
  }
  void SkipDigits() {
    while (!text_.empty() && text_.front() >= '0' && text_.front() <= '9') text_.remove_prefix(1);
  }
  [[nodiscard]] bool AtEnd() const { return good_ && text_.empty(); }
  [[nodiscard]] bool good() const { return good_; }

 private:
  bool Break() {
    good_ = false;
    text_ = {};
    return false;
  }
  std::string_view text_;
  bool good_ = true;
};

std::optional<Timestamp> MakeTime(int year, int month, int day, int hour, int minute, int second) {
  using namespace std::chrono;
  const year_month_day date{std::chrono::year(year),
                            std::chrono::month(static_cast<unsigned>(month)),
                            std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  return Timestamp(sys_days(date) + hours(hour) + minutes(minute) + seconds(second));
}

}  // namespace

std::optional<Timestamp> ParseBasicTime(std::string_view text) {
  Cursor in(text);
  const int year = in.Number(4);
  const int month = in.Number(2);
  const int day = in.Number(2);
  in.Literal("T");
  const int hour = in.Number(2);
  const int minute = in.Number(2);
  const int second = in.Number(2);
  in.Literal("Z");
  if (!in.AtEnd()) return std::nullopt;
  return MakeTime(year, month, day, hour, minute, second);
}

std::optional<Timestamp> ParseHttpTime(std::string_view text) {
  static constexpr std::array<std::string_view, 12> kMonths = {
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  Cursor in(text);
  in.Take(3);
  in.Literal(", ");
  const int day = in.Number(2);
  in.Literal(" ");
  const std::string_view name = in.Take(3);
  int month = 0;
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    if (EqualsIgnoringCase(kMonths[i], name)) month = static_cast<int>(i) + 1;
  }
  in.Literal(" ");
  const int year = in.Number(4);
  in.Literal(" ");
  const int hour = in.Number(2);
  in.Literal(":");
  const int minute = in.Number(2);
  in.Literal(":");
  const int second = in.Number(2);
  in.Literal(" ");
  if (!in.good() || month == 0) return std::nullopt;
  if (!text.ends_with(" GMT") && !text.ends_with(" +0000") && !text.ends_with(" -0000") &&
      !text.ends_with(" UTC")) {
    return std::nullopt;
  }
  return MakeTime(year, month, day, hour, minute, second);
}

std::optional<Timestamp> ParsePolicyTime(std::string_view text) {
  Cursor in(text);
  const int year = in.Number(4);
  in.Literal("-");
  const int month = in.Number(2);
  in.Literal("-");
  const int day = in.Number(2);
  if (in.AtEnd()) return MakeTime(year, month, day, 0, 0, 0);
  in.Literal("T");
  const int hour = in.Number(2);
  in.Literal(":");
  const int minute = in.Number(2);
  int second = 0;
  if (in.Next(':')) second = in.Number(2);
  if (in.Next('.')) in.SkipDigits();
  auto time = MakeTime(year, month, day, hour, minute, second);
  if (!time || in.Next('Z') || in.AtEnd()) return in.AtEnd() ? time : std::nullopt;
  const bool behind = in.Next('-');
  if (!behind && !in.Next('+')) return std::nullopt;
  std::chrono::minutes offset = std::chrono::hours(in.Number(2));
  in.Next(':');
  offset += std::chrono::minutes(in.Number(2));
  if (!in.AtEnd()) return std::nullopt;
  return behind ? *time + offset : *time - offset;
}

}  // namespace owlet::access
