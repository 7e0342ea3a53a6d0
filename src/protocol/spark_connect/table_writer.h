#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "core/catalog/model.h"
#include "core/engine/engine.h"
#include "core/plan/relation.h"
#include "core/sql/statement.h"
#include "protocol/spark_connect/insert_rows.h"
#include "protocol/spark_connect/new_table.h"
#include "protocol/spark_connect/plan_executor.h"

namespace owlet::spark_connect {

/// Writes rows into tables of the catalog: files and the catalog's change in one commit. Used by
/// one thread. Errors are Spark's: TABLE_OR_VIEW_ALREADY_EXISTS, TABLE_OR_VIEW_NOT_FOUND,
/// INSERT_COLUMN_ARITY_MISMATCH.*; a provider that files are not written in is kNotImplemented.
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
  /// "`spark_catalog`.`db`.`t`", in the current database where the name has none.
  [[nodiscard]] std::string QuotedName(const sql::Name& name) const;
  /// Adds rows, or replaces those that are there: with constant partitions those of them.
  [[nodiscard]] Status Insert(const InsertPlace& place, const plan::RelationPtr& query);

 private:
  /// Whether rows that are appended by name have the table's format, columns and partitions.
  [[nodiscard]] Status CheckAppend(const catalog::Table& table, const NewTable& wanted,
                                   const plan::RelationPtr& query) const;
  [[nodiscard]] catalog::TableName Qualified(const sql::Name& name) const;
  [[nodiscard]] Result<std::optional<catalog::Table>> Find(const sql::Name& name) const;
  [[nodiscard]] Result<std::string> LocationFor(const NewTable& table) const;
  [[nodiscard]] Result<catalog::Table> Describe(const NewTable& table,
                                                const plan::Schema& schema) const;
  /// How the files of rows for the table are written, and which of it they replace.
  [[nodiscard]] Result<engine::WriteSpec> SpecFor(const catalog::Table& table,
                                                  const InsertPlace& place,
                                                  std::vector<catalog::Partition>& replaced) const;
  [[nodiscard]] Result<plan::NodePtr> Resolve(const plan::RelationPtr& query) const;

  Services& services_;
  std::shared_ptr<Session> session_;
  const engine::ExecutionContext& context_;
};

}  // namespace owlet::spark_connect
