#include "core/plan/resolver_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>

#include "base/time_zone.h"
#include "core/plan/literal_text.h"
#include "core/plan/resolver_binder.h"
#include "core/plan/type_names.h"

namespace owlet::plan {

namespace {

std::string Upper(std::string_view text) {
  std::string upper(text);
  std::ranges::transform(upper, upper.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return upper;
}

bool IsBinary(std::string_view name) {
  static constexpr std::array<std::string_view, 21> kBinary = {
      "+", "-", "*", "/",  "%",  "=",   "<",   "<=", ">",   ">=", "<=>",
      "&", "|", "^", "<<", ">>", ">>>", "and", "or", "div", "<>"};
  return std::ranges::find(kBinary, name) != kBinary.end();
}

// Spark adds the defaults of optional arguments to the names of some functions.
struct DefaultArgument {
  std::string_view function;
  std::size_t given;
  std::string_view text;
};
constexpr std::array kDefaultArguments = {
    DefaultArgument{"listagg", 1, "NULL"},
    DefaultArgument{"string_agg", 1, "NULL"},
    DefaultArgument{"lpad", 2, " "},
    DefaultArgument{"rpad", 2, " "},
    DefaultArgument{"mask", 1, "X, x, n, NULL"},
    DefaultArgument{"mask", 2, "x, n, NULL"},
    DefaultArgument{"mask", 3, "n, NULL"},
    DefaultArgument{"mask", 4, "NULL"},
    DefaultArgument{"overlay", 3, "-1"},
    DefaultArgument{"regexp_instr", 2, "0"},
    DefaultArgument{"position", 2, "1"},
    DefaultArgument{"instr", 3, "1"},
    DefaultArgument{"lag", 1, "1, NULL"},
    DefaultArgument{"lag", 2, "NULL"},
    DefaultArgument{"lead", 1, "1, NULL"},
    DefaultArgument{"lead", 2, "NULL"},
    DefaultArgument{"percentile_approx", 2, "10000"},
    DefaultArgument{"approx_percentile", 2, "10000"},
    DefaultArgument{"substring", 2, "2147483647"},
    DefaultArgument{"substr", 2, "2147483647"},
    DefaultArgument{"split", 2, "-1"},
    DefaultArgument{"regexp_replace", 3, "1"},
    DefaultArgument{"regexp_extract", 2, "1"},
    DefaultArgument{"regexp_extract_all", 2, "1"},
    DefaultArgument{"locate", 2, "1"},
    DefaultArgument{"percentile", 2, "1"},
    DefaultArgument{"round", 1, "0"},
    DefaultArgument{"bround", 1, "0"},
    DefaultArgument{"sort_array", 1, "true"},
    DefaultArgument{"months_between", 2, "true"},
    DefaultArgument{"from_unixtime", 1, "yyyy-MM-dd HH:mm:ss"},
    DefaultArgument{"unix_timestamp", 0, "current_timestamp(), yyyy-MM-dd HH:mm:ss"},
    DefaultArgument{"unix_timestamp", 1, "yyyy-MM-dd HH:mm:ss"},
    DefaultArgument{"to_unix_timestamp", 1, "yyyy-MM-dd HH:mm:ss"},
    DefaultArgument{"str_to_map", 1, ",, :"},
    DefaultArgument{"str_to_map", 2, ":"},
    DefaultArgument{"make_dt_interval", 0, "0, 0, 0, 0.000000"},
    DefaultArgument{"make_dt_interval", 1, "0, 0, 0.000000"},
    DefaultArgument{"make_dt_interval", 2, "0, 0.000000"},
    DefaultArgument{"make_dt_interval", 3, "0.000000"},
    DefaultArgument{"make_ym_interval", 0, "0, 0"},
    DefaultArgument{"make_ym_interval", 1, "0"},
    DefaultArgument{"make_interval", 0, "0, 0, 0, 0, 0, 0, 0.000000"},
    DefaultArgument{"make_interval", 1, "0, 0, 0, 0, 0, 0.000000"},
    DefaultArgument{"make_interval", 2, "0, 0, 0, 0, 0.000000"},
    DefaultArgument{"make_interval", 3, "0, 0, 0, 0.000000"},
    DefaultArgument{"make_interval", 4, "0, 0, 0.000000"},
    DefaultArgument{"make_interval", 5, "0, 0.000000"},
    DefaultArgument{"make_interval", 6, "0.000000"},
    DefaultArgument{"try_make_interval", 1, "0, 0, 0, 0, 0, 0.000000"},
    DefaultArgument{"try_make_interval", 2, "0, 0, 0, 0, 0.000000"},
    DefaultArgument{"try_make_interval", 3, "0, 0, 0, 0.000000"},
    DefaultArgument{"try_make_interval", 4, "0, 0, 0.000000"},
    DefaultArgument{"try_make_interval", 5, "0, 0.000000"},
    DefaultArgument{"try_make_interval", 6, "0.000000"},
    DefaultArgument{"sentences", 1, ", "},
    DefaultArgument{"sentences", 2, ""},
    DefaultArgument{"aggregate", 3, "lambdafunction(namedlambdavariable(), namedlambdavariable())"},
    DefaultArgument{"reduce", 3, "lambdafunction(namedlambdavariable(), namedlambdavariable())"},
};

class SparkPrinter {
 public:
  SparkPrinter(const ColumnText& column, std::string_view zone,
               const std::vector<NamedWindow>* windows)
      : column_(column), zone_(zone), windows_(windows) {}

  std::string Print(const ExpressionPtr& expression) const {
    if (!expression) return "NULL";
    return std::visit([&](const auto& node) { return Text(node); }, expression->node);
  }

 private:
  std::string Text(const Literal& literal) const {
    const auto* micros = std::get_if<std::int64_t>(&literal.value);
    if (micros != nullptr && literal.type.id() == TypeId::kTimestampLocalZone) {
      if (const auto zone = TimeZone::Find(zone_)) {
        return SparkLiteralText(Literal{literal.type, zone->ToLocal(*micros)}, false);
      }
    }
    return SparkLiteralText(literal, false);
  }
  std::string Text(const ColumnReference& reference) const { return column_(reference); }
  std::string Text(const Star& star) const {
    std::string text;
    for (const std::string& part : star.qualifier) text += part + ".";
    return text + "*";
  }
  std::string Text(const ColumnRegex& regex) const { return regex.pattern; }
  std::string Text(const Cast& cast) const {
    // A typed literal that only the session's zone makes a value (TIMESTAMP '...').
    const auto* literal = std::get_if<Literal>(&cast.input->node);
    if (literal != nullptr && cast.mode == CastMode::kAnsi && !literal->IsNull() &&
        literal->type.id() == TypeId::kTimestamp && cast.type.id() == TypeId::kTimestampLocalZone) {
      return SparkLiteralText(Literal{cast.type, literal->value}, false);
    }
    return fmt::format("{}CAST({} AS {})", cast.mode == CastMode::kTry ? "TRY_" : "",
                       Print(cast.input), SparkSqlName(cast.type));
  }
  std::string Text(const Alias& alias) const {
    if (alias.names.size() == 1) return Print(alias.input) + " AS " + alias.names[0];
    return Print(alias.input);
  }
  std::string Text(const SortOrder& order) const {
    const bool first =
        order.nulls == NullOrder::kFirst || (order.nulls == NullOrder::kDefault && order.ascending);
    return fmt::format("{} {} NULLS {}", Print(order.expression), order.ascending ? "ASC" : "DESC",
                       first ? "FIRST" : "LAST");
  }
  std::string Text(const Lambda& lambda) const {
    ColumnText inner = [&](const ColumnReference& reference) {
      if (!reference.parts.empty() &&
          std::ranges::find(lambda.parameters, reference.parts[0]) != lambda.parameters.end()) {
        std::string text = "namedlambdavariable()";
        for (std::size_t i = 1; i < reference.parts.size(); ++i) text += "." + reference.parts[i];
        return text;
      }
      return column_(reference);
    };
    std::string text = "lambdafunction(" + SparkPrinter(inner, zone_, windows_).Print(lambda.body);
    for (std::size_t i = 0; i < lambda.parameters.size(); ++i) text += ", namedlambdavariable()";
    return text + ")";
  }
  std::string Text(const LambdaVariable& /*variable*/) const { return "namedlambdavariable()"; }
  std::string Text(const ExtractValue& extract) const {
    const auto* key = std::get_if<Literal>(&extract.key->node);
    if (key != nullptr && key->type.IsCharacter() && !key->IsNull()) {
      return Print(extract.input) + "." + SparkLiteralText(*key, false);
    }
    return Print(extract.input) + "[" + Print(extract.key) + "]";
  }
  std::string Text(const UpdateField& update) const {
    std::string path;
    for (const std::string& part : update.path) path += (path.empty() ? "" : ".") + part;
    return fmt::format("update_fields({}, {})", Print(update.input),
                       update.value ? fmt::format("WithField({})", Print(update.value))
                                    : std::string("dropfield()"));
  }
  std::string Text(const Subquery& subquery) const {
    switch (subquery.kind) {
      case SubqueryKind::kExists:
        return "exists()";
      case SubqueryKind::kIn: {
        std::string left = List(subquery.left);
        if (subquery.left.size() > 1) left = "named_struct(" + left + ")";
        return "(" + left + " IN (listquery()))";
      }
      default:
        return "scalarsubquery()";
    }
  }
  std::string Text(const Parameter& parameter) const {
    return parameter.name.empty() ? "posparameter(" + std::to_string(parameter.position) + ")"
                                  : "namedparameter(" + parameter.name + ")";
  }
  std::string Text(const PythonFunction& python) const {
    std::string text;
    for (std::size_t i = 0; i < python.arguments.size(); ++i) {
      const std::string name = i < python.argument_names.size() ? python.argument_names[i] : "";
      text +=
          (i > 0 ? ", " : "") + (name.empty() ? name : name + " => ") + Print(python.arguments[i]);
    }
    return python.name + "(" + text + ")";
  }
  std::string Text(const WindowCall& window) const;
  std::string Text(const FunctionCall& call) const;
  std::optional<std::string> Operator(const FunctionCall& call) const;
  std::string Frame(const WindowCall& window) const;

  std::string Edge(const FrameEdge& edge) const {
    switch (edge.bound) {
      case FrameBound::kUnboundedPreceding:
        return "UNBOUNDED PRECEDING";
      case FrameBound::kPreceding:
        return Print(edge.value) + " PRECEDING";
      case FrameBound::kCurrentRow:
        return "CURRENT ROW";
      case FrameBound::kFollowing:
        return Print(edge.value) + " FOLLOWING";
      case FrameBound::kUnboundedFollowing:
        return "UNBOUNDED FOLLOWING";
    }
    return "";
  }

  std::string List(const std::vector<ExpressionPtr>& expressions) const {
    std::string text;
    for (const ExpressionPtr& expression : expressions) {
      if (!text.empty()) text += ", ";
      text += Print(expression);
    }
    return text;
  }

  const ColumnText& column_;
  std::string_view zone_;
  const std::vector<NamedWindow>* windows_;
};

std::string SparkPrinter::Frame(const WindowCall& window) const {
  const auto* call =
      window.function == nullptr ? nullptr : std::get_if<FunctionCall>(&window.function->node);
  const std::string name = call == nullptr ? "" : call->name;
  if (name == "lag" || name == "lead") {
    std::string offset = call->arguments.size() > 1 ? Print(call->arguments[1]) : "1";
    if (name == "lag") {
      offset = offset.starts_with("-") ? offset.substr(1) : "-" + offset;
    }
    return fmt::format("ROWS BETWEEN {0} FOLLOWING AND {0} FOLLOWING", offset);
  }
  static constexpr std::array<std::string_view, 6> kRanking = {
      "row_number", "rank", "dense_rank", "ntile", "percent_rank", "cume_dist"};
  if (std::ranges::find(kRanking, name) != kRanking.end()) {
    return fmt::format("{} BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW",
                       name == "cume_dist" ? "RANGE" : "ROWS");
  }
  if (window.frame) {
    static constexpr std::array<std::string_view, 3> kUnits = {"ROWS", "RANGE", "GROUPS"};
    return fmt::format("{} BETWEEN {} AND {}",
                       kUnits.at(static_cast<std::size_t>(window.frame->unit)),
                       Edge(window.frame->start), Edge(window.frame->end));
  }
  if (window.order_by.empty()) return "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING";
  return "RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW";
}

std::string SparkPrinter::Text(const WindowCall& written) const {
  WindowCall window = written;
  for (int guard = 0; windows_ != nullptr && !window.window_name.empty() && guard < 64; ++guard) {
    const auto named = std::ranges::find(*windows_, window.window_name, &NamedWindow::name);
    if (named == windows_->end()) break;
    window.window_name = named->window.window_name;
    if (window.partition_by.empty()) window.partition_by = named->window.partition_by;
    if (window.order_by.empty()) window.order_by = named->window.order_by;
    if (!window.frame) window.frame = named->window.frame;
  }
  std::string text = Print(window.function);
  const auto* call = std::get_if<FunctionCall>(&window.function->node);
  if (call != nullptr &&
      (call->name == "rank" || call->name == "dense_rank" || call->name == "percent_rank")) {
    // Their children are the window's orders, which Spark hides here.
    text = Upper(call->name) + "()";
  }
  text += " OVER (";
  std::string inside;
  if (!window.partition_by.empty()) inside += "PARTITION BY " + List(window.partition_by);
  if (!window.order_by.empty()) {
    if (!inside.empty()) inside += ' ';
    inside += "ORDER BY ";
    for (std::size_t i = 0; i < window.order_by.size(); ++i) {
      inside += (i > 0 ? ", " : "") + Text(window.order_by[i]);
    }
  }
  if (!inside.empty()) inside += ' ';
  return text + inside + Frame(window) + ")";
}

std::optional<std::string> SparkPrinter::Operator(const FunctionCall& call) const {
  const auto& name = call.name;
  const auto& arguments = call.arguments;
  auto at = [&](std::size_t index) { return Print(arguments.at(index)); };
  if (arguments.size() == 2 && IsBinary(name)) {
    if (name == "<>") return fmt::format("(NOT ({} = {}))", at(0), at(1));
    return fmt::format("({} {} {})", at(0),
                       name == "and" || name == "or" ? Upper(name) : std::string(name), at(1));
  }
  if (arguments.size() == 2) {
    if (name == "!=") return fmt::format("(NOT ({} = {}))", at(0), at(1));
    if (name == "==") return fmt::format("({} = {})", at(0), at(1));
    if (name == "is distinct from") return fmt::format("(NOT ({} <=> {}))", at(0), at(1));
    if (name == "is not distinct from") return fmt::format("({} <=> {})", at(0), at(1));
    if (name == "||") return fmt::format("concat({}, {})", at(0), at(1));
    if (name == "like" || name == "ilike") {
      return name == "like" ? fmt::format("{} LIKE {}", at(0), at(1))
                            : fmt::format("ilike({}, {})", at(0), at(1));
    }
    if (name == "rlike") return fmt::format("RLIKE({}, {})", at(0), at(1));
    if (name == "[]") return fmt::format("{}[{}]", at(0), at(1));
    if (name == "datepart") return fmt::format("datepart({} FROM {})", at(0), at(1));
    if (name == "extract") return fmt::format("extract({} FROM {})", at(0), at(1));
  }
  if (arguments.size() == 1) {
    if (name == "negate" || name == "negative") {
      return name == "negate" ? fmt::format("(- {})", at(0)) : fmt::format("negative({})", at(0));
    }
    if (name == "not") return fmt::format("(NOT {})", at(0));
    if (name == "positive") return fmt::format("(+ {})", at(0));
    if (name == "~") return fmt::format("~{}", at(0));
    if (name == "is null" || name == "isnull") return fmt::format("({} IS NULL)", at(0));
    if (name == "is not null" || name == "isnotnull") {
      return fmt::format("({} IS NOT NULL)", at(0));
    }
    if (name == "is true") return fmt::format("({} <=> true)", at(0));
    if (name == "is false") return fmt::format("({} <=> false)", at(0));
    if (name == "is unknown") return fmt::format("({} IS NULL)", at(0));
  }
  if (name == "in" && !arguments.empty()) {
    return fmt::format("({} IN ({}))", at(0), List({arguments.begin() + 1, arguments.end()}));
  }
  if (name == "case" || name == "when") {
    std::string text = "CASE";
    std::size_t i = 0;
    for (; i + 1 < arguments.size(); i += 2) {
      text += fmt::format(" WHEN {} THEN {}", at(i), at(i + 1));
    }
    if (i < arguments.size()) text += " ELSE " + at(i);
    return text + " END";
  }
  if (name == "if" && arguments.size() == 3) {
    return fmt::format("(IF({}, {}, {}))", at(0), at(1), at(2));
  }
  if (name == "like" && arguments.size() == 3) {
    return fmt::format("{} LIKE {} ESCAPE '{}'", at(0), at(1), at(2));
  }
  return std::nullopt;
}

std::string SparkPrinter::Text(const FunctionCall& call) const {
  if (auto text = Operator(call)) return *text;
  if (CastFunctionType(call.name) && call.arguments.size() == 1) {
    return Print(call.arguments[0]);  // double(x) shows as x
  }
  std::string_view name = call.name;
  if (name == "row") name = "struct";
  if (name == "array_agg") name = "collect_list";
  if (name == "dateadd") name = "date_add";
  if (name == "curdate") name = "current_date";
  if (name == "current_database") name = "current_schema";
  if (name == "string_agg" && call.within_group) name = "listagg";
  if (call.ignore_nulls && name == "last_value") name = "last";
  if (call.ignore_nulls && name == "first_value") name = "first";
  // These print their class's own name, in capitals, under their first spelling.
  static constexpr std::array<std::string_view, 37> kCapital = {
      "e",     "pi",      "acosh",   "asinh",  "atanh",
      "cot",   "csc",     "sec",     "regexp", "spark_partition_id",
      "sin",   "cos",     "tan",     "asin",   "acos",
      "atan",  "atan2",   "exp",     "log10",  "log2",
      "sqrt",  "cbrt",    "signum",  "ceil",   "floor",
      "power", "sinh",    "cosh",    "tanh",   "expm1",
      "log1p", "degrees", "radians", "hypot",  "regexp_like",
      "rlike", "log"};
  // With a number of digits these two are other classes.
  const bool digits = (name == "ceil" || name == "floor") && call.arguments.size() > 1;
  const bool capital =
      !digits && !call.is_operator && std::ranges::find(kCapital, name) != kCapital.end();
  const std::string shown = capital ? Upper(name) : std::string(name);
  if (!call.is_operator && call.arguments.size() == 2 &&
      (name == "trim" || name == "ltrim" || name == "rtrim")) {
    return fmt::format("TRIM({} {} FROM {})",
                       name == "trim"    ? "BOTH"
                       : name == "ltrim" ? "LEADING"
                                         : "TRAILING",
                       Print(call.arguments[0]), Print(call.arguments[1]));
  }
  // Their schema and options are no arguments of theirs.
  if (!call.arguments.empty() &&
      (name == "from_json" || name == "from_csv" || name == "to_json" || name == "to_csv")) {
    const auto* schema =
        call.arguments.size() > 1 ? std::get_if<Literal>(&call.arguments[1]->node) : nullptr;
    if (name == "from_json" && schema != nullptr && schema->type.id() == TypeId::kMap) {
      return "entries";
    }
    return fmt::format("{}({})", name, Print(call.arguments[0]));
  }
  static constexpr std::array<std::string_view, 5> kFlagged = {"first", "last", "first_value",
                                                               "last_value", "any_value"};
  if (call.arguments.size() == 2 && std::ranges::find(kFlagged, name) != kFlagged.end() &&
      std::holds_alternative<Literal>(call.arguments[1]->node)) {
    return fmt::format("{}({})", name, Print(call.arguments[0]));
  }
  if (call.is_operator && (name == "trim" || name == "ltrim" || name == "rtrim")) {
    std::string_view side = name == "trim" ? "BOTH" : name == "ltrim" ? "LEADING" : "TRAILING";
    if (call.arguments.size() == 2) {
      return fmt::format("TRIM({} {} FROM {})", side, Print(call.arguments[1]),
                         Print(call.arguments[0]));
    }
  }
  std::string inside;
  if (name == "count" &&
      (call.arguments.empty() || std::holds_alternative<Star>(call.arguments[0]->node))) {
    inside = "1";
  } else {
    inside = List(call.arguments);
  }
  if (name == "log" && call.arguments.size() == 1) inside = "E(), " + inside;
  for (const DefaultArgument& extra : kDefaultArguments) {
    if (extra.function == name && extra.given == call.arguments.size()) {
      inside += (inside.empty() ? "" : ", ") + std::string(extra.text);
    }
  }
  std::string text = fmt::format("{}({}{})", shown, call.distinct ? "DISTINCT " : "", inside);
  if (call.within_group) {
    text += " WITHIN GROUP (ORDER BY ";
    for (std::size_t i = 0; i < call.order_by.size(); ++i) {
      text += (i > 0 ? ", " : "") + Text(call.order_by[i]);
    }
    text += ")";
  }
  // Only nth_value shows it; the others show without, and first and last under those names.
  if (call.ignore_nulls && name == "nth_value") text += " ignore nulls";
  if (call.filter) text += fmt::format(" FILTER (WHERE {})", Print(call.filter));
  return text;
}

// ---- Trino

std::string TrinoList(const std::vector<ExpressionPtr>& expressions) {
  std::string text;
  for (const ExpressionPtr& expression : expressions) {
    if (!text.empty()) text += ", ";
    text += TrinoText(expression);
  }
  return text;
}

std::string TrinoSort(const std::vector<SortOrder>& orders) {
  std::string text;
  for (const SortOrder& order : orders) {
    if (!text.empty()) text += ", ";
    text += TrinoText(order.expression) + (order.ascending ? " ASC" : " DESC");
    if (order.nulls == NullOrder::kFirst) text += " NULLS FIRST";
    if (order.nulls == NullOrder::kLast) text += " NULLS LAST";
  }
  return text;
}

std::string TrinoCall(const FunctionCall& call) {
  const auto& arguments = call.arguments;
  auto at = [&](std::size_t index) { return TrinoText(arguments.at(index)); };
  if (arguments.size() == 2 && IsBinary(call.name)) {
    return fmt::format("({} {} {})", at(0), Upper(call.name), at(1));
  }
  if (call.name == "not" && arguments.size() == 1) return fmt::format("(NOT {})", at(0));
  if (call.name == "negate" && arguments.size() == 1) return "-" + at(0);
  if (call.name == "is null" || call.name == "is not null") {
    return fmt::format("({} {})", at(0), Upper(call.name));
  }
  if (call.name == "between" && arguments.size() == 3) {
    return fmt::format("({} BETWEEN {} AND {})", at(0), at(1), at(2));
  }
  if (call.name == "in" && !arguments.empty()) {
    return fmt::format("({} IN ({}))", at(0), TrinoList({arguments.begin() + 1, arguments.end()}));
  }
  if (call.name == "like" && arguments.size() >= 2) {
    return fmt::format("({} LIKE {})", at(0), at(1));
  }
  if (call.name == "[]" && arguments.size() == 2) return fmt::format("{}[{}]", at(0), at(1));
  if (call.name == "array" && call.is_operator) {
    return fmt::format("ARRAY[{}]", TrinoList(arguments));
  }
  if (call.name == "row") return fmt::format("ROW ({})", TrinoList(arguments));
  if (call.name == "case") {
    std::string text = "(CASE";
    std::size_t i = 0;
    for (; i + 1 < arguments.size(); i += 2) {
      text += fmt::format(" WHEN {} THEN {}", at(i), at(i + 1));
    }
    if (i < arguments.size()) text += " ELSE " + at(i);
    return text + " END)";
  }
  const bool star = call.name == "count" && arguments.empty();
  std::string text =
      fmt::format("{}({}{}", call.is_operator ? Upper(call.name) : call.name,
                  call.distinct ? "DISTINCT " : "", star ? std::string("*") : TrinoList(arguments));
  if (!call.order_by.empty()) text += " ORDER BY " + TrinoSort(call.order_by);
  text += ")";
  if (call.filter) text += fmt::format(" FILTER (WHERE {})", TrinoText(call.filter));
  return text;
}

}  // namespace

std::string SparkText(const ExpressionPtr& expression, const ColumnText& column,
                      std::string_view zone, const std::vector<NamedWindow>* windows) {
  return SparkPrinter(column, zone, windows).Print(expression);
}

std::string TrinoText(const ExpressionPtr& expression) {
  if (!expression) return "";
  if (const auto* literal = std::get_if<Literal>(&expression->node)) {
    return TrinoLiteralText(*literal);
  }
  if (const auto* reference = std::get_if<ColumnReference>(&expression->node)) {
    std::string text;
    for (const std::string& part : reference->parts) text += (text.empty() ? "" : ".") + part;
    return text;
  }
  if (std::holds_alternative<Star>(expression->node)) return "*";
  if (const auto* call = std::get_if<FunctionCall>(&expression->node)) return TrinoCall(*call);
  if (const auto* cast = std::get_if<Cast>(&expression->node)) {
    return fmt::format("{}CAST({} AS {})", cast->mode == CastMode::kTry ? "TRY_" : "",
                       TrinoText(cast->input), TrinoTypeName(cast->type));
  }
  if (const auto* alias = std::get_if<Alias>(&expression->node)) return TrinoText(alias->input);
  if (const auto* window = std::get_if<WindowCall>(&expression->node)) {
    std::string inside;
    if (!window->partition_by.empty()) {
      inside = "PARTITION BY " + TrinoList(window->partition_by);
    }
    if (!window->order_by.empty()) {
      inside += (inside.empty() ? "" : " ") + ("ORDER BY " + TrinoSort(window->order_by));
    }
    return fmt::format("{} OVER ({})", TrinoText(window->function), inside);
  }
  if (const auto* extract = std::get_if<ExtractValue>(&expression->node)) {
    const auto* key = std::get_if<Literal>(&extract->key->node);
    if (key != nullptr && std::holds_alternative<std::string>(key->value)) {
      return TrinoText(extract->input) + "." + std::get<std::string>(key->value);
    }
    return fmt::format("{}[{}]", TrinoText(extract->input), TrinoText(extract->key));
  }
  if (const auto* lambda = std::get_if<Lambda>(&expression->node)) {
    std::string parameters;
    for (const std::string& name : lambda->parameters) {
      parameters += (parameters.empty() ? "" : ", ") + name;
    }
    return fmt::format("({}) -> {}", parameters, TrinoText(lambda->body));
  }
  if (std::holds_alternative<Subquery>(expression->node)) return "(<subquery>)";
  return "?";
}

bool HasField(const Type& type, std::string_view field) {
  const bool of_time = field == "HOUR" || field == "MINUTE" || field == "SECOND";
  const bool of_zone = field.starts_with("TIMEZONE_");
  switch (type.id()) {
    case TypeId::kDate:
      return !of_time && !of_zone;
    case TypeId::kTimestamp:
      return !of_zone;
    case TypeId::kTimestampWithZone:
      return true;
    case TypeId::kTime:
      return of_time;
    case TypeId::kTimeWithZone:
      return of_time || of_zone;
    case TypeId::kIntervalDayTime:
      return of_time || field == "DAY" || field == "DAY_OF_MONTH";
    case TypeId::kIntervalYearMonth:
      return field == "YEAR" || field == "MONTH";
    default:
      return false;
  }
}

}  // namespace owlet::plan
