#include "core/engine/runtime.h"

#include <fmt/format.h>

#include <new>

#include "core/engine/avro_scan.h"
#include "core/engine/engine_memory.h"
#include "core/engine/error_carrying.h"
#include "core/engine/functions/registration.h"
#include "core/engine/hive_bucket.h"
#include "core/engine/local_scan.h"
#include "core/engine/parquet_scan.h"
#include "core/engine/store_file_system.h"
#include "core/engine/text_scan.h"

namespace owlet::engine {

namespace {

constexpr const char* kDuckDbVersion = "v1.5.5";

void Set(duckdb::DBConfig& config, const char* name, const duckdb::Value& value) {
  config.SetOptionByName(name, value);
}

void Configure(duckdb::DBConfig& config, const EngineOptions& options, const MemoryBudget& memory) {
  Set(config, "autoinstall_known_extensions", false);
  Set(config, "autoload_known_extensions", false);
  Set(config, "allow_community_extensions", false);
  Set(config, "arrow_output_version", "1.0");
  // Spark's rows come in the order of its files; DuckDB keeps that order only if asked to.
  Set(config, "preserve_insertion_order", true);
  // Bytes of the store are counted for the statement that reads them, each time it does.
  Set(config, "enable_external_file_cache", false);
  // What the buffer pool takes counts in the engine's share too; it spills before that is full, so
  // that there is room for vectors.
  Set(config, "memory_limit", fmt::format("{}B", memory.limit(MemoryShare::kEngine) / 4 * 3));
  if (options.threads > 0) {
    Set(config, "threads", duckdb::Value::BIGINT(options.threads));
  }
  if (!options.spill_folder.empty()) {
    Set(config, "temp_directory", options.spill_folder.string());
  }
}

void Run(duckdb::Connection& connection, const char* sql) {
  auto result = connection.Query(sql);
  if (result->HasError()) result->ThrowError();
}

}  // namespace

Result<std::unique_ptr<Runtime>> Runtime::Open(const EngineOptions& options) {
  if (std::string_view(duckdb::DuckDB::LibraryVersion()) != kDuckDbVersion) {
    return Fail(Reason::kVersionMismatch,
                fmt::format("owlet was built for DuckDB {}; the libduckdb.so it found is {}",
                            kDuckDbVersion, duckdb::DuckDB::LibraryVersion()));
  }
  const std::shared_ptr<MemoryBudget> memory =
      options.memory ? options.memory : std::make_shared<MemoryBudget>(MachineMemory());
  return StopExceptions([&]() -> Result<std::unique_ptr<Runtime>> {
    duckdb::DBConfig config;
    config.allocator = CountEngineMemory(memory);
    Configure(config, options, *memory);
    auto database = std::make_unique<duckdb::DuckDB>(nullptr, &config);
    duckdb::DatabaseInstance& instance = *database->instance;
    instance.GetFileSystem().RegisterSubSystem(duckdb::make_uniq<StoreFileSystem>());
    OWLET_CHECK_OK(RegisterDialectFunctions(instance));
    duckdb::Connection connection(*database);
    connection.BeginTransaction();
    RegisterLocalScan(*connection.context);
    RegisterParquetScan(*connection.context);
    RegisterTextScan(*connection.context);
    RegisterAvroScan(*connection.context);
    RegisterHiveBucket(*connection.context);
    connection.Commit();
    // From here on nothing outside of the store can be reached, whatever a statement says.
    Run(connection, "SET GLOBAL TimeZone = 'UTC'");
    Run(connection, "SET GLOBAL allowed_directories = ['s3://', 'hdfs://', 'file:///']");
    Run(connection, "SET GLOBAL enable_external_access = false");
    Run(connection, "SET GLOBAL lock_configuration = true");
    std::shared_ptr<scan::ColumnCache> columns;
    if (options.cache_bytes > 0) {
      columns = std::make_shared<scan::ColumnCache>(scan::ColumnCache::Options{
          .folder = options.cache_folder, .disk_bytes = options.cache_bytes, .memory = memory});
    }
    return std::unique_ptr<Runtime>(new Runtime(std::move(database), memory, std::move(columns)));
  });
}

Error CurrentExceptionError() {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return {Reason::kOutOfMemory, "the statement needs more memory than the engine may use"};
  } catch (const std::exception& exception) {
    return DecodeEngineError(duckdb::ErrorData(exception)).error;
  } catch (...) {
    return {Reason::kInternal, "an unknown exception in the engine"};
  }
}

}  // namespace owlet::engine
