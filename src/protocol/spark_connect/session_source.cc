#include <fmt/format.h>

#include "core/catalog/catalog.h"
#include "protocol/spark_connect/plan_executor.h"
#include "protocol/spark_connect/relation_proto.h"
#include "protocol/spark_connect/stored_views.h"

namespace owlet::spark_connect {

namespace {

class SessionSource final : public plan::RelationSource {
 public:
  SessionSource(std::shared_ptr<Session> session, std::unique_ptr<plan::RelationSource> engine,
                const catalog::Catalog& catalog)
      : session_(std::move(session)), engine_(std::move(engine)), catalog_(catalog) {}

  Result<plan::NamedRelation> FindTable(const std::vector<std::string>& name) override {
    if (auto view = session_->FindView(name)) {
      return plan::ViewDefinition{std::move(view->query), std::move(view->settings), std::nullopt};
    }
    OWLET_TRY(auto view, FindStoredView(name));
    if (view) return std::move(*view);
    return engine_->FindTable(name);
  }
  Result<std::shared_ptr<const plan::TableSource>> DescribeFiles(
      const plan::ReadFiles& read, const plan::SessionSettings& session) override {
    return engine_->DescribeFiles(read, session);
  }
  std::optional<plan::Literal> FindVariable(const std::string& name) override {
    auto variable = session_->variables().Find(name);
    if (!variable) return std::nullopt;
    return std::move(variable->value);
  }
  Result<plan::Schema> DescribeArrow(const std::string& arrow_ipc) override {
    return engine_->DescribeArrow(arrow_ipc);
  }
  Result<std::vector<std::vector<plan::Literal>>> Evaluate(const plan::NodePtr& query) override {
    return engine_->Evaluate(query);
  }

 private:
  /// The query of a view that CREATE VIEW left in the catalog, under its own database.
  Result<std::optional<plan::ViewDefinition>> FindStoredView(
      const std::vector<std::string>& name) const {
    plan::SessionSettings settings = session_->Settings();
    const catalog::TableName table_name{
        name.size() > 1 ? name[name.size() - 2] : settings.current_database, name.back()};
    const auto table = catalog_.GetTable(*session_->principal(), table_name);
    if (!table) return std::nullopt;
    return ReadStoredView(*table, std::move(settings));
  }

  std::shared_ptr<Session> session_;
  std::unique_ptr<plan::RelationSource> engine_;
  const catalog::Catalog& catalog_;
};

}  // namespace

std::shared_ptr<plan::RelationSource> MakeSource(Services& services,
                                                 const std::shared_ptr<Session>& session,
                                                 const engine::ExecutionContext& context) {
  return std::make_shared<SessionSource>(session, services.engine.Source(context),
                                         services.catalog);
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

FindText TextFinder(const plan::SessionSettings& session, plan::RelationSource& source) {
  return [&session, &source](const plan::RelationPtr& relation) -> Result<std::string> {
    OWLET_TRY(const plan::NodePtr node, plan::Resolve(relation, session, source));
    OWLET_TRY(const auto rows, source.Evaluate(node));
    const plan::Field field = plan::SchemaOf(*node).front();
    const auto not_a_constant = [&](const char* condition) {
      return Fail(Error{
          .reason = Reason::kAnalysisError,
          .message = "IDENTIFIER needs a constant text",
          .condition = condition,
          .parameters = {{"expr", fmt::format("\"{}\"", field.name)}, {"name", "IDENTIFIER"}}});
    };
    if (rows.size() != 1 || rows[0].size() != 1 || rows[0][0].IsNull()) {
      return not_a_constant("NOT_A_CONSTANT_STRING.NULL");
    }
    const auto* text = std::get_if<std::string>(&rows[0][0].value);
    if (text == nullptr) return not_a_constant("NOT_A_CONSTANT_STRING.WRONG_TYPE");
    return *text;
  };
}

sql::EvaluateName NameEvaluator(const plan::BindParameters& parameters, const FindText& find_text) {
  if (!find_text) return nullptr;
  return [&parameters, &find_text](const plan::ExpressionPtr& expression) {
    plan::BindParameters bound = parameters;
    bound.input =
        plan::MakeRelation(plan::Project{plan::MakeRelation(plan::OneRow{}), {expression}});
    return find_text(plan::MakeRelation(std::move(bound)));
  };
}

Result<ResolvedQuery> ResolveRelation(Services& services, const std::shared_ptr<Session>& session,
                                      const ::spark::connect::Relation& relation,
                                      const engine::ExecutionContext& context) {
  ResolvedQuery query;
  query.source = MakeSource(services, session, context);
  RelationReader reader(*session, SchemaFinder(context.session, *query.source),
                        TextFinder(context.session, *query.source));
  OWLET_TRY(const plan::RelationPtr unresolved, reader.Read(relation));
  OWLET_TRY(query.node, plan::Resolve(unresolved, context.session, *query.source));
  return query;
}

}  // namespace owlet::spark_connect
