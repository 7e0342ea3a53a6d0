#include <fmt/format.h>

#include "protocol/spark_connect/plan_executor.h"
#include "protocol/spark_connect/relation_proto.h"

namespace owlet::spark_connect {

namespace {

class SessionSource final : public plan::RelationSource {
 public:
  SessionSource(std::shared_ptr<Session> session, std::unique_ptr<plan::RelationSource> engine)
      : session_(std::move(session)), engine_(std::move(engine)) {}

  Result<plan::NamedRelation> FindTable(const std::vector<std::string>& name) override {
    if (auto view = session_->FindView(name)) {
      return plan::ViewDefinition{std::move(view->query), std::move(view->settings), std::nullopt};
    }
    return engine_->FindTable(name);
  }
  Result<std::shared_ptr<const plan::TableSource>> DescribeFiles(
      const plan::ReadFiles& read, const plan::SessionSettings& session) override {
    return engine_->DescribeFiles(read, session);
  }
  Result<plan::Schema> DescribeArrow(const std::string& arrow_ipc) override {
    return engine_->DescribeArrow(arrow_ipc);
  }
  Result<std::vector<std::vector<plan::Literal>>> Evaluate(const plan::NodePtr& query) override {
    return engine_->Evaluate(query);
  }

 private:
  std::shared_ptr<Session> session_;
  std::unique_ptr<plan::RelationSource> engine_;
};

}  // namespace

std::shared_ptr<plan::RelationSource> MakeSource(Services& services,
                                                 const std::shared_ptr<Session>& session,
                                                 const engine::ExecutionContext& context) {
  return std::make_shared<SessionSource>(session, services.engine.Source(context));
}

engine::ExecutionContext MakeContext(const Session& session, std::stop_token stop,
                                     std::string query_id) {
  engine::ExecutionContext context;
  context.principal = session.principal();
  context.session = session.Settings();
  context.stop = std::move(stop);
  context.query_id = std::move(query_id);
  return context;
}

FindSchema SchemaFinder(const plan::SessionSettings& session, plan::RelationSource& source) {
  return [&session, &source](const plan::RelationPtr& relation) -> Result<plan::Schema> {
    OWLET_TRY(const plan::NodePtr node, plan::Resolve(relation, session, source));
    return plan::SchemaOf(*node);
  };
}

Result<ResolvedQuery> ResolveRelation(Services& services, const std::shared_ptr<Session>& session,
                                      const ::spark::connect::Relation& relation,
                                      const engine::ExecutionContext& context) {
  ResolvedQuery query;
  query.source = MakeSource(services, session, context);
  RelationReader reader(*session, SchemaFinder(context.session, *query.source));
  OWLET_TRY(const plan::RelationPtr unresolved, reader.Read(relation));
  OWLET_TRY(query.node, plan::Resolve(unresolved, context.session, *query.source));
  return query;
}

}  // namespace owlet::spark_connect
