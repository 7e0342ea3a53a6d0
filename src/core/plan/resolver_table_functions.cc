#include <fmt/format.h>

#include <algorithm>

#include "core/plan/resolver_binder.h"
#include "core/plan/resolver_statement.h"

// Functions in FROM and LATERAL VIEW: UNNEST, explode and its kin, range, sequence.

namespace owlet::plan {

namespace {

Scope AddGenerated(const Scope& input, NodePtr node, const std::vector<Column>& added,
                   const std::vector<std::string>& qualifier) {
  Scope scope = input;
  scope.below = nullptr;
  scope.node = std::move(node);
  for (const Column& column : added) {
    scope.columns.push_back({.column = column, .qualifier = qualifier});
  }
  return scope;
}

NodePtr GeneratorNode(const Scope& input, GeneratorSink& sink) {
  std::vector<Column> columns = input.node->columns;
  columns.insert(columns.end(), sink.columns.begin(), sink.columns.end());
  if (sink.node) {
    sink.node->input = input.node;
    return std::make_shared<const Node>(Node{*sink.node, std::move(columns)});
  }
  auto right =
      std::make_shared<const Node>(Node{ValuesNode{std::move(sink.stack_rows)}, sink.columns});
  return std::make_shared<const Node>(Node{JoinNode{.left = input.node,
                                                    .right = right,
                                                    .kind = JoinKind::kCross,
                                                    .condition = nullptr,
                                                    .lateral = true},
                                           std::move(columns)});
}

}  // namespace

Result<Scope> Statement::ResolveLateralView(const LateralView& view, Scope from,
                                            const Binder* outer) {
  GeneratorSink sink;
  Binder binder(*this, from, outer, "LATERAL VIEW");
  binder.generator = &sink;
  OWLET_TRY(BoundPtr bound, binder.Bind(view.generator));
  static_cast<void>(bound);
  if (!sink.node && sink.stack_rows.empty()) {
    return SparkError("NOT_A_TABLE_FUNCTION", view.generator->origin,
                      {{"functionName", SparkQuoted(binder.TextOf(view.generator))}},
                      "LATERAL VIEW needs a table function.");
  }
  if (!view.column_aliases.empty() && view.column_aliases.size() != sink.columns.size()) {
    return SparkError("UDTF_ALIAS_NUMBER_MISMATCH", view.generator->origin,
                      {{"aliasesNum", std::to_string(view.column_aliases.size())},
                       {"outColumnsNum", std::to_string(sink.columns.size())}},
                      "The number of aliases does not match the function's columns.");
  }
  for (std::size_t i = 0; i < view.column_aliases.size(); ++i) {
    sink.columns[i].name = view.column_aliases[i];
  }
  if (view.outer && sink.node) {
    sink.node->outer = true;
    for (Column& column : sink.columns) column.nullable = true;
  }
  std::vector<std::string> qualifier;
  if (!view.table_alias.empty()) qualifier.push_back(view.table_alias);
  NodePtr node = GeneratorNode(from, sink);
  return AddGenerated(from, std::move(node), sink.columns, qualifier);
}

Result<Scope> Statement::TrinoUnnest(const TableFunction& node, const Scope& input,
                                     const Binder* outer, const OriginPtr& origin) {
  Binder binder(*this, input, outer, "UNNEST");
  UnnestNode unnest{.input = input.node,
                    .collections = {},
                    .with_ordinality = node.with_ordinality,
                    .outer = node.outer,
                    .ordinality_first = false,
                    .zero_based = false,
                    .expand_rows = true};
  std::vector<Column> added;
  auto add = [&](std::string name, const Type& type) {
    added.push_back({.id = NewId(), .name = std::move(name), .type = type, .nullable = true});
  };
  for (const ExpressionPtr& argument : node.arguments) {
    OWLET_TRY(BoundPtr bound, binder.Bind(argument));
    if (bound->type.id() == TypeId::kArray) {
      if (bound->type.element().id() == TypeId::kRow) {
        for (const Field& field : bound->type.element().fields()) add(field.name, field.type);
      } else {
        add("", bound->type.element());
      }
    } else if (bound->type.id() == TypeId::kMap) {
      add("", bound->type.key());
      add("", bound->type.value());
    } else {
      return Fail(
          Error{.reason = Reason::kAnalysisError,
                .message = fmt::format("Cannot unnest type: {}", TypeText(bound->type, session_)),
                .condition = "INVALID_FUNCTION_ARGUMENT"});
    }
    unnest.collections.push_back(std::move(bound));
  }
  if (node.with_ordinality) add("", Type(TypeId::kBigint));
  static_cast<void>(origin);
  std::vector<Column> columns = input.node->columns;
  columns.insert(columns.end(), added.begin(), added.end());
  auto made = std::make_shared<const Node>(Node{std::move(unnest), std::move(columns)});
  return AddGenerated(input, std::move(made), added, {});
}

Result<Scope> Statement::Unnested(const TableFunction& node, const Scope& input,
                                  const Binder* outer, const OriginPtr& origin) {
  if (IsTrino() && node.name == "unnest") return TrinoUnnest(node, input, outer, origin);
  if (IsSpark()) {
    GeneratorSink sink;
    Binder binder(*this, input, outer, "FROM");
    binder.generator = &sink;
    FunctionCall call{.name = node.name, .arguments = node.arguments};
    OWLET_TRY(BoundPtr bound, binder.Bind(MakeExpression(std::move(call), origin)));
    static_cast<void>(bound);
    if (sink.node || !sink.stack_rows.empty()) {
      if (node.outer && sink.node) {
        sink.node->outer = true;
        for (Column& column : sink.columns) column.nullable = true;
      }
      NodePtr made = GeneratorNode(input, sink);
      return AddGenerated(input, std::move(made), sink.columns, {});
    }
    return SparkError(
        "UNRESOLVABLE_TABLE_VALUED_FUNCTION", origin, {{"name", SparkName({node.name})}},
        fmt::format("Could not resolve {} to a table-valued function.", SparkName({node.name})));
  }
  return TrinoError("FUNCTION_NOT_FOUND", origin,
                    fmt::format("Table function '{}' not registered", node.name));
}

Result<Scope> Statement::ResolveNode(const TableFunction& node, const Relation& relation,
                                     const Binder* outer) {
  if (node.name == "range" && IsSpark()) {
    std::vector<std::int64_t> values;
    for (const ExpressionPtr& argument : node.arguments) {
      Scope nothing;
      Binder binder(*this, nothing, nullptr, "FROM");
      OWLET_TRY(BoundPtr bound, binder.Bind(argument));
      Scope one;
      one.node = std::make_shared<const Node>(Node{ValuesNode{{{}}}, {}});
      const auto* literal = std::get_if<Literal>(&bound->node);
      const auto* number = literal ? std::get_if<std::int64_t>(&literal->value) : nullptr;
      if (number != nullptr) {
        values.push_back(*number);
        continue;
      }
      Scope projected = ProjectItems(
          one, {{.expression = Coerce(bound, Type(TypeId::kBigint), session_), .name = "value"}});
      OWLET_TRY(auto rows, source_.Evaluate(projected.node));
      const auto* value =
          rows.empty() || rows[0].empty() ? nullptr : std::get_if<std::int64_t>(&rows[0][0].value);
      if (value == nullptr) return Fail(Reason::kInvalidArgument, "range of NULL");
      values.push_back(*value);
    }
    if (values.empty() || values.size() > 4) {
      return SparkError("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", relation.origin,
                        {{"functionName", "`range`"},
                         {"expectedNum", "[1, 2, 3, 4]"},
                         {"actualNum", std::to_string(values.size())},
                         {"docroot", "https://spark.apache.org/docs/latest"}},
                        "range takes 1 to 4 arguments.");
    }
    Range range;
    range.end = values[0];
    if (values.size() > 1) {
      range.start = values[0];
      range.end = values[1];
    }
    if (values.size() > 2) range.step = values[2];
    return ResolveNode(range, relation, outer);
  }
  Scope one;
  one.node = std::make_shared<const Node>(Node{ValuesNode{{{}}}, {}});
  if (IsTrino() && node.name == "sequence") {
    FunctionCall call{.name = "sequence", .arguments = node.arguments};
    TableFunction unnest{.name = "unnest",
                         .arguments = {MakeExpression(std::move(call), relation.origin)}};
    OWLET_TRY(Scope scope, TrinoUnnest(unnest, one, outer, relation.origin));
    OWLET_CHECK_OK(RenameColumns(scope, {"sequential_number"}, "sequence", relation.origin));
    return scope;
  }
  return Unnested(node, one, outer, relation.origin);
}

}  // namespace owlet::plan
