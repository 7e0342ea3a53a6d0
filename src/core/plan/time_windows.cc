#include "core/plan/time_windows.h"

#include <fmt/format.h>

#include <cstdlib>
#include <map>
#include <string_view>

namespace owlet::plan {

namespace {

constexpr char kTime[] = "owlet window time";
constexpr char kEnd[] = "owlet window end";
constexpr char kReach[] = "owlet window reach";
constexpr char kNumber[] = "owlet window number";

ExpressionPtr Call(std::string name, std::vector<ExpressionPtr> arguments) {
  return MakeExpression(FunctionCall{.name = std::move(name), .arguments = std::move(arguments)});
}
ExpressionPtr Column(std::string name) {
  return MakeExpression(ColumnReference{.parts = {std::move(name)}});
}
ExpressionPtr Number(std::int64_t value) { return MakeExpression(Literal::Bigint(value)); }
ExpressionPtr Text(std::string text) { return MakeExpression(Literal::String(std::move(text))); }

RelationPtr With(RelationPtr input, ExpressionPtr expression, std::string name) {
  WithColumns with;
  with.input = std::move(input);
  Alias alias;
  alias.input = std::move(expression);
  alias.names = {std::move(name)};
  with.columns.push_back(std::move(alias));
  return MakeRelation(std::move(with));
}

/// One row an element of the array.
RelationPtr Exploded(RelationPtr input, ExpressionPtr array, std::string name) {
  Alias alias;
  alias.input = Call("explode", {std::move(array)});
  alias.names = {std::move(name)};
  Project project;
  project.input = std::move(input);
  project.expressions = {MakeExpression(Star{}), MakeExpression(std::move(alias))};
  return MakeRelation(std::move(project));
}

const FunctionCall* TimeWindow(const ExpressionPtr& expression) {
  if (!expression) return nullptr;
  if (const auto* alias = std::get_if<Alias>(&expression->node)) return TimeWindow(alias->input);
  const auto* call = std::get_if<FunctionCall>(&expression->node);
  if (call == nullptr) return nullptr;
  const std::size_t count = call->arguments.size();
  const bool fits = (call->name == "window" && count >= 2 && count <= 4) ||
                    (call->name == "session_window" && count == 2);
  return fits ? call : nullptr;
}

const FunctionCall* FindWindow(const std::vector<ExpressionPtr>& expressions) {
  for (const ExpressionPtr& expression : expressions) {
    if (const FunctionCall* call = TimeWindow(expression)) return call;
  }
  return nullptr;
}

/// The column in place of the call.
ExpressionPtr Replaced(const ExpressionPtr& expression) {
  const FunctionCall* call = TimeWindow(expression);
  if (call == nullptr) return expression;
  const auto* alias = std::get_if<Alias>(&expression->node);
  if (alias == nullptr) return Column(call->name);
  Alias renamed = *alias;
  renamed.input = Column(call->name);
  return MakeExpression(std::move(renamed), expression->origin);
}

void ReplaceAll(std::vector<ExpressionPtr>& expressions) {
  for (ExpressionPtr& expression : expressions) expression = Replaced(expression);
}

/// "1 hour 30 minutes" in microseconds.
Result<std::int64_t> Micros(const ExpressionPtr& expression) {
  const auto* literal = std::get_if<Literal>(&expression->node);
  if (literal != nullptr) {
    if (const auto* interval = std::get_if<Interval>(&literal->value);
        interval != nullptr && interval->months == 0) {
      return interval->days * 86'400'000'000LL + interval->micros;
    }
  }
  const auto* text = literal == nullptr ? nullptr : std::get_if<std::string>(&literal->value);
  if (text == nullptr) {
    return Fail(Reason::kNotImplemented, "a time window whose length is no constant",
                "UNSUPPORTED_FEATURE");
  }
  static const std::map<std::string_view, std::int64_t> kUnits = {
      {"microsecond", 1},          {"millisecond", 1000},   {"second", 1'000'000},
      {"minute", 60'000'000},      {"hour", 3'600'000'000}, {"day", 86'400'000'000},
      {"week", 7 * 86'400'000'000}};
  std::int64_t total = 0;
  bool any = false;
  const char* at = text->c_str();
  for (;;) {
    while (*at == ' ') ++at;
    if (*at == '\0') break;
    if (!any && std::string_view(at).starts_with("interval ")) at += 9;
    char* end = nullptr;
    const double value = std::strtod(at, &end);
    if (end == at) break;
    at = end;
    while (*at == ' ') ++at;
    std::string unit;
    while ((*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z')) {
      unit += static_cast<char>(*at++ | 0x20);
    }
    if (unit.ends_with('s')) unit.pop_back();
    const auto known = kUnits.find(unit);
    if (known == kUnits.end()) {
      any = false;
      break;
    }
    total += static_cast<std::int64_t>(value * static_cast<double>(known->second));
    any = true;
  }
  if (!any || *at != '\0') {
    return Fail(Error{.reason = Reason::kAnalysisError,
                      .message = "no interval of fixed length: " + *text,
                      .condition = "CANNOT_PARSE_INTERVAL",
                      .parameters = {{"intervalString", *text}}});
  }
  return total;
}

/// Windows of a fixed width: the rows whose time is there, each with its windows.
Result<RelationPtr> FixedWindows(RelationPtr input, const FunctionCall& call) {
  OWLET_TRY(const std::int64_t width, Micros(call.arguments[1]));
  std::int64_t slide = width;
  std::int64_t start = 0;
  if (call.arguments.size() > 2) {
    OWLET_TRY(slide, Micros(call.arguments[2]));
  }
  if (call.arguments.size() > 3) {
    OWLET_TRY(start, Micros(call.arguments[3]));
  }
  Filter present;
  present.input = std::move(input);
  present.condition = Call("is not null", {call.arguments[0]});
  RelationPtr rows = MakeRelation(std::move(present));
  if (slide == width) {
    return With(std::move(rows),
                Call("window.tumble", {call.arguments[0], Number(width), Number(start)}), "window");
  }
  return Exploded(
      std::move(rows),
      Call("window.slide", {call.arguments[0], Number(width), Number(slide), Number(start)}),
      "window");
}

ExpressionPtr Over(ExpressionPtr function, std::vector<ExpressionPtr> keys, bool up_to_here,
                   bool before) {
  WindowCall window;
  window.function = std::move(function);
  window.partition_by = std::move(keys);
  if (up_to_here) {
    window.order_by = {{.expression = Column(kTime)}};
    WindowFrame frame{.unit = FrameUnit::kRows, .start = {}, .end = {}};
    frame.start.bound = FrameBound::kUnboundedPreceding;
    frame.end.bound = before ? FrameBound::kPreceding : FrameBound::kCurrentRow;
    if (before) frame.end.value = MakeExpression(Literal::Integer(1));
    window.frame = std::move(frame);
  }
  return MakeExpression(std::move(window));
}

/// A session begins where nothing of the same keys reached so far.
Result<RelationPtr> Sessions(RelationPtr input, const FunctionCall& call,
                             std::vector<ExpressionPtr> keys) {
  OWLET_TRY(const std::int64_t gap, Micros(call.arguments[1]));
  Filter present;
  present.input = std::move(input);
  present.condition = Call("is not null", {call.arguments[0]});
  RelationPtr rows = MakeRelation(std::move(present));
  rows = With(std::move(rows), Call("window.instant", {call.arguments[0], Number(0)}), kTime);
  rows = With(std::move(rows), Call("window.instant", {Column(kTime), Number(gap)}), kEnd);
  rows = With(std::move(rows), Over(Call("max", {Column(kEnd)}), keys, true, true), kReach);
  const ExpressionPtr joined = Call("<", {Column(kTime), Column(kReach)});
  const ExpressionPtr first = Call(
      "case", {joined, MakeExpression(Literal::Integer(0)), MakeExpression(Literal::Integer(1))});
  rows = With(std::move(rows), Over(Call("sum", {first}), keys, true, false), kNumber);
  keys.push_back(Column(kNumber));
  return With(
      std::move(rows),
      Call("named_struct", {Text("start"), Over(Call("min", {Column(kTime)}), keys, false, false),
                            Text("end"), Over(Call("max", {Column(kEnd)}), keys, false, false)}),
      "session_window");
}

/// The keys beside the window itself.
std::vector<ExpressionPtr> OtherKeys(const std::vector<GroupingElement>& grouping) {
  std::vector<ExpressionPtr> keys;
  for (const GroupingElement& element : grouping) {
    for (const auto& set : element.sets) {
      for (const ExpressionPtr& key : set) {
        if (TimeWindow(key) != nullptr) continue;
        const auto* alias = std::get_if<Alias>(&key->node);
        keys.push_back(alias != nullptr ? alias->input : key);
      }
    }
  }
  return keys;
}

Result<RelationPtr> Below(RelationPtr input, const FunctionCall& call,
                          std::vector<ExpressionPtr> keys) {
  if (call.name == "window") return FixedWindows(std::move(input), call);
  return Sessions(std::move(input), call, std::move(keys));
}

const FunctionCall* FindWindow(const std::vector<GroupingElement>& grouping) {
  for (const GroupingElement& element : grouping) {
    for (const auto& set : element.sets) {
      if (const FunctionCall* call = FindWindow(set)) return call;
    }
  }
  return nullptr;
}

}  // namespace

Result<std::optional<Aggregate>> PlaceTimeWindow(const Aggregate& node) {
  const FunctionCall* call = FindWindow(node.grouping);
  if (call == nullptr) return std::nullopt;
  Aggregate placed = node;
  OWLET_TRY(placed.input, Below(node.input, *call, OtherKeys(node.grouping)));
  for (GroupingElement& element : placed.grouping) {
    for (auto& set : element.sets) ReplaceAll(set);
  }
  ReplaceAll(placed.aggregates);
  return placed;
}

Result<std::optional<Select>> PlaceTimeWindow(const Select& node) {
  const FunctionCall* call = node.group_by ? FindWindow(*node.group_by) : nullptr;
  if (call == nullptr) call = FindWindow(node.items);
  if (call == nullptr || (call->name == "session_window" && !node.group_by)) return std::nullopt;
  Select placed = node;
  RelationPtr input = node.from;
  if (node.where) {
    Filter filter;
    filter.input = std::move(input);
    filter.condition = node.where;
    input = MakeRelation(std::move(filter));
    placed.where = nullptr;
  }
  std::vector<ExpressionPtr> keys;
  if (node.group_by) keys = OtherKeys(*node.group_by);
  OWLET_TRY(placed.from, Below(std::move(input), *call, std::move(keys)));
  if (placed.group_by) {
    for (GroupingElement& element : *placed.group_by) {
      for (auto& set : element.sets) ReplaceAll(set);
    }
  }
  ReplaceAll(placed.items);
  return placed;
}

Result<std::optional<Project>> PlaceTimeWindow(const Project& node) {
  const FunctionCall* call = FindWindow(node.expressions);
  if (call == nullptr || call->name != "window") return std::nullopt;
  Project placed = node;
  OWLET_TRY(placed.input, Below(node.input, *call, {}));
  ReplaceAll(placed.expressions);
  return placed;
}

}  // namespace owlet::plan
