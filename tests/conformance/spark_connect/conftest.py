"""Spark Connect with the real PySpark client. What the tests expect is what Spark 4.3 answered."""

import datetime

import pytest
from pyspark.sql import SparkSession


@pytest.fixture
def spark(server):
    """A session of the test's own."""
    session = SparkSession.builder.remote(server.spark_remote).create()
    session.conf.set("spark.sql.session.timeZone", "UTC")
    yield session
    session.stop()


@pytest.fixture
def employees(spark):
    day = datetime.date
    return spark.createDataFrame(
        [(1, "Ann", "IT", 4200.0, day(2019, 1, 5)), (2, "Bob", "IT", 3900.0, day(2020, 2, 6)),
         (3, "Cid", "HR", 3100.0, day(2019, 3, 7)), (4, "Dee", None, 2800.0, day(2021, 4, 8)),
         (5, "Eve", "HR", 3600.0, day(2020, 5, 9))],
        "id bigint, name string, dept string, salary double, hired date")


@pytest.fixture
def shown(capsys):
    """What df.show() prints."""

    def show(df, *arguments, **named) -> str:
        capsys.readouterr()
        df.show(*arguments, **named)
        return capsys.readouterr().out

    return show
