#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "base/clock.h"
#include "core/jobs/statement_run.h"

// The texts that Hive gives for SHOW CREATE TABLE and DESCRIBE, blanks included: tools parse them.

namespace owlet::jobs {
namespace {

std::string Cells(std::string_view a, std::string_view b, std::string_view c) {
  return fmt::format("{:<20}\t{:<20}\t{:<20}", a, b, c);
}

std::string Quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    switch (c) {
      case '\'':
        quoted += "\\'";
        break;
      case '\\':
        quoted += "\\\\";
        break;
      case '\n':
        quoted += "\\n";
        break;
      case '\t':
        quoted += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          quoted += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
          quoted += c;
        }
    }
  }
  return quoted + "'";
}

/// Hive asks most SerDes for the columns, which know no comments; of the others it shows the
/// catalog's (the setting hive.serdes.using.metastore.for.schema).
std::vector<catalog::Column> HiveColumns(const catalog::Table& table) {
  std::vector<catalog::Column> columns = table.Columns();
  if (table.IsView() || !table.storage || !table.storage->serde) return columns;
  const std::string& serde = table.storage->serde->library;
  const bool asked = serde.ends_with("JsonSerDe") || serde.ends_with("OpenCSVSerde") ||
                     serde.ends_with("RegexSerDe") || serde.ends_with("GrokSerDe");
  for (catalog::Column& column : columns) {
    if (asked && column.comment.empty()) column.comment = "from deserializer";
  }
  return columns;
}

/// Control characters as Java writes them in source text.
std::string EscapeJava(std::string_view text) {
  std::string escaped = Quoted(text);
  return escaped.substr(1, escaped.size() - 2);
}

void AppendColumns(const std::vector<catalog::Column>& columns, std::vector<std::string>& lines) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    std::string line = fmt::format("  `{}` {}", columns[i].name, columns[i].type);
    if (!columns[i].comment.empty()) line += " COMMENT " + Quoted(columns[i].comment);
    line += i + 1 < columns.size() ? ", " : ")";
    lines.push_back(std::move(line));
  }
}

void AppendProperties(const catalog::Properties& properties, std::string_view separator,
                      std::string_view end, std::vector<std::string>& lines) {
  std::size_t left = properties.size();
  for (const auto& [key, value] : properties) {
    lines.push_back(
        fmt::format("  {}={}{}", Quoted(key), Quoted(value), --left > 0 ? separator : end));
  }
}

void AppendRowFormat(const catalog::SerDe& serde, std::vector<std::string>& lines) {
  static constexpr std::pair<const char*, const char*> kDelimiters[] = {
      {"field.delim", "  FIELDS TERMINATED BY "},
      {"escape.delim", "  ESCAPED BY "},
      {"collection.delim", "  COLLECTION ITEMS TERMINATED BY "},
      {"mapkey.delim", "  MAP KEYS TERMINATED BY "},
      {"line.delim", "  LINES TERMINATED BY "},
      {"serialization.null.format", "  NULL DEFINED AS "},
  };
  const bool lazy = serde.library.ends_with("LazySimpleSerDe");
  if (lazy && serde.parameters.contains("field.delim")) {
    lines.emplace_back("ROW FORMAT DELIMITED ");
    std::vector<std::string> clauses;
    for (const auto& [key, clause] : kDelimiters) {
      const auto found = serde.parameters.find(key);
      if (found != serde.parameters.end()) clauses.push_back(clause + Quoted(found->second) + " ");
    }
    for (auto& clause : clauses) lines.push_back(std::move(clause));
    return;
  }
  lines.emplace_back("ROW FORMAT SERDE ");
  lines.push_back(fmt::format("  {} ", Quoted(serde.library)));
  catalog::Properties properties = serde.parameters;
  if (const auto found = properties.find("serialization.format");
      found != properties.end() && found->second == "1") {
    properties.erase(found);
  }
  if (!properties.empty()) {
    lines.emplace_back("WITH SERDEPROPERTIES ( ");
    AppendProperties(properties, ", ", ") ", lines);
  }
}

std::string HiveTime(Timestamp time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  const std::chrono::weekday weekday(day);
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return fmt::format("{} {} {:02} {:02}:{:02}:{:02} UTC {}", kDays[weekday.c_encoding()],
                     kMonths[static_cast<unsigned>(date.month()) - 1],
                     static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(),
                     static_cast<int>(date.year()));
}

}  // namespace

std::vector<std::string> ShowCreateTableLines(const catalog::Table& table) {
  const catalog::StorageDescriptor storage = table.storage.value_or(catalog::StorageDescriptor{});
  std::vector<std::string> lines = {
      fmt::format("CREATE EXTERNAL TABLE `{}.{}`(", table.database, table.name)};
  AppendColumns(HiveColumns(table), lines);
  if (!table.description.empty()) lines.push_back("COMMENT " + Quoted(table.description));
  if (!table.partition_keys.empty()) {
    lines.emplace_back("PARTITIONED BY ( ");
    AppendColumns(table.partition_keys, lines);
  }
  if (!storage.bucket_columns.empty()) {
    lines.emplace_back("CLUSTERED BY ( ");
    for (std::size_t i = 0; i < storage.bucket_columns.size(); ++i) {
      lines.push_back(fmt::format("  {}{}", storage.bucket_columns[i],
                                  i + 1 < storage.bucket_columns.size() ? ", " : ") "));
    }
    lines.push_back(fmt::format("INTO {} BUCKETS", storage.number_of_buckets));
  }
  if (storage.serde) AppendRowFormat(*storage.serde, lines);
  lines.emplace_back("STORED AS INPUTFORMAT ");
  lines.push_back(fmt::format("  {} ", Quoted(storage.input_format)));
  lines.emplace_back("OUTPUTFORMAT ");
  lines.push_back(fmt::format("  {}", Quoted(storage.output_format)));
  lines.emplace_back("LOCATION");
  lines.push_back(fmt::format("  {}", Quoted(storage.location)));
  catalog::Properties properties = table.parameters;
  properties.erase("EXTERNAL");
  if (!table.description.empty()) properties.erase("comment");
  if (!properties.empty()) {
    lines.emplace_back("TBLPROPERTIES (");
    AppendProperties(properties, ", ", ")", lines);
  }
  return lines;
}

std::vector<std::string> DescribeLines(const catalog::Table& table) {
  std::vector<std::string> lines;
  for (const auto& column : HiveColumns(table)) {
    lines.push_back(Cells(column.name, column.type, column.comment));
  }
  for (const auto& key : table.partition_keys) {
    lines.push_back(Cells(key.name, key.type, key.comment));
  }
  if (table.partition_keys.empty()) return lines;
  lines.emplace_back("\t \t ");
  lines.emplace_back("# Partition Information\t \t ");
  lines.push_back(Cells("# col_name", "data_type", "comment"));
  lines.emplace_back("\t \t ");
  for (const auto& key : table.partition_keys) {
    lines.push_back(Cells(key.name, key.type, key.comment));
  }
  return lines;
}

namespace {

void AppendHeading(std::string_view heading, std::vector<std::string>& lines) {
  lines.emplace_back("\t \t ");
  lines.push_back(fmt::format("# {}\t \t ", heading));
}

void AppendPair(std::string_view name, std::string_view value, std::vector<std::string>& lines) {
  lines.push_back(fmt::format("{:<20}\t{:<20}\t ", name, value));
}

void AppendParameters(std::string_view heading, const catalog::Properties& parameters,
                      std::vector<std::string>& lines) {
  lines.push_back(fmt::format("{}\t \t ", heading));
  for (const auto& [key, value] : parameters) {
    lines.push_back(fmt::format("\t{:<20}\t{:<20}", key, EscapeJava(value)));
  }
}

void AppendStorage(const catalog::StorageDescriptor& storage, std::vector<std::string>& lines) {
  AppendHeading("Storage Information", lines);
  AppendPair("SerDe Library:", storage.serde ? storage.serde->library : std::string(), lines);
  AppendPair("InputFormat:", storage.input_format, lines);
  AppendPair("OutputFormat:", storage.output_format, lines);
  AppendPair("Compressed:", storage.compressed ? "Yes" : "No", lines);
  AppendPair("Num Buckets:", std::to_string(storage.number_of_buckets), lines);
  AppendPair("Bucket Columns:", fmt::format("[{}]", fmt::join(storage.bucket_columns, ", ")),
             lines);
  std::vector<std::string> sorted;
  for (const auto& column : storage.sort_columns) {
    sorted.push_back(
        fmt::format("Order(col:{}, order:{})", column.column, column.ascending ? 1 : 0));
  }
  AppendPair("Sort Columns:", fmt::format("[{}]", fmt::join(sorted, ", ")), lines);
  if (storage.serde && !storage.serde->parameters.empty()) {
    AppendParameters("Storage Desc Params:", storage.serde->parameters, lines);
  }
}

std::string LastAccess(const std::optional<Timestamp>& time) {
  return time ? HiveTime(*time) : std::string("UNKNOWN");
}

/// {a=b, c=d}, as Java prints a map.
std::string JavaMap(const catalog::Properties& properties) {
  std::string text;
  for (const auto& [key, value] : properties) {
    text += fmt::format("{}{}={}", text.empty() ? "" : ", ", key, value);
  }
  return "{" + text + "}";
}

std::string FieldSchemas(const std::vector<catalog::Column>& columns) {
  std::string text;
  for (const auto& column : columns) {
    text += fmt::format("{}FieldSchema(name:{}, type:{}, comment:{})", text.empty() ? "" : ", ",
                        column.name, column.type, column.comment.empty() ? "null" : column.comment);
  }
  return "[" + text + "]";
}

std::string StorageText(const catalog::StorageDescriptor& storage,
                        const std::vector<catalog::Column>& keys) {
  std::vector<catalog::Column> columns = storage.columns;
  columns.insert(columns.end(), keys.begin(), keys.end());
  const catalog::SerDe serde = storage.serde.value_or(catalog::SerDe{});
  return fmt::format(
      "StorageDescriptor(cols:{}, location:{}, inputFormat:{}, outputFormat:{}, compressed:{}, "
      "numBuckets:{}, serdeInfo:SerDeInfo(name:{}, serializationLib:{}, parameters:{}), "
      "bucketCols:[{}], sortCols:[], parameters:{}, skewedInfo:SkewedInfo(skewedColNames:[], "
      "skewedColValues:[], skewedColValueLocationMaps:{{}}), storedAsSubDirectories:false)",
      FieldSchemas(columns), storage.location, storage.input_format, storage.output_format,
      storage.compressed, storage.number_of_buckets, serde.name.empty() ? "null" : serde.name,
      serde.library, JavaMap(serde.parameters), fmt::join(storage.bucket_columns, ", "),
      JavaMap(storage.parameters));
}

std::int64_t Seconds(Timestamp time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

}  // namespace

std::vector<std::string> DescribeExtendedLines(const catalog::Table& table,
                                               const catalog::Partition* partition) {
  std::vector<std::string> lines = DescribeLines(table);
  lines.emplace_back("\t \t ");
  if (partition != nullptr) {
    lines.push_back(fmt::format(
        "Detailed Partition Information\tPartition(values:[{}], dbName:{}, tableName:{}, "
        "createTime:{}, lastAccessTime:0, sd:{}, parameters:{})\t ",
        fmt::join(partition->values, ", "), table.database, table.name,
        Seconds(partition->create_time),
        StorageText(partition->storage.value_or(catalog::StorageDescriptor{}),
                    table.partition_keys),
        JavaMap(partition->parameters)));
    return lines;
  }
  lines.push_back(fmt::format(
      "Detailed Table Information\tTable(tableName:{}, dbName:{}, owner:{}, createTime:{}, "
      "lastAccessTime:0, retention:{}, sd:{}, partitionKeys:{}, parameters:{}, "
      "viewOriginalText:{}, viewExpandedText:{}, tableType:{})\t ",
      table.name, table.database, table.owner, Seconds(table.create_time), table.retention,
      StorageText(table.storage.value_or(catalog::StorageDescriptor{}), table.partition_keys),
      FieldSchemas(table.partition_keys), JavaMap(table.parameters),
      table.view_original_text.empty() ? "null" : table.view_original_text,
      table.view_expanded_text.empty() ? "null" : table.view_expanded_text, table.table_type));
  return lines;
}

std::vector<std::string> DescribeFormattedLines(const catalog::Table& table,
                                                const catalog::Partition* partition) {
  std::vector<std::string> lines = {Cells("# col_name", "data_type", "comment"), "\t \t "};
  for (const auto& column : HiveColumns(table)) {
    lines.push_back(Cells(column.name, column.type, column.comment));
  }
  if (!table.partition_keys.empty()) {
    AppendHeading("Partition Information", lines);
    lines.push_back(Cells("# col_name", "data_type", "comment"));
    lines.emplace_back("\t \t ");
    for (const auto& key : table.partition_keys) {
      lines.push_back(Cells(key.name, key.type, key.comment));
    }
  }
  if (partition != nullptr) {
    const auto storage = partition->storage.value_or(catalog::StorageDescriptor{});
    AppendHeading("Detailed Partition Information", lines);
    AppendPair("Partition Value:", fmt::format("[{}]", fmt::join(partition->values, ", ")), lines);
    AppendPair("Database:", table.database, lines);
    AppendPair("Table:", table.name, lines);
    AppendPair("CreateTime:", HiveTime(partition->create_time), lines);
    AppendPair("LastAccessTime:", LastAccess(partition->last_access_time), lines);
    AppendPair("Protect Mode:", "None", lines);
    AppendPair("Location:", storage.location, lines);
    AppendParameters("Partition Parameters:", partition->parameters, lines);
    AppendStorage(storage, lines);
    return lines;
  }
  const auto storage = table.storage.value_or(catalog::StorageDescriptor{});
  AppendHeading("Detailed Table Information", lines);
  AppendPair("Database:", table.database, lines);
  AppendPair("Owner:", table.owner, lines);
  AppendPair("CreateTime:", HiveTime(table.create_time), lines);
  AppendPair("LastAccessTime:", LastAccess(table.last_access_time), lines);
  AppendPair("Protect Mode:", "None", lines);
  AppendPair("Retention:", std::to_string(table.retention), lines);
  AppendPair("Location:", storage.location, lines);
  AppendPair("Table Type:", table.table_type, lines);
  AppendParameters("Table Parameters:", table.parameters, lines);
  AppendStorage(storage, lines);
  return lines;
}

}  // namespace owlet::jobs
