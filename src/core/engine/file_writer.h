#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/engine/engine.h"
#include "core/engine/query_executor.h"
#include "core/engine/runtime.h"
#include "core/engine/statement_state.h"
#include "core/store/object_store.h"

namespace owlet::engine {

/// One write of a query's rows into files, published in one commit. Names, folders and contents of
/// the files are Spark's. Used once, by one thread.
class FileWriter {
 public:
  FileWriter(Runtime& runtime, store::ObjectStore& objects, const WriteSpec& spec,
             plan::Schema schema)
      : runtime_(runtime), objects_(objects), spec_(spec), schema_(std::move(schema)) {}

  /// Checks the target and the columns before the query runs; false when there is nothing to do
  /// (mode "ignore" and the target exists). PATH_ALREADY_EXISTS, DATATYPE conditions.
  [[nodiscard]] Result<bool> Begin(const ExecutionContext& context);

  /// Runs `sql`, whose columns are `c<id>` of `columns`.
  [[nodiscard]] Result<WriteResult> Run(QueryExecutor::Slot slot, const std::string& sql,
                                        const std::vector<plan::Column>& columns,
                                        duckdb::shared_ptr<StatementState> state);

 private:
  struct StagedFile {
    std::string name;  // below the target, with its folders
    store::StagedBody body;
    WrittenFile written;
  };

  [[nodiscard]] Status CheckColumns();
  [[nodiscard]] Status WriteParquet(const std::string& sql,
                                    const std::vector<plan::Column>& columns,
                                    const duckdb::shared_ptr<StatementState>& state);
  [[nodiscard]] Status WriteText(QueryExecutor::Slot slot, const std::string& sql,
                                 const duckdb::shared_ptr<StatementState>& state);
  [[nodiscard]] Result<WriteResult> Publish(const StatementState& state);
  [[nodiscard]] bool IsPartition(std::size_t column) const;
  [[nodiscard]] std::string FileName(std::size_t number, const std::string& extension) const;
  [[nodiscard]] std::string FolderOf(
      const std::vector<std::pair<std::string, std::optional<std::string>>>& partition) const;

  Runtime& runtime_;
  store::ObjectStore& objects_;
  const WriteSpec& spec_;
  const plan::Schema schema_;
  std::string format_;
  std::string codec_;
  std::vector<std::size_t> partition_columns_;
  std::string job_;  // the id in the files' names
  std::optional<store::BucketName> bucket_;
  std::string prefix_;  // of the target's keys, with a slash at its end
  std::vector<StagedFile> staged_;
  std::uint64_t num_rows_ = 0;
};

}  // namespace owlet::engine
