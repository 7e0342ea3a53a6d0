#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/catalog/model.h"

namespace owlet::catalog {

enum class FormatKind : std::uint8_t {
  kParquet,
  kOrc,
  kAvro,
  kJsonOpenX,      // org.openx.data.jsonserde.JsonSerDe
  kJsonHive,       // org.apache.hive.hcatalog.data.JsonSerDe and Hive's own
  kTextDelimited,  // LazySimpleSerDe
  kCsvOpenCsv,     // OpenCSVSerde
  kRegex,          // RegexSerDe
  kGrok,
  kCloudTrail,
  kIon,
  kSequenceFile,
  kRcFile,
  kIceberg,
};

/// How the objects of a table or partition are read and written, without the names of Hive's
/// classes. Characters are single bytes as text; "" means the format has none.
struct TableFormat {
  FormatKind kind = FormatKind::kTextDelimited;

  // Delimited text (defaults of LazySimpleSerDe).
  std::string field_delimiter = "\x01";
  std::string collection_delimiter = "\x02";
  std::string map_key_delimiter = "\x03";
  std::string line_delimiter = "\n";
  std::string escape = {};
  std::string null_text = "\\N";

  // OpenCSVSerde.
  std::string separator = ",";
  std::string quote = "\"";
  std::string csv_escape = "\\";  // set to `quote` when the table gave none: doubled quotes

  std::int64_t skip_header_lines = 0;
  std::int64_t skip_footer_lines = 0;

  // JSON.
  bool ignore_malformed = false;
  bool case_insensitive = true;
  bool dots_in_keys = false;
  bool explicit_null = false;
  std::map<std::string, std::string> mappings = {};  // column -> key in the document

  std::string timestamp_formats = {};  // comma separated, "" for the default
  std::string regex = {};              // RegexSerDe, input.regex
  bool regex_case_insensitive = false;
  std::string avro_schema = {};  // avro.schema.literal
  std::string compression = {};  // what to write: "", "gzip", "snappy", "zstd" ...

  /// Parquet and ORC: columns found by position instead of by name.
  bool by_position = false;

  bool operator==(const TableFormat&) const = default;
};

/// The format of a table, or of a partition whose descriptor says otherwise. Judged by the SerDe's
/// class, then the input format, then the parameter `classification` (or
/// `spark.sql.sources.provider`). Errors: kNotImplemented naming a SerDe that is none of these;
/// kInvalidArgument for a bad value.
[[nodiscard]] Result<TableFormat> ReadTableFormat(const Table& table);
[[nodiscard]] Result<TableFormat> ReadTableFormat(const Table& table, const Partition& partition);

/// The three Java classes of STORED AS `name` ("parquet", "orc", "textfile", "avro", "json" ...),
/// without case; nothing for a name that Hive does not have.
struct StorageClasses {
  std::string input_format;
  std::string output_format;
  std::string serde;
};
[[nodiscard]] std::optional<StorageClasses> FindStorageClasses(std::string_view name);

}  // namespace owlet::catalog
