#include <fmt/format.h>

#include <algorithm>

#include "core/plan/resolver_binder.h"
#include "core/plan/resolver_select.h"
#include "core/plan/resolver_statement.h"

// What only DataFrames have: withColumn, drop, toDF, na, dropDuplicates, unpivot.

namespace owlet::plan {

namespace {

bool FitsFill(const Type& column, const Literal& value) {
  if (value.type.id() == TypeId::kBoolean) return column.id() == TypeId::kBoolean;
  if (value.type.IsCharacter()) return column.IsCharacter();
  return value.type.IsNumeric() && column.IsNumeric();
}

Statement::Item Kept(const ScopeColumn& column) {
  return {.expression = ReferTo(column.column),
          .name = column.column.name,
          .qualifier = column.qualifier,
          .metadata = column.column.metadata,
          .hidden = column.hidden};
}

}  // namespace

Result<Scope> Statement::ResolveNode(const WithColumns& node, const Relation& /*relation*/,
                                     const Binder* outer) {
  OWLET_TRY(Scope input, ResolveRelation(node.input, outer));
  std::vector<bool> used(node.columns.size(), false);
  std::vector<std::string> seen;
  for (const Alias& alias : node.columns) {
    const std::string& name = alias.names.at(0);
    const bool twice = std::ranges::any_of(
        seen, [&](const std::string& other) { return SameName(other, name, session_); });
    if (twice) {
      return SparkError("COLUMN_ALREADY_EXISTS", nullptr, {{"columnName", SparkName({name})}},
                        fmt::format("The column {} already exists.", SparkName({name})));
    }
    seen.push_back(name);
  }
  // A column of that name is replaced where it stands; a new one comes last.
  std::vector<Item> output;
  Binder binder(*this, input, outer, "SELECT");
  CallSink windows;
  GeneratorSink generator;
  binder.windows = &windows;
  binder.generator = &generator;
  std::vector<BoundPtr> bound;
  for (const Alias& alias : node.columns) {
    OWLET_TRY(BoundPtr value, binder.Bind(alias.input));
    bound.push_back(std::move(value));
  }
  for (const ScopeColumn& column : input.columns) {
    Item item = Kept(column);
    for (std::size_t i = 0; i < node.columns.size() && !column.hidden; ++i) {
      if (!SameName(node.columns[i].names[0], column.column.name, session_)) continue;
      item = {.expression = bound[i],
              .name = node.columns[i].names[0],
              .metadata = node.columns[i].metadata};
      used[i] = true;
    }
    output.push_back(std::move(item));
  }
  for (std::size_t i = 0; i < node.columns.size(); ++i) {
    if (used[i]) continue;
    output.push_back({.expression = bound[i],
                      .name = node.columns[i].names[0],
                      .metadata = node.columns[i].metadata});
  }
  Scope below = input;
  if (!windows.calls.empty()) {
    std::vector<Column> columns = input.node->columns;
    columns.insert(columns.end(), windows.columns.begin(), windows.columns.end());
    below.node = std::make_shared<const Node>(
        Node{WindowNode{input.node, windows.calls}, std::move(columns)});
  }
  if (generator.node) {
    generator.node->input = below.node;
    std::vector<Column> columns = below.node->columns;
    columns.insert(columns.end(), generator.columns.begin(), generator.columns.end());
    below.node = std::make_shared<const Node>(Node{*generator.node, std::move(columns)});
  }
  Scope scope = ProjectItems(below, std::move(output));
  scope.below = std::make_shared<const Scope>(std::move(input));
  return scope;
}

Result<Scope> Statement::ResolveNode(const WithColumnsRenamed& node, const Relation& /*relation*/,
                                     const Binder* outer) {
  OWLET_TRY(Scope input, ResolveRelation(node.input, outer));
  std::vector<Item> items;
  for (const ScopeColumn& column : input.columns) {
    Item item = Kept(column);
    for (const auto& [from, to] : node.renames) {
      if (column.hidden || !SameName(from, item.name, session_)) continue;
      item.name = to;
      item.qualifier.clear();
    }
    items.push_back(std::move(item));
  }
  return ProjectItems(input, std::move(items));
}

Result<Scope> Statement::ResolveNode(const Drop& node, const Relation& /*relation*/,
                                     const Binder* outer) {
  OWLET_TRY(Scope input, ResolveRelation(node.input, outer));
  std::vector<ColumnId> dropped;
  for (const ExpressionPtr& expression : node.columns) {
    Binder binder(*this, input, outer, "SELECT");
    auto bound = binder.Bind(expression);
    if (!bound) {
      // A column that is not there is dropped already; an ambiguous one is an error.
      if (bound.error().condition.starts_with("UNRESOLVED_COLUMN") ||
          bound.error().condition == "CANNOT_RESOLVE_DATAFRAME_COLUMN") {
        continue;
      }
      return std::unexpected(std::move(bound).error());
    }
    if (const auto* column = std::get_if<BoundColumn>(&(*bound)->node)) {
      dropped.push_back(column->id);
    }
  }
  std::vector<Item> items;
  for (const ScopeColumn& column : input.columns) {
    const bool by_name = !column.hidden && std::ranges::any_of(node.names, [&](const auto& name) {
      return SameName(name, column.column.name, session_);
    });
    const bool by_id = std::ranges::find(dropped, column.column.id) != dropped.end();
    if (!by_name && !by_id) items.push_back(Kept(column));
  }
  Scope scope = ProjectItems(input, std::move(items));
  scope.below = std::make_shared<const Scope>(std::move(input));
  return scope;
}

Result<Scope> Statement::ResolveNode(const ToDataFrame& node, const Relation& relation,
                                     const Binder* outer) {
  OWLET_TRY(Scope input, ResolveRelation(node.input, outer));
  NodePtr visible = VisibleNode(input);
  if (visible->columns.size() != node.names.size()) {
    return SparkError("ASSIGNMENT_ARITY_MISMATCH", relation.origin,
                      {{"numExpr", std::to_string(visible->columns.size())},
                       {"numTarget", std::to_string(node.names.size())}},
                      "The number of columns does not match.");
  }
  std::vector<Item> items;
  for (std::size_t i = 0; i < node.names.size(); ++i) {
    items.push_back({.expression = ReferTo(visible->columns[i]),
                     .name = node.names[i],
                     .metadata = visible->columns[i].metadata});
  }
  input.node = visible;
  return ProjectItems(input, std::move(items));
}

Result<Scope> Statement::ResolveNode(const ToSchema& node, const Relation& relation,
                                     const Binder* outer) {
  OWLET_TRY(Scope input, ResolveRelation(node.input, outer));
  std::vector<Item> items;
  for (const Field& field : node.schema) {
    const NameMatch match = FindName(input.columns, {field.name}, session_);
    if (match.columns.empty()) {
      if (field.nullable) {
        items.push_back({.expression = Constant(Literal{field.type, {}}), .name = field.name});
        continue;
      }
      return SparkError("UNRESOLVED_COLUMN.WITH_SUGGESTION", relation.origin,
                        {{"objectName", SparkName({field.name})},
                         {"proposal", SparkProposal({field.name}, QualifiedNames(input))}},
                        fmt::format("Cannot resolve {}.", SparkName({field.name})));
    }
    if (match.columns.size() > 1) {
      return SparkError(
          "AMBIGUOUS_COLUMN_OR_FIELD", relation.origin,
          {{"name", SparkName({field.name})}, {"n", std::to_string(match.columns.size())}},
          "Column or field is ambiguous.");
    }
    const Column& column = match.columns[0]->column;
    if (!field.nullable && column.nullable) {
      return SparkError("NULLABLE_COLUMN_OR_FIELD", relation.origin,
                        {{"name", SparkName({field.name})}},
                        fmt::format("Column or field {} is nullable while it's required to be "
                                    "non-nullable.",
                                    SparkName({field.name})));
    }
    if (!CanCoerce(column.type, field.type, session_) &&
        !CanCast(column.type, field.type, session_)) {
      return SparkError("INVALID_COLUMN_OR_FIELD_DATA_TYPE", relation.origin,
                        {{"name", SparkName({field.name})},
                         {"type", SparkQuoted(TypeText(column.type, session_))},
                         {"expectedType", SparkQuoted(TypeText(field.type, session_))}},
                        fmt::format("Column or field {} is of type \"{}\" while it's required to "
                                    "be \"{}\".",
                                    SparkName({field.name}), TypeText(column.type, session_),
                                    TypeText(field.type, session_)));
    }
    items.push_back({.expression = Coerce(ReferTo(column), field.type, session_),
                     .name = field.name,
                     .metadata = field.metadata});
  }
  return ProjectItems(input, std::move(items));
}

Result<Scope> Statement::ResolveNode(const NaFill& node, const Relation& relation,
                                     const Binder* outer) {
  OWLET_TRY(Scope input, ResolveRelation(node.input, outer));
  for (const std::string& name : node.columns) {
    OWLET_TRY(const ScopeColumn* column, OneColumn(input, name, relation.origin));
    static_cast<void>(column);
  }
  std::vector<Item> items;
  for (const ScopeColumn& column : input.columns) {
    Item item = Kept(column);
    const Literal* value = nullptr;
    for (std::size_t i = 0; i < node.columns.size(); ++i) {
      if (SameName(node.columns[i], column.column.name, session_)) {
        value = &node.values[node.values.size() == 1 ? 0 : i];
      }
    }
    if (node.columns.empty() && !node.values.empty()) value = &node.values[0];
    if (value != nullptr && !column.hidden && FitsFill(column.column.type, *value)) {
      const Type& type = column.column.type;
      BoundPtr constant = Constant(*value);
      if (!constant->type.SameIgnoringNulls(type)) {
        constant = std::make_shared<const Bound>(
            Bound{BoundCast{constant, CastMode::kLegacy}, type, false});
      }
      BoundPtr current = item.expression;
      if (type.id() == TypeId::kDouble || type.id() == TypeId::kReal) {
        static const FunctionEntry kNotNan{.name = "nanvl",
                                           .signature = "",
                                           .lowering = "CASE WHEN isnan($1) THEN NULL ELSE $1 END"};
        current = TemplateCall(kNotNan, {current}, type, true);
      }
      item.expression = FirstNotNull({std::move(current), std::move(constant)}, type, session_);
    }
    items.push_back(std::move(item));
  }
  return ProjectItems(input, std::move(items));
}

Result<Scope> Statement::ResolveNode(const NaDrop& node, const Relation& relation,
                                     const Binder* outer) {
  static const FunctionEntry kCount{
      .name = "count not null", .signature = "", .lowering = "CAST(($1) AS INTEGER)"};
  static const FunctionEntry kPlus{.name = "+", .signature = "", .lowering = "($1 + $2)"};
  static const FunctionEntry kAtLeast{.name = ">=", .signature = "", .lowering = "($1 >= $2)"};
  static const FunctionEntry kPresent{
      .name = "present", .signature = "", .lowering = "($1 IS NOT NULL)"};
  static const FunctionEntry kPresentNumber{
      .name = "present", .signature = "", .lowering = "($1 IS NOT NULL AND NOT isnan($1))"};
  OWLET_TRY(Scope input, ResolveRelation(node.input, outer));
  std::vector<Column> columns;
  for (const std::string& name : node.columns) {
    OWLET_TRY(const ScopeColumn* column, OneColumn(input, name, relation.origin));
    columns.push_back(column->column);
  }
  if (node.columns.empty()) {
    for (const ScopeColumn& column : input.columns) {
      if (!column.hidden) columns.push_back(column.column);
    }
  }
  const Type boolean(TypeId::kBoolean);
  const Type integer(TypeId::kInteger);
  BoundPtr condition;
  BoundPtr count;
  for (const Column& column : columns) {
    const bool floating = column.type.id() == TypeId::kDouble || column.type.id() == TypeId::kReal;
    BoundPtr present =
        TemplateCall(floating ? kPresentNumber : kPresent, {ReferTo(column)}, boolean, false);
    BoundPtr one = TemplateCall(kCount, {present}, integer, false);
    count = count ? TemplateCall(kPlus, {count, one}, integer, false) : one;
    condition = Conjunction(condition, present);
  }
  if (node.min_non_nulls) {
    if (!count) count = Constant(Literal::Integer(0));
    condition = TemplateCall(kAtLeast, {count, Constant(Literal::Integer(*node.min_non_nulls))},
                             boolean, false);
  }
  if (!condition) return input;
  return WithNode(std::move(input), FilterNode{nullptr, std::move(condition)});
}

Result<Scope> Statement::ResolveNode(const NaReplace& node, const Relation& relation,
                                     const Binder* outer) {
  OWLET_TRY(Scope input, ResolveRelation(node.input, outer));
  for (const std::string& name : node.columns) {
    OWLET_TRY(const ScopeColumn* column, OneColumn(input, name, relation.origin));
    static_cast<void>(column);
  }
  std::vector<Item> items;
  for (const ScopeColumn& column : input.columns) {
    Item item = Kept(column);
    const bool named =
        node.columns.empty() || std::ranges::any_of(node.columns, [&](const std::string& name) {
          return SameName(name, column.column.name, session_);
        });
    BoundCase choice;
    const Type& type = column.column.type;
    for (const auto& [from, to] : node.replacements) {
      if (column.hidden || !named) continue;
      if (!from.IsNull() && !FitsFill(type, from)) continue;
      Scope one = input;
      Binder binder(*this, one, nullptr, "REPLACE");
      ExpressionPtr call = MakeExpression(FunctionCall{.name = "="});
      BoundPtr condition = IsNull(item.expression);
      if (!from.IsNull()) {
        OWLET_TRY(condition, binder.Compare("=", item.expression, Constant(from), call));
      }
      BoundPtr value = Constant(to);
      if (!to.IsNull() && !value->type.SameIgnoringNulls(type)) {
        value =
            std::make_shared<const Bound>(Bound{BoundCast{value, CastMode::kLegacy}, type, false});
      } else {
        value = Coerce(std::move(value), type, session_);
      }
      choice.branches.emplace_back(std::move(condition), std::move(value));
    }
    if (!choice.branches.empty()) {
      bool nullable = column.column.nullable;
      for (const auto& branch : choice.branches) nullable = nullable || branch.second->nullable;
      choice.otherwise = item.expression;
      item.expression = std::make_shared<const Bound>(Bound{std::move(choice), type, nullable});
    }
    items.push_back(std::move(item));
  }
  return ProjectItems(input, std::move(items));
}

Result<Scope> Statement::ResolveNode(const Deduplicate& node, const Relation& relation,
                                     const Binder* outer) {
  OWLET_TRY(Scope input, ResolveRelation(node.input, outer));
  DistinctNode distinct;
  for (const std::string& name : node.columns) {
    bool found = false;
    for (const ScopeColumn& column : input.columns) {
      if (column.hidden || !SameName(column.column.name, name, session_)) continue;
      distinct.keys.push_back(column.column.id);
      found = true;
    }
    if (!found) {
      std::vector<std::string> fields;
      for (const ScopeColumn& column : input.columns) {
        if (!column.hidden) fields.push_back(column.column.name);
      }
      return NotAmongFieldNames(name, fields, relation.origin);
    }
  }
  distinct.input = VisibleNode(input);
  std::vector<Column> columns = distinct.input->columns;
  std::erase_if(input.columns, [](const ScopeColumn& column) { return column.hidden; });
  for (std::size_t i = 0; i < columns.size(); ++i) input.columns[i].column = columns[i];
  input.node = std::make_shared<const Node>(Node{std::move(distinct), std::move(columns)});
  input.below = nullptr;
  return input;
}

}  // namespace owlet::plan
