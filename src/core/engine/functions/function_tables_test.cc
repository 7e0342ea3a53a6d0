#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <duckdb.hpp>
#include <duckdb/main/connection.hpp>

#include "core/engine/functions/registration.h"
#include "core/engine/lowering.h"
#include "core/engine/type_map.h"
#include "core/plan/functions/tables.h"
#include "core/plan/signature.h"
#include "core/plan/type_rules.h"

// Every row of the function tables is lowered with constants of its types and bound by DuckDB: what
// a table names must be there, and give the type that the table says.

namespace owlet::engine {
namespace {

using plan::Type;
using plan::TypeId;

class NoLeaves final : public LeafSql {
 public:
  Result<std::string> Scan(const plan::ScanNode&, const std::vector<plan::Column>&) override {
    return Fail(Reason::kInternal, "no scan here");
  }
  Result<std::string> Local(const plan::LocalNode&, const std::vector<plan::Column>&) override {
    return Fail(Reason::kInternal, "no rows here");
  }
};

Type OfVariable(const plan::TypePattern& pattern) {
  if (pattern.bound == "fractional") return Type(TypeId::kDouble);
  if (pattern.bound == "nested") return Type::Array(Type(TypeId::kInteger));
  if (pattern.bound == "varchar" || pattern.variable == 'K') return Type::Varchar();
  if (pattern.bound == "interval") {
    return Type::IntervalDayTime(plan::IntervalField::kDay, plan::IntervalField::kSecond);
  }
  return Type(TypeId::kInteger);
}

void CollectVariables(const plan::TypePattern& pattern, plan::Bindings& bindings) {
  if (pattern.kind == plan::TypePattern::Kind::kVariable) {
    bindings.types.emplace(pattern.variable, OfVariable(pattern));
  }
  for (const auto& child : pattern.children) CollectVariables(child, bindings);
}

plan::BoundPtr Constant(const Type& type) {
  plan::Literal literal{type, std::monostate{}};
  if (type.IsInteger()) literal.value = std::int64_t{1};
  if (type.id() == TypeId::kDouble || type.id() == TypeId::kReal) literal.value = 0.5;
  if (type.id() == TypeId::kVarchar) literal.value = std::string("1");
  if (type.id() == TypeId::kBoolean) literal.value = true;
  if (type == Type::Array(Type(TypeId::kDouble))) {
    literal.value = std::vector<plan::Literal>{plan::Literal::Double(0.5)};
  }
  return std::make_shared<const plan::Bound>(plan::Bound{literal, type, true, nullptr});
}

/// Nothing for a row this test cannot call: lambdas and whole rules.
std::optional<plan::NodePtr> CallOf(const plan::FunctionEntry& entry,
                                    const plan::SessionSettings& session) {
  const auto signature = plan::ParseSignature(entry.signature);
  if (!signature || !signature->whole_rule.empty()) return std::nullopt;
  plan::Bindings bindings;
  bindings.numbers = {{'p', 10}, {'s', 2}, {'q', 8}, {'t', 3}, {'x', 5}, {'y', 5}};
  plan::ValuesNode values;
  values.rows.emplace_back();
  plan::Node input;
  std::vector<plan::BoundPtr> arguments;
  std::vector<Type> types;
  std::vector<plan::Argument> given;
  for (const auto& parameter : signature->parameters) {
    if (parameter.kind == plan::TypePattern::Kind::kLambda) return std::nullopt;
    CollectVariables(parameter, bindings);
    Type type = plan::Instantiate(parameter, bindings);
    if (parameter.kind == plan::TypePattern::Kind::kAny) type = Type(TypeId::kInteger);
    if (parameter.kind == plan::TypePattern::Kind::kSized && type.id() == TypeId::kTimestamp) {
      type = Type::Timestamp(3);
    }
    if (parameter.kind == plan::TypePattern::Kind::kSized &&
        type.id() == TypeId::kTimestampWithZone) {
      type = Type::TimestampWithZone(3);
    }
    arguments.push_back(Constant(type));
    if (std::get<plan::Literal>(arguments.back()->node).IsNull()) {
      // A NULL that is a constant would be folded, its type lost.
      const auto id = static_cast<plan::ColumnId>(100 + arguments.size());
      values.rows[0].push_back(arguments.back());
      input.columns.push_back({id, "", type, true, ""});
      arguments.back() = std::make_shared<const plan::Bound>(
          plan::Bound{plan::BoundColumn{id}, type, true, nullptr});
    }
    types.push_back(type);
    given.push_back({type, true, std::nullopt});
  }
  Type result = plan::Instantiate(signature->result, bindings);
  if (!signature->result_rule.empty()) {
    auto by_rule = plan::ResultByRule(signature->result_rule, types, given, session);
    if (!by_rule) return std::nullopt;
    result = *by_rule;
  }
  input.node = values;
  plan::Node node;
  node.columns = {{1, "x", result, true, ""}};
  const bool scalar = entry.kind == plan::FunctionKind::kScalar;
  if (scalar) {
    const plan::BoundCall call{&entry, arguments};
    node.node = plan::ProjectNode{
        std::make_shared<const plan::Node>(input),
        {std::make_shared<const plan::Bound>(plan::Bound{call, result, true, nullptr})}};
    return std::make_shared<const plan::Node>(node);
  }
  if (entry.kind != plan::FunctionKind::kAggregate) return std::nullopt;
  plan::BoundAggregate aggregate;
  aggregate.function = &entry;
  aggregate.arguments = arguments;
  plan::AggregateNode grouped;
  grouped.input = std::make_shared<const plan::Node>(input);
  grouped.sets = {{}};
  grouped.aggregates = {
      std::make_shared<const plan::Bound>(plan::Bound{aggregate, result, true, nullptr})};
  node.node = grouped;
  return std::make_shared<const plan::Node>(node);
}

std::string Plain(std::string text) {
  std::erase_if(text, [](char c) { return c == '"' || c == ' '; });
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::toupper(c); });
  for (const auto& [from, to] : {std::pair<std::string, std::string>{"REAL", "FLOAT"}}) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from)) {
      text.replace(at, from.size(), to);
    }
  }
  return text;
}

TEST(FunctionTables, EveryRowIsBoundByDuckDb) {
  duckdb::DuckDB database(nullptr);
  const auto registered = RegisterDialectFunctions(*database.instance);
  ASSERT_TRUE(registered.has_value()) << registered.error().message;
  duckdb::Connection connection(database);
  NoLeaves leaves;
  std::size_t bound = 0;
  const auto check = [&](plan::Dialect dialect, plan::FunctionRows rows) {
    plan::SessionSettings session;
    session.dialect = dialect;
    for (const plan::FunctionEntry& entry : rows) {
      const auto node = CallOf(entry, session);
      if (!node) continue;
      const std::string what = fmt::format("{} {}", entry.name, entry.signature);
      const auto lowered = LowerToSql(*node, session, leaves);
      if (!lowered) {
        ADD_FAILURE() << what << ": " << lowered.error().message;
        continue;
      }
      const auto prepared = connection.Prepare(lowered->sql);
      // Constants are computed while binding: what a function says of them is not asked here.
      const std::string error = prepared->HasError() ? prepared->GetError() : "";
      const bool of_data = error.find("owlet-error:") != std::string::npos ||
                           error.starts_with("Conversion Error") ||
                           error.find("argument must not be NULL") != std::string::npos ||
                           error.find("must be a constant") != std::string::npos ||
                           error.starts_with("Syntax Error: Like pattern");
      if (of_data) continue;
      if (prepared->HasError()) {
        ADD_FAILURE() << what << ": " << prepared->GetError().substr(0, 160) << "\n"
                      << lowered->sql;
        continue;
      }
      ++bound;
      const std::string wanted = Plain(DuckDbTypeText((*node)->columns[0].type));
      const std::string given = Plain(prepared->GetTypes()[0].ToString());
      EXPECT_EQ(given, wanted) << what;
    }
  };
  using enum plan::Dialect;
  for (const auto rows :
       {plan::SparkOperators(), plan::SparkStrings(), plan::SparkMath(), plan::SparkDateTimes(),
        plan::SparkAggregates(), plan::SparkCollections(), plan::SparkOthers()}) {
    check(kSpark, rows);
  }
  for (const auto rows :
       {plan::TrinoOperators(), plan::TrinoStrings(), plan::TrinoMath(), plan::TrinoDateTimes(),
        plan::TrinoAggregates(), plan::TrinoCollections(), plan::TrinoOthers()}) {
    check(kTrino, rows);
  }
  EXPECT_GT(bound, 900U);
}

}  // namespace
}  // namespace owlet::engine
