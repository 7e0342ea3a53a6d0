#include <algorithm>
#include <array>

#include "core/sql/grammar.h"

namespace owlet::sql {

using plan::ExpressionPtr;

namespace {

constexpr std::array<std::string_view, 10> kTrinoValueWords = {
    "CURRENT_DATE", "CURRENT_TIME",    "CURRENT_TIMESTAMP", "LOCALTIME",    "LOCALTIMESTAMP",
    "CURRENT_USER", "CURRENT_CATALOG", "CURRENT_SCHEMA",    "CURRENT_PATH", "CURRENT_ROLE"};

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace

/// Calls whose arguments are no plain list. What is a plain list after all becomes a plain call,
/// without reading it twice.
Result<ExpressionPtr> Grammar::SpecialForm(bool& found) {
  const std::size_t start = tokens.position();
  const std::string word = tokens.Peek().value;
  found = true;
  if (tokens.trino() &&
      std::find(kTrinoValueWords.begin(), kTrinoValueWords.end(), word) != kTrinoValueWords.end()) {
    tokens.Next();
    std::vector<ExpressionPtr> arguments;
    const bool takes_precision = word == "CURRENT_TIME" || word == "CURRENT_TIMESTAMP" ||
                                 word == "LOCALTIME" || word == "LOCALTIMESTAMP";
    if (takes_precision && tokens.Accept("(")) {
      const std::size_t at = tokens.position();
      OWLET_TRY(const std::int64_t precision, Integer());
      arguments.push_back(Make(plan::Literal::Integer(static_cast<std::int32_t>(precision)), at));
      OWLET_CHECK_OK(tokens.Expect(")"));
    }
    return Operator(Lower(word), std::move(arguments), start, start);
  }
  if (!tokens.Is("(", 1)) {
    found = false;
    if (tokens.trino() && (word == "TRIM" || word == "EXTRACT" || word == "NORMALIZE" ||
                           word == "LISTAGG" || word == "GROUPING" || word.starts_with("JSON_"))) {
      if (word == "JSON_ARRAY" || word == "JSON_EXISTS" || word == "JSON_OBJECT" ||
          word == "JSON_QUERY" || word == "JSON_VALUE" || !word.starts_with("JSON_")) {
        tokens.Next();
        return tokens.UnexpectedBut("(");
      }
    }
    return ExpressionPtr();
  }
  if (word == "TRIM" && !(tokens.spark() && tokens.Is(")", 2))) return TrimForm(start);
  if (word == "SUBSTRING" || (tokens.spark() && word == "SUBSTR")) return SubstringForm(start);
  if (word == "POSITION") return PositionForm(start);
  if (word == "EXTRACT" && (tokens.trino() || tokens.Is("FROM", 3))) return ExtractForm(start);
  if (tokens.spark()) {
    if (word == "OVERLAY") return OverlayForm(start);
    if (word == "TIMESTAMPADD" || word == "DATEADD" || word == "DATE_ADD" ||
        word == "TIMESTAMPDIFF" || word == "DATEDIFF" || word == "DATE_DIFF" ||
        word == "TIMEDIFF") {
      return TimestampUnitForm(start);
    }
    if (word == "STRUCT") {
      tokens.Next();
      tokens.Next();
      std::vector<ExpressionPtr> items;
      while (!tokens.Is(")")) {
        if (!items.empty()) OWLET_CHECK_OK(tokens.Expect(","));
        OWLET_TRY(ExpressionPtr item, NamedExpression());
        items.push_back(std::move(item));
      }
      tokens.Next();
      return FunctionSuffixes(plan::FunctionCall{.name = "struct", .arguments = std::move(items)},
                              start);
    }
  } else if (tokens.trino()) {
    if (word == "NORMALIZE") return NormalizeForm(start);
    if (word == "LISTAGG") return ListaggForm(start);
    if (word == "GROUPING") return GroupingForm(start);
    if (word == "JSON_EXISTS" || word == "JSON_VALUE" || word == "JSON_QUERY") {
      return JsonPathForm(Lower(word), start);
    }
    if (word == "JSON_OBJECT") return JsonObjectForm(start);
    if (word == "JSON_ARRAY") return JsonArrayForm(start);
  }
  found = false;
  return ExpressionPtr();
}

/// TRIM([[LEADING | TRAILING | BOTH] [characters] FROM] value) and trim(value[, characters]).
Result<ExpressionPtr> Grammar::TrimForm(std::size_t start) {
  tokens.Next();
  tokens.Next();
  std::string name = "trim";
  bool form = false;
  if (tokens.IsAny({"LEADING", "TRAILING", "BOTH"}) && !tokens.IsAny({")", ",", "."}, 1)) {
    form = true;
    const std::string side = tokens.Next().value;
    name = side == "LEADING" ? "ltrim" : side == "TRAILING" ? "rtrim" : "trim";
  }
  ExpressionPtr characters;
  if (!tokens.Is("FROM")) {
    OWLET_TRY(characters, Value(0));
  }
  ExpressionPtr value;
  if (tokens.Accept("FROM")) {
    form = true;
    OWLET_TRY(value, Value(0));
  } else if (form) {
    if (!tokens.trino()) return tokens.Unexpected();
    std::swap(value, characters);
  } else {
    std::swap(value, characters);
    plan::FunctionCall call{.name = "trim", .arguments = {value}};
    while (tokens.Accept(",")) {
      OWLET_TRY(ExpressionPtr item, Expression());
      call.arguments.push_back(std::move(item));
    }
    OWLET_CHECK_OK(tokens.Expect(")"));
    return FunctionSuffixes(std::move(call), start);
  }
  OWLET_CHECK_OK(tokens.Expect(")"));
  std::vector<ExpressionPtr> arguments = {std::move(value)};
  if (characters != nullptr) arguments.push_back(std::move(characters));
  return Operator(std::move(name), std::move(arguments), start, start);
}

/// SUBSTRING(value FROM start [FOR length]) and substring(value, start[, length]).
Result<ExpressionPtr> Grammar::SubstringForm(std::size_t start) {
  plan::FunctionCall call{.name = Lower(tokens.Next().text)};
  tokens.Next();
  if (tokens.Is(")")) {
    tokens.Next();
    return FunctionSuffixes(std::move(call), start);
  }
  OWLET_TRY(ExpressionPtr value, Expression());
  call.arguments.push_back(std::move(value));
  if (tokens.Accept("FROM")) {
    call.name = "substring";
    call.is_operator = true;
    OWLET_TRY(ExpressionPtr from, Expression());
    call.arguments.push_back(std::move(from));
    if (tokens.Accept("FOR")) {
      OWLET_TRY(ExpressionPtr length, Expression());
      call.arguments.push_back(std::move(length));
    }
  } else {
    while (tokens.Accept(",")) {
      OWLET_TRY(ExpressionPtr item, Expression());
      call.arguments.push_back(std::move(item));
    }
  }
  OWLET_CHECK_OK(tokens.Expect(")"));
  return FunctionSuffixes(std::move(call), start);
}

/// POSITION(needle IN value); Spark: position(needle, value[, start]) too.
Result<ExpressionPtr> Grammar::PositionForm(std::size_t start) {
  tokens.Next();
  tokens.Next();
  plan::FunctionCall call{.name = "position"};
  OWLET_TRY(ExpressionPtr needle, Value(0));
  call.arguments.push_back(std::move(needle));
  if (tokens.Accept("IN")) {
    call.is_operator = true;
    OWLET_TRY(ExpressionPtr value, Value(0));
    call.arguments.push_back(std::move(value));
  } else {
    while (tokens.Accept(",")) {
      OWLET_TRY(ExpressionPtr item, Expression());
      call.arguments.push_back(std::move(item));
    }
  }
  OWLET_CHECK_OK(tokens.Expect(")"));
  return FunctionSuffixes(std::move(call), start);
}

/// OVERLAY(value PLACING with FROM start [FOR length]); overlay(value, with, start[, length]).
Result<ExpressionPtr> Grammar::OverlayForm(std::size_t start) {
  tokens.Next();
  tokens.Next();
  plan::FunctionCall call{.name = "overlay"};
  OWLET_TRY(ExpressionPtr value, Value(0));
  call.arguments.push_back(std::move(value));
  if (tokens.Accept("PLACING")) {
    call.is_operator = true;
    OWLET_TRY(ExpressionPtr with, Value(0));
    OWLET_CHECK_OK(tokens.Expect("FROM"));
    OWLET_TRY(ExpressionPtr from, Value(0));
    call.arguments.push_back(std::move(with));
    call.arguments.push_back(std::move(from));
    if (tokens.Accept("FOR")) {
      OWLET_TRY(ExpressionPtr length, Value(0));
      call.arguments.push_back(std::move(length));
    }
  } else {
    while (tokens.Accept(",")) {
      OWLET_TRY(ExpressionPtr item, Expression());
      call.arguments.push_back(std::move(item));
    }
  }
  OWLET_CHECK_OK(tokens.Expect(")"));
  return FunctionSuffixes(std::move(call), start);
}

Result<ExpressionPtr> Grammar::ExtractForm(std::size_t start) {
  constexpr std::array<std::string_view, 17> kTrinoFields = {
      "YEAR",         "QUARTER",      "MONTH",        "WEEK",
      "DAY",          "DAY_OF_MONTH", "DAY_OF_WEEK",  "DOW",
      "DAY_OF_YEAR",  "DOY",          "YEAR_OF_WEEK", "YOW",
      "HOUR",         "MINUTE",       "SECOND",       "TIMEZONE_MINUTE",
      "TIMEZONE_HOUR"};
  tokens.Next();
  tokens.Next();
  const std::size_t field_start = tokens.position();
  // Spark: extract is a plain function too: extract('year', x) is not, but `extract(x)` names one.
  OWLET_TRY(std::string field, Identifier());
  ExpressionPtr field_literal = Text(Lower(field), field_start);
  OWLET_CHECK_OK(tokens.Expect("FROM"));
  OWLET_TRY(ExpressionPtr value, Value(0));
  OWLET_CHECK_OK(tokens.Expect(")"));
  if (tokens.trino()) {
    std::string upper = field;
    for (char& c : upper) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    if (std::find(kTrinoFields.begin(), kTrinoFields.end(), upper) == kTrinoFields.end()) {
      return Invalid(start, "SYNTAX_ERROR", "",
                     "Invalid EXTRACT field " + field +
                         ", valid fields are: YEAR, QUARTER, MONTH, WEEK, DAY, DAY_OF_MONTH, "
                         "DAY_OF_WEEK, DOW, DAY_OF_YEAR, DOY, YEAR_OF_WEEK, YOW, HOUR, MINUTE, "
                         "SECOND, TIMEZONE_MINUTE, TIMEZONE_HOUR");
    }
  }
  return Operator("extract", {std::move(field_literal), std::move(value)}, start, start);
}

Result<ExpressionPtr> Grammar::NormalizeForm(std::size_t start) {
  tokens.Next();
  tokens.Next();
  std::vector<ExpressionPtr> arguments;
  OWLET_TRY(ExpressionPtr value, Value(0));
  arguments.push_back(std::move(value));
  if (tokens.Accept(",")) {
    const std::size_t at = tokens.position();
    if (!tokens.IsAny({"NFC", "NFD", "NFKC", "NFKD"})) {
      for (const std::string_view form : {"NFC", "NFD", "NFKC", "NFKD"}) tokens.Want(form);
      return tokens.Unexpected();
    }
    std::string form = tokens.Next().value;
    arguments.push_back(Text(std::move(form), at));
  }
  OWLET_CHECK_OK(tokens.Expect(")"));
  return Operator("normalize", std::move(arguments), start, start);
}

Result<ExpressionPtr> Grammar::ListaggForm(std::size_t start) {
  tokens.Next();
  tokens.Next();
  plan::FunctionCall call{.name = "listagg", .within_group = true};
  if (tokens.Accept("DISTINCT")) {
    call.distinct = true;
  } else {
    tokens.Accept("ALL");
  }
  OWLET_TRY(ExpressionPtr value, Expression());
  call.arguments.push_back(std::move(value));
  const auto text = [&]() -> Result<ExpressionPtr> {
    const std::size_t at = tokens.position();
    OWLET_TRY(std::string content, String());
    return Text(std::move(content), at);
  };
  if (tokens.Accept(",")) {
    OWLET_TRY(ExpressionPtr separator, text());
    call.arguments.push_back(std::move(separator));
  }
  if (tokens.AcceptWords("ON OVERFLOW")) {
    if (call.arguments.size() == 1) call.arguments.push_back(Text("", start));
    const std::size_t at = tokens.position();
    if (tokens.Accept("ERROR")) {
      call.arguments.push_back(Text("error", at));
    } else {
      OWLET_CHECK_OK(tokens.Expect("TRUNCATE"));
      call.arguments.push_back(Text("truncate", at));
      ExpressionPtr filler = Text("...", at);
      if (tokens.Peek().kind == TokenKind::kString) {
        OWLET_TRY(filler, text());
      }
      call.arguments.push_back(std::move(filler));
      const bool with_count = tokens.Accept("WITH");
      if (!with_count) OWLET_CHECK_OK(tokens.Expect("WITHOUT"));
      OWLET_CHECK_OK(tokens.Expect("COUNT"));
      call.arguments.push_back(Make(plan::Literal::Boolean(with_count), at));
    }
  }
  OWLET_CHECK_OK(tokens.ExpectWords(") WITHIN GROUP ( ORDER BY"));
  OWLET_TRY(call.order_by, SortItems());
  OWLET_CHECK_OK(tokens.Expect(")"));
  return FunctionSuffixes(std::move(call), start);
}

Result<ExpressionPtr> Grammar::GroupingForm(std::size_t start) {
  tokens.Next();
  tokens.Next();
  std::vector<ExpressionPtr> columns;
  while (!tokens.Is(")")) {
    if (!columns.empty()) OWLET_CHECK_OK(tokens.Expect(","));
    const std::size_t at = tokens.position();
    OWLET_TRY(Name name, QualifiedName());
    columns.push_back(Make(plan::ColumnReference{.parts = std::move(name)}, at));
  }
  tokens.Next();
  return Operator("grouping", std::move(columns), start, start);
}

/// Spark's TIMESTAMPADD(unit, n, x), TIMESTAMPDIFF(unit, a, b) and their other names. The unit is a
/// word; dateadd(x, n) and datediff(a, b) are plain functions.
Result<ExpressionPtr> Grammar::TimestampUnitForm(std::size_t start) {
  constexpr std::array<std::string_view, 11> kUnits = {
      "YEAR", "QUARTER", "MONTH",  "WEEK",        "DAY",        "DAYOFYEAR",
      "HOUR", "MINUTE",  "SECOND", "MILLISECOND", "MICROSECOND"};
  plan::FunctionCall call{.name = Lower(tokens.Next().text)};
  tokens.Next();
  const bool is_add = call.name.find("add") != std::string::npos;
  if (tokens.Is(",", 1) &&
      std::find(kUnits.begin(), kUnits.end(), tokens.Peek().value) != kUnits.end() &&
      tokens.Peek().kind == TokenKind::kWord) {
    const std::size_t at = tokens.position();
    call.is_operator = true;
    call.name = is_add ? "timestampadd" : "timestampdiff";
    std::string unit(tokens.Next().text);
    call.arguments.push_back(Text(std::move(unit), at));
    for (int i = 0; i < 2; ++i) {
      OWLET_CHECK_OK(tokens.Expect(","));
      OWLET_TRY(ExpressionPtr item, Value(0));
      call.arguments.push_back(std::move(item));
    }
  } else if (!tokens.Is(")")) {
    OWLET_CHECK_OK(FunctionArguments(call));
  }
  OWLET_CHECK_OK(tokens.Expect(")"));
  return FunctionSuffixes(std::move(call), start);
}

}  // namespace owlet::sql
