#include "core/engine/catalog_source.h"

#include <fmt/format.h>

#include "core/catalog/hive_types.h"
#include "core/catalog/table_format.h"
#include "core/engine/file_listing.h"
#include "core/engine/text_formats.h"

namespace owlet::engine {

using catalog::FormatKind;
using plan::Type;
using plan::TypeId;

namespace {

// Hive's timestamp has no zone; Spark reads it as an instant.
Type ForSpark(const Type& type) {
  switch (type.id()) {
    case TypeId::kTimestamp:
      return Type(TypeId::kTimestampLocalZone);
    case TypeId::kArray:
      return Type::Array(ForSpark(type.element()));
    case TypeId::kMap:
      return Type::Map(ForSpark(type.key()), ForSpark(type.value()));
    case TypeId::kRow: {
      std::vector<plan::Field> fields = type.fields();
      for (plan::Field& field : fields) field.type = ForSpark(field.type);
      return Type::Row(std::move(fields));
    }
    default:
      return type;
  }
}

Result<plan::Schema> ToSchema(const std::vector<catalog::Column>& columns, plan::Dialect dialect) {
  plan::Schema schema;
  for (const catalog::Column& column : columns) {
    OWLET_TRY(Type type, catalog::ParseHiveType(column.type));
    if (dialect == plan::Dialect::kSpark) type = ForSpark(type);
    schema.push_back({.name = column.name, .type = std::move(type)});
  }
  return schema;
}

Status SetFormat(const catalog::TableFormat& format, plan::TableSource& source) {
  plan::Options& options = source.options;
  const auto set_count = [&](const char* name, std::int64_t count) {
    if (count > 0) options[name] = fmt::format("{}", count);
  };
  switch (format.kind) {
    case FormatKind::kParquet:
      source.format = "parquet";
      return {};
    case FormatKind::kJsonOpenX:
    case FormatKind::kJsonHive:
      source.format = "json";
      options[kSerDeOption] = format.kind == FormatKind::kJsonOpenX ? "openx" : "hive-json";
      options["ignore.malformed.json"] = format.ignore_malformed ? "true" : "false";
      for (const auto& [column, key] : format.mappings) options["mapping." + column] = key;
      return {};
    case FormatKind::kTextDelimited:
      source.format = "csv";
      options[kSerDeOption] = "lazysimple";
      options["field.delim"] = format.field_delimiter;
      options["collection.delim"] = format.collection_delimiter;
      options["mapkey.delim"] = format.map_key_delimiter;
      options["escape.delim"] = format.escape;
      options["serialization.null.format"] = format.null_text;
      break;
    case FormatKind::kCsvOpenCsv:
      source.format = "csv";
      options[kSerDeOption] = "opencsv";
      options["separatorChar"] = format.separator;
      options["quoteChar"] = format.quote;
      options["escapeChar"] = format.csv_escape;
      break;
    default:
      return Fail(Reason::kNotImplemented, "reading tables of this format: " + source.table_name);
  }
  set_count("skip.header.line.count", format.skip_header_lines);
  set_count("skip.footer.line.count", format.skip_footer_lines);
  return {};
}

}  // namespace

Result<std::shared_ptr<const plan::TableSource>> DescribeTable(const catalog::Table& table,
                                                               const ExecutionContext& context,
                                                               const catalog::Catalog& catalog) {
  auto source = std::make_shared<plan::TableSource>();
  source->table_name = table.database + "." + table.name;
  source->dialect = context.session.dialect;
  if (table.IsView()) {
    return Fail(Reason::kNotImplemented, "views inside the engine: " + source->table_name);
  }
  OWLET_TRY(const catalog::TableFormat format, catalog::ReadTableFormat(table));
  OWLET_CHECK_OK(SetFormat(format, *source));
  OWLET_TRY(source->file_schema, ToSchema(table.Columns(), source->dialect));
  if (table.partition_keys.empty()) {
    if (table.storage && !table.storage->location.empty()) {
      source->paths.push_back(table.storage->location);
    }
    return source;
  }
  OWLET_TRY(source->partition_schema, ToSchema(table.partition_keys, source->dialect));
  OWLET_TRY(const auto partitions, catalog.FindPartitions(*context.principal, table));
  for (const catalog::Partition& partition : partitions) {
    plan::TableSource::Partition entry;
    if (partition.storage) entry.location = partition.storage->location;
    for (std::size_t i = 0; i < source->partition_schema.size(); ++i) {
      std::optional<std::string> text = partition.values.at(i);
      if (text == catalog::kDefaultPartition) text.reset();
      OWLET_TRY(plan::Literal value, ParsePartitionValue(text, source->partition_schema[i].type));
      entry.values.push_back(std::move(value));
    }
    source->partitions.push_back(std::move(entry));
  }
  return source;
}

}  // namespace owlet::engine
