#include "core/sql/statements.h"

// Spark's session variables.

namespace owlet::sql {

Result<Statement> DeclareStatement(Grammar& g) {
  TokenStream& t = g.tokens;
  t.Next();
  DeclareVariables declare;
  declare.or_replace = t.AcceptWords("OR REPLACE");
  if (t.IsAny({"VARIABLE", "VAR"}) && g.AtIdentifier(1)) t.Next();
  do {
    OWLET_TRY(Name name, g.TableName());
    declare.names.push_back(std::move(name));
  } while (t.Accept(","));
  if (!t.IsAny({"DEFAULT", "=", ";"}) && !t.IsEnd()) {
    OWLET_TRY(declare.type, g.TypeName());
  }
  if (t.Accept("DEFAULT") || t.Accept("=")) {
    const std::size_t start = t.position();
    OWLET_TRY(declare.default_value, g.Expression());
    declare.default_text = t.TextFrom(start);
  }
  return Make(std::move(declare));
}

Result<Statement> SetVariableStatement(Grammar& g) {
  TokenStream& t = g.tokens;
  SetVariables set;
  if (t.Accept("(")) {
    do {
      OWLET_TRY(Name name, g.TableName());
      set.names.push_back(std::move(name));
    } while (t.Accept(","));
    OWLET_CHECK_OK(t.ExpectWords(") = ("));
    OWLET_TRY(set.query, g.Query());
    OWLET_CHECK_OK(t.Expect(")"));
    return Make(std::move(set));
  }
  do {
    OWLET_TRY(Name name, g.TableName());
    OWLET_CHECK_OK(t.Expect("="));
    set.names.push_back(std::move(name));
    if (t.Is("DEFAULT") && (t.IsEnd(1) || t.IsAny({",", ";"}, 1))) {
      t.Next();
      set.values.push_back(nullptr);
      continue;
    }
    OWLET_TRY(plan::ExpressionPtr value, g.Expression());
    set.values.push_back(std::move(value));
  } while (t.Accept(","));
  return Make(std::move(set));
}

Result<Statement> DropVariableStatement(Grammar& g) {
  DropVariable drop;
  OWLET_TRY(drop.if_exists, IfExists(g));
  OWLET_TRY(drop.name, g.TableName());
  return Make(std::move(drop));
}

}  // namespace owlet::sql
