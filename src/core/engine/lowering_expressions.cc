#include "core/engine/lowering_expressions.h"

#include <fmt/format.h>

#include "core/engine/functions/cast_sql.h"
#include "core/engine/type_map.h"
#include "core/plan/type_names.h"

namespace owlet::engine {

namespace {

using plan::Bound;
using plan::BoundPtr;

bool IsTemplate(std::string_view lowering) {
  return lowering.find_first_of("$({[ ") != std::string_view::npos;
}

// The chain of ANDs (or ORs) below an AND, flat: DuckDB's parser bounds how deep text may nest.
void Flatten(const BoundPtr& bound, const plan::FunctionEntry* entry,
             std::vector<BoundPtr>& terms) {
  std::vector<BoundPtr> pending = {bound};
  while (!pending.empty()) {
    const BoundPtr next = pending.back();
    pending.pop_back();
    const auto* call = std::get_if<plan::BoundCall>(&next->node);
    if (call != nullptr && call->function == entry) {
      for (auto argument = call->arguments.rbegin(); argument != call->arguments.rend();
           ++argument) {
        pending.push_back(*argument);
      }
    } else {
      terms.push_back(next);
    }
  }
}

/// What stands between the parenthesis that `text` begins with and its partner.
std::string_view Parenthesised(std::string_view text) {
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '(') ++depth;
    if (text[i] == ')' && --depth == 0) return text.substr(1, i - 1);
  }
  return {};
}

/// The parts between commas outside of parentheses.
std::vector<std::string_view> SplitArguments(std::string_view text) {
  std::vector<std::string_view> parts;
  int depth = 0;
  std::size_t start = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || (text[i] == ',' && depth == 0)) {
      parts.push_back(text.substr(start, i - start));
      start = i + 1;
    } else if (text[i] == '(' || text[i] == '[') {
      ++depth;
    } else if (text[i] == ')' || text[i] == ']') {
      --depth;
    }
  }
  return parts;
}

}  // namespace

std::string ExpressionPrinter::ColumnName(plan::ColumnId id) { return fmt::format("c{}", id); }

std::string ExpressionPrinter::TypeName(const plan::Type& type) const {
  return session_.dialect == plan::Dialect::kTrino ? plan::TrinoTypeName(type)
                                                   : plan::SparkTypeName(type);
}

int ExpressionPrinter::OriginNumber(const std::shared_ptr<const plan::Origin>& origin) {
  if (!origin) return -1;
  const auto [entry, inserted] =
      origin_numbers_.emplace(origin.get(), static_cast<int>(origins_.size()));
  if (inserted) origins_.push_back(origin);
  return entry->second;
}

Result<std::string> ExpressionPrinter::PrintList(const std::vector<BoundPtr>& bound) {
  std::string text;
  for (const BoundPtr& item : bound) {
    OWLET_TRY(const std::string part, Print(item));
    text += (text.empty() ? "" : ", ") + part;
  }
  return text;
}

Result<std::string> ExpressionPrinter::PrintSort(const std::vector<plan::BoundSort>& orders) {
  std::string text;
  for (const plan::BoundSort& order : orders) {
    OWLET_TRY(const std::string part, Print(order.expression));
    // DuckDB reads a bare number as a position; a constant orders nothing.
    const bool constant = std::holds_alternative<plan::Literal>(order.expression->node);
    text += fmt::format("{}{} {} NULLS {}", text.empty() ? "" : ", ",
                        constant ? fmt::format("({} IS NULL)", part) : part,
                        order.ascending ? "ASC" : "DESC", order.nulls_first ? "FIRST" : "LAST");
  }
  return text;
}

Result<std::string> ExpressionPrinter::Apply(const plan::BoundLambda& lambda,
                                             std::string_view given,
                                             const std::vector<BoundPtr>& arguments,
                                             const Bound& bound, std::string& item) {
  if (item.empty()) item = fmt::format("i{}", ++last_item_);
  std::size_t parameter = 0;
  for (const std::string_view part : SplitArguments(given)) {
    if (parameter >= lambda.parameters.size()) break;
    OWLET_TRY(std::string value, Fill(part, arguments, bound, item));
    lambda_values_[lambda.parameters[parameter++].first] = std::move(value);
  }
  return Print(lambda.body);
}

Result<std::size_t> ExpressionPrinter::FillWord(std::string_view rest,
                                                const std::vector<BoundPtr>& arguments,
                                                const Bound& bound, std::string& item,
                                                std::string& filled) {
  const auto is = [&](std::string_view word) { return rest.starts_with(word); };
  if (is("item") || is("other")) {
    if (item.empty()) item = fmt::format("i{}", ++last_item_);
    filled += is("item") ? item : item + "o";
    return is("item") ? 4 : 5;
  }
  if (is("intoelement")) {
    filled += DuckDbTypeText(bound.type.element());
    return 11;
  }
  if (is("into")) {
    filled += DuckDbTypeText(bound.type);
    return 4;
  }
  if (is("zone")) {
    filled += QuoteText(session_.time_zone);
    return 4;
  }
  if (is("now")) {
    filled += LiteralSql(
        {plan::Type::Timestamp(), std::int64_t{session_.query_start.time_since_epoch().count()}});
    return 3;
  }
  if (is("user")) {
    filled += QuoteText(session_.user);
    return 4;
  }
  if (is("catalog")) {
    filled += QuoteText(session_.current_catalog);
    return 7;
  }
  if (is("schema")) {
    filled += QuoteText(session_.current_database);
    return 6;
  }
  if (is("result")) {
    filled += fmt::format("CAST(NULL AS {})", DuckDbTypeText(bound.type));
    return 6;
  }
  if (is("origin")) {
    filled += std::to_string(OriginNumber(bound.origin));
    return 6;
  }
  if (is("nullelement") && rest.size() > 11) {
    const auto& argument = arguments.at(static_cast<std::size_t>(rest[11] - '1'));
    filled += fmt::format("CAST(NULL AS {})", DuckDbTypeText(argument->type.element()));
    return 12;
  }
  if (is("json")) {
    const bool first = rest.substr(4).starts_with('1');
    filled += QuoteText(plan::SparkTypeJson(first ? arguments.at(0)->type : bound.type));
    return first ? 5 : 4;
  }
  if (is("null") && rest.size() > 4) {
    const auto& argument = arguments.at(static_cast<std::size_t>(rest[4] - '1'));
    filled += fmt::format("CAST(NULL AS {})", DuckDbTypeText(argument->type));
    return 5;
  }
  if (is("digits") && rest.size() > 6) {
    filled +=
        std::to_string(arguments.at(static_cast<std::size_t>(rest[6] - '1'))->type.precision());
    return 7;
  }
  if (is("type") && rest.size() > 4) {
    filled += QuoteText(TypeName(arguments.at(static_cast<std::size_t>(rest[4] - '1'))->type));
    return 5;
  }
  if (is("row")) {
    const auto names = DuckDbFieldNames(bound.type);
    filled += "struct_pack(";
    for (std::size_t a = 0; a < arguments.size(); ++a) {
      OWLET_TRY(const std::string value, Print(arguments[a]));
      filled += fmt::format("{}{} := {}", a > 0 ? ", " : "", QuoteIdentifier(names.at(a)), value);
    }
    filled += ")";
    return 3;
  }
  return Fail(Reason::kInternal, fmt::format("a lowering with an unknown ${}", rest));
}

Result<std::string> ExpressionPrinter::Fill(std::string_view text,
                                            const std::vector<BoundPtr>& arguments,
                                            const Bound& bound, std::string item) {
  std::string filled;
  auto list_from = [&](std::size_t first) -> Result<std::string> {
    if (first >= arguments.size()) return std::string();
    return PrintList({arguments.begin() + static_cast<std::ptrdiff_t>(first), arguments.end()});
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '$') {
      filled += text[i];
      continue;
    }
    const std::string_view rest = text.substr(i + 1);
    if (rest.starts_with("$")) {
      filled += '$';
      ++i;
    } else if (rest.starts_with("*")) {
      OWLET_TRY(const std::string list, list_from(0));
      filled += list;
      ++i;
    } else if (!rest.empty() && rest[0] >= '1' && rest[0] <= '9') {
      const auto index = static_cast<std::size_t>(rest[0] - '1');
      ++i;
      if (rest.size() > 1 && rest[1] == '*') {
        OWLET_TRY(const std::string list, list_from(index));
        // Nothing there: the comma before it goes too.
        if (list.empty() && filled.ends_with(", ")) filled.resize(filled.size() - 2);
        filled += list;
        ++i;
      } else {
        if (index >= arguments.size()) {
          return Fail(Reason::kInternal, fmt::format("a lowering without argument {}", index + 1));
        }
        const auto* lambda = std::get_if<plan::BoundLambda>(&arguments[index]->node);
        if (lambda != nullptr && rest.size() > 1 && rest[1] == '(') {
          const std::string_view given = Parenthesised(rest.substr(1));
          OWLET_TRY(const std::string body, Apply(*lambda, given, arguments, bound, item));
          filled += body;
          i += given.size() + 2;
          continue;
        }
        OWLET_TRY(const std::string argument, Print(arguments[index]));
        filled += argument;
      }
    } else {
      OWLET_TRY(const std::size_t length, FillWord(rest, arguments, bound, item, filled));
      i += length;
    }
  }
  return filled;
}

Result<std::string> ExpressionPrinter::PrintCall(const plan::BoundCall& call, const Bound& bound) {
  const std::string_view lowering = call.function->lowering;
  if (lowering == "($1 AND $2)" || lowering == "($1 OR $2)") {
    std::vector<BoundPtr> terms;
    Flatten(call.arguments[0], call.function, terms);
    Flatten(call.arguments[1], call.function, terms);
    std::string text;
    for (const BoundPtr& term : terms) {
      OWLET_TRY(const std::string part, Print(term));
      text += (text.empty() ? "(" : lowering == "($1 AND $2)" ? " AND " : " OR ") + part;
    }
    return text + ")";
  }
  if (IsTemplate(lowering)) return Fill(lowering, call.arguments, bound);
  OWLET_TRY(const std::string arguments, PrintList(call.arguments));
  return fmt::format("{}({})", lowering, arguments);
}

Result<std::string> ExpressionPrinter::PrintAggregate(const plan::BoundAggregate& call,
                                                      const Bound& bound, const std::string& over) {
  std::string lowering(call.function->lowering);
  if (!IsTemplate(lowering)) lowering += "($*)";
  if (call.distinct && call.function->name == "count" && call.arguments.size() > 1) {
    // count(DISTINCT a, b): the rows in which nothing is NULL.
    std::string present;
    std::string row;
    for (std::size_t i = 1; i <= call.arguments.size(); ++i) {
      present += fmt::format("{}${} IS NOT NULL", i > 1 ? " AND " : "", i);
      row += fmt::format("{}${}", i > 1 ? ", " : "", i);
    }
    lowering = fmt::format("count(CASE WHEN {} THEN row({}) END)", present, row);
  }
  std::string before;
  std::string after;
  std::string text = lowering;
  const std::size_t open_brace = lowering.find('{');
  const std::size_t close_brace = lowering.rfind('}');
  if (open_brace != std::string::npos && close_brace != std::string::npos) {
    before = lowering.substr(0, open_brace);
    after = lowering.substr(close_brace + 1);
    text = lowering.substr(open_brace + 1, close_brace - open_brace - 1);
  }
  const std::size_t open = text.find('(');
  const std::size_t close = text.rfind(')');
  if (open == std::string::npos || close == std::string::npos) {
    return Fail(Reason::kInternal, fmt::format("an aggregate's lowering is no call: {}", text));
  }
  OWLET_TRY(const std::string head, Fill(text.substr(0, open), call.arguments, bound));
  OWLET_TRY(std::string inside,
            Fill(text.substr(open + 1, close - open - 1), call.arguments, bound));
  const std::string item = fmt::format("i{}", ++last_item_);
  OWLET_TRY(const std::string before_text, Fill(before, call.arguments, bound, item));
  OWLET_TRY(const std::string after_text, Fill(after, call.arguments, bound, item));
  if (call.distinct && inside != "*") inside = "DISTINCT " + inside;
  if (!call.order_by.empty()) {
    OWLET_TRY(const std::string orders, PrintSort(call.order_by));
    inside += " ORDER BY " + orders;
  }
  if (call.ignore_nulls && !over.empty()) inside += " IGNORE NULLS";
  std::string result = fmt::format("{}({})", head, inside);
  BoundPtr filter = call.filter;
  if (filter) {
    OWLET_TRY(const std::string condition, Print(filter));
    result += fmt::format(" FILTER (WHERE {})", condition);
  }
  return before_text + result + over + text.substr(close + 1) + after_text;
}

Result<std::string> ExpressionPrinter::PrintEdge(const plan::BoundFrameEdge& edge) {
  switch (edge.bound) {
    case plan::FrameBound::kUnboundedPreceding:
      return std::string("UNBOUNDED PRECEDING");
    case plan::FrameBound::kCurrentRow:
      return std::string("CURRENT ROW");
    case plan::FrameBound::kUnboundedFollowing:
      return std::string("UNBOUNDED FOLLOWING");
    case plan::FrameBound::kPreceding:
    case plan::FrameBound::kFollowing:
      break;
  }
  OWLET_TRY(const std::string value, Print(edge.value));
  return value + (edge.bound == plan::FrameBound::kPreceding ? " PRECEDING" : " FOLLOWING");
}

Result<std::string> ExpressionPrinter::PrintWindow(const plan::BoundWindow& window,
                                                   const Bound& bound) {
  std::string inside;
  if (!window.partition_by.empty()) {
    OWLET_TRY(const std::string keys, PrintList(window.partition_by));
    inside = "PARTITION BY " + keys;
  }
  if (!window.order_by.empty()) {
    OWLET_TRY(const std::string orders, PrintSort(window.order_by));
    inside += (inside.empty() ? "ORDER BY " : " ORDER BY ") + orders;
  }
  if (window.unit) {
    OWLET_TRY(const std::string start, PrintEdge(window.start));
    OWLET_TRY(const std::string end, PrintEdge(window.end));
    const char* unit = *window.unit == plan::FrameUnit::kRows    ? "ROWS"
                       : *window.unit == plan::FrameUnit::kRange ? "RANGE"
                                                                 : "GROUPS";
    inside += fmt::format("{}{} BETWEEN {} AND {}", inside.empty() ? "" : " ", unit, start, end);
  }
  return PrintAggregate(window.function, bound, fmt::format(" OVER ({})", inside));
}

Result<std::string> ExpressionPrinter::PrintPython(const plan::BoundPython& call,
                                                   const Bound& bound) {
  PythonCall python{.function = call.function, .inputs = {}, .result = bound.type};
  std::string text = fmt::format("spark.python_call({}", pythons_.size());
  for (const BoundPtr& argument : call.arguments) python.inputs.push_back(argument->type);
  pythons_.push_back(std::move(python));
  for (const BoundPtr& argument : call.arguments) {
    OWLET_TRY(const std::string value, Print(argument));
    text += ", " + value;
  }
  return text + ")";
}

Result<std::string> ExpressionPrinter::PrintSubquery(const plan::BoundSubquery& subquery) {
  OWLET_TRY(const std::string query, print_query_(subquery.query));
  switch (subquery.kind) {
    case plan::SubqueryKind::kScalar:
      return fmt::format("(\n{})", query);
    case plan::SubqueryKind::kExists:
      return fmt::format("{}EXISTS (\n{})", subquery.negated ? "NOT " : "", query);
    case plan::SubqueryKind::kIn:
    case plan::SubqueryKind::kQuantified:
      break;
    case plan::SubqueryKind::kTable:
      return Fail(Reason::kNotImplemented, "TABLE arguments of table functions");
  }
  OWLET_TRY(std::string left, PrintList(subquery.left));
  if (subquery.left.size() > 1) left = fmt::format("({})", left);
  if (subquery.kind == plan::SubqueryKind::kIn) {
    return fmt::format("({} {}IN (\n{}))", left, subquery.negated ? "NOT " : "", query);
  }
  return fmt::format("({} {} {} (\n{}))", left, subquery.comparison, subquery.all ? "ALL" : "ANY",
                     query);
}

Result<std::string> ExpressionPrinter::Print(const BoundPtr& bound) {
  const auto& node = bound->node;
  if (const auto* literal = std::get_if<plan::Literal>(&node)) return LiteralSql(*literal);
  if (const auto* column = std::get_if<plan::BoundColumn>(&node)) return ColumnName(column->id);
  if (const auto* variable = std::get_if<plan::BoundLambdaVariable>(&node)) {
    const auto given = lambda_values_.find(variable->id);
    if (given != lambda_values_.end()) return given->second;
    return fmt::format("l{}", variable->id);
  }
  if (const auto* call = std::get_if<plan::BoundCall>(&node)) return PrintCall(*call, *bound);
  if (const auto* aggregate = std::get_if<plan::BoundAggregate>(&node)) {
    return PrintAggregate(*aggregate, *bound, "");
  }
  if (const auto* window = std::get_if<plan::BoundWindow>(&node)) {
    return PrintWindow(*window, *bound);
  }
  if (const auto* cast = std::get_if<plan::BoundCast>(&node)) {
    OWLET_TRY(const std::string input, Print(cast->input));
    return CastSql(input, cast->input->type, bound->type, cast->mode,
                   {.dialect = session_.dialect,
                    .time_zone = session_.time_zone,
                    .origin = OriginNumber(bound->origin)});
  }
  if (const auto* field = std::get_if<plan::BoundField>(&node)) {
    OWLET_TRY(const std::string input, Print(field->input));
    const auto names = DuckDbFieldNames(field->input->type);
    return fmt::format("struct_extract({}, {})", input, QuoteText(names.at(field->index)));
  }
  if (const auto* lambda = std::get_if<plan::BoundLambda>(&node)) {
    std::string parameters;
    for (const auto& [id, parameter] : lambda->parameters) {
      parameters += fmt::format("{}l{}", parameters.empty() ? "" : ", ", id);
    }
    OWLET_TRY(const std::string body, Print(lambda->body));
    return fmt::format("lambda {}: {}", parameters, body);
  }
  if (const auto* choice = std::get_if<plan::BoundCase>(&node)) {
    std::string text = "CASE";
    for (const auto& [condition, result] : choice->branches) {
      OWLET_TRY(const std::string when, Print(condition));
      OWLET_TRY(const std::string then, Print(result));
      text += fmt::format(" WHEN {} THEN {}", when, then);
    }
    if (choice->otherwise) {
      OWLET_TRY(const std::string otherwise, Print(choice->otherwise));
      text += " ELSE " + otherwise;
    }
    return text + " END";
  }
  if (const auto* subquery = std::get_if<plan::BoundSubquery>(&node)) {
    return PrintSubquery(*subquery);
  }
  if (const auto* python = std::get_if<plan::BoundPython>(&node)) {
    return PrintPython(*python, *bound);
  }
  return Fail(Reason::kInternal, "an expression that has no SQL");
}

}  // namespace owlet::engine
