#include "core/catalog/format_options.h"

#include <fmt/format.h>

namespace owlet::catalog {

Status DescribeFormat(const TableFormat& format, const std::string& table_name, std::string& name,
                      std::map<std::string, std::string>& options) {
  const auto set_count = [&](const char* key, std::int64_t count) {
    if (count > 0) options[key] = fmt::format("{}", count);
  };
  switch (format.kind) {
    case FormatKind::kParquet:
      name = "parquet";
      return {};
    case FormatKind::kAvro:
      name = "avro";
      options[kSerDeOption] = "avro";
      if (!format.avro_schema.empty()) options[kAvroSchemaOption] = format.avro_schema;
      return {};
    case FormatKind::kJsonOpenX:
    case FormatKind::kJsonHive:
      name = "json";
      options[kSerDeOption] = format.kind == FormatKind::kJsonOpenX ? "openx" : "hive-json";
      options["ignore.malformed.json"] = format.ignore_malformed ? "true" : "false";
      for (const auto& [column, key] : format.mappings) options["mapping." + column] = key;
      return {};
    case FormatKind::kTextDelimited:
      name = "csv";
      options[kSerDeOption] = "lazysimple";
      options["field.delim"] = format.field_delimiter;
      options["collection.delim"] = format.collection_delimiter;
      options["mapkey.delim"] = format.map_key_delimiter;
      options["escape.delim"] = format.escape;
      options["serialization.null.format"] = format.null_text;
      break;
    case FormatKind::kCsvOpenCsv:
      name = "csv";
      options[kSerDeOption] = "opencsv";
      options["separatorChar"] = format.separator;
      options["quoteChar"] = format.quote;
      options["escapeChar"] = format.csv_escape;
      break;
    case FormatKind::kRegex:
      name = "csv";
      options[kSerDeOption] = "regex";
      options[kRegexOption] = format.regex;
      options[kRegexCaseOption] = format.regex_case_insensitive ? "true" : "false";
      break;
    default:
      return Fail(Reason::kNotImplemented, "reading tables of this format: " + table_name);
  }
  set_count("skip.header.line.count", format.skip_header_lines);
  set_count("skip.footer.line.count", format.skip_footer_lines);
  return {};
}

}  // namespace owlet::catalog
