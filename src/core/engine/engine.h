#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/engine/progress_meter.h"
#include "core/plan/resolved.h"
#include "core/plan/resolver.h"
#include "core/plan/session.h"

struct ArrowArray;  // the Arrow C data interface
struct ArrowSchema;

namespace owlet {
class MemoryBudget;
}
namespace owlet::access {
struct Principal;
}
namespace owlet::kv {
class Transaction;
}
namespace owlet::store {
class ObjectStore;
}
namespace owlet::catalog {
class Catalog;
}

// The engine as the rest of owlet sees it: resolved plans in, Arrow batches out. No DuckDB header
// stands here.

namespace owlet::engine {

struct EngineOptions {
  std::filesystem::path spill_folder;
  std::shared_ptr<MemoryBudget> memory;  // none: one of the machine's size
  int threads = 0;                       // 0: all cores
  /// Where columns of text files are kept that were read before, and how many bytes of them at
  /// most; 0: none.
  std::filesystem::path cache_folder = {};
  std::uint64_t cache_bytes = 0;
};

/// Rows of a result in the Arrow C data interface: one struct array whose children are the columns
/// of the plan, in its order, with Spark's physical types (arrow_types.h says which).
class Batch {
 public:
  explicit Batch(std::shared_ptr<ArrowArray> array, std::int64_t num_rows)
      : array_(std::move(array)), num_rows_(num_rows) {}
  [[nodiscard]] const ArrowArray& array() const { return *array_; }
  [[nodiscard]] std::int64_t num_rows() const { return num_rows_; }

 private:
  std::shared_ptr<ArrowArray> array_;  // released with the last owner
  std::int64_t num_rows_;
};

/// The rows of one running statement, pulled by one thread at a time. Destroying it ends the
/// statement. Errors raised by the data come with the dialect's condition.
class ResultStream {
 public:
  virtual ~ResultStream() = default;
  [[nodiscard]] virtual const plan::Schema& schema() const = 0;
  /// The next rows, or nothing at the end. Blocks; returns kCancelled soon after a stop request.
  [[nodiscard]] virtual Result<std::optional<Batch>> Next() = 0;
  [[nodiscard]] virtual QueryProgress progress() const = 0;
};

/// Everything a statement runs under.
struct ExecutionContext {
  std::shared_ptr<const access::Principal> principal;
  plan::SessionSettings session;
  std::stop_token stop;
  std::string query_id;  // for the log and the spill files
  /// Counts what is read, for whoever looks on; none: the statement has its own.
  std::shared_ptr<ProgressMeter> meter = nullptr;
};

enum class WriteMode : std::uint8_t { kAppend, kOverwrite, kErrorIfExists, kIgnore };

/// A Spark DataFrameWriter, or the files of CTAS, INSERT and UNLOAD.
struct WriteResult;
/// A partition's columns with the values as in its folder; nothing for NULL.
using PartitionText = std::vector<std::pair<std::string, std::optional<std::string>>>;
/// How the files of a write are called: Spark's part-00000-<uuid>-c000.<ext>, Trino's
/// <query>_<uuid> and, of buckets, 000000_0_<uuid>_<query>.
enum class FileNames : std::uint8_t { kSpark, kTrino };

struct WriteSpec {
  std::string format;  // "parquet", "csv", "json", "text", "avro", "orc"
  std::string path;    // "s3://bucket/prefix"
  WriteMode mode = WriteMode::kErrorIfExists;
  std::vector<std::string> partition_by;  // column names, matched by the session's case rule
  plan::Options options;
  bool success_file = true;        // Spark's _SUCCESS
  bool dynamic_overwrite = false;  // spark.sql.sources.partitionOverwriteMode=dynamic
  /// kOverwrite, not dynamic: the folders whose files go; empty: `path`.
  std::vector<std::string> replaced_folders = {};
  FileNames names = FileNames::kSpark;
  std::string file_prefix;  // kTrino: the query's id in the names; kSpark: made by the writer
  /// Hive's buckets: the columns whose hash tells the file of a row, and how many there are.
  std::vector<std::string> bucket_by = {};
  std::size_t bucket_count = 0;
  std::size_t max_open_writers = 0;  // partitions times buckets; 0: any number
  /// Where the files of a partition lie, if not in its folder below `path`.
  std::function<std::optional<std::string>(const PartitionText&)> partition_location = nullptr;

  /// Runs inside the commit that publishes the files (store::Publication::Edit): the catalog's
  /// edits that belong to them. An error stops the whole write. The result is complete by then.
  std::function<Status(kv::Transaction&, const WriteResult&)> on_publish = nullptr;
};

struct WrittenFile {
  std::string path;  // "s3://bucket/key"
  std::uint64_t size_bytes = 0;
  std::uint64_t num_rows = 0;
  PartitionText partition;
};

struct WriteResult {
  std::vector<WrittenFile> files;
  std::uint64_t num_rows = 0;
  QueryProgress progress;
};

/// One engine a process: runs resolved plans on DuckDB over the object store. Thread-safe.
class Engine {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Engine>> Open(EngineOptions options,
                                                            store::ObjectStore& objects,
                                                            catalog::Catalog& catalog);
  virtual ~Engine() = default;

  /// What the resolver asks while it resolves a statement of this context: catalog tables, files
  /// with inferred schemas, Arrow schemas. Temporary views are the session's, put in front of it.
  [[nodiscard]] virtual std::unique_ptr<plan::RelationSource> Source(
      const ExecutionContext& context) = 0;

  [[nodiscard]] virtual Result<std::unique_ptr<ResultStream>> Execute(
      const plan::NodePtr& query, const ExecutionContext& context) = 0;

  /// Runs the query into files and publishes them in one commit; readers see all or nothing.
  [[nodiscard]] virtual Result<WriteResult> Write(const plan::NodePtr& query, const WriteSpec& spec,
                                                  const ExecutionContext& context) = 0;

  /// Deletes all objects below a folder ("s3://bucket/prefix/") together with the catalog's edits
  /// of `on_publish`, in one commit. The folder need not be there.
  [[nodiscard]] virtual Status RemoveFolder(
      const std::string& folder, const ExecutionContext& context,
      const std::function<Status(kv::Transaction&)>& on_publish) = 0;

  /// The addresses of the files that a source reads, in their order.
  [[nodiscard]] virtual Result<std::vector<std::string>> ListFiles(
      const plan::TableSource& source, const ExecutionContext& context) = 0;

  /// The SQL text that DuckDB would get, and DuckDB's own plan, for `owlet explain`.
  [[nodiscard]] virtual Result<std::string> Explain(const plan::NodePtr& query,
                                                    const ExecutionContext& context) = 0;
};

}  // namespace owlet::engine
