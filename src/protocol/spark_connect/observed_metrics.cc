#include <spark/connect/base.pb.h>

#include "core/engine/value_reader.h"
#include "protocol/spark_connect/plan_executor.h"
#include "protocol/spark_connect/type_proto.h"

// DataFrame.observe: what a plan says to measure on the way is asked of its input, and sent before
// the end of the reply.

namespace owlet::spark_connect {

namespace proto = ::spark::connect;

namespace {

/// All CollectMetrics below a message, each once by its name.
void FindMetrics(const google::protobuf::Message& message,
                 std::map<std::string, std::string>& found) {
  std::vector<const google::protobuf::Message*> pending = {&message};
  while (!pending.empty()) {
    const google::protobuf::Message& one = *pending.back();
    pending.pop_back();
    if (one.GetDescriptor() == proto::CollectMetrics::descriptor()) {
      const auto& metrics = static_cast<const proto::CollectMetrics&>(one);
      found.emplace(metrics.name(), metrics.SerializeAsString());
    }
    std::vector<const google::protobuf::FieldDescriptor*> fields;
    one.GetReflection()->ListFields(one, &fields);
    for (const auto* field : fields) {
      if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) continue;
      if (!field->is_repeated()) {
        pending.push_back(&one.GetReflection()->GetMessage(one, field));
        continue;
      }
      for (int i = 0; i < one.GetReflection()->FieldSize(one, field); ++i) {
        pending.push_back(&one.GetReflection()->GetRepeatedMessage(one, field, i));
      }
    }
  }
}

}  // namespace

void PlanExecutor::NoteMetrics(const google::protobuf::Message& plan) {
  FindMetrics(plan, metrics_);
}

Status PlanExecutor::SendMetrics() {
  if (metrics_.empty()) return {};
  const engine::ExecutionContext context = Context();
  proto::ExecutePlanResponse response = NewResponse();
  for (const auto& [name, bytes] : metrics_) {
    proto::CollectMetrics metrics;
    if (!metrics.ParseFromString(bytes)) return Fail(Reason::kInternal, "metrics do not parse");
    proto::Relation relation;
    auto* aggregate = relation.mutable_aggregate();
    *aggregate->mutable_input() = metrics.input();
    aggregate->set_group_type(proto::Aggregate_GroupType_GROUP_TYPE_GROUPBY);
    *aggregate->mutable_aggregate_expressions() = metrics.metrics();
    OWLET_TRY(const ResolvedQuery query, ResolveRelation(services_, session_, relation, context));
    const plan::Schema schema = plan::SchemaOf(*query.node);
    OWLET_TRY(const auto stream, services_.engine.Execute(query.node, context));
    OWLET_TRY(auto cells, engine::ValueReader::Make(schema));
    OWLET_TRY(const auto batch, stream->Next());
    if (!batch || batch->num_rows() == 0) continue;
    OWLET_CHECK_OK(cells.Read(*batch));
    auto* observed = response.add_observed_metrics();
    observed->set_name(name);
    for (std::size_t i = 0; i < schema.size(); ++i) {
      observed->add_keys(schema[i].name);
      LiteralToProto(cells.Cell(i, 0), observed->add_values());
    }
  }
  return Send(std::move(response));
}

}  // namespace owlet::spark_connect
