#include "core/plan/spark_calls.h"

#include <fmt/format.h>

#include <string_view>

namespace owlet::plan {

namespace {

ExpressionPtr Call(std::string name, std::vector<ExpressionPtr> arguments) {
  return MakeExpression(FunctionCall{.name = std::move(name), .arguments = std::move(arguments)});
}

ExpressionPtr Text(std::string text) { return MakeExpression(Literal::String(std::move(text))); }

const bool* Flag(const FunctionCall& call, std::size_t index) {
  if (index >= call.arguments.size()) return nullptr;
  const auto* literal = std::get_if<Literal>(&call.arguments[index]->node);
  return literal == nullptr ? nullptr : std::get_if<bool>(&literal->value);
}

/// The value only of rows in which it is there.
FunctionCall WithoutNulls(FunctionCall call) {
  call.arguments.resize(1);
  call.ignore_nulls = false;
  ExpressionPtr present = Call("is not null", {call.arguments[0]});
  call.filter = call.filter ? Call("and", {call.filter, present}) : present;
  return call;
}

/// decode(value, search, result, ..., default): NULL is found too.
FunctionCall Decode(const FunctionCall& call) {
  FunctionCall choice{.name = "case"};
  std::size_t i = 1;
  for (; i + 1 < call.arguments.size(); i += 2) {
    choice.arguments.push_back(Call("<=>", {call.arguments[0], call.arguments[i]}));
    choice.arguments.push_back(call.arguments[i + 1]);
  }
  if (i < call.arguments.size()) choice.arguments.push_back(call.arguments[i]);
  return choice;
}

FunctionCall JsonTuple(const FunctionCall& call) {
  std::vector<ExpressionPtr> fields;
  for (std::size_t i = 1; i < call.arguments.size(); ++i) {
    fields.push_back(Text(fmt::format("c{}", i - 1)));
    fields.push_back(Call("json_tuple.field", {call.arguments[0], call.arguments[i]}));
  }
  return {.name = "inline", .arguments = {Call("array", {Call("named_struct", fields)})}};
}

}  // namespace

std::optional<FunctionCall> SimplerSparkCall(const FunctionCall& call) {
  const std::string_view name = call.name;
  const std::size_t count = call.arguments.size();
  if ((name == "trim" || name == "ltrim" || name == "rtrim") && count == 2 && !call.is_operator) {
    FunctionCall swapped = call;
    std::swap(swapped.arguments[0], swapped.arguments[1]);
    swapped.is_operator = true;
    return swapped;
  }
  if (name == "last" || name == "last_value" || name == "first" || name == "first_value" ||
      name == "any_value") {
    const bool* flag = Flag(call, 1);
    if (call.ignore_nulls || (flag != nullptr && *flag)) return WithoutNulls(call);
  }
  if (name == "decode" && count > 2) return Decode(call);
  if (name == "json_tuple" && count >= 2) return JsonTuple(call);
  return std::nullopt;
}

}  // namespace owlet::plan
