#include <fmt/format.h>
#include <spark/connect/base.pb.h>

#include <variant>

#include "core/engine/arrow_ipc.h"
#include "core/plan/type_names.h"
#include "core/sql/parser.h"
#include "protocol/spark_connect/config_values.h"
#include "protocol/spark_connect/local_rows.h"
#include "protocol/spark_connect/plan_executor.h"
#include "protocol/spark_connect/relation_proto.h"
#include "protocol/spark_connect/sql_statements.h"
#include "protocol/spark_connect/type_proto.h"

namespace owlet::spark_connect {

namespace proto = ::spark::connect;

namespace {

/// EXECUTE IMMEDIATE as the relation of its query.
proto::Relation ToProto(const ImmediateStatement& immediate) {
  proto::Relation relation;
  relation.mutable_sql()->set_query(immediate.text);
  const auto write = [](const plan::ExpressionPtr& value, proto::Expression* out) {
    LiteralToProto(std::get<plan::Literal>(value->node), out->mutable_literal());
  };
  for (const auto& value : immediate.parameters.positional) {
    write(value, relation.mutable_sql()->add_pos_arguments());
  }
  for (const auto& [name, value] : immediate.parameters.named) {
    write(value, &(*relation.mutable_sql()->mutable_named_arguments())[name]);
  }
  return relation;
}

Status CheckImmediate(const sql::Statement& statement, const std::string& text, bool has_into) {
  if (std::holds_alternative<sql::Execute>(statement.node)) {
    return Fail(Error{.reason = Reason::kAnalysisError,
                      .message = "EXECUTE IMMEDIATE inside another one",
                      .condition = "NESTED_EXECUTE_IMMEDIATE",
                      .parameters = {{"sqlString", text}}});
  }
  if (has_into && !std::holds_alternative<sql::Query>(statement.node)) {
    return Fail(Error{.reason = Reason::kAnalysisError,
                      .message = "INTO needs a query",
                      .condition = "INVALID_STATEMENT_FOR_EXECUTE_INTO",
                      .parameters = {{"sqlString", text}}});
  }
  return {};
}

}  // namespace

// spark.sql(text): a query is only analysed, and its own relation goes back to be run later; any
// other statement runs now, and its rows go back as a local relation.
Status PlanExecutor::RunSql(const proto::SqlCommand& command) {
  proto::Relation relation = command.input();
  if (!command.has_input()) {  // clients before 4.0
    relation.mutable_sql()->set_query(command.sql());
    *relation.mutable_sql()->mutable_args() = command.args();
    *relation.mutable_sql()->mutable_pos_args() = command.pos_args();
    *relation.mutable_sql()->mutable_named_arguments() = command.named_arguments();
    *relation.mutable_sql()->mutable_pos_arguments() = command.pos_arguments();
  }
  proto::Relation& root =
      relation.has_with_relations() ? *relation.mutable_with_relations()->mutable_root() : relation;
  root.mutable_sql()->set_query(SubstituteSettings(*session_, root.sql().query()));
  statement_ = root.sql().query();
  const engine::ExecutionContext context = Context();
  const auto source = MakeSource(services_, session_, context);
  const FindText find_text = TextFinder(context.session, *source);
  RelationReader reader(*session_, SchemaFinder(context.session, *source), find_text);
  OWLET_TRY(plan::BindParameters parameters, reader.ReadParameters(root.sql()));
  OWLET_TRY(sql::Statement statement,
            sql::ParseSpark(statement_, NameEvaluator(parameters, find_text)));
  StatementRunner runner(services_, session_, context);
  runner.SetParameters(parameters);
  std::vector<sql::Name> into;
  if (const auto* execute = std::get_if<sql::Execute>(&statement.node)) {
    into = execute->into;
    OWLET_TRY(ImmediateStatement immediate, runner.ReadImmediate(*execute));
    parameters = immediate.parameters;
    OWLET_TRY(statement, sql::ParseSpark(immediate.text, NameEvaluator(parameters, find_text)));
    OWLET_CHECK_OK(CheckImmediate(statement, immediate.text, !into.empty()));
    runner.SetParameters(parameters);
    relation = ToProto(immediate);
  }

  proto::ExecutePlanResponse response = NewResponse();
  auto* result = response.mutable_sql_command_result()->mutable_relation();
  const auto* plain = std::get_if<sql::Query>(&statement.node);
  if (plain != nullptr && into.empty()) {
    OWLET_TRY(const ResolvedQuery query, ResolveRelation(services_, session_, relation, context));
    static_cast<void>(query);
    *result = relation;
  } else {
    LocalRows rows;
    if (plain != nullptr) {
      OWLET_CHECK_OK(runner.AssignRow(into, runner.Bound(plain->relation)));
    } else {
      OWLET_TRY(rows, runner.Run(statement));
    }
    OWLET_TRY(const auto encoder, engine::IpcEncoder::Make(rows.schema, context.session.time_zone));
    std::string data;
    if (rows.rows.empty()) {
      OWLET_TRY(data, encoder.EncodeEmpty());
    } else {
      OWLET_TRY(const auto stream, services_.engine.Execute(ToNode(rows), context));
      OWLET_TRY(const auto batch, stream->Next());
      if (!batch) return Fail(Reason::kInternal, "the rows of a statement are gone");
      OWLET_TRY(data, encoder.Encode(*batch));
    }
    result->mutable_local_relation()->set_data(std::move(data));
    result->mutable_local_relation()->set_schema(plan::SparkSchemaJson(rows.schema));
  }
  OWLET_CHECK_OK(Send(std::move(response)));
  return Complete();
}

}  // namespace owlet::spark_connect
