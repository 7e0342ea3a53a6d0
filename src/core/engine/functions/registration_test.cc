#include "core/engine/functions/registration.h"

#include <gtest/gtest.h>

#include <duckdb.hpp>
#include <duckdb/main/connection.hpp>

#include "core/engine/error_carrying.h"
#include "core/engine/functions/cast_sql.h"
#include "core/plan/type_names.h"

namespace owlet::engine {
namespace {

class DialectFunctions : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    database_ = std::make_unique<duckdb::DuckDB>(nullptr);
    const auto registered = RegisterDialectFunctions(*database_->instance);
    ASSERT_TRUE(registered.has_value()) << registered.error().message;
  }
  static void TearDownTestSuite() { database_.reset(); }

  /// The first row's values as text, or "condition: message".
  static std::string Ask(const std::string& sql) {
    duckdb::Connection connection(*database_);
    auto result = connection.Query("SELECT " + sql);
    if (result->HasError()) {
      const auto carried = DecodeEngineError(result->GetErrorObject());
      return carried.error.condition + ": " + carried.error.message;
    }
    std::string text;
    for (duckdb::idx_t i = 0; i < result->ColumnCount(); ++i) {
      if (i > 0) text += "|";
      text += result->GetValue(i, 0).ToString();
    }
    return text;
  }

  static std::string Cast(const std::string& input, std::string_view from, std::string_view to,
                          plan::Dialect dialect, plan::CastMode mode = plan::CastMode::kAnsi) {
    return Ask(CastSql(input, *plan::ParseSignatureType(from), *plan::ParseSignatureType(to), mode,
                       {.dialect = dialect, .time_zone = "UTC"}));
  }

  static inline std::unique_ptr<duckdb::DuckDB> database_;
};

TEST_F(DialectFunctions, IntegerArithmetic) {
  EXPECT_EQ(Ask("spark.add(1, 2, -1), trino.divide(-7, 2, -1), trino.modulus(-7, 2, -1)"),
            "3|-3|-1");
  EXPECT_EQ(Ask("trino.add(2147483647, 1, -1)"),
            "NUMERIC_VALUE_OUT_OF_RANGE: integer addition overflow: 2147483647 + 1");
  EXPECT_EQ(Ask("trino.divide(1, 0, -1)"), "DIVISION_BY_ZERO: Division by zero");
  EXPECT_EQ(Ask("TRY(trino.divide(1, 0, -1)), spark.pmod(-5, 3, -1)"), "NULL|1");
}

TEST_F(DialectFunctions, DecimalArithmetic) {
  EXPECT_EQ(Ask("trino.divide_decimal(10.00::DECIMAL(4,2), 3.000::DECIMAL(4,3), "
                "CAST(NULL AS DECIMAL(8,3)), -1)"),
            "3.333");
  EXPECT_EQ(Ask("spark.divide_decimal(1::DECIMAL(10,2), 3::DECIMAL(10,2), "
                "CAST(NULL AS DECIMAL(23,13)), -1)"),
            "0.3333333333333");
  EXPECT_EQ(Ask("spark.multiply_decimal(1::DECIMAL(38,10), 3::DECIMAL(38,10), "
                "CAST(NULL AS DECIMAL(38,6)), -1)"),
            "3.000000");
  EXPECT_EQ(Ask("spark.sum_decimal(x, CAST(NULL AS DECIMAL(12,1))) FILTER (x > 0) FROM (VALUES "
                "(1.5), (2.5), (-1.0)) t(x)"),
            "4.0");
  EXPECT_EQ(Ask("trino.avg_decimal(x, CAST(NULL AS DECIMAL(2,1))) OVER () FROM (VALUES (1.5), "
                "(2.5)) t(x)"),
            "2.0");
}

TEST_F(DialectFunctions, Casts) {
  using enum plan::Dialect;
  EXPECT_EQ(Cast("'a'", "varchar", "int", kTrino), "INVALID_CAST_ARGUMENT: Cannot cast 'a' to INT");
  EXPECT_EQ(Cast("'a'", "varchar", "int", kTrino, plan::CastMode::kTry), "NULL");
  EXPECT_EQ(Cast("' 12 '", "varchar", "int", kSpark), "12");
  EXPECT_EQ(Cast("1e30::DOUBLE", "double", "varchar", kTrino), "1.0E30");
  EXPECT_EQ(Cast("0.1::DOUBLE", "double", "varchar", kTrino), "1.0E-1");
  EXPECT_EQ(Cast("0.001::DOUBLE", "double", "varchar", kSpark), "0.001");
  EXPECT_EQ(Cast("1e7::DOUBLE", "double", "varchar", kSpark), "1.0E7");
  EXPECT_EQ(Cast("2.5::DOUBLE", "double", "int", kTrino), "3");
  EXPECT_EQ(Cast("2.5::DOUBLE", "double", "int", kSpark), "2");
  EXPECT_EQ(Cast("300::INTEGER", "int", "tinyint", kTrino),
            "NUMERIC_VALUE_OUT_OF_RANGE: Out of range for tinyint: 300");
  EXPECT_EQ(Cast("[1, NULL]", "array<int>", "varchar", kSpark), "[1, null]");
  EXPECT_EQ(Cast("MAP {1: 'a'}", "map<int,varchar>", "varchar", kSpark), "{1 -> a}");
  EXPECT_EQ(Cast("[1, 2]", "array<int>", "array<varchar>", kTrino), "[1, 2]");
  EXPECT_EQ(Cast("'2020-1-2'", "varchar", "date", kTrino), "2020-01-02");
  EXPECT_EQ(Cast("TIMESTAMP '2020-01-01 00:00:00.12'", "timestamp_ltz", "varchar", kSpark),
            "2020-01-01 00:00:00.12");
  EXPECT_EQ(Cast("12345.678::DECIMAL(8,3)", "decimal(8,3)", "decimal(5,2)", kTrino),
            "INVALID_CAST_ARGUMENT: Cannot cast DECIMAL(8, 3) '12345.678' to DECIMAL(5, 2)");
}

TEST_F(DialectFunctions, ArraysWithNullsInside) {
  EXPECT_EQ(Ask("trino.equals([1, NULL], [1, NULL], -1), trino.equals([1, NULL], [2, NULL], -1), "
                "trino.equals([1], [1], -1)"),
            "NULL|false|true");
  EXPECT_EQ(Ask("trino.subscript([1, 2], 5, -1)"),
            "INVALID_FUNCTION_ARGUMENT: Array subscript must be less than or equal to array "
            "length: 5 > 2");
  EXPECT_EQ(Ask("spark.array_distinct([1, NULL, 1, NULL, 2])"), "[1, NULL, 2]");
}

TEST_F(DialectFunctions, Texts) {
  EXPECT_EQ(Ask("spark.substring('abcdef', -3, 2), spark.substring('abc', 0, 2), "
                "trino.substr('abc', 0, 2)"),
            "de|ab|");
  EXPECT_EQ(Ask("spark.regexp_replace('a1b2', '(\\d)', '<$1>', -1)"), "a<1>b<2>");
  EXPECT_EQ(Ask("spark.split('a,b,,', ',', -1), trino.split('a,b', ',', -1, -1)"),
            "[a, b, '', '']|[a, b]");
}

TEST_F(DialectFunctions, DatesByPatterns) {
  EXPECT_EQ(
      Ask("spark.format_datetime(TIMESTAMP '2020-02-03 04:05:06.789', 'yyyy-MM-dd HH:mm:ss.SSS "
          "EEE', 'UTC', TIMESTAMP '2020-02-03 04:05:06.789', -1)"),
      "2020-02-03 04:05:06.789 Mon");
  EXPECT_EQ(Ask("trino.format_mysql(TIMESTAMP '2020-02-03 04:05:06', '%Y-%m-%d %H:%i:%s %W', -1)"),
            "2020-02-03 04:05:06 Monday");
  EXPECT_EQ(Ask("trino.parse_mysql('2020-02-03', '%Y-%m-%d', -1)"), "2020-02-03 00:00:00");
  EXPECT_EQ(Ask("spark.local(TIMESTAMP '2020-07-01 12:00:00', 'Europe/Zurich')"),
            "2020-07-01 14:00:00");
}

}  // namespace
}  // namespace owlet::engine
