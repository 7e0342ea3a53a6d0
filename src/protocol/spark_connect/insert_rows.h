#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "core/catalog/model.h"
#include "core/plan/relation.h"
#include "core/sql/statement.h"

namespace owlet::spark_connect {

/// Where the rows of an INSERT go.
struct InsertPlace {
  sql::Name table;
  bool overwrite = false;
  bool by_name = false;                   // by the names of the rows' columns
  std::vector<std::string> columns = {};  // by these names; the others get their defaults
  sql::PartitionSpec partition = {};      // partitions that are the same for all rows
  bool if_not_exists = false;             // nothing happens when the partition is there
};

/// The rows of an INSERT as the table wants them: its columns in their order, under its names, in
/// its types by Spark's rules of assignment (spark.sql.storeAssignmentPolicy=ANSI), with defaults
/// where none are given. `target` is the table's columns, the partition keys last; `data` the
/// query's. Errors are Spark's: INSERT_COLUMN_ARITY_MISMATCH.*, INCOMPATIBLE_DATA_FOR_TABLE.*,
/// PARTITIONS_NOT_FOUND and their kin.
[[nodiscard]] Result<plan::RelationPtr> FitRows(const catalog::Table& table,
                                                const plan::Schema& target,
                                                const InsertPlace& place,
                                                const plan::RelationPtr& query,
                                                const plan::Schema& data);

/// The query with the word DEFAULT in its rows replaced by the defaults of the columns they go to.
[[nodiscard]] Result<plan::RelationPtr> FillDefaults(const catalog::Table& table,
                                                     const plan::Schema& target,
                                                     const InsertPlace& place,
                                                     const plan::RelationPtr& query);

/// What a column's metadata says of its default; null where there is none.
[[nodiscard]] Result<plan::ExpressionPtr> DefaultOf(const plan::Field& field);

/// What the message of a text that is too long for its column begins with; the limit follows.
inline constexpr char kTooLong[] = "EXCEED_LIMIT_LENGTH:";

/// "`spark_catalog`.`db`.`t`".
[[nodiscard]] std::string QuotedTable(const catalog::Table& table);

}  // namespace owlet::spark_connect
