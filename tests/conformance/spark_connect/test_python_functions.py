"""Python functions of the user: udf, pandas_udf, udtf, mapInPandas and its kin. What the tests expect is what Spark 4.3 answered."""

import datetime
import decimal
import sys

import pandas as pd
import pytest
from pyspark import cloudpickle
from pyspark.errors import PythonException
from pyspark.sql import Row, Window
from pyspark.sql import functions as F
from pyspark.sql.functions import col, pandas_udf, udf
from pyspark.sql.types import IntegerType

# The server does not know this module: its functions travel whole, as those of a script do.
cloudpickle.register_pickle_by_value(sys.modules[__name__])


@pytest.fixture
def people(spark):
    return spark.createDataFrame(
        [(1, "alice", 1.5, datetime.date(2020, 1, 2), datetime.datetime(2020, 1, 2, 3, 4, 5), [1, 2], {"a": 1}, b"x",
          decimal.Decimal("1.50")),
         (2, None, None, None, None, None, None, None, None),
         (3, "bob", 2.0, datetime.date(2021, 1, 2), datetime.datetime(2021, 7, 2, 3, 4, 5), [3], {"b": 2}, b"yz",
          decimal.Decimal("2.25"))],
        "id int, name string, x double, d date, ts timestamp, a array<int>, m map<string,int>, b binary, dec decimal(10,2)")


def plus(a, b=10):
    return a + b


def test_names_types_and_arguments(people):
    assert people.select(udf(lambda s: s)("name")).columns == ["<lambda>(name)"]
    schema = people.select(udf(plus, "int")("id")).schema
    assert schema.names == ["plus(id)"] and schema[0].dataType == IntegerType() and schema[0].nullable
    assert [r[0] for r in people.select(udf(plus, "int")("id", F.lit(5))).collect()] == [6, 7, 8]
    named = people.select(udf(plus, "int")(b=F.lit(5), a=col("id")))
    assert named.columns == ["plus(b => 5, a => id)"] and [r[0] for r in named.collect()] == [6, 7, 8]
    assert [r[0] for r in people.select(udf(lambda: 7, "int")()).collect()] == [7, 7, 7]


@pytest.mark.parametrize("column,shown", [
    ("id", "int:1"), ("name", "str:'alice'"), ("x", "float:1.5"), ("d", "date:datetime.date(2020, 1, 2)"),
    ("ts", "datetime:datetime.datetime(2020, 1, 2, 3, 4, 5)"), ("a", "list:[1, 2]"), ("m", "dict:{'a': 1}"), ("b", "bytes:b'x'"),
    ("dec", "Decimal:Decimal('1.50')")])
def test_what_a_function_sees(people, column, shown):
    seen = people.select(udf(lambda v: f"{type(v).__name__}:{v!r}")(column)).collect()
    assert seen[0][0] == shown
    assert seen[1][0] == ("int:2" if column == "id" else "NoneType:None")


def test_structs_arrays_and_maps(people):
    rows = people.select(F.struct("id", "name").alias("s"))
    assert rows.select(udf(lambda r: f"{type(r).__name__} {r!r} {r.id}")("s")).first()[0] == "Row Row(id=1, name='alice') 1"
    assert people.select(udf(lambda i: (i, f"n{i}"), "a int, b string")("id").alias("r")).first() == Row(r=Row(a=1, b="n1"))
    assert [r[0] for r in people.select(udf(lambda i: list(range(i)), "array<int>")("id")).collect()] == [[0], [0, 1], [0, 1, 2]]
    assert people.select(udf(lambda i: {"k": i}, "map<string,int>")("id")).first()[0] == {"k": 1}


def test_a_function_that_raises(people):
    with pytest.raises(PythonException) as raised:
        people.select(udf(lambda s: 1 / 0, "int")("id")).collect()
    assert "An exception was thrown from the Python worker. Please see the stack trace below." in str(raised.value)
    assert "ZeroDivisionError: division by zero" in str(raised.value)
    assert people.count() == 3


def test_where_functions_stand(people):
    assert [r.id for r in people.filter(udf(lambda i: i > 1, "boolean")("id")).collect()] == [2, 3]
    odd = udf(lambda i: i % 2, "int")
    assert people.groupBy(odd("id").alias("g")).count().orderBy("g").collect() == [Row(g=0, count=1), Row(g=1, count=2)]
    assert [r[1] for r in people.groupBy(odd("id")).count().orderBy("count").collect()] == [1, 2]
    assert [r[0] for r in people.select(udf(lambda i: i + 1, "int")(udf(lambda i: i * 2, "int")("id"))).collect()] == [3, 5, 7]
    assert people.select(udf(lambda i: i + 1, "bigint")(F.sum("id"))).first()[0] == 7
    assert people.agg(F.sum(udf(lambda i: i + 1, "bigint")("id"))).first()[0] == 9
    assert [r.id for r in people.orderBy(udf(lambda i: -i, "int")("id")).select("id").collect()] == [3, 2, 1]


def test_registered_functions(spark, people):
    spark.udf.register("sq", lambda i: i * i, "int")
    people.createOrReplaceTempView("people")
    rows = spark.sql("SELECT id, sq(id), SQ(id + 1) AS w FROM people WHERE sq(id) > 1").collect()
    assert [tuple(r) for r in rows] == [(2, 4, 9), (3, 9, 16)]
    assert people.select(F.call_udf("sq", "id")).columns == ["sq(id)"]
    assert [r.s for r in people.selectExpr("sq(id) AS s").collect()] == [1, 4, 9]


def test_pandas_functions(spark, people):
    @pandas_udf("double")
    def twice(s: pd.Series) -> pd.Series:
        return s * 2

    @pandas_udf("string")
    def upper(s: pd.Series) -> pd.Series:
        return s.str.upper()

    @pandas_udf("double")
    def mean(s: pd.Series) -> float:
        return s.mean()

    @pandas_udf("a long, b string")
    def both(s: pd.Series) -> pd.DataFrame:
        return pd.DataFrame({"a": s, "b": s.astype(str)})

    assert [r[0] for r in people.select(twice("x")).collect()] == [3.0, None, 4.0]
    assert [r[0] for r in people.select(upper("name")).collect()] == ["ALICE", None, "BOB"]
    assert people.select(mean("x")).first()[0] == 1.75
    groups = people.groupBy((col("id") % 2).alias("k")).agg(mean("x").alias("m")).orderBy("k")
    assert groups.collect() == [Row(k=0, m=None), Row(k=1, m=1.75)]
    over = people.select("id", mean("x").over(Window.partitionBy(col("id") % 2)).alias("m")).orderBy("id")
    assert [r.m for r in over.collect()] == [1.75, None, 1.75]
    assert spark.range(2).select(both("id").alias("r")).collect() == [Row(r=Row(a=0, b="0")), Row(r=Row(a=1, b="1"))]


def test_tables_of_pandas_and_arrow(spark, people):
    numbers = people.select("id", "x")
    assert numbers.mapInPandas(lambda parts: (p[p.id == 1] for p in parts), "id int, x double").collect() == [Row(id=1, x=1.5)]
    assert [r.id for r in spark.range(3).mapInArrow(lambda parts: parts, "id bigint").collect()] == [0, 1, 2]
    tenfold = numbers.groupBy("id").applyInPandas(lambda p: p.assign(x=p.x * 10), "id int, x double").orderBy("id")
    assert [r.x for r in tenfold.collect()] == [15.0, None, 20.0]

    def counted(key, p):
        return pd.DataFrame([(key[0], len(p))], columns=["k", "n"])

    assert [tuple(r) for r in numbers.groupBy("id").applyInPandas(counted, "k int, n int").orderBy("k").collect()] == [
        (1, 1), (2, 1), (3, 1)]
    met = numbers.groupBy("id").cogroup(numbers.groupBy("id")).applyInPandas(
        lambda a, b: pd.DataFrame({"n": [len(a) + len(b)]}), "n int")
    assert [r.n for r in met.collect()] == [2, 2, 2]


def test_table_functions(spark):
    @F.udtf(returnType="num: int, squared: int")
    class Squares:
        def eval(self, start: int, end: int):
            for number in range(start, end + 1):
                yield number, number * number

    assert [tuple(r) for r in Squares(F.lit(1), F.lit(3)).collect()] == [(1, 1), (2, 4), (3, 9)]
    spark.udtf.register("squares", Squares)
    assert [tuple(r) for r in spark.sql("SELECT * FROM squares(2, 3)").collect()] == [(2, 4), (3, 9)]


def test_zone_of_times(spark, people):
    spark.conf.set("spark.sql.session.timeZone", "America/New_York")
    shown = people.select(pandas_udf(lambda s: s.astype(str), "string")("ts")).first()[0]
    assert shown == "2020-01-01 22:04:05"


def test_rows_without_columns_are_refused(spark):
    with pytest.raises(Exception, match="a generator whose rows have no columns"):
        spark.range(2).foreachPartition(lambda rows: None)
    assert spark.range(2).count() == 2  # the server goes on
