#include "protocol/spark_connect/analyze_plan.h"

#include <fmt/format.h>
#include <spark/connect/base.pb.h>

#include "core/plan/type_names.h"
#include "core/sql/parser.h"
#include "protocol/spark_connect/plan_facts.h"
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
    case R::kPersist: {
      // Nothing is kept in memory, but the client may ask what it asked for.
      proto::StorageLevel level = request.persist().storage_level();
      if (!request.persist().has_storage_level()) {  // MEMORY_AND_DISK_DESER
        level.set_use_disk(true);
        level.set_use_memory(true);
        level.set_deserialized(true);
        level.set_replication(1);
      }
      session->SetPersisted(request.persist().relation().SerializeAsString(),
                            level.SerializeAsString());
      response->mutable_persist();
      return {};
    }
    case R::kUnpersist:
      session->SetPersisted(request.unpersist().relation().SerializeAsString(), "");
      response->mutable_unpersist();
      return {};
    case R::kGetStorageLevel: {
      auto* level = response->mutable_get_storage_level()->mutable_storage_level();
      level->set_replication(1);
      const std::string kept =
          session->Persisted(request.get_storage_level().relation().SerializeAsString());
      if (!kept.empty() && !level->ParseFromString(kept)) {
        return Fail(Reason::kInternal, "a storage level that does not parse");
      }
      return {};
    }
    case R::kInputFiles: {
      OWLET_TRY(const ResolvedQuery query,
                ResolvePlan(services, session, request.input_files().plan(), context, statement));
      OWLET_TRY(const auto files, InputFiles(services, query, context));
      for (const std::string& file : files) response->mutable_input_files()->add_files(file);
      return {};
    }
    case R::kSameSemantics: {
      const auto& same = request.same_semantics();
      OWLET_TRY(const ResolvedQuery one,
                ResolvePlan(services, session, same.target_plan(), context, statement));
      OWLET_TRY(const ResolvedQuery other,
                ResolvePlan(services, session, same.other_plan(), context, statement));
      OWLET_TRY(const std::string left, Meaning(services, one, context));
      OWLET_TRY(const std::string right, Meaning(services, other, context));
      response->mutable_same_semantics()->set_result(left == right);
      return {};
    }
    case R::kSemanticHash: {
      OWLET_TRY(const ResolvedQuery query,
                ResolvePlan(services, session, request.semantic_hash().plan(), context, statement));
      OWLET_TRY(const std::string text, Meaning(services, query, context));
      response->mutable_semantic_hash()->set_result(
          static_cast<std::int32_t>(std::hash<std::string>{}(text)));
      return {};
    }
    case R::ANALYZE_NOT_SET:
      break;
  }
  return Fail(Reason::kMalformedRequest, "the analysis asked for is empty");
}

}  // namespace owlet::spark_connect
