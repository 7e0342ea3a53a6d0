#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/engine/engine.h"
#include "core/engine/query_executor.h"
#include "core/engine/runtime.h"
#include "core/engine/statement_state.h"
#include "core/store/object_store.h"

namespace owlet::engine {

/// One write of a query's rows into files, published in one commit. Names and contents of the
/// files are Spark's or Trino's, as the specification says. Used once, by one thread.
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
    PartitionText partition;
    std::optional<std::size_t> bucket;
    std::string extension;
    store::StagedBody body;
    std::uint64_t num_rows = 0;
  };
  struct OpenFile;
  /// Which file a row belongs to.
  using FileKey = std::pair<PartitionText, std::optional<std::size_t>>;

  [[nodiscard]] Status CheckColumns();
  [[nodiscard]] Status CheckTypes() const;
  [[nodiscard]] Status FindBucketColumns();
  [[nodiscard]] Status FindTarget(const ExecutionContext& context, bool& exists);
  [[nodiscard]] std::string BucketSql(const std::vector<plan::Column>& columns) const;
  [[nodiscard]] Status WriteParquet(const std::string& sql,
                                    const std::vector<plan::Column>& columns,
                                    const duckdb::shared_ptr<StatementState>& state);
  [[nodiscard]] std::string ParquetOptions(const struct ParquetCodec& codec,
                                           const plan::Schema& written,
                                           const std::string& keys) const;
  void StageParquet(const std::string& target, const std::string& extension,
                    std::map<std::string, store::StagedBody> bodies);
  [[nodiscard]] Status WriteRows(QueryExecutor::Slot slot, std::string sql,
                                 const std::vector<plan::Column>& columns,
                                 const duckdb::shared_ptr<StatementState>& state);
  [[nodiscard]] Status CheckOpenWriters(std::size_t writers) const;
  [[nodiscard]] Result<WriteResult> Publish(const StatementState& state);
  [[nodiscard]] Status StageOne(StagedFile& file, std::size_t number,
                                store::Publication& publication, WriteResult& result) const;
  [[nodiscard]] bool IsPartition(std::size_t column) const;
  [[nodiscard]] std::string FileName(const StagedFile& file, std::size_t number) const;
  [[nodiscard]] static std::string FolderOf(const PartitionText& partition);

  Runtime& runtime_;
  store::ObjectStore& objects_;
  const WriteSpec& spec_;
  const plan::Schema schema_;
  std::string format_;
  std::vector<std::size_t> partition_columns_;
  std::vector<std::size_t> bucket_columns_;
  std::string target_;  // the path with its scheme
  std::string job_;     // the id in the files' names
  std::optional<store::BucketName> bucket_;
  std::string prefix_;  // of the target's keys, with a slash at its end
  std::vector<StagedFile> staged_;
  std::uint64_t num_rows_ = 0;
};

}  // namespace owlet::engine
