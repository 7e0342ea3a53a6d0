#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "core/plan/expression.h"
#include "core/plan/functions.h"
#include "core/plan/relation.h"
#include "core/plan/types.h"

// The plan after the resolver: every column has an id, every expression a type, every coercion is
// an explicit cast, every function an overload. Nothing here depends on a session or on a name;
// core/ engine prints it as DuckDB SQL (lowering.h).

namespace owlet::plan {

/// A column of one statement: unique in it. Printed as `c<id>` to the engine.
using ColumnId = std::uint32_t;

struct Column {
  ColumnId id = 0;
  std::string name;  // as the client sees it; need not be unique
  Type type;
  bool nullable = true;
  std::string metadata = {};  // Spark's JSON, "" for none
};

struct Bound;
struct Node;
using BoundPtr = std::shared_ptr<const Bound>;
using NodePtr = std::shared_ptr<const Node>;

struct BoundColumn {
  ColumnId id = 0;  // of the input, or of an enclosing query (correlated)
};

struct BoundSort {
  BoundPtr expression;
  bool ascending = true;
  bool nulls_first = false;
};

/// A call of one overload with arguments of exactly its types.
struct BoundCall {
  const FunctionEntry* function = nullptr;
  std::vector<BoundPtr> arguments;
};

/// In an AggregateNode's or a WindowNode's list only.
struct BoundAggregate {
  const FunctionEntry* function = nullptr;
  std::vector<BoundPtr> arguments;
  bool distinct = false;
  bool ignore_nulls = false;
  BoundPtr filter;
  std::vector<BoundSort> order_by;
};

struct BoundFrameEdge {
  FrameBound bound = FrameBound::kCurrentRow;
  BoundPtr value;
};
struct BoundWindow {
  BoundAggregate function;
  std::vector<BoundPtr> partition_by;
  std::vector<BoundSort> order_by;
  std::optional<FrameUnit> unit;  // none: the default frame
  BoundFrameEdge start;
  BoundFrameEdge end;
};

/// kDialect is resolved away: kAnsi raises on a bad value (Trino's CAST, Spark's ANSI cast), kTry
/// gives NULL, kLegacy is Spark's non-ANSI cast.
struct BoundCast {
  BoundPtr input;
  CastMode mode = CastMode::kAnsi;
};

/// Field `index` of a row.
struct BoundField {
  BoundPtr input;
  std::size_t index = 0;
};

struct BoundLambda {
  std::vector<std::pair<ColumnId, Field>> parameters;  // ids of their own, printed `l<id>`
  BoundPtr body;
};
struct BoundLambdaVariable {
  ColumnId id = 0;
};

struct BoundCase {
  std::vector<std::pair<BoundPtr, BoundPtr>> branches;  // condition, result
  BoundPtr otherwise;                                   // null: NULL
};

struct BoundSubquery {
  SubqueryKind kind = SubqueryKind::kScalar;
  NodePtr query;
  std::vector<BoundPtr> left;
  std::string comparison;
  bool all = false;
  bool negated = false;
};

struct BoundPython {
  std::shared_ptr<const PythonFunction> function;
  std::vector<BoundPtr> arguments;
};

struct Bound {
  std::variant<Literal, BoundColumn, BoundCall, BoundAggregate, BoundWindow, BoundCast, BoundField,
               BoundLambda, BoundLambdaVariable, BoundCase, BoundSubquery, BoundPython>
      node;
  Type type;
  bool nullable = true;
  /// Errors raised while it runs name this place.
  std::shared_ptr<const Origin> origin = nullptr;
};

// ---- Nodes. Each lists its output columns; an input's columns are visible to its expressions
// only.

struct TableSource;

/// A partition of a catalog's table.
struct TablePartition {
  std::string location;         // "s3://bucket/prefix/"
  std::vector<Literal> values;  // of partition_schema, without the file columns
  /// How its files are read, where that is not how the table's are; same columns.
  std::shared_ptr<const TableSource> shape = nullptr;
};

/// What a statement asks about partitions. `keeps` is told values of the partition columns at
/// `columns`, a row each, and says which rows can matter to it; `equal_to` are the constants that
/// a column is compared to by = or IN, where the statement has such a condition.
struct PartitionQuestion {
  std::function<Result<std::vector<bool>>(const std::vector<std::size_t>& columns,
                                          const std::vector<std::vector<Literal>>& rows)>
      keeps;
  std::map<std::size_t, std::vector<Literal>> equal_to;
};

/// Where the partitions of a table are looked up when a statement runs: only then is it known
/// which it needs. Immutable, thread-safe.
class PartitionIndex {
 public:
  virtual ~PartitionIndex() = default;
  [[nodiscard]] virtual Result<std::vector<TablePartition>> Find(
      const PartitionQuestion& question) const = 0;
};

/// A column that the reader makes up for each file.
enum class FileColumn : std::uint8_t { kPath, kSize, kModifiedTime, kPartition, kBucket };

/// Where rows come from outside: a catalog table or files. Schema and partitions are final; the
/// engine lists objects and reads them. `file_schema` then `partition_schema` are the columns.
struct TableSource {
  using Partition = TablePartition;
  std::string format;  // "parquet", "json", "csv", "text", "avro", "orc"
  Schema file_schema;
  Schema partition_schema;
  /// The last columns of partition_schema, in order: named only, never in `*`.
  std::vector<FileColumn> file_columns = {};
  /// Paths or prefixes, unpartitioned; or one entry a partition; or where to find those.
  std::vector<std::string> paths;
  std::vector<Partition> partitions;
  std::shared_ptr<const PartitionIndex> index = nullptr;
  Options options;  // the format's, in the dialect's own names
  Dialect dialect = Dialect::kSpark;
  std::string table_name;  // "db.table" for messages; "" for files
};

struct ScanNode {
  std::shared_ptr<const TableSource> source;
  /// The fields read, as positions in file_schema ++ partition_schema; same length as the columns.
  std::vector<std::size_t> fields;
};
struct LocalNode {
  std::shared_ptr<const std::string> arrow_ipc;  // null: no rows
};
struct ValuesNode {
  std::vector<std::vector<BoundPtr>> rows;  // no columns and one empty row: FROM-less SELECT
};
struct RangeNode {
  std::int64_t start = 0, end = 0, step = 1;
};
struct ProjectNode {
  NodePtr input;
  std::vector<BoundPtr> expressions;  // one a column
};
struct FilterNode {
  NodePtr input;
  BoundPtr condition;
};
struct SortNode {
  NodePtr input;
  std::vector<BoundSort> orders;
};
struct LimitNode {
  NodePtr input;
  std::optional<std::int64_t> limit;
  std::int64_t offset = 0;
  std::vector<BoundSort> ties;  // not empty: WITH TIES over this order
  bool from_end = false;        // the last `limit` rows
};
/// Output: the keys, then the aggregates, then one bigint GROUPING() bit set when there are several
/// sets and `grouping_id` is set. Each set lists positions in `keys`.
struct AggregateNode {
  NodePtr input;
  std::vector<BoundPtr> keys;
  std::vector<std::vector<std::size_t>> sets;
  std::vector<BoundPtr> aggregates;  // BoundAggregate, all
  bool grouping_id = false;
};
/// Output: the input's columns, then one a window.
struct WindowNode {
  NodePtr input;
  std::vector<BoundPtr> windows;  // BoundWindow, all
};
struct JoinNode {
  NodePtr left;
  NodePtr right;
  JoinKind kind = JoinKind::kInner;
  BoundPtr condition;  // null: none
  bool lateral = false;
};
/// Both inputs have the same number and types of columns.
struct SetNode {
  NodePtr left;
  NodePtr right;
  SetKind kind = SetKind::kUnion;
  bool all = false;
};
/// Without `keys`: all columns.
struct DistinctNode {
  NodePtr input;
  std::vector<ColumnId> keys;
};
/// Output: the input's columns, then the generator's. `outer`: a row of NULLs where it makes none.
struct UnnestNode {
  NodePtr input;
  std::vector<BoundPtr> collections;  // arrays and maps, side by side
  bool with_ordinality = false;
  bool outer = false;
  bool ordinality_first = false;  // posexplode
  bool zero_based = false;
  /// Arrays of rows give one column a field (inline, Trino's UNNEST) instead of one a row.
  bool expand_rows = false;
};
struct SampleNode {
  NodePtr input;
  double fraction = 1.0;
  bool with_replacement = false;
  std::optional<std::int64_t> seed;
  SampleMethod method = SampleMethod::kBernoulli;
};
/// A common table used more than once, or recursive: `body` refers to it by CteReference.
struct CteNode {
  std::uint32_t cte = 0;
  NodePtr definition;
  NodePtr recursive_step;  // null when it is none
  bool union_all = true;
  NodePtr body;
};
struct CteReference {
  std::uint32_t cte = 0;
};
/// Relations that only Python computes (mapInPandas ...) get their node when they are built.

struct Node {
  std::variant<ScanNode, LocalNode, ValuesNode, RangeNode, ProjectNode, FilterNode, SortNode,
               LimitNode, AggregateNode, WindowNode, JoinNode, SetNode, DistinctNode, UnnestNode,
               SampleNode, CteNode, CteReference>
      node;
  std::vector<Column> columns;
};

/// The schema a client is told.
Schema SchemaOf(const Node& node);

}  // namespace owlet::plan
