"""DataFrames as tutorials write them."""

import decimal

import pytest
from pyspark.sql import Row, Window
from pyspark.sql import functions as F


def test_show_prints_what_spark_prints(employees, shown):
    assert shown(employees.select("name", (employees.salary * 2).alias("dbl"), "dept").limit(2)) == """\
+----+------+----+
|name|   dbl|dept|
+----+------+----+
| Ann|8400.0|  IT|
| Bob|7800.0|  IT|
+----+------+----+

"""


def test_show_truncates_and_tells_of_more_rows(spark, shown):
    assert shown(spark.range(25), 2) == """\
+---+
| id|
+---+
|  0|
|  1|
+---+
only showing top 2 rows
"""
    long = spark.range(1).select(F.lit("a long string that is").alias("s"))
    assert shown(long, truncate=5) == "+-----+\n|    s|\n+-----+\n|a ...|\n+-----+\n\n"


def test_rows_maps_and_nested_values(spark):
    df = spark.createDataFrame([Row(a=1, b=Row(c="x", d=[1, 2])), Row(a=2, b=Row(c=None, d=[]))])
    assert df.collect() == [Row(a=1, b=Row(c="x", d=[1, 2])), Row(a=2, b=Row(c=None, d=[]))]
    assert df.dtypes == [("a", "bigint"), ("b", "struct<c:string,d:array<bigint>>")]
    df = spark.createDataFrame([{"m": {"k": 1.5}}, {"m": None}])
    assert [row.m for row in df.collect()] == [{"k": 1.5}, None]


def test_no_rows(spark):
    df = spark.createDataFrame([], "id INT, name STRING")
    assert (df.count(), df.collect(), df.first(), df.isEmpty()) == (0, [], None, True)
    assert list(df.toPandas().columns) == ["id", "name"]


def test_group_and_aggregate(employees):
    rows = employees.groupBy("dept").agg(
        F.count("*").alias("n"), F.sum("salary"), F.avg("salary").alias("avg"), F.max("hired")).orderBy("dept")
    assert rows.columns == ["dept", "n", "sum(salary)", "avg", "max(hired)"]
    assert [tuple(row)[:4] for row in rows.collect()] == [
        (None, 1, 2800.0, 2800.0), ("HR", 2, 6700.0, 3350.0), ("IT", 2, 8100.0, 4050.0)]


def test_pivot(employees):
    table = employees.groupBy(F.year("hired").alias("y")).pivot("dept", ["IT", "HR"]).sum("salary").orderBy("y")
    assert [tuple(row) for row in table.collect()] == [
        (2019, 4200.0, 3100.0), (2020, 3900.0, 3600.0), (2021, None, None)]


@pytest.mark.parametrize("kind, rows", [
    ("inner", 4), ("left", 5), ("right", 5), ("outer", 6), ("left_semi", 4), ("left_anti", 1)])
def test_kinds_of_joins(spark, employees, kind, rows):
    places = spark.createDataFrame([("IT", "Tech"), ("HR", "People"), ("FI", "Finance")], "code string, label string")
    assert employees.join(places, employees.dept == places.code, kind).count() == rows


def test_self_join_by_alias(employees):
    a, b = employees.alias("a"), employees.alias("b")
    pairs = a.join(b, F.col("a.dept") == F.col("b.dept")).filter(F.col("a.salary") > F.col("b.salary"))
    rows = pairs.select("a.name", F.col("b.name").alias("lower")).orderBy("name")
    assert [tuple(row) for row in rows.collect()] == [("Ann", "Bob"), ("Eve", "Cid")]


def test_windows(employees):
    window = Window.partitionBy("dept").orderBy(F.desc("salary"))
    rows = employees.select("dept", "name", F.row_number().over(window).alias("n"),
                            F.lag("salary").over(window).alias("before")).orderBy("dept", "n")
    assert [tuple(row) for row in rows.collect()] == [
        (None, "Dee", 1, None), ("HR", "Eve", 1, None), ("HR", "Cid", 2, 3600.0),
        ("IT", "Ann", 1, None), ("IT", "Bob", 2, 4200.0)]


def test_missing_values(spark):
    df = spark.createDataFrame([(1, None, "a"), (None, 2.0, None)], "i int, f double, s string")
    assert [tuple(row) for row in df.na.fill(0).collect()] == [(1, 0.0, "a"), (0, 2.0, None)]
    assert [tuple(row) for row in df.fillna({"s": "none"}).collect()] == [(1, None, "a"), (None, 2.0, "none")]
    assert df.na.drop().count() == 0 and df.dropna(thresh=2).count() == 1
    assert df.replace(["a"], ["z"], "s").collect()[0].s == "z"


def test_describe_and_summary(employees, shown):
    assert shown(employees.describe()) == """\
+-------+------------------+----+----+----------------+
|summary|                id|name|dept|          salary|
+-------+------------------+----+----+----------------+
|  count|                 5|   5|   4|               5|
|   mean|               3.0|NULL|NULL|          3520.0|
| stddev|1.5811388300841898|NULL|NULL|571.839138219832|
|    min|                 1| Ann|  HR|          2800.0|
|    max|                 5| Eve|  IT|          4200.0|
+-------+------------------+----+----+----------------+

"""
    rows = employees.summary("count", "min", "25%", "max").select("summary", "id", "salary").collect()
    assert [tuple(row) for row in rows] == [
        ("count", "5", "5"), ("min", "1", "2800.0"), ("25%", "2", "3100.0"), ("max", "5", "4200.0")]


def test_statistics(employees):
    assert round(employees.corr("salary", "id"), 6) == -0.635951
    assert employees.cov("salary", "id") == -575.0
    assert employees.approxQuantile("salary", [0.25, 0.5, 0.75], 0.0) == [3100.0, 3600.0, 3900.0]
    table = employees.crosstab("dept", "name").orderBy("dept_name")
    assert table.columns == ["dept_name", "Ann", "Bob", "Cid", "Dee", "Eve"]
    assert [tuple(row) for row in table.collect()] == [
        ("HR", 0, 0, 1, 0, 1), ("IT", 1, 1, 0, 0, 0), ("null", 0, 0, 0, 1, 0)]
    assert employees.sampleBy("dept", {"IT": 1.0, "HR": 0.0}, seed=1).count() == 2


def test_sql_with_parameters_and_views(spark, employees):
    employees.createOrReplaceTempView("emp")
    rows = spark.sql("select name from emp where salary > :floor order by name", args={"floor": 3800}).collect()
    assert [row.name for row in rows] == ["Ann", "Bob"]
    assert spark.sql("select count(*) c from {df}", df=employees).collect() == [Row(c=5)]
    spark.sql("select id, v from values (1, array('a', 'b')) t(id, x) lateral view explode(x) e as v").collect()


def test_files_of_each_format(spark, employees, bucket):
    for name in ("parquet", "json", "csv"):
        path = f"s3://{bucket}/{name}"
        employees.write.mode("overwrite").format(name).option("header", True).save(path)
        back = spark.read.format(name).option("header", True).option("inferSchema", True).load(path)
        assert sorted(row.name for row in back.collect()) == ["Ann", "Bob", "Cid", "Dee", "Eve"]
        employees.write.mode("append").format(name).option("header", True).save(path)
        assert spark.read.format(name).option("header", True).load(path).count() == 10
    path = f"s3://{bucket}/parts"
    employees.write.partitionBy("dept").parquet(path)
    assert spark.read.parquet(path).columns == ["id", "name", "salary", "hired", "dept"]
    assert spark.read.parquet(path).filter("dept = 'IT'").count() == 2


def test_a_decimal_constant_keeps_its_digits(spark):
    frame = spark.range(1).select(F.lit(decimal.Decimal("1.10")).alias("short"),
                                  F.lit(decimal.Decimal("123456789012.345")).alias("long"))
    assert frame.schema.simpleString() == "struct<short:decimal(10,2),long:decimal(15,3)>"
    assert frame.collect()[0] == (decimal.Decimal("1.10"), decimal.Decimal("123456789012.345"))


def test_frequent_items_and_transpose(spark):
    rows = spark.createDataFrame([(1, 11), (1, 11), (3, 10), (4, 8), (4, 8)], ["c1", "c2"])
    items = rows.freqItems(["c1", "c2"])
    assert items.columns == ["c1_freqItems", "c2_freqItems"]
    assert [sorted(v) for v in items.first()] == [[1, 3, 4], [8, 10, 11]]
    wide = spark.createDataFrame([("A", 1, 2), ("B", 3, 4)], ["id", "v1", "v2"]).transpose()
    assert wide.columns == ["key", "A", "B"] and [tuple(r) for r in wide.collect()] == [("v1", 1, 3), ("v2", 2, 4)]


def test_stars_inside_calls(spark, employees):
    whole = employees.select(F.struct("*").alias("s")).select("s.name", "s.dept")
    assert whole.columns == ["name", "dept"] and whole.count() == 5
