#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/plan/expression.h"
#include "core/plan/types.h"

// Relations as a client wrote them, unresolved. SQL text gives Select, With, Values ...; DataFrames
// give Project, Filter, Aggregate ... The resolver knows both.

namespace owlet::plan {

using Options = std::map<std::string, std::string>;  // keys as the client wrote them

/// A table or view by name: 1 to 3 parts (catalog, database, table).
struct ReadTable {
  std::vector<std::string> name;
  Options options = {};
  ExpressionPtr as_of_timestamp = nullptr;
  ExpressionPtr as_of_version = nullptr;
};

/// Files: spark.read.format(...).load(paths). No schema means: infer it.
struct ReadFiles {
  std::string format;  // "json", "csv", "parquet", "text", "avro", "orc"
  std::vector<std::string> paths;
  std::optional<Schema> schema = std::nullopt;
  Options options = {};
};

/// Rows that the client sent: an Arrow IPC stream. The schema, when given, wins over the stream's.
struct LocalRelation {
  std::shared_ptr<const std::string> arrow_ipc;  // null: no rows
  std::optional<Schema> schema = std::nullopt;
};

/// VALUES (..), (..)
struct Values {
  std::vector<std::vector<ExpressionPtr>> rows;
};

/// Spark's range: start to end (exclusive) by step, one column `id` bigint.
struct Range {
  std::int64_t start = 0;
  std::int64_t end = 0;
  std::int64_t step = 1;
};

/// FROM-less SELECT: one row, no columns.
struct OneRow {};

struct Project {
  RelationPtr input;
  std::vector<ExpressionPtr> expressions;
};

struct Filter {
  RelationPtr input;
  ExpressionPtr condition;
};

struct Sort {
  RelationPtr input;
  std::vector<SortOrder> orders;
  bool global = true;  // false: Spark's sortWithinPartitions, SORT BY
};

/// LIMIT and OFFSET; `with_ties` is FETCH FIRST n ROWS WITH TIES over a Sort.
struct Limit {
  RelationPtr input;
  ExpressionPtr limit = nullptr;  // null: no limit
  ExpressionPtr offset = nullptr;
  bool with_ties = false;
};

/// The last rows, in their order.
struct Tail {
  RelationPtr input;
  std::int64_t limit = 0;
};

enum class GroupKind : std::uint8_t { kGroupBy, kRollup, kCube, kGroupingSets, kPivot };

/// GROUP BY as written: elements are combined by cross product (SQL: GROUP BY a, ROLLUP(b, c)).
/// kGroupBy has one set with its expressions; kRollup and kCube one entry a level. Spark SQL's
/// PIVOT has one element of kPivot without sets: group by all columns that neither the aggregates
/// nor the pivot name.
struct GroupingElement {
  GroupKind kind = GroupKind::kGroupBy;
  std::vector<std::vector<ExpressionPtr>> sets;
};

struct PivotSpec {
  std::vector<ExpressionPtr> columns;
  /// A literal, or a row of literals, and an optional alias; empty: the distinct values, sorted.
  std::vector<std::pair<ExpressionPtr, std::string>> values;
};

/// Spark's df.groupBy(...).agg(...): the output is the grouping expressions, then the aggregates.
struct Aggregate {
  RelationPtr input;
  std::vector<GroupingElement> grouping;
  std::vector<ExpressionPtr> aggregates;
  std::optional<PivotSpec> pivot = std::nullopt;
};

/// WINDOW name AS (...); `call.function` is null.
struct NamedWindow {
  std::string name;
  WindowCall window;
};

struct LateralView {
  ExpressionPtr generator;  // a FunctionCall
  bool outer = false;
  std::string table_alias;
  std::vector<std::string> column_aliases;
};

/// One SELECT of SQL text, without ORDER BY and LIMIT (a Sort and a Limit above it: the resolver
/// lets a Sort over a Select see the names that SQL lets it see).
struct Select {
  RelationPtr from;                             // OneRow where there is no FROM
  std::vector<LateralView> lateral_views = {};  // Spark
  ExpressionPtr where = nullptr;
  std::vector<ExpressionPtr> items;
  bool distinct = false;
  /// No value: no GROUP BY. An empty list: GROUP BY ().
  std::optional<std::vector<GroupingElement>> group_by = std::nullopt;
  bool group_by_all = false;       // Spark: GROUP BY ALL
  bool group_by_distinct = false;  // GROUP BY DISTINCT
  ExpressionPtr having = nullptr;
  ExpressionPtr qualify = nullptr;
  std::vector<NamedWindow> windows = {};
};

enum class JoinKind : std::uint8_t { kInner, kLeft, kRight, kFull, kCross, kLeftSemi, kLeftAnti };

struct Join {
  RelationPtr left;
  RelationPtr right;
  JoinKind kind = JoinKind::kInner;
  ExpressionPtr condition = nullptr;
  std::vector<std::string> using_columns = {};
  bool natural = false;
  bool lateral = false;  // the right side sees the left side's columns
};

enum class SetKind : std::uint8_t { kUnion, kIntersect, kExcept };

struct SetOperation {
  RelationPtr left;
  RelationPtr right;
  SetKind kind = SetKind::kUnion;
  bool all = false;
  bool by_name = false;                // Spark's unionByName
  bool allow_missing_columns = false;  // "" with allowMissingColumns
};

/// DISTINCT over all columns, or the first row of each value of `columns`.
struct Deduplicate {
  RelationPtr input;
  std::vector<std::string> columns;
  bool all_columns = true;
};

/// AS name (columns): a new qualifier.
struct SubqueryAlias {
  RelationPtr input;
  std::vector<std::string> name;  // with qualifiers, usually one part
  std::vector<std::string> columns = {};
};

struct CommonTable {
  std::string name;
  std::vector<std::string> columns;
  RelationPtr query;
  std::shared_ptr<const Origin> origin = nullptr;  // of the name
  std::shared_ptr<const Origin> columns_origin = nullptr;
};

struct With {
  std::vector<CommonTable> tables;
  bool recursive = false;
  RelationPtr body;
};

/// A function in FROM: Trino's UNNEST(a, b) [WITH ORDINALITY] and TABLE(f(..)), Spark's range(..),
/// explode(..). Under a lateral Join the arguments see the left side.
struct TableFunction {
  std::string name;  // "unnest", "sequence", "range", "explode", "posexplode", "json_table" ...
  std::vector<ExpressionPtr> arguments;
  bool with_ordinality = false;
  bool outer = false;
  std::vector<std::string> argument_names = {};  // as FunctionCall's
};

enum class SampleMethod : std::uint8_t { kBernoulli, kSystem };
struct Sample {
  RelationPtr input;
  double lower = 0.0;
  double upper = 1.0;
  bool with_replacement = false;
  std::optional<std::int64_t> seed = std::nullopt;
  SampleMethod method = SampleMethod::kBernoulli;
  ExpressionPtr percentage = nullptr;  // instead of `upper`, when it is no literal
};

// What only DataFrames have.

/// Adds columns, or replaces those whose name is there already (by the session's case rule).
struct WithColumns {
  RelationPtr input;
  std::vector<Alias> columns;
};
struct WithColumnsRenamed {
  RelationPtr input;
  std::vector<std::pair<std::string, std::string>> renames;
};
struct Drop {
  RelationPtr input;
  std::vector<ExpressionPtr> columns;
  std::vector<std::string> names;
};
struct ToDataFrame {  // df.toDF("a", "b")
  RelationPtr input;
  std::vector<std::string> names;
};
struct ToSchema {  // df.to(schema)
  RelationPtr input;
  Schema schema;
};
struct NaFill {
  RelationPtr input;
  std::vector<std::string> columns;  // empty: all that fit the value's type
  std::vector<Literal> values;       // one for all, or one a column
};
struct NaDrop {
  RelationPtr input;
  std::vector<std::string> columns;
  std::optional<std::int32_t> min_non_nulls = std::nullopt;  // none: all must be there
};
struct NaReplace {
  RelationPtr input;
  std::vector<std::string> columns;
  std::vector<std::pair<Literal, Literal>> replacements;
};
struct Unpivot {
  RelationPtr input;
  std::vector<ExpressionPtr> ids;
  std::optional<std::vector<ExpressionPtr>> values = std::nullopt;
  std::string variable_column;
  std::string value_column;
  // Spark SQL's UNPIVOT: no ids (all other columns); several values a row, each set with a label.
  std::vector<std::string> value_columns = {};              // empty: value_column alone
  std::vector<std::vector<ExpressionPtr>> value_sets = {};  // one expression a value column
  std::vector<std::string> labels = {};                     // "" : the columns' names
  bool include_nulls = true;                                // SQL's default is EXCLUDE NULLS
};
/// Spark's hints, repartition, coalesce: nothing to do on one machine, but the names must resolve.
struct Repartition {
  RelationPtr input;
  std::vector<ExpressionPtr> expressions;
  std::optional<std::int32_t> num_partitions = std::nullopt;
};

/// Gives the Parameters inside `input` their values: literals, or expressions without columns. The
/// innermost one counts; a Parameter outside of any is the dialect's unbound-parameter error.
struct BindParameters {
  RelationPtr input;
  std::map<std::string, ExpressionPtr> named = {};  // without the colon
  std::vector<ExpressionPtr> positional = {};       // by Parameter::position, from 0
};

struct Relation {
  std::variant<ReadTable, ReadFiles, LocalRelation, Values, Range, OneRow, Project, Filter, Sort,
               Limit, Tail, Aggregate, Select, Join, SetOperation, Deduplicate, SubqueryAlias, With,
               TableFunction, Sample, WithColumns, WithColumnsRenamed, Drop, ToDataFrame, ToSchema,
               NaFill, NaDrop, NaReplace, Unpivot, Repartition, BindParameters>
      node;
  /// Spark Connect's RelationCommon.plan_id: what ColumnReference::plan_id names.
  std::optional<std::int64_t> plan_id = std::nullopt;
  std::shared_ptr<const Origin> origin = nullptr;
};

template <class Node>
RelationPtr MakeRelation(Node node, std::optional<std::int64_t> plan_id = std::nullopt) {
  return std::make_shared<const Relation>(Relation{std::move(node), plan_id, nullptr});
}

}  // namespace owlet::plan
