#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "core/sql/grammar.h"
#include "core/sql/statement.h"

// The statements of each dialect, and the parts that several of them have. All read from the
// grammar's tokens and leave what follows the statement to the caller.

namespace owlet::sql {

[[nodiscard]] Result<Statement> TrinoStatement(Grammar& g);
[[nodiscard]] Result<Statement> SparkStatement(Grammar& g);
[[nodiscard]] Result<Statement> HiveStatement(Grammar& g);

/// INSERT of Spark, with all its forms; the other statements that write are in write_statements.cc.
[[nodiscard]] Result<Statement> SparkInsert(Grammar& g);
[[nodiscard]] Result<Statement> DeleteStatement(Grammar& g);
[[nodiscard]] Result<Statement> UpdateStatement(Grammar& g);
[[nodiscard]] Result<Statement> MergeStatement(Grammar& g);
[[nodiscard]] Result<Statement> SparkShow(Grammar& g);
/// Session variables: DECLARE, SET VARIABLE, DROP TEMPORARY VARIABLE (spark_variables.cc).
[[nodiscard]] Result<Statement> DeclareStatement(Grammar& g);
[[nodiscard]] Result<Statement> SetVariableStatement(Grammar& g);
[[nodiscard]] Result<Statement> DropVariableStatement(Grammar& g);
[[nodiscard]] Result<Statement> SparkDescribe(Grammar& g);

/// CREATE TABLE of Spark and Hive behind the word TABLE: one set of clauses, in any order.
[[nodiscard]] Result<Statement> CreateTableStatement(Grammar& g, CreateTable table);
/// ALTER TABLE (or VIEW) of Spark and Hive behind that word.
[[nodiscard]] Result<Statement> AlterTableStatement(Grammar& g, bool view);
/// CREATE, ALTER and DROP DATABASE of Spark and Hive behind that word.
[[nodiscard]] Result<Statement> CreateDatabaseStatement(Grammar& g);
[[nodiscard]] Result<Statement> AlterDatabaseStatement(Grammar& g);
[[nodiscard]] Result<Statement> DropDatabaseStatement(Grammar& g);

[[nodiscard]] Result<bool> IfExists(Grammar& g);
[[nodiscard]] Result<bool> IfNotExists(Grammar& g);
/// ('key' = 'value', ...); Spark: a.b = 1 too.
[[nodiscard]] Result<Properties> PropertyList(Grammar& g);
/// (name = expression, ...)
[[nodiscard]] Result<ExpressionProperties> ExpressionPropertyList(Grammar& g);
/// (column = value, column, ...) behind PARTITION.
[[nodiscard]] Result<PartitionSpec> PartitionTerms(Grammar& g);
[[nodiscard]] Result<ColumnDefinition> Column(Grammar& g);

/// A statement of the dialect that owlet does not have: the rest of the text is taken unread.
[[nodiscard]] Statement TakeUnread(Grammar& g, std::string name);

template <class Node>
Statement Make(Node node) {
  Statement statement;
  statement.node = std::move(node);
  return statement;
}

}  // namespace owlet::sql
