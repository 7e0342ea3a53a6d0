#include "core/sql/statements.h"

// Statements that change rows: DELETE, UPDATE, MERGE of both dialects, and Spark's INSERT.

namespace owlet::sql {
namespace {

Result<std::string> TableAlias(Grammar& g) {
  if (g.tokens.Accept("AS")) return g.Identifier();
  if (g.AtTableAlias() && !g.tokens.IsAny({"SET", "USING", "WHEN"})) return g.Identifier();
  return std::string();
}

Result<plan::ExpressionPtr> ValueOrDefault(Grammar& g) {
  if (g.tokens.spark() && g.tokens.Is("DEFAULT") && g.tokens.IsAny({",", ")"}, 1)) {
    g.tokens.Next();
    return plan::ExpressionPtr();
  }
  return g.Expression();
}

Result<std::vector<Assignment>> Assignments(Grammar& g) {
  std::vector<Assignment> assignments;
  do {
    Assignment assignment;
    OWLET_TRY(assignment.column, g.QualifiedName());
    OWLET_CHECK_OK(g.tokens.Expect("="));
    OWLET_TRY(assignment.value, ValueOrDefault(g));
    assignments.push_back(std::move(assignment));
  } while (g.tokens.Accept(","));
  return assignments;
}

Status MergeAction(Grammar& g, MergeClause& clause) {
  if (clause.when == MergeClause::When::kNotMatched) {
    clause.action = MergeClause::Action::kInsert;
    OWLET_CHECK_OK(g.tokens.Expect("INSERT"));
    if (g.tokens.spark() && g.tokens.Accept("*")) {
      clause.star = true;
      return {};
    }
    if (g.tokens.Accept("(")) {
      do {
        OWLET_TRY(Name column, g.QualifiedName());
        clause.columns.push_back(std::move(column));
      } while (g.tokens.Accept(","));
      OWLET_CHECK_OK(g.tokens.Expect(")"));
    }
    OWLET_CHECK_OK(g.tokens.ExpectWords("VALUES ("));
    do {
      OWLET_TRY(plan::ExpressionPtr value, ValueOrDefault(g));
      clause.values.push_back(std::move(value));
    } while (g.tokens.Accept(","));
    return g.tokens.Expect(")");
  }
  if (g.tokens.Accept("DELETE")) {
    clause.action = MergeClause::Action::kDelete;
    return {};
  }
  OWLET_CHECK_OK(g.tokens.ExpectWords("UPDATE SET"));
  if (g.tokens.spark() && g.tokens.Accept("*")) {
    clause.star = true;
    return {};
  }
  OWLET_TRY(clause.assignments, Assignments(g));
  return {};
}

}  // namespace

Result<Statement> DeleteStatement(Grammar& g) {
  g.tokens.Next();
  Delete statement;
  OWLET_CHECK_OK(g.tokens.Expect("FROM"));
  OWLET_TRY(statement.table, g.TableName());
  if (g.tokens.spark()) {
    OWLET_TRY(statement.alias, TableAlias(g));
  }
  if (g.tokens.Accept("WHERE")) {
    OWLET_TRY(statement.where, g.Expression());
  }
  return Make(std::move(statement));
}

Result<Statement> UpdateStatement(Grammar& g) {
  g.tokens.Next();
  Update update;
  OWLET_TRY(update.table, g.TableName());
  if (g.tokens.spark()) {
    OWLET_TRY(update.alias, TableAlias(g));
  }
  OWLET_CHECK_OK(g.tokens.Expect("SET"));
  OWLET_TRY(update.assignments, Assignments(g));
  if (g.tokens.Accept("WHERE")) {
    OWLET_TRY(update.where, g.Expression());
  }
  return Make(std::move(update));
}

Result<Statement> MergeStatement(Grammar& g) {
  g.tokens.Next();
  Merge merge;
  if (g.tokens.spark() && g.tokens.AcceptWords("WITH SCHEMA EVOLUTION")) {
    merge.with_schema_evolution = true;
  }
  OWLET_CHECK_OK(g.tokens.Expect("INTO"));
  OWLET_TRY(merge.target, g.TableName());
  OWLET_TRY(merge.target_alias, TableAlias(g));
  OWLET_CHECK_OK(g.tokens.Expect("USING"));
  OWLET_TRY(merge.source, g.Relation());
  OWLET_CHECK_OK(g.tokens.Expect("ON"));
  OWLET_TRY(merge.condition, g.Expression());
  OWLET_CHECK_OK(g.tokens.Expect("WHEN"));
  do {
    MergeClause clause;
    if (g.tokens.Accept("NOT")) clause.when = MergeClause::When::kNotMatched;
    OWLET_CHECK_OK(g.tokens.Expect("MATCHED"));
    if (g.tokens.spark() && clause.when == MergeClause::When::kNotMatched &&
        g.tokens.Accept("BY")) {
      if (g.tokens.Accept("SOURCE")) {
        clause.when = MergeClause::When::kNotMatchedBySource;
      } else {
        OWLET_CHECK_OK(g.tokens.Expect("TARGET"));
      }
    }
    if (g.tokens.Accept("AND")) {
      OWLET_TRY(clause.condition, g.Expression());
    }
    OWLET_CHECK_OK(g.tokens.Expect("THEN"));
    OWLET_CHECK_OK(MergeAction(g, clause));
    merge.clauses.push_back(std::move(clause));
  } while (g.tokens.Accept("WHEN"));
  return Make(std::move(merge));
}

namespace {

Status InsertDirectory(Grammar& g, Insert& insert) {
  g.tokens.Accept("LOCAL");
  OWLET_CHECK_OK(g.tokens.Expect("DIRECTORY"));
  insert.directory = "";
  if (g.tokens.Peek().kind == TokenKind::kString) {
    OWLET_TRY(insert.directory, g.String());
  }
  if (g.tokens.Is("ROW")) return g.Missing("INSERT OVERWRITE DIRECTORY with a ROW FORMAT");
  if (g.tokens.Accept("USING")) {
    OWLET_TRY(insert.directory_format, g.Identifier());
    if (g.tokens.Accept("OPTIONS")) {
      OWLET_TRY(insert.directory_options, PropertyList(g));
    }
  } else if (g.tokens.AcceptWords("STORED AS")) {
    OWLET_TRY(insert.directory_format, g.Identifier());
  }
  for (char& c : insert.directory_format) {
    c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  }
  return {};
}

}  // namespace

Result<Statement> SparkInsert(Grammar& g) {
  g.tokens.Next();
  Insert insert;
  if (g.tokens.Is("WITH") && g.tokens.Is("SCHEMA", 1))
    return g.Missing("INSERT WITH SCHEMA EVOLUTION");
  if (g.tokens.Accept("OVERWRITE")) {
    insert.overwrite = true;
    if (g.tokens.Is("DIRECTORY") || g.tokens.IsWords("LOCAL DIRECTORY")) {
      OWLET_CHECK_OK(InsertDirectory(g, insert));
      OWLET_TRY(insert.query, g.Query());
      return Make(std::move(insert));
    }
  } else if (!g.tokens.Accept("INTO")) {
    return g.tokens.Unexpected();
  }
  if (g.tokens.Is("TABLE") && g.AtIdentifier(1)) g.tokens.Next();
  OWLET_TRY(insert.table, g.TableName());
  if (g.tokens.Is("REPLACE") && g.tokens.IsAny({"WHERE", "USING", "ON"}, 1)) {
    if (!g.tokens.Is("WHERE", 1)) return g.Missing("INSERT REPLACE USING");
    g.tokens.Next();
    g.tokens.Next();
    OWLET_TRY(insert.replace_where, g.Expression());
    insert.overwrite = true;
    OWLET_TRY(insert.query, g.Query());
    return Make(std::move(insert));
  }
  if (g.tokens.Is("PARTITION") && g.tokens.Is("(", 1)) {
    g.tokens.Next();
    OWLET_TRY(insert.partition, PartitionTerms(g));
  }
  OWLET_TRY(insert.if_not_exists, IfNotExists(g));
  if (g.tokens.AcceptWords("BY NAME")) {
    insert.by_name = true;
  } else if (g.tokens.Is("(") && !g.AtQuery()) {
    OWLET_TRY(insert.columns, g.IdentifierList());
  }
  OWLET_TRY(insert.query, g.Query());
  return Make(std::move(insert));
}

}  // namespace owlet::sql
