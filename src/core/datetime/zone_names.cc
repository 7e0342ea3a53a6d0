#include "core/datetime/zone_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/ascii.h"

namespace owlet::datetime {

namespace {

/// English names by CLDR (supplemental data: metazones) with the zone that Java picks for a name.
struct NamedZone {
  std::string_view abbreviation;
  std::string_view name;
  int offset_minutes;  // tells zones of one abbreviation apart when a name is written
  std::string_view zone;
};
constexpr std::array kNamedZones = {
    NamedZone{"UTC", "Coordinated Universal Time", 0, "UTC"},
    NamedZone{"GMT", "Greenwich Mean Time", 0, "GMT"},
    NamedZone{"PST", "Pacific Standard Time", -480, "America/Los_Angeles"},
    NamedZone{"PDT", "Pacific Daylight Time", -420, "America/Los_Angeles"},
    NamedZone{"MST", "Mountain Standard Time", -420, "America/Denver"},
    NamedZone{"MDT", "Mountain Daylight Time", -360, "America/Denver"},
    NamedZone{"CST", "Central Standard Time", -360, "America/Chicago"},
    NamedZone{"CDT", "Central Daylight Time", -300, "America/Chicago"},
    NamedZone{"EST", "Eastern Standard Time", -300, "America/New_York"},
    NamedZone{"EDT", "Eastern Daylight Time", -240, "America/New_York"},
    NamedZone{"AKST", "Alaska Standard Time", -540, "America/Anchorage"},
    NamedZone{"AKDT", "Alaska Daylight Time", -480, "America/Anchorage"},
    NamedZone{"HST", "Hawaii-Aleutian Standard Time", -600, "Pacific/Honolulu"},
    NamedZone{"AST", "Atlantic Standard Time", -240, "America/Halifax"},
    NamedZone{"ADT", "Atlantic Daylight Time", -180, "America/Halifax"},
    NamedZone{"NST", "Newfoundland Standard Time", -210, "America/St_Johns"},
    NamedZone{"NDT", "Newfoundland Daylight Time", -150, "America/St_Johns"},
    NamedZone{"BST", "British Summer Time", 60, "Europe/London"},
    NamedZone{"WET", "Western European Standard Time", 0, "Europe/Lisbon"},
    NamedZone{"WEST", "Western European Summer Time", 60, "Europe/Lisbon"},
    NamedZone{"CET", "Central European Standard Time", 60, "Europe/Paris"},
    NamedZone{"CEST", "Central European Summer Time", 120, "Europe/Paris"},
    NamedZone{"EET", "Eastern European Standard Time", 120, "Europe/Athens"},
    NamedZone{"EEST", "Eastern European Summer Time", 180, "Europe/Athens"},
    NamedZone{"MSK", "Moscow Standard Time", 180, "Europe/Moscow"},
    NamedZone{"SGT", "Singapore Standard Time", 480, "Asia/Singapore"},
    NamedZone{"ACT", "Acre Standard Time", -300, "America/Rio_Branco"},
    NamedZone{"ART", "Argentina Standard Time", -180, "America/Argentina/Buenos_Aires"},
    NamedZone{"SST", "Samoa Standard Time", -660, "Pacific/Pago_Pago"},
    NamedZone{"SAST", "South Africa Standard Time", 120, "Africa/Johannesburg"},
    NamedZone{"IST", "India Standard Time", 330, "Asia/Kolkata"},
    NamedZone{"IST", "Israel Standard Time", 120, "Asia/Jerusalem"},
    NamedZone{"IDT", "Israel Daylight Time", 180, "Asia/Jerusalem"},
    NamedZone{"IST", "Irish Standard Time", 60, "Europe/Dublin"},
    NamedZone{"CST", "China Standard Time", 480, "Asia/Shanghai"},
    NamedZone{"HKT", "Hong Kong Standard Time", 480, "Asia/Hong_Kong"},
    NamedZone{"JST", "Japan Standard Time", 540, "Asia/Tokyo"},
    NamedZone{"KST", "Korean Standard Time", 540, "Asia/Seoul"},
    NamedZone{"AWST", "Australian Western Standard Time", 480, "Australia/Perth"},
    NamedZone{"ACST", "Australian Central Standard Time", 570, "Australia/Darwin"},
    NamedZone{"ACDT", "Australian Central Daylight Time", 630, "Australia/Adelaide"},
    NamedZone{"AEST", "Australian Eastern Standard Time", 600, "Australia/Sydney"},
    NamedZone{"AEDT", "Australian Eastern Daylight Time", 660, "Australia/Sydney"},
    NamedZone{"NZST", "New Zealand Standard Time", 720, "Pacific/Auckland"},
    NamedZone{"NZDT", "New Zealand Daylight Time", 780, "Pacific/Auckland"},
};

/// Names that several zones have: which one a text means is what JDK 17 answers, seen.
struct ChosenZone {
  std::string_view abbreviation;
  std::string_view zone;
};
constexpr std::array kChosenZones = {
    ChosenZone{"BST", "Pacific/Bougainville"},
    ChosenZone{"IST", "Atlantic/Reykjavik"},
};
/// Files of the IANA database that are no regions in Java.
constexpr std::array<std::string_view, 4> kNoRegions = {"EST", "MST", "HST", "ROC"};

/// Where `text` starts with `name`, of any case.
bool StartsWith(std::string_view text, std::string_view name) {
  return text.size() >= name.size() && EqualsIgnoringCase(text.substr(0, name.size()), name);
}

bool IsZoneCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
         c == '_' || c == '+' || c == '-' || c == ':' || c == '~' || c == '.';
}

/// "europe/new_york" to "Europe/New_York": regions are stored with capitals behind / _ and -.
std::string Capitalized(std::string_view name) {
  std::string text(name);
  bool first = true;
  for (char& c : text) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool lower = c >= 'a' && c <= 'z';
    if (first && lower) c = static_cast<char>(c - 'a' + 'A');
    if (!first && upper) c = static_cast<char>(c - 'A' + 'a');
    first = !upper && !lower;
  }
  return text;
}

std::string Uppercase(std::string_view name) {
  std::string text(name);
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

std::optional<TimeZone> Region(std::string_view name) {
  if (std::ranges::find(kNoRegions, name) != kNoRegions.end()) return std::nullopt;
  for (const std::string& spelling : {std::string(name), Capitalized(name), Uppercase(name)}) {
    if (auto zone = TimeZone::Find(spelling)) return *std::move(zone);
  }
  return std::nullopt;
}

/// "+hh:mm" or "+hh:mm:ss" at the start: the bytes that it takes; 0 when there is none.
std::size_t OffsetLength(std::string_view text) {
  const auto digits = [&](std::size_t at) {
    return at + 1 < text.size() && text[at] >= '0' && text[at] <= '9' && text[at + 1] >= '0' &&
           text[at + 1] <= '9';
  };
  if (text.empty() || (text[0] != '+' && text[0] != '-') || !digits(1)) return 0;
  if (text.size() < 6 || text[3] != ':' || !digits(4)) return 0;
  return text.size() >= 9 && text[6] == ':' && digits(7) ? 9 : 6;
}

}  // namespace

std::optional<FoundZone> ReadZoneId(std::string_view text) {
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    const std::size_t length = OffsetLength(text);
    auto zone = TimeZone::Find(text.substr(0, length));
    if (length == 0 || !zone) return std::nullopt;
    return FoundZone{*std::move(zone), length};
  }
  for (const std::string_view prefix : {"UTC", "GMT", "UT"}) {
    if (!StartsWith(text, prefix)) continue;
    const std::size_t length = OffsetLength(text.substr(prefix.size()));
    if (length == 0) break;
    auto zone = TimeZone::Find(text.substr(prefix.size(), length));
    if (!zone) return std::nullopt;
    return FoundZone{*std::move(zone), prefix.size() + length};
  }
  std::size_t length = 0;
  while (length < text.size() && IsZoneCharacter(text[length])) ++length;
  for (; length > 0; --length) {
    const std::string_view name = text.substr(0, length);
    // Offsets stand above; what is left of them is no region.
    if (name.find_first_of("+-") == std::string_view::npos || name.find('/') != name.npos) {
      if (auto zone = Region(name)) return FoundZone{*std::move(zone), length};
    }
  }
  return std::nullopt;
}

std::optional<FoundZone> ReadZoneName(std::string_view text, bool long_form) {
  std::optional<FoundZone> found = ReadZoneId(text);
  const std::size_t id_length = found ? found->length : 0;
  std::size_t longest = 0;
  const auto take = [&](std::string_view name, std::string_view zone_name) {
    if (name.size() <= longest || name.size() < id_length || !StartsWith(text, name)) return;
    if (auto zone = TimeZone::Find(zone_name)) found = FoundZone{*std::move(zone), name.size()};
    longest = name.size();
  };
  if (!long_form) {
    for (const ChosenZone& chosen : kChosenZones) take(chosen.abbreviation, chosen.zone);
  }
  for (const NamedZone& named : kNamedZones) {
    take(long_form ? named.name : named.abbreviation, named.zone);
  }
  return found;
}

std::string ZoneName(const TimeZone& zone, std::int64_t utc_micros, bool long_form) {
  // Before the zones were made each place had its own time; Java names the zone all the same.
  constexpr std::int64_t kYear2000 = 946'684'800'000'000;
  if (zone.Abbreviation(utc_micros) == "LMT") utc_micros = kYear2000;
  const std::string abbreviation = zone.Abbreviation(utc_micros);
  const int minutes = static_cast<int>(zone.OffsetAt(utc_micros).count() / 60);
  for (const NamedZone& named : kNamedZones) {
    if (named.abbreviation == abbreviation && named.offset_minutes == minutes) {
      return std::string(long_form ? named.name : named.abbreviation);
    }
  }
  const bool is_number =
      !abbreviation.empty() && (abbreviation[0] == '+' || abbreviation[0] == '-');
  if (!is_number && !long_form) return abbreviation;
  if (minutes == 0) return "GMT";
  return fmt::format("GMT{}{:02}:{:02}", minutes < 0 ? '-' : '+', std::abs(minutes) / 60,
                     std::abs(minutes) % 60);
}

}  // namespace owlet::datetime
