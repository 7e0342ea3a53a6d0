#include "core/datetime/java_pattern.h"
#include "core/engine/functions/cells.h"
#include "core/engine/functions/instants.h"

// Spark's to_timestamp, date_format and their like: patterns of java.time (core/datetime).

namespace owlet::engine {

namespace {

using datetime::JavaPattern;

/// The compiled pattern; the last of each use is kept, since a statement has few and rows many.
const JavaPattern& CompiledPattern(std::string_view pattern, JavaPattern::Use use,
                                   std::int64_t origin) {
  struct Kept {
    std::string text;
    std::optional<JavaPattern> pattern;
  };
  static thread_local std::array<Kept, 2> kept;
  Kept& last = kept[static_cast<std::size_t>(use)];
  if (last.pattern && last.text == pattern) return *last.pattern;
  auto compiled = JavaPattern::Compile(pattern, use);
  if (!compiled) {
    Error error = datetime::PatternError(pattern, compiled.error());
    RaiseSpark(std::move(error.condition), std::move(error.message), std::move(error.parameters),
               origin);
  }
  last = {std::string(pattern), *std::move(compiled)};
  return *last.pattern;
}

/// format_datetime(local, pattern, zone, instant, origin).
void FormatDateTime(Cells& cells) {
  const JavaPattern& pattern =
      CompiledPattern(cells.Text(1), JavaPattern::Use::kWrite, cells.Integer(4));
  const TimeZone* zone = FindZone(cells.Text(2));
  cells.SetText(pattern.Write(cells.Integer(0), cells.Integer(3), zone ? *zone : TimeZone()));
}

/// parse_datetime(text, pattern, zone, kind, origin): an instant. kind: "timestamp" and "date"
/// raise what "null" and "null_date" make NULL; a date is the local time in the zone.
void ParseDateTime(Cells& cells) {
  const JavaPattern& pattern =
      CompiledPattern(cells.Text(1), JavaPattern::Use::kRead, cells.Integer(4));
  const std::string_view kind = cells.Text(3);
  JavaPattern::Reading reading;
  JavaPattern::Failure failure;
  if (pattern.Read(cells.Text(0), reading, &failure)) {
    const TimeZone* zone = FindZone(cells.Text(2));
    const TimeZone session = zone ? *zone : TimeZone();
    const bool date = kind.ends_with("date");
    if (date && !reading.zone) return cells.SetInteger(reading.local_micros);
    const std::int64_t instant =
        (reading.zone ? *reading.zone : session).ToUtc(reading.local_micros);
    return cells.SetInteger(date ? session.ToLocal(instant) : instant);
  }
  if (kind.starts_with("null")) return cells.SetNull();
  const std::string message = JavaPattern::DescribeFailure(cells.Text(0), failure);
  const std::string function = kind == "date" ? "`try_to_date`" : "`try_to_timestamp`";
  RaiseSpark(
      "CANNOT_PARSE_TIMESTAMP",
      message + ". Use " + function + " to tolerate invalid input string and return NULL instead.",
      {{"message", message}, {"func", function}}, cells.Integer(4));
}

}  // namespace

CellFunctions SparkDateTimePatternFunctions() {
  return {
      {"spark.format_datetime", "VARCHAR", FormatDateTime},
      {"spark.parse_datetime", "TIMESTAMP", ParseDateTime},
  };
}

}  // namespace owlet::engine
