#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "base/result.h"
#include "core/plan/relation.h"
#include "core/sql/parser.h"

namespace spark::connect {
class Relation;
class SQL;
}  // namespace spark::connect

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
  /// A Python function that spark.udf.register or spark.udtf.register made; null: none.
  [[nodiscard]] virtual std::shared_ptr<const plan::PythonFunction> FindPythonFunction(
      const std::string& /*name*/) const {
    return nullptr;
  }
};

/// The columns of a relation that was read: some relations (describe, summary) depend on them.
using FindSchema = std::function<Result<plan::Schema>(const plan::RelationPtr&)>;

/// The one text that a relation of one row and one column has.
using FindText = std::function<Result<std::string>(const plan::RelationPtr&)>;

/// How the parser of a text with these parameters finds what IDENTIFIER(..) names; null without
/// `find_text`. Both must outlive it.
[[nodiscard]] sql::EvaluateName NameEvaluator(const plan::BindParameters& parameters,
                                              const FindText& find_text);

/// Turns Spark Connect's relations into the plan's. What owlet has no plan for is kNotImplemented
/// and names the relation. One reader a request; not thread-safe.
class RelationReader {
 public:
  /// Without `find_text` a name that SQL text computes is kNotImplemented.
  RelationReader(PlanReferences& references, FindSchema find_schema, FindText find_text = nullptr)
      : references_(references),
        find_schema_(std::move(find_schema)),
        find_text_(std::move(find_text)) {}

  [[nodiscard]] Result<plan::RelationPtr> Read(const ::spark::connect::Relation& relation);

  /// The relation of WithRelations.references with that plan id.
  [[nodiscard]] Result<plan::RelationPtr> FindReference(std::int64_t plan_id);
  [[nodiscard]] Result<plan::Schema> SchemaOf(const plan::RelationPtr& relation) {
    return find_schema_(relation);
  }
  [[nodiscard]] PlanReferences& references() { return references_; }
  [[nodiscard]] const FindText& find_text() const { return find_text_; }
  /// The arguments of a SQL text, without an input.
  [[nodiscard]] Result<plan::BindParameters> ReadParameters(const ::spark::connect::SQL& sql);

  /// Makes the references visible by plan id, and named ones as tables, while `root` is read.
  [[nodiscard]] Result<plan::RelationPtr> ReadWithReferences(
      const ::spark::connect::Relation& relation);

 private:
  PlanReferences& references_;
  FindSchema find_schema_;
  FindText find_text_;
  std::map<std::int64_t, const ::spark::connect::Relation*> by_plan_id_;
};

}  // namespace owlet::spark_connect
