#include "core/scan/csv_inference.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <string>

#include "base/ascii.h"
#include "core/scan/csv_decoder.h"
#include "core/scan/record_reader.h"
#include "core/scan/text_values.h"

namespace owlet::scan {

using plan::Type;
using plan::TypeId;

namespace {

std::optional<std::int64_t> ParseLong(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// The narrowest type of one value, in the order in which Spark tries them.
Type TypeOf(std::string_view text, const CsvOptions& options) {
  if (const auto number = ParseLong(text)) {
    const bool fits = *number >= INT32_MIN && *number <= INT32_MAX;
    return Type(fits ? TypeId::kInteger : TypeId::kBigint);
  }
  const std::string_view digits =
      text.starts_with('-') || text.starts_with('+') ? text.substr(1) : text;
  if (!digits.empty() && digits.size() <= 38 &&
      digits.find_first_not_of("0123456789") == std::string_view::npos) {
    return Type::Decimal(static_cast<int>(digits.size()), 0);
  }
  if (text == options.nan || text == options.positive_infinity ||
      text == options.negative_infinity || ParseDouble(text)) {
    return Type(TypeId::kDouble);
  }
  if (options.prefer_date && options.formats.ParseDate(text) &&
      (options.formats.date || Trim(text).find_first_of(" T") == std::string_view::npos)) {
    return Type(TypeId::kDate);
  }
  if (options.formats.ParseTimestamp(text)) return Type(TypeId::kTimestampLocalZone);
  const std::string word = ToLowerAscii(text);
  if (word == "true" || word == "false") return Type(TypeId::kBoolean);
  return Type::Varchar();
}

Type Merge(const Type& left, const Type& right) {
  if (left == right || right.id() == TypeId::kUnknown) return left;
  if (left.id() == TypeId::kUnknown) return right;
  const auto digits = [](const Type& type) {
    if (type.id() == TypeId::kInteger) return 10;
    if (type.id() == TypeId::kBigint) return 20;
    return type.id() == TypeId::kDecimal ? type.precision() : 0;
  };
  if (left.IsNumeric() && right.IsNumeric()) {
    if (left.id() == TypeId::kDouble || right.id() == TypeId::kDouble) return Type(TypeId::kDouble);
    if (left.id() == TypeId::kDecimal || right.id() == TypeId::kDecimal) {
      return Type::Decimal(std::max(digits(left), digits(right)), 0);
    }
    return Type(TypeId::kBigint);
  }
  const auto is_time = [](const Type& type) {
    return type.id() == TypeId::kDate || type.id() == TypeId::kTimestampLocalZone;
  };
  if (is_time(left) && is_time(right)) return Type(TypeId::kTimestampLocalZone);
  return Type::Varchar();
}

/// Spark's CSVHeaderChecker.makeSafeHeader.
std::vector<std::string> SafeNames(const std::vector<CsvSplitter::Value>& header,
                                   const CsvOptions& options, bool case_sensitive) {
  std::vector<std::string> names;
  std::multiset<std::string> seen;
  const auto fold = [&](std::string_view name) {
    return case_sensitive ? std::string(name) : ToLowerAscii(name);
  };
  for (const auto& value : header) seen.insert(fold(value.text));
  for (std::size_t i = 0; i < header.size(); ++i) {
    const std::string_view text = header[i].text;
    if (!options.header || text.empty() || text == options.null_value) {
      names.push_back(fmt::format("_c{}", i));
    } else if (seen.count(fold(text)) > 1) {
      names.push_back(fmt::format("{}{}", text, i));
    } else {
      names.emplace_back(text);
    }
  }
  return names;
}

}  // namespace

Result<plan::Schema> InferCsvSchema(const std::vector<InputFile>& files, const CsvOptions& options,
                                    bool case_sensitive, int) {
  CsvSplitter splitter(options);
  std::vector<std::string> names;
  std::vector<Type> types;
  bool first_record = true;
  const auto take = [&](bool at_file_start) {
    if (first_record) {
      names = SafeNames(splitter.values(), options, case_sensitive);
      types.assign(names.size(), Type());
      first_record = false;
    }
    if (at_file_start && options.header) return;
    const auto& values = splitter.values();
    for (std::size_t i = 0; i < std::min(values.size(), types.size()); ++i) {
      std::string_view text = values[i].text;
      if (types[i].id() == TypeId::kVarchar || text.empty() || text == options.null_value) continue;
      types[i] = Merge(types[i], TypeOf(text, options));
    }
  };
  for (const ScanTask& task : PlanTasks(files, false, 1)) {
    OWLET_TRY(LineBlocks blocks, LineBlocks::Open(files[task.file], task));
    bool at_start = true;
    if (options.multi_line) {
      OWLET_TRY(const LineBlock whole, blocks.Rest());
      std::string_view text = whole.text;
      while (!text.empty()) {
        const std::size_t line = text.find('\n');
        if (splitter.IsBlank(text.substr(0, line))) {
          text.remove_prefix(line == std::string_view::npos ? text.size() : line + 1);
          continue;
        }
        text.remove_prefix(splitter.Split(text));
        take(at_start);
        at_start = false;
        if (!options.infer_schema) break;
      }
    } else {
      for (bool more = true; more;) {
        OWLET_TRY(const auto block, blocks.Next());
        if (!block) break;
        LineSplitter lines(block->text, options.line_separator);
        for (std::string_view line; more && lines.Next(line);) {
          if (splitter.IsBlank(line)) continue;
          splitter.Split(line);
          take(at_start);
          at_start = false;
          more = options.infer_schema;
        }
      }
    }
    if (!options.infer_schema && !first_record) break;
  }
  plan::Schema schema;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const bool known = options.infer_schema && types[i].id() != TypeId::kUnknown;
    schema.push_back({.name = names[i], .type = known ? types[i] : Type::Varchar()});
  }
  return schema;
}

}  // namespace owlet::scan
