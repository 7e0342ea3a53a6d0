#include "core/sql/statements.h"

// Spark's SHOW and DESCRIBE.

namespace owlet::sql {
namespace {

Result<std::optional<std::string>> Pattern(Grammar& g) {
  std::optional<std::string> pattern;
  const bool like = g.tokens.Accept("LIKE");
  if (like || g.tokens.Peek().kind == TokenKind::kString) {
    OWLET_TRY(pattern, g.String());
  }
  return pattern;
}

Result<Name> In(Grammar& g) {
  if (!g.tokens.Accept("FROM") && !g.tokens.Accept("IN")) return Name{};
  return g.TableName();
}

Result<Statement> ShowColumnsStatement(Grammar& g) {
  ShowColumns show;
  if (!g.tokens.IsAny({"FROM", "IN"})) return g.tokens.Unexpected();
  OWLET_TRY(show.table, In(g));
  OWLET_TRY(const Name database, In(g));
  if (!database.empty() && show.table.size() == 1) {
    show.table.insert(show.table.begin(), database.begin(), database.end());
  }
  return Make(std::move(show));
}

Result<Statement> ShowTablesStatement(Grammar& g) {
  ShowTables show;
  OWLET_TRY(show.database, In(g));
  OWLET_TRY(show.pattern, Pattern(g));
  return Make(std::move(show));
}

Result<Statement> ShowTableExtended(Grammar& g) {
  g.tokens.Next();
  g.tokens.Next();
  ShowTables show{.extended = true};
  OWLET_TRY(show.database, In(g));
  OWLET_CHECK_OK(g.tokens.Expect("LIKE"));
  OWLET_TRY(show.pattern, g.String());
  if (g.tokens.Accept("PARTITION")) {
    OWLET_TRY(show.partition, PartitionTerms(g));
  }
  return Make(std::move(show));
}

Result<Statement> ShowFunctionsStatement(Grammar& g) {
  ShowFunctions show;
  if (g.tokens.IsAny({"USER", "SYSTEM", "ALL"})) {
    show.scope = g.tokens.Next().value;
  }
  OWLET_CHECK_OK(g.tokens.Expect("FUNCTIONS"));
  OWLET_TRY(show.in, In(g));
  OWLET_TRY(show.pattern, Pattern(g));
  if (!show.pattern && g.AtIdentifier()) {
    OWLET_TRY(const Name name, g.QualifiedName());
    show.pattern = name.back();
  }
  return Make(std::move(show));
}

}  // namespace

Result<Statement> SparkShow(Grammar& g) {
  TokenStream& t = g.tokens;
  t.Next();
  if (t.Accept("TABLES")) return ShowTablesStatement(g);
  if (t.IsWords("TABLE EXTENDED")) return ShowTableExtended(g);
  if (t.IsAny({"DATABASES", "SCHEMAS", "NAMESPACES"})) {
    t.Next();
    ShowDatabases show;
    OWLET_TRY(show.in, In(g));
    OWLET_TRY(show.pattern, Pattern(g));
    return Make(std::move(show));
  }
  if (t.Accept("VIEWS")) {
    ShowViews show;
    OWLET_TRY(show.database, In(g));
    OWLET_TRY(show.pattern, Pattern(g));
    return Make(std::move(show));
  }
  if (t.Accept("COLUMNS")) return ShowColumnsStatement(g);
  if (t.Accept("PARTITIONS")) {
    ShowPartitions show;
    OWLET_TRY(show.table, g.TableName());
    if (t.Accept("PARTITION")) {
      OWLET_TRY(show.partition, PartitionTerms(g));
    }
    return Make(std::move(show));
  }
  if (t.Accept("TBLPROPERTIES")) {
    ShowTableProperties show;
    OWLET_TRY(show.table, g.TableName());
    if (t.Accept("(")) {
      if (t.Peek().kind == TokenKind::kString) {
        OWLET_TRY(show.key, g.String());
      } else {
        OWLET_TRY(const Name parts, g.QualifiedName());
        std::string key;
        for (const std::string& part : parts) key += (key.empty() ? "" : ".") + part;
        show.key = std::move(key);
      }
      OWLET_CHECK_OK(t.Expect(")"));
    }
    return Make(std::move(show));
  }
  if (t.Is("CREATE")) {
    t.Next();
    if (t.Is("TABLE") || g.AtIdentifier(1)) OWLET_CHECK_OK(t.Expect("TABLE"));
    ShowCreate show;
    OWLET_TRY(show.name, g.TableName());
    show.as_serde = t.AcceptWords("AS SERDE");
    return Make(std::move(show));
  }
  if (t.Is("FUNCTIONS") || (t.IsAny({"USER", "SYSTEM", "ALL"}) && t.Is("FUNCTIONS", 1))) {
    return ShowFunctionsStatement(g);
  }
  if (t.Accept("CATALOGS")) {
    OWLET_TRY(auto pattern, Pattern(g));
    return Make(ShowCatalogs{std::move(pattern), std::nullopt});
  }
  if (t.Is("CURRENT") && t.IsAny({"NAMESPACE", "DATABASE", "SCHEMA"}, 1)) {
    t.Next();
    t.Next();
    return Make(ShowCurrentNamespace{});
  }
  for (const std::string_view word :
       {"GRANT", "ROLE", "ROLES", "LOCKS", "INDEX", "INDEXES", "PRINCIPALS", "COMPACTIONS",
        "TRANSACTIONS", "PROCEDURES", "COLLATIONS"}) {
    if (t.Is(word)) return TakeUnread(g, "SHOW " + std::string(word));
  }
  return t.Unexpected();
}

Result<Statement> SparkDescribe(Grammar& g) {
  TokenStream& t = g.tokens;
  t.Next();
  Describe describe;
  if (t.Is("FUNCTION") && !t.IsEnd(1)) {
    t.Next();
    describe.kind = Describe::Kind::kFunction;
    if (t.Is("EXTENDED") && !t.IsEnd(1)) describe.extended = !t.Next().text.empty();
    if (t.Peek().kind == TokenKind::kString) {
      OWLET_TRY(std::string name, g.String());
      describe.name = {std::move(name)};
      return Make(std::move(describe));
    }
    if (t.Peek().kind == TokenKind::kSymbol) {  // an operator
      describe.name = {std::string(t.Next().text)};
      return Make(std::move(describe));
    }
    OWLET_TRY(describe.name, g.QualifiedName());
    return Make(std::move(describe));
  }
  if (t.IsAny({"DATABASE", "SCHEMA", "NAMESPACE"}) && g.AtIdentifier(1)) {
    t.Next();
    describe.kind = Describe::Kind::kDatabase;
    if (t.Is("EXTENDED") && g.AtIdentifier(1)) describe.extended = !t.Next().text.empty();
    OWLET_TRY(describe.name, g.TableName());
    return Make(std::move(describe));
  }
  if (t.IsAny({"CATALOG", "PROCEDURE"}) && g.AtIdentifier(1)) {
    return TakeUnread(g, "DESCRIBE " + t.Peek().value);
  }
  const bool query_word = t.Is("QUERY") && !t.IsEnd(1);
  if (query_word) t.Next();
  if (query_word || (g.AtQuery() && !t.Is("TABLE")) || t.Is("FROM")) {
    describe.kind = Describe::Kind::kQuery;
    OWLET_TRY(describe.query, g.Query());
    return Make(std::move(describe));
  }
  if (t.Is("TABLE") && g.AtIdentifier(1)) t.Next();
  describe.extended = t.Is("EXTENDED") && g.AtIdentifier(1);
  describe.formatted = t.Is("FORMATTED") && g.AtIdentifier(1);
  if (describe.extended || describe.formatted) t.Next();
  OWLET_TRY(describe.name, g.TableName());
  if (t.Accept("PARTITION")) {
    OWLET_TRY(describe.partition, PartitionTerms(g));
  }
  if (t.IsWords("AS JSON")) {
    t.Next();
    t.Next();
    describe.as_json = true;
  } else if (g.AtIdentifier()) {
    OWLET_TRY(describe.column, g.QualifiedName());
  }
  return Make(std::move(describe));
}

}  // namespace owlet::sql
