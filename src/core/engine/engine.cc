#include "core/engine/engine.h"

#include <thread>

#include "core/catalog/catalog.h"
#include "core/engine/file_listing.h"
#include "core/engine/file_writer.h"
#include "core/engine/lowering.h"
#include "core/engine/place_path.h"
#include "core/engine/python_engine.h"
#include "core/engine/query_executor.h"
#include "core/engine/relation_source.h"
#include "core/engine/result_stream.h"
#include "core/engine/runtime.h"
#include "core/engine/statement_leaves.h"

namespace owlet::engine {

namespace {

// Statements that run at once share DuckDB's threads; those that wait hold nothing but their plan.
constexpr int kMaxRunning = 16;
constexpr int kMaxWaiting = 256;

class DuckDbEngine final : public Engine {
 public:
  DuckDbEngine(std::unique_ptr<Runtime> runtime, int threads,
               std::shared_ptr<python::FunctionWorkers> python_workers, store::ObjectStore& objects,
               catalog::Catalog& catalog)
      : runtime_(std::move(runtime)),
        threads_(threads),
        python_workers_(std::move(python_workers)),
        objects_(objects),
        catalog_(catalog),
        executor_(kMaxRunning, kMaxWaiting) {}

  std::unique_ptr<plan::RelationSource> Source(const ExecutionContext& context) override {
    return std::make_unique<EngineRelationSource>(*this, *runtime_, objects_, catalog_, schemas_,
                                                  threads_, context);
  }

  Result<std::unique_ptr<ResultStream>> Execute(const plan::NodePtr& query,
                                                const ExecutionContext& context) override {
    OWLET_TRY(QueryExecutor::Slot slot, executor_.Enter(context.stop));
    OWLET_TRY(Prepared prepared, Prepare(query, context));
    OWLET_TRY(auto stream,
              DuckDbResultStream::Start(*runtime_, std::move(slot), prepared.sql,
                                        plan::SchemaOf(*query), std::move(prepared.state)));
    return std::unique_ptr<ResultStream>(std::move(stream));
  }

  Result<WriteResult> Write(const plan::NodePtr& query, const WriteSpec& spec,
                            const ExecutionContext& context) override {
    OWLET_TRY(QueryExecutor::Slot slot, executor_.Enter(context.stop));
    FileWriter writer(*runtime_, objects_, spec, plan::SchemaOf(*query));
    OWLET_TRY(const bool needed, writer.Begin(context));
    if (!needed) return WriteResult{};
    OWLET_TRY(Prepared prepared, Prepare(query, context));
    return writer.Run(std::move(slot), prepared.sql, query->columns, std::move(prepared.state));
  }

  Result<std::vector<std::string>> ListFiles(const plan::TableSource& source,
                                             const ExecutionContext& context) override {
    const FileListing listing(objects_, *context.principal);
    std::vector<plan::TablePartition> partitions;
    if (source.index != nullptr) {
      const plan::PartitionQuestion all{
          .keeps = [](const auto&, const auto& rows) -> Result<std::vector<bool>> {
            return std::vector<bool>(rows.size(), true);
          }};
      OWLET_TRY(partitions, source.index->Find(all));
    }
    OWLET_TRY(const std::vector<ListedFile> files, listing.List(source, partitions));
    std::vector<std::string> uris;
    for (const ListedFile& file : files) uris.push_back(file.uri);
    return uris;
  }

  Status RemoveFolder(const std::string& folder, const ExecutionContext& context,
                      const std::function<Status(kv::Transaction&)>& on_publish) override {
    OWLET_TRY(const std::string placed, PlacePath(folder, context.session));
    OWLET_TRY(store::BucketAddress address, store::BucketAddress::Parse(placed));
    if (address.bucket.IsScratch()) OWLET_CHECK_OK(objects_.OpenScratch(address.bucket));
    if (!address.rest.empty() && !address.rest.ends_with('/')) address.rest += '/';
    store::Publication publication = objects_.Begin(*context.principal);
    publication.DeletePrefix(address.bucket, address.rest);
    if (on_publish) publication.Edit(on_publish);
    OWLET_TRY([[maybe_unused]] const auto published, publication.Commit());
    return {};
  }

  Result<std::string> Explain(const plan::NodePtr& query,
                              const ExecutionContext& context) override {
    OWLET_TRY(QueryExecutor::Slot slot, executor_.Enter(context.stop));
    OWLET_TRY(Prepared prepared, Prepare(query, context));
    return StopExceptions([&]() -> Result<std::string> {
      auto connection = runtime_->Connect();
      connection->context->registered_state->Insert(StatementState::kKey, prepared.state);
      auto result = connection->Query("EXPLAIN " + prepared.sql);
      if (result->HasError()) return Fail(prepared.state->Describe(result->GetErrorObject()));
      std::string text = prepared.sql + "\n\n";
      for (duckdb::idx_t row = 0; row < result->RowCount(); ++row) {
        text += result->GetValue(1, row).ToString() + "\n";
      }
      return text;
    });
  }

 private:
  struct Prepared {
    std::string sql;
    duckdb::shared_ptr<StatementState> state;
  };

  Result<Prepared> Prepare(const plan::NodePtr& query, const ExecutionContext& context) {
    auto state = duckdb::make_shared_ptr<StatementState>(
        context, objects_, runtime_->memory().limit(MemoryShare::kEngine), runtime_->columns());
    StatementLeaves leaves(*runtime_, *state, query);
    OWLET_TRY(LoweredQuery lowered, LowerToSql(query, context.session, leaves));
    state->origins() = std::move(lowered.origins);
    state->pythons() = std::move(lowered.pythons);
    state->python_workers() = python_workers_;
    return Prepared{std::move(lowered.sql), std::move(state)};
  }

  std::unique_ptr<Runtime> runtime_;
  const int threads_;
  const std::shared_ptr<python::FunctionWorkers> python_workers_;
  store::ObjectStore& objects_;
  catalog::Catalog& catalog_;
  SchemaCache schemas_;
  QueryExecutor executor_;
};

}  // namespace

Result<std::unique_ptr<Engine>> Engine::Open(EngineOptions options, store::ObjectStore& objects,
                                             catalog::Catalog& catalog) {
  return OpenWithPython(std::move(options), nullptr, objects, catalog);
}

Result<std::unique_ptr<Engine>> OpenWithPython(EngineOptions options,
                                               std::shared_ptr<python::FunctionWorkers> workers,
                                               store::ObjectStore& objects,
                                               catalog::Catalog& catalog) {
  OWLET_TRY(std::unique_ptr<Runtime> runtime, Runtime::Open(options));
  const int threads = options.threads > 0
                          ? options.threads
                          : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  return std::unique_ptr<Engine>(std::make_unique<DuckDbEngine>(
      std::move(runtime), threads, std::move(workers), objects, catalog));
}

}  // namespace owlet::engine
