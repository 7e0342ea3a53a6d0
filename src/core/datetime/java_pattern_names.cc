#include "core/datetime/java_pattern_names.h"

namespace owlet::datetime {

namespace {

constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 12> kShortMonths = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> kWeekdays = {
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
constexpr std::array<std::string_view, 7> kShortWeekdays = {"Mon", "Tue", "Wed", "Thu",
                                                            "Fri", "Sat", "Sun"};
constexpr std::array<std::string_view, 2> kEras = {"Before Christ", "Anno Domini"};
constexpr std::array<std::string_view, 2> kShortEras = {"BC", "AD"};
constexpr std::array<std::string_view, 4> kQuarters = {"1st quarter", "2nd quarter", "3rd quarter",
                                                       "4th quarter"};
constexpr std::array<std::string_view, 4> kShortQuarters = {"Q1", "Q2", "Q3", "Q4"};
constexpr std::array<std::string_view, 2> kHalves = {"AM", "PM"};

}  // namespace

std::span<const std::string_view> FieldNames(JavaPattern::Field field, bool long_form) {
  using Field = JavaPattern::Field;
  using Names = std::span<const std::string_view>;
  switch (field) {
    case Field::kMonth:
      return long_form ? Names(kMonths) : Names(kShortMonths);
    case Field::kWeekday:
      return long_form ? Names(kWeekdays) : Names(kShortWeekdays);
    case Field::kEra:
      return long_form ? Names(kEras) : Names(kShortEras);
    case Field::kQuarter:
      return long_form ? Names(kQuarters) : Names(kShortQuarters);
    case Field::kHalfOfDay:
      return kHalves;
    default:
      return {};
  }
}

int FirstNamedValue(JavaPattern::Field field) {
  return field == JavaPattern::Field::kEra || field == JavaPattern::Field::kHalfOfDay ? 0 : 1;
}

}  // namespace owlet::datetime
