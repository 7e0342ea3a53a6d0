#include <fmt/format.h>

#include "core/plan/type_names.h"
#include "protocol/spark_connect/sql_statements.h"

// Spark's session variables, and EXECUTE IMMEDIATE, which reads and sets them.

namespace owlet::spark_connect {

namespace {

std::string QuotedVariable(const std::string& name) {
  return fmt::format("`system`.`session`.`{}`", name);
}

std::unexpected<Error> VariableNotFound(const sql::Name& name, const std::string& database) {
  std::string quoted;
  for (const std::string& part : name) {
    quoted += fmt::format("{}`{}`", quoted.empty() ? "" : ".", part);
  }
  return Fail(Error{
      .reason = Reason::kAnalysisError,
      .message = "no such variable: " + name.back(),
      .condition = "UNRESOLVED_VARIABLE",
      .parameters = {{"variableName", quoted},
                     {"searchPath",
                      fmt::format("[`system`.`builtin`, `system`.`session`, `spark_catalog`.`{}`]",
                                  database)}}});
}

/// The value as the variable's type.
plan::ExpressionPtr CastTo(plan::ExpressionPtr value, const plan::Type& type) {
  return plan::MakeExpression(plan::Cast{.input = std::move(value), .type = type});
}

}  // namespace

Result<StatementRunner::Values> StatementRunner::Evaluate(const plan::RelationPtr& relation) {
  const auto source = MakeSource(services_, session_, context_);
  OWLET_TRY(const plan::NodePtr node, plan::Resolve(relation, context_.session, *source));
  OWLET_TRY(auto rows, source->Evaluate(node));
  return Values{plan::SchemaOf(*node), std::move(rows)};
}

Result<StatementRunner::Values> StatementRunner::Evaluate(
    std::vector<plan::ExpressionPtr> expressions) {
  return Evaluate(Bound(plan::MakeRelation(
      plan::Project{plan::MakeRelation(plan::OneRow{}), std::move(expressions)})));
}

Result<LocalRows> StatementRunner::Apply(const sql::DeclareVariables& declare) {
  plan::ExpressionPtr value = declare.default_value;
  if (value == nullptr) value = plan::MakeExpression(plan::Literal::Null());
  if (declare.type) value = CastTo(std::move(value), *declare.type);
  OWLET_TRY(const Values made, Evaluate({value}));
  const plan::Type type = declare.type.value_or(made.schema.front().type);
  for (const sql::Name& name : declare.names) {
    if (session_->variables().Find(name.back()) && !declare.or_replace) {
      return Fail(Error{.reason = Reason::kAnalysisError,
                        .message = "the variable is there already: " + name.back(),
                        .condition = "VARIABLE_ALREADY_EXISTS",
                        .parameters = {{"variableName", QuotedVariable(name.back())}}});
    }
  }
  for (const sql::Name& name : declare.names) {
    session_->variables().Put(name.back(),
                              {type, declare.default_value, made.rows.front().front()});
  }
  return LocalRows{};
}

Result<LocalRows> StatementRunner::Apply(const sql::SetVariables& set) {
  std::vector<SessionVariable> variables;
  for (const sql::Name& name : set.names) {
    auto variable = session_->variables().Find(name.back());
    if (!variable) return VariableNotFound(name, context_.session.current_database);
    variables.push_back(*std::move(variable));
  }
  if (set.query != nullptr) {
    OWLET_CHECK_OK(AssignRow(set.names, Bound(set.query)));
    return LocalRows{};
  }
  std::vector<plan::ExpressionPtr> values;
  for (std::size_t i = 0; i < variables.size(); ++i) {
    plan::ExpressionPtr value = set.values[i];
    if (value == nullptr) value = variables[i].default_value;
    if (value == nullptr) value = plan::MakeExpression(plan::Literal::Null());
    values.push_back(CastTo(std::move(value), variables[i].type));
  }
  OWLET_TRY(const Values made, Evaluate(std::move(values)));
  for (std::size_t i = 0; i < variables.size(); ++i) {
    variables[i].value = made.rows.front()[i];
    session_->variables().Put(set.names[i].back(), variables[i]);
  }
  return LocalRows{};
}

// SET (a, b) = (query) and EXECUTE IMMEDIATE .. INTO: one row, or NULLs where there is none.
Status StatementRunner::AssignRow(const std::vector<sql::Name>& names,
                                  const plan::RelationPtr& query) {
  OWLET_TRY(const Values rows, Evaluate(query));
  if (rows.schema.size() != names.size()) {
    return Fail(Error{.reason = Reason::kAnalysisError,
                      .message = "the query has not one column a variable",
                      .condition = "ASSIGNMENT_ARITY_MISMATCH",
                      .parameters = {{"numExpr", std::to_string(rows.schema.size())},
                                     {"numTarget", std::to_string(names.size())}}});
  }
  if (rows.rows.size() > 1) {
    return Fail(Error{.reason = Reason::kExecutionError,
                      .message = "the query has more than one row",
                      .condition = "ROW_SUBQUERY_TOO_MANY_ROWS"});
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    auto variable = session_->variables().Find(names[i].back());
    if (!variable) return VariableNotFound(names[i], context_.session.current_database);
    plan::Literal value{variable->type, std::monostate{}};
    if (!rows.rows.empty()) {
      OWLET_TRY(const Values cast,
                Evaluate({CastTo(plan::MakeExpression(rows.rows.front()[i]), variable->type)}));
      value = cast.rows.front().front();
    }
    variable->value = std::move(value);
    session_->variables().Put(names[i].back(), *std::move(variable));
  }
  return {};
}

Result<LocalRows> StatementRunner::Apply(const sql::DropVariable& drop) {
  if (!session_->variables().Drop(drop.name.back()) && !drop.if_exists) {
    return Fail(Error{.reason = Reason::kAnalysisError,
                      .message = "no such variable: " + drop.name.back(),
                      .condition = "VARIABLE_NOT_FOUND",
                      .parameters = {{"variableName", QuotedVariable(drop.name.back())}}});
  }
  return LocalRows{};
}

Result<ImmediateStatement> StatementRunner::ReadImmediate(const sql::Execute& execute) {
  OWLET_TRY(const Values text, Evaluate({execute.immediate}));
  const auto* statement = std::get_if<std::string>(&text.rows.front().front().value);
  if (statement == nullptr) {
    return Fail(Error{
        .reason = Reason::kAnalysisError,
        .message = "EXECUTE IMMEDIATE of what is no text",
        .condition = "INVALID_EXPR_TYPE_FOR_QUERY_EXECUTE_IMMEDIATE",
        .parameters = {
            {"exprType", fmt::format("\"{}\"", plan::SparkSqlName(text.schema.front().type))}}});
  }
  ImmediateStatement immediate{.text = *statement, .parameters = {}};
  if (execute.parameters.empty()) return immediate;
  OWLET_TRY(const Values values, Evaluate(execute.parameters));
  for (std::size_t i = 0; i < execute.parameters.size(); ++i) {
    plan::ExpressionPtr value = plan::MakeExpression(values.rows.front()[i]);
    if (execute.parameter_names[i].empty()) {
      immediate.parameters.positional.push_back(std::move(value));
    } else {
      immediate.parameters.named[execute.parameter_names[i]] = std::move(value);
    }
  }
  return immediate;
}

}  // namespace owlet::spark_connect
