#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/plan/expression.h"
#include "core/plan/relation.h"
#include "core/plan/types.h"

// Statements as a client wrote them: what parser.h makes of a text. One set for Athena's DML
// (Trino's grammar), Athena's DDL (Hive's grammar) and Spark SQL. Names are kept as written,
// without their quotes; whoever resolves them folds the case by the dialect's rule.

namespace owlet::sql {

struct Statement;
using StatementPtr = std::shared_ptr<const Statement>;

/// `catalog.database.table` as 1 to 3 parts.
using Name = std::vector<std::string>;

/// Text properties in their order: TBLPROPERTIES, SERDEPROPERTIES, DBPROPERTIES, OPTIONS.
using Properties = std::vector<std::pair<std::string, std::string>>;

/// Trino's `WITH (name = expression, ...)`: values are expressions (strings, numbers, arrays).
using ExpressionProperties = std::vector<std::pair<std::string, plan::ExpressionPtr>>;

/// `PARTITION (a = 1, b)`: one entry a column. `value` is null where none was given (dynamic
/// partition of an INSERT); `comparison` is another than "=" only in Hive's DROP PARTITION.
struct PartitionTerm {
  std::string column;
  std::string comparison = "=";
  plan::ExpressionPtr value = nullptr;
};
using PartitionSpec = std::vector<PartitionTerm>;

// ---- Queries and what wraps them.

struct Query {
  plan::RelationPtr relation;
};

struct Explain {
  StatementPtr statement;
  bool analyze = false;
  bool verbose = false;
  std::string type;    // Trino: "LOGICAL", "DISTRIBUTED", "VALIDATE", "IO"; "" when not given
  std::string format;  // Trino: "TEXT", "JSON", "GRAPHVIZ"; "" when not given
  std::string mode;    // Spark: "EXTENDED", "CODEGEN", "COST", "FORMATTED", "LOGICAL"; ""
};

struct Prepare {
  std::string name;
  StatementPtr statement;
  std::string text;  // of the statement
};
struct Execute {
  std::string name;
  std::vector<plan::ExpressionPtr> parameters;
  /// EXECUTE IMMEDIATE: the statement's text, and `name` is empty.
  plan::ExpressionPtr immediate = nullptr;
  std::vector<std::string> parameter_names = {};  // Spark: USING e AS name; "" where there is none
  std::vector<Name> into = {};                    // Spark
};
struct Deallocate {
  std::string name;
};

// ---- Writing.

/// Trino's CREATE TABLE .. AS. Spark's and Hive's are a CreateTable with a query.
struct CreateTableAs {
  Name name;
  bool if_not_exists = false;
  bool or_replace = false;
  std::vector<std::string> columns;  // names for the query's columns; empty: its own
  std::optional<std::string> comment;
  ExpressionProperties properties;
  plan::RelationPtr query;
  bool with_data = true;
};

struct Insert {
  Name table;
  std::vector<std::string> columns;
  plan::RelationPtr query;
  bool overwrite = false;             // Spark: INSERT OVERWRITE
  bool by_name = false;               // Spark: BY NAME
  bool if_not_exists = false;         // Spark: PARTITION (..) IF NOT EXISTS
  PartitionSpec partition;            // Spark
  plan::ExpressionPtr replace_where;  // Spark: REPLACE WHERE
  std::optional<std::string>
      directory;                 // Spark: INSERT OVERWRITE [LOCAL] DIRECTORY; table is empty
  std::string directory_format;  // its USING or STORED AS, lower case
  Properties directory_options;
};

struct Unload {
  plan::RelationPtr query;
  std::string location;
  ExpressionProperties properties;
};

struct Delete {
  Name table;
  std::string alias;
  plan::ExpressionPtr where;  // null: all rows
};
struct Assignment {
  Name column;
  plan::ExpressionPtr value;  // null: DEFAULT
};
struct Update {
  Name table;
  std::string alias;
  std::vector<Assignment> assignments;
  plan::ExpressionPtr where;
};
struct MergeClause {
  enum class When : std::uint8_t { kMatched, kNotMatched, kNotMatchedBySource };
  enum class Action : std::uint8_t { kUpdate, kDelete, kInsert };
  When when = When::kMatched;
  Action action = Action::kUpdate;
  plan::ExpressionPtr condition;            // AND ...; null: none
  std::vector<Assignment> assignments;      // of an UPDATE; empty with `star`
  std::vector<Name> columns;                // of an INSERT; empty: all
  std::vector<plan::ExpressionPtr> values;  // of an INSERT; null: DEFAULT
  bool star = false;                        // Spark: UPDATE SET *, INSERT *
};
struct Merge {
  Name target;
  std::string target_alias;
  plan::RelationPtr source;
  plan::ExpressionPtr condition;
  std::vector<MergeClause> clauses;
  bool with_schema_evolution = false;
};

// ---- Views.

struct ViewColumn {
  std::string name;
  std::optional<std::string> comment;
};
struct CreateView {
  Name name;
  bool or_replace = false;
  bool if_not_exists = false;
  bool temporary = false;
  bool global = false;
  bool alter = false;  // Spark: ALTER VIEW .. AS
  std::vector<ViewColumn> columns;
  std::optional<std::string> comment;
  Properties properties;
  plan::RelationPtr query;
  std::string query_text;  // as written
  /// Spark: CREATE TEMP VIEW v [(columns)] USING format OPTIONS (...); `query` is null then.
  std::string provider;
  Properties options;
  std::optional<plan::Schema> schema;
};
struct DropView {
  Name name;
  bool if_exists = false;
};

// ---- Databases.

struct CreateDatabase {
  Name name;
  bool if_not_exists = false;
  std::optional<std::string> comment;
  std::optional<std::string> location;
  Properties properties;
};
struct AlterDatabase {
  Name name;
  Properties set_properties;
  std::vector<std::string> unset_properties = {};
  std::optional<std::string> location;
};
struct DropDatabase {
  Name name;
  bool if_exists = false;
  bool cascade = false;
};
struct UseDatabase {
  Name name;
  bool catalog = false;  // Spark: SET CATALOG name
};

// ---- Tables.

struct ColumnDefinition {
  std::string name;
  plan::Type type;
  std::string type_text;  // the type as it was written, white space removed: what Glue keeps
  bool nullable = true;
  std::optional<std::string> comment;
  plan::ExpressionPtr default_value = nullptr;
  std::string default_text = {};  // as written
};

/// A partition column by name (`column`), by definition (Hive's PARTITIONED BY (dt string)), or a
/// transform of Iceberg: "year", "month", "day", "hour", "bucket", "truncate" with its argument.
struct PartitionField {
  std::optional<ColumnDefinition> definition;
  std::string column;
  std::string transform;  // "" for the identity
  std::optional<std::int64_t> argument;
};

struct SortColumn {
  std::string column;
  bool ascending = true;
};
/// CLUSTERED BY (columns) [SORTED BY (...)] INTO n BUCKETS.
struct Buckets {
  std::vector<std::string> columns;
  std::vector<SortColumn> sorted_by;
  std::int64_t count = 0;
};

/// ROW FORMAT DELIMITED: no value means the clause is not there. Escapes (\t, \001) are decoded.
struct DelimitedFormat {
  std::optional<std::string> fields;
  std::optional<std::string> escaped;
  std::optional<std::string> collection_items;
  std::optional<std::string> map_keys;
  std::optional<std::string> lines;
  std::optional<std::string> null_defined_as;
};

struct CreateTable {
  Name name;
  bool external = false;
  bool temporary = false;
  bool if_not_exists = false;
  bool or_replace = false;
  std::vector<ColumnDefinition> columns;
  std::optional<std::string> comment;
  std::vector<PartitionField> partitioned_by;
  std::optional<Buckets> buckets;
  std::vector<std::string> cluster_by = {};  // Spark: CLUSTER BY (columns)
  std::optional<DelimitedFormat> delimited;
  std::optional<std::string> serde;  // ROW FORMAT SERDE 'class'
  Properties serde_properties;
  std::string stored_as;  // upper case: "PARQUET", "TEXTFILE" ...; "" when not given
  std::optional<std::string> input_format;
  std::optional<std::string> output_format;
  std::optional<std::string> location;
  Properties properties;
  std::string provider;               // Spark: USING format, as written
  Properties options;                 // Spark: OPTIONS (...)
  plan::RelationPtr query = nullptr;  // AS SELECT
};

/// CREATE TABLE name LIKE source (Spark).
struct CreateTableLike {
  Name name;
  Name source;
  bool if_not_exists = false;
  std::string provider;
  std::optional<std::string> location;
  Properties properties;
};

struct AddPartitions {
  bool if_not_exists = false;
  struct Item {
    PartitionSpec spec;
    std::optional<std::string> location;
  };
  std::vector<Item> partitions;
};
struct DropPartitions {
  bool if_exists = false;
  bool purge = false;
  std::vector<PartitionSpec> partitions;
};
struct RenamePartition {
  PartitionSpec from;
  PartitionSpec to;
};
/// Where ALTER TABLE puts a column: at the end, FIRST or AFTER another.
struct ColumnPlace {
  bool first = false;
  std::string after;
};
struct AddColumns {
  struct Item {
    Name path;  // `a.b`: a field of a nested column
    ColumnDefinition column;
    ColumnPlace place;
  };
  bool if_not_exists = false;
  PartitionSpec partition;
  std::vector<Item> columns;
};
struct ReplaceColumns {
  std::vector<ColumnDefinition> columns;
};
struct ChangeColumn {
  Name column;
  std::optional<std::string> new_name;
  std::optional<plan::Type> type;
  std::string type_text;
  std::optional<std::string> comment;
  std::optional<bool> nullable;  // SET / DROP NOT NULL
  std::optional<ColumnPlace> place;
  plan::ExpressionPtr default_value = nullptr;
  std::string default_text = {};  // as written
  bool drop_default = false;
};
struct DropColumns {
  bool if_exists = false;
  std::vector<Name> columns;
};
struct RenameColumn {
  Name column;
  std::string new_name;
};
struct RenameTable {
  Name new_name;
  bool view = false;  // ALTER VIEW ... RENAME TO
};
struct SetLocation {
  PartitionSpec partition;  // empty: the table's
  std::string location;
};
struct SetTableProperties {
  Properties properties;
};
struct UnsetTableProperties {
  std::vector<std::string> keys;
  bool if_exists = false;
};
struct SetSerde {
  PartitionSpec partition;
  std::optional<std::string> serde;
  Properties properties;
};
struct RecoverPartitions {};

struct AlterTable {
  Name name;
  bool if_exists = false;
  bool view = false;  // ALTER VIEW
  std::variant<AddPartitions, DropPartitions, RenamePartition, AddColumns, ReplaceColumns,
               ChangeColumn, DropColumns, RenameColumn, RenameTable, SetLocation,
               SetTableProperties, UnsetTableProperties, SetSerde, RecoverPartitions>
      action;
};

struct DropTable {
  Name name;
  bool if_exists = false;
  bool purge = false;
};
struct TruncateTable {
  Name name;
  PartitionSpec partition;
};

/// MSCK REPAIR TABLE t [ADD | DROP | SYNC PARTITIONS].
struct RepairTable {
  Name name;
  bool add = true;
  bool drop = false;
};

/// Spark: ANALYZE TABLE t [PARTITION (..)] COMPUTE STATISTICS [NOSCAN | FOR COLUMNS ..].
struct AnalyzeTable {
  Name name;
  PartitionSpec partition;
  bool no_scan = false;
  bool all_columns = false;
  std::vector<std::string> columns = {};
};
/// Spark: ANALYZE TABLES [IN database] COMPUTE STATISTICS [NOSCAN].
struct AnalyzeTables {
  Name database;
  bool no_scan = false;
};
/// Spark: COMMENT ON {TABLE | DATABASE} name IS {'text' | NULL}.
struct CommentOn {
  bool database = false;
  Name name;
  std::string comment;
};

/// Athena: OPTIMIZE t REWRITE DATA USING BIN_PACK [WHERE ...], VACUUM t.
struct OptimizeTable {
  Name name;
  plan::ExpressionPtr where;
};
struct VacuumTable {
  Name name;
};

// ---- Looking. Patterns are as written: Hive's `'a*|b'`, Trino's LIKE with its escape.

struct ShowDatabases {
  Name in;  // Spark, Trino: of a catalog
  std::optional<std::string> pattern;
  std::optional<std::string> escape;
};
struct ShowTables {
  Name database;
  std::optional<std::string> pattern;
  std::optional<std::string> escape;
  bool extended = false;  // SHOW TABLE EXTENDED (Spark, Hive)
  PartitionSpec partition;
};
struct ShowViews {
  Name database;
  std::optional<std::string> pattern;
};
struct ShowColumns {
  Name table;
  std::optional<std::string> pattern;
  std::optional<std::string> escape;
};
struct ShowPartitions {
  Name table;
  PartitionSpec partition;
};
struct ShowCreate {
  enum class Kind : std::uint8_t { kTable, kView, kSchema, kMaterializedView, kFunction };
  Kind kind = Kind::kTable;
  Name name;
  bool as_serde = false;  // Spark
};
struct ShowTableProperties {
  Name table;
  std::optional<std::string> key;
};
struct ShowFunctions {
  std::optional<std::string> pattern;
  std::optional<std::string> escape;
  std::string scope;  // Spark: "USER", "SYSTEM", "ALL"; ""
  Name in;
};
struct ShowCatalogs {
  std::optional<std::string> pattern;
  std::optional<std::string> escape;
};
struct ShowSession {  // Trino: SHOW SESSION; Spark: SET -v
  std::optional<std::string> pattern;
};
struct ShowCurrentNamespace {};

struct Describe {
  enum class Kind : std::uint8_t {
    kTable,
    kQuery,
    kDatabase,
    kFunction,
    kInput,
    kOutput,
    kCatalog
  };
  Kind kind = Kind::kTable;
  Name name;
  bool extended = false;
  bool formatted = false;
  bool as_json = false;  // Spark 4
  PartitionSpec partition;
  Name column;  // DESCRIBE t c.field
  plan::RelationPtr query;
};

// ---- Spark's session.

struct SetConfig {
  std::string key;  // "" with no value: list everything
  std::optional<std::string> value;
};
struct ResetConfig {
  std::string key;  // "": all
};
struct SetTimeZone {
  bool local = false;
  plan::ExpressionPtr value;  // a string or an interval
};
/// DECLARE [OR REPLACE] VARIABLE names [type] [DEFAULT expression].
struct DeclareVariables {
  std::vector<Name> names;
  bool or_replace = false;
  std::optional<plan::Type> type;
  plan::ExpressionPtr default_value = nullptr;  // null: NULL
  std::string default_text;                     // as written
};
/// SET VARIABLE a = 1, b = DEFAULT; SET VARIABLE (a, b) = (query).
struct SetVariables {
  std::vector<Name> names;
  std::vector<plan::ExpressionPtr> values;  // one a name, null for DEFAULT; empty with a query
  plan::RelationPtr query = nullptr;
};
struct DropVariable {
  Name name;
  bool if_exists = false;
};
struct CacheTable {
  Name name;
  bool lazy = false;
  Properties options;
  plan::RelationPtr query;
};
struct UncacheTable {
  Name name;
  bool if_exists = false;
};
struct ClearCache {};
struct RefreshTable {
  Name name;
};
struct RefreshPath {
  std::string path;
};

/// A statement that the dialect has and owlet does not: known by name, its grammar not checked
/// further. Whoever runs it answers Reason::kNotImplemented with this name.
struct NotImplemented {
  std::string name;  // "GRANT", "CREATE FUNCTION", "MATCH_RECOGNIZE" ...
};

struct Statement {
  std::variant<Query, Explain, Prepare, Execute, Deallocate, CreateTableAs, Insert, Unload, Delete,
               Update, Merge, CreateView, DropView, CreateDatabase, AlterDatabase, DropDatabase,
               UseDatabase, CreateTable, CreateTableLike, AlterTable, DropTable, TruncateTable,
               RepairTable, AnalyzeTable, AnalyzeTables, CommentOn, OptimizeTable, VacuumTable,
               ShowDatabases, ShowTables, ShowViews, ShowColumns, ShowPartitions, ShowCreate,
               ShowTableProperties, ShowFunctions, ShowCatalogs, ShowSession, ShowCurrentNamespace,
               Describe, SetConfig, ResetConfig, SetTimeZone, DeclareVariables, SetVariables,
               DropVariable, CacheTable, UncacheTable, ClearCache, RefreshTable, RefreshPath,
               NotImplemented>
      node;
  /// How many `?` stand in the text.
  std::uint32_t num_parameters = 0;
};

}  // namespace owlet::sql
