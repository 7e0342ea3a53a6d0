#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/plan/expression.h"
#include "core/plan/types.h"
#include "core/sql/statement.h"

// SQL text -> statements, expressions and types: the only door of this folder. All functions are
// pure and thread-safe; the results own their memory.
//
// Errors are Reason::kSyntaxError with the real engine's words: `condition` "SYNTAX_ERROR" (Trino),
// "PARSE_SYNTAX_ERROR" and its siblings (Spark, with `parameters` of the condition's template),
// "ParseException" (Hive), and the span of the token at fault. Texts nested deeper than
// kMaximumDepth answer such an error too. What a dialect has and owlet does not model is
// Reason::kNotImplemented inside a query and a NotImplemented statement outside.

namespace owlet::sql {

/// Parentheses, operators and subqueries inside each other, at most.
inline constexpr int kMaximumDepth = 200;

/// One statement for Athena, a `;` at its end allowed: DDL by Hive's grammar, the rest by Trino's,
/// told apart as Athena does (classify.h).
[[nodiscard]] Result<Statement> ParseAthena(std::string_view text);
[[nodiscard]] Result<Statement> ParseTrino(std::string_view text);
[[nodiscard]] Result<Statement> ParseHive(std::string_view text);
/// The text of a constant expression: what Spark's IDENTIFIER(expression) names.
using EvaluateName = std::function<Result<std::string>(const plan::ExpressionPtr&)>;
/// Without `evaluate` only IDENTIFIER('text') is known, others are kNotImplemented.
[[nodiscard]] Result<Statement> ParseSpark(std::string_view text,
                                           const EvaluateName& evaluate = nullptr);

/// Where each statement of a script begins and ends: split at `;` outside of quotes and comments.
[[nodiscard]] std::vector<std::string_view> SplitTrinoScript(std::string_view text);
[[nodiscard]] std::vector<std::string_view> SplitSparkScript(std::string_view text);

/// An expression alone: Spark's expr() and selectExpr() (an alias at the end is allowed and gives
/// an Alias; `*` a Star), Athena's ExecutionParameters.
[[nodiscard]] Result<plan::ExpressionPtr> ParseSparkExpression(std::string_view text);
[[nodiscard]] Result<plan::ExpressionPtr> ParseTrinoExpression(std::string_view text);

/// `db.t`, "`a.b`.c": Spark's spark.table("...") and saveAsTable("...").
[[nodiscard]] Result<Name> ParseSparkTableName(std::string_view text);
/// Spark's df["..."] and col("..."): parts, with backquotes; any characters between the dots.
[[nodiscard]] Result<Name> ParseSparkColumnName(std::string_view text);

/// "row(a bigint, b varchar(3))", "timestamp(3) with time zone".
[[nodiscard]] Result<plan::Type> ParseTrinoType(std::string_view text);
/// "array<struct<a:int,b:string>>", as Glue and Hive write types.
[[nodiscard]] Result<plan::Type> ParseHiveType(std::string_view text);
/// "MAP<STRING, STRUCT<a: INT NOT NULL>>".
[[nodiscard]] Result<plan::Type> ParseSparkType(std::string_view text);
/// "a INT NOT NULL COMMENT 'x', b STRUCT<c: STRING>"; a comment becomes metadata {"comment":"x"}.
/// A type alone ("int", "struct<a:int>") is no schema: use ParseSparkType.
[[nodiscard]] Result<plan::Schema> ParseSparkSchema(std::string_view text);

}  // namespace owlet::sql
