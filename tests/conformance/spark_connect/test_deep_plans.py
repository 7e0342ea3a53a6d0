"""Plans and values at the edge of what a server can carry."""

import pytest


@pytest.fixture(scope="module")
def spark(server):
    from pyspark.sql import SparkSession
    session = SparkSession.builder.remote(server.spark_remote).create()
    yield session
    session.stop()


def test_a_loop_of_withcolumn(spark):
    """Protobuf reads 100 levels unless told; Spark's server 1024. A common loop needs more than 100."""
    from pyspark.sql import functions
    frame = spark.range(1)
    for i in range(150):
        frame = frame.withColumn(f"c{i % 5}", functions.lit(i))
    assert frame.collect()[0].c4 == 149


def test_a_loop_of_unions(spark):
    frame = spark.range(1)
    for _ in range(150):
        frame = frame.union(spark.range(1))
    assert frame.count() == 151


@pytest.mark.parametrize("text", ["repeat('abc', 1000000000)", "array_repeat('a', 2000000000)",
                                  "sequence(1, 2000000000)", "rpad('a', 2000000000, 'x')", "space(2000000000)"])
def test_a_value_that_outgrows_memory_fails(spark, text):
    with pytest.raises(Exception, match="memory"):
        spark.sql(f"SELECT length(concat_ws('', {text}))").collect()
    assert spark.sql("SELECT repeat('ab', 2) AS r").collect()[0].r == "abab"
