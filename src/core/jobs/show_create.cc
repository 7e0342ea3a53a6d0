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
  AppendColumns(storage.columns, lines);
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
  for (const auto& column : table.Columns()) {
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

std::vector<std::string> DescribeFormattedLines(const catalog::Table& table) {
  const catalog::StorageDescriptor storage = table.storage.value_or(catalog::StorageDescriptor{});
  std::vector<std::string> lines = {Cells("# col_name", "data_type", "comment"), "\t \t "};
  for (const auto& column : table.Columns()) {
    lines.push_back(Cells(column.name, column.type, column.comment));
  }
  if (!table.partition_keys.empty()) {
    lines.emplace_back("\t \t ");
    lines.emplace_back("# Partition Information\t \t ");
    lines.push_back(Cells("# col_name", "data_type", "comment"));
    lines.emplace_back("\t \t ");
    for (const auto& key : table.partition_keys) {
      lines.push_back(Cells(key.name, key.type, key.comment));
    }
  }
  const auto pair = [&](std::string_view name, std::string_view value) {
    lines.push_back(fmt::format("{:<20}\t{:<20}\t ", name, value));
  };
  lines.emplace_back("\t \t ");
  lines.emplace_back("# Detailed Table Information\t \t ");
  pair("Database:", table.database);
  pair("Owner:", table.owner);
  pair("CreateTime:", HiveTime(table.create_time));
  pair("LastAccessTime:",
       table.last_access_time ? HiveTime(*table.last_access_time) : std::string("UNKNOWN"));
  pair("Protect Mode:", "None");
  pair("Retention:", std::to_string(table.retention));
  pair("Location:", storage.location);
  pair("Table Type:", table.table_type);
  lines.emplace_back("Table Parameters:\t \t ");
  for (const auto& [key, value] : table.parameters) {
    lines.push_back(fmt::format("\t{:<20}\t{:<20}", key, value));
  }
  lines.emplace_back("\t \t ");
  lines.emplace_back("# Storage Information\t \t ");
  pair("SerDe Library:", storage.serde ? storage.serde->library : std::string());
  pair("InputFormat:", storage.input_format);
  pair("OutputFormat:", storage.output_format);
  pair("Compressed:", storage.compressed ? "Yes" : "No");
  pair("Num Buckets:", std::to_string(storage.number_of_buckets));
  pair("Bucket Columns:", fmt::format("[{}]", fmt::join(storage.bucket_columns, ", ")));
  std::vector<std::string> sorted;
  for (const auto& column : storage.sort_columns) {
    sorted.push_back(
        fmt::format("Order(col:{}, order:{})", column.column, column.ascending ? 1 : 0));
  }
  pair("Sort Columns:", fmt::format("[{}]", fmt::join(sorted, ", ")));
  if (storage.serde && !storage.serde->parameters.empty()) {
    lines.emplace_back("Storage Desc Params:\t \t ");
    for (const auto& [key, value] : storage.serde->parameters) {
      lines.push_back(fmt::format("\t{:<20}\t{:<20}", key, value));
    }
  }
  return lines;
}

}  // namespace owlet::jobs
