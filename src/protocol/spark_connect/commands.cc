#include <fmt/format.h>
#include <spark/connect/base.pb.h>

#include "core/sql/parser.h"
#include "protocol/spark_connect/expression_proto.h"
#include "protocol/spark_connect/plan_executor.h"
#include "protocol/spark_connect/python_relations.h"
#include "protocol/spark_connect/relation_proto.h"
#include "protocol/spark_connect/type_proto.h"

namespace owlet::spark_connect {

namespace proto = ::spark::connect;

namespace {

std::unexpected<Error> NotImplemented(std::string_view what) {
  return Fail(Reason::kNotImplemented, fmt::format("{} is not implemented", what),
              "UNSUPPORTED_FEATURE");
}

}  // namespace

Status PlanExecutor::RunCommand(const proto::Command& command) {
  switch (command.command_type_case()) {
    case proto::Command::kSqlCommand:
      return RunSql(command.sql_command());
    case proto::Command::kWriteOperation:
      OWLET_CHECK_OK(RunWrite(command.write_operation()));
      return Complete();
    case proto::Command::kWriteOperationV2:
      OWLET_CHECK_OK(RunWriteV2(command.write_operation_v2()));
      return Complete();
    case proto::Command::kCreateDataframeView:
      OWLET_CHECK_OK(CreateView(command.create_dataframe_view()));
      return Complete();
    case proto::Command::kRegisterFunction: {
      ExpressionReader reader([](std::int64_t) -> Result<plan::RelationPtr> {
        return Fail(Reason::kMalformedRequest, "a function's registration holds no subquery");
      });
      OWLET_TRY(plan::PythonFunction function, reader.ReadPython(command.register_function()));
      session_->PutPythonFunction(command.register_function().function_name(), std::move(function));
      return Complete();
    }
    case proto::Command::kRegisterTableFunction: {
      OWLET_TRY(plan::PythonFunction function,
                ReadTableFunction(command.register_table_function()));
      session_->PutPythonFunction(command.register_table_function().function_name(),
                                  std::move(function));
      return Complete();
    }
    case proto::Command::kCheckpointCommand:
      OWLET_CHECK_OK(Checkpoint(command.checkpoint_command()));
      return Complete();
    case proto::Command::kRemoveCachedRemoteRelationCommand:
      session_->DropRemoteRelation(
          command.remove_cached_remote_relation_command().relation().relation_id());
      return Complete();
    case proto::Command::kGetResourcesCommand: {
      proto::ExecutePlanResponse response = NewResponse();
      response.mutable_get_resources_command_result();
      OWLET_CHECK_OK(Send(std::move(response)));
      return Complete();
    }
    case proto::Command::kMlCommand: {
      // The client sends a cache clean-up when it exits; there is no machine learning to clean.
      if (!command.ml_command().has_clean_cache() && !command.ml_command().has_delete_()) {
        return NotImplemented("machine learning (pyspark.ml)");
      }
      proto::ExecutePlanResponse response = NewResponse();
      response.mutable_ml_command_result();
      OWLET_CHECK_OK(Send(std::move(response)));
      return Complete();
    }
    case proto::Command::COMMAND_TYPE_NOT_SET:
      return Fail(Reason::kMalformedRequest, "the command is empty");
    default:
      break;
  }
  const auto* field =
      command.GetDescriptor()->FindFieldByNumber(static_cast<int>(command.command_type_case()));
  return NotImplemented(
      fmt::format("the Spark Connect command {}",
                  field == nullptr ? "(unknown)" : field->message_type()->name()));
}

Status PlanExecutor::CreateView(const proto::CreateDataFrameViewCommand& command) {
  const engine::ExecutionContext context = Context();
  const auto source = MakeSource(services_, session_, context);
  RelationReader reader(*session_, SchemaFinder(context.session, *source),
                        TextFinder(context.session, *source));
  OWLET_TRY(const plan::RelationPtr relation, reader.Read(command.input()));
  OWLET_TRY(const sql::Name name, sql::ParseSparkTableName(command.name()));
  if (name.size() != 1) {
    return Fail(
        Error{.reason = Reason::kAnalysisError,
              .message = fmt::format("It is not allowed to add database prefix `{}` for the "
                                     "TEMPORARY view name.",
                                     command.name()),
              .condition = "TEMP_VIEW_NAME_TOO_MANY_NAME_PARTS",
              .parameters = {{"actualName", command.name()}}});
  }
  TempView view{session_->InlineViews(relation), context.session};
  // A view whose query has a mistake is refused now, not when it is read.
  OWLET_TRY(const plan::NodePtr node, plan::Resolve(view.query, context.session, *source));
  const bool exists = command.is_global() ? session_->global_views().Find(name[0]).has_value()
                                          : session_->FindView({name[0]}).has_value();
  if (exists && !command.replace()) {
    return Fail(Error{.reason = Reason::kAnalysisError,
                      .message = "the temporary view exists already: " + name[0],
                      .condition = "TEMP_TABLE_OR_VIEW_ALREADY_EXISTS",
                      .parameters = {{"relationName", fmt::format("`{}`", name[0])}}});
  }
  if (command.is_global()) {
    session_->global_views().Put(name[0], std::move(view));
  } else {
    session_->PutView(name[0], std::move(view));
  }
  return {};
}

// The relation keeps its plan: nothing is stored, so a checkpoint is as lazy as the DataFrame was.
Status PlanExecutor::Checkpoint(const proto::CheckpointCommand& command) {
  const engine::ExecutionContext context = Context();
  const auto source = MakeSource(services_, session_, context);
  RelationReader reader(*session_, SchemaFinder(context.session, *source),
                        TextFinder(context.session, *source));
  OWLET_TRY(const plan::RelationPtr relation, reader.Read(command.relation()));
  proto::ExecutePlanResponse response = NewResponse();
  response.mutable_checkpoint_command_result()->mutable_relation()->set_relation_id(
      session_->PutRemoteRelation(session_->InlineViews(relation)));
  return Send(std::move(response));
}

}  // namespace owlet::spark_connect
