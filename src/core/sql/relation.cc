#include <algorithm>
#include <array>
#include <cstdlib>

#include "core/sql/grammar.h"
#include "core/sql/syntax_error.h"

namespace owlet::sql {

using plan::ExpressionPtr;
using plan::MakeRelation;
using plan::RelationPtr;

namespace {

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return out;
}

/// Spark reads json.`path` as files; a plain second part is a table of a database of that name.
bool NamesFiles(const Name& name) {
  constexpr std::array<std::string_view, 7> kFormats = {"json", "csv",  "parquet",   "orc",
                                                        "avro", "text", "binaryfile"};
  return name.size() == 2 && name[1].find('/') != std::string::npos &&
         std::find(kFormats.begin(), kFormats.end(), Lower(name[0])) != kFormats.end();
}

}  // namespace

bool Grammar::IsLateral(const plan::Relation& relation) {
  if (std::holds_alternative<plan::TableFunction>(relation.node)) return true;
  if (const auto* alias = std::get_if<plan::SubqueryAlias>(&relation.node)) {
    return alias->input != nullptr && IsLateral(*alias->input);
  }
  return false;
}

Result<RelationPtr> Grammar::Relation() {
  const Depth depth(depth_);
  if (depth.TooDeep()) return NestedTooDeep();
  OWLET_TRY(RelationPtr left, AliasedRelation());
  const bool lateral = last_relation_lateral_;
  while (true) {
    bool found = false;
    if (tokens.spark() && tokens.Is("PIVOT") && tokens.Is("(", 1)) {
      OWLET_TRY(left, PivotOf(std::move(left)));
      continue;
    }
    if (tokens.spark() && tokens.Is("UNPIVOT") && tokens.IsAny({"(", "INCLUDE", "EXCLUDE"}, 1)) {
      OWLET_TRY(left, UnpivotOf(std::move(left)));
      continue;
    }
    OWLET_TRY(left, JoinWith(std::move(left), found));
    if (!found) break;
  }
  last_relation_lateral_ = lateral;
  return left;
}

/// The words of a join up to JOIN; nothing when no join stands here.
Result<std::optional<plan::JoinKind>> Grammar::JoinKindOf(bool& natural) {
  using plan::JoinKind;
  const auto joins = [&](std::size_t ahead) { return tokens.Is("JOIN", ahead); };
  natural = tokens.Is("NATURAL");
  const std::size_t at = natural ? 1 : 0;
  std::optional<JoinKind> kind;
  std::size_t words = 0;
  if (joins(at)) {
    kind = JoinKind::kInner;
  } else if (tokens.IsAny({"INNER", "CROSS"}, at) && joins(at + 1)) {
    kind = tokens.Is("CROSS", at) ? JoinKind::kCross : JoinKind::kInner;
    words = 1;
  } else if (tokens.IsAny({"LEFT", "RIGHT", "FULL"}, at)) {
    words = tokens.Is("OUTER", at + 1) ? 2 : 1;
    kind = tokens.Is("LEFT", at)    ? JoinKind::kLeft
           : tokens.Is("RIGHT", at) ? JoinKind::kRight
                                    : JoinKind::kFull;
    if (tokens.spark() && tokens.Is("LEFT", at) && tokens.IsAny({"SEMI", "ANTI"}, at + 1)) {
      words = 2;
      kind = tokens.Is("SEMI", at + 1) ? JoinKind::kLeftSemi : JoinKind::kLeftAnti;
    }
    if (!joins(at + words)) kind.reset();
  } else if (tokens.spark() && tokens.IsAny({"SEMI", "ANTI"}, at) && joins(at + 1)) {
    words = 1;
    kind = tokens.Is("SEMI", at) ? JoinKind::kLeftSemi : JoinKind::kLeftAnti;
  }
  if (!kind) {
    for (const std::string_view word :
         {"CROSS", "FULL", "INNER", "JOIN", "LEFT", "NATURAL", "RIGHT"}) {
      tokens.Want(word);
    }
    natural = false;
    // A word that only a join begins with: the fault lies behind it.
    if (tokens.trino() && tokens.IsAny({"LEFT", "RIGHT", "FULL", "INNER", "CROSS", "NATURAL"})) {
      const bool outer = tokens.IsAny({"LEFT", "RIGHT", "FULL"});
      tokens.Next();
      if (outer && tokens.Accept("OUTER")) return tokens.UnexpectedBut("JOIN");
      return tokens.UnexpectedBut("JOIN");
    }
    return kind;
  }
  for (std::size_t i = 0; i < at + words + 1; ++i) tokens.Next();
  return kind;
}

Result<RelationPtr> Grammar::JoinWith(RelationPtr left, bool& found) {
  plan::Join join;
  OWLET_TRY(const auto kind, JoinKindOf(join.natural));
  found = kind.has_value();
  if (!found) return left;
  join.kind = *kind;
  join.left = std::move(left);
  const bool with_criteria = join.kind != plan::JoinKind::kCross && !join.natural;
  if (tokens.trino() && with_criteria) {
    OWLET_TRY(join.right, Relation());
  } else {
    OWLET_TRY(join.right, AliasedRelation());
  }
  join.lateral = last_relation_lateral_;
  if (join.natural && tokens.trino()) {
    const SourceSpan span =
        join.left->origin && join.left->origin->span ? *join.left->origin->span : SourceSpan{};
    return std::unexpected(MakeTrinoError(span, "Natural join not supported", "NOT_SUPPORTED"));
  }
  if (with_criteria || (tokens.spark() && !join.natural)) OWLET_CHECK_OK(JoinCriteria(join));
  return MakeRelation(std::move(join));
}

Status Grammar::JoinCriteria(plan::Join& join) {
  if (tokens.Accept("ON")) {
    OWLET_TRY(join.condition, Expression());
    return {};
  }
  if (tokens.At("USING") && (tokens.trino() || tokens.Is("(", 1))) {
    tokens.Next();
    OWLET_TRY(join.using_columns, IdentifierList());
    return {};
  }
  if (tokens.trino()) return tokens.Unexpected();
  return {};
}

Result<RelationPtr> Grammar::AliasedRelation() {
  last_relation_lateral_ = false;
  const std::size_t start = tokens.position();
  OWLET_TRY(RelationPtr relation, RelationPrimary());
  const bool lateral = last_relation_lateral_ || IsLateral(*relation);
  if (tokens.spark()) {
    if (!std::holds_alternative<plan::TableFunction>(relation->node)) {
      OWLET_TRY(relation, SparkSample(std::move(relation)));
    }
    OWLET_TRY(relation, AliasFor(std::move(relation)));
  } else {
    OWLET_TRY(relation, AliasFor(std::move(relation)));
    if (const auto* alias = std::get_if<plan::SubqueryAlias>(&relation->node)) {
      relation = MakePlaced(plan::SubqueryAlias(*alias), start);
    }
    if (tokens.Is("MATCH_RECOGNIZE") && tokens.Is("(", 1)) return Missing("MATCH_RECOGNIZE");
    OWLET_TRY(relation, SampleOf(std::move(relation)));
  }
  last_relation_lateral_ = lateral;
  return relation;
}

Result<RelationPtr> Grammar::AliasFor(RelationPtr relation) {
  const bool as = tokens.Accept("AS");
  if (!as && !AtTableAlias()) {
    tokens.Want("<identifier>");
    return relation;
  }
  plan::SubqueryAlias alias{.input = std::move(relation)};
  if (as && tokens.spark() && tokens.Is("(")) {
    OWLET_TRY(alias.columns, IdentifierList());
    return MakeRelation(std::move(alias));
  }
  OWLET_TRY(std::string name, Identifier());
  alias.name = {std::move(name)};
  if (tokens.Is("(")) {
    OWLET_TRY(alias.columns, IdentifierList());
  }
  return MakeRelation(std::move(alias));
}

Result<RelationPtr> Grammar::RelationPrimary() {
  const std::size_t start = tokens.position();
  bool found = false;
  if (tokens.Is("LATERAL") && (tokens.trino() || tokens.Is("(", 1) || AtIdentifier(1))) {
    tokens.Next();
    if (tokens.Is("(")) {
      tokens.Next();
      OWLET_TRY(RelationPtr query, Query());
      OWLET_CHECK_OK(tokens.Expect(")"));
      last_relation_lateral_ = true;
      return query;
    }
    if (tokens.trino()) return tokens.UnexpectedBut("(");
    OWLET_TRY(Name name, QualifiedName());
    if (!tokens.Is("(")) return tokens.UnexpectedBut("(");
    last_relation_lateral_ = true;
    return SparkTableFunction(std::move(name), start);
  }
  if (tokens.trino()) {
    OWLET_TRY(RelationPtr relation, TrinoPrimaryRelation(found));
    if (found) return relation;
  }
  if (tokens.At("(")) {
    const bool query = QueryInParentheses();
    tokens.Next();
    RelationPtr inner;
    if (query) {
      OWLET_TRY(inner, Query());
    } else if (tokens.spark()) {
      OWLET_TRY(inner, FromClause());
    } else {
      OWLET_TRY(inner, Relation());
    }
    OWLET_CHECK_OK(tokens.Expect(")"));
    last_relation_lateral_ = false;
    return inner;
  }
  if (tokens.spark() && tokens.Is("VALUES") && !tokens.IsAny({".", ","}, 1)) return ValuesClause();
  return NamedRelation();
}

Result<RelationPtr> Grammar::NamedRelation() {
  const std::size_t start = tokens.position();
  plan::ReadTable table;
  if (tokens.spark() && AtIdentifier() && tokens.Is("(", 1) && !tokens.Is("IDENTIFIER")) {
    OWLET_TRY(Name name, QualifiedName());
    return SparkTableFunction(std::move(name), start);
  }
  OWLET_TRY(table.name, TableName());
  if (tokens.spark() && tokens.Is("(")) return SparkTableFunction(std::move(table.name), start);
  if (tokens.spark() && NamesFiles(table.name)) {
    plan::ReadFiles files;
    files.format = Lower(table.name[0]);
    files.paths = {table.name[1]};
    return MakeRelation(std::move(files));
  }
  OWLET_CHECK_OK(TimeTravel(table));
  auto relation = std::make_shared<plan::Relation>();
  relation->node = std::move(table);
  auto origin = std::make_shared<plan::Origin>();
  origin->span = tokens.SpanFrom(start);
  relation->origin = std::move(origin);
  return RelationPtr(std::move(relation));
}

/// FOR TIMESTAMP AS OF t, FOR VERSION AS OF n; Spark without FOR and by other names too.
Status Grammar::TimeTravel(plan::ReadTable& table) {
  const std::size_t at = tokens.Is("FOR") ? 1 : 0;
  if (at == 0 && !tokens.spark()) return {};
  const bool version = tokens.IsAny({"VERSION", "SYSTEM_VERSION"}, at);
  const bool timestamp = tokens.IsAny({"TIMESTAMP", "SYSTEM_TIME"}, at);
  if (!(version || timestamp) || !tokens.Is("AS", at + 1) || !tokens.Is("OF", at + 2)) return {};
  for (std::size_t i = 0; i < at + 3; ++i) tokens.Next();
  OWLET_TRY(ExpressionPtr value, Value(0));
  (version ? table.as_of_version : table.as_of_timestamp) = std::move(value);
  return {};
}

Result<RelationPtr> Grammar::TrinoPrimaryRelation(bool& found) {
  found = true;
  if (tokens.At("UNNEST")) return UnnestRelation();
  if (tokens.At("TABLE")) return TableFunctionRelation();
  tokens.Want("LATERAL");
  if (tokens.At("JSON_TABLE")) return Missing("JSON_TABLE");
  found = false;
  return RelationPtr();
}

Result<RelationPtr> Grammar::UnnestRelation() {
  tokens.Next();
  plan::TableFunction unnest{.name = "unnest"};
  OWLET_CHECK_OK(tokens.Expect("("));
  OWLET_TRY(unnest.arguments, ExpressionList());
  OWLET_CHECK_OK(tokens.Expect(")"));
  if (tokens.AcceptWords("WITH ORDINALITY")) unnest.with_ordinality = true;
  return MakeRelation(std::move(unnest));
}

/// Trino's TABLE(f(a, name => b, TABLE(t), DESCRIPTOR(c))).
Result<RelationPtr> Grammar::TableFunctionRelation() {
  tokens.Next();
  OWLET_CHECK_OK(tokens.Expect("("));
  OWLET_TRY(const Name name, QualifiedName());
  plan::TableFunction function;
  for (const std::string& part : name) {
    function.name += (function.name.empty() ? "" : ".") + Lower(part);
  }
  OWLET_CHECK_OK(tokens.Expect("("));
  bool named = false;
  while (!tokens.Is(")")) {
    if (!function.arguments.empty()) OWLET_CHECK_OK(tokens.Expect(","));
    std::string argument_name;
    if (AtIdentifier() && tokens.Is("=>", 1)) {
      OWLET_TRY(argument_name, Identifier());
      tokens.Next();
      named = true;
    }
    const std::size_t start = tokens.position();
    ExpressionPtr argument;
    if (tokens.Is("TABLE") && tokens.Is("(", 1)) {
      OWLET_TRY(argument, TableArgument(start));
    } else {
      OWLET_TRY(argument, Expression());
    }
    function.arguments.push_back(std::move(argument));
    function.argument_names.push_back(std::move(argument_name));
  }
  if (!named) function.argument_names.clear();
  tokens.Next();
  OWLET_CHECK_OK(tokens.Expect(")"));
  return MakeRelation(std::move(function));
}

Result<RelationPtr> Grammar::SparkTableFunction(Name name, std::size_t start) {
  (void)start;
  plan::TableFunction function;
  for (const std::string& part : name) {
    function.name += (function.name.empty() ? "" : ".") + Lower(part);
  }
  if (function.name == "json_table") return Missing("JSON_TABLE");
  OWLET_CHECK_OK(tokens.Expect("("));
  if (!tokens.Accept(")")) {
    plan::FunctionCall call;
    OWLET_CHECK_OK(FunctionArguments(call));
    OWLET_CHECK_OK(tokens.Expect(")"));
    function.arguments = std::move(call.arguments);
    function.argument_names = std::move(call.argument_names);
  }
  if (tokens.AcceptWords("WITH ORDINALITY")) function.with_ordinality = true;
  return MakeRelation(std::move(function));
}

Result<RelationPtr> Grammar::SampleOf(RelationPtr relation) {
  if (!(tokens.Is("TABLESAMPLE") && tokens.IsAny({"BERNOULLI", "SYSTEM"}, 1))) {
    tokens.Want("TABLESAMPLE");
    return relation;
  }
  tokens.Next();
  plan::Sample sample{.input = std::move(relation)};
  if (tokens.Next().value == "SYSTEM") sample.method = plan::SampleMethod::kSystem;
  OWLET_CHECK_OK(tokens.Expect("("));
  OWLET_TRY(sample.percentage, Expression());
  OWLET_CHECK_OK(tokens.Expect(")"));
  return MakeRelation(std::move(sample));
}

/// TABLESAMPLE (10 PERCENT | 5 ROWS | BUCKET 1 OUT OF 4 | 100M) [REPEATABLE (seed)].
Result<RelationPtr> Grammar::SparkSample(RelationPtr relation) {
  if (!tokens.Is("TABLESAMPLE") || tokens.IsEnd(1)) return relation;
  const std::size_t start = tokens.position();
  tokens.Next();
  if (tokens.IsAny({"SYSTEM", "BERNOULLI"})) tokens.Next();
  OWLET_CHECK_OK(tokens.Expect("("));
  plan::Sample sample{.input = std::move(relation)};
  ExpressionPtr rows;
  if (tokens.Accept("BUCKET")) {
    OWLET_TRY(const std::int64_t numerator, Integer());
    OWLET_CHECK_OK(tokens.ExpectWords("OUT OF"));
    OWLET_TRY(const std::int64_t denominator, Integer());
    if (tokens.Is("ON")) return Missing("TABLESAMPLE (BUCKET x OUT OF y ON ...)");
    sample.upper = static_cast<double>(numerator) /
                   static_cast<double>(std::max<std::int64_t>(denominator, 1));
  } else {
    OWLET_TRY(ExpressionPtr amount, Expression());
    if (tokens.Accept("PERCENT")) {
      const auto* literal = std::get_if<plan::Literal>(&amount->node);
      const bool number = literal != nullptr && literal->type.IsNumeric();
      if (!number) return Missing("TABLESAMPLE with an expression");
      if (const auto* integer = std::get_if<std::int64_t>(&literal->value)) {
        sample.upper = static_cast<double>(*integer) / 100.0;
      } else if (const auto* decimal = std::get_if<plan::Int128>(&literal->value)) {
        double value = static_cast<double>(*decimal) / 100.0;
        for (int i = 0; i < literal->type.scale(); ++i) value /= 10.0;
        sample.upper = value;
      } else if (const auto* real = std::get_if<double>(&literal->value)) {
        sample.upper = *real / 100.0;
      }
    } else if (tokens.Accept("ROWS")) {
      rows = std::move(amount);
    } else if (tokens.Is(")")) {
      return Invalid(start, "_LEGACY_ERROR_TEMP_0016", "42601",
                     "a sample by bytes is not supported: use PERCENT or ROWS.");
    } else {
      return tokens.Unexpected();
    }
  }
  OWLET_CHECK_OK(tokens.Expect(")"));
  if (tokens.Is("REPEATABLE")) {
    tokens.Next();
    OWLET_CHECK_OK(tokens.Expect("("));
    OWLET_TRY(sample.seed, Integer());
    OWLET_CHECK_OK(tokens.Expect(")"));
  }
  if (rows != nullptr) return MakeRelation(plan::Limit{.input = sample.input, .limit = rows});
  return MakeRelation(std::move(sample));
}

Result<RelationPtr> Grammar::PivotOf(RelationPtr relation) {
  tokens.Next();
  OWLET_CHECK_OK(tokens.Expect("("));
  plan::Aggregate aggregate{.input = std::move(relation)};
  aggregate.grouping.push_back({.kind = plan::GroupKind::kPivot});
  do {
    OWLET_TRY(ExpressionPtr item, NamedExpression());
    aggregate.aggregates.push_back(std::move(item));
  } while (tokens.Accept(","));
  OWLET_CHECK_OK(tokens.Expect("FOR"));
  plan::PivotSpec pivot;
  const bool many = tokens.Accept("(");
  do {
    const std::size_t at = tokens.position();
    OWLET_TRY(Name column, QualifiedName());
    pivot.columns.push_back(Make(plan::ColumnReference{.parts = std::move(column)}, at));
  } while (many && tokens.Accept(","));
  if (many) OWLET_CHECK_OK(tokens.Expect(")"));
  OWLET_CHECK_OK(tokens.ExpectWords("IN ("));
  do {
    OWLET_TRY(ExpressionPtr value, Expression());
    std::string label;
    if (tokens.Accept("AS") || AtColumnAlias()) {
      OWLET_TRY(label, Identifier());
    }
    pivot.values.emplace_back(std::move(value), std::move(label));
  } while (tokens.Accept(","));
  OWLET_CHECK_OK(tokens.ExpectWords(") )"));
  aggregate.pivot = std::move(pivot);
  return AliasFor(MakeRelation(std::move(aggregate)));
}

Result<RelationPtr> Grammar::UnpivotOf(RelationPtr relation) {
  tokens.Next();
  plan::Unpivot unpivot{.input = std::move(relation)};
  unpivot.include_nulls = false;
  if (tokens.IsAny({"INCLUDE", "EXCLUDE"})) {
    unpivot.include_nulls = tokens.Next().value == "INCLUDE";
    OWLET_CHECK_OK(tokens.Expect("NULLS"));
  }
  OWLET_CHECK_OK(tokens.Expect("("));
  const bool many = tokens.Is("(");
  if (many) {
    OWLET_TRY(unpivot.value_columns, IdentifierList());
  } else {
    OWLET_TRY(unpivot.value_column, Identifier());
  }
  OWLET_CHECK_OK(tokens.Expect("FOR"));
  OWLET_TRY(unpivot.variable_column, Identifier());
  OWLET_CHECK_OK(tokens.ExpectWords("IN ("));
  do {
    std::vector<ExpressionPtr> set;
    const bool group = many && tokens.Accept("(");
    do {
      const std::size_t at = tokens.position();
      OWLET_TRY(Name column, QualifiedName());
      set.push_back(Make(plan::ColumnReference{.parts = std::move(column)}, at));
    } while (group && tokens.Accept(","));
    if (group) OWLET_CHECK_OK(tokens.Expect(")"));
    std::string label;
    if (tokens.Accept("AS") || AtColumnAlias()) {
      OWLET_TRY(label, Identifier());
    }
    unpivot.value_sets.push_back(std::move(set));
    unpivot.labels.push_back(std::move(label));
  } while (tokens.Accept(","));
  OWLET_CHECK_OK(tokens.ExpectWords(") )"));
  return AliasFor(MakeRelation(std::move(unpivot)));
}

}  // namespace owlet::sql
