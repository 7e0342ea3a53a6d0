#include <fmt/format.h>

#include "core/datetime/civil_date.h"
#include "core/datetime/java_pattern.h"
#include "core/datetime/java_pattern_names.h"
#include "core/datetime/zone_names.h"

namespace owlet::datetime {

/// Writes one local time by the items of a pattern.
class PatternWriter {
 public:
  using Field = JavaPattern::Field;
  using Item = JavaPattern::Item;
  using Sign = JavaPattern::Sign;

  PatternWriter(std::int64_t local_micros, std::int64_t utc_micros, const TimeZone& zone)
      : days_(FloorDivide(local_micros, kMicrosPerDay)),
        date_(DateOfDays(days_)),
        micros_of_day_(local_micros - days_ * kMicrosPerDay),
        utc_micros_(utc_micros),
        zone_(zone) {}

  void WriteAll(const std::vector<Item>& items) {
    for (const Item& item : items) WriteItem(item);
  }
  [[nodiscard]] std::string& text() { return text_; }

 private:
  void WriteItem(const Item& item) {
    switch (item.kind) {
      case Item::Kind::kLiteral:
        text_ += item.literal;
        return;
      case Item::Kind::kNumber:
        return WriteNumber(item);
      case Item::Kind::kReducedYear: {
        const std::int64_t year = Value(item.field);
        text_ += fmt::format("{:02}", (year < 0 ? -year : year) % 100);
        return;
      }
      case Item::Kind::kFraction:
        text_ += fmt::format("{:06}000", micros_of_day_ % kMicrosPerSecond)
                     .substr(0, static_cast<std::size_t>(item.most));
        return;
      case Item::Kind::kName:
        text_ += FieldNames(
            item.field,
            item.least >=
                4)[static_cast<std::size_t>(Value(item.field) - FirstNamedValue(item.field))];
        return;
      case Item::Kind::kOffset:
        return WriteOffset(item);
      case Item::Kind::kLocalizedOffset:
        return WriteLocalizedOffset(item.least == 4);
      case Item::Kind::kZoneId:
        text_ += zone_.name();
        return;
      case Item::Kind::kZoneName:
        text_ += ZoneName(zone_, utc_micros_, item.least == 4);
        return;
      case Item::Kind::kOptional:  // whatever can be written is
        return WriteAll(item.section);
    }
  }

  [[nodiscard]] std::int64_t Value(Field field) const {
    const std::int64_t seconds = micros_of_day_ / kMicrosPerSecond;
    const std::int64_t hour = seconds / 3600;
    constexpr std::int64_t kModifiedJulianEpoch = 40'587;
    switch (field) {
      case Field::kEra:
        return date_.year > 0 ? 1 : 0;
      case Field::kYearOfEra:
        return date_.year > 0 ? date_.year : 1 - date_.year;
      case Field::kYear:
        return date_.year;
      case Field::kQuarter:
        return (date_.month + 2) / 3;
      case Field::kMonth:
        return date_.month;
      case Field::kDay:
        return date_.day;
      case Field::kDayOfYear:
        return days_ - *DaysOf({date_.year, 1, 1}) + 1;
      case Field::kAlignedWeek:  // Java 17: the day's place in its week of the month
        return (date_.day - 1) % 7 + 1;
      case Field::kWeekday:
        return IsoWeekday(days_);
      case Field::kModifiedJulianDay:
        return days_ + kModifiedJulianEpoch;
      case Field::kHalfOfDay:
        return hour / 12;
      case Field::kHour:
        return hour;
      case Field::kClockHour:
        return hour == 0 ? 24 : hour;
      case Field::kHourOfHalf:
        return hour % 12;
      case Field::kClockHourOfHalf:
        return (hour + 11) % 12 + 1;
      case Field::kMinute:
        return seconds / 60 % 60;
      case Field::kSecond:
        return seconds % 60;
      case Field::kNano:
        return micros_of_day_ % kMicrosPerSecond * 1000;
    }
    return 0;
  }

  void WriteNumber(const Item& item) {
    const std::int64_t value = Value(item.field);
    const std::string digits = fmt::format("{:0{}}", value < 0 ? -value : value, item.least);
    if (value < 0) text_ += '-';
    if (value > 0 && item.sign == Sign::kExceedsPad &&
        digits.size() > static_cast<std::size_t>(item.least)) {
      text_ += '+';
    }
    text_ += digits;
  }

  /// "+hh", "+hhmm", "+hh:mm", with seconds where they are not 0 and the count allows them.
  void WriteOffset(const Item& item) {
    const std::int64_t offset = zone_.OffsetAt(utc_micros_).count();
    const int count = item.letter == 'Z' ? (item.least == 5 ? 5 : 2) : item.least;
    if (offset == 0 && (item.letter == 'X' || (item.letter == 'Z' && count == 5))) {
      text_ += 'Z';
      return;
    }
    const std::int64_t size = offset < 0 ? -offset : offset;
    const std::string_view colon = count == 3 || count == 5 ? ":" : "";
    text_ += fmt::format("{}{:02}", offset < 0 ? '-' : '+', size / 3600);
    if (count == 1 && size / 60 % 60 == 0) return;
    text_ += fmt::format("{}{:02}", colon, size / 60 % 60);
    if (count >= 4 && size % 60 != 0) text_ += fmt::format("{}{:02}", colon, size % 60);
  }

  void WriteLocalizedOffset(bool long_form) {
    text_ += "GMT";
    const std::int64_t offset = zone_.OffsetAt(utc_micros_).count();
    if (offset == 0) return;
    const std::int64_t size = offset < 0 ? -offset : offset;
    text_ += offset < 0 ? '-' : '+';
    text_ += long_form ? fmt::format("{:02}", size / 3600) : fmt::format("{}", size / 3600);
    if (long_form || size % 3600 != 0) text_ += fmt::format(":{:02}", size / 60 % 60);
    if (size % 60 != 0) text_ += fmt::format(":{:02}", size % 60);
  }

  std::int64_t days_;
  CivilDate date_;
  std::int64_t micros_of_day_;
  std::int64_t utc_micros_;
  const TimeZone& zone_;
  std::string text_;
};

std::string JavaPattern::Write(std::int64_t local_micros, std::int64_t utc_micros,
                               const TimeZone& zone) const {
  PatternWriter writer(local_micros, utc_micros, zone);
  writer.WriteAll(items_);
  return std::move(writer.text());
}

}  // namespace owlet::datetime
