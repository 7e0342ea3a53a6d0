#include "protocol/spark_connect/python_relations.h"

#include <fmt/format.h>
#include <spark/connect/expressions.pb.h>
#include <spark/connect/relations.pb.h>

#include <utility>

#include "protocol/spark_connect/type_proto.h"

namespace owlet::spark_connect {

namespace proto = ::spark::connect;
using plan::ExpressionPtr;
using plan::MakeExpression;
using plan::RelationPtr;

namespace {

std::unexpected<Error> NotImplemented(std::string_view what) {
  return Fail(Reason::kNotImplemented, fmt::format("{} is not implemented", what),
              "UNSUPPORTED_FEATURE");
}

ExpressionPtr Call(std::string name, std::vector<ExpressionPtr> arguments) {
  return MakeExpression(plan::FunctionCall{
      .name = std::move(name), .arguments = std::move(arguments), .is_operator = true});
}

ExpressionPtr Named(ExpressionPtr expression, std::string name) {
  return MakeExpression(plan::Alias{std::move(expression), {std::move(name)}, ""});
}

ExpressionPtr Column(std::string name) {
  return MakeExpression(plan::ColumnReference{.parts = {std::move(name)}});
}

/// All columns of the input as one list of rows, by the key: columns `key` (a struct) and `rows`.
plan::Aggregate Groups(RelationPtr input, std::vector<ExpressionPtr> keys) {
  plan::Aggregate groups{.input = std::move(input), .grouping = {}, .aggregates = {}};
  std::vector<ExpressionPtr> names;
  std::vector<ExpressionPtr> grouping;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    // A key that is an aliased expression, as groupBy(expr.alias("k")) sends it, stays one.
    grouping.push_back(keys[i]);
  }
  ExpressionPtr row = Call("struct", {MakeExpression(plan::Star{})});
  groups.grouping.push_back({plan::GroupKind::kGroupBy, {grouping}});
  groups.aggregates.push_back(Named(Call("python.rows", {std::move(row)}), "rows"));
  if (!keys.empty()) {
    for (ExpressionPtr& key : keys) {
      if (const auto* alias = std::get_if<plan::Alias>(&key->node)) key = alias->input;
    }
    groups.aggregates.push_back(Named(Call("struct", std::move(keys)), "key"));
  }
  return groups;
}

/// The function over the named columns of the input, its rows taken apart.
RelationPtr RowsOf(plan::PythonFunction function, RelationPtr input,
                   const std::vector<std::string>& columns) {
  function.result_type = plan::Type::Array(std::move(function.result_type), false);
  for (const std::string& column : columns) function.arguments.push_back(Column(column));
  ExpressionPtr called = MakeExpression(std::move(function));
  return plan::MakeRelation(plan::Project{std::move(input), {Call("inline", {std::move(called)})}});
}

Result<plan::PythonFunction> ReadFunction(ExpressionReader& expressions,
                                          const proto::CommonInlineUserDefinedFunction& proto) {
  OWLET_TRY(plan::PythonFunction function, expressions.ReadPython(proto));
  // The client sends the group's columns; the function gets whole rows here.
  function.arguments.clear();
  function.argument_names.clear();
  if (function.result_type.id() != plan::TypeId::kRow) {
    return Fail(Reason::kAnalysisError, "a function from rows to rows must give a struct");
  }
  return function;
}

Result<RelationPtr> ReadMap(RelationReader& relations, ExpressionReader& expressions,
                            const proto::MapPartitions& map) {
  OWLET_TRY(plan::PythonFunction function, ReadFunction(expressions, map.func()));
  OWLET_TRY(RelationPtr input, relations.Read(map.input()));
  RelationPtr all = plan::MakeRelation(Groups(std::move(input), {}));
  return RowsOf(std::move(function), std::move(all), {"rows"});
}

Result<RelationPtr> ReadGroups(RelationReader& relations, ExpressionReader& expressions,
                               const proto::GroupMap& map) {
  if (map.has_is_map_groups_with_state() || map.has_transform_with_state_info() ||
      map.has_initial_input()) {
    return NotImplemented("a function over groups with state");
  }
  OWLET_TRY(plan::PythonFunction function, ReadFunction(expressions, map.func()));
  OWLET_TRY(RelationPtr input, relations.Read(map.input()));
  OWLET_TRY(auto keys, expressions.ReadAll(map.grouping_expressions()));
  const bool keyed = !keys.empty();
  RelationPtr groups = plan::MakeRelation(Groups(std::move(input), std::move(keys)));
  return RowsOf(std::move(function), std::move(groups),
                keyed ? std::vector<std::string>{"rows", "key"} : std::vector<std::string>{"rows"});
}

/// Each side's groups, met by their keys: NULL meets NULL.
Result<RelationPtr> ReadCoGroups(RelationReader& relations, ExpressionReader& expressions,
                                 const proto::CoGroupMap& map) {
  OWLET_TRY(plan::PythonFunction function, ReadFunction(expressions, map.func()));
  OWLET_TRY(RelationPtr input, relations.Read(map.input()));
  OWLET_TRY(RelationPtr other, relations.Read(map.other()));
  OWLET_TRY(auto keys, expressions.ReadAll(map.input_grouping_expressions()));
  OWLET_TRY(auto other_keys, expressions.ReadAll(map.other_grouping_expressions()));
  const auto side = [](RelationPtr groups, const std::string& suffix) {
    plan::Project renamed{
        std::move(groups),
        {Named(Column("rows"), "rows" + suffix), Named(Column("key"), "key" + suffix)}};
    return plan::MakeRelation(std::move(renamed));
  };
  plan::Join join{
      .left = side(plan::MakeRelation(Groups(std::move(input), std::move(keys))), "1"),
      .right = side(plan::MakeRelation(Groups(std::move(other), std::move(other_keys))), "2"),
      .kind = plan::JoinKind::kFull,
      .condition = Call("<=>", {Column("key1"), Column("key2")})};
  plan::Project met{plan::MakeRelation(std::move(join)),
                    {Column("rows1"), Column("rows2"),
                     Named(Call("coalesce", {Column("key1"), Column("key2")}), "key")}};
  return RowsOf(std::move(function), plan::MakeRelation(std::move(met)), {"rows1", "rows2", "key"});
}

}  // namespace

Result<plan::PythonFunction> ReadTableFunction(
    const proto::CommonInlineUserDefinedTableFunction& function) {
  if (!function.python_udtf().has_return_type()) {
    return NotImplemented("a table function whose analyze() says its columns");
  }
  plan::PythonFunction out;
  out.name = function.function_name();
  OWLET_TRY(plan::Schema columns, SchemaFromProto(function.python_udtf().return_type()));
  out.result_type = plan::Type::Array(plan::Type::Row(std::move(columns)), false);
  out.eval_type = function.python_udtf().eval_type();
  out.command = function.python_udtf().command();
  out.python_version = function.python_udtf().python_ver();
  out.deterministic = function.deterministic();
  return out;
}

Result<RelationPtr> ReadPythonRelation(RelationReader& relations, ExpressionReader& expressions,
                                       const proto::Relation& relation) {
  using R = proto::Relation;
  switch (relation.rel_type_case()) {
    case R::kMapPartitions:
      return ReadMap(relations, expressions, relation.map_partitions());
    case R::kGroupMap:
      return ReadGroups(relations, expressions, relation.group_map());
    case R::kCoGroupMap:
      return ReadCoGroups(relations, expressions, relation.co_group_map());
    default:
      break;
  }
  const auto& table = relation.common_inline_user_defined_table_function();
  OWLET_TRY(plan::PythonFunction function, ReadTableFunction(table));
  for (const auto& argument : table.arguments()) {
    const bool named = argument.has_named_argument_expression();
    function.argument_names.push_back(named ? argument.named_argument_expression().key() : "");
    OWLET_TRY(ExpressionPtr value,
              expressions.Read(named ? argument.named_argument_expression().value() : argument));
    function.arguments.push_back(std::move(value));
  }
  ExpressionPtr called = MakeExpression(std::move(function));
  return plan::MakeRelation(
      plan::Project{plan::MakeRelation(plan::OneRow{}), {Call("inline", {std::move(called)})}});
}

}  // namespace owlet::spark_connect
