#include "core/scan/scan_options.h"

#include <fmt/format.h>
#include <strings.h>

#include "core/scan/text_values.h"

namespace owlet::scan {

namespace {

constexpr std::int64_t kMicrosPerDay = 86'400'000'000;

Result<std::optional<DateTimePattern>> PatternOption(const Options& options,
                                                     std::string_view name) {
  const auto text = FindOption(options, name);
  if (!text) return std::optional<DateTimePattern>();
  OWLET_TRY(DateTimePattern pattern, DateTimePattern::Parse(*text));
  return std::optional(std::move(pattern));
}

}  // namespace

std::optional<std::string> FindOption(const Options& options, std::string_view name) {
  for (const auto& [key, value] : options) {
    if (key.size() == name.size() && strncasecmp(key.data(), name.data(), name.size()) == 0) {
      return value;
    }
  }
  return std::nullopt;
}

Result<bool> BooleanOption(const Options& options, std::string_view name, bool by_default) {
  const auto text = FindOption(options, name);
  if (!text) return by_default;
  if (strcasecmp(text->c_str(), "true") == 0) return true;
  if (strcasecmp(text->c_str(), "false") == 0) return false;
  return Fail(Reason::kInvalidArgument,
              fmt::format("the option {} can be true or false, not {}", name, *text));
}

Result<ParseMode> ModeOption(const Options& options) {
  const std::string mode = FindOption(options, "mode").value_or("PERMISSIVE");
  if (strcasecmp(mode.c_str(), "DROPMALFORMED") == 0) return ParseMode::kDropMalformed;
  if (strcasecmp(mode.c_str(), "FAILFAST") == 0) return ParseMode::kFailFast;
  return ParseMode::kPermissive;  // Spark logs a warning for names that it does not know
}

Result<TimeFormats> TimeFormatOptions(const Options& options, std::string_view time_zone) {
  TimeFormats formats;
  const std::string zone = FindOption(options, "timeZone").value_or(std::string(time_zone));
  OWLET_TRY(formats.zone, TimeZone::Find(zone));
  OWLET_TRY(formats.date, PatternOption(options, "dateFormat"));
  OWLET_TRY(formats.timestamp, PatternOption(options, "timestampFormat"));
  OWLET_TRY(formats.timestamp_ntz, PatternOption(options, "timestampNTZFormat"));
  return formats;
}

std::optional<std::int32_t> TimeFormats::ParseDate(std::string_view text) const {
  if (!date) return ParseSparkDate(text);
  const auto reading = date->Read(text);
  if (!reading) return std::nullopt;
  return static_cast<std::int32_t>(reading->micros / kMicrosPerDay -
                                   (reading->micros % kMicrosPerDay < 0 ? 1 : 0));
}

std::optional<std::int64_t> TimeFormats::ParseTimestamp(std::string_view text) const {
  if (!timestamp) return ParseSparkTimestamp(text, zone);
  const auto reading = timestamp->Read(text);
  if (!reading) return std::nullopt;
  return reading->is_instant ? reading->micros : zone.ToUtc(reading->micros);
}

std::optional<std::int64_t> TimeFormats::ParseTimestampNtz(std::string_view text) const {
  if (!timestamp_ntz) return ParseSparkTimestampNtz(text);
  const auto reading = timestamp_ntz->Read(text);
  if (!reading || reading->is_instant) return std::nullopt;
  return reading->micros;
}

Result<JsonOptions> JsonOptions::Parse(const Options& options, std::string_view time_zone,
                                       std::string_view default_corrupt_column) {
  JsonOptions parsed;
  OWLET_TRY(parsed.mode, ModeOption(options));
  parsed.corrupt_column = FindOption(options, "columnNameOfCorruptRecord")
                              .value_or(std::string(default_corrupt_column));
  parsed.line_separator = FindOption(options, "lineSep").value_or("");
  const std::pair<const char*, bool*> flags[] = {
      {"multiLine", &parsed.multi_line},
      {"primitivesAsString", &parsed.primitives_as_string},
      {"prefersDecimal", &parsed.prefers_decimal},
      {"dropFieldIfAllNull", &parsed.drop_field_if_all_null},
      {"inferTimestamp", &parsed.infer_timestamp},
      {"allowComments", &parsed.leniency.comments},
      {"allowSingleQuotes", &parsed.leniency.single_quotes},
      {"allowUnquotedFieldNames", &parsed.leniency.unquoted_names},
      {"allowNumericLeadingZeros", &parsed.leniency.leading_zeros},
      {"allowNonNumericNumbers", &parsed.leniency.non_numeric_numbers},
      {"allowBackslashEscapingAnyCharacter", &parsed.leniency.backslash_any},
      {"allowUnquotedControlChars", &parsed.leniency.control_characters}};
  for (const auto& [name, flag] : flags) {
    OWLET_TRY(*flag, BooleanOption(options, name, *flag));
  }
  OWLET_TRY(parsed.formats, TimeFormatOptions(options, time_zone));
  return parsed;
}

}  // namespace owlet::scan
