#pragma once

#include <list>
#include <map>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "core/catalog/catalog.h"
#include "core/engine/engine.h"
#include "core/engine/runtime.h"
#include "core/store/object_store.h"

namespace owlet::engine {

/// Schemas that were inferred, by the format, the options and the versions of the files: as long as
/// the objects are the same, so is what they hold. Bounded; thread-safe.
class SchemaCache {
 public:
  [[nodiscard]] std::optional<plan::Schema> Find(const std::string& key);
  void Keep(const std::string& key, plan::Schema schema);

 private:
  static constexpr std::size_t kMost = 256;
  Mutex mutex_;
  std::list<std::pair<std::string, plan::Schema>> entries_ GUARDED_BY(mutex_);  // newest first
};

/// What the resolver asks, answered from the catalog and the store for one context.
class EngineRelationSource final : public plan::RelationSource {
 public:
  EngineRelationSource(Engine& engine, Runtime& runtime, store::ObjectStore& objects,
                       catalog::Catalog& catalog, SchemaCache& schemas, int threads,
                       ExecutionContext context)
      : engine_(engine),
        runtime_(runtime),
        objects_(objects),
        catalog_(catalog),
        schemas_(schemas),
        threads_(threads),
        context_(std::move(context)) {}

  [[nodiscard]] Result<plan::NamedRelation> FindTable(
      const std::vector<std::string>& name) override;
  [[nodiscard]] Result<std::shared_ptr<const plan::TableSource>> DescribeFiles(
      const plan::ReadFiles& read, const plan::SessionSettings& session) override;
  [[nodiscard]] Result<plan::Schema> DescribeArrow(const std::string& arrow_ipc) override;
  [[nodiscard]] Result<std::vector<std::vector<plan::Literal>>> Evaluate(
      const plan::NodePtr& query) override;

 private:
  [[nodiscard]] Result<plan::Schema> InferSchema(const std::string& format,
                                                 const plan::ReadFiles& read,
                                                 const plan::SessionSettings& session,
                                                 std::vector<struct FoundFile> files);

  Engine& engine_;
  Runtime& runtime_;
  store::ObjectStore& objects_;
  catalog::Catalog& catalog_;
  SchemaCache& schemas_;
  const int threads_;
  const ExecutionContext context_;
};

}  // namespace owlet::engine
