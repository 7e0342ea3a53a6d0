#include "base/time_zone.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <optional>
#include <stdexcept>

namespace owlet {

namespace {

using std::chrono::floor;
using std::chrono::microseconds;
using std::chrono::seconds;

constexpr int kMaximumOffsetHours = 18;  // java.time.ZoneOffset's bound

/// "+2", "-03:30", "+0530", "+01:02:03".
std::optional<seconds> ParseOffset(std::string_view text) {
  if (text.size() < 2 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const bool negative = text[0] == '-';
  text.remove_prefix(1);
  int parts[3] = {0, 0, 0};
  int part = 0;
  int digits = 0;
  const bool compact = text.size() == 4 && text.find(':') == std::string_view::npos;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ':' || (compact && i == 2)) {
      if (digits == 0 || ++part > 2) return std::nullopt;
      digits = 0;
      if (text[i] == ':') continue;
    }
    if (text[i] < '0' || text[i] > '9' || ++digits > 2) return std::nullopt;
    parts[part] = parts[part] * 10 + (text[i] - '0');
  }
  if (digits == 0 || parts[0] > kMaximumOffsetHours || parts[1] > 59 || parts[2] > 59) {
    return std::nullopt;
  }
  const seconds offset{parts[0] * 3600 + parts[1] * 60 + parts[2]};
  if (offset > seconds{kMaximumOffsetHours * 3600}) return std::nullopt;
  return negative ? -offset : offset;
}

const date::time_zone* Rules(const void* rules) {
  return static_cast<const date::time_zone*>(rules);
}

date::sys_info InfoAt(const void* rules, std::int64_t utc_micros) {
  return Rules(rules)->get_info(date::sys_seconds{floor<seconds>(microseconds{utc_micros})});
}

}  // namespace

Result<TimeZone> TimeZone::Find(std::string_view name) {
  TimeZone zone;
  zone.name_ = name;
  std::string_view rest = name;
  for (const std::string_view prefix : {"UTC", "GMT", "UT"}) {
    if (rest.starts_with(prefix)) {
      rest.remove_prefix(prefix.size());
      break;
    }
  }
  if (rest.empty() || rest == "Z") {
    if (!name.empty()) return zone;
  }
  if (const auto offset = ParseOffset(rest)) {
    zone.fixed_offset_ = *offset;
    return zone;
  }
  // The library reports an unknown name by an exception; it ends here.
  try {
    if (!name.empty()) {
      zone.rules_ = date::locate_zone(std::string(name));
      return zone;
    }
  } catch (const std::runtime_error&) {
  }
  return Fail(Reason::kInvalidArgument, fmt::format("not a time zone: '{}'", name));
}

seconds TimeZone::OffsetAt(std::int64_t utc_micros) const {
  return rules_ == nullptr ? fixed_offset_ : InfoAt(rules_, utc_micros).offset;
}

std::int64_t TimeZone::ToLocal(std::int64_t utc_micros) const {
  return utc_micros + microseconds{OffsetAt(utc_micros)}.count();
}

std::int64_t TimeZone::ToUtc(std::int64_t local_micros) const {
  if (rules_ == nullptr) return local_micros - microseconds{fixed_offset_}.count();
  const date::local_info info =
      Rules(rules_)->get_info(date::local_seconds{floor<seconds>(microseconds{local_micros})});
  // In a gap `first` is the offset before it, which moves the time on; of two, the earlier instant.
  return local_micros - microseconds{info.first.offset}.count();
}

std::string TimeZone::Abbreviation(std::int64_t utc_micros) const {
  if (rules_ != nullptr) return InfoAt(rules_, utc_micros).abbrev;
  return name_;
}

}  // namespace owlet
