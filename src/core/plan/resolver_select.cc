#include "core/plan/resolver_select.h"

#include <fmt/format.h>

#include <algorithm>
#include <regex>
#include <set>

namespace owlet::plan {

namespace {

std::optional<std::int64_t> Ordinal(const ExpressionPtr& expression) {
  const auto* literal = std::get_if<Literal>(&expression->node);
  if (literal == nullptr || !literal->type.IsInteger()) return std::nullopt;
  const auto* value = std::get_if<std::int64_t>(&literal->value);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

bool IsAll(const ExpressionPtr& expression) {
  const auto* reference = std::get_if<ColumnReference>(&expression->node);
  if (reference == nullptr || reference->parts.size() != 1) return false;
  const bool quoted = !reference->quoted.empty() && reference->quoted[0];
  std::string name = reference->parts[0];
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return !quoted && name == "all";
}

}  // namespace

void SelectResolver::Configure(Binder& binder, const SelectParts& parts) {
  binder.aggregates = &aggregates_;
  binder.windows = &windows_;
  binder.select_origin = parts.origin;
  binder.named_windows = parts.windows;
  binder.grouping = parts.group_by.has_value() && !statement_.IsTrino()
                        ? std::ranges::any_of(*parts.group_by,
                                              [](const GroupingElement& element) {
                                                return element.kind != GroupKind::kGroupBy;
                                              })
                        : parts.group_by.has_value();
}

Status SelectResolver::ExpandStar(Binder& binder, const Star& star, const ExpressionPtr& source) {
  if (star.input) {
    OWLET_TRY(BoundPtr row, binder.Bind(star.input));
    if (row->type.id() != TypeId::kRow) {
      return TrinoError("TYPE_MISMATCH", source->origin, "expected expression of type Row");
    }
    for (std::size_t i = 0; i < row->type.fields().size(); ++i) {
      const Field& field = row->type.fields()[i];
      items_.push_back({.expression = std::make_shared<const Bound>(
                            Bound{BoundField{row, i}, field.type, true, source->origin}),
                        .name = field.name,
                        .source = source});
    }
    return {};
  }
  if (from_.no_from && star.qualifier.empty()) {
    if (statement_.IsTrino()) {
      return TrinoError("COLUMN_NOT_FOUND", source->origin,
                        "SELECT * not allowed in queries without FROM clause");
    }
  }
  std::vector<const ScopeColumn*> columns;
  if (star.plan_id) {
    for (const PlanOccurrence& plan : from_.plans) {
      if (plan.plan_id != *star.plan_id) continue;
      for (const ScopeColumn& column : plan.columns) {
        const ScopeColumn* found = FindColumn(from_, column.column.id);
        if (found != nullptr && !column.hidden) columns.push_back(found);
      }
      break;
    }
  } else {
    columns = ColumnsOf(from_.columns, star.qualifier, statement_.session());
    std::erase_if(columns, [](const ScopeColumn* column) {
      return column->hidden && column->column.name.empty();
    });
  }
  if (columns.empty() && !star.qualifier.empty()) {
    // Spark: s.* of a struct column.
    if (statement_.IsSpark()) {
      OWLET_TRY(BoundPtr row, binder.ResolveName({.parts = star.qualifier}, source->origin));
      if (row && row->type.id() == TypeId::kRow) {
        for (std::size_t i = 0; i < row->type.fields().size(); ++i) {
          const Field& field = row->type.fields()[i];
          items_.push_back({.expression = std::make_shared<const Bound>(
                                Bound{BoundField{row, i}, field.type,
                                      field.nullable || row->nullable, source->origin}),
                            .name = field.name,
                            .source = source});
        }
        return {};
      }
      std::string columns_text;
      for (const ScopeColumn& column : from_.columns) {
        if (column.hidden) continue;
        columns_text += (columns_text.empty() ? "" : ", ") + SparkName({column.column.name});
      }
      return SparkError("CANNOT_RESOLVE_STAR_EXPAND", source->origin,
                        {{"targetString", SparkName(star.qualifier)}, {"columns", columns_text}},
                        fmt::format("Cannot resolve {}.* given input columns {}.",
                                    SparkName(star.qualifier), columns_text));
    }
    std::string name;
    for (const std::string& part : star.qualifier) name += (name.empty() ? "" : ".") + part;
    return TrinoError("TABLE_NOT_FOUND", source->origin,
                      fmt::format("Unable to resolve reference {}", name));
  }
  for (const ScopeColumn* column : columns) {
    const bool excepted = std::ranges::any_of(star.except, [&](const auto& path) {
      return path.size() == 1 && SameName(path[0], column->column.name, statement_.session());
    });
    if (excepted) continue;
    items_.push_back({.expression = ReferTo(column->column, source->origin),
                      .name = column->column.name,
                      .qualifier = column->qualifier,
                      .metadata = column->column.metadata,
                      .source = nullptr,
                      .same_as = column->same_as});
  }
  return {};
}

Status SelectResolver::ExpandRegex(const ColumnRegex& written, const ExpressionPtr& source) {
  std::string pattern = written.pattern;
  if (pattern.size() >= 2 && pattern.front() == '`' && pattern.back() == '`') {
    pattern = pattern.substr(1, pattern.size() - 2);
  }
  auto flags = std::regex::ECMAScript;
  if (!statement_.session().case_sensitive) flags |= std::regex::icase;
  // std::regex throws on a bad pattern; nothing but this function sees that.
  try {
    const std::regex regex(pattern, flags);
    for (const ScopeColumn& column : from_.columns) {
      if (column.hidden || !std::regex_match(column.column.name, regex)) continue;
      items_.push_back({.expression = ReferTo(column.column, source->origin),
                        .name = column.column.name,
                        .qualifier = column.qualifier,
                        .metadata = column.column.metadata});
    }
  } catch (const std::regex_error&) {
    return Fail(Reason::kInvalidArgument, fmt::format("not a regular expression: {}", pattern));
  }
  return {};
}

// Spark: the columns that a star among a call's arguments stands for, struct(*) or hash(t.*).
ExpressionPtr SelectResolver::WithoutStars(const Binder& binder,
                                           const ExpressionPtr& expression) const {
  if (const auto* alias = std::get_if<Alias>(&expression->node)) {
    ExpressionPtr input = WithoutStars(binder, alias->input);
    if (input == alias->input) return expression;
    return MakeExpression(Alias{std::move(input), alias->names, alias->metadata},
                          expression->origin);
  }
  const auto* call = std::get_if<FunctionCall>(&expression->node);
  if (call == nullptr) return expression;
  FunctionCall expanded = *call;
  expanded.arguments.clear();
  bool changed = false;
  for (const ExpressionPtr& argument : call->arguments) {
    const auto* star = std::get_if<Star>(&argument->node);
    if (star == nullptr || star->input || star->plan_id || call->name == "count") {
      expanded.arguments.push_back(WithoutStars(binder, argument));
      changed = changed || expanded.arguments.back() != argument;
      continue;
    }
    const auto columns = ColumnsOf(from_.columns, star->qualifier, statement_.session());
    std::vector<std::string> parts = star->qualifier;
    const auto add = [&](const std::string& name) {
      parts.push_back(name);
      expanded.arguments.push_back(
          MakeExpression(ColumnReference{.parts = parts}, argument->origin));
      parts.pop_back();
    };
    for (const ScopeColumn* column : columns) add(column->column.name);
    if (columns.empty() && !star->qualifier.empty()) {
      const auto row = binder.ResolveName({.parts = star->qualifier}, argument->origin);
      if (!row || !*row || (*row)->type.id() != TypeId::kRow) return expression;
      for (const Field& field : (*row)->type.fields()) add(field.name);
    }
    changed = true;
  }
  return changed ? MakeExpression(std::move(expanded), expression->origin) : expression;
}

Status SelectResolver::BindItem(Binder& binder, const ExpressionPtr& given) {
  const ExpressionPtr written = statement_.IsSpark() ? WithoutStars(binder, given) : given;
  if (const auto* star = std::get_if<Star>(&written->node)) {
    return ExpandStar(binder, *star, written);
  }
  if (const auto* regex = std::get_if<ColumnRegex>(&written->node)) {
    return ExpandRegex(*regex, written);
  }
  const auto* alias = std::get_if<Alias>(&written->node);
  const ExpressionPtr& source = alias ? alias->input : written;
  const std::size_t generated = generator_.columns.size();
  OWLET_TRY(BoundPtr bound, binder.Bind(written));
  if (generator_.columns.size() > generated) {
    if (alias != nullptr && alias->names.size() != 1 &&
        alias->names.size() != generator_.columns.size()) {
      return SparkError("UDTF_ALIAS_NUMBER_MISMATCH", written->origin,
                        {{"aliasesNum", std::to_string(alias->names.size())},
                         {"outColumnsNum", std::to_string(generator_.columns.size())}},
                        "The number of aliases does not match the generator's columns.");
    }
    const bool renamed = alias != nullptr && alias->names.size() == generator_.columns.size();
    for (std::size_t i = 0; i < generator_.columns.size(); ++i) {
      if (renamed) generator_.columns[i].name = alias->names[i];
      items_.push_back({.expression = ReferTo(generator_.columns[i]),
                        .name = generator_.columns[i].name,
                        .source = source,
                        .alias = renamed});
    }
    return {};
  }
  Item item{.expression = std::move(bound), .source = source};
  if (alias != nullptr && !alias->names.empty()) {
    item.name = alias->names[0];
    item.metadata = alias->metadata;
    item.alias = true;
    aliases_.push_back({item.name, item.expression});
  } else {
    item.name = binder.NameOf(source);
  }
  if (const auto* reference = std::get_if<ColumnReference>(&source->node); reference != nullptr) {
    const auto* column = std::get_if<BoundColumn>(&item.expression->node);
    const ScopeColumn* origin = column ? FindColumn(from_, column->id) : nullptr;
    if (origin != nullptr) {
      if (!item.alias) {
        item.qualifier = origin->qualifier;
        item.same_as = origin->same_as;
      }
      if (item.metadata.empty()) item.metadata = origin->column.metadata;
      // df["X"] of a DataFrame shows the column as the plan names it.
      if (!item.alias && reference->plan_id && item.name.empty()) item.name = origin->column.name;
    }
  }
  items_.push_back(std::move(item));
  return {};
}

Status SelectResolver::BindItems(const SelectParts& parts) {
  Binder binder(statement_, from_, outer_, "SELECT");
  Configure(binder, parts);
  binder.generator = statement_.IsSpark() ? &generator_ : nullptr;
  if (statement_.IsSpark()) binder.names_last = &aliases_;
  for (const ExpressionPtr& item : parts.items) OWLET_CHECK_OK(BindItem(binder, item));
  for (const Item& item : items_) outputs_.push_back({item.name, item.expression});
  return {};
}

Status SelectResolver::BindOrders(const SelectParts& parts) {
  if (parts.order_by == nullptr) return {};
  Binder binder(statement_, from_, outer_, "ORDER BY");
  Configure(binder, parts);
  binder.names_first = &outputs_;
  std::vector<SortOrder> orders = *parts.order_by;
  if (statement_.IsSpark() && orders.size() == 1 && IsAll(orders[0].expression) &&
      !binder.BindSort(orders)) {
    // ORDER BY ALL, unless a column has that name: every item in its turn.
    const SortOrder all = orders[0];
    orders.clear();
    for (std::size_t i = 0; i < items_.size(); ++i) {
      SortOrder& order = orders.emplace_back(all);
      order.expression =
          MakeExpression(Literal{Type(TypeId::kInteger), static_cast<std::int64_t>(i + 1)},
                         all.expression->origin);
    }
  }
  for (SortOrder& order : orders) {
    order_sources_.push_back(order.expression);
    const auto ordinal = Ordinal(order.expression);
    if (!ordinal) {
      OWLET_TRY(auto bound, binder.BindSort({order}));
      orders_.push_back(std::move(bound[0]));
      continue;
    }
    if (*ordinal < 1 || static_cast<std::size_t>(*ordinal) > items_.size()) {
      if (statement_.IsTrino()) {
        return TrinoError("INVALID_COLUMN_REFERENCE", order.expression->origin,
                          fmt::format("ORDER BY position {} is not in select list", *ordinal));
      }
      return SparkError(
          "ORDER_BY_POS_OUT_OF_RANGE", order.expression->origin,
          {{"index", std::to_string(*ordinal)}, {"size", std::to_string(items_.size())}},
          fmt::format("ORDER BY position {} is not in select list (valid range is "
                      "[1, {}]).",
                      *ordinal, items_.size()));
    }
    const bool nulls_first =
        order.nulls == NullOrder::kFirst ||
        (order.nulls == NullOrder::kDefault && statement_.IsSpark() && order.ascending);
    orders_.push_back(
        {items_[static_cast<std::size_t>(*ordinal) - 1].expression, order.ascending, nulls_first});
  }
  return {};
}

Result<Scope> SelectResolver::Resolve(const SelectParts& parts) {
  OWLET_CHECK_OK(BindItems(parts));
  if (parts.keys_first) {
    // The keys are output too: what stands above an agg() may name them.
    OWLET_CHECK_OK(BindKeys(parts));
    Binder namer(statement_, from_, outer_, "GROUP BY");
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      if (!key_sources_[i]) continue;
      const auto* alias = std::get_if<Alias>(&key_sources_[i]->node);
      outputs_.push_back(
          {alias && !alias->names.empty() ? alias->names[0] : namer.NameOf(key_sources_[i]),
           keys_[i]});
    }
  }
  if (parts.having) {
    Binder binder(statement_, from_, outer_, "HAVING");
    Configure(binder, parts);
    if (parts.keys_first) {
      binder.names_first = &outputs_;
    } else if (statement_.IsSpark()) {
      binder.names_last = &outputs_;
    }
    OWLET_TRY(having_, binder.BindCondition(parts.having));
  }
  if (parts.qualify) {
    Binder binder(statement_, from_, outer_, "QUALIFY");
    Configure(binder, parts);
    if (statement_.IsSpark()) binder.names_last = &outputs_;
    OWLET_TRY(qualify_, binder.BindCondition(parts.qualify));
  }
  OWLET_CHECK_OK(BindOrders(parts));
  aggregated_ = parts.group_by.has_value() || parts.group_by_all || parts.having != nullptr ||
                !aggregates_.calls.empty();
  NodePtr node = from_.node;
  if (aggregated_) {
    if (!parts.keys_first) {
      OWLET_CHECK_OK(BindKeys(parts));
    }
    OWLET_CHECK_OK(CheckAndReplace(parts));
    node = BuildAggregate();
  }
  if (having_) {
    std::vector<Column> columns = node->columns;
    node = std::make_shared<const Node>(Node{FilterNode{node, having_}, std::move(columns)});
  }
  if (!windows_.calls.empty()) {
    std::vector<Column> columns = node->columns;
    columns.insert(columns.end(), windows_.columns.begin(), windows_.columns.end());
    node = std::make_shared<const Node>(Node{WindowNode{node, windows_.calls}, std::move(columns)});
  }
  if (qualify_) {
    std::vector<Column> columns = node->columns;
    node = std::make_shared<const Node>(Node{FilterNode{node, qualify_}, std::move(columns)});
  }
  return BuildOutput(parts, std::move(node));
}

Result<Scope> SelectResolver::BuildOutput(const SelectParts& parts, NodePtr node) {
  if (generator_.node) {
    generator_.node->input = node;
    std::vector<Column> columns = node->columns;
    columns.insert(columns.end(), generator_.columns.begin(), generator_.columns.end());
    node = std::make_shared<const Node>(Node{*generator_.node, std::move(columns)});
  }
  std::vector<Statement::Item> output;
  for (Item& item : items_) {
    output.push_back({.expression = item.expression,
                      .name = item.name,
                      .qualifier = item.qualifier,
                      .metadata = item.metadata});
  }
  // ORDER BY's expressions that are no output column ride along as hidden columns.
  std::vector<std::size_t> order_positions;
  for (const BoundSort& order : orders_) {
    std::size_t position = 0;
    while (position < output.size() &&
           !SameExpression(output[position].expression, order.expression)) {
      ++position;
    }
    if (position == output.size()) {
      if (parts.distinct) {
        const std::size_t index = order_positions.size();
        if (statement_.IsTrino()) {
          return TrinoError("EXPRESSION_NOT_IN_DISTINCT", parts.origin,
                            "For SELECT DISTINCT, ORDER BY expressions must appear in select list");
        }
        Scope shown;
        for (const Item& item : items_) {
          shown.columns.push_back({.column = {.id = 0, .name = item.name}});
        }
        Binder only(statement_, shown, nullptr, "ORDER BY");
        const auto* reference = std::get_if<ColumnReference>(&order_sources_[index]->node);
        if (reference != nullptr) {
          auto unresolved = only.Bind(order_sources_[index]);
          if (!unresolved) return std::unexpected(std::move(unresolved).error());
        }
        return SparkError("UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", order_sources_[index]->origin,
                          {{"objectName", only.TextOf(order_sources_[index])}},
                          "ORDER BY of a SELECT DISTINCT must use its output.");
      }
      output.push_back({.expression = order.expression, .name = "", .hidden = true});
    }
    order_positions.push_back(position);
  }
  Scope input = from_;
  input.node = node;
  if (!generator_.stack_rows.empty()) {
    // stack: the input joined with as many rows as it has; VALUES sees the input's columns.
    ValuesNode values{generator_.stack_rows};
    auto right = std::make_shared<const Node>(Node{std::move(values), generator_.columns});
    std::vector<Column> columns = node->columns;
    columns.insert(columns.end(), generator_.columns.begin(), generator_.columns.end());
    JoinNode join{.left = node,
                  .right = right,
                  .kind = JoinKind::kCross,
                  .condition = nullptr,
                  .lateral = true};
    input.node = std::make_shared<const Node>(Node{std::move(join), std::move(columns)});
  }
  Scope scope = statement_.ProjectItems(input, std::move(output));
  for (std::size_t i = 0; i < items_.size(); ++i) {
    if (items_[i].same_as != 0) scope.columns[i].same_as = items_[i].same_as;
  }
  if (!aggregated_ && !parts.distinct) scope.below = std::make_shared<const Scope>(from_);
  if (parts.distinct) {
    scope.node =
        std::make_shared<const Node>(Node{DistinctNode{scope.node, {}}, scope.node->columns});
  }
  if (orders_.empty()) return scope;
  SortNode sort;
  for (std::size_t i = 0; i < orders_.size(); ++i) {
    sort.orders.push_back({ReferTo(scope.columns[order_positions[i]].column), orders_[i].ascending,
                           orders_[i].nulls_first});
  }
  return WithNode(std::move(scope), std::move(sort));
}

}  // namespace owlet::plan
