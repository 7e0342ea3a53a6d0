#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.h"
#include "core/plan/literal.h"
#include "core/plan/types.h"

// Expressions as a client wrote them: names are text, types unknown. Spark Connect's protobuf,
// Spark SQL and Athena SQL all become this one tree; the resolver (resolver.h) turns it into
// resolved.h.
//
// Function and operator names: lower case, the dialect's own name ("substring", "approx_distinct").
// Operators have one canonical name in both dialects:
//   + - * / %  negate  =  <>  <  <=  >  >=  <=>  and  or  not  ||  & | ^ ~ << >> >>>
//   "is null" "is not null" "is true" "is false" "is unknown" "is distinct from"
//   "between" (value, low, high)  "in" (value, item ...)  "like" (value, pattern[, escape]) "ilike"
//   "rlike" "case" (condition, result, ... [, else])  "coalesce" "if" "nullif" "array" (items)
//   "map" (k, v, ...)  "row" (items)  "named_struct" (name, value, ...) "extract" (field literal,
//   value)  "at time zone" (value, zone)  "[]" (value, index)
// SQL's special forms, all with is_operator:
//   "case" without a comparand only: CASE x WHEN v .. is "case" (x = v, ...); "like any" "like all"
//   "ilike any" "ilike all" "not like any" "not like all" "not ilike any" "not ilike all" (value,
//   pattern ...)  "div" (Spark's DIV)  "is json" (value, kind literal, unique-keys boolean)
//   current_date current_time current_timestamp localtime localtimestamp current_user
//   current_catalog current_schema current_path (optional precision argument): functions without
//   parentheses "grouping" (columns)  "try" (x)  "trim" / "ltrim" / "rtrim" / (value[, characters])
//   from TRIM(..) "substring" (value, from[, for])  "overlay" (value, with, from[, for]) "position"
//   (needle, value) "normalize" (value, form literal)  "listagg" (value, separator[, overflow
//   literal "error" | "truncate"[, filler, with_count]])  "json_exists" "json_value" "json_query"
//   (input, input format literal, path, then options as named arguments) "json_object" (key, value
//   ...) "json_array" "timestampadd" "timestampdiff" (unit literal, ..)  "exists" is a Subquery
//   "descriptor" (columns)  "default" (): the keyword as a value
//   "session variable"/"identifier" (text): Spark's IDENTIFIER(..)  "collate" (value, name literal)

namespace owlet::plan {

struct Expression;
struct Relation;
struct Origin;
using ExpressionPtr = std::shared_ptr<const Expression>;
using RelationPtr = std::shared_ptr<const Relation>;

/// `a`, `t.a`, `db.t.a.field`: which parts are qualifier, column and field the resolver decides.
/// A Spark column made by `df["x"]` carries the id of the plan it came from.
struct ColumnReference {
  std::vector<std::string> parts;
  std::optional<std::int64_t> plan_id = std::nullopt;
  bool metadata_column = false;  // Spark's df.metadataColumn("_metadata")
  /// The part at the same place was quoted; Trino's and Spark's rules differ on what that means.
  std::vector<bool> quoted = {};
};

/// `*` or `t.*`; `(row).*` has `input`. Spark: EXCEPT and REPLACE lists.
struct Star {
  std::vector<std::string> qualifier;
  ExpressionPtr input = nullptr;
  std::vector<std::vector<std::string>> except = {};
  std::optional<std::int64_t> plan_id = std::nullopt;
};

/// Spark's colRegex: all columns whose name matches.
struct ColumnRegex {
  std::string pattern;
  std::optional<std::int64_t> plan_id = std::nullopt;
};

enum class NullOrder : std::uint8_t { kDefault, kFirst, kLast };

struct SortOrder {
  ExpressionPtr expression;
  bool ascending = true;
  NullOrder nulls = NullOrder::kDefault;  // default: Spark first when ascending, Trino always last
};

struct FunctionCall {
  std::string name;
  std::vector<ExpressionPtr> arguments;
  bool distinct = false;
  ExpressionPtr filter = nullptr;        // FILTER (WHERE ...)
  std::vector<SortOrder> order_by = {};  // array_agg(x ORDER BY y), WITHIN GROUP (ORDER BY y)
  bool within_group = false;
  bool ignore_nulls = false;
  /// name => value: the name at the same place as the argument, "" for positional ones.
  std::vector<std::string> argument_names = {};
  /// The call was written as an operator or a special form: error messages print it so.
  bool is_operator = false;
};

enum class FrameUnit : std::uint8_t { kRows, kRange, kGroups };
enum class FrameBound : std::uint8_t {
  kUnboundedPreceding,
  kPreceding,
  kCurrentRow,
  kFollowing,
  kUnboundedFollowing
};
struct FrameEdge {
  FrameBound bound = FrameBound::kCurrentRow;
  ExpressionPtr value = nullptr;  // of kPreceding, kFollowing
};
struct WindowFrame {
  FrameUnit unit = FrameUnit::kRange;
  FrameEdge start;
  FrameEdge end;
  std::shared_ptr<const Origin> origin = nullptr;
};
/// function OVER (PARTITION BY ... ORDER BY ... frame); `window_name` refers to a WINDOW clause.
struct WindowCall {
  ExpressionPtr function;
  std::string window_name;
  std::vector<ExpressionPtr> partition_by;
  std::vector<SortOrder> order_by;
  std::optional<WindowFrame> frame = std::nullopt;
  /// Where the specification begins, behind its parenthesis, or the window's name stands.
  std::shared_ptr<const Origin> specification = nullptr;
};

enum class CastMode : std::uint8_t { kDialect, kTry, kAnsi, kLegacy };
struct Cast {
  ExpressionPtr input;
  Type type;
  CastMode mode = CastMode::kDialect;
};

/// One output name, or several for a generator (Spark's `explode(m) AS (k, v)`).
struct Alias {
  ExpressionPtr input;
  std::vector<std::string> names;
  std::string metadata;  // Spark: JSON, "" for none
};

struct Lambda {
  std::vector<std::string> parameters;
  ExpressionPtr body;
};
/// A parameter of an enclosing Lambda, where the client already tells it from a column (Spark
/// Connect does; SQL text gives a ColumnReference and the resolver finds out).
struct LambdaVariable {
  std::string name;
};

/// value.field, map['key'], array[0] of Spark (`UnresolvedExtractValue`): the types decide.
struct ExtractValue {
  ExpressionPtr input;
  ExpressionPtr key;
};

/// Spark's Column.withField and dropFields. `value` null means drop.
struct UpdateField {
  ExpressionPtr input;
  std::vector<std::string> path;
  ExpressionPtr value;
};

/// kTable: a TABLE(..) argument of a table function.
enum class SubqueryKind : std::uint8_t { kScalar, kExists, kIn, kQuantified, kTable };
struct Subquery {
  SubqueryKind kind = SubqueryKind::kScalar;
  RelationPtr query;
  std::vector<ExpressionPtr> left = {};  // of IN and quantified comparisons
  std::string comparison = {};           // "=", "<" ... of quantified ones
  bool all = false;                      // ALL instead of ANY
};

/// `?` or `:name`, where parameters were not filled in before.
struct Parameter {
  std::string name;  // "" for positional
  std::uint32_t position = 0;
};

/// A Python function of the user, as Spark Connect sends it. `command` is the cloudpickle.
struct PythonFunction {
  std::string name;
  std::vector<ExpressionPtr> arguments;
  std::vector<std::string> argument_names = {};
  Type result_type;
  std::int32_t eval_type = 0;
  std::string command;
  std::string python_version;
  bool deterministic = true;
};

/// What error messages and Spark's query contexts say of where an expression stands.
struct Origin {
  std::optional<SourceSpan> span = std::nullopt;  // in the SQL text
  std::string fragment;   // Spark's Python fragment; "" for SQL text: cut by the span
  std::string call_site;  // Python: "file.py:12"
};

struct Expression {
  std::variant<Literal, ColumnReference, Star, ColumnRegex, FunctionCall, WindowCall, Cast, Alias,
               SortOrder, Lambda, LambdaVariable, ExtractValue, UpdateField, Subquery, Parameter,
               PythonFunction>
      node;
  std::shared_ptr<const Origin> origin = nullptr;
};

template <class Node>
ExpressionPtr MakeExpression(Node node, std::shared_ptr<const Origin> origin = nullptr) {
  return std::make_shared<const Expression>(Expression{std::move(node), std::move(origin)});
}

}  // namespace owlet::plan
