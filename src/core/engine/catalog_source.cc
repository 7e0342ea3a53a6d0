#include "core/engine/catalog_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "core/catalog/format_options.h"
#include "core/catalog/hive_types.h"
#include "core/catalog/projection.h"
#include "core/catalog/table_format.h"
#include "core/engine/file_listing.h"
#include "core/engine/spark_table_source.h"
#include "core/plan/literal_text.h"
#include "core/plan/type_names.h"

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

/// Trino's hidden columns of Hive tables.
void AddFileColumns(const catalog::Table& table, plan::TableSource& source) {
  if (source.dialect != plan::Dialect::kTrino) return;
  const auto add = [&](const char* name, Type type, plan::FileColumn column) {
    source.partition_schema.push_back({.name = name, .type = std::move(type)});
    source.file_columns.push_back(column);
  };
  constexpr int kMillis = 3;
  add("$path", Type::Varchar(), plan::FileColumn::kPath);
  add("$file_size", Type(TypeId::kBigint), plan::FileColumn::kSize);
  add("$file_modified_time", Type::TimestampWithZone(kMillis), plan::FileColumn::kModifiedTime);
  if (!table.partition_keys.empty()) {
    add("$partition", Type::Varchar(), plan::FileColumn::kPartition);
  }
  if (table.storage && !table.storage->bucket_columns.empty()) {
    add("$bucket", Type(TypeId::kInteger), plan::FileColumn::kBucket);
  }
}

/// Whether values of a partition's column can be read as the table's (Trino's HiveCoercionPolicy).
bool CanCoerceHive(const Type& from, const Type& to) {
  if (from.SameIgnoringNulls(to)) return true;
  if (from.IsCharacter() && to.IsCharacter()) return true;
  if ((from.IsInteger() && to.IsCharacter()) || (from.IsCharacter() && to.IsInteger())) return true;
  if (from.IsInteger() && to.IsInteger()) return from.id() < to.id();
  const auto fraction = [](const Type& type) {
    return type.id() == TypeId::kReal || type.id() == TypeId::kDouble ||
           type.id() == TypeId::kDecimal;
  };
  if (fraction(from) && fraction(to)) return true;
  if (from.IsInteger() && fraction(to)) return true;
  if (from.id() != to.id() || !from.IsNested()) return false;
  const std::size_t fields = std::min(from.fields().size(), to.fields().size());
  for (std::size_t i = 0; i < fields; ++i) {
    if (!CanCoerceHive(from.fields()[i].type, to.fields()[i].type)) return false;
  }
  return true;
}

/// The partitions of one table, as they are when a statement runs.
class CatalogPartitions final : public plan::PartitionIndex {
 public:
  CatalogPartitions(catalog::Table table, catalog::TableFormat format,
                    const plan::TableSource& source, bool is_spark_source,
                    std::shared_ptr<const access::Principal> principal,
                    const catalog::Catalog& catalog)
      : table_(std::move(table)),
        format_(std::move(format)),
        shape_(source),
        is_spark_source_(is_spark_source),
        principal_(std::move(principal)),
        catalog_(catalog) {}

  Result<std::vector<plan::TablePartition>> Find(
      const plan::PartitionQuestion& question) const override {
    catalog::PartitionPredicate predicate;
    for (const auto& [key, constants] : question.equal_to) {
      if (key >= table_.partition_keys.size()) continue;
      auto& texts = predicate.equal_to[ToLowerAscii(table_.partition_keys[key].name)];
      for (const plan::Literal& constant : constants) texts.push_back(TextOf(constant));
    }
    predicate.narrow = [&](std::size_t key, std::vector<std::string>& values) {
      return Narrow(question, key, values);
    };
    // Partition projection is Athena's alone.
    const bool projected =
        shape_.dialect == plan::Dialect::kTrino && catalog::HasProjection(table_);
    OWLET_TRY(const auto found,
              projected ? catalog_.FindPartitions(*principal_, table_, predicate) : ListAll());
    std::vector<std::size_t> keys(table_.partition_keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) keys[i] = i;
    std::vector<std::vector<plan::Literal>> rows;
    for (const catalog::Partition& partition : found) {
      OWLET_TRY(auto values, ValuesOf(partition));
      rows.push_back(std::move(values));
    }
    OWLET_TRY(const std::vector<bool> kept, question.keeps(keys, rows));
    std::vector<plan::TablePartition> partitions;
    std::vector<std::pair<catalog::TableFormat, std::shared_ptr<const plan::TableSource>>> shapes;
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (!kept[i]) continue;
      plan::TablePartition partition{.location = "", .values = std::move(rows[i])};
      if (found[i].storage) partition.location = found[i].storage->location;
      OWLET_TRY(partition.shape, ShapeOf(found[i], shapes));
      partitions.push_back(std::move(partition));
    }
    return partitions;
  }

 private:
  static std::string TextOf(const plan::Literal& value) {
    if (const auto* text = std::get_if<std::string>(&value.value)) return *text;
    const auto* number = std::get_if<std::int64_t>(&value.value);
    if (number == nullptr) return {};
    if (value.type.id() == TypeId::kDate) return plan::DateText(*number);
    if (value.type.id() == TypeId::kTimestamp) return plan::TimestampText(*number);
    return std::to_string(*number);
  }

  [[nodiscard]] Result<std::vector<catalog::Partition>> ListAll() const {
    std::vector<catalog::Partition> all;
    catalog::PageRequest page;
    do {
      OWLET_TRY(auto part,
                catalog_.ListPartitions(*principal_, {table_.database, table_.name}, page));
      for (auto& partition : part.items) all.push_back(std::move(partition));
      page.token = part.next;
    } while (!page.token.empty());
    return all;
  }

  [[nodiscard]] Result<plan::Literal> ValueOf(std::size_t key, const std::string& text) const {
    std::optional<std::string> value = text;
    if (text == catalog::kDefaultPartition) value.reset();
    auto parsed = ParsePartitionValue(value, shape_.partition_schema[key].type);
    if (parsed || shape_.dialect == plan::Dialect::kSpark) return parsed;
    return Fail(Reason::kExecutionError,
                fmt::format("Invalid partition value '{}' for {} partition key: {}", text,
                            plan::TrinoTypeName(shape_.partition_schema[key].type),
                            table_.partition_keys[key].name),
                "HIVE_INVALID_PARTITION_VALUE");
  }

  [[nodiscard]] Result<std::vector<plan::Literal>> ValuesOf(
      const catalog::Partition& partition) const {
    std::vector<plan::Literal> values;
    for (std::size_t i = 0; i < table_.partition_keys.size(); ++i) {
      OWLET_TRY(plan::Literal value, ValueOf(i, partition.values.at(i)));
      values.push_back(std::move(value));
    }
    return values;
  }

  [[nodiscard]] Status Narrow(const plan::PartitionQuestion& question, std::size_t key,
                              std::vector<std::string>& values) const {
    std::vector<std::vector<plan::Literal>> rows;
    for (const std::string& text : values) {
      OWLET_TRY(plan::Literal value, ValueOf(key, text));
      rows.push_back({std::move(value)});
    }
    OWLET_TRY(const std::vector<bool> kept, question.keeps({key}, rows));
    std::vector<std::string> left;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (kept[i]) left.push_back(std::move(values[i]));
    }
    values = std::move(left);
    return {};
  }

  /// A partition's columns may be narrower than the table's, or fewer; not of other types.
  [[nodiscard]] Status CheckColumns(const catalog::Partition& partition) const {
    const bool by_name =
        format_.kind == FormatKind::kParquet || format_.kind == FormatKind::kAvro ||
        format_.kind == FormatKind::kJsonHive || format_.kind == FormatKind::kJsonOpenX;
    const auto& columns = table_.Columns();
    const auto& own = partition.storage->columns;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const auto found =
          by_name ? std::ranges::find_if(own,
                                         [&](const catalog::Column& column) {
                                           return EqualsIgnoringCase(column.name, columns[i].name);
                                         })
                  : (i < own.size() ? own.begin() + static_cast<std::ptrdiff_t>(i) : own.end());
      if (found == own.end() || found->type == columns[i].type) continue;
      const auto from = catalog::ParseHiveType(found->type);
      const auto to = catalog::ParseHiveType(columns[i].type);
      if (!from || !to || CanCoerceHive(*from, *to)) continue;
      return Fail(Reason::kExecutionError,
                  fmt::format("There is a mismatch between the table and partition schemas. The "
                              "types are incompatible and cannot be coerced. The column '{}' in "
                              "table '{}.{}' is declared as type '{}', but partition '{}' declared "
                              "column '{}' as type '{}'.",
                              columns[i].name, table_.database, table_.name, columns[i].type,
                              catalog::PartitionName(table_.partition_keys, partition.values),
                              found->name, found->type),
                  "HIVE_PARTITION_SCHEMA_MISMATCH");
    }
    return {};
  }

  template <class Shapes>
  [[nodiscard]] Result<std::shared_ptr<const plan::TableSource>> ShapeOf(
      const catalog::Partition& partition, Shapes& shapes) const {
    if (!partition.storage || is_spark_source_) return nullptr;
    if (shape_.dialect == plan::Dialect::kTrino && !partition.storage->columns.empty()) {
      OWLET_CHECK_OK(CheckColumns(partition));
    }
    OWLET_TRY(const catalog::TableFormat format, catalog::ReadTableFormat(table_, partition));
    if (format == format_) return nullptr;
    for (const auto& [known, shape] : shapes) {
      if (known == format) return shape;
    }
    auto shape = std::make_shared<plan::TableSource>(shape_);
    shape->options.clear();
    OWLET_CHECK_OK(
        catalog::DescribeFormat(format, shape->table_name, shape->format, shape->options));
    shapes.emplace_back(format, shape);
    return shape;
  }

  const catalog::Table table_;
  const catalog::TableFormat format_;
  const plan::TableSource shape_;  // of the table, without its index
  const bool is_spark_source_;     // all files are the table's provider's
  const std::shared_ptr<const access::Principal> principal_;
  const catalog::Catalog& catalog_;
};

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
  const bool is_spark_source =
      source->dialect == plan::Dialect::kSpark && DescribeSparkSource(table, *source);
  if (!is_spark_source) {
    OWLET_CHECK_OK(
        catalog::DescribeFormat(format, source->table_name, source->format, source->options));
    OWLET_TRY(source->file_schema, ToSchema(table.Columns(), source->dialect));
  }
  if (table.partition_keys.empty()) {
    if (table.storage && !table.storage->location.empty()) {
      source->paths.push_back(table.storage->location);
    }
    AddFileColumns(table, *source);
    return source;
  }
  if (!is_spark_source) {
    OWLET_TRY(source->partition_schema, ToSchema(table.partition_keys, source->dialect));
  }
  AddFileColumns(table, *source);
  source->index = std::make_shared<CatalogPartitions>(table, format, *source, is_spark_source,
                                                      context.principal, catalog);
  return source;
}

}  // namespace owlet::engine
