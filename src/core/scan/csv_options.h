#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "core/scan/scan_options.h"

namespace owlet::scan {

/// spark.read.csv's options, and Hive's delimited text and OpenCSV, which are read by the same
/// code.
struct CsvOptions {
  enum class Style : std::uint8_t {
    kSpark,
    kLazySimple,  // no quotes; an escape character anywhere; nested values by delimiters
    kOpenCsv,     // quotes and an escape character; every value is text first
  };
  Style style = Style::kSpark;
  std::string separator = ",";
  char quote = '"';    // 0: none
  char escape = '\\';  // 0: none
  char comment = 0;
  bool header = false;
  bool infer_schema = false;
  bool prefer_date = true;
  bool multi_line = false;
  bool trim_left = false;
  bool trim_right = false;
  std::string null_value;
  std::string empty_value;
  std::string nan = "NaN";
  std::string positive_infinity = "Inf";
  std::string negative_infinity = "-Inf";
  std::string line_separator;
  ParseMode mode = ParseMode::kPermissive;
  std::string corrupt_column = "_corrupt_record";
  TimeFormats formats;
  // Hive.
  char collection_delimiter = '\x02';
  char map_key_delimiter = '\x03';
  std::size_t skip_lines = 0;
  std::size_t skip_last_lines = 0;

  /// Spark's. kInvalidArgument for a bad value.
  [[nodiscard]] static Result<CsvOptions> Parse(const Options& options, std::string_view time_zone,
                                                std::string_view default_corrupt_column);
  /// Hive's: `serde` is "lazysimple" or "opencsv"; properties as the table names them
  /// ("field.delim", "separatorChar", "skip.header.line.count" ...).
  [[nodiscard]] static Result<CsvOptions> ParseHive(const Options& options, std::string_view serde);
};

}  // namespace owlet::scan
