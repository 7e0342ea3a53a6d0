#include "protocol/spark_connect/analyze_plan.h"

#include <fmt/format.h>
#include <spark/connect/base.pb.h>

#include "core/plan/type_names.h"
#include "core/sql/parser.h"
#include "protocol/spark_connect/type_proto.h"

namespace owlet::spark_connect {

namespace proto = ::spark::connect;

namespace {

Result<ResolvedQuery> ResolvePlan(Services& services, const std::shared_ptr<Session>& session,
                                  const proto::Plan& plan, const engine::ExecutionContext& context,
                                  std::string* statement) {
  if (!plan.has_root()) {
    return Fail(Reason::kInvalidArgument, "only a relation can be analysed, not a command");
  }
  if (plan.root().has_sql()) *statement = plan.root().sql().query();
  return ResolveRelation(services, session, plan.root(), context);
}

std::unexpected<Error> NotImplemented(std::string_view what) {
  return Fail(Reason::kNotImplemented, fmt::format("{} is not implemented", what),
              "UNSUPPORTED_FEATURE");
}

bool IsLocal(const proto::Relation& relation) {
  return relation.has_local_relation() || relation.has_cached_local_relation() ||
         relation.has_chunked_cached_local_relation();
}

}  // namespace

Status AnalyzePlan(Services& services, const std::shared_ptr<Session>& session,
                   const proto::AnalyzePlanRequest& request, proto::AnalyzePlanResponse* response,
                   std::string* statement) {
  using R = proto::AnalyzePlanRequest;
  const engine::ExecutionContext context = MakeContext(*session, {}, "analyze");
  switch (request.analyze_case()) {
    case R::kSchema: {
      OWLET_TRY(const ResolvedQuery query,
                ResolvePlan(services, session, request.schema().plan(), context, statement));
      SchemaToProto(plan::SchemaOf(*query.node), response->mutable_schema()->mutable_schema());
      return {};
    }
    case R::kTreeString: {
      OWLET_TRY(const ResolvedQuery query,
                ResolvePlan(services, session, request.tree_string().plan(), context, statement));
      response->mutable_tree_string()->set_tree_string(
          plan::SparkTreeString(plan::SchemaOf(*query.node), request.tree_string().level()));
      return {};
    }
    case R::kExplain: {
      OWLET_TRY(const ResolvedQuery query,
                ResolvePlan(services, session, request.explain().plan(), context, statement));
      OWLET_TRY(*response->mutable_explain()->mutable_explain_string(),
                services.engine.Explain(query.node, context));
      return {};
    }
    case R::kIsLocal:
      response->mutable_is_local()->set_is_local(IsLocal(request.is_local().plan().root()));
      return {};
    case R::kIsStreaming:
      response->mutable_is_streaming()->set_is_streaming(false);
      return {};
    case R::kSparkVersion:
      response->mutable_spark_version()->set_version(kSparkVersion);
      return {};
    case R::kDdlParse: {
      const std::string& text = request.ddl_parse().ddl_string();
      // A single type or a whole schema, as the client's DataType.fromDDL takes both.
      if (const auto type = sql::ParseSparkType(text)) {
        TypeToProto(*type, response->mutable_ddl_parse()->mutable_parsed());
        return {};
      }
      OWLET_TRY(const plan::Schema schema, sql::ParseSparkSchema(text));
      SchemaToProto(schema, response->mutable_ddl_parse()->mutable_parsed());
      return {};
    }
    case R::kJsonToDdl: {
      OWLET_TRY(const plan::Schema schema,
                plan::ParseSparkSchemaJson(request.json_to_ddl().json_string()));
      response->mutable_json_to_ddl()->set_ddl_string(plan::SparkSchemaDdl(schema));
      return {};
    }
    case R::kPersist:
      response->mutable_persist();
      return {};
    case R::kUnpersist:
      response->mutable_unpersist();
      return {};
    case R::kGetStorageLevel:
      response->mutable_get_storage_level()->mutable_storage_level()->set_replication(1);
      return {};
    case R::kInputFiles:
      return NotImplemented("DataFrame.inputFiles");
    case R::kSameSemantics:
      return NotImplemented("DataFrame.sameSemantics");
    case R::kSemanticHash:
      return NotImplemented("DataFrame.semanticHash");
    case R::ANALYZE_NOT_SET:
      break;
  }
  return Fail(Reason::kMalformedRequest, "the analysis asked for is empty");
}

}  // namespace owlet::spark_connect
