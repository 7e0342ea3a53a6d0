#include "core/engine/text_writer.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

#include "base/encoding.h"
#include "core/datetime/civil_date.h"
#include "core/plan/literal_text.h"
#include "core/scan/csv_options.h"
#include "core/scan/scan_options.h"
#include "core/scan/text_values.h"

namespace owlet::engine {

using plan::Literal;
using plan::Type;
using plan::TypeId;

namespace {

constexpr const char* kTimestampPattern = "yyyy-MM-dd'T'HH:mm:ss[.SSS][XXX]";
constexpr const char* kTimestampNtzPattern = "yyyy-MM-dd'T'HH:mm:ss[.SSS]";
constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;

/// The shortest digits that read back as the value, in Java's layout: plain between 1e-3 and 1e7.
template <class Real>
std::string JavaReal(Real value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  if (value == 0) return std::signbit(value) ? "-0.0" : "0.0";
  std::array<char, 64> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                 std::chars_format::scientific)
                       .ptr;
  std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  std::string sign;
  if (text.front() == '-') {
    sign = "-";
    text.remove_prefix(1);
  }
  const std::size_t e = text.find('e');
  const int exponent = std::atoi(std::string(text.substr(e + 1)).c_str());
  std::string digits(text.substr(0, e));
  if (digits.size() > 1) digits.erase(1, 1);
  if (exponent < -3 || exponent >= 7) {
    return sign + digits[0] + "." + (digits.size() > 1 ? digits.substr(1) : "0") + "E" +
           std::to_string(exponent);
  }
  if (exponent < 0)
    return sign + "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
  const auto whole = static_cast<std::size_t>(exponent) + 1;
  if (digits.size() <= whole) return sign + digits + std::string(whole - digits.size(), '0') + ".0";
  return sign + digits.substr(0, whole) + "." + digits.substr(whole);
}

void AppendJsonString(std::string_view text, std::string& out) {
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

// Spark's default formats of intervals in text: ANSI literals.
std::string IntervalText(const plan::Interval& value, const Type& type) {
  if (type.id() == TypeId::kIntervalYearMonth) {
    const int months = std::abs(value.months);
    return fmt::format("INTERVAL '{}{}-{}' YEAR TO MONTH", value.months < 0 ? "-" : "", months / 12,
                       months % 12);
  }
  const std::int64_t micros = value.days * kMicrosPerDay + value.micros;
  const std::int64_t all = std::abs(micros), seconds = all / kMicrosPerSecond;
  std::string fraction;
  if (all % kMicrosPerSecond != 0) {
    fraction = fmt::format(".{:06}", all % kMicrosPerSecond);
    fraction.erase(fraction.find_last_not_of('0') + 1);
  }
  return fmt::format("INTERVAL '{}{} {:02}:{:02}:{:02}{}' DAY TO SECOND", micros < 0 ? "-" : "",
                     seconds / 86'400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60,
                     fraction);
}

}  // namespace

std::string JavaDouble(double value) { return JavaReal(value); }
std::string JavaFloat(float value) { return JavaReal(value); }

Result<TextWriter> TextWriter::Make(const std::string& format, plan::Schema schema,
                                    const plan::Options& options, const std::string& time_zone) {
  TextWriter writer;
  writer.format_ = format == "json"  ? Format::kJson
                   : format == "csv" ? Format::kCsv
                                     : Format::kText;
  writer.schema_ = std::move(schema);
  OWLET_TRY(scan::TimeFormats formats, scan::TimeFormatOptions(options, time_zone));
  writer.zone_ = formats.zone;
  writer.date_ = std::move(formats.date);
  writer.timestamp_ = std::move(formats.timestamp);
  writer.timestamp_ntz_ = std::move(formats.timestamp_ntz);
  if (!writer.timestamp_) {
    OWLET_TRY(writer.timestamp_, scan::DateTimePattern::Parse(kTimestampPattern));
  }
  if (!writer.timestamp_ntz_) {
    OWLET_TRY(writer.timestamp_ntz_, scan::DateTimePattern::Parse(kTimestampNtzPattern));
  }
  OWLET_TRY(writer.ignore_null_fields_, scan::BooleanOption(options, "ignoreNullFields", true));
  if (writer.format_ == Format::kCsv) {
    OWLET_TRY(const scan::CsvOptions csv, scan::CsvOptions::Parse(options, time_zone, ""));
    writer.separator_ = csv.separator;
    writer.quote_ = csv.quote;
    writer.escape_ = csv.escape;
    writer.header_ = csv.header;
    writer.null_value_ = csv.null_value;
    writer.empty_value_ = scan::FindOption(options, "emptyValue").value_or("\"\"");
    OWLET_TRY(writer.quote_all_, scan::BooleanOption(options, "quoteAll", false));
    OWLET_TRY(writer.escape_quotes_, scan::BooleanOption(options, "escapeQuotes", true));
    OWLET_TRY(writer.trim_left_, scan::BooleanOption(options, "ignoreLeadingWhiteSpace", true));
    OWLET_TRY(writer.trim_right_, scan::BooleanOption(options, "ignoreTrailingWhiteSpace", true));
  }
  if (const auto separator = scan::FindOption(options, "lineSep")) {
    writer.line_separator_ = *separator;
  }
  return writer;
}

std::string TextWriter::Header() const {
  if (format_ != Format::kCsv || !header_) return "";
  std::string line;
  for (std::size_t i = 0; i < schema_.size(); ++i) {
    if (i > 0) line += separator_;
    AppendCsv(schema_[i].name, line);
  }
  return line + line_separator_;
}

std::string TextWriter::DateText(std::int64_t days) const {
  if (date_) return date_->Write(days * kMicrosPerDay, days * kMicrosPerDay, zone_);
  const datetime::CivilDate date = datetime::DateOfDays(days);
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

std::string TextWriter::TimestampText(const Literal& value) const {
  const std::int64_t micros = std::get<std::int64_t>(value.value);
  if (value.type.id() != TypeId::kTimestampLocalZone) {
    return timestamp_ntz_->Write(micros, micros, TimeZone());
  }
  return timestamp_->Write(zone_.ToLocal(micros), micros, zone_);
}

void TextWriter::AppendJson(const Literal& value, const Type& type, std::string& out) const {
  if (value.IsNull()) {
    out += "null";
    return;
  }
  switch (type.id()) {
    case TypeId::kBoolean:
      out += std::get<bool>(value.value) ? "true" : "false";
      return;
    case TypeId::kTinyint:
    case TypeId::kSmallint:
    case TypeId::kInteger:
    case TypeId::kBigint:
      out += fmt::format("{}", std::get<std::int64_t>(value.value));
      return;
    case TypeId::kReal:
    case TypeId::kDouble: {
      const double real = std::get<double>(value.value);
      const std::string text =
          type.id() == TypeId::kReal ? JavaFloat(static_cast<float>(real)) : JavaDouble(real);
      out += std::isfinite(real) ? text : "\"" + text + "\"";
      return;
    }
    case TypeId::kDecimal:
      out += plan::DecimalText(std::get<plan::Int128>(value.value), type.scale());
      return;
    case TypeId::kDate:
      return AppendJsonString(DateText(std::get<std::int64_t>(value.value)), out);
    case TypeId::kTimestamp:
    case TypeId::kTimestampLocalZone:
      return AppendJsonString(TimestampText(value), out);
    case TypeId::kVarbinary:
      return AppendJsonString(EncodeBase64(std::get<std::string>(value.value)), out);
    case TypeId::kIntervalDayTime:
    case TypeId::kIntervalYearMonth:
      return AppendJsonString(IntervalText(std::get<plan::Interval>(value.value), type), out);
    case TypeId::kArray: {
      const auto& items = std::get<std::vector<Literal>>(value.value);
      out += '[';
      for (std::size_t i = 0; i < items.size(); ++i) {
        if (i > 0) out += ',';
        AppendJson(items[i], type.element(), out);
      }
      out += ']';
      return;
    }
    case TypeId::kMap: {
      const auto& items = std::get<std::vector<Literal>>(value.value);
      out += '{';
      for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
        if (i > 0) out += ',';
        AppendJsonString(CsvText(items[i]), out);
        out += ':';
        AppendJson(items[i + 1], type.value(), out);
      }
      out += '}';
      return;
    }
    case TypeId::kRow: {
      const auto& fields = std::get<std::vector<Literal>>(value.value);
      out += '{';
      bool first = true;
      for (std::size_t i = 0; i < fields.size(); ++i) {
        if (fields[i].IsNull() && ignore_null_fields_) continue;
        if (!first) out += ',';
        first = false;
        AppendJsonString(type.fields()[i].name, out);
        out += ':';
        AppendJson(fields[i], type.fields()[i].type, out);
      }
      out += '}';
      return;
    }
    default:
      return AppendJsonString(std::get<std::string>(value.value), out);
  }
}

std::string TextWriter::CsvText(const Literal& value) const {
  switch (value.type.id()) {
    case TypeId::kVarchar:
    case TypeId::kChar:
    case TypeId::kJson:
    case TypeId::kVarbinary:
    case TypeId::kUuid:
      return std::get<std::string>(value.value);
    case TypeId::kDate:
      return DateText(std::get<std::int64_t>(value.value));
    case TypeId::kTimestamp:
    case TypeId::kTimestampLocalZone:
      return TimestampText(value);
    case TypeId::kReal:
      return JavaFloat(static_cast<float>(std::get<double>(value.value)));
    case TypeId::kDouble:
      return JavaDouble(std::get<double>(value.value));
    case TypeId::kIntervalDayTime:
    case TypeId::kIntervalYearMonth:
      return IntervalText(std::get<plan::Interval>(value.value), value.type);
    default: {
      std::string text;
      AppendJson(value, value.type, text);
      return text;
    }
  }
}

// univocity's CsvWriter with the settings that Spark gives it.
void TextWriter::AppendCsv(std::string_view text, std::string& out) const {
  while (trim_left_ && !text.empty() && static_cast<unsigned char>(text.front()) <= ' ') {
    text.remove_prefix(1);
  }
  while (trim_right_ && !text.empty() && static_cast<unsigned char>(text.back()) <= ' ') {
    text.remove_suffix(1);
  }
  if (text.empty()) {
    out += empty_value_;
    return;
  }
  const bool has_quote = quote_ != 0 && text.find(quote_) != std::string_view::npos;
  const bool quoted =
      quote_ != 0 && (quote_all_ || (escape_quotes_ && has_quote) || text.front() == quote_ ||
                      text.find(separator_) != std::string_view::npos ||
                      text.find_first_of("\n\r") != std::string_view::npos);
  if (!quoted) {
    out += text;
    return;
  }
  out += quote_;
  for (const char c : text) {
    if (escape_ != 0 && (c == quote_ || (c == escape_ && escape_ != quote_))) out += escape_;
    out += c;
  }
  out += quote_;
}

void TextWriter::AppendRow(const std::vector<Literal>& cells, std::string& out) const {
  if (format_ == Format::kJson) {
    AppendJson(Literal{Type::Row(schema_), cells}, Type::Row(schema_), out);
  } else if (format_ == Format::kText) {
    if (!cells.empty() && !cells[0].IsNull()) out += std::get<std::string>(cells[0].value);
  } else {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) out += separator_;
      if (cells[i].IsNull()) {
        out += null_value_;
      } else {
        AppendCsv(CsvText(cells[i]), out);
      }
    }
  }
  out += line_separator_;
}

std::optional<std::string> TextWriter::FolderText(const Literal& value) const {
  if (value.IsNull()) return std::nullopt;
  if (value.type.id() == TypeId::kTimestampLocalZone || value.type.id() == TypeId::kTimestamp) {
    std::int64_t micros = std::get<std::int64_t>(value.value);
    if (value.type.id() == TypeId::kTimestampLocalZone) micros = zone_.ToLocal(micros);
    const std::int64_t days = micros / kMicrosPerDay - (micros % kMicrosPerDay < 0 ? 1 : 0);
    const std::int64_t of_day = micros - days * kMicrosPerDay, seconds = of_day / kMicrosPerSecond;
    const datetime::CivilDate date = datetime::DateOfDays(days);
    std::string text = fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", date.year, date.month,
                                   date.day, seconds / 3600, seconds / 60 % 60, seconds % 60);
    if (of_day % kMicrosPerSecond != 0) {
      std::string fraction = fmt::format(".{:06}", of_day % kMicrosPerSecond);
      fraction.erase(fraction.find_last_not_of('0') + 1);
      text += fraction;
    }
    return text;
  }
  if (value.type.id() == TypeId::kDate) {
    const datetime::CivilDate date = datetime::DateOfDays(std::get<std::int64_t>(value.value));
    return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
  }
  std::string text = CsvText(value);
  if (text.empty()) return std::nullopt;  // Hive has no folder for the empty string
  return text;
}

}  // namespace owlet::engine
