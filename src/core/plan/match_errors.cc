#include "core/plan/match_errors.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "core/plan/functions/trino_signature_lists.h"
#include "core/plan/type_names.h"

namespace owlet::plan {

namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

std::unexpected<Error> Analysis(std::string condition, std::string message,
                                Parameters parameters = {}) {
  return std::unexpected(Error{.reason = Reason::kAnalysisError,
                               .message = std::move(message),
                               .condition = std::move(condition),
                               .parameters = std::move(parameters)});
}

std::string Quoted(const Type& type) { return fmt::format("\"{}\"", SparkSqlName(type)); }

std::string Ordinal(std::size_t index) {
  constexpr std::array<std::string_view, 10> kWords = {"first", "second", "third",   "fourth",
                                                       "fifth", "sixth",  "seventh", "eighth",
                                                       "ninth", "tenth"};
  return index < kWords.size() ? std::string(kWords[index]) : fmt::format("{}th", index + 1);
}

std::string Upper(std::string_view text) {
  std::string upper(text);
  std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
  return upper;
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

std::string TrinoTypes(std::span<const Argument> arguments) {
  std::string text;
  for (const Argument& argument : arguments) {
    if (!text.empty()) text += ", ";
    text += argument.lambda_parameters >= 0 ? "<function>" : TrinoTypeName(argument.type);
  }
  return text;
}

}  // namespace

std::unexpected<Error> UnknownFunction(std::string_view name, const SessionSettings& session) {
  if (session.dialect == Dialect::kTrino) {
    if (!TrinoSignatureList(Lower(name)).empty()) {
      return Fail(Reason::kNotImplemented, fmt::format("NotImplemented: the function {}", name));
    }
    return Analysis("FUNCTION_NOT_FOUND", fmt::format("Function '{}' not registered", name));
  }
  const std::string path = fmt::format("[`system`.`builtin`, `system`.`session`, `{}`.`{}`]",
                                       "spark_catalog", session.current_database);
  return Analysis("UNRESOLVED_ROUTINE",
                  fmt::format("Cannot resolve routine `{}` on search path {}.", name, path),
                  {{"routineName", fmt::format("`{}`", name)}, {"searchPath", path}});
}

std::unexpected<Error> WrongArgumentCount(std::string_view name, std::size_t actual,
                                          std::vector<std::size_t> expected,
                                          const SessionSettings& session, bool at_least) {
  if (session.dialect == Dialect::kTrino) {
    return Analysis(
        "INVALID_PARAMETER_USAGE",
        fmt::format("'{}' must have a different number of arguments: {}", name, actual));
  }
  std::string wanted = fmt::format("{}", fmt::join(expected, ", "));
  if (expected.size() > 1) wanted = fmt::format("[{}]", wanted);
  if (at_least) wanted = fmt::format("> {}", expected[0] - 1);
  return Analysis("WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
                  fmt::format("The `{}` requires {} parameters but the actual number is {}.", name,
                              wanted, actual),
                  {{"functionName", fmt::format("`{}`", name)},
                   {"expectedNum", wanted},
                   {"actualNum", std::to_string(actual)},
                   {"docroot", "https://spark.apache.org/docs/latest"}});
}

std::unexpected<Error> UnexpectedInput(std::size_t index, std::string required,
                                       const Type& actual) {
  return Analysis("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE",
                  fmt::format("The {} parameter requires the {} type, however it has the type {}.",
                              Ordinal(index), required, Quoted(actual)),
                  {{"sqlExpr", ""},
                   {"paramIndex", Ordinal(index)},
                   {"requiredType", std::move(required)},
                   {"inputSql", std::to_string(index)},
                   {"inputType", Quoted(actual)}});
}

std::unexpected<Error> DifferentTypes(std::string_view name, std::span<const Argument> arguments) {
  std::vector<std::string> types;
  for (const Argument& argument : arguments) types.push_back(Quoted(argument.type));
  std::string list = fmt::format("[{}]", fmt::join(types, ", "));
  if (types.size() == 2 && name != "greatest" && name != "least") {
    list = fmt::format("({} or {})", types[0], types[1]);
  }
  return Analysis(
      "DATATYPE_MISMATCH.DATA_DIFF_TYPES",
      fmt::format("Input to `{}` should all be the same type, but it's {}.", name, list),
      {{"functionName", fmt::format("`{}`", name)}, {"dataType", list}, {"sqlExpr", ""}});
}

std::unexpected<Error> NoCommonType(std::string_view name, std::span<const Type> seen,
                                    std::span<const Argument> arguments,
                                    const SessionSettings& session) {
  if (session.dialect == Dialect::kSpark) {
    if (name == "case" || name == "if") {
      std::vector<Argument> results;
      for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (i % 2 == 1 || i + 1 == arguments.size()) results.push_back(arguments[i]);
      }
      std::vector<std::string> types;
      for (const Argument& argument : results) types.push_back(Quoted(argument.type));
      std::string list = fmt::format("[{}]", fmt::join(types, ", "));
      const std::string shown = name == "case" ? "casewhen" : std::string(name);
      return Analysis(
          "DATATYPE_MISMATCH.DATA_DIFF_TYPES",
          fmt::format("Input to `{}` should all be the same type, but it's {}.", shown, list),
          {{"functionName", fmt::format("`{}`", shown)}, {"dataType", list}, {"sqlExpr", ""}});
    }
    return DifferentTypes(name, arguments);
  }
  std::string what = fmt::format("All {} operands", Upper(name));
  if (name == "case") what = "All CASE results";
  if (name == "if") what = "All IF results";
  if (name == "in") what = "IN value and list items";
  if (name == "array") what = "All ARRAY elements";
  std::vector<std::string> names;
  for (const Argument& argument : arguments) {
    const std::string text = TrinoTypeName(argument.type);
    if ((name == "case" || name == "if") && argument.type.id() == TypeId::kBoolean) continue;
    if (std::ranges::find(names, text) == names.end()) names.push_back(text);
  }
  // Trino names the common type so far and the one that does not fit it.
  Type before = seen[0];
  for (std::size_t i = 1; i + 1 < seen.size(); ++i) {
    before = CommonType(before, seen[i], session).value_or(before);
  }
  return Analysis(
      "TYPE_MISMATCH",
      fmt::format("{} must be the same type or coercible to a common type. Cannot find "
                  "common type between {} and {}, all types (without duplicates): [{}]",
                  what, TrinoTypeName(before), TrinoTypeName(seen.back()), fmt::join(names, ", ")));
}

std::unexpected<Error> WrongCondition(std::string_view name, const Type& actual, std::size_t index,
                                      const SessionSettings& session) {
  if (session.dialect == Dialect::kSpark) return UnexpectedInput(index, "\"BOOLEAN\"", actual);
  const std::string_view what = name == "if" ? "IF condition" : "CASE WHEN clause";
  return Analysis("TYPE_MISMATCH", fmt::format("{} must evaluate to a boolean (actual: {})", what,
                                               TrinoTypeName(actual)));
}

std::unexpected<Error> WrongOperands(std::string_view op, std::span<const Argument> arguments,
                                     std::string_view inputs, const SessionSettings& session) {
  if (session.dialect == Dialect::kTrino) {
    if (arguments.size() == 1) {
      const std::string type = TrinoTypeName(arguments[0].type);
      if (op == "not") {
        return Analysis(
            "TYPE_MISMATCH",
            fmt::format("Value of logical NOT expression must evaluate to a boolean (actual: {})",
                        type));
      }
      return Analysis("TYPE_MISMATCH", fmt::format("Cannot negate {}", type));
    }
    if (op == "and" || op == "or") {
      for (const Argument& argument : arguments) {
        if (argument.type.id() == TypeId::kBoolean) continue;
        return Analysis(
            "TYPE_MISMATCH",
            fmt::format("Logical expression term must evaluate to a boolean (actual: {})",
                        TrinoTypeName(argument.type)));
      }
    }
    const std::string left = TrinoTypeName(arguments[0].type);
    if (op == "between") {
      return Analysis("TYPE_MISMATCH", fmt::format("Cannot check if {} is BETWEEN {} and {}", left,
                                                   TrinoTypeName(arguments[1].type),
                                                   TrinoTypeName(arguments[2].type)));
    }
    if (op == "nullif") {
      return Analysis("TYPE_MISMATCH", fmt::format("Types are not comparable with NULLIF: {} vs {}",
                                                   left, TrinoTypeName(arguments[1].type)));
    }
    if (op == "like") {
      const bool first = !arguments[0].type.IsCharacter();
      return Analysis("TYPE_MISMATCH", fmt::format("{} must evaluate to a varchar (actual: {})",
                                                   first ? "Left side of LIKE expression"
                                                         : "Pattern for LIKE expression",
                                                   TrinoTypeName(arguments[first ? 0 : 1].type)));
    }
    return Analysis("TYPE_MISMATCH", fmt::format("Cannot apply operator: {} {} {}", left, op,
                                                 TrinoTypeName(arguments[1].type)));
  }
  if (arguments.size() != 2) {
    return UnexpectedInput(0, std::string(inputs), arguments[0].type);
  }
  const std::string left = Quoted(arguments[0].type);
  const std::string right = Quoted(arguments[1].type);
  if (left != right) {
    return Analysis("DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES",
                    fmt::format("the left and right operands of the binary operator have "
                                "incompatible types ({} and {}).",
                                left, right),
                    {{"left", left}, {"right", right}, {"sqlExpr", ""}});
  }
  return Analysis(
      "DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE",
      fmt::format("the binary operator requires the input type {}, not {}.", inputs, left),
      {{"inputType", std::string(inputs)}, {"actualDataType", left}, {"sqlExpr", ""}});
}

std::unexpected<Error> UnexpectedParameters(std::string_view name,
                                            std::span<const Argument> arguments,
                                            std::vector<std::string> expected) {
  std::ranges::sort(expected);
  const auto repeated = std::ranges::unique(expected);
  expected.erase(repeated.begin(), repeated.end());
  if (name == "||") name = "concat";
  std::string list(TrinoSignatureList(Lower(name)));
  if (list.empty()) list = fmt::format("{}", fmt::join(expected, ", "));
  return Analysis("FUNCTION_NOT_FOUND",
                  fmt::format("Unexpected parameters ({}) for function {}. Expected: {}",
                              TrinoTypes(arguments), name, list));
}

}  // namespace owlet::plan
