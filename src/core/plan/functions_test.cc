#include "core/plan/functions.h"

#include <gtest/gtest.h>

#include "core/plan/functions/tables.h"
#include "core/plan/signature.h"
#include "core/plan/type_names.h"
#include "core/plan/type_rules.h"

namespace owlet::plan {
namespace {

SessionSettings Session(Dialect dialect) {
  SessionSettings session;
  session.dialect = dialect;
  return session;
}

Result<FunctionMatch> Match(Dialect dialect, std::string_view name,
                            std::vector<Argument> arguments) {
  return FunctionTable::Of(dialect).Match(name, arguments, Session(dialect), nullptr);
}

Argument Arg(std::string_view type, bool nullable = false) {
  auto parsed = ParseSignatureType(type);
  EXPECT_TRUE(parsed.has_value()) << type;
  return {*parsed, nullable, std::nullopt};
}

std::string Answer(Dialect dialect, std::string_view name, std::vector<Argument> arguments) {
  auto match = Match(dialect, name, std::move(arguments));
  if (!match) return match.error().condition + ": " + match.error().message;
  return dialect == Dialect::kSpark ? SparkTypeName(match->result) : TrinoTypeName(match->result);
}

TEST(FunctionTables, EverySignatureIsReadAndEveryRuleIsThere) {
  for (const auto rows :
       {SparkOperators(), SparkStrings(), SparkMath(), SparkDateTimes(), SparkAggregates(),
        SparkCollections(), SparkOthers(), TrinoOperators(), TrinoStrings(), TrinoMath(),
        TrinoDateTimes(), TrinoAggregates(), TrinoCollections(), TrinoOthers()}) {
    for (const FunctionEntry& entry : rows) {
      auto signature = ParseSignature(entry.signature);
      ASSERT_TRUE(signature.has_value()) << entry.name << ": " << signature.error().message;
      if (!signature->result_rule.empty()) {
        EXPECT_TRUE(IsRule(signature->result_rule)) << entry.name;
      }
      if (!signature->whole_rule.empty()) {
        EXPECT_TRUE(IsRule(signature->whole_rule)) << entry.name;
      }
    }
  }
}

// The types that real Spark 4.3 and Trino 476 gave for the same calls.
TEST(FunctionTable, DecimalArithmeticAsSpark) {
  EXPECT_EQ(Answer(Dialect::kSpark, "/", {Arg("decimal(10,2)"), Arg("decimal(10,2)")}),
            "decimal(23,13)");
  EXPECT_EQ(Answer(Dialect::kSpark, "*", {Arg("decimal(38,10)"), Arg("decimal(38,10)")}),
            "decimal(38,6)");
  EXPECT_EQ(Answer(Dialect::kSpark, "/", {Arg("decimal(38,10)"), Arg("decimal(38,10)")}),
            "decimal(38,6)");
  EXPECT_EQ(Answer(Dialect::kSpark, "%", {Arg("decimal(10,2)"), Arg("decimal(5,3)")}),
            "decimal(5,3)");
  EXPECT_EQ(Answer(Dialect::kSpark, "sum", {Arg("decimal(2,1)")}), "decimal(12,1)");
  EXPECT_EQ(Answer(Dialect::kSpark, "avg", {Arg("decimal(2,1)")}), "decimal(6,5)");
  Argument two = Arg("int");
  two.constant = Literal::Integer(2);
  EXPECT_EQ(Answer(Dialect::kSpark, "/", {Arg("decimal(2,1)"), two}), "decimal(7,6)");
  EXPECT_EQ(Answer(Dialect::kSpark, "round", {Arg("decimal(3,2)"), two}), "decimal(4,2)");
}

TEST(FunctionTable, DecimalArithmeticAsTrino) {
  EXPECT_EQ(Answer(Dialect::kTrino, "/", {Arg("decimal(4,2)"), Arg("decimal(4,3)")}),
            "decimal(8,3)");
  EXPECT_EQ(Answer(Dialect::kTrino, "*", {Arg("decimal(4,2)"), Arg("decimal(4,3)")}),
            "decimal(8,5)");
  EXPECT_EQ(Answer(Dialect::kTrino, "+", {Arg("decimal(4,2)"), Arg("decimal(4,3)")}),
            "decimal(6,3)");
  EXPECT_EQ(Answer(Dialect::kTrino, "%", {Arg("decimal(4,2)"), Arg("decimal(4,3)")}),
            "decimal(4,3)");
  EXPECT_EQ(Answer(Dialect::kTrino, "/", {Arg("int"), Arg("decimal(2,1)")}), "decimal(12,1)");
  EXPECT_EQ(Answer(Dialect::kTrino, "round", {Arg("decimal(3,2)")}), "decimal(2,0)");
  EXPECT_EQ(Answer(Dialect::kTrino, "sum", {Arg("decimal(2,1)")}), "decimal(38,1)");
}

TEST(FunctionTable, OverloadsByType) {
  EXPECT_EQ(Answer(Dialect::kTrino, "+", {Arg("int"), Arg("bigint")}), "bigint");
  EXPECT_EQ(Answer(Dialect::kTrino, "/", {Arg("int"), Arg("int")}), "integer");
  EXPECT_EQ(Answer(Dialect::kTrino, "sum", {Arg("int")}), "bigint");
  EXPECT_EQ(Answer(Dialect::kTrino, "avg", {Arg("int")}), "double");
  EXPECT_EQ(Answer(Dialect::kTrino, "substr", {Arg("varchar(3)"), Arg("int")}), "varchar(3)");
  EXPECT_EQ(Answer(Dialect::kTrino, "-", {Arg("date"), Arg("date")}), "interval day to second");
  EXPECT_EQ(Answer(Dialect::kTrino, "+", {Arg("date"), Arg("interval_dt(2,5)")}), "date");
  EXPECT_EQ(Answer(Dialect::kTrino, "coalesce", {Arg("bigint"), Arg("decimal(2,1)")}),
            "decimal(20,1)");
  EXPECT_EQ(Answer(Dialect::kSpark, "/", {Arg("int"), Arg("int")}), "double");
  EXPECT_EQ(Answer(Dialect::kSpark, "+", {Arg("int"), Arg("varchar")}), "bigint");
  EXPECT_EQ(Answer(Dialect::kSpark, "sum", {Arg("int")}), "bigint");
  EXPECT_EQ(Answer(Dialect::kSpark, "avg", {Arg("int")}), "double");
  EXPECT_EQ(Answer(Dialect::kSpark, "coalesce", {Arg("int"), Arg("varchar")}), "bigint");
  EXPECT_EQ(Answer(Dialect::kSpark, "-", {Arg("date"), Arg("date")}), "interval day");
  EXPECT_EQ(Answer(Dialect::kSpark, "+", {Arg("date"), Arg("interval_dt(2,2)")}), "date");
  EXPECT_EQ(Answer(Dialect::kSpark, "upper", {Arg("int")}), "string");
  EXPECT_EQ(Answer(Dialect::kSpark, "concat", {Arg("array<int>"), Arg("array<int>")}),
            "array<int>");
  EXPECT_EQ(Answer(Dialect::kSpark, "abs", {Arg("varchar")}), "double");
}

TEST(FunctionTable, ErrorsInTrinosWords) {
  EXPECT_EQ(Answer(Dialect::kTrino, "=", {Arg("int"), Arg("varchar(1)")}),
            "TYPE_MISMATCH: Cannot apply operator: integer = varchar(1)");
  EXPECT_EQ(Answer(Dialect::kTrino, "upper", {Arg("int")}),
            "FUNCTION_NOT_FOUND: Unexpected parameters (integer) for function upper. Expected: "
            "upper(char(x)), upper(varchar(x))");
  EXPECT_EQ(Answer(Dialect::kTrino, "foo", {}),
            "FUNCTION_NOT_FOUND: Function 'foo' not registered");
  EXPECT_EQ(Answer(Dialect::kTrino, "coalesce", {Arg("int"), Arg("varchar(1)")}),
            "TYPE_MISMATCH: All COALESCE operands must be the same type or coercible to a common "
            "type. Cannot find common type between integer and varchar(1), all types (without "
            "duplicates): [integer, varchar(1)]");
  EXPECT_EQ(Answer(Dialect::kTrino, "negate", {Arg("varchar(1)")}),
            "TYPE_MISMATCH: Cannot negate varchar(1)");
}

TEST(FunctionTable, ErrorsInSparksConditions) {
  const auto condition = [](std::string_view name, std::vector<Argument> arguments) {
    auto match = Match(Dialect::kSpark, name, std::move(arguments));
    return match ? "" : match.error().condition;
  };
  EXPECT_EQ(condition("upper", {Arg("array<int>")}), "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE");
  EXPECT_EQ(condition("upper", {}), "WRONG_NUM_ARGS.WITHOUT_SUGGESTION");
  EXPECT_EQ(condition("foo", {}), "UNRESOLVED_ROUTINE");
  EXPECT_EQ(condition("+", {Arg("array<int>"), Arg("int")}),
            "DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES");
  EXPECT_EQ(condition("*", {Arg("varchar"), Arg("varchar")}),
            "DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE");
  EXPECT_EQ(condition("=", {Arg("int"), Arg("boolean")}), "DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES");
  EXPECT_EQ(condition("greatest", {Arg("int"), Arg("varchar")}),
            "DATATYPE_MISMATCH.DATA_DIFF_TYPES");
  auto match = Match(Dialect::kSpark, "length", {Arg("array<int>")});
  ASSERT_FALSE(match);
  EXPECT_EQ(match.error().Parameter("requiredType"), "(\"STRING\" or \"BINARY\")");
}

TEST(FunctionTable, LambdasGiveTheirTypes) {
  const TypeLambda lambda = [](std::size_t, std::span<const Field> parameters) -> Result<Type> {
    EXPECT_EQ(parameters[0].type.id(), TypeId::kInteger);
    return Type(TypeId::kDouble);
  };
  const std::vector<Argument> arguments = {Arg("array<int>"), {Type(), true, std::nullopt, 1}};
  auto match = FunctionTable::Of(Dialect::kTrino)
                   .Match("transform", arguments, Session(Dialect::kTrino), lambda);
  ASSERT_TRUE(match.has_value());
  EXPECT_EQ(TrinoTypeName(match->result), "array(double)");
}

TEST(TypeNames, OfBothDialects) {
  const Type row = Type::Row({{"a", Type(TypeId::kBigint), true, ""},
                              {"b c", Type::Varchar(), false, "{\"comment\":\"x\"}"}});
  EXPECT_EQ(TrinoTypeName(row), "row(a bigint, b c varchar)");
  EXPECT_EQ(TrinoQuotedTypeName(row), "row(\"a\" bigint, \"b c\" varchar)");
  EXPECT_EQ(SparkTypeName(row), "struct<a:bigint,b c:string>");
  EXPECT_EQ(SparkSqlName(row), "STRUCT<a: BIGINT, `b c`: STRING NOT NULL COMMENT 'x'>");
  EXPECT_EQ(SparkTreeString({{"a", Type::Array(Type(TypeId::kInteger)), true, ""}}),
            "root\n |-- a: array (nullable = true)\n |    |-- element: integer (containsNull = "
            "true)\n");
  auto back = ParseSparkTypeJson(SparkTypeJson(row));
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(*back, row);
  auto signature = ParseSignatureType(SignatureTypeName(row));
  ASSERT_TRUE(signature.has_value());
  EXPECT_TRUE(signature->SameIgnoringNulls(row));
}

}  // namespace
}  // namespace owlet::plan
