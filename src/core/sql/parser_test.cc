#include "core/sql/parser.h"

#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "core/plan/type_names.h"
#include "core/sql/plan_text.h"

namespace owlet::sql {
namespace {

std::string Text(const Result<Statement>& statement) {
  if (!statement) return "error: " + statement.error().message;
  const auto* query = std::get_if<Query>(&statement->node);
  return query != nullptr ? PlanText(query->relation) : "no query";
}

std::string Trino(std::string_view expression) {
  const auto result = ParseTrinoExpression(expression);
  return result ? PlanText(*result) : "error: " + result.error().message;
}
std::string Spark(std::string_view expression) {
  const auto result = ParseSparkExpression(expression);
  return result ? PlanText(*result) : "error: " + result.error().message;
}

TEST(TrinoExpressionTest, BindsOperatorsByTheirPrecedence) {
  EXPECT_EQ(Trino("1 + 2 * 3 - 4"), "(- (+ 1 (* 2 3)) 4)");
  EXPECT_EQ(Trino("a || b + c"), "(|| a (+ b c))");
  EXPECT_EQ(Trino("NOT a = b AND c OR d"), "(or (and (not (= a b)) c) d)");
  EXPECT_EQ(Trino("- a * b"), "(* (negate a) b)");
  EXPECT_EQ(Trino("-1"), "-1");
  EXPECT_EQ(Trino("a != b"), "(<> a b)");
  EXPECT_EQ(Trino("a NOT BETWEEN 1 AND 2"), "(not (between a 1 2))");
  EXPECT_EQ(Trino("a IS NOT DISTINCT FROM b"), "(not (is distinct from a b))");
  EXPECT_EQ(Trino("a NOT IN (1, 2)"), "(not (in a 1 2))");
  EXPECT_EQ(Trino("a LIKE 'x' ESCAPE '$'"), "(like a 'x' '$')");
}

TEST(TrinoExpressionTest, ReadsSpecialFormsIntoCanonicalCalls) {
  EXPECT_EQ(Trino("CASE a WHEN 1 THEN 'x' ELSE 'y' END"), "(case (= a 1) 'x' 'y')");
  EXPECT_EQ(Trino("EXTRACT(YEAR FROM a)"), "(extract 'year' a)");
  EXPECT_EQ(Trino("TRIM(LEADING 'x' FROM a)"), "(ltrim a 'x')");
  EXPECT_EQ(Trino("SUBSTRING(a FROM 2 FOR 3)"), "(substring a 2 3)");
  EXPECT_EQ(Trino("a AT TIME ZONE 'UTC'"), "(at time zone a 'UTC')");
  EXPECT_EQ(Trino("ARRAY[1, 2][1]"), "([] (array 1 2) 1)");
  EXPECT_EQ(Trino("(a, b)"), "(row a b)");
  EXPECT_EQ(Trino("transform(a, x -> x + 1)"), "(transform a (lambda (x) (+ x 1)))");
  EXPECT_EQ(Trino("reduce(a, 0, (s, x) -> s + x, s -> s)"),
            "(reduce a 0 (lambda (s x) (+ s x)) (lambda (s) s))");
  EXPECT_EQ(Trino("lag(a) IGNORE NULLS OVER (PARTITION BY b ORDER BY c DESC)"),
            "(over (lag a ignore-nulls) (partition b) (order (c desc)))");
  EXPECT_EQ(Trino("count(DISTINCT a) FILTER (WHERE b)"), "(count distinct a (filter b))");
  EXPECT_EQ(Trino("listagg(a, ',') WITHIN GROUP (ORDER BY b)"),
            "(listagg a ',' (within-group (b)))");
  EXPECT_EQ(Trino("CURRENT_DATE"), "(current_date)");
  EXPECT_EQ(Trino("TRY_CAST(a AS row(x bigint, y varchar(3)))"),
            "(try-cast a row(x bigint, y varchar(3)))");
  EXPECT_EQ(Trino("json_value(a, 'lax $.x' RETURNING integer NULL ON EMPTY)"),
            "(json_value a 'lax $.x' returning=>(cast null integer) on empty=>'NULL')");
}

TEST(TrinoExpressionTest, ReadsLiteralsWithTheirTypes) {
  EXPECT_EQ(Trino("1.50"), "decimal(3,2):150");
  EXPECT_EQ(Trino("0.05"), "decimal(2,2):5");
  EXPECT_EQ(Trino("1e3"), "double:1000");
  EXPECT_EQ(Trino("12345678901"), "bigint:12345678901");
  EXPECT_EQ(Trino("0x1F"), "31");
  EXPECT_EQ(Trino("1_000"), "1000");
  EXPECT_EQ(Trino("DATE '1970-01-02'"), "date:1");
  EXPECT_EQ(Trino("TIMESTAMP '1970-01-01 00:00:01.5'"), "timestamp(1):1500000");
  EXPECT_EQ(Trino("INTERVAL '1-2' YEAR TO MONTH"), "interval year to month:14m0d0us");
  EXPECT_EQ(Trino("INTERVAL -'1' DAY"), "interval day to second:0m0d-86400000000us");
  EXPECT_EQ(Trino("U&'\\0041'"), "'A'");
  EXPECT_EQ(Trino("'it''s'"), "'it's'");
}

TEST(SparkExpressionTest, ReadsItsOwnOperatorsAndLiterals) {
  EXPECT_EQ(Spark("a <=> b"), "(<=> a b)");
  EXPECT_EQ(Spark("a = b = c"), "(= (= a b) c)");
  EXPECT_EQ(Spark("a | b & c"), "(| a (& b c))");
  EXPECT_EQ(Spark("a >> 1 + 2"), "(>> a (+ 1 2))");
  EXPECT_EQ(Spark("a >>> 1"), "(>>> a 1)");
  EXPECT_EQ(Spark("5 DIV 2"), "(div 5 2)");
  EXPECT_EQ(Spark("!a"), "(not a)");
  EXPECT_EQ(Spark("a NOT LIKE ANY ('x', 'y')"), "(not like any a 'x' 'y')");
  EXPECT_EQ(Spark("a::int"), "(cast a integer)");
  EXPECT_EQ(Spark("a[0].b"), "(field (field a 0) 'b')");
  EXPECT_EQ(Spark("'a' \"b\""), "'ab'");
  EXPECT_EQ(Spark("'\\u0041\\n'"), "'A\n'");
  EXPECT_EQ(Spark("r'a\\n'"), "'a\\n'");
  EXPECT_EQ(Spark("1Y"), "tinyint:1");
  EXPECT_EQ(Spark("1.5BD"), "decimal(2,1):15");
  EXPECT_EQ(Spark("1.5D"), "double:1.5");
  EXPECT_EQ(Spark("INTERVAL 1 DAY 2 HOURS"), "interval day to second:0m0d93600000000us");
  EXPECT_EQ(Spark("struct(1 AS a)"), "(struct (as 1 a))");
  EXPECT_EQ(Spark("timestampadd(DAY, 1, a)"), "(timestampadd 'DAY' 1 a)");
  EXPECT_EQ(Spark("f(a => 1)"), "(f a=>1)");
  EXPECT_EQ(Spark("explode(m) AS (k, v)"), "(as (explode m) k v)");
  EXPECT_EQ(Spark("* EXCEPT (a, b.c)"), "(* except a b.c)");
  EXPECT_EQ(Spark(":p + ?"), "(+ :p ?0)");
}

TEST(QueryTest, ReadsTrinoQueries) {
  EXPECT_EQ(
      Text(ParseTrino("SELECT a x FROM t WHERE b GROUP BY a, ROLLUP (b, (c, d)) HAVING e")),
      "(select (as a x) (from (table t)) (where b) (group (a) (rollup (b) (c d))) (having e))");
  EXPECT_EQ(Text(ParseTrino("SELECT 1 ORDER BY 1 DESC OFFSET 2 FETCH FIRST 3 ROWS WITH TIES")),
            "(limit (sort (select 1 (from (one-row))) (1 desc)) bigint:3 offset bigint:2 ties)");
  EXPECT_EQ(Text(ParseTrino("SELECT 1 UNION SELECT 2 INTERSECT SELECT 3")),
            "(union (select 1 (from (one-row))) (intersect (select 2 (from (one-row))) (select 3 "
            "(from (one-row)))))");
  EXPECT_EQ(Text(ParseTrino("SELECT * FROM t CROSS JOIN UNNEST(x) WITH ORDINALITY AS u (y, n)")),
            "(select * (from (lateral-cross-join (table t) (alias (function unnest ordinality x) u "
            "(y n)))))");
  EXPECT_EQ(Text(ParseTrino("SELECT * FROM t JOIN u JOIN v ON p ON q")),
            "(select * (from (inner-join (table t) (inner-join (table u) (table v) on p) on q)))");
  EXPECT_EQ(Text(ParseTrino("WITH RECURSIVE x (n) AS (VALUES 1, (2)) TABLE x")),
            "(with-recursive (x (n) (values (1) (2))) (table x))");
  EXPECT_EQ(Text(ParseTrino("SELECT a IN (SELECT 1), EXISTS (SELECT 2), a > ALL (VALUES 3)")),
            "(select (in-query (a) (select 1 (from (one-row)))) (exists (select 2 (from "
            "(one-row)))) (> all a (values (3))) (from (one-row)))");
}

TEST(QueryTest, ReadsSparkQueries) {
  EXPECT_EQ(Text(ParseSpark("FROM t LATERAL VIEW OUTER explode(x) u AS y SELECT y")),
            "(select y (from (table t)) (lateral-view outer (explode x) u y))");
  EXPECT_EQ(Text(ParseSpark("SELECT * FROM t PIVOT (sum(a) FOR b IN (1, 2 AS x))")),
            "(select * (from (aggregate (table t) (pivot) (sum a) (for b in 1 (as 2 x)))))");
  EXPECT_EQ(Text(ParseSpark("SELECT * FROM t UNPIVOT (v FOR n IN (a, b AS x))")),
            "(select * (from (unpivot (table t) (a) (b as x) for n into v)))");
  EXPECT_EQ(Text(ParseSpark("SELECT * FROM json.`/x/y` LEFT ANTI JOIN u USING (a)")),
            "(select * (from (anti-join (files json /x/y) (table u) using (a))))");
  EXPECT_EQ(Text(ParseSpark("SELECT a FROM t GROUP BY ALL LIMIT 1")),
            "(limit (select a (from (table t)) (group-all)) 1)");
  EXPECT_EQ(Text(ParseSpark("SELECT a FROM VALUES (1, 2) AS t (a, b)")),
            "(select a (from (alias (values (1 2)) t (a b))))");
}

TEST(ErrorTest, SpeaksAsTheEnginesDo) {
  EXPECT_EQ(ParseTrino("SELECT * FORM t").error().message,
            "line 1:10: mismatched input 'FORM'. Expecting: ',', 'EXCEPT', 'FETCH', 'FROM', "
            "'GROUP', 'HAVING', 'INTERSECT', 'LIMIT', 'OFFSET', 'ORDER', 'UNION', 'WHERE', "
            "'WINDOW', <EOF>");
  EXPECT_EQ(ParseTrino("SELECT 1 +").error().message,
            "line 1:11: mismatched input '<EOF>'. Expecting: <expression>");
  EXPECT_EQ(ParseTrino("SELECT * FROM t GROUP x").error().message,
            "line 1:23: mismatched input 'x'. Expecting: 'BY'");
  EXPECT_EQ(ParseTrino("SELECT `a`").error().message,
            "line 1:8: backquoted identifiers are not supported; use double quotes to quote "
            "identifiers");
  const Error spark = ParseSpark("SELECT * FORM t").error();
  EXPECT_EQ(spark.condition, "PARSE_SYNTAX_ERROR");
  EXPECT_EQ(spark.Parameter("error"), "'t'");
  EXPECT_EQ(spark.Parameter("hint"), ": extra input 't'");
  EXPECT_EQ(spark.message,
            "[PARSE_SYNTAX_ERROR] Syntax error at or near 't': extra input 't'. SQLSTATE: 42601 "
            "(line 1, pos 14)\n\n== SQL ==\nSELECT * FORM t\n--------------^^^\n");
  EXPECT_EQ(ParseSpark("SELECT 1 /* x").error().condition, "UNCLOSED_BRACKETED_COMMENT");
}

TEST(ErrorTest, BoundsTheDepth) {
  for (const std::string_view open : {"(", "- ", "NOT ", "f(", "(SELECT ", "ARRAY["}) {
    std::string text = "SELECT ";
    for (int i = 0; i < 100'000; ++i) text += open;
    EXPECT_FALSE(ParseTrino(text).has_value()) << open;
    EXPECT_FALSE(ParseSpark(text).has_value()) << open;
  }
  std::string nested = "SELECT ";
  for (int i = 0; i < 150; ++i) nested += "(";
  nested += "1";
  for (int i = 0; i < 150; ++i) nested += ")";
  EXPECT_TRUE(ParseTrino(nested).has_value());
  std::string chain = "SELECT a = 0";
  for (int i = 0; i < 20'000; ++i) chain += " OR a = 1";
  EXPECT_TRUE(ParseSpark(chain).has_value());
}

TEST(TypeTest, ReadsTheTypesOfEachDialect) {
  const auto name = [](const Result<plan::Type>& type) {
    return type ? plan::TrinoTypeName(*type) : "error: " + type.error().message;
  };
  EXPECT_EQ(name(ParseTrinoType("row(a bigint, b array(varchar(3)))")),
            "row(a bigint, b array(varchar(3)))");
  EXPECT_EQ(name(ParseTrinoType("timestamp(6) with time zone")), "timestamp(6) with time zone");
  EXPECT_EQ(name(ParseTrinoType("decimal(10,2)")), "decimal(10,2)");
  EXPECT_EQ(name(ParseHiveType("map<string,array<struct<a:int,b:decimal(4,1)>>>")),
            "map(varchar, array(row(a integer, b decimal(4,1))))");
  EXPECT_EQ(name(ParseSparkType("STRUCT<a: INT NOT NULL, b: ARRAY<STRING>>")),
            "row(a integer, b array(varchar))");
  const auto schema = ParseSparkSchema("a INT NOT NULL COMMENT 'x', `b c` STRUCT<d: DOUBLE>");
  ASSERT_TRUE(schema.has_value());
  EXPECT_FALSE((*schema)[0].nullable);
  EXPECT_EQ((*schema)[0].metadata, R"({"comment":"x"})");
  EXPECT_EQ((*schema)[1].name, "b c");
  EXPECT_EQ(ParseSparkColumnName("a.`b.c`.d").value(), (Name{"a", "b.c", "d"}));
  EXPECT_FALSE(ParseSparkColumnName("a..b").has_value());
}

}  // namespace
}  // namespace owlet::sql
