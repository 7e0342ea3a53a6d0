#include "core/sql/statements.h"

// Spark SQL's statements.

namespace owlet::sql {
namespace {

Result<Statement> ViewStatement(Grammar& g, bool or_replace) {
  TokenStream& t = g.tokens;
  CreateView view{.or_replace = or_replace};
  view.global = t.Accept("GLOBAL");
  view.temporary = t.Accept("TEMPORARY") || t.Accept("TEMP");
  if (t.Is("FUNCTION")) return TakeUnread(g, "CREATE TEMPORARY FUNCTION");
  if (t.Is("VARIABLE") || t.Is("VAR")) return TakeUnread(g, "DECLARE VARIABLE");
  OWLET_CHECK_OK(t.Expect("VIEW"));
  OWLET_TRY(view.if_not_exists, IfNotExists(g));
  OWLET_TRY(view.name, g.TableName());
  if (t.Is("(") && t.IsAny({",", ")", "COMMENT"}, 2)) {
    t.Next();
    do {
      ViewColumn column;
      OWLET_TRY(column.name, g.Identifier());
      if (t.Accept("COMMENT")) {
        OWLET_TRY(column.comment, g.String());
      }
      view.columns.push_back(std::move(column));
    } while (t.Accept(","));
    OWLET_CHECK_OK(t.Expect(")"));
  } else if (t.Is("(") && view.temporary && !g.AtQuery()) {
    t.Next();
    view.schema.emplace();
    do {
      OWLET_TRY(plan::Field field, g.SparkColumn(false));
      view.schema->push_back(std::move(field));
    } while (t.Accept(","));
    OWLET_CHECK_OK(t.Expect(")"));
  }
  if (view.temporary && t.Accept("USING")) {
    OWLET_TRY(const Name provider, g.QualifiedName());
    for (const std::string& part : provider) {
      view.provider += (view.provider.empty() ? "" : ".") + part;
    }
    if (t.Accept("OPTIONS")) {
      OWLET_TRY(view.options, PropertyList(g));
    }
    return Make(std::move(view));
  }
  while (true) {
    if (t.Accept("COMMENT")) {
      OWLET_TRY(view.comment, g.String());
    } else if (t.Accept("TBLPROPERTIES")) {
      OWLET_TRY(view.properties, PropertyList(g));
    } else if (t.IsWords("WITH SCHEMA")) {
      t.Next();
      t.Next();
      t.Next();
      t.Accept("EVOLUTION");
    } else {
      break;
    }
  }
  OWLET_CHECK_OK(t.Expect("AS"));
  if (t.Is("WITH") && t.Is("METRICS", 1)) return TakeUnread(g, "CREATE VIEW WITH METRICS");
  const std::size_t start = t.position();
  OWLET_TRY(view.query, g.Query());
  view.query_text = t.TextFrom(start);
  return Make(std::move(view));
}

Result<Statement> Create(Grammar& g) {
  TokenStream& t = g.tokens;
  const bool replace = t.Is("REPLACE");
  t.Next();
  const bool or_replace = replace || t.AcceptWords("OR REPLACE");
  if (!or_replace && t.IsAny({"DATABASE", "SCHEMA", "NAMESPACE"})) {
    t.Next();
    return CreateDatabaseStatement(g);
  }
  if (t.IsAny({"TABLE", "EXTERNAL"}) || t.IsWords("TEMPORARY TABLE") || t.IsWords("TEMP TABLE")) {
    CreateTable table{.or_replace = or_replace};
    table.external = t.Accept("EXTERNAL");
    table.temporary = t.Accept("TEMPORARY") || t.Accept("TEMP");
    OWLET_CHECK_OK(t.Expect("TABLE"));
    return CreateTableStatement(g, std::move(table));
  }
  if (t.IsAny({"FUNCTION", "INDEX", "ROLE", "MATERIALIZED", "STREAMING", "FLOW"})) {
    return TakeUnread(g, "CREATE " + t.Peek().value);
  }
  if (t.IsAny({"VIEW", "TEMP", "TEMPORARY", "GLOBAL"})) return ViewStatement(g, or_replace);
  return t.Unexpected();
}

Result<Statement> Drop(Grammar& g) {
  TokenStream& t = g.tokens;
  t.Next();
  if (t.IsAny({"DATABASE", "SCHEMA", "NAMESPACE"})) {
    t.Next();
    return DropDatabaseStatement(g);
  }
  if (t.Accept("TABLE")) {
    DropTable drop;
    OWLET_TRY(drop.if_exists, IfExists(g));
    OWLET_TRY(drop.name, g.TableName());
    drop.purge = t.Accept("PURGE");
    return Make(std::move(drop));
  }
  if (t.Accept("VIEW")) {
    DropView drop;
    OWLET_TRY(drop.if_exists, IfExists(g));
    OWLET_TRY(drop.name, g.TableName());
    return Make(std::move(drop));
  }
  if (t.IsAny({"TEMPORARY", "TEMP"}) && t.IsAny({"VARIABLE", "VAR"}, 1)) {
    t.Next();
    t.Next();
    return DropVariableStatement(g);
  }
  if (t.IsAny({"FUNCTION", "INDEX", "ROLE", "TEMPORARY", "TEMP", "MATERIALIZED"})) {
    return TakeUnread(g, "DROP " + t.Peek().value);
  }
  return t.Unexpected();
}

Result<Statement> Use(Grammar& g) {
  TokenStream& t = g.tokens;
  t.Next();
  UseDatabase use;
  if (t.IsAny({"DATABASE", "SCHEMA", "NAMESPACE"}) && g.AtIdentifier(1)) t.Next();
  OWLET_TRY(use.name, g.TableName());
  return Make(std::move(use));
}

/// SET key = value takes the rest of the text as it stands.
Result<Statement> Set(Grammar& g) {
  TokenStream& t = g.tokens;
  t.Next();
  if (t.IsEnd()) return Make(SetConfig{});
  if (t.Is("-") && t.Is("V", 1)) {
    t.Next();
    t.Next();
    return Make(ShowSession{});
  }
  if (t.Is("CATALOG") && !t.IsAny({"=", "."}, 1) && !t.IsEnd(1)) {
    t.Next();
    UseDatabase use{.catalog = true};
    if (t.Peek().kind == TokenKind::kString) {
      OWLET_TRY(std::string name, g.String());
      use.name = {std::move(name)};
    } else {
      OWLET_TRY(use.name, g.TableName());
    }
    return Make(std::move(use));
  }
  if (t.IsWords("TIME ZONE")) {
    t.Next();
    t.Next();
    SetTimeZone zone;
    zone.local = t.Accept("LOCAL");
    if (!zone.local) {
      OWLET_TRY(zone.value, g.PrimaryExpression());
    }
    return Make(std::move(zone));
  }
  if (t.IsAny({"VARIABLE", "VAR"}) && !t.IsAny({"=", "."}, 1) && !t.IsEnd(1)) {
    t.Next();
    return SetVariableStatement(g);
  }
  if (t.Is("ROLE") && !t.IsAny({"=", "."}, 1)) return TakeUnread(g, "SET ROLE");
  const std::size_t start = t.position();
  while (!t.IsEnd() && !t.Is("=")) t.Next();
  SetConfig set{.key = std::string(t.TextFrom(start))};
  if (set.key.size() > 1 && set.key.front() == '`' && set.key.back() == '`') {
    set.key = set.key.substr(1, set.key.size() - 2);
  }
  if (t.IsEnd()) {
    while (!set.key.empty() && (set.key.back() == ';' || set.key.back() == ' ')) set.key.pop_back();
    return Make(std::move(set));
  }
  t.Next();
  const std::uint32_t from = t.TokenAt(t.position() - 1).span.stop;
  while (!t.IsEnd()) t.Next();
  std::string value(t.text().substr(from));
  while (!value.empty() && (value.front() == ' ' || value.front() == '\n')) value.erase(0, 1);
  while (!value.empty() && (value.back() == ';' || value.back() == ' ' || value.back() == '\n')) {
    value.pop_back();
  }
  if (value.size() > 1 && value.front() == '`' && value.back() == '`') {
    value = value.substr(1, value.size() - 2);
  }
  set.value = std::move(value);
  return Make(std::move(set));
}

Result<Statement> ExplainStatement(Grammar& g) {
  TokenStream& t = g.tokens;
  t.Next();
  Explain explain;
  if (t.IsAny({"EXTENDED", "CODEGEN", "COST", "FORMATTED", "LOGICAL"}))
    explain.mode = t.Next().value;
  OWLET_TRY(Statement statement, SparkStatement(g));
  explain.statement = std::make_shared<const Statement>(std::move(statement));
  return Make(std::move(explain));
}

Result<Statement> Cache(Grammar& g) {
  TokenStream& t = g.tokens;
  t.Next();
  CacheTable cache;
  cache.lazy = t.Accept("LAZY");
  OWLET_CHECK_OK(t.Expect("TABLE"));
  OWLET_TRY(cache.name, g.TableName());
  if (t.Accept("OPTIONS")) {
    OWLET_TRY(cache.options, PropertyList(g));
  }
  if (t.Is("AS") || g.AtQuery()) {
    t.Accept("AS");
    OWLET_TRY(cache.query, g.Query());
  }
  return Make(std::move(cache));
}

Result<Statement> Refresh(Grammar& g) {
  TokenStream& t = g.tokens;
  t.Next();
  if (t.Is("FUNCTION")) return TakeUnread(g, "REFRESH FUNCTION");
  if (t.Peek().kind == TokenKind::kString) {
    OWLET_TRY(std::string path, g.String());
    return Make(RefreshPath{std::move(path)});
  }
  if (t.Is("TABLE") && g.AtIdentifier(1)) {
    t.Next();
    OWLET_TRY(Name name, g.TableName());
    return Make(RefreshTable{std::move(name)});
  }
  const std::size_t start = t.position();
  if (t.IsEnd()) return t.Unexpected();
  while (!t.IsEnd()) t.Next();
  return Make(RefreshPath{std::string(t.TextFrom(start))});
}

Result<Statement> ExecuteImmediate(Grammar& g) {
  TokenStream& t = g.tokens;
  t.Next();
  OWLET_CHECK_OK(t.Expect("IMMEDIATE"));
  Execute execute;
  OWLET_TRY(execute.immediate, g.Expression());
  if (t.Accept("INTO")) {
    do {
      OWLET_TRY(Name name, g.QualifiedName());
      execute.into.push_back(std::move(name));
    } while (t.Accept(","));
  }
  if (t.Accept("USING")) {
    const bool list = t.Is("(") && t.Partner() != 0;
    if (list) t.Next();
    do {
      OWLET_TRY(plan::ExpressionPtr value, g.Expression());
      std::string name;
      if (t.Accept("AS")) {
        OWLET_TRY(name, g.Identifier());
      }
      execute.parameters.push_back(std::move(value));
      execute.parameter_names.push_back(std::move(name));
    } while (t.Accept(","));
    if (list) OWLET_CHECK_OK(t.Expect(")"));
  }
  return Make(std::move(execute));
}

Result<Statement> Repair(Grammar& g) {
  TokenStream& t = g.tokens;
  t.Accept("MSCK");
  OWLET_CHECK_OK(t.ExpectWords("REPAIR TABLE"));
  RepairTable repair;
  OWLET_TRY(repair.name, g.TableName());
  if (t.IsAny({"ADD", "DROP", "SYNC"})) {
    const std::string word = t.Next().value;
    repair.add = word != "DROP";
    repair.drop = word != "ADD";
    OWLET_CHECK_OK(t.Expect("PARTITIONS"));
  }
  return Make(std::move(repair));
}

Result<Statement> Analyze(Grammar& g) {
  TokenStream& t = g.tokens;
  t.Next();
  const auto no_scan = [&t] { return t.Accept("NOSCAN"); };
  if (t.Accept("TABLES")) {
    AnalyzeTables analyze;
    if (t.Accept("FROM") || t.Accept("IN")) {
      OWLET_TRY(analyze.database, g.TableName());
    }
    OWLET_CHECK_OK(t.ExpectWords("COMPUTE STATISTICS"));
    analyze.no_scan = no_scan();
    return Make(std::move(analyze));
  }
  OWLET_CHECK_OK(t.Expect("TABLE"));
  AnalyzeTable analyze;
  OWLET_TRY(analyze.name, g.TableName());
  if (t.Accept("PARTITION")) {
    OWLET_TRY(analyze.partition, PartitionTerms(g));
  }
  OWLET_CHECK_OK(t.ExpectWords("COMPUTE STATISTICS"));
  analyze.no_scan = no_scan();
  if (t.AcceptWords("FOR ALL COLUMNS")) {
    analyze.all_columns = true;
  } else if (t.AcceptWords("FOR COLUMNS")) {
    do {
      OWLET_TRY(std::string column, g.Identifier());
      analyze.columns.push_back(std::move(column));
    } while (t.Accept(","));
  }
  return Make(std::move(analyze));
}

Result<Statement> Comment(Grammar& g) {
  TokenStream& t = g.tokens;
  t.Next();
  t.Next();
  CommentOn comment;
  comment.database = t.IsAny({"DATABASE", "SCHEMA", "NAMESPACE"});
  if (comment.database) {
    t.Next();
  } else {
    OWLET_CHECK_OK(t.Expect("TABLE"));
  }
  OWLET_TRY(comment.name, g.TableName());
  OWLET_CHECK_OK(t.Expect("IS"));
  if (!t.Accept("NULL")) {
    OWLET_TRY(comment.comment, g.String());
  }
  return Make(std::move(comment));
}

Result<Statement> Session(Grammar& g) {
  TokenStream& t = g.tokens;
  if (t.Is("CACHE")) return Cache(g);
  if (t.Is("UNCACHE")) {
    t.Next();
    OWLET_CHECK_OK(t.Expect("TABLE"));
    UncacheTable uncache;
    OWLET_TRY(uncache.if_exists, IfExists(g));
    OWLET_TRY(uncache.name, g.TableName());
    return Make(std::move(uncache));
  }
  if (t.IsWords("CLEAR CACHE")) {
    t.Next();
    t.Next();
    return Make(ClearCache{});
  }
  if (t.Is("REFRESH")) return Refresh(g);
  if (t.Is("SET")) return Set(g);
  if (t.Is("RESET")) {
    t.Next();
    const std::size_t start = t.position();
    while (!t.IsEnd() && !t.Is(";")) t.Next();
    ResetConfig reset;
    if (t.position() > start) reset.key = t.TextFrom(start);
    return Make(std::move(reset));
  }
  if (t.Is("USE")) return Use(g);
  if (t.Is("EXPLAIN")) return ExplainStatement(g);
  if (t.IsAny({"MSCK", "REPAIR"})) return Repair(g);
  if (t.Is("EXECUTE")) return ExecuteImmediate(g);
  if (t.Is("TRUNCATE")) {
    t.Next();
    OWLET_CHECK_OK(t.Expect("TABLE"));
    TruncateTable truncate;
    OWLET_TRY(truncate.name, g.TableName());
    if (t.Accept("PARTITION")) {
      OWLET_TRY(truncate.partition, PartitionTerms(g));
    }
    return Make(std::move(truncate));
  }
  if (t.Is("DECLARE")) return DeclareStatement(g);
  if (t.IsAny({"ANALYZE"})) return Analyze(g);
  if (t.IsWords("COMMENT ON")) return Comment(g);
  for (const std::string_view word :
       {"ADD", "CALL", "DFS", "EXPORT", "GRANT", "IMPORT", "LIST", "LOAD", "LOCK", "MAP", "REDUCE",
        "REVOKE", "UNLOCK", "BEGIN", "START", "COMMIT", "ROLLBACK"}) {
    if (t.Is(word) && !t.IsEnd(1)) return TakeUnread(g, std::string(word));
  }
  return t.Unexpected();
}

}  // namespace

Result<Statement> SparkStatement(Grammar& g) {
  const TokenStream& t = g.tokens;
  if (t.IsAny({"SELECT", "WITH", "VALUES", "TABLE", "(", "FROM"})) {
    OWLET_TRY(plan::RelationPtr query, g.Query());
    return Make(Query{std::move(query)});
  }
  if (t.Is("CREATE") || t.IsWords("REPLACE TABLE")) return Create(g);
  if (t.Is("DROP")) return Drop(g);
  if (t.Is("ALTER")) {
    g.tokens.Next();
    if (t.IsAny({"DATABASE", "SCHEMA", "NAMESPACE"})) {
      g.tokens.Next();
      return AlterDatabaseStatement(g);
    }
    if (g.tokens.Accept("TABLE")) return AlterTableStatement(g, false);
    if (g.tokens.Accept("VIEW")) return AlterTableStatement(g, true);
    return g.tokens.Unexpected();
  }
  if (t.Is("INSERT")) return SparkInsert(g);
  if (t.Is("DELETE")) return DeleteStatement(g);
  if (t.Is("UPDATE")) return UpdateStatement(g);
  if (t.Is("MERGE")) return MergeStatement(g);
  if (t.Is("SHOW")) return SparkShow(g);
  if (t.IsAny({"DESCRIBE", "DESC"})) return SparkDescribe(g);
  return Session(g);
}

}  // namespace owlet::sql
