#include "core/sql/plan_text.h"

#include <fmt/format.h>

#include "core/plan/type_names.h"

namespace owlet::sql {
namespace {

using namespace plan;  // NOLINT(google-build-using-namespace): one visitor over all of its nodes

std::string Join(const std::vector<std::string>& parts, std::string_view separator = ".") {
  return fmt::format("{}", fmt::join(parts, separator));
}

template <class List>
std::string All(const List& list) {
  std::string out;
  for (const auto& item : list) out += " " + PlanText(item);
  return out;
}

std::string Int128Text(Int128 value) {
  const bool negative = value < 0;
  std::string digits;
  do {
    const int digit = static_cast<int>(value % 10);
    digits.insert(digits.begin(), static_cast<char>('0' + (digit < 0 ? -digit : digit)));
    value /= 10;
  } while (value != 0);
  return (negative ? "-" : "") + digits;
}

struct ValueText {
  std::string operator()(std::monostate) const { return "null"; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(Int128 value) const { return Int128Text(value); }
  std::string operator()(double value) const { return fmt::format("{}", value); }
  std::string operator()(const std::string& value) const { return "'" + value + "'"; }
  std::string operator()(const Interval& value) const {
    return fmt::format("{}m{}d{}us", value.months, value.days, value.micros);
  }
  std::string operator()(const ZonedInstant& value) const {
    return fmt::format("{}@{}", value.micros, value.zone);
  }
  std::string operator()(const std::vector<Literal>& values) const {
    std::string out = "[";
    for (const Literal& value : values) out += std::visit(ValueText(), value.value) + " ";
    return out + "]";
  }
};

std::string LiteralText(const Literal& literal) {
  const std::string value = std::visit(ValueText(), literal.value);
  switch (literal.type.id()) {
    case TypeId::kInteger:
    case TypeId::kBoolean:
    case TypeId::kUnknown:
    case TypeId::kVarchar:
      return value;
    default:
      return TrinoTypeName(literal.type) + ":" + value;
  }
}

std::string OrderText(const SortOrder& order) {
  std::string out = PlanText(order.expression);
  if (!order.ascending) out += " desc";
  if (order.nulls == NullOrder::kFirst) out += " nulls-first";
  if (order.nulls == NullOrder::kLast) out += " nulls-last";
  return "(" + out + ")";
}

std::string OrdersText(const std::vector<SortOrder>& orders) {
  std::string out;
  for (const SortOrder& order : orders) out += " " + OrderText(order);
  return out;
}

std::string EdgeText(const FrameEdge& edge) {
  switch (edge.bound) {
    case FrameBound::kUnboundedPreceding:
      return "unbounded-preceding";
    case FrameBound::kPreceding:
      return "(preceding " + PlanText(edge.value) + ")";
    case FrameBound::kCurrentRow:
      return "current-row";
    case FrameBound::kFollowing:
      return "(following " + PlanText(edge.value) + ")";
    case FrameBound::kUnboundedFollowing:
      return "unbounded-following";
  }
  return "";
}

std::string WindowText(const WindowCall& window) {
  std::string out;
  if (!window.window_name.empty()) out += " name " + window.window_name;
  if (!window.partition_by.empty()) out += " (partition" + All(window.partition_by) + ")";
  if (!window.order_by.empty()) out += " (order" + OrdersText(window.order_by) + ")";
  if (window.frame) {
    const FrameUnit unit = window.frame->unit;
    out += fmt::format(" ({} {} {})",
                       unit == FrameUnit::kRows    ? "rows"
                       : unit == FrameUnit::kRange ? "range"
                                                   : "groups",
                       EdgeText(window.frame->start), EdgeText(window.frame->end));
  }
  return out;
}

struct ExpressionText {
  std::string operator()(const Literal& node) const { return LiteralText(node); }
  std::string operator()(const ColumnReference& node) const { return Join(node.parts); }
  std::string operator()(const Star& node) const {
    std::string out = node.input != nullptr    ? "(" + PlanText(node.input) + ").*"
                      : node.qualifier.empty() ? "*"
                                               : Join(node.qualifier) + ".*";
    if (node.except.empty()) return out;
    out = "(" + out + " except";
    for (const auto& name : node.except) out += " " + Join(name);
    return out + ")";
  }
  std::string operator()(const ColumnRegex& node) const { return "(regex " + node.pattern + ")"; }
  std::string operator()(const SortOrder& node) const { return OrderText(node); }
  std::string operator()(const FunctionCall& node) const {
    std::string out = "(" + node.name;
    if (node.distinct) out += " distinct";
    for (std::size_t i = 0; i < node.arguments.size(); ++i) {
      out += " ";
      if (i < node.argument_names.size() && !node.argument_names[i].empty()) {
        out += node.argument_names[i] + "=>";
      }
      out += PlanText(node.arguments[i]);
    }
    if (!node.order_by.empty()) {
      out += (node.within_group ? " (within-group" : " (order") + OrdersText(node.order_by) + ")";
    }
    if (node.filter != nullptr) out += " (filter " + PlanText(node.filter) + ")";
    if (node.ignore_nulls) out += " ignore-nulls";
    return out + ")";
  }
  std::string operator()(const WindowCall& node) const {
    return "(over " + PlanText(node.function) + WindowText(node) + ")";
  }
  std::string operator()(const Cast& node) const {
    return fmt::format("({} {} {})", node.mode == CastMode::kTry ? "try-cast" : "cast",
                       PlanText(node.input), TrinoTypeName(node.type));
  }
  std::string operator()(const Alias& node) const {
    return fmt::format("(as {} {})", PlanText(node.input), Join(node.names, " "));
  }
  std::string operator()(const Lambda& node) const {
    return fmt::format("(lambda ({}) {})", Join(node.parameters, " "), PlanText(node.body));
  }
  std::string operator()(const LambdaVariable& node) const { return node.name; }
  std::string operator()(const ExtractValue& node) const {
    return fmt::format("(field {} {})", PlanText(node.input), PlanText(node.key));
  }
  std::string operator()(const Subquery& node) const {
    switch (node.kind) {
      case SubqueryKind::kScalar:
        return "(scalar " + PlanText(node.query) + ")";
      case SubqueryKind::kExists:
        return "(exists " + PlanText(node.query) + ")";
      case SubqueryKind::kTable:
        return "(table-argument " + PlanText(node.query) + ")";
      case SubqueryKind::kIn:
        return "(in-query (" + All(node.left).substr(1) + ") " + PlanText(node.query) + ")";
      case SubqueryKind::kQuantified:
        return fmt::format("({} {}{} {})", node.comparison, node.all ? "all" : "any",
                           All(node.left), PlanText(node.query));
    }
    return "";
  }
  std::string operator()(const Parameter& node) const {
    return node.name.empty() ? fmt::format("?{}", node.position) : ":" + node.name;
  }
  // What only DataFrames have.
  template <class Other>
  std::string operator()(const Other&) const {
    return "(other)";
  }
};

std::string Number(const ExpressionPtr& expression) {
  return expression == nullptr ? "all" : PlanText(expression);
}

std::string GroupText(const GroupingElement& element) {
  constexpr std::string_view kNames[] = {"", "rollup", "cube", "sets", "pivot"};
  std::string sets;
  for (const auto& set : element.sets) {
    sets += " (" + (set.empty() ? std::string() : All(set).substr(1)) + ")";
  }
  const std::string_view name = kNames[static_cast<std::size_t>(element.kind)];
  return name.empty() ? sets : fmt::format(" ({}{})", name, sets);
}

std::string_view JoinName(JoinKind kind) {
  constexpr std::string_view kNames[] = {"inner", "left", "right", "full", "cross", "semi", "anti"};
  return kNames[static_cast<std::size_t>(kind)];
}

struct RelationText {
  std::string operator()(const ReadTable& node) const {
    std::string out = "(table " + Join(node.name);
    if (node.as_of_version != nullptr) out += " version " + PlanText(node.as_of_version);
    if (node.as_of_timestamp != nullptr) out += " timestamp " + PlanText(node.as_of_timestamp);
    return out + ")";
  }
  std::string operator()(const ReadFiles& node) const {
    return fmt::format("(files {} {})", node.format, Join(node.paths, " "));
  }
  std::string operator()(const Values& node) const {
    std::string out = "(values";
    for (const auto& row : node.rows) out += " (" + All(row).substr(1) + ")";
    return out + ")";
  }
  std::string operator()(const OneRow&) const { return "(one-row)"; }
  std::string operator()(const Filter& node) const {
    return fmt::format("(filter {} {})", PlanText(node.input), PlanText(node.condition));
  }
  std::string operator()(const Sort& node) const {
    return fmt::format("({} {}{})", node.global ? "sort" : "sort-partitions", PlanText(node.input),
                       OrdersText(node.orders));
  }
  std::string operator()(const Limit& node) const {
    std::string out = fmt::format("(limit {} {}", PlanText(node.input), Number(node.limit));
    if (node.offset != nullptr) out += " offset " + PlanText(node.offset);
    return out + (node.with_ties ? " ties)" : ")");
  }
  std::string operator()(const Aggregate& node) const {
    std::string out = "(aggregate " + PlanText(node.input);
    for (const auto& element : node.grouping) out += GroupText(element);
    out += All(node.aggregates);
    if (node.pivot) {
      out += " (for" + All(node.pivot->columns) + " in";
      for (const auto& [value, label] : node.pivot->values) {
        out +=
            " " + (label.empty() ? PlanText(value) : "(as " + PlanText(value) + " " + label + ")");
      }
      out += ")";
    }
    return out + ")";
  }
  std::string operator()(const Select& node) const {
    std::string out = node.distinct ? "(select-distinct" : "(select";
    out += All(node.items) + " (from " + PlanText(node.from) + ")";
    for (const LateralView& view : node.lateral_views) {
      out +=
          fmt::format(" (lateral-view{} {} {} {})", view.outer ? " outer" : "",
                      PlanText(view.generator), view.table_alias, Join(view.column_aliases, " "));
    }
    if (node.where != nullptr) out += " (where " + PlanText(node.where) + ")";
    if (node.group_by) {
      out += node.group_by_distinct ? " (group-distinct" : " (group";
      for (const auto& element : *node.group_by) out += GroupText(element);
      out += ")";
    }
    if (node.group_by_all) out += " (group-all)";
    if (node.having != nullptr) out += " (having " + PlanText(node.having) + ")";
    if (node.qualify != nullptr) out += " (qualify " + PlanText(node.qualify) + ")";
    for (const NamedWindow& window : node.windows) {
      out += fmt::format(" (window {}{})", window.name, WindowText(window.window));
    }
    return out + ")";
  }
  std::string operator()(const plan::Join& node) const {
    std::string out = fmt::format("({}{}{}-join {} {}", node.natural ? "natural-" : "",
                                  node.lateral ? "lateral-" : "", JoinName(node.kind),
                                  PlanText(node.left), PlanText(node.right));
    if (node.condition != nullptr) out += " on " + PlanText(node.condition);
    if (!node.using_columns.empty()) out += " using (" + sql::Join(node.using_columns, " ") + ")";
    return out + ")";
  }
  std::string operator()(const SetOperation& node) const {
    constexpr std::string_view kNames[] = {"union", "intersect", "except"};
    return fmt::format("({}{} {} {})", kNames[static_cast<std::size_t>(node.kind)],
                       node.all ? "-all" : "", PlanText(node.left), PlanText(node.right));
  }
  std::string operator()(const SubqueryAlias& node) const {
    std::string out = fmt::format("(alias {} {}", PlanText(node.input), sql::Join(node.name));
    if (!node.columns.empty()) out += " (" + sql::Join(node.columns, " ") + ")";
    return out + ")";
  }
  std::string operator()(const With& node) const {
    std::string out = node.recursive ? "(with-recursive" : "(with";
    for (const CommonTable& table : node.tables) {
      out += fmt::format(" ({}", table.name);
      if (!table.columns.empty()) out += " (" + sql::Join(table.columns, " ") + ")";
      out += " " + PlanText(table.query) + ")";
    }
    return out + " " + PlanText(node.body) + ")";
  }
  std::string operator()(const TableFunction& node) const {
    return fmt::format("(function {}{}{})", node.name, node.with_ordinality ? " ordinality" : "",
                       All(node.arguments));
  }
  std::string operator()(const Sample& node) const {
    const std::string amount =
        node.percentage != nullptr ? PlanText(node.percentage) : fmt::format("{}", node.upper);
    return fmt::format("(sample {} {})", PlanText(node.input), amount);
  }
  std::string operator()(const Repartition& node) const {
    return "(repartition " + PlanText(node.input) + All(node.expressions) + ")";
  }
  std::string operator()(const Unpivot& node) const {
    std::string out = "(unpivot " + PlanText(node.input);
    for (std::size_t i = 0; i < node.value_sets.size(); ++i) {
      out += " (" + All(node.value_sets[i]).substr(1) +
             (node.labels[i].empty() ? ")" : " as " + node.labels[i] + ")");
    }
    const std::string values =
        node.value_columns.empty() ? node.value_column : sql::Join(node.value_columns, " ");
    return fmt::format("{} for {} into {}{})", out, node.variable_column, values,
                       node.include_nulls ? " nulls" : "");
  }
  template <class Other>
  std::string operator()(const Other&) const {
    return "(other)";
  }
};

}  // namespace

std::string PlanText(const plan::ExpressionPtr& expression) {
  return expression == nullptr ? "()" : std::visit(ExpressionText(), expression->node);
}
std::string PlanText(const plan::RelationPtr& relation) {
  return relation == nullptr ? "()" : std::visit(RelationText(), relation->node);
}

}  // namespace owlet::sql
