#include "protocol/spark_connect/plan_executor.h"

#include <fmt/format.h>
#include <spark/connect/base.pb.h>
#include <zstd.h>

#include <algorithm>
#include <limits>

#include "base/uuid.h"
#include "core/engine/arrow_ipc.h"
#include "core/engine/value_reader.h"
#include "protocol/spark_connect/local_rows.h"
#include "protocol/spark_connect/relation_proto.h"
#include "protocol/spark_connect/show_string.h"
#include "protocol/spark_connect/sql_statements.h"
#include "protocol/spark_connect/type_proto.h"
#include "protocol/spark_connect/value_text.h"

namespace owlet::spark_connect {

namespace proto = ::spark::connect;

namespace {

/// Spark's own bound of a compressed plan's real size.
constexpr std::size_t kMaximumPlanBytes = 256u << 20;

Result<std::string> Decompress(const std::string& data) {
  const auto size = ZSTD_getFrameContentSize(data.data(), data.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN ||
      size > kMaximumPlanBytes) {
    return Fail(Reason::kMalformedRequest,
                "the compressed plan is no zstd frame of a known size below 256 MiB",
                "CONNECT_INVALID_PLAN.CANNOT_PARSE");
  }
  std::string out(size, '\0');
  const std::size_t written = ZSTD_decompress(out.data(), out.size(), data.data(), data.size());
  if (ZSTD_isError(written) != 0 || written != out.size()) {
    return Fail(Reason::kMalformedRequest, "the compressed plan is damaged",
                "CONNECT_INVALID_PLAN.CANNOT_PARSE");
  }
  return out;
}

bool IsShow(const proto::Relation& relation) {
  return relation.has_show_string() || relation.has_html_string();
}

}  // namespace

engine::ExecutionContext PlanExecutor::Context() const {
  engine::ExecutionContext context =
      MakeContext(*session_, operation_->stop_token(), operation_->id());
  context.meter = operation_->meter();
  return context;
}

proto::ExecutePlanResponse PlanExecutor::NewResponse() const {
  proto::ExecutePlanResponse response;
  response.set_session_id(session_->id());
  response.set_server_side_session_id(session_->server_side_id());
  response.set_operation_id(operation_->id());
  response.set_response_id(NewUuid());
  return response;
}

Status PlanExecutor::Send(proto::ExecutePlanResponse response) {
  return operation_->log().Append(
      std::make_shared<const proto::ExecutePlanResponse>(std::move(response)),
      operation_->stop_token());
}

Status PlanExecutor::Complete() {
  OWLET_CHECK_OK(SendMetrics());
  proto::ExecutePlanResponse response = NewResponse();
  response.mutable_result_complete();
  return Send(std::move(response));
}

Status PlanExecutor::Run(const proto::Plan& plan) {
  switch (plan.op_type_case()) {
    case proto::Plan::kRoot:
      NoteMetrics(plan.root());
      return RunRelation(plan.root());
    case proto::Plan::kCommand:
      if (!plan.command().has_sql_command()) NoteMetrics(plan.command());
      return RunCommand(plan.command());
    case proto::Plan::kCompressedOperation: {
      OWLET_TRY(const std::string data, Decompress(plan.compressed_operation().data()));
      proto::Plan inner;
      const bool relation = plan.compressed_operation().op_type() ==
                            proto::Plan_CompressedOperation_OpType_OP_TYPE_RELATION;
      const bool parsed = relation ? inner.mutable_root()->ParseFromString(data)
                                   : inner.mutable_command()->ParseFromString(data);
      if (!parsed) {
        return Fail(Reason::kMalformedRequest, "the compressed plan does not parse",
                    "CONNECT_INVALID_PLAN.CANNOT_PARSE");
      }
      return Run(inner);
    }
    case proto::Plan::OP_TYPE_NOT_SET:
      break;
  }
  return Fail(Reason::kMalformedRequest, "the plan is empty");
}

Status PlanExecutor::RunRelation(const proto::Relation& relation) {
  if (IsShow(relation)) return RunShow(relation);
  if (relation.has_catalog()) {
    const engine::ExecutionContext context = Context();
    StatementRunner runner(services_, session_, context);
    OWLET_TRY(const LocalRows rows, runner.Catalog(relation.catalog()));
    OWLET_CHECK_OK(SendRows(rows));
    return Complete();
  }
  if (relation.has_sql()) statement_ = relation.sql().query();
  const engine::ExecutionContext context = Context();
  OWLET_TRY(const ResolvedQuery query, ResolveRelation(services_, session_, relation, context));
  OWLET_CHECK_OK(RunQuery(query, context));
  return Complete();
}

Status PlanExecutor::RunQuery(const ResolvedQuery& query, const engine::ExecutionContext& context) {
  const plan::Schema schema = plan::SchemaOf(*query.node);
  proto::ExecutePlanResponse head = NewResponse();
  SchemaToProto(schema, head.mutable_schema());
  OWLET_CHECK_OK(Send(std::move(head)));

  OWLET_TRY(const auto encoder, engine::IpcEncoder::Make(schema, context.session.time_zone));
  OWLET_TRY(const auto stream, services_.engine.Execute(query.node, context));
  std::int64_t rows = 0;
  bool sent = false;
  while (true) {
    OWLET_TRY(const std::optional<engine::Batch> batch, stream->Next());
    if (!batch) break;
    if (batch->num_rows() == 0) continue;
    proto::ExecutePlanResponse response = NewResponse();
    auto* arrow = response.mutable_arrow_batch();
    OWLET_TRY(*arrow->mutable_data(), encoder.Encode(*batch));
    arrow->set_row_count(batch->num_rows());
    arrow->set_start_offset(rows);
    rows += batch->num_rows();
    OWLET_CHECK_OK(Send(std::move(response)));
    sent = true;
  }
  // The client wants a table even where there are no rows.
  return sent ? Status{} : SendEmptyBatch(encoder);
}

Status PlanExecutor::SendEmptyBatch(const engine::IpcEncoder& encoder) {
  proto::ExecutePlanResponse response = NewResponse();
  auto* arrow = response.mutable_arrow_batch();
  OWLET_TRY(*arrow->mutable_data(), encoder.EncodeEmpty());
  arrow->set_row_count(0);
  arrow->set_start_offset(0);
  return Send(std::move(response));
}

Status PlanExecutor::SendRows(const LocalRows& rows) {
  if (!rows.rows.empty()) return RunQuery({ToNode(rows), nullptr}, Context());
  proto::ExecutePlanResponse head = NewResponse();
  SchemaToProto(rows.schema, head.mutable_schema());
  OWLET_CHECK_OK(Send(std::move(head)));
  OWLET_TRY(const auto encoder, engine::IpcEncoder::Make(rows.schema, Context().session.time_zone));
  return SendEmptyBatch(encoder);
}

Status PlanExecutor::RunShow(const proto::Relation& relation) {
  const bool html = relation.has_html_string();
  const proto::Relation& input =
      html ? relation.html_string().input() : relation.show_string().input();
  ShowOptions options;
  if (html) {
    options.num_rows = relation.html_string().num_rows();
    options.truncate = relation.html_string().truncate();
  } else {
    options.num_rows = relation.show_string().num_rows();
    options.truncate = relation.show_string().truncate();
    options.vertical = relation.show_string().vertical();
  }
  // As Spark: a negative count is none, and a table on a screen has an end.
  options.num_rows = std::clamp(options.num_rows, 0, std::numeric_limits<int>::max() - 16);
  if (input.has_sql()) statement_ = input.sql().query();

  const engine::ExecutionContext context = Context();
  const auto source = MakeSource(services_, session_, context);
  RelationReader reader(*session_, SchemaFinder(context.session, *source),
                        TextFinder(context.session, *source));
  OWLET_TRY(plan::RelationPtr unresolved, reader.Read(input));
  // One row more than wanted tells whether there are more.
  unresolved = plan::MakeRelation(plan::Limit{
      std::move(unresolved), plan::MakeExpression(plan::Literal::Integer(options.num_rows + 1))});
  OWLET_TRY(const plan::NodePtr node, plan::Resolve(unresolved, context.session, *source));
  OWLET_TRY(const auto zone, TimeZone::Find(context.session.time_zone));
  OWLET_TRY(const auto stream, services_.engine.Execute(node, context));
  const plan::Schema schema = plan::SchemaOf(*node);
  OWLET_TRY(auto cells, engine::ValueReader::Make(schema));
  std::vector<std::string> names;
  for (const plan::Field& field : schema) names.push_back(field.name);
  std::vector<std::vector<std::string>> rows;
  const auto wanted = static_cast<std::size_t>(options.num_rows);
  while (rows.size() <= wanted) {
    OWLET_TRY(const std::optional<engine::Batch> batch, stream->Next());
    if (!batch) break;
    OWLET_CHECK_OK(cells.Read(*batch));
    for (std::int64_t row = 0; row < batch->num_rows() && rows.size() <= wanted; ++row) {
      auto& texts = rows.emplace_back();
      for (std::size_t column = 0; column < schema.size(); ++column) {
        texts.push_back(ValueText(cells.Cell(column, row), zone));
      }
    }
  }
  const bool has_more = rows.size() > wanted;
  if (has_more) rows.resize(wanted);
  return SendText(html ? "html_string" : "show_string",
                  html ? HtmlTable(names, rows, has_more, options)
                       : ShowString(names, rows, has_more, options));
}

Status PlanExecutor::SendText(const std::string& column, const std::string& text) {
  OWLET_CHECK_OK(SendRows(OneText(column, text)));
  return Complete();
}

}  // namespace owlet::spark_connect
