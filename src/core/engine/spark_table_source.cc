#include "core/engine/spark_table_source.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "core/plan/type_names.h"

namespace owlet::engine {

namespace {

std::optional<std::string> Parameter(const catalog::Table& table, const char* name) {
  const auto found = table.parameters.find(name);
  if (found == table.parameters.end()) return std::nullopt;
  return found->second;
}

/// What Spark wrote down of these columns, when it is all of them in their order.
std::optional<plan::Schema> Written(const plan::Schema& written,
                                    const std::vector<catalog::Column>& columns) {
  plan::Schema schema;
  for (const catalog::Column& column : columns) {
    const auto field = std::ranges::find_if(
        written, [&](const plan::Field& one) { return EqualsIgnoringCase(one.name, column.name); });
    if (field == written.end()) return std::nullopt;
    schema.push_back(*field);
    schema.back().nullable = true;
    // What is read of char(n) and varchar(n) is a string; writing pads and checks it.
    if (field->type.IsCharacter()) schema.back().type = plan::Type::Varchar();
  }
  return schema;
}

}  // namespace

bool DescribeSparkSource(const catalog::Table& table, plan::TableSource& source) {
  const auto provider = Parameter(table, kSparkProviderParameter);
  const auto json = Parameter(table, kSparkSchemaParameter);
  static constexpr std::array<std::string_view, 4> kFormats = {"parquet", "json", "csv", "text"};
  if (!provider || !json || !table.storage) return false;
  const std::string format = ToLowerAscii(*provider);
  if (std::ranges::find(kFormats, format) == kFormats.end()) return false;
  const auto schema = plan::ParseSparkSchemaJson(*json);
  if (!schema) return false;
  auto columns = Written(*schema, table.Columns());
  auto keys = Written(*schema, table.partition_keys);
  if (!columns || !keys) return false;
  source.format = format;
  source.file_schema = std::move(*columns);
  source.partition_schema = std::move(*keys);
  if (table.storage->serde) {
    for (const auto& [key, value] : table.storage->serde->parameters) {
      if (key != "serialization.format" && key != "path") source.options[key] = value;
    }
  }
  return true;
}

}  // namespace owlet::engine
