#include "protocol/spark_connect/insert_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <set>

#include "base/ascii.h"
#include "core/plan/type_names.h"
#include "core/sql/parser.h"
#include "protocol/spark_connect/partition_spec.h"

namespace owlet::spark_connect {

namespace {

using plan::Type;
using plan::TypeId;

std::unexpected<Error> Refuse(std::string condition,
                              std::vector<std::pair<std::string, std::string>> parameters) {
  std::string message = "the rows do not fit the table";
  for (const auto& [name, value] : parameters) message += fmt::format(", {}: {}", name, value);
  return Fail(Error{.reason = Reason::kAnalysisError,
                    .message = std::move(message),
                    .condition = std::move(condition),
                    .parameters = std::move(parameters)});
}

template <class Items>
std::string QuotedNames(const Items& items) {
  std::string text;
  for (const auto& item : items) text += fmt::format("{}`{}`", text.empty() ? "" : ", ", item.name);
  return text;
}

std::string SqlType(const Type& type) { return fmt::format("\"{}\"", plan::SparkSqlName(type)); }

bool IsNumeric(const Type& type) {
  return type.IsInteger() || type.id() == TypeId::kReal || type.id() == TypeId::kDouble ||
         type.id() == TypeId::kDecimal;
}

bool IsDateTime(const Type& type) {
  return type.id() == TypeId::kDate || type.id() == TypeId::kTimestamp ||
         type.id() == TypeId::kTimestampLocalZone;
}

/// Cast.canANSIStoreAssign of two types that are not nested.
bool CanAssign(const Type& from, const Type& to) {
  if (from.id() == TypeId::kUnknown || from.SameIgnoringNulls(to)) return true;
  if (IsNumeric(from) && IsNumeric(to)) return true;
  if (to.IsCharacter()) return !from.IsNested();
  if (IsDateTime(from) && IsDateTime(to)) return true;
  return from.id() == to.id() && from.id() != TypeId::kArray && from.id() != TypeId::kMap &&
         from.id() != TypeId::kRow;
}

/// Refuses what Spark's assignment refuses, naming the field; structs match by position.
Status CheckAssign(const catalog::Table& table, const std::string& name, const Type& from,
                   const Type& to) {
  if (from.id() == to.id() && from.id() == TypeId::kArray) {
    return CheckAssign(table, name + ".`element`", from.element(), to.element());
  }
  if (from.id() == to.id() && from.id() == TypeId::kMap) {
    OWLET_CHECK_OK(CheckAssign(table, name + ".`key`", from.key(), to.key()));
    return CheckAssign(table, name + ".`value`", from.value(), to.value());
  }
  if (from.id() == to.id() && from.id() == TypeId::kRow) {
    const std::size_t common = std::min(from.fields().size(), to.fields().size());
    for (std::size_t i = 0; i < common; ++i) {
      OWLET_CHECK_OK(CheckAssign(table, fmt::format("{}.`{}`", name, to.fields()[i].name),
                                 from.fields()[i].type, to.fields()[i].type));
    }
    if (from.fields().size() == to.fields().size()) return {};
    const bool extra = from.fields().size() > common;
    const auto& longer = extra ? from.fields() : to.fields();
    const std::vector<plan::Field> rest(longer.begin() + static_cast<std::ptrdiff_t>(common),
                                        longer.end());
    return Refuse(extra ? "INCOMPATIBLE_DATA_FOR_TABLE.EXTRA_STRUCT_FIELDS"
                        : "INCOMPATIBLE_DATA_FOR_TABLE.STRUCT_MISSING_FIELDS",
                  {{"tableName", QuotedTable(table)},
                   {"colName", name},
                   {extra ? "extraFields" : "missingFields", QuotedNames(rest)}});
  }
  if (CanAssign(from, to)) return {};
  return Refuse("INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST",
                {{"tableName", QuotedTable(table)},
                 {"colName", name},
                 {"srcType", SqlType(from)},
                 {"targetType", SqlType(to)}});
}

/// The partition columns of the clause in its order, constants first as Spark wants them.
Status CheckPartition(const catalog::Table& table, const InsertPlace& place) {
  std::string given, names;
  bool dynamic = false;
  for (const sql::PartitionTerm& term : place.partition) {
    given += (given.empty() ? "" : ",") + term.column;
  }
  for (const catalog::Column& key : table.partition_keys) {
    names += (names.empty() ? "" : ",") + key.name;
  }
  for (const catalog::Column& key : table.partition_keys) {
    const auto term = std::ranges::find_if(place.partition, [&](const sql::PartitionTerm& one) {
      return EqualsIgnoringCase(one.column, key.name);
    });
    if (term == place.partition.end()) {
      return Refuse("_LEGACY_ERROR_TEMP_1169", {{"tableName", QuotedTable(table)},
                                                {"normalizedPartSpec", given},
                                                {"partColNames", names}});
    }
    if (dynamic && term->value != nullptr) {
      return Refuse("_LEGACY_ERROR_TEMP_1147", {{"partColumns", fmt::format("[{}]", names)}});
    }
    dynamic = dynamic || term->value == nullptr;
  }
  return {};
}

/// How the columns of the rows are called in the table: by a list, by themselves, by position.
Result<std::vector<std::string>> NamesOfRows(const catalog::Table& table,
                                             const plan::Schema& target, const InsertPlace& place,
                                             const plan::Schema* data) {
  const auto find = [&](const std::string& name) {
    return std::ranges::find_if(
        target, [&](const plan::Field& field) { return EqualsIgnoringCase(field.name, name); });
  };
  std::vector<std::string> names;
  if (!place.columns.empty()) {
    std::set<std::string> seen;
    for (const std::string& name : place.columns) {
      if (find(name) == target.end()) {
        const plan::Schema shown(
            target.begin(),
            target.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(target.size(), 5)));
        return Refuse(
            "UNRESOLVED_COLUMN.WITH_SUGGESTION",
            {{"objectName", fmt::format("`{}`", name)}, {"proposal", QuotedNames(shown)}});
      }
      if (!seen.insert(ToLowerAscii(name)).second) {
        return Refuse("COLUMN_ALREADY_EXISTS", {{"columnName", fmt::format("`{}`", name)}});
      }
    }
    return place.columns;
  }
  if (place.by_name && data != nullptr) {
    std::vector<plan::Field> extra;
    for (const plan::Field& field : *data) {
      if (find(field.name) == target.end()) extra.push_back(field);
      names.push_back(field.name);
    }
    if (extra.empty()) return names;
    return Refuse("INCOMPATIBLE_DATA_FOR_TABLE.EXTRA_COLUMNS",
                  {{"tableName", QuotedTable(table)}, {"extraColumns", QuotedNames(extra)}});
  }
  for (const plan::Field& field : target) {
    const auto fixed = std::ranges::find_if(place.partition, [&](const sql::PartitionTerm& term) {
      return term.value != nullptr && EqualsIgnoringCase(term.column, field.name);
    });
    if (fixed == place.partition.end()) names.push_back(field.name);
  }
  return names;
}

std::unexpected<Error> ArityMismatch(const catalog::Table& table, const plan::Schema& target,
                                     const InsertPlace& place,
                                     const std::vector<std::string>& names,
                                     const plan::Schema& data) {
  std::string fixed, columns;
  for (const sql::PartitionTerm& term : place.partition) {
    if (term.value != nullptr)
      fixed += fmt::format("{}`{}`", fixed.empty() ? "" : ", ", term.column);
  }
  if (!fixed.empty()) {
    return Refuse("INSERT_PARTITION_COLUMN_ARITY_MISMATCH", {{"tableName", QuotedTable(table)},
                                                             {"tableColumns", QuotedNames(target)},
                                                             {"dataColumns", QuotedNames(data)},
                                                             {"staticPartCols", fixed}});
  }
  for (const std::string& name : names) {
    columns += fmt::format("{}`{}`", columns.empty() ? "" : ", ", name);
  }
  return Refuse(data.size() > names.size() ? "INSERT_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS"
                                           : "INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS",
                {{"tableName", QuotedTable(table)},
                 {"tableColumns", columns},
                 {"dataColumns", QuotedNames(data)}});
}

plan::ExpressionPtr Column(std::size_t index) {
  return plan::MakeExpression(plan::ColumnReference{.parts = {fmt::format("c{}", index)}});
}

/// The type as the catalog has it: "char(3)" where what is read is a string.
std::string DeclaredType(const catalog::Table& table, const std::string& name) {
  for (const auto* columns : {&table.Columns(), &table.partition_keys}) {
    for (const catalog::Column& column : *columns) {
      if (EqualsIgnoringCase(column.name, name)) return column.type;
    }
  }
  return "";
}

/// The rows' column for a char(n) or varchar(n): too long a text is refused (table_writer.cc gives
/// the error its name), where blanks at its end do not count; char is padded.
Result<plan::ExpressionPtr> FitLength(std::size_t index, const std::string& declared) {
  int limit = 0;
  const bool is_char = std::sscanf(declared.c_str(), "char(%d)", &limit) == 1;
  if (!is_char && std::sscanf(declared.c_str(), "varchar(%d)", &limit) != 1) return Column(index);
  const std::string text = fmt::format("cast(c{} as string)", index);
  return sql::ParseSparkExpression(
      fmt::format("if(length(rtrim({0})) > {1}, raise_error('{3}{1}'), {2})", text, limit,
                  is_char ? fmt::format("rpad({}, {})", text, limit)
                          : fmt::format("substring({}, 1, {})", text, limit),
                  kTooLong));
}

bool IsDefaultWord(const plan::ExpressionPtr& expression) {
  const auto* reference = std::get_if<plan::ColumnReference>(&expression->node);
  return reference != nullptr && reference->parts.size() == 1 &&
         (reference->quoted.empty() || !reference->quoted[0]) &&
         EqualsIgnoringCase(reference->parts[0], "default");
}

}  // namespace

std::string QuotedTable(const catalog::Table& table) {
  return fmt::format("`spark_catalog`.`{}`.`{}`", table.database, table.name);
}

Result<plan::ExpressionPtr> DefaultOf(const plan::Field& field) {
  if (field.metadata.empty()) return plan::ExpressionPtr();
  const auto json = nlohmann::json::parse(field.metadata, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return plan::ExpressionPtr();
  const auto found = json.find("CURRENT_DEFAULT");
  if (found == json.end() || !found->is_string()) return plan::ExpressionPtr();
  return sql::ParseSparkExpression(found->get<std::string>());
}

Result<plan::RelationPtr> FillDefaults(const catalog::Table& table, const plan::Schema& target,
                                       const InsertPlace& place, const plan::RelationPtr& query) {
  const auto* values = std::get_if<plan::Values>(&query->node);
  const auto* select = std::get_if<plan::Select>(&query->node);
  const auto has_default = [](const auto& row) { return std::ranges::any_of(row, IsDefaultWord); };
  const bool some = values != nullptr ? std::ranges::any_of(values->rows, has_default)
                                      : select != nullptr && has_default(select->items);
  if (!some) return query;
  OWLET_TRY(const auto names, NamesOfRows(table, target, place, nullptr));
  const auto fill = [&](std::vector<plan::ExpressionPtr>& row) -> Status {
    for (std::size_t i = 0; i < row.size() && i < names.size(); ++i) {
      if (!IsDefaultWord(row[i])) continue;
      row[i] = plan::MakeExpression(plan::Literal::Null());
      for (const plan::Field& field : target) {
        if (!EqualsIgnoringCase(field.name, names[i])) continue;
        OWLET_TRY(plan::ExpressionPtr value, DefaultOf(field));
        if (value != nullptr) row[i] = std::move(value);
      }
    }
    return {};
  };
  if (values != nullptr) {
    plan::Values filled = *values;
    for (auto& row : filled.rows) OWLET_CHECK_OK(fill(row));
    return plan::MakeRelation(std::move(filled));
  }
  plan::Select filled = *select;
  OWLET_CHECK_OK(fill(filled.items));
  return plan::MakeRelation(std::move(filled));
}

Result<plan::RelationPtr> FitRows(const catalog::Table& table, const plan::Schema& target,
                                  const InsertPlace& place, const plan::RelationPtr& query,
                                  const plan::Schema& data) {
  OWLET_TRY(const auto fixed, ReadPartitionSpec(table, place.partition));
  if (!place.partition.empty()) OWLET_CHECK_OK(CheckPartition(table, place));
  OWLET_TRY(const std::vector<std::string> given, NamesOfRows(table, target, place, &data));
  if (given.size() != data.size()) return ArityMismatch(table, target, place, given, data);

  const std::size_t first_key = target.size() - table.partition_keys.size();
  plan::ToDataFrame renamed{query, {}};
  for (std::size_t i = 0; i < data.size(); ++i) renamed.names.push_back(fmt::format("c{}", i));
  plan::Project project;
  project.input = plan::MakeRelation(std::move(renamed));
  for (std::size_t i = 0; i < target.size(); ++i) {
    plan::Cast cast;
    cast.type = target[i].type;
    const auto row = std::ranges::find_if(
        given, [&](const std::string& name) { return EqualsIgnoringCase(name, target[i].name); });
    if (i >= first_key && fixed[i - first_key]) {
      const std::string& constant = *fixed[i - first_key];
      cast.input = plan::MakeExpression(constant == catalog::kDefaultPartition
                                            ? plan::Literal::Null()
                                            : plan::Literal::String(constant));
    } else if (row != given.end()) {
      const auto index = static_cast<std::size_t>(row - given.begin());
      OWLET_CHECK_OK(CheckAssign(table, fmt::format("`{}`", target[i].name), data[index].type,
                                 target[i].type));
      OWLET_TRY(cast.input, FitLength(index, DeclaredType(table, target[i].name)));
    } else if (place.columns.empty() && !place.by_name) {
      return ArityMismatch(table, target, place, given, data);
    } else {
      OWLET_TRY(cast.input, DefaultOf(target[i]));
      if (cast.input == nullptr) cast.input = plan::MakeExpression(plan::Literal::Null());
    }
    plan::Alias alias;
    alias.input = plan::MakeExpression(std::move(cast));
    alias.names = {target[i].name};
    project.expressions.push_back(plan::MakeExpression(std::move(alias)));
  }
  return plan::MakeRelation(std::move(project));
}

}  // namespace owlet::spark_connect
