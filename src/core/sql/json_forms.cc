#include "core/sql/grammar.h"

// Trino's SQL/JSON functions (SQL:2016). Everything after the path becomes named arguments:
// "passing:name" expressions; "returning" a Cast of NULL whose type is meant; "format" of the
// result; "wrapper", "quotes", "on empty", "on error", "null handling", "unique keys" as text, and
// "empty default" / "error default" expressions.

namespace owlet::sql {

using plan::ExpressionPtr;

namespace {

void AddNamed(plan::FunctionCall& call, std::string name, ExpressionPtr value) {
  call.argument_names.resize(call.arguments.size());
  call.arguments.push_back(std::move(value));
  call.argument_names.push_back(std::move(name));
}

}  // namespace

/// expression [FORMAT JSON [ENCODING UTF8 | UTF16 | UTF32]]: the expression; the format goes into
/// the call as "format" with the number of the argument it is of.
Result<ExpressionPtr> Grammar::JsonFormatted(plan::FunctionCall& call) {
  const std::size_t start = tokens.position();
  OWLET_TRY(ExpressionPtr value, Expression());
  if (tokens.AcceptWords("FORMAT JSON")) {
    std::string format = "json";
    if (tokens.Accept("ENCODING")) {
      if (!tokens.IsAny({"UTF8", "UTF16", "UTF32"})) return tokens.Unexpected();
      format += " " + tokens.Next().value;
    }
    (void)call;
    return Operator("format json", {std::move(value), Text(std::move(format), start)}, start,
                    start);
  }
  return value;
}

Status Grammar::JsonPassing(plan::FunctionCall& call) {
  if (!tokens.Accept("PASSING")) return {};
  do {
    OWLET_TRY(ExpressionPtr value, JsonFormatted(call));
    OWLET_CHECK_OK(tokens.Expect("AS"));
    OWLET_TRY(std::string name, Identifier());
    AddNamed(call, "passing:" + name, std::move(value));
  } while (tokens.Accept(","));
  return {};
}

Status Grammar::JsonReturning(plan::FunctionCall& call) {
  const std::size_t start = tokens.position();
  if (!tokens.Accept("RETURNING")) return {};
  OWLET_TRY(plan::Type type, TypeName());
  AddNamed(call, "returning",
           Make(plan::Cast{Make(plan::Literal::Null(), start), std::move(type)}, start));
  if (tokens.AcceptWords("FORMAT JSON")) {
    std::string format = "json";
    if (tokens.Accept("ENCODING")) format += " " + tokens.Next().value;
    AddNamed(call, "format", Text(std::move(format), start));
  }
  return {};
}

/// NULL | ERROR | DEFAULT e | EMPTY [ARRAY | OBJECT] | TRUE | FALSE | UNKNOWN, then ON EMPTY /
/// ERROR.
Status Grammar::JsonBehaviour(plan::FunctionCall& call, std::string_view word) {
  const std::size_t start = tokens.position();
  std::string behaviour;
  ExpressionPtr fallback;
  if (tokens.IsAny({"NULL", "ERROR", "TRUE", "FALSE", "UNKNOWN"}) && tokens.Is("ON", 1)) {
    if (!tokens.Is(word, 2)) return {};
    behaviour = tokens.Next().value;
  } else if (tokens.Is("EMPTY")) {
    const bool kind = tokens.IsAny({"ARRAY", "OBJECT"}, 1);
    if (!tokens.Is(word, kind ? 3 : 2)) return {};
    tokens.Next();
    behaviour = "EMPTY ARRAY";
    if (kind) behaviour = "EMPTY " + tokens.Next().value;
  } else if (tokens.Is("DEFAULT")) {
    const std::size_t saved = tokens.position();
    tokens.Next();
    OWLET_TRY(fallback, Expression());
    if (!tokens.Is(word, 1)) {
      tokens.Restore(saved);
      return {};
    }
    behaviour = "DEFAULT";
  } else {
    return {};
  }
  OWLET_CHECK_OK(tokens.Expect("ON"));
  OWLET_CHECK_OK(tokens.Expect(word));
  AddNamed(call, word == "EMPTY" ? "on empty" : "on error", Text(std::move(behaviour), start));
  if (fallback != nullptr) {
    AddNamed(call, word == "EMPTY" ? "empty default" : "error default", std::move(fallback));
  }
  return {};
}

Result<ExpressionPtr> Grammar::JsonPathForm(std::string name, std::size_t start) {
  tokens.Next();
  tokens.Next();
  plan::FunctionCall call{.name = name, .is_operator = true};
  OWLET_TRY(ExpressionPtr input, JsonFormatted(call));
  call.arguments.push_back(std::move(input));
  OWLET_CHECK_OK(tokens.Expect(","));
  const std::size_t path_start = tokens.position();
  OWLET_TRY(std::string path, String());
  call.arguments.push_back(Text(std::move(path), path_start));
  OWLET_CHECK_OK(JsonPassing(call));
  if (name != "json_exists") OWLET_CHECK_OK(JsonReturning(call));
  if (name == "json_query") {
    const std::size_t at = tokens.position();
    if (tokens.Is("WITHOUT")) {
      tokens.Next();
      tokens.Accept("ARRAY");
      OWLET_CHECK_OK(tokens.Expect("WRAPPER"));
      AddNamed(call, "wrapper", Text("WITHOUT", at));
    } else if (tokens.Is("WITH")) {
      tokens.Next();
      std::string kind = "UNCONDITIONAL";
      if (tokens.IsAny({"CONDITIONAL", "UNCONDITIONAL"})) kind = tokens.Next().value;
      tokens.Accept("ARRAY");
      OWLET_CHECK_OK(tokens.Expect("WRAPPER"));
      AddNamed(call, "wrapper", Text(std::move(kind), at));
    }
    if (tokens.IsAny({"KEEP", "OMIT"})) {
      std::string kind = tokens.Next().value;
      OWLET_CHECK_OK(tokens.Expect("QUOTES"));
      if (tokens.Accept("ON")) OWLET_CHECK_OK(tokens.ExpectWords("SCALAR STRING"));
      AddNamed(call, "quotes", Text(std::move(kind), at));
    }
  }
  if (name != "json_exists") OWLET_CHECK_OK(JsonBehaviour(call, "EMPTY"));
  OWLET_CHECK_OK(JsonBehaviour(call, "ERROR"));
  OWLET_CHECK_OK(tokens.Expect(")"));
  return Make(std::move(call), start);
}

Status Grammar::JsonNullHandling(plan::FunctionCall& call) {
  const std::size_t at = tokens.position();
  if (tokens.IsAny({"NULL", "ABSENT"}) && tokens.IsAny({"ON"}, 1) && tokens.Is("NULL", 2)) {
    std::string kind = tokens.Next().value;
    tokens.Next();
    tokens.Next();
    AddNamed(call, "null handling", Text(std::move(kind), at));
  }
  return {};
}

/// JSON_OBJECT([KEY] k VALUE v | k : v, ... [null handling] [unique keys] [RETURNING]).
Result<ExpressionPtr> Grammar::JsonObjectForm(std::size_t start) {
  tokens.Next();
  tokens.Next();
  plan::FunctionCall call{.name = "json_object", .is_operator = true};
  const auto at_options = [&] {
    return tokens.IsAny({")", "RETURNING"}) || tokens.IsWords("NULL ON NULL") ||
           tokens.IsWords("ABSENT ON NULL") || tokens.IsWords("WITH UNIQUE") ||
           tokens.IsWords("WITHOUT UNIQUE");
  };
  if (!at_options()) {
    do {
      if (tokens.Is("KEY") && !tokens.IsAny({":", "VALUE", ".", "("}, 1)) tokens.Next();
      OWLET_TRY(ExpressionPtr key, Expression());
      if (!tokens.Accept(":")) OWLET_CHECK_OK(tokens.Expect("VALUE"));
      OWLET_TRY(ExpressionPtr value, JsonFormatted(call));
      call.arguments.push_back(std::move(key));
      call.arguments.push_back(std::move(value));
    } while (tokens.Accept(","));
  }
  OWLET_CHECK_OK(JsonNullHandling(call));
  if (tokens.IsWords("WITH UNIQUE") || tokens.IsWords("WITHOUT UNIQUE")) {
    const std::size_t at = tokens.position();
    std::string kind = tokens.Next().value;
    tokens.Next();
    tokens.Accept("KEYS");
    AddNamed(call, "unique keys", Text(std::move(kind), at));
  }
  OWLET_CHECK_OK(JsonReturning(call));
  OWLET_CHECK_OK(tokens.Expect(")"));
  return Make(std::move(call), start);
}

Result<ExpressionPtr> Grammar::JsonArrayForm(std::size_t start) {
  tokens.Next();
  tokens.Next();
  plan::FunctionCall call{.name = "json_array", .is_operator = true};
  if (!tokens.IsAny({")", "RETURNING"}) && !tokens.IsWords("NULL ON NULL") &&
      !tokens.IsWords("ABSENT ON NULL")) {
    do {
      OWLET_TRY(ExpressionPtr value, JsonFormatted(call));
      call.arguments.push_back(std::move(value));
    } while (tokens.Accept(","));
  }
  OWLET_CHECK_OK(JsonNullHandling(call));
  OWLET_CHECK_OK(JsonReturning(call));
  OWLET_CHECK_OK(tokens.Expect(")"));
  return Make(std::move(call), start);
}

}  // namespace owlet::sql
