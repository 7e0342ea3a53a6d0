#include "core/sql/statements.h"

// Athena's DDL: Hive's grammar as far as Athena takes it; what Athena refuses by name is a
// NotImplemented statement with that name.

namespace owlet::sql {
namespace {

Result<Statement> Create(Grammar& g) {
  TokenStream& t = g.tokens;
  t.Next();
  if (t.IsAny({"DATABASE", "SCHEMA"})) {
    t.Next();
    return CreateDatabaseStatement(g);
  }
  CreateTable table;
  table.external = t.Accept("EXTERNAL");
  if (!table.external) table.temporary = t.Accept("TEMPORARY");
  if (table.temporary && !t.Is("TABLE")) return TakeUnread(g, "CREATE TEMPORARY " + t.Peek().value);
  if (t.Accept("TABLE")) return CreateTableStatement(g, std::move(table));
  if (!table.external && t.IsAny({"INDEX", "ROLE", "FUNCTION", "MACRO", "MATERIALIZED"})) {
    return TakeUnread(g, "CREATE " + t.Peek().value);
  }
  return t.Unexpected();
}

Result<Statement> Drop(Grammar& g) {
  TokenStream& t = g.tokens;
  t.Next();
  if (t.IsAny({"DATABASE", "SCHEMA"})) {
    t.Next();
    return DropDatabaseStatement(g);
  }
  if (t.Accept("TABLE")) {
    DropTable drop;
    OWLET_TRY(drop.if_exists, IfExists(g));
    OWLET_TRY(drop.name, g.QualifiedName());
    drop.purge = t.Accept("PURGE");
    return Make(std::move(drop));
  }
  if (t.Accept("VIEW")) {
    DropView drop;
    OWLET_TRY(drop.if_exists, IfExists(g));
    OWLET_TRY(drop.name, g.QualifiedName());
    return Make(std::move(drop));
  }
  if (t.IsAny({"INDEX", "ROLE", "FUNCTION", "MACRO", "TEMPORARY"})) {
    return TakeUnread(g, "DROP " + t.Peek().value);
  }
  return t.Unexpected();
}

Result<Statement> Alter(Grammar& g) {
  TokenStream& t = g.tokens;
  t.Next();
  if (t.IsAny({"DATABASE", "SCHEMA"})) {
    t.Next();
    return AlterDatabaseStatement(g);
  }
  if (t.Accept("TABLE")) return AlterTableStatement(g, false);
  if (t.Accept("VIEW")) return AlterTableStatement(g, true);
  if (t.Is("INDEX")) return TakeUnread(g, "ALTER INDEX");
  return t.Unexpected();
}

Result<std::optional<std::string>> Pattern(Grammar& g) {
  std::optional<std::string> pattern;
  const bool like = g.tokens.Accept("LIKE");
  if (like || g.tokens.Peek().kind == TokenKind::kString) {
    OWLET_TRY(pattern, g.String());
  }
  return pattern;
}

Result<Name> InDatabase(Grammar& g) {
  if (!g.tokens.Accept("IN") && !g.tokens.Accept("FROM")) return Name{};
  return g.QualifiedName();
}

Result<Statement> ShowOfTable(Grammar& g) {
  TokenStream& t = g.tokens;
  if (t.Accept("PARTITIONS")) {
    ShowPartitions show;
    OWLET_TRY(show.table, g.QualifiedName());
    if (t.Accept("PARTITION")) {
      OWLET_TRY(show.partition, PartitionTerms(g));
    }
    return Make(std::move(show));
  }
  if (t.Accept("TBLPROPERTIES")) {
    ShowTableProperties show;
    OWLET_TRY(show.table, g.QualifiedName());
    if (t.Accept("(")) {
      OWLET_TRY(show.key, g.String());
      OWLET_CHECK_OK(t.Expect(")"));
    }
    return Make(std::move(show));
  }
  OWLET_CHECK_OK(t.Expect("CREATE"));
  ShowCreate show;
  if (t.Accept("VIEW")) {
    show.kind = ShowCreate::Kind::kView;
  } else if (t.IsAny({"DATABASE", "SCHEMA"})) {
    show.kind = ShowCreate::Kind::kSchema;
    t.Next();
  } else {
    OWLET_CHECK_OK(t.Expect("TABLE"));
  }
  OWLET_TRY(show.name, g.QualifiedName());
  return Make(std::move(show));
}

Result<Statement> Show(Grammar& g) {
  TokenStream& t = g.tokens;
  t.Next();
  if (t.IsAny({"DATABASES", "SCHEMAS"})) {
    t.Next();
    ShowDatabases show;
    OWLET_TRY(show.in, InDatabase(g));
    OWLET_TRY(show.pattern, Pattern(g));
    return Make(std::move(show));
  }
  if (t.Accept("TABLES")) {
    ShowTables show;
    OWLET_TRY(show.database, InDatabase(g));
    OWLET_TRY(show.pattern, Pattern(g));
    return Make(std::move(show));
  }
  if (t.IsWords("TABLE EXTENDED")) return TakeUnread(g, "SHOW TABLE EXTENDED");
  if (t.Accept("VIEWS")) {
    ShowViews show;
    OWLET_TRY(show.database, InDatabase(g));
    OWLET_TRY(show.pattern, Pattern(g));
    return Make(std::move(show));
  }
  if (t.Accept("COLUMNS")) {
    ShowColumns show;
    if (!t.IsAny({"FROM", "IN"})) return t.Unexpected();
    t.Next();
    OWLET_TRY(show.table, g.QualifiedName());
    if (t.IsAny({"FROM", "IN"})) {
      t.Next();
      OWLET_TRY(std::string database, g.Identifier());
      show.table.insert(show.table.begin(), std::move(database));
    }
    OWLET_TRY(show.pattern, Pattern(g));
    return Make(std::move(show));
  }
  for (const std::string_view word :
       {"FUNCTIONS", "LOCKS", "INDEX", "INDEXES", "ROLE", "ROLES", "GRANT", "COMPACTIONS",
        "TRANSACTIONS", "CURRENT", "PRINCIPALS", "CONF"}) {
    if (t.Is(word)) return TakeUnread(g, "SHOW " + std::string(word));
  }
  return ShowOfTable(g);
}

Result<Statement> DescribeStatement(Grammar& g) {
  TokenStream& t = g.tokens;
  t.Next();
  Describe describe;
  if (t.IsAny({"DATABASE", "SCHEMA"}) && (g.AtIdentifier(1))) {
    return TakeUnread(g, "DESCRIBE DATABASE");
  }
  if (t.Is("FUNCTION")) return TakeUnread(g, "DESCRIBE FUNCTION");
  describe.extended = t.Is("EXTENDED") && g.AtIdentifier(1);
  describe.formatted = t.Is("FORMATTED") && g.AtIdentifier(1);
  if (describe.extended || describe.formatted) t.Next();
  OWLET_TRY(describe.name, g.QualifiedName());
  if (t.Accept("PARTITION")) {
    OWLET_TRY(describe.partition, PartitionTerms(g));
  }
  if (g.AtIdentifier()) {
    OWLET_TRY(describe.column, g.QualifiedName());
  }
  return Make(std::move(describe));
}

Result<Statement> Repair(Grammar& g) {
  TokenStream& t = g.tokens;
  t.Next();
  OWLET_CHECK_OK(t.Expect("REPAIR"));
  OWLET_CHECK_OK(t.Expect("TABLE"));
  RepairTable repair;
  OWLET_TRY(repair.name, g.QualifiedName());
  if (t.IsAny({"ADD", "DROP", "SYNC"})) {
    const std::string word = t.Next().value;
    repair.add = word != "DROP";
    repair.drop = word != "ADD";
    OWLET_CHECK_OK(t.Expect("PARTITIONS"));
  }
  return Make(std::move(repair));
}

}  // namespace

Result<Statement> HiveStatement(Grammar& g) {
  const TokenStream& t = g.tokens;
  if (t.Is("CREATE")) return Create(g);
  if (t.Is("DROP")) return Drop(g);
  if (t.Is("ALTER")) return Alter(g);
  if (t.Is("SHOW")) return Show(g);
  if (t.IsAny({"DESCRIBE", "DESC"})) return DescribeStatement(g);
  if (t.Is("MSCK")) return Repair(g);
  for (const std::string_view word :
       {"GRANT", "REVOKE", "LOCK", "UNLOCK", "EXPORT", "IMPORT", "LOAD", "TRUNCATE", "SET", "RESET",
        "USE", "COMMIT", "ROLLBACK", "START", "ANALYZE", "DFS", "RELOAD", "ADD"}) {
    if (t.Is(word)) return TakeUnread(g, std::string(word));
  }
  return g.tokens.Unexpected();
}

}  // namespace owlet::sql
