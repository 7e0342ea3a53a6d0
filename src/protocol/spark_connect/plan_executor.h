#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/result.h"
#include "core/catalog/catalog.h"
#include "core/engine/engine.h"
#include "core/plan/resolved.h"
#include "protocol/spark_connect/local_rows.h"
#include "protocol/spark_connect/operation.h"
#include "protocol/spark_connect/relation_proto.h"
#include "protocol/spark_connect/session.h"

namespace google::protobuf {
class Message;
}

namespace spark::connect {
class Command;
class ExecutePlanResponse;
class Plan;
class Relation;
class SqlCommand;
class WriteOperation;
class WriteOperationV2;
class CreateDataFrameViewCommand;
class CheckpointCommand;
}  // namespace spark::connect

namespace owlet::engine {
class IpcEncoder;
}

namespace owlet::spark_connect {

/// What the parts of the server work with; all outlive it.
struct Services {
  engine::Engine& engine;
  catalog::Catalog& catalog;
  const Clock& clock;
};

/// A relation of a session with names and types resolved.
struct ResolvedQuery {
  plan::NodePtr node;
  std::shared_ptr<plan::RelationSource> source;  // keeps what the node refers to
};

/// The session's temporary views in front of the engine's catalog and files.
[[nodiscard]] std::shared_ptr<plan::RelationSource> MakeSource(
    Services& services, const std::shared_ptr<Session>& session,
    const engine::ExecutionContext& context);

[[nodiscard]] engine::ExecutionContext MakeContext(const Session& session, std::stop_token stop,
                                                   std::string query_id);

/// For the relations whose plan depends on their input's columns; `session` and `source` must
/// outlive it.
[[nodiscard]] FindSchema SchemaFinder(const plan::SessionSettings& session,
                                      plan::RelationSource& source);

/// For names that a text computes; `session` and `source` must outlive it.
[[nodiscard]] FindText TextFinder(const plan::SessionSettings& session,
                                  plan::RelationSource& source);

/// Reads and resolves a relation of the protocol.
[[nodiscard]] Result<ResolvedQuery> ResolveRelation(Services& services,
                                                    const std::shared_ptr<Session>& session,
                                                    const ::spark::connect::Relation& relation,
                                                    const engine::ExecutionContext& context);

/// What a DataFrameWriter does where something is there already.
[[nodiscard]] engine::WriteMode SaveMode(const ::spark::connect::WriteOperation& write);

/// Runs one ExecutePlan on the calling thread and appends its replies to the operation's log, as
/// Spark's server orders them: schema, batches, result_complete. Does not finish the log.
class PlanExecutor {
 public:
  PlanExecutor(Services& services, std::shared_ptr<Session> session,
               std::shared_ptr<Operation> operation)
      : services_(services), session_(std::move(session)), operation_(std::move(operation)) {}

  [[nodiscard]] Status Run(const ::spark::connect::Plan& plan);
  /// The SQL text that an error's span points into; "" for DataFrames.
  [[nodiscard]] const std::string& statement() const { return statement_; }

 private:
  [[nodiscard]] Status RunRelation(const ::spark::connect::Relation& relation);
  [[nodiscard]] Status RunQuery(const ResolvedQuery& query,
                                const engine::ExecutionContext& context);
  [[nodiscard]] Status RunShow(const ::spark::connect::Relation& relation);
  [[nodiscard]] Status RunCommand(const ::spark::connect::Command& command);
  [[nodiscard]] Status RunSql(const ::spark::connect::SqlCommand& command);
  [[nodiscard]] Status RunWrite(const ::spark::connect::WriteOperation& write);
  [[nodiscard]] Status RunTableWrite(const ::spark::connect::WriteOperation& write);
  [[nodiscard]] Status RunWriteV2(const ::spark::connect::WriteOperationV2& write);
  [[nodiscard]] Status CreateView(const ::spark::connect::CreateDataFrameViewCommand& command);
  [[nodiscard]] Status Checkpoint(const ::spark::connect::CheckpointCommand& command);

  [[nodiscard]] engine::ExecutionContext Context() const;
  /// A reply with the ids filled in.
  [[nodiscard]] ::spark::connect::ExecutePlanResponse NewResponse() const;
  [[nodiscard]] Status Send(::spark::connect::ExecutePlanResponse response);
  /// A schema and batches already encoded: rows that the server itself makes.
  [[nodiscard]] Status SendRows(const LocalRows& rows);
  [[nodiscard]] Status SendEmptyBatch(const engine::IpcEncoder& encoder);
  [[nodiscard]] Status SendText(const std::string& column, const std::string& text);
  [[nodiscard]] Status Complete();
  /// Remembers what the plan observes (observed_metrics.cc); Complete sends it.
  void NoteMetrics(const google::protobuf::Message& plan);
  [[nodiscard]] Status SendMetrics();

  Services& services_;
  std::shared_ptr<Session> session_;
  std::shared_ptr<Operation> operation_;
  std::string statement_;
  std::map<std::string, std::string> metrics_;  // by name: the protocol's CollectMetrics as bytes
};

}  // namespace owlet::spark_connect
