#include "core/scan/datetime_pattern.h"

namespace owlet::scan {

using datetime::JavaPattern;

Result<DateTimePattern> DateTimePattern::Parse(std::string_view pattern) {
  DateTimePattern parsed;
  if (auto read = JavaPattern::Compile(pattern, JavaPattern::Use::kRead)) {
    parsed.read_ = *std::move(read);
  }
  auto write = JavaPattern::Compile(pattern, JavaPattern::Use::kWrite);
  if (!write) return std::unexpected(datetime::PatternError(pattern, write.error()));
  parsed.write_ = *std::move(write);
  return parsed;
}

std::optional<DateTimePattern::Reading> DateTimePattern::Read(std::string_view text) const {
  JavaPattern::Reading reading;
  if (!read_ || !read_->Read(text, reading)) return std::nullopt;
  if (!reading.zone) return Reading{reading.local_micros, false};
  return Reading{reading.zone->ToUtc(reading.local_micros), true};
}

std::string DateTimePattern::Write(std::int64_t local_micros, std::int64_t utc_micros,
                                   const TimeZone& zone) const {
  return write_->Write(local_micros, utc_micros, zone);
}

}  // namespace owlet::scan
