#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time_zone.h"
#include "core/plan/literal.h"
#include "core/plan/relation.h"
#include "core/plan/types.h"
#include "core/scan/datetime_pattern.h"

namespace owlet::engine {

/// Rows as the text of Spark's json, csv and text files. Immutable; thread-safe.
class TextWriter {
 public:
  /// kInvalidArgument for options that are wrong.
  [[nodiscard]] static Result<TextWriter> Make(const std::string& format, plan::Schema schema,
                                               const plan::Options& options,
                                               const std::string& time_zone);

  /// What a file begins with: the header of a csv file, or nothing.
  [[nodiscard]] std::string Header() const;
  /// Adds the line of one row: `cells` are those of the schema.
  void AppendRow(const std::vector<plan::Literal>& cells, std::string& out) const;

  /// A partition column's value as its folder says it (Spark's cast to string).
  [[nodiscard]] std::optional<std::string> FolderText(const plan::Literal& value) const;

 private:
  enum class Format : std::uint8_t { kJson, kCsv, kText };
  TextWriter() = default;
  void AppendJson(const plan::Literal& value, const plan::Type& type, std::string& out) const;
  void AppendCsv(std::string_view text, std::string& out) const;
  [[nodiscard]] std::string CsvText(const plan::Literal& value) const;
  [[nodiscard]] std::string TimestampText(const plan::Literal& value) const;
  [[nodiscard]] std::string DateText(std::int64_t days) const;

  Format format_ = Format::kJson;
  plan::Schema schema_;
  TimeZone zone_;
  std::optional<scan::DateTimePattern> date_, timestamp_, timestamp_ntz_;
  std::string line_separator_ = "\n";
  bool ignore_null_fields_ = true;
  // csv
  std::string separator_ = ",";
  char quote_ = '"';
  char escape_ = '\\';
  bool header_ = false;
  bool quote_all_ = false;
  bool escape_quotes_ = true;
  bool trim_left_ = true;
  bool trim_right_ = true;
  std::string null_value_;
  std::string empty_value_ = "\"\"";
};

/// Java's Double.toString and Float.toString.
[[nodiscard]] std::string JavaDouble(double value);
[[nodiscard]] std::string JavaFloat(float value);

}  // namespace owlet::engine
