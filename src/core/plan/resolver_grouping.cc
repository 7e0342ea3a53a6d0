#include <fmt/format.h>

#include <algorithm>

#include "core/plan/resolver_select.h"

// GROUP BY: keys, sets, and the rule that everything else stands inside an aggregate.

namespace owlet::plan {

namespace {

const FunctionEntry kGroupingBit{
    .name = "grouping bit", .signature = "", .lowering = "(($1 >> $2) & 1)"};
const FunctionEntry kShiftAdd{.name = "shift add", .signature = "", .lowering = "($1 * 2 + $2)"};

}  // namespace

std::size_t SelectResolver::KeyIndex(const BoundPtr& key) {
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    if (SameExpression(keys_[i], key)) return i;
  }
  keys_.push_back(key);
  return keys_.size() - 1;
}

Result<BoundPtr> SelectResolver::BindKey(Binder& binder, const ExpressionPtr& key) {
  const auto* literal = std::get_if<Literal>(&key->node);
  const auto* ordinal =
      literal && literal->type.IsInteger() ? std::get_if<std::int64_t>(&literal->value) : nullptr;
  if (ordinal == nullptr) return binder.Bind(key);
  if (*ordinal < 1 || static_cast<std::size_t>(*ordinal) > items_.size()) {
    if (statement_.IsTrino()) {
      return TrinoError("INVALID_COLUMN_REFERENCE", key->origin,
                        fmt::format("GROUP BY position {} is not in select list", *ordinal));
    }
    return SparkError(
        "GROUP_BY_POS_OUT_OF_RANGE", key->origin,
        {{"index", std::to_string(*ordinal)}, {"size", std::to_string(items_.size())}},
        fmt::format("GROUP BY position {} is not in select list (valid range is [1, {}]).",
                    *ordinal, items_.size()));
  }
  const BoundPtr& item = items_[static_cast<std::size_t>(*ordinal) - 1].expression;
  for (const Column& column : aggregates_.columns) {
    if (!UsesColumn(item, column.id)) continue;
    if (statement_.IsTrino()) {
      return TrinoError("EXPRESSION_NOT_SCALAR", key->origin,
                        "GROUP BY clause cannot contain aggregations, window functions or "
                        "grouping operations");
    }
    return SparkError("GROUP_BY_POS_AGGREGATE", key->origin,
                      {{"index", std::to_string(*ordinal)}, {"aggExpr", column.name}},
                      fmt::format("GROUP BY {} refers to an expression that contains an aggregate "
                                  "function.",
                                  *ordinal));
  }
  return item;
}

Result<std::vector<std::vector<std::size_t>>> SelectResolver::ExpandElement(
    Binder& binder, const GroupingElement& element) {
  std::vector<std::vector<std::size_t>> levels;
  for (const auto& set : element.sets) {
    std::vector<std::size_t> level;
    for (const ExpressionPtr& key : set) {
      if (statement_.IsTrino() && element.kind != GroupKind::kGroupBy &&
          !std::holds_alternative<ColumnReference>(key->node)) {
        return TrinoError(
            "INVALID_COLUMN_REFERENCE", key->origin,
            fmt::format("GROUP BY expression must be a column reference: {}", binder.TextOf(key)));
      }
      OWLET_TRY(BoundPtr bound, BindKey(binder, key));
      if (bound->type.id() == TypeId::kMap && statement_.IsSpark()) {
        return SparkError("GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE", key->origin,
                          {{"sqlExpr", SparkQuoted(binder.TextOf(key))},
                           {"dataType", SparkQuoted(TypeText(bound->type, statement_.session()))}},
                          "The group expression cannot be of a type that is not orderable.");
      }
      const std::size_t index = KeyIndex(bound);
      key_sources_.resize(std::max(key_sources_.size(), keys_.size()));
      if (!key_sources_[index]) key_sources_[index] = key;
      level.push_back(index);
    }
    levels.push_back(std::move(level));
  }
  std::vector<std::vector<std::size_t>> sets;
  switch (element.kind) {
    case GroupKind::kGroupBy: {
      std::vector<std::size_t> all;
      for (const auto& level : levels) all.insert(all.end(), level.begin(), level.end());
      sets.push_back(std::move(all));
      break;
    }
    case GroupKind::kRollup:
      for (std::size_t length = levels.size() + 1; length-- > 0;) {
        std::vector<std::size_t> set;
        for (std::size_t i = 0; i < length; ++i) {
          set.insert(set.end(), levels[i].begin(), levels[i].end());
        }
        sets.push_back(std::move(set));
      }
      break;
    case GroupKind::kCube: {
      if (levels.size() > 12) {
        return Fail(Reason::kRequestTooLarge, "CUBE of more than 12 columns");
      }
      const std::size_t count = std::size_t{1} << levels.size();
      for (std::size_t mask = 0; mask < count; ++mask) {
        std::vector<std::size_t> set;
        for (std::size_t i = 0; i < levels.size(); ++i) {
          if ((mask >> (levels.size() - 1 - i) & 1) == 0) {
            set.insert(set.end(), levels[i].begin(), levels[i].end());
          }
        }
        sets.push_back(std::move(set));
      }
      break;
    }
    case GroupKind::kGroupingSets:
      sets = std::move(levels);
      break;
    case GroupKind::kPivot:
      return Fail(Reason::kNotImplemented, "PIVOT here");
  }
  return sets;
}

Status SelectResolver::BindKeys(const SelectParts& parts) {
  Binder binder(statement_, from_, outer_, "GROUP BY");
  if (statement_.IsSpark()) binder.names_last = &aliases_;
  sets_ = {{}};
  if (parts.group_by_all) {
    for (const Item& item : items_) {
      const bool has_aggregate = std::ranges::any_of(
          aggregates_.columns,
          [&](const Column& column) { return UsesColumn(item.expression, column.id); });
      if (has_aggregate || std::holds_alternative<Literal>(item.expression->node)) continue;
      sets_[0].push_back(KeyIndex(item.expression));
    }
  }
  if (parts.group_by) {
    for (const GroupingElement& element : *parts.group_by) {
      OWLET_TRY(auto sets, ExpandElement(binder, element));
      std::vector<std::vector<std::size_t>> product;
      for (const auto& left : sets_) {
        for (const auto& right : sets) {
          std::vector<std::size_t> both = left;
          for (std::size_t index : right) {
            if (std::ranges::find(both, index) == both.end()) both.push_back(index);
          }
          product.push_back(std::move(both));
        }
      }
      if (product.size() > 4096) {
        return Fail(Reason::kRequestTooLarge, "more than 4096 grouping sets");
      }
      sets_ = std::move(product);
    }
  }
  if (parts.group_by_distinct) {
    std::vector<std::vector<std::size_t>> unique;
    for (const auto& set : sets_) {
      auto sorted = set;
      std::ranges::sort(sorted);
      const bool seen = std::ranges::any_of(unique, [&](auto other) {
        std::ranges::sort(other);
        return other == sorted;
      });
      if (!seen) unique.push_back(set);
    }
    sets_ = std::move(unique);
  }
  key_sources_.resize(keys_.size());
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    const auto* column = std::get_if<BoundColumn>(&keys_[i]->node);
    const bool everywhere = std::ranges::all_of(
        sets_, [&](const auto& set) { return std::ranges::find(set, i) != set.end(); });
    const bool plain = column != nullptr && sets_.size() == 1;
    const ScopeColumn* known = column ? FindColumn(from_, column->id) : nullptr;
    key_columns_.push_back({.id = plain ? column->id : statement_.NewId(),
                            .name = known ? known->column.name : "",
                            .type = keys_[i]->type,
                            .nullable = keys_[i]->nullable || !everywhere});
  }
  return {};
}

BoundPtr SelectResolver::GroupingValue(const BoundCall& call, const Type& type, bool& valid) {
  if (!grouping_id_) {
    grouping_id_ = Column{
        .id = statement_.NewId(), .name = "", .type = Type(TypeId::kBigint), .nullable = false};
  }
  std::vector<std::size_t> wanted;
  for (const BoundPtr& argument : call.arguments) {
    std::size_t index = 0;
    while (index < keys_.size() && !SameExpression(keys_[index], argument)) ++index;
    if (index == keys_.size()) {
      valid = false;
      return nullptr;
    }
    wanted.push_back(index);
  }
  const Type bigint(TypeId::kBigint);
  BoundPtr id = ReferTo(*grouping_id_);
  if (wanted.empty()) return Coerce(id, type, statement_.session());
  BoundPtr value;
  for (std::size_t index : wanted) {
    const auto shift = static_cast<std::int64_t>(keys_.size() - 1 - index);
    BoundPtr bit =
        TemplateCall(kGroupingBit, {id, Constant(Literal::Bigint(shift))}, bigint, false);
    value = value ? TemplateCall(kShiftAdd, {value, bit}, bigint, false) : bit;
  }
  return Coerce(std::move(value), type, statement_.session());
}

Result<BoundPtr> SelectResolver::ReplaceKeys(const BoundPtr& bound, const ExpressionPtr& source) {
  BoundPtr misplaced;
  bool grouping_valid = true;
  std::function<BoundPtr(const BoundPtr&)> replace = [&](const BoundPtr& part) -> BoundPtr {
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      if (SameExpression(keys_[i], part)) return ReferTo(key_columns_[i], part->origin);
    }
    if (const auto* column = std::get_if<BoundColumn>(&part->node)) {
      if (FindColumn(from_, column->id) != nullptr && !misplaced) misplaced = part;
      return part;
    }
    if (const auto* call = std::get_if<BoundCall>(&part->node);
        call != nullptr && call->function == &kGrouping) {
      BoundPtr value = GroupingValue(*call, part->type, grouping_valid);
      return value ? value : part;
    }
    return MapChildren(part, replace);
  };
  BoundPtr replaced = replace(bound);
  if (!grouping_valid) {
    if (statement_.IsTrino()) {
      return TrinoError("INVALID_ARGUMENTS", bound->origin,
                        "The arguments to GROUPING() must be expressions referenced by the GROUP "
                        "BY at line");
    }
    return SparkError("GROUPING_COLUMN_MISMATCH", bound->origin, {},
                      "The grouping column does not match the grouping columns.");
  }
  if (!misplaced) return replaced;
  const OriginPtr origin = source ? source->origin : misplaced->origin;
  const ScopeColumn* column = FindColumn(from_, std::get<BoundColumn>(misplaced->node).id);
  if (statement_.IsTrino()) {
    Binder binder(statement_, from_, outer_, "SELECT");
    return TrinoError("EXPRESSION_NOT_AGGREGATE", origin,
                      fmt::format("'{}' must be an aggregate expression or appear in GROUP BY "
                                  "clause",
                                  source ? binder.TextOf(source) : column->column.name));
  }
  if (keys_.empty()) {
    return SparkError("MISSING_GROUP_BY", nullptr, {},
                      "The query does not include a GROUP BY clause. Add GROUP BY or turn it into "
                      "the window functions using OVER clauses.");
  }
  const std::string name = column->column.name;
  return SparkError("MISSING_AGGREGATION", misplaced->origin,
                    {{"expression", SparkQuoted(name)},
                     {"expressionAnyValue", SparkQuoted(fmt::format("any_value({})", name))}},
                    fmt::format("The non-aggregating expression \"{}\" is based on columns which "
                                "are not participating in the GROUP BY clause.",
                                name));
}

Status SelectResolver::CheckAndReplace(const SelectParts& parts) {
  if (parts.keys_first) {
    std::vector<Item> keys;
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      Binder binder(statement_, from_, outer_, "GROUP BY");
      const auto* alias = key_sources_[i] ? std::get_if<Alias>(&key_sources_[i]->node) : nullptr;
      Item item{.expression = keys_[i], .source = key_sources_[i]};
      item.name = alias && !alias->names.empty() ? alias->names[0]
                  : key_sources_[i]              ? binder.NameOf(key_sources_[i])
                                                 : key_columns_[i].name;
      if (const auto* column = std::get_if<BoundColumn>(&keys_[i]->node); column && !alias) {
        const ScopeColumn* known = FindColumn(from_, column->id);
        if (known != nullptr) item.qualifier = known->qualifier;
      }
      keys.push_back(std::move(item));
    }
    items_.insert(items_.begin(), keys.begin(), keys.end());
  }
  for (Item& item : items_) {
    OWLET_TRY(item.expression, ReplaceKeys(item.expression, item.source));
  }
  if (having_) {
    OWLET_TRY(having_, ReplaceKeys(having_, parts.having));
  }
  if (qualify_) {
    OWLET_TRY(qualify_, ReplaceKeys(qualify_, parts.qualify));
  }
  for (std::size_t i = 0; i < orders_.size(); ++i) {
    OWLET_TRY(orders_[i].expression, ReplaceKeys(orders_[i].expression, order_sources_[i]));
  }
  for (BoundPtr& window : windows_.calls) {
    OWLET_TRY(window, ReplaceKeys(window, nullptr));
  }
  return {};
}

NodePtr SelectResolver::BuildAggregate() {
  AggregateNode node{.input = from_.node,
                     .keys = keys_,
                     .sets = sets_,
                     .aggregates = aggregates_.calls,
                     .grouping_id = grouping_id_.has_value()};
  std::vector<Column> columns = key_columns_;
  columns.insert(columns.end(), aggregates_.columns.begin(), aggregates_.columns.end());
  if (grouping_id_) columns.push_back(*grouping_id_);
  return std::make_shared<const Node>(Node{std::move(node), std::move(columns)});
}

}  // namespace owlet::plan
