#include "core/jobs/information_schema.h"

#include <functional>
#include <utility>
#include <vector>

#include "core/catalog/hive_types.h"
#include "core/plan/type_names.h"

namespace owlet::jobs {
namespace {

constexpr char kCatalog[] = "awsdatacatalog";

using Row = std::vector<plan::ExpressionPtr>;

plan::ExpressionPtr Text(std::string value) {
  return plan::MakeExpression(plan::Literal::String(std::move(value)));
}

plan::ExpressionPtr Null(plan::Type type) {
  return plan::MakeExpression(
      plan::Cast{.input = plan::MakeExpression(plan::Literal::Null()), .type = std::move(type)});
}

/// VALUES needs a row: without any, one that a limit of 0 takes away again.
plan::RelationPtr Rows(std::string name, std::vector<std::string> columns, std::vector<Row> rows) {
  const bool none = rows.empty();
  if (none) rows.emplace_back(columns.size(), Null(plan::Type::Varchar()));
  plan::RelationPtr values = plan::MakeRelation(plan::Values{.rows = std::move(rows)});
  if (none) {
    values = plan::MakeRelation(
        plan::Limit{.input = values, .limit = plan::MakeExpression(plan::Literal::Bigint(0))});
  }
  return plan::MakeRelation(plan::SubqueryAlias{
      .input = values, .name = {std::move(name)}, .columns = std::move(columns)});
}

Status EachDatabase(const catalog::Catalog& catalog, const access::Principal& principal,
                    const std::function<Status(const catalog::Database&)>& visit) {
  catalog::PageRequest page;
  do {
    OWLET_TRY(const auto part, catalog.ListDatabases(principal, page));
    for (const auto& database : part.items) OWLET_CHECK_OK(visit(database));
    page.token = part.next;
  } while (!page.token.empty());
  return {};
}

Status EachTable(const catalog::Catalog& catalog, const access::Principal& principal,
                 const std::function<void(const catalog::Table&)>& visit) {
  return EachDatabase(catalog, principal, [&](const catalog::Database& database) -> Status {
    catalog::PageRequest page;
    do {
      OWLET_TRY(const auto part, catalog.ListTables(principal, database.name, page));
      for (const auto& table : part.items) visit(table);
      page.token = part.next;
    } while (!page.token.empty());
    return {};
  });
}

void AppendColumns(const catalog::Table& table, std::vector<Row>& rows) {
  std::int64_t position = 0;
  const auto append = [&](const std::vector<catalog::Column>& columns, bool keys) {
    for (const auto& column : columns) {
      const auto type = catalog::ParseHiveType(column.type);
      rows.push_back({Text(kCatalog), Text(table.database), Text(table.name), Text(column.name),
                      plan::MakeExpression(plan::Literal::Bigint(++position)),
                      Null(plan::Type::Varchar()), Text("YES"),
                      Text(type ? plan::TrinoTypeName(*type) : column.type),
                      column.comment.empty() ? Null(plan::Type::Varchar()) : Text(column.comment),
                      keys ? Text("partition key") : Null(plan::Type::Varchar())});
    }
  };
  append(table.Columns(), false);
  append(table.partition_keys, true);
}

}  // namespace

Result<std::optional<plan::RelationPtr>> InformationSchema(const catalog::Catalog& catalog,
                                                           const access::Principal& principal,
                                                           std::string_view table) {
  std::vector<Row> rows;
  if (table == "schemata") {
    OWLET_CHECK_OK(
        EachDatabase(catalog, principal, [&](const catalog::Database& database) -> Status {
          rows.push_back({Text(kCatalog), Text(database.name)});
          return {};
        }));
    rows.push_back({Text(kCatalog), Text("information_schema")});
    return Rows("schemata", {"catalog_name", "schema_name"}, std::move(rows));
  }
  if (table == "tables" || table == "views") {
    OWLET_CHECK_OK(EachTable(catalog, principal, [&](const catalog::Table& entry) {
      if (table == "views" && !entry.IsView()) return;
      rows.push_back({Text(kCatalog), Text(entry.database), Text(entry.name),
                      Text(table == "views" ? entry.view_original_text
                           : entry.IsView() ? "VIEW"
                                            : "BASE TABLE")});
    }));
    for (const char* own : {"columns", "schemata", "tables", "views"}) {
      if (table == "views") break;
      rows.push_back({Text(kCatalog), Text("information_schema"), Text(own), Text("BASE TABLE")});
    }
    return Rows(std::string(table),
                {"table_catalog", "table_schema", "table_name",
                 table == "views" ? "view_definition" : "table_type"},
                std::move(rows));
  }
  if (table == "columns") {
    OWLET_CHECK_OK(EachTable(catalog, principal,
                             [&](const catalog::Table& entry) { AppendColumns(entry, rows); }));
    return Rows("columns",
                {"table_catalog", "table_schema", "table_name", "column_name", "ordinal_position",
                 "column_default", "is_nullable", "data_type", "comment", "extra_info"},
                std::move(rows));
  }
  return std::nullopt;
}

Result<plan::RelationPtr> PartitionsRelation(const catalog::Catalog& catalog,
                                             const access::Principal& principal,
                                             const catalog::Table& table) {
  std::vector<std::string> names;
  std::vector<plan::Type> types;
  for (const auto& key : table.partition_keys) {
    OWLET_TRY(plan::Type type, catalog::ParseHiveType(key.type));
    names.push_back(key.name);
    types.push_back(std::move(type));
  }
  OWLET_TRY(const auto partitions, catalog.FindPartitions(principal, table));
  std::vector<Row> rows;
  for (const auto& partition : partitions) {
    Row row;
    for (std::size_t i = 0; i < types.size(); ++i) {
      const bool null = partition.values[i] == catalog::kDefaultPartition;
      row.push_back(null ? Null(types[i])
                         : plan::MakeExpression(
                               plan::Cast{.input = Text(partition.values[i]), .type = types[i]}));
    }
    rows.push_back(std::move(row));
  }
  const bool none = rows.empty();
  if (none) {
    Row row;
    for (const plan::Type& type : types) row.push_back(Null(type));
    rows.push_back(std::move(row));
  }
  plan::RelationPtr values = plan::MakeRelation(plan::Values{.rows = std::move(rows)});
  if (none) {
    values = plan::MakeRelation(
        plan::Limit{.input = values, .limit = plan::MakeExpression(plan::Literal::Bigint(0))});
  }
  return plan::MakeRelation(plan::SubqueryAlias{
      .input = values, .name = {table.name + "$partitions"}, .columns = std::move(names)});
}

}  // namespace owlet::jobs
