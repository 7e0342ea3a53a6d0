#include "core/plan/resolver_json.h"

#include <algorithm>
#include <array>

namespace owlet::plan {

namespace {

using OriginPtr = std::shared_ptr<const Origin>;

constexpr std::string_view kPassing = "passing:";

/// The form's options by name.
class Options {
 public:
  explicit Options(const FunctionCall& call) : call_(call) {}

  [[nodiscard]] ExpressionPtr Find(std::string_view name) const {
    for (std::size_t i = 0; i < call_.argument_names.size(); ++i) {
      if (call_.argument_names[i] == name) return call_.arguments[i];
    }
    return nullptr;
  }
  [[nodiscard]] ExpressionPtr Text(std::string_view name, std::string otherwise) const {
    ExpressionPtr found = Find(name);
    return found ? found : MakeExpression(Literal::String(std::move(otherwise)));
  }

 private:
  const FunctionCall& call_;
};

bool IsJsonAlready(const ExpressionPtr& value) {
  const auto* call = std::get_if<FunctionCall>(&value->node);
  return call != nullptr && call->is_operator &&
         (call->name == "json_object" || call->name == "json_array" || call->name == "json_query");
}

/// A value as JSON text: what is JSON already stays, the rest is cast.
ExpressionPtr JsonOf(const ExpressionPtr& value, const OriginPtr& origin) {
  const auto* call = std::get_if<FunctionCall>(&value->node);
  if (call != nullptr && call->name == "format json") {
    return MakeExpression(FunctionCall{.name = "format json", .arguments = {call->arguments[0]}},
                          value->origin);
  }
  if (IsJsonAlready(value)) return value;
  return MakeExpression(Cast{value, Type(TypeId::kJson)}, origin);
}

ExpressionPtr Construction(std::string name, const FunctionCall& call, const char* nulls,
                           const OriginPtr& origin) {
  const bool object = name == "json object";
  FunctionCall made{.name = std::move(name),
                    .arguments = {Options(call).Text("null handling", nulls)}};
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    if (i < call.argument_names.size() && !call.argument_names[i].empty()) continue;
    const bool key = object && i % 2 == 0;
    made.arguments.push_back(key ? call.arguments[i] : JsonOf(call.arguments[i], origin));
  }
  return MakeExpression(std::move(made), origin);
}

/// PASSING's values as one JSON object.
ExpressionPtr Variables(const FunctionCall& call, const OriginPtr& origin) {
  FunctionCall object{.name = "json object",
                      .arguments = {MakeExpression(Literal::String("NULL"))}};
  for (std::size_t i = 0; i < call.argument_names.size(); ++i) {
    if (!call.argument_names[i].starts_with(kPassing)) continue;
    object.arguments.push_back(
        MakeExpression(Literal::String(call.argument_names[i].substr(kPassing.size()))));
    object.arguments.push_back(JsonOf(call.arguments[i], origin));
  }
  return MakeExpression(std::move(object), origin);
}

ExpressionPtr TextOrNull(const ExpressionPtr& value) {
  if (!value) return MakeExpression(Cast{MakeExpression(Literal::Null()), Type::Varchar()});
  return MakeExpression(Cast{value, Type::Varchar()}, value->origin);
}

}  // namespace

bool IsSqlJsonForm(const FunctionCall& call) {
  static constexpr std::array<std::string_view, 5> kForms = {
      "json_exists", "json_query", "json_value", "json_object", "json_array"};
  return call.is_operator && std::ranges::find(kForms, call.name) != kForms.end();
}

ExpressionPtr SqlJsonCall(const FunctionCall& call, const OriginPtr& origin) {
  if (call.name == "json_object") return Construction("json object", call, "NULL", origin);
  if (call.name == "json_array") return Construction("json array", call, "ABSENT", origin);
  const Options options(call);
  ExpressionPtr input = call.arguments[0];
  if (const auto* formatted = std::get_if<FunctionCall>(&input->node);
      formatted != nullptr && formatted->name == "format json") {
    input = formatted->arguments[0];
  }
  FunctionCall made{.name = "json " + call.name.substr(5),
                    .arguments = {input, call.arguments[1], Variables(call, origin)}};
  auto& arguments = made.arguments;
  if (call.name == "json_exists") {
    arguments.push_back(options.Text("on error", "FALSE"));
    return MakeExpression(std::move(made), origin);
  }
  if (call.name == "json_query") {
    arguments.push_back(options.Text("wrapper", "WITHOUT"));
    arguments.push_back(options.Text("quotes", "KEEP"));
    arguments.push_back(options.Text("on empty", "NULL"));
    arguments.push_back(options.Text("on error", "NULL"));
  } else {
    arguments.push_back(options.Text("on empty", "NULL"));
    arguments.push_back(TextOrNull(options.Find("empty default")));
    arguments.push_back(options.Text("on error", "NULL"));
    arguments.push_back(TextOrNull(options.Find("error default")));
  }
  ExpressionPtr result = MakeExpression(std::move(made), origin);
  const ExpressionPtr returning = options.Find("returning");
  const auto* cast = returning ? std::get_if<Cast>(&returning->node) : nullptr;
  if (cast == nullptr) return result;
  const bool fails = [&] {
    const ExpressionPtr on_error = options.Text("on error", "NULL");
    const auto* text = std::get_if<Literal>(&on_error->node);
    return text != nullptr && *text == Literal::String("ERROR");
  }();
  return MakeExpression(Cast{result, cast->type, fails ? CastMode::kDialect : CastMode::kTry},
                        origin);
}

}  // namespace owlet::plan
