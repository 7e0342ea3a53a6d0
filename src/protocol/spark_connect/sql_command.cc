#include <fmt/format.h>
#include <spark/connect/base.pb.h>

#include <variant>

#include "core/engine/arrow_ipc.h"
#include "core/plan/type_names.h"
#include "core/sql/parser.h"
#include "protocol/spark_connect/local_rows.h"
#include "protocol/spark_connect/plan_executor.h"
#include "protocol/spark_connect/sql_statements.h"

namespace owlet::spark_connect {

namespace proto = ::spark::connect;

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
  const proto::Relation& root =
      relation.has_with_relations() ? relation.with_relations().root() : relation;
  statement_ = root.sql().query();
  OWLET_TRY(const sql::Statement statement, sql::ParseSpark(statement_));

  const engine::ExecutionContext context = Context();
  proto::ExecutePlanResponse response = NewResponse();
  auto* result = response.mutable_sql_command_result()->mutable_relation();
  if (std::holds_alternative<sql::Query>(statement.node)) {
    OWLET_TRY(const ResolvedQuery query, ResolveRelation(services_, session_, relation, context));
    static_cast<void>(query);
    *result = relation;
  } else {
    StatementRunner runner(services_, session_, context);
    OWLET_TRY(const LocalRows rows, runner.Run(statement));
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
