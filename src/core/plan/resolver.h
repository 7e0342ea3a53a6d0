#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "core/plan/relation.h"
#include "core/plan/resolved.h"
#include "core/plan/session.h"

namespace owlet::plan {

/// A view: its own text's plan, with the settings it was made under.
struct ViewDefinition {
  RelationPtr query;
  SessionSettings settings;
  std::optional<Schema> schema = std::nullopt;  // declared column names and types
};

/// What a table's name stands for.
using NamedRelation = std::variant<ViewDefinition, std::shared_ptr<const TableSource>>;

/// What the resolver asks about the world outside the statement. Thread-safe; may read the store
/// (schema inference), so call the resolver on a worker thread.
class RelationSource {
 public:
  virtual ~RelationSource() = default;
  /// 1 to 3 name parts. kTableNotFound when there is none; the resolver words the dialect's error.
  [[nodiscard]] virtual Result<NamedRelation> FindTable(const std::vector<std::string>& name) = 0;
  /// spark.read: lists the paths, finds partition columns, infers what is not given.
  [[nodiscard]] virtual Result<std::shared_ptr<const TableSource>> DescribeFiles(
      const ReadFiles& read, const SessionSettings& session) = 0;
  /// The value of a session variable of Spark; nothing where there is none of that name.
  [[nodiscard]] virtual std::optional<Literal> FindVariable(const std::string& /*name*/) {
    return std::nullopt;
  }
  /// The schema of a client's Arrow stream, in plan types.
  [[nodiscard]] virtual Result<Schema> DescribeArrow(const std::string& arrow_ipc) = 0;
  /// Runs a small resolved query now: pivot without values, Spark's eager parts.
  [[nodiscard]] virtual Result<std::vector<std::vector<Literal>>> Evaluate(
      const NodePtr& query) = 0;
};

/// Names and types: turns a client's relation into a resolved plan, or says in the dialect's words
/// why there is none (kAnalysisError with condition, parameters and span). Depth is bounded:
/// a plan nested deeper than 2,000 levels answers kRequestTooLarge.
[[nodiscard]] Result<NodePtr> Resolve(const RelationPtr& relation, const SessionSettings& session,
                                      RelationSource& source);

}  // namespace owlet::plan
