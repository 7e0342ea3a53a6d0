#include <array>

#include "core/sql/statements.h"

// Trino's statements as Athena takes them, with UNLOAD, OPTIMIZE and VACUUM of Athena's own.

namespace owlet::sql {
namespace {

Result<Statement> TrinoQuery(Grammar& g) {
  OWLET_TRY(plan::RelationPtr query, g.Query());
  return Make(Query{std::move(query)});
}

Result<Statement> CreateTableAsStatement(Grammar& g, bool or_replace) {
  CreateTableAs create{.or_replace = or_replace};
  OWLET_TRY(create.if_not_exists, IfNotExists(g));
  OWLET_TRY(create.name, g.QualifiedName());
  if (g.tokens.At("(")) {
    const bool names = g.AtIdentifier(1) && g.tokens.IsAny({",", ")"}, 2);
    if (!names) return TakeUnread(g, "CREATE TABLE");
    OWLET_TRY(create.columns, g.IdentifierList());
  }
  if (g.tokens.Accept("COMMENT")) {
    OWLET_TRY(create.comment, g.String());
  }
  if (g.tokens.Accept("WITH")) {
    OWLET_TRY(create.properties, ExpressionPropertyList(g));
  }
  OWLET_CHECK_OK(g.tokens.Expect("AS"));
  OWLET_TRY(create.query, g.Query());
  if (g.tokens.Accept("WITH")) {
    create.with_data = !g.tokens.Accept("NO");
    OWLET_CHECK_OK(g.tokens.Expect("DATA"));
  }
  return Make(std::move(create));
}

Result<Statement> CreateViewStatement(Grammar& g, bool or_replace) {
  CreateView view{.or_replace = or_replace};
  OWLET_TRY(view.name, g.QualifiedName());
  if (g.tokens.Accept("COMMENT")) {
    OWLET_TRY(view.comment, g.String());
  }
  if (g.tokens.Accept("SECURITY")) {
    if (!g.tokens.Accept("DEFINER")) OWLET_CHECK_OK(g.tokens.Expect("INVOKER"));
  }
  OWLET_CHECK_OK(g.tokens.Expect("AS"));
  const std::size_t start = g.tokens.position();
  OWLET_TRY(view.query, g.Query());
  view.query_text = g.tokens.TextFrom(start);
  return Make(std::move(view));
}

Result<Statement> CreateSchema(Grammar& g) {
  CreateDatabase create;
  OWLET_TRY(create.if_not_exists, IfNotExists(g));
  OWLET_TRY(create.name, g.QualifiedName());
  if (g.tokens.Is("AUTHORIZATION")) return TakeUnread(g, "CREATE SCHEMA .. AUTHORIZATION");
  if (g.tokens.Accept("WITH")) {
    OWLET_TRY(const ExpressionProperties properties, ExpressionPropertyList(g));
    for (const auto& [name, value] : properties) {
      const auto* literal = std::get_if<plan::Literal>(&value->node);
      const auto* text = literal != nullptr ? std::get_if<std::string>(&literal->value) : nullptr;
      if (text == nullptr) return g.Missing("a schema property that is no string");
      if (name == "location") {
        create.location = *text;
      } else {
        create.properties.emplace_back(name, *text);
      }
    }
  }
  return Make(std::move(create));
}

Result<Statement> Create(Grammar& g) {
  g.tokens.Next();
  const bool or_replace = g.tokens.Accept("OR");
  if (or_replace) OWLET_CHECK_OK(g.tokens.Expect("REPLACE"));
  if (g.tokens.Accept("TABLE")) return CreateTableAsStatement(g, or_replace);
  if (g.tokens.Accept("VIEW")) return CreateViewStatement(g, or_replace);
  if (!or_replace && g.tokens.Accept("SCHEMA")) return CreateSchema(g);
  for (const std::string_view word : {"MATERIALIZED", "FUNCTION", "ROLE", "CATALOG"}) {
    if (g.tokens.At(word)) return TakeUnread(g, "CREATE " + std::string(word));
  }
  return g.tokens.Unexpected();
}

Result<Statement> Drop(Grammar& g) {
  g.tokens.Next();
  if (g.tokens.Accept("TABLE")) {
    DropTable drop;
    OWLET_TRY(drop.if_exists, IfExists(g));
    OWLET_TRY(drop.name, g.QualifiedName());
    return Make(std::move(drop));
  }
  if (g.tokens.Accept("VIEW")) {
    DropView drop;
    OWLET_TRY(drop.if_exists, IfExists(g));
    OWLET_TRY(drop.name, g.QualifiedName());
    return Make(std::move(drop));
  }
  if (g.tokens.Accept("SCHEMA")) return DropDatabaseStatement(g);
  for (const std::string_view word : {"CATALOG", "FUNCTION", "MATERIALIZED", "ROLE"}) {
    if (g.tokens.At(word)) return TakeUnread(g, "DROP " + std::string(word));
  }
  return g.tokens.Unexpected();
}

Result<Statement> InsertStatement(Grammar& g) {
  g.tokens.Next();
  if (!g.tokens.Accept("INTO")) return g.tokens.UnexpectedBut("INTO");
  Insert insert;
  OWLET_TRY(insert.table, g.QualifiedName());
  if (g.tokens.Is("(") && !g.AtQuery()) {
    OWLET_TRY(insert.columns, g.IdentifierList());
  }
  OWLET_TRY(insert.query, g.Query());
  return Make(std::move(insert));
}

Result<Statement> UnloadStatement(Grammar& g) {
  g.tokens.Next();
  Unload unload;
  OWLET_CHECK_OK(g.tokens.Expect("("));
  OWLET_TRY(unload.query, g.Query());
  OWLET_CHECK_OK(g.tokens.ExpectWords(") TO"));
  OWLET_TRY(unload.location, g.String());
  if (g.tokens.Accept("WITH")) {
    OWLET_TRY(unload.properties, ExpressionPropertyList(g));
  }
  return Make(std::move(unload));
}

Result<Statement> ExplainStatement(Grammar& g) {
  g.tokens.Next();
  Explain explain;
  if (g.tokens.Accept("ANALYZE")) {
    explain.analyze = true;
    explain.verbose = g.tokens.Accept("VERBOSE");
  } else if (g.tokens.At("(") && g.tokens.IsAny({"TYPE", "FORMAT"}, 1)) {
    g.tokens.Next();
    do {
      const bool type = g.tokens.Accept("TYPE");
      if (!type) OWLET_CHECK_OK(g.tokens.Expect("FORMAT"));
      const bool known = type ? g.tokens.IsAny({"LOGICAL", "DISTRIBUTED", "VALIDATE", "IO"})
                              : g.tokens.IsAny({"TEXT", "JSON", "GRAPHVIZ"});
      if (!known) {
        for (const std::string_view word :
             type ? std::array<std::string_view, 4>{"LOGICAL", "DISTRIBUTED", "VALIDATE", "IO"}
                  : std::array<std::string_view, 4>{"TEXT", "JSON", "GRAPHVIZ", "GRAPHVIZ"}) {
          g.tokens.Want(word);
        }
        return g.tokens.Unexpected();
      }
      (type ? explain.type : explain.format) = g.tokens.Next().value;
    } while (g.tokens.Accept(","));
    OWLET_CHECK_OK(g.tokens.Expect(")"));
  }
  OWLET_TRY(Statement statement, TrinoStatement(g));
  explain.statement = std::make_shared<const Statement>(std::move(statement));
  return Make(std::move(explain));
}

Result<Statement> PrepareStatement(Grammar& g) {
  g.tokens.Next();
  Prepare prepare;
  OWLET_TRY(prepare.name, g.Identifier());
  if (!g.tokens.Accept("FROM")) return g.tokens.UnexpectedBut("FROM");
  const std::size_t start = g.tokens.position();
  OWLET_TRY(Statement statement, TrinoStatement(g));
  statement.num_parameters = g.num_parameters();
  prepare.statement = std::make_shared<const Statement>(std::move(statement));
  prepare.text = g.tokens.TextFrom(start);
  return Make(std::move(prepare));
}

Result<Statement> ExecuteStatement(Grammar& g) {
  g.tokens.Next();
  Execute execute;
  if (g.tokens.Is("IMMEDIATE") && g.tokens.Peek(1).kind == TokenKind::kString) {
    g.tokens.Next();
    const std::size_t start = g.tokens.position();
    OWLET_TRY(std::string text, g.String());
    execute.immediate = g.Text(std::move(text), start);
  } else {
    OWLET_TRY(execute.name, g.Identifier());
  }
  if (g.tokens.Accept("USING")) {
    OWLET_TRY(execute.parameters, g.ExpressionList());
  }
  return Make(std::move(execute));
}

struct Pattern {
  std::optional<std::string> pattern;
  std::optional<std::string> escape;
};
Result<Pattern> LikePattern(Grammar& g) {
  Pattern like;
  if (!g.tokens.Accept("LIKE")) return like;
  OWLET_TRY(like.pattern, g.String());
  if (g.tokens.Accept("ESCAPE")) {
    OWLET_TRY(like.escape, g.String());
  }
  return like;
}

Result<Statement> ShowCreateStatement(Grammar& g) {
  ShowCreate show;
  if (g.tokens.Accept("TABLE")) {
    show.kind = ShowCreate::Kind::kTable;
  } else if (g.tokens.Accept("VIEW")) {
    show.kind = ShowCreate::Kind::kView;
  } else if (g.tokens.Accept("SCHEMA")) {
    show.kind = ShowCreate::Kind::kSchema;
  } else if (g.tokens.Accept("FUNCTION")) {
    show.kind = ShowCreate::Kind::kFunction;
  } else {
    OWLET_CHECK_OK(g.tokens.ExpectWords("MATERIALIZED VIEW"));
    show.kind = ShowCreate::Kind::kMaterializedView;
  }
  OWLET_TRY(show.name, g.QualifiedName());
  return Make(std::move(show));
}

Result<Statement> Show(Grammar& g) {
  g.tokens.Next();
  const auto of = [&]() -> Result<Name> {
    if (!g.tokens.Accept("FROM") && !g.tokens.Accept("IN")) return Name{};
    return g.QualifiedName();
  };
  if (g.tokens.Accept("TABLES")) {
    ShowTables show;
    OWLET_TRY(show.database, of());
    OWLET_TRY(Pattern like, LikePattern(g));
    show.pattern = std::move(like.pattern);
    show.escape = std::move(like.escape);
    return Make(std::move(show));
  }
  if (g.tokens.Accept("SCHEMAS")) {
    ShowDatabases show;
    OWLET_TRY(show.in, of());
    OWLET_TRY(Pattern like, LikePattern(g));
    show.pattern = std::move(like.pattern);
    show.escape = std::move(like.escape);
    return Make(std::move(show));
  }
  if (g.tokens.Accept("CATALOGS")) {
    OWLET_TRY(Pattern like, LikePattern(g));
    return Make(ShowCatalogs{std::move(like.pattern), std::move(like.escape)});
  }
  if (g.tokens.Accept("COLUMNS")) {
    ShowColumns show;
    if (!g.tokens.At("FROM") && !g.tokens.At("IN")) return g.tokens.Unexpected();
    OWLET_TRY(show.table, of());
    OWLET_TRY(Pattern like, LikePattern(g));
    show.pattern = std::move(like.pattern);
    show.escape = std::move(like.escape);
    return Make(std::move(show));
  }
  if (g.tokens.Accept("FUNCTIONS")) {
    ShowFunctions show;
    OWLET_TRY(show.in, of());
    OWLET_TRY(Pattern like, LikePattern(g));
    show.pattern = std::move(like.pattern);
    show.escape = std::move(like.escape);
    return Make(std::move(show));
  }
  if (g.tokens.Accept("SESSION")) {
    OWLET_TRY(Pattern like, LikePattern(g));
    return Make(ShowSession{std::move(like.pattern)});
  }
  if (g.tokens.Accept("CREATE")) return ShowCreateStatement(g);
  for (const std::string_view word : {"STATS", "GRANTS", "ROLES", "ROLE", "CURRENT", "BRANCHES"}) {
    if (word == "BRANCHES" ? g.tokens.Is(word) : g.tokens.At(word)) {
      return TakeUnread(g, "SHOW " + std::string(word));
    }
  }
  return g.tokens.Unexpected();
}

Result<Statement> DescribeStatement(Grammar& g) {
  g.tokens.Next();
  Describe describe;
  if (g.tokens.At("INPUT") && g.AtIdentifier(1)) {
    g.tokens.Next();
    describe.kind = Describe::Kind::kInput;
  } else if (g.tokens.At("OUTPUT") && g.AtIdentifier(1)) {
    g.tokens.Next();
    describe.kind = Describe::Kind::kOutput;
  }
  OWLET_TRY(describe.name, g.QualifiedName());
  return Make(std::move(describe));
}

Result<Statement> Rest(Grammar& g) {
  if (g.tokens.Accept("USE")) {
    OWLET_TRY(Name name, g.QualifiedName());
    return Make(UseDatabase{std::move(name)});
  }
  if (g.tokens.IsWords("TRUNCATE TABLE")) {
    g.tokens.Next();
    g.tokens.Next();
    OWLET_TRY(Name name, g.QualifiedName());
    return Make(TruncateTable{std::move(name), {}});
  }
  if (g.tokens.Is("ALTER")) {
    g.tokens.Next();
    for (const std::string_view word : {"TABLE", "VIEW", "SCHEMA", "MATERIALIZED", "USER"}) {
      if (word == "USER" ? g.tokens.Is(word) : g.tokens.At(word)) {
        return TakeUnread(g, "ALTER " + std::string(word));
      }
    }
    g.tokens.Want("<identifier>");
    return g.tokens.Unexpected();
  }
  for (const std::string_view word :
       {"ANALYZE", "CALL", "COMMENT", "COMMIT", "DENY", "GRANT", "REFRESH", "RESET", "REVOKE",
        "ROLLBACK", "SET", "START", "TRUNCATE", "ALTER"}) {
    if (g.tokens.At(word) && !g.tokens.IsEnd(word == "COMMIT" || word == "ROLLBACK" ? 0 : 1)) {
      return TakeUnread(g, std::string(word));
    }
  }
  for (const std::string_view word :
       {"CREATE", "DEALLOCATE", "DELETE", "DESC", "DESCRIBE", "DROP", "EXECUTE", "EXPLAIN",
        "INSERT", "MERGE", "PREPARE", "SHOW", "UPDATE", "USE", "WITH", "<query>"}) {
    g.tokens.Want(word);
  }
  return g.tokens.Unexpected();
}

}  // namespace

Result<Statement> TrinoStatement(Grammar& g) {
  const TokenStream& tokens = g.tokens;
  if (tokens.IsAny({"SELECT", "WITH", "VALUES", "TABLE", "("})) return TrinoQuery(g);
  if (tokens.Is("CREATE")) return Create(g);
  if (tokens.Is("DROP")) return Drop(g);
  if (tokens.Is("INSERT")) return InsertStatement(g);
  if (tokens.Is("UNLOAD")) return UnloadStatement(g);
  if (tokens.Is("EXPLAIN")) return ExplainStatement(g);
  if (tokens.Is("PREPARE")) return PrepareStatement(g);
  if (tokens.Is("EXECUTE")) return ExecuteStatement(g);
  if (tokens.Is("DEALLOCATE")) {
    g.tokens.Next();
    OWLET_CHECK_OK(g.tokens.Expect("PREPARE"));
    OWLET_TRY(std::string name, g.Identifier());
    return Make(Deallocate{std::move(name)});
  }
  if (tokens.Is("DELETE")) return DeleteStatement(g);
  if (tokens.Is("UPDATE")) return UpdateStatement(g);
  if (tokens.Is("MERGE")) return MergeStatement(g);
  if (tokens.Is("SHOW")) return Show(g);
  if (tokens.IsAny({"DESCRIBE", "DESC"})) return DescribeStatement(g);
  if (tokens.Is("OPTIMIZE")) {
    g.tokens.Next();
    OptimizeTable optimize;
    OWLET_TRY(optimize.name, g.QualifiedName());
    OWLET_CHECK_OK(g.tokens.ExpectWords("REWRITE DATA USING BIN_PACK"));
    if (g.tokens.Accept("WHERE")) {
      OWLET_TRY(optimize.where, g.Expression());
    }
    return Make(std::move(optimize));
  }
  if (tokens.Is("VACUUM")) {
    g.tokens.Next();
    OWLET_TRY(Name name, g.QualifiedName());
    return Make(VacuumTable{std::move(name)});
  }
  return Rest(g);
}

}  // namespace owlet::sql
