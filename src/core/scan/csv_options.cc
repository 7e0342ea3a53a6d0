#include "core/scan/csv_options.h"

#include <fmt/format.h>

#include <cstdlib>

namespace owlet::scan {

namespace {

/// "\t", "\\", "\u0001" and single characters as Spark's CSVExprUtils reads them; 0 for none.
Result<char> CharacterOption(const Options& options, std::string_view name, char by_default) {
  const auto text = FindOption(options, name);
  if (!text) return by_default;
  if (text->empty()) return '\0';
  if (text->size() == 1) return text->front();
  if (text->size() == 2 && text->front() == '\\') {
    switch ((*text)[1]) {
      case 't':
        return '\t';
      case 'r':
        return '\r';
      case 'n':
        return '\n';
      case 'b':
        return '\b';
      case 'f':
        return '\f';
      default:
        return (*text)[1];
    }
  }
  if (*text == "\\u0000" || *text == "u0000") return '\0';
  return Fail(Reason::kInvalidArgument,
              fmt::format("{} cannot be more than one character: {}", name, *text));
}

// A delimiter of several characters, each perhaps escaped.
std::string Unescape(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      plain += text[i];
      continue;
    }
    const char next = text[++i];
    plain += next == 't' ? '\t' : next == 'n' ? '\n' : next == 'r' ? '\r' : next;
  }
  return plain;
}

// Hive's properties hold a character, an escape, or the number of a character.
char HiveCharacter(const Options& options, std::string_view name, char by_default) {
  const auto text = FindOption(options, name);
  if (!text) return by_default;
  if (text->empty()) return '\0';
  if (text->size() > 1 && text->front() >= '0' && text->front() <= '9') {
    return static_cast<char>(std::atoi(text->c_str()));
  }
  if (text->size() > 1 && text->front() == '\\') {
    const std::string plain = Unescape(*text);
    if (text->size() > 2 && (*text)[1] >= '0' && (*text)[1] <= '7') {
      return static_cast<char>(std::strtol(text->c_str() + 1, nullptr, 8));
    }
    return plain.front();
  }
  return text->front();
}

}  // namespace

Result<CsvOptions> CsvOptions::Parse(const Options& options, std::string_view time_zone,
                                     std::string_view default_corrupt_column) {
  CsvOptions csv;
  const auto separator = FindOption(options, "sep");
  csv.separator = Unescape(separator ? *separator : FindOption(options, "delimiter").value_or(","));
  if (csv.separator.empty()) {
    return Fail(Reason::kInvalidArgument, "a delimiter cannot be empty", "INVALID_DELIMITER_VALUE");
  }
  OWLET_TRY(csv.quote, CharacterOption(options, "quote", '"'));
  OWLET_TRY(csv.escape, CharacterOption(options, "escape", '\\'));
  OWLET_TRY(csv.comment, CharacterOption(options, "comment", '\0'));
  const std::pair<const char*, bool*> flags[] = {{"header", &csv.header},
                                                 {"inferSchema", &csv.infer_schema},
                                                 {"preferDate", &csv.prefer_date},
                                                 {"multiLine", &csv.multi_line},
                                                 {"ignoreLeadingWhiteSpace", &csv.trim_left},
                                                 {"ignoreTrailingWhiteSpace", &csv.trim_right}};
  for (const auto& [name, flag] : flags) {
    OWLET_TRY(*flag, BooleanOption(options, name, *flag));
  }
  csv.null_value = FindOption(options, "nullValue").value_or("");
  csv.empty_value = FindOption(options, "emptyValue").value_or("");
  csv.nan = FindOption(options, "nanValue").value_or("NaN");
  csv.positive_infinity = FindOption(options, "positiveInf").value_or("Inf");
  csv.negative_infinity = FindOption(options, "negativeInf").value_or("-Inf");
  csv.line_separator = FindOption(options, "lineSep").value_or("");
  csv.corrupt_column = FindOption(options, "columnNameOfCorruptRecord")
                           .value_or(std::string(default_corrupt_column));
  csv.skip_lines = csv.header ? 1 : 0;
  OWLET_TRY(csv.mode, ModeOption(options));
  OWLET_TRY(csv.formats, TimeFormatOptions(options, time_zone));
  return csv;
}

Result<CsvOptions> CsvOptions::ParseHive(const Options& options, std::string_view serde) {
  CsvOptions csv;
  csv.corrupt_column.clear();
  csv.skip_lines = std::strtoul(FindOption(options, "skip.header.line.count").value_or("0").c_str(),
                                nullptr, 10);
  csv.skip_last_lines = std::strtoul(
      FindOption(options, "skip.footer.line.count").value_or("0").c_str(), nullptr, 10);
  if (serde == "opencsv") {
    csv.style = Style::kOpenCsv;
    csv.separator = std::string(1, HiveCharacter(options, "separatorChar", ','));
    csv.quote = HiveCharacter(options, "quoteChar", '"');
    csv.escape = HiveCharacter(options, "escapeChar", '\\');
    csv.null_value.clear();
    return csv;
  }
  csv.style = Style::kLazySimple;
  csv.quote = '\0';
  const auto field = FindOption(options, "field.delim");
  csv.separator = std::string(
      1, HiveCharacter(options, field ? "field.delim" : "serialization.format", '\x01'));
  csv.escape = HiveCharacter(options, "escape.delim", '\0');
  // "colelction" is how Hive has always spelled the key.
  const auto collection = FindOption(options, "collection.delim");
  csv.collection_delimiter =
      HiveCharacter(options, collection ? "collection.delim" : "colelction.delim", '\x02');
  csv.map_key_delimiter = HiveCharacter(options, "mapkey.delim", '\x03');
  csv.null_value = FindOption(options, "serialization.null.format").value_or("\\N");
  return csv;
}

}  // namespace owlet::scan
