#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time_zone.h"
#include "core/plan/types.h"
#include "core/scan/datetime_pattern.h"
#include "core/scan/json_text.h"

namespace owlet::scan {

using Options = std::map<std::string, std::string>;

/// What a reader does with a record that does not fit the schema.
enum class ParseMode : std::uint8_t { kPermissive, kDropMalformed, kFailFast };

/// How text becomes dates and timestamps: by a pattern, or by the rules of a cast.
struct TimeFormats {
  TimeZone zone;
  std::optional<DateTimePattern> date;
  std::optional<DateTimePattern> timestamp;
  std::optional<DateTimePattern> timestamp_ntz;

  [[nodiscard]] std::optional<std::int32_t> ParseDate(std::string_view text) const;
  [[nodiscard]] std::optional<std::int64_t> ParseTimestamp(std::string_view text) const;
  [[nodiscard]] std::optional<std::int64_t> ParseTimestampNtz(std::string_view text) const;
};

/// spark.read.json's options, and what the JSON SerDes of Hive do differently.
struct JsonOptions {
  ParseMode mode = ParseMode::kPermissive;
  std::string corrupt_column = "_corrupt_record";
  bool multi_line = false;
  bool primitives_as_string = false;
  bool prefers_decimal = false;
  bool drop_field_if_all_null = false;
  bool infer_timestamp = false;
  std::string line_separator;  // empty: \n, \r\n or \r
  JsonLeniency leniency;
  TimeFormats formats;
  /// Hive: names of fields without case; a value of another type is cast where it can be, and a
  /// line that is no JSON fails the query unless `ignore_malformed` makes it a row of NULLs.
  bool hive = false;
  bool ignore_malformed = false;
  Options mappings;  // column -> key in the document

  /// `time_zone` is the session's. kInvalidArgument for a bad value or pattern.
  [[nodiscard]] static Result<JsonOptions> Parse(const Options& options, std::string_view time_zone,
                                                 std::string_view default_corrupt_column);
};

/// The value of an option by its name without case.
[[nodiscard]] std::optional<std::string> FindOption(const Options& options, std::string_view name);
[[nodiscard]] Result<bool> BooleanOption(const Options& options, std::string_view name,
                                         bool by_default);
[[nodiscard]] Result<ParseMode> ModeOption(const Options& options);
[[nodiscard]] Result<TimeFormats> TimeFormatOptions(const Options& options,
                                                    std::string_view time_zone);

}  // namespace owlet::scan
