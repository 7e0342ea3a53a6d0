#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "base/result.h"
#include "core/plan/relation.h"

namespace spark::connect {
class Relation;
}

namespace owlet::spark_connect {

/// What of the session a plan may refer to.
class PlanReferences {
 public:
  virtual ~PlanReferences() = default;
  /// An artifact "cache/<hash>" of createDataFrame; the session words the error when it is missing.
  [[nodiscard]] virtual Result<std::shared_ptr<const std::string>> FindCachedData(
      const std::string& hash) = 0;
  /// A relation that checkpoint() made.
  [[nodiscard]] virtual Result<plan::RelationPtr> FindRemoteRelation(const std::string& id) = 0;
};

/// The columns of a relation that was read: some relations (describe, summary) depend on them.
using FindSchema = std::function<Result<plan::Schema>(const plan::RelationPtr&)>;

/// Turns Spark Connect's relations into the plan's. What owlet has no plan for is kNotImplemented
/// and names the relation. One reader a request; not thread-safe.
class RelationReader {
 public:
  RelationReader(PlanReferences& references, FindSchema find_schema)
      : references_(references), find_schema_(std::move(find_schema)) {}

  [[nodiscard]] Result<plan::RelationPtr> Read(const ::spark::connect::Relation& relation);

  /// The relation of WithRelations.references with that plan id.
  [[nodiscard]] Result<plan::RelationPtr> FindReference(std::int64_t plan_id);
  [[nodiscard]] Result<plan::Schema> SchemaOf(const plan::RelationPtr& relation) {
    return find_schema_(relation);
  }
  [[nodiscard]] PlanReferences& references() { return references_; }

  /// Makes the references visible by plan id, and named ones as tables, while `root` is read.
  [[nodiscard]] Result<plan::RelationPtr> ReadWithReferences(
      const ::spark::connect::Relation& relation);

 private:
  PlanReferences& references_;
  FindSchema find_schema_;
  std::map<std::int64_t, const ::spark::connect::Relation*> by_plan_id_;
};

}  // namespace owlet::spark_connect
