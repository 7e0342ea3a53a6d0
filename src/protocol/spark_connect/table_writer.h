#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/catalog/model.h"
#include "core/engine/engine.h"
#include "core/plan/relation.h"
#include "core/sql/statement.h"
#include "protocol/spark_connect/plan_executor.h"

namespace owlet::spark_connect {

/// What saveAsTable and CREATE TABLE say of a new table beside its columns.
struct NewTable {
  sql::Name name;
  std::string provider = "parquet";
  std::string location = {};  // "": below the database's location, or spark.sql.warehouse.dir
  std::vector<std::string> partition_by = {};
  std::string comment = {};
  plan::Options options = {};
};

/// Writes rows into tables of the catalog: files and the catalog's change in one commit. Used by
/// one thread. Errors are Spark's: TABLE_OR_VIEW_ALREADY_EXISTS, TABLE_OR_VIEW_NOT_FOUND,
/// INSERT_COLUMN_ARITY_MISMATCH.*; a provider other than parquet and json is kNotImplemented.
class TableWriter {
 public:
  TableWriter(Services& services, std::shared_ptr<Session> session,
              const engine::ExecutionContext& context)
      : services_(services), session_(std::move(session)), context_(context) {}

  /// Makes the table with the query's columns and rows. Where it is there already, the mode
  /// decides: refuse, ignore, replace it, or append by column name.
  [[nodiscard]] Status Save(const NewTable& table, const plan::RelationPtr& query,
                            engine::WriteMode mode);
  /// Makes an empty table.
  [[nodiscard]] Status Create(const NewTable& table, const plan::Schema& schema,
                              bool if_not_exists);
  /// Adds rows by position, or by name; `overwrite` replaces those that are there.
  [[nodiscard]] Status Insert(const sql::Name& name, const plan::RelationPtr& query, bool overwrite,
                              bool by_name);

 private:
  [[nodiscard]] catalog::TableName Qualified(const sql::Name& name) const;
  [[nodiscard]] Result<std::optional<catalog::Table>> Find(const sql::Name& name) const;
  [[nodiscard]] Result<std::string> LocationFor(const NewTable& table) const;
  [[nodiscard]] Result<catalog::Table> Describe(const NewTable& table,
                                                const plan::Schema& schema) const;
  [[nodiscard]] Result<plan::NodePtr> Resolve(const plan::RelationPtr& query) const;

  Services& services_;
  std::shared_ptr<Session> session_;
  const engine::ExecutionContext& context_;
};

}  // namespace owlet::spark_connect
