#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/plan/resolver_binder.h"
#include "core/plan/resolver_json.h"
#include "core/plan/resolver_text.h"

// Operators and special forms that both dialects have: logic, comparisons, CASE, IN, constructors.
// On scalars they stay DuckDB's own operators, so that filters reach the scans.

namespace owlet::plan {

const FunctionEntry kGrouping{.name = "grouping", .signature = "", .lowering = "grouping($*)"};

namespace {

constexpr FunctionEntry Template(std::string_view name, std::string_view lowering) {
  return FunctionEntry{.name = name, .signature = "", .lowering = lowering};
}

const FunctionEntry kAnd = Template("and", "($1 AND $2)");
const FunctionEntry kOr = Template("or", "($1 OR $2)");
const FunctionEntry kNot = Template("not", "(NOT $1)");
const FunctionEntry kIsNull = Template("is null", "($1 IS NULL)");
const FunctionEntry kIsNotNull = Template("is not null", "($1 IS NOT NULL)");
const FunctionEntry kIsTrue = Template("is true", "($1 IS NOT DISTINCT FROM true)");
const FunctionEntry kIsFalse = Template("is false", "($1 IS NOT DISTINCT FROM false)");
const FunctionEntry kIn = Template("in", "($1 IN ($2*))");
const FunctionEntry kCoalesce = Template("coalesce", "coalesce($*)");
const FunctionEntry kNullIf = Template("nullif", "nullif($1, $2)");
const FunctionEntry kArray = Template("array", "[$*]");
const FunctionEntry kRowMaker = Template("row", "$row");
const FunctionEntry kTry = Template("try", "TRY($1)");

struct ComparisonEntry {
  std::string_view operation;
  FunctionEntry scalar;
  // Trino's NaN is equal to nothing and neither smaller nor greater; DuckDB's is the greatest.
  FunctionEntry trino_floating;
};
const std::array<ComparisonEntry, 8> kComparisons = {{
    {"=", Template("=", "($1 = $2)"), Template("=", "($1 = $2 AND NOT isnan($1))")},
    {"<>", Template("<>", "($1 <> $2)"), Template("<>", "($1 <> $2 OR isnan($1))")},
    {"<", Template("<", "($1 < $2)"), Template("<", "($1 < $2 AND NOT isnan($2))")},
    {"<=", Template("<=", "($1 <= $2)"), Template("<=", "($1 <= $2 AND NOT isnan($2))")},
    {">", Template(">", "($1 > $2)"), Template(">", "($1 > $2 AND NOT isnan($1))")},
    {">=", Template(">=", "($1 >= $2)"), Template(">=", "($1 >= $2 AND NOT isnan($1))")},
    {"<=>", Template("<=>", "($1 IS NOT DISTINCT FROM $2)"),
     Template("<=>", "($1 IS NOT DISTINCT FROM $2)")},
    {"is distinct from", Template("is distinct from", "($1 IS DISTINCT FROM $2)"),
     Template("is distinct from", "($1 IS DISTINCT FROM $2)")},
}};

const ComparisonEntry* FindComparison(std::string_view name) {
  if (name == "!=") name = "<>";
  if (name == "==") name = "=";
  if (name == "is not distinct from") name = "<=>";
  for (const ComparisonEntry& entry : kComparisons) {
    if (entry.operation == name) return &entry;
  }
  return nullptr;
}

bool IsFloating(const Type& type) {
  return type.id() == TypeId::kReal || type.id() == TypeId::kDouble;
}

bool IsNumber(const BoundPtr& bound) {
  const auto* literal = std::get_if<Literal>(&bound->node);
  if (literal == nullptr) return false;
  const auto* value = std::get_if<double>(&literal->value);
  return value == nullptr || *value == *value;
}

bool AnyNullable(const std::vector<BoundPtr>& arguments) {
  return std::ranges::any_of(arguments, [](const BoundPtr& bound) { return bound->nullable; });
}

std::string DistinctTypes(const std::vector<BoundPtr>& items, const SessionSettings& session) {
  std::vector<std::string> names;
  for (const BoundPtr& item : items) {
    std::string name = TypeText(item->type, session);
    if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
  }
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

// The common type of all; the index of the first that does not fit when there is none.
Result<Type> CommonOf(const std::vector<BoundPtr>& items, const SessionSettings& session,
                      std::size_t& misfit) {
  Type common = items.empty() ? Type() : items[0]->type;
  for (std::size_t i = 1; i < items.size(); ++i) {
    auto next = CommonType(common, items[i]->type, session);
    if (!next) {
      misfit = i;
      return Fail(Reason::kAnalysisError, TypeText(common, session));
    }
    common = std::move(*next);
  }
  return common;
}

// Whether an element at a constant place of an array written out may be NULL: Spark looks; nothing
// where it does not know the array or the place.
std::optional<bool> ElementNullable(const Bound& input, const Bound& index, bool from_one) {
  const auto* array = std::get_if<BoundCall>(&input.node);
  const auto* place = std::get_if<Literal>(&index.node);
  const auto* number = place != nullptr ? std::get_if<std::int64_t>(&place->value) : nullptr;
  if (array == nullptr || array->function != &kArray || number == nullptr) return std::nullopt;
  const auto size = static_cast<std::int64_t>(array->arguments.size());
  std::int64_t at = *number;
  if (from_one) at = at > 0 ? at - 1 : at + size;
  if (at >= 0 && at < size) return array->arguments[static_cast<std::size_t>(at)]->nullable;
  return false;  // an error, not a NULL
}

}  // namespace

BoundPtr TemplateCall(const FunctionEntry& entry, std::vector<BoundPtr> arguments, Type type,
                      bool nullable, OriginPtr origin) {
  return std::make_shared<const Bound>(
      Bound{BoundCall{&entry, std::move(arguments)}, std::move(type), nullable, std::move(origin)});
}

BoundPtr Conjunction(BoundPtr left, BoundPtr right) {
  if (!left) return right;
  if (!right) return left;
  const bool nullable = left->nullable || right->nullable;
  return TemplateCall(kAnd, {std::move(left), std::move(right)}, Type(TypeId::kBoolean), nullable);
}

BoundPtr Negation(BoundPtr bound) {
  const bool nullable = bound->nullable;
  OriginPtr origin = bound->origin;
  return TemplateCall(kNot, {std::move(bound)}, Type(TypeId::kBoolean), nullable,
                      std::move(origin));
}

BoundPtr IsNull(BoundPtr bound) {
  return TemplateCall(kIsNull, {std::move(bound)}, Type(TypeId::kBoolean), false);
}

BoundPtr FirstNotNull(std::vector<BoundPtr> arguments, const Type& type,
                      const SessionSettings& session) {
  bool nullable = true;
  for (BoundPtr& argument : arguments) {
    argument = Coerce(std::move(argument), type, session);
    nullable = nullable && argument->nullable;
  }
  return TemplateCall(kCoalesce, std::move(arguments), type, nullable);
}

Result<BoundPtr> Binder::Compare(const std::string& comparison, BoundPtr left, BoundPtr right,
                                 const ExpressionPtr& call) {
  const SessionSettings& session = statement_.session();
  const ComparisonEntry* entry = FindComparison(comparison);
  const auto common = CommonType(left->type, right->type, session);
  const std::string operation(entry->operation);
  if (!common) {
    const std::string left_type = TypeText(left->type, session);
    const std::string right_type = TypeText(right->type, session);
    if (statement_.IsTrino()) {
      return TrinoError("TYPE_MISMATCH", call->origin,
                        fmt::format("Cannot apply operator: {} {} {}", left_type,
                                    operation == ">"    ? "<"
                                    : operation == ">=" ? "<="
                                                        : operation,
                                    right_type));
    }
    return SparkError("DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES", call->origin,
                      {{"sqlExpr", SparkQuoted(TextOf(call))},
                       {"left", SparkQuoted(left_type)},
                       {"right", SparkQuoted(right_type)}},
                      fmt::format("Cannot resolve \"{}\" due to data type mismatch: the left and "
                                  "right operands of the binary operator have incompatible types "
                                  "(\"{}\" and \"{}\").",
                                  TextOf(call), left_type, right_type));
  }
  if (common->id() == TypeId::kJson && statement_.IsTrino() &&
      (operation.starts_with('<') || operation.starts_with('>')) && operation != "<>" &&
      operation != "<=>") {
    return TrinoError(
        "TYPE_MISMATCH", call->origin,
        fmt::format("Cannot apply operator: json {} json", operation.ends_with('=') ? "<=" : "<"));
  }
  if (common->id() == TypeId::kMap && statement_.IsSpark()) {
    return SparkError("DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", call->origin,
                      {{"sqlExpr", SparkQuoted(TextOf(call))},
                       {"functionName", SparkName({operation})},
                       {"dataType", SparkQuoted(TypeText(*common, session))}},
                      fmt::format("The {} does not support ordering on type \"{}\".", operation,
                                  TypeText(*common, session)));
  }
  const bool floating = statement_.IsTrino() && IsFloating(*common);
  const bool plain = !common->IsNested() && common->id() != TypeId::kTimestampWithZone &&
                     common->id() != TypeId::kTimeWithZone && common->id() != TypeId::kJson &&
                     common->id() != TypeId::kChar;
  left = Coerce(std::move(left), *common, statement_.session());
  right = Coerce(std::move(right), *common, statement_.session());
  if (!plain) {
    // On arrays, rows, maps and zoned times the dialect's own function decides.
    const std::string name =
        operation == "is distinct from" && statement_.IsSpark() ? "<=>" : operation;
    if (statement_.table().Find(name)) {
      OWLET_TRY(BoundPtr compared, Call(name, {left, right}, call));
      return name == operation ? compared : Negation(std::move(compared));
    }
  }
  const bool safe = operation == "<=>" || operation == "is distinct from";
  const bool nullable = !safe && (left->nullable || right->nullable);
  const bool guarded = floating && !IsNumber(right) && !IsNumber(left);
  const bool greater = operation == ">" || operation == ">=";
  const bool less = operation == "<" || operation == "<=";
  const bool one_side = floating && ((greater && !IsNumber(left)) || (less && !IsNumber(right)));
  return TemplateCall(guarded || one_side ? entry->trino_floating : entry->scalar,
                      {std::move(left), std::move(right)}, Type(TypeId::kBoolean), nullable,
                      call->origin);
}

Result<BoundPtr> Binder::BindLogical(const FunctionCall& call, const ExpressionPtr& expression) {
  std::vector<BoundPtr> terms;
  for (const ExpressionPtr& argument : call.arguments) {
    OWLET_TRY(BoundPtr term, Bind(argument));
    if (term->type.id() == TypeId::kUnknown)
      term = Coerce(term, Type(TypeId::kBoolean), statement_.session());
    if (term->type.id() != TypeId::kBoolean) {
      const std::string type = TypeText(term->type, statement_.session());
      if (statement_.IsTrino()) {
        return TrinoError("TYPE_MISMATCH", argument->origin,
                          fmt::format("{} must evaluate to a boolean (actual: {})",
                                      call.name == "not" ? "Value of logical NOT expression"
                                                         : "Logical expression term",
                                      type));
      }
      if (call.name != "not" && term->type.IsCharacter()) {
        terms.push_back(Coerce(std::move(term), Type(TypeId::kBoolean), statement_.session()));
        continue;
      }
      if (call.name == "not" && term->type.IsCharacter()) {
        terms.push_back(Coerce(std::move(term), Type(TypeId::kBoolean), statement_.session()));
        continue;
      }
      const std::string text = SparkQuoted(TextOf(expression));
      if (call.name == "not") {
        return SparkError("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", expression->origin,
                          {{"sqlExpr", text},
                           {"paramIndex", "first"},
                           {"inputSql", SparkQuoted(TextOf(argument))},
                           {"inputType", SparkQuoted(type)},
                           {"requiredType", "\"BOOLEAN\""}},
                          fmt::format("{} needs a boolean.", text));
      }
      OWLET_TRY(BoundPtr other,
                Bind(argument == call.arguments[0] ? call.arguments[1] : call.arguments[0]));
      const std::string other_type = TypeText(other->type, statement_.session());
      const bool first = argument == call.arguments[0];
      if (other->type.id() == term->type.id()) {
        return SparkError("DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE", expression->origin,
                          {{"sqlExpr", text},
                           {"inputType", "\"BOOLEAN\""},
                           {"actualDataType", SparkQuoted(type)}},
                          fmt::format("{} needs booleans.", text));
      }
      return SparkError("DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES", expression->origin,
                        {{"sqlExpr", text},
                         {"left", SparkQuoted(first ? type : other_type)},
                         {"right", SparkQuoted(first ? other_type : type)}},
                        fmt::format("{} needs booleans.", text));
    }
    terms.push_back(std::move(term));
  }
  const bool nullable = AnyNullable(terms);
  if (call.name == "not") {
    return TemplateCall(kNot, std::move(terms), Type(TypeId::kBoolean), nullable,
                        expression->origin);
  }
  const FunctionEntry& entry = call.name == "and" ? kAnd : kOr;
  BoundPtr result = terms[0];
  for (std::size_t i = 1; i < terms.size(); ++i) {
    result = TemplateCall(entry, {result, terms[i]}, Type(TypeId::kBoolean),
                          result->nullable || terms[i]->nullable, expression->origin);
  }
  return result;
}

Result<BoundPtr> Binder::BindCase(const FunctionCall& call, const ExpressionPtr& expression) {
  const SessionSettings& session = statement_.session();
  BoundCase choice;
  std::vector<BoundPtr> results;
  const bool is_if = call.name == "if";
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    OWLET_TRY(BoundPtr bound, Bind(call.arguments[i]));
    if (i % 2 == 1 || i + 1 == call.arguments.size()) {
      results.push_back(std::move(bound));
      continue;
    }
    // Spark's CASE takes no bare NULL for a condition; its IF does.
    if (bound->type.id() == TypeId::kUnknown && (statement_.IsTrino() || is_if))
      bound = Coerce(bound, Type(TypeId::kBoolean), statement_.session());
    if (bound->type.id() != TypeId::kBoolean) {
      const std::string type = TypeText(bound->type, session);
      if (statement_.IsTrino()) {
        return TrinoError("TYPE_MISMATCH", call.arguments[i]->origin,
                          fmt::format("{} must evaluate to a boolean (actual: {})",
                                      is_if ? "IF condition" : "CASE WHEN clause", type));
      }
      static constexpr std::array<std::string_view, 4> kOrdinals = {"first", "second", "third",
                                                                    "fourth"};
      return SparkError("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", expression->origin,
                        {{"sqlExpr", SparkQuoted(TextOf(expression))},
                         {"paramIndex", i / 2 < kOrdinals.size() ? std::string(kOrdinals.at(i / 2))
                                                                 : fmt::format("{}th", i / 2 + 1)},
                         {"inputSql", SparkQuoted(TextOf(call.arguments[i]))},
                         {"inputType", SparkQuoted(type)},
                         {"requiredType", "\"BOOLEAN\""}},
                        fmt::format("{} needs a boolean condition.", TextOf(expression)));
    }
    choice.branches.emplace_back(std::move(bound), nullptr);
  }
  std::size_t misfit = 0;
  auto common = CommonOf(results, session, misfit);
  if (!common) {
    if (statement_.IsTrino() && is_if) {
      return TrinoError(
          "TYPE_MISMATCH", expression->origin,
          fmt::format("Result types for IF must be the same: {} vs {}", common.error().message,
                      TypeText(results[misfit]->type, session)));
    }
    if (statement_.IsTrino()) {
      return TrinoError(
          "TYPE_MISMATCH", results[misfit]->origin ? results[misfit]->origin : expression->origin,
          fmt::format("All {} results must be the same type or coercible to a common type. Cannot "
                      "find common type between {} and {}, all types (without duplicates): [{}]",
                      is_if ? "IF" : "CASE", common.error().message,
                      TypeText(results[misfit]->type, session), DistinctTypes(results, session)));
    }
    std::string types;
    for (const BoundPtr& result : results) {
      types += (types.empty() ? "\"" : ", \"") + TypeText(result->type, session) + "\"";
    }
    return SparkError("DATATYPE_MISMATCH.DATA_DIFF_TYPES", expression->origin,
                      {{"sqlExpr", SparkQuoted(TextOf(expression))},
                       {"functionName", is_if ? "`if`" : "`casewhen`"},
                       {"dataType", fmt::format("[{}]", types)}},
                      fmt::format("Input to {} should all be the same type, but it's [{}].",
                                  is_if ? "`if`" : "`casewhen`", types));
  }
  bool nullable = results.size() == choice.branches.size();
  for (std::size_t i = 0; i < results.size(); ++i) {
    BoundPtr result = Coerce(std::move(results[i]), *common, statement_.session());
    nullable = nullable || result->nullable;
    if (i < choice.branches.size()) {
      choice.branches[i].second = std::move(result);
    } else {
      choice.otherwise = std::move(result);
    }
  }
  return std::make_shared<const Bound>(
      Bound{std::move(choice), std::move(*common), nullable, expression->origin});
}

Result<BoundPtr> Binder::BindIn(const FunctionCall& call, const ExpressionPtr& expression) {
  const SessionSettings& session = statement_.session();
  std::vector<BoundPtr> items;
  for (const ExpressionPtr& argument : call.arguments) {
    OWLET_TRY(BoundPtr bound, Bind(argument));
    items.push_back(std::move(bound));
  }
  std::size_t misfit = 0;
  auto common = CommonOf(items, session, misfit);
  if (!common) {
    if (statement_.IsTrino()) {
      return TrinoError(
          "TYPE_MISMATCH", call.arguments[misfit]->origin,
          fmt::format("IN value and list items must be the same type or coercible to a common "
                      "type. Cannot find common type between {} and {}, all types (without "
                      "duplicates): [{}]",
                      common.error().message, TypeText(items[misfit]->type, session),
                      DistinctTypes(items, session)));
    }
    std::string types;
    for (const BoundPtr& item : items) {
      types += (types.empty() ? "\"" : ", \"") + TypeText(item->type, session) + "\"";
    }
    return SparkError(
        "DATATYPE_MISMATCH.DATA_DIFF_TYPES", expression->origin,
        {{"sqlExpr", SparkQuoted(TextOf(expression))},
         {"functionName", "`in`"},
         {"dataType", fmt::format("[{}]", types)}},
        fmt::format("Input to `in` should all be the same type, but it's [{}].", types));
  }
  const bool plain = !common->IsNested() && common->id() != TypeId::kTimestampWithZone &&
                     common->id() != TypeId::kTimeWithZone &&
                     !(statement_.IsTrino() && IsFloating(*common));
  if (!plain) {
    BoundPtr any;
    for (std::size_t i = 1; i < items.size(); ++i) {
      OWLET_TRY(BoundPtr equal, Compare("=", items[0], items[i], expression));
      any = any ? TemplateCall(kOr, {any, equal}, Type(TypeId::kBoolean),
                               any->nullable || equal->nullable, expression->origin)
                : equal;
    }
    return any;
  }
  for (BoundPtr& item : items) item = Coerce(std::move(item), *common, statement_.session());
  const bool nullable = AnyNullable(items);
  return TemplateCall(kIn, std::move(items), Type(TypeId::kBoolean), nullable, expression->origin);
}

Result<BoundPtr> Binder::BindBetween(const FunctionCall& call, const ExpressionPtr& expression) {
  OWLET_TRY(BoundPtr value, Bind(call.arguments.at(0)));
  OWLET_TRY(BoundPtr low, Bind(call.arguments.at(1)));
  OWLET_TRY(BoundPtr high, Bind(call.arguments.at(2)));
  const SessionSettings& session = statement_.session();
  if (statement_.IsTrino() && (!CommonType(value->type, low->type, session) ||
                               !CommonType(value->type, high->type, session))) {
    return TrinoError(
        "TYPE_MISMATCH", expression->origin,
        fmt::format("Cannot check if {} is BETWEEN {} and {}", TypeText(value->type, session),
                    TypeText(low->type, session), TypeText(high->type, session)));
  }
  OWLET_TRY(BoundPtr above, Compare(">=", value, std::move(low), expression));
  OWLET_TRY(BoundPtr under, Compare("<=", std::move(value), std::move(high), expression));
  return Conjunction(std::move(above), std::move(under));
}

Result<BoundPtr> Binder::BindCoalesce(const FunctionCall& call, const ExpressionPtr& expression) {
  const SessionSettings& session = statement_.session();
  std::vector<BoundPtr> items;
  for (const ExpressionPtr& argument : call.arguments) {
    OWLET_TRY(BoundPtr bound, Bind(argument));
    items.push_back(std::move(bound));
  }
  if (items.empty() || (statement_.IsTrino() && items.size() < 2)) {
    if (statement_.IsTrino()) {
      return TrinoError("SYNTAX_ERROR", expression->origin,
                        "The 'coalesce' function must have at least two arguments");
    }
    return SparkError("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", expression->origin,
                      {{"functionName", "`coalesce`"},
                       {"expectedNum", "> 0"},
                       {"actualNum", "0"},
                       {"docroot", "https://spark.apache.org/docs/latest"}},
                      "The `coalesce` requires > 0 parameters but the actual number is 0.");
  }
  std::size_t misfit = 0;
  auto common = CommonOf(items, session, misfit);
  if (!common) {
    if (statement_.IsTrino()) {
      return TrinoError(
          "TYPE_MISMATCH", call.arguments[misfit]->origin,
          fmt::format("All COALESCE operands must be the same type or coercible to a common type. "
                      "Cannot find common type between {} and {}, all types (without duplicates): "
                      "[{}]",
                      common.error().message, TypeText(items[misfit]->type, session),
                      DistinctTypes(items, session)));
    }
    std::string types;
    for (const BoundPtr& item : items) {
      types += (types.empty() ? "\"" : " or \"") + TypeText(item->type, session) + "\"";
    }
    return SparkError(
        "DATATYPE_MISMATCH.DATA_DIFF_TYPES", expression->origin,
        {{"sqlExpr", SparkQuoted(TextOf(expression))},
         {"functionName", "`coalesce`"},
         {"dataType", fmt::format("({})", types)}},
        fmt::format("Input to `coalesce` should all be the same type, but it's ({}).", types));
  }
  return FirstNotNull(std::move(items), *common, statement_.session());
}

Result<BoundPtr> Binder::BindConstructor(const FunctionCall& call,
                                         const ExpressionPtr& expression) {
  const SessionSettings& session = statement_.session();
  std::vector<BoundPtr> items;
  for (const ExpressionPtr& argument : call.arguments) {
    OWLET_TRY(BoundPtr bound, Bind(argument));
    items.push_back(std::move(bound));
  }
  std::size_t misfit = 0;
  auto common = CommonOf(items, session, misfit);
  if (!common) {
    if (statement_.IsTrino()) {
      return TrinoError(
          "TYPE_MISMATCH", call.arguments[misfit]->origin,
          fmt::format("All ARRAY elements must be the same type or coercible to a common type. "
                      "Cannot find common type between {} and {}, all types (without duplicates): "
                      "[{}]",
                      common.error().message, TypeText(items[misfit]->type, session),
                      DistinctTypes(items, session)));
    }
    std::string types;
    for (const BoundPtr& item : items) {
      types += (types.empty() ? "\"" : " or \"") + TypeText(item->type, session) + "\"";
    }
    return SparkError(
        "DATATYPE_MISMATCH.DATA_DIFF_TYPES", expression->origin,
        {{"sqlExpr", SparkQuoted(TextOf(expression))},
         {"functionName", "`array`"},
         {"dataType", fmt::format("({})", types)}},
        fmt::format("Input to `array` should all be the same type, but it's ({}).", types));
  }
  for (BoundPtr& item : items) item = Coerce(std::move(item), *common, statement_.session());
  const bool contains_null = statement_.IsTrino() || AnyNullable(items);
  return TemplateCall(kArray, std::move(items), Type::Array(*common, contains_null), false,
                      expression->origin);
}

Result<BoundPtr> Binder::BindElement(const std::string& name, BoundPtr input, BoundPtr index,
                                     const ExpressionPtr& expression) {
  const bool looks = statement_.IsSpark() && statement_.session().ansi;
  const std::optional<bool> nullable =
      looks ? ElementNullable(*input, *index, name != "[]") : std::nullopt;
  OWLET_TRY(BoundPtr element, Call(name, {std::move(input), std::move(index)}, expression));
  if (!nullable || element->nullable == *nullable) return element;
  Bound known = *element;
  known.nullable = *nullable;
  return std::make_shared<const Bound>(std::move(known));
}

Result<BoundPtr> Binder::BindRow(const FunctionCall& call, const ExpressionPtr& expression) {
  std::vector<Field> fields;
  std::vector<BoundPtr> values;
  const bool named = call.name == "named_struct";
  if (named && call.arguments.size() % 2 != 0) {
    return SparkError("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", expression->origin,
                      {{"functionName", "`named_struct`"},
                       {"expectedNum", "2n (n > 0)"},
                       {"actualNum", std::to_string(call.arguments.size())},
                       {"docroot", "https://spark.apache.org/docs/latest"}},
                      "named_struct needs an even number of arguments.");
  }
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    const ExpressionPtr& argument = call.arguments[i];
    std::string name;
    if (named) {
      const auto* literal = std::get_if<Literal>(&argument->node);
      if (literal == nullptr || !std::holds_alternative<std::string>(literal->value)) {
        return SparkError("DATATYPE_MISMATCH.NON_FOLDABLE_INPUT", expression->origin,
                          {{"sqlExpr", SparkQuoted(TextOf(expression))},
                           {"inputName", "`name`"},
                           {"inputType", "\"STRING\""},
                           {"inputExpr", SparkQuoted(TextOf(argument))}},
                          "The names of named_struct must be constant strings.");
      }
      name = std::get<std::string>(literal->value);
      ++i;
    } else if (statement_.IsSpark()) {
      // struct(a, b AS c, a + b): named by what has a name, else by position.
      if (const auto* alias = std::get_if<Alias>(&argument->node)) {
        name = alias->names.empty() ? "" : alias->names[0];
      } else if (std::holds_alternative<ColumnReference>(argument->node) ||
                 std::holds_alternative<ExtractValue>(argument->node)) {
        name = NameOf(argument);
      } else {
        name = fmt::format("col{}", i + 1);
      }
    } else if (const auto* alias = std::get_if<Alias>(&argument->node);
               alias != nullptr && !alias->names.empty()) {
      name = alias->names[0];
    }
    OWLET_TRY(BoundPtr value, Bind(call.arguments[i]));
    const bool nullable = statement_.IsTrino() || value->nullable;
    fields.push_back({std::move(name), value->type, nullable, ""});
    values.push_back(std::move(value));
  }
  return TemplateCall(kRowMaker, std::move(values), Type::Row(std::move(fields)), false,
                      expression->origin);
}

Result<BoundPtr> Binder::BindClock(const FunctionCall& call, const ExpressionPtr& expression) {
  const SessionSettings& session = statement_.session();
  const auto& name = call.name;
  const std::string text =
      name == "current_user" || name == "user" || name == "session_user" ? session.user
      : name == "current_catalog"                                        ? session.current_catalog
      : name == "current_schema" || name == "current_database"           ? session.current_database
                                                                         : std::string();
  if (name == "current_catalog" && statement_.IsSpark()) {
    return Constant(Literal::String("spark_catalog"), expression->origin);
  }
  return Constant(Literal::String(text), expression->origin);
}

Result<BoundPtr> Binder::BindGrouping(const FunctionCall& call, const ExpressionPtr& expression) {
  if (!grouping) {
    if (statement_.IsTrino() && (clause == "SELECT" || clause == "ORDER BY")) {
      return TrinoError("MISSING_GROUP_BY", select_origin ? select_origin : expression->origin,
                        "A GROUPING() operation can only be used with a corresponding GROUPING "
                        "SET/CUBE/ROLLUP/GROUP BY clause");
    }
    if (statement_.IsTrino()) {
      return TrinoError(
          "EXPRESSION_NOT_SCALAR", expression->origin,
          fmt::format("{} clause cannot contain aggregations, window functions or grouping "
                      "operations: [{}]",
                      clause, TextOf(expression)));
    }
    return SparkError("UNSUPPORTED_GROUPING_EXPRESSION", expression->origin, {},
                      "grouping()/grouping_id() can only be used with GroupingSets/Cube/Rollup.");
  }
  std::vector<BoundPtr> keys;
  for (const ExpressionPtr& argument : call.arguments) {
    OWLET_TRY(BoundPtr key, Bind(argument));
    keys.push_back(std::move(key));
  }
  const Type type(statement_.IsTrino() ? (keys.size() > 31 ? TypeId::kBigint : TypeId::kInteger)
                  : call.name == "grouping" ? TypeId::kTinyint
                                            : TypeId::kBigint);
  return TemplateCall(kGrouping, std::move(keys), type, false, expression->origin);
}

Result<std::optional<BoundPtr>> Binder::BindSpecial(const FunctionCall& call,
                                                    const ExpressionPtr& expression) {
  const auto& name = call.name;
  const std::size_t count = call.arguments.size();
  using Found = std::optional<BoundPtr>;
  auto found = [](Result<BoundPtr> bound) -> Result<Found> {
    if (!bound) return std::unexpected(std::move(bound).error());
    return Found(std::move(*bound));
  };
  if (((name == "and" || name == "or") && count >= 2) || (name == "not" && count == 1)) {
    return found(BindLogical(call, expression));
  }
  if (name == "!" && count == 1) {
    FunctionCall negated = call;
    negated.name = "not";
    return found(BindLogical(negated, expression));
  }
  if (FindComparison(name) != nullptr && count == 2) {
    OWLET_TRY(BoundPtr left, Bind(call.arguments[0]));
    OWLET_TRY(BoundPtr right, Bind(call.arguments[1]));
    return found(Compare(name, std::move(left), std::move(right), expression));
  }
  if (count == 1 && (name == "is null" || name == "is not null" || name == "isnull" ||
                     name == "isnotnull" || name == "is unknown")) {
    OWLET_TRY(BoundPtr value, Bind(call.arguments[0]));
    const bool positive = name == "is null" || name == "isnull" || name == "is unknown";
    return Found(TemplateCall(positive ? kIsNull : kIsNotNull, {std::move(value)},
                              Type(TypeId::kBoolean), false, expression->origin));
  }
  if (count == 1 && (name == "is true" || name == "is false")) {
    OWLET_TRY(BoundPtr value, Bind(call.arguments[0]));
    return Found(
        TemplateCall(name == "is true" ? kIsTrue : kIsFalse,
                     {Coerce(std::move(value), Type(TypeId::kBoolean), statement_.session())},
                     Type(TypeId::kBoolean), false, expression->origin));
  }
  if (((name == "case" || name == "when") && count >= 2) ||
      (name == "if" && (count == 3 || (count == 2 && statement_.IsTrino())))) {
    return found(BindCase(call, expression));
  }
  if (IsSqlJsonForm(call)) return found(Bind(SqlJsonCall(call, expression->origin)));
  if (name == "in" && count >= 2) return found(BindIn(call, expression));
  if (name == "between" && count == 3) return found(BindBetween(call, expression));
  if (name == "nvl2" && count == 3 && statement_.IsSpark()) {
    FunctionCall tested{.name = "is not null", .arguments = {call.arguments[0]}};
    FunctionCall choice{.name = "if",
                        .arguments = {MakeExpression(std::move(tested), expression->origin),
                                      call.arguments[1], call.arguments[2]}};
    return found(BindCase(choice, expression));
  }
  if (statement_.IsTrino()) {
    if (name == "if") {
      return TrinoError("SYNTAX_ERROR", expression->origin,
                        "Invalid number of arguments for 'if' function");
    }
    if (name == "try" && count != 1) {
      return TrinoError("SYNTAX_ERROR", expression->origin,
                        "The 'try' function must have exactly one argument");
    }
    if (name == "position" && !call.is_operator) {
      return TrinoError("FUNCTION_NOT_FOUND", expression->origin,
                        "Function 'position' not registered");
    }
  }
  if (name == "coalesce") return found(BindCoalesce(call, expression));
  if (name == "nullif" && count == 2) {
    OWLET_TRY(BoundPtr left, Bind(call.arguments[0]));
    OWLET_TRY(BoundPtr right, Bind(call.arguments[1]));
    const SessionSettings& session = statement_.session();
    if (statement_.IsTrino() && !CommonType(left->type, right->type, session)) {
      return TrinoError("TYPE_MISMATCH", expression->origin,
                        fmt::format("Types are not comparable with NULLIF: {} vs {}",
                                    TypeText(left->type, session), TypeText(right->type, session)));
    }
    OWLET_TRY(BoundPtr equal, Compare("=", left, right, expression));
    BoundCase choice;
    choice.branches.emplace_back(
        std::move(equal), Coerce(Constant(Literal::Null()), left->type, statement_.session()));
    choice.otherwise = left;
    return Found(std::make_shared<const Bound>(
        Bound{std::move(choice), left->type, true, expression->origin}));
  }
  if (name == "array" && (call.is_operator || statement_.IsSpark())) {
    return found(BindConstructor(call, expression));
  }
  if ((name == "row" && (call.is_operator || statement_.IsTrino())) ||
      (statement_.IsSpark() && (name == "struct" || name == "named_struct"))) {
    return found(BindRow(call, expression));
  }
  if (name == "grouping" || (name == "grouping_id" && statement_.IsSpark())) {
    return found(BindGrouping(call, expression));
  }
  if (name == "try" && count == 1 && statement_.IsTrino()) {
    OWLET_TRY(BoundPtr value, Bind(call.arguments[0]));
    const Type type = value->type;
    return Found(TemplateCall(kTry, {std::move(value)}, type, true, expression->origin));
  }
  if (count == 0 &&
      (name == "current_user" || name == "user" || name == "session_user" ||
       name == "current_catalog" || name == "current_schema" || name == "current_database")) {
    return found(BindClock(call, expression));
  }
  if (count == 2 && (name == "extract" || name == "date_part" || name == "datepart")) {
    // The tables have one row a field: "extract.year".
    const auto* field = std::get_if<Literal>(&call.arguments[0]->node);
    const auto* text = field ? std::get_if<std::string>(&field->value) : nullptr;
    if (text != nullptr) {
      OWLET_TRY(BoundPtr value, Bind(call.arguments[1]));
      std::string upper = *text;
      std::ranges::transform(upper, upper.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
      });
      if (statement_.IsTrino() && !HasField(value->type, upper)) {
        return TrinoError("TYPE_MISMATCH", call.arguments[1]->origin,
                          fmt::format("Cannot extract {} from {}", upper,
                                      TypeText(value->type, statement_.session())));
      }
      std::string key = "extract." + *text;
      std::ranges::transform(key, key.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      });
      return found(Call(key, {std::move(value)}, expression));
    }
  }
  if (count == 2 && name == "[]") {
    OWLET_TRY(BoundPtr input, Bind(call.arguments[0]));
    const auto* key = std::get_if<Literal>(&call.arguments[1]->node);
    if (input->type.id() == TypeId::kRow && key != nullptr) {
      if (const auto* position = std::get_if<std::int64_t>(&key->value);
          position != nullptr && *position >= 1 &&
          static_cast<std::size_t>(*position) <= input->type.fields().size()) {
        const auto index = static_cast<std::size_t>(*position - 1);
        const Field field = input->type.fields()[index];
        const bool nullable = input->nullable || field.nullable;
        return Found(std::make_shared<const Bound>(
            Bound{BoundField{std::move(input), index}, field.type, nullable, expression->origin}));
      }
      if (const auto* position = std::get_if<std::int64_t>(&key->value);
          position != nullptr && statement_.IsTrino()) {
        return TrinoError(
            "INVALID_FUNCTION_ARGUMENT", call.arguments[1]->origin,
            *position < 1
                ? fmt::format("Invalid subscript index: {}. ROW indices start at 1", *position)
                : fmt::format("Subscript index out of bounds: {}, max value is {}", *position,
                              input->type.fields().size()));
      }
    } else if (input->type.id() == TypeId::kRow && statement_.IsTrino()) {
      return TrinoError("EXPRESSION_NOT_CONSTANT", call.arguments[1]->origin,
                        "Subscript expression on ROW requires a constant index");
    }
    OWLET_TRY(BoundPtr index, Bind(call.arguments[1]));
    return found(BindElement("[]", std::move(input), std::move(index), expression));
  }
  if (count == 2 && name == "element_at" && statement_.IsSpark()) {
    OWLET_TRY(BoundPtr input, Bind(call.arguments[0]));
    OWLET_TRY(BoundPtr index, Bind(call.arguments[1]));
    return found(BindElement(name, std::move(input), std::move(index), expression));
  }
  return Found();
}

}  // namespace owlet::plan
