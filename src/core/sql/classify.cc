#include "core/sql/classify.h"

#include <vector>

#include "core/sql/lexer.h"

namespace owlet::sql {
namespace {

/// The first words of a text in upper case, as many as tell a statement; symbols too. Read by
/// Hive's lexer, which takes both dialects' quotes.
std::vector<std::string> FirstWords(std::string_view text, std::size_t count) {
  std::vector<std::string> words;
  auto tokens = Tokenize(text, SqlDialect::kHive);
  if (!tokens) return words;
  for (const Token& token : *tokens) {
    if (words.size() == count || token.kind == TokenKind::kEnd) break;
    words.push_back(token.kind == TokenKind::kWord ? token.value : std::string(token.text));
  }
  words.resize(count);
  return words;
}

/// CREATE TABLE .. AS SELECT: AS outside of all parentheses, with a query behind it.
bool IsCreateTableAs(std::string_view text) {
  auto tokens = Tokenize(text, SqlDialect::kTrino);
  if (!tokens) return false;
  int depth = 0;
  for (std::size_t i = 0; i + 1 < tokens->size(); ++i) {
    const Token& token = (*tokens)[i];
    if (token.text == "(") ++depth;
    if (token.text == ")") --depth;
    if (depth != 0 || token.kind != TokenKind::kWord || token.value != "AS") continue;
    const Token& next = (*tokens)[i + 1];
    if (next.text == "(" || next.value == "SELECT" || next.value == "WITH" ||
        next.value == "VALUES" || next.value == "TABLE") {
      return true;
    }
  }
  return false;
}

bool Any(const std::string& word, std::initializer_list<std::string_view> list) {
  for (const std::string_view item : list) {
    if (word == item) return true;
  }
  return false;
}

AthenaStatementType Ddl(std::string substatement) { return {"DDL", std::move(substatement)}; }
AthenaStatementType Dml(std::string substatement) { return {"DML", std::move(substatement)}; }
AthenaStatementType Utility(std::string substatement) {
  return {"UTILITY", std::move(substatement)};
}

struct AlterName {
  std::string operator()(const AddPartitions&) const { return "ALTER_TABLE_ADD_PARTITION"; }
  std::string operator()(const DropPartitions&) const { return "ALTER_TABLE_DROP_PARTITION"; }
  std::string operator()(const RenamePartition&) const { return "ALTER_TABLE_RENAME_PARTITION"; }
  std::string operator()(const AddColumns&) const { return "ALTER_TABLE_ADD_COLUMN"; }
  std::string operator()(const ReplaceColumns&) const { return "ALTER_TABLE_REPLACE_COLUMN"; }
  std::string operator()(const ChangeColumn&) const { return "ALTER_TABLE_CHANGE_COLUMN"; }
  std::string operator()(const DropColumns&) const { return "ALTER_TABLE_DROP_COLUMN"; }
  std::string operator()(const RenameColumn&) const { return "ALTER_TABLE_RENAME_COLUMN"; }
  std::string operator()(const RenameTable&) const { return "ALTER_TABLE_RENAME"; }
  std::string operator()(const SetLocation&) const { return "ALTER_TABLE_SET_LOCATION"; }
  std::string operator()(const SetTableProperties&) const { return "ALTER_TABLE_SET_PROPERTIES"; }
  std::string operator()(const UnsetTableProperties&) const {
    return "ALTER_TABLE_UNSET_PROPERTIES";
  }
  std::string operator()(const SetSerde&) const { return "ALTER_TABLE_SET_SERDE"; }
  std::string operator()(const RecoverPartitions&) const { return "MSCK"; }
};

struct TypeOf {
  AthenaStatementType operator()(const Query&) const { return Dml("SELECT"); }
  AthenaStatementType operator()(const Explain& s) const {
    return s.analyze ? Dml("EXPLAIN_ANALYZE") : Utility("EXPLAIN");
  }
  AthenaStatementType operator()(const Prepare&) const { return Utility("PREPARE"); }
  AthenaStatementType operator()(const Execute&) const { return Dml("EXECUTE"); }
  AthenaStatementType operator()(const Deallocate&) const { return Utility("DEALLOCATE"); }
  AthenaStatementType operator()(const CreateTableAs&) const {
    return Ddl("CREATE_TABLE_AS_SELECT");
  }
  AthenaStatementType operator()(const Insert&) const { return Dml("INSERT"); }
  AthenaStatementType operator()(const Unload&) const { return Dml("UNLOAD"); }
  AthenaStatementType operator()(const Delete&) const { return Dml("DELETE"); }
  AthenaStatementType operator()(const Update&) const { return Dml("UPDATE"); }
  AthenaStatementType operator()(const Merge&) const { return Dml("MERGE"); }
  AthenaStatementType operator()(const CreateView&) const { return Ddl("CREATE_VIEW"); }
  AthenaStatementType operator()(const DropView&) const { return Ddl("DROP_VIEW"); }
  AthenaStatementType operator()(const CreateDatabase&) const { return Ddl("CREATE_DATABASE"); }
  AthenaStatementType operator()(const AlterDatabase&) const { return Ddl("ALTER_DATABASE"); }
  AthenaStatementType operator()(const DropDatabase&) const { return Ddl("DROP_DATABASE"); }
  AthenaStatementType operator()(const CreateTable&) const { return Ddl("CREATE_TABLE"); }
  AthenaStatementType operator()(const CreateTableLike&) const { return Ddl("CREATE_TABLE"); }
  AthenaStatementType operator()(const AlterTable& s) const {
    return Ddl(std::visit(AlterName(), s.action));
  }
  AthenaStatementType operator()(const DropTable&) const { return Ddl("DROP_TABLE"); }
  AthenaStatementType operator()(const RepairTable&) const { return Ddl("MSCK"); }
  AthenaStatementType operator()(const OptimizeTable&) const { return Dml("OPTIMIZE"); }
  AthenaStatementType operator()(const VacuumTable&) const { return Dml("VACUUM"); }
  AthenaStatementType operator()(const ShowDatabases&) const { return Utility("SHOW_DATABASES"); }
  AthenaStatementType operator()(const ShowTables&) const { return Utility("SHOW_TABLES"); }
  AthenaStatementType operator()(const ShowViews&) const { return Utility("SHOW_VIEWS"); }
  AthenaStatementType operator()(const ShowColumns&) const { return Utility("SHOW_COLUMNS"); }
  AthenaStatementType operator()(const ShowPartitions&) const { return Utility("SHOW_PARTITIONS"); }
  AthenaStatementType operator()(const ShowCreate& s) const {
    return Utility(s.kind == ShowCreate::Kind::kView ? "SHOW_CREATE_VIEW" : "SHOW_CREATE_TABLE");
  }
  AthenaStatementType operator()(const ShowTableProperties&) const {
    return Utility("SHOW_TBLPROPERTIES");
  }
  AthenaStatementType operator()(const ShowFunctions&) const { return Utility("SHOW_FUNCTIONS"); }
  AthenaStatementType operator()(const ShowCatalogs&) const { return Utility("SHOW_CATALOGS"); }
  AthenaStatementType operator()(const ShowSession&) const { return Utility("SHOW_SESSION"); }
  AthenaStatementType operator()(const Describe&) const { return Utility("DESCRIBE_TABLE"); }
  // Spark's own, and what has no model.
  template <class Other>
  AthenaStatementType operator()(const Other&) const {
    return Utility("");
  }
};

}  // namespace

AthenaGrammar ClassifyAthena(std::string_view text) {
  const std::vector<std::string> w = FirstWords(text, 4);
  if (w.empty()) return AthenaGrammar::kTrino;
  if (w[0] == "CREATE") {
    if (Any(w[1], {"DATABASE", "SCHEMA", "EXTERNAL", "TEMPORARY", "INDEX", "MACRO"})) {
      return AthenaGrammar::kHive;
    }
    if (w[1] == "TABLE")
      return IsCreateTableAs(text) ? AthenaGrammar::kTrino : AthenaGrammar::kHive;
    return AthenaGrammar::kTrino;
  }
  if (w[0] == "DROP") {
    return Any(w[1], {"VIEW", "CATALOG", "MATERIALIZED"}) ? AthenaGrammar::kTrino
                                                          : AthenaGrammar::kHive;
  }
  if (w[0] == "SHOW") {
    if (Any(w[1], {"FUNCTIONS", "SESSION", "CATALOGS", "STATS"})) return AthenaGrammar::kTrino;
    return w[1] == "CREATE" && w[2] == "VIEW" ? AthenaGrammar::kTrino : AthenaGrammar::kHive;
  }
  if (Any(w[0], {"DESCRIBE", "DESC"})) {
    return Any(w[1], {"INPUT", "OUTPUT"}) && !w[2].empty() ? AthenaGrammar::kTrino
                                                           : AthenaGrammar::kHive;
  }
  if (Any(w[0], {"ALTER", "MSCK", "LOCK", "UNLOCK", "EXPORT", "IMPORT", "LOAD", "DFS", "TRUNCATE",
                 "RELOAD", "SET", "USE", "ADD", "GRANT", "REVOKE"})) {
    return AthenaGrammar::kHive;
  }
  return AthenaGrammar::kTrino;
}

AthenaStatementType AthenaTypeOf(const Statement& statement) {
  return std::visit(TypeOf(), statement.node);
}

AthenaStatementType AthenaTypeOfText(std::string_view text) {
  const std::vector<std::string> w = FirstWords(text, 3);
  if (w.empty()) return Dml("");
  if (Any(w[0], {"CREATE", "DROP", "ALTER", "MSCK"})) {
    if (w[0] == "CREATE" && Any(w[1], {"DATABASE", "SCHEMA"})) return Ddl("CREATE_DATABASE");
    if (w[0] == "CREATE" && Any(w[1], {"VIEW", "OR"})) return Ddl("CREATE_VIEW");
    if (w[0] == "CREATE" && Any(w[1], {"TABLE", "EXTERNAL"})) {
      return Ddl(IsCreateTableAs(text) ? "CREATE_TABLE_AS_SELECT" : "CREATE_TABLE");
    }
    if (w[0] == "DROP" && Any(w[1], {"TABLE", "VIEW", "DATABASE"})) return Ddl("DROP_" + w[1]);
    if (w[0] == "DROP" && w[1] == "SCHEMA") return Ddl("DROP_DATABASE");
    return Ddl(w[0] == "MSCK" ? "MSCK" : "");
  }
  if (Any(w[0], {"SHOW", "DESCRIBE", "DESC", "EXPLAIN", "PREPARE", "DEALLOCATE"})) {
    return Utility(w[0] == "SHOW"                    ? "SHOW_" + w[1]
                   : Any(w[0], {"DESCRIBE", "DESC"}) ? "DESCRIBE_TABLE"
                                                     : w[0]);
  }
  if (Any(w[0],
          {"INSERT", "UNLOAD", "DELETE", "UPDATE", "MERGE", "EXECUTE", "OPTIMIZE", "VACUUM"})) {
    return Dml(w[0]);
  }
  return Dml("SELECT");
}

}  // namespace owlet::sql
