"""Tables that Spark makes are Athena's too, and the other way round: nested types, partitions, decimals, times."""

import time
import uuid

import pytest


@pytest.fixture
def database(spark, bucket):
    name = f"db_{uuid.uuid4().hex}"
    spark.sql(f"create database {name} location 's3://{bucket}/{name}'")
    spark.sql(f"use {name}")
    return name


@pytest.fixture
def athena(server, bucket, database):
    """Runs a statement in the database; its rows as texts, without the heading."""
    client = server.client("athena")

    def run(sql: str) -> list[tuple]:
        query = client.start_query_execution(
            QueryString=sql, QueryExecutionContext={"Database": database},
            ResultConfiguration={"OutputLocation": f"s3://{bucket}/results/"})["QueryExecutionId"]
        while True:
            execution = client.get_query_execution(QueryExecutionId=query)["QueryExecution"]
            if execution["Status"]["State"] not in ("QUEUED", "RUNNING"):
                break
            time.sleep(0.02)
        assert execution["Status"]["State"] == "SUCCEEDED", execution["Status"].get("StateChangeReason")
        rows = client.get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"]
        texts = [tuple(cell.get("VarCharValue") for cell in row["Data"]) for row in rows]
        return texts[1:] if execution["StatementType"] == "DML" else texts

    return run


COLUMNS = """id int, price decimal(10,2), day date, at timestamp, tags array<string>,
    place struct<city: string, zip: int>, counts map<string, int>"""
VALUES = """(1, 1.50, date'2024-01-31', timestamp'2024-01-31 10:11:12', array('a', 'b'),
    named_struct('city', 'Bern', 'zip', 3000), map('x', 1), 'ch'),
    (2, null, null, null, null, null, null, 'de')"""
QUERY = """select id, cast(price as varchar), cast(day as varchar), cast(at as varchar), tags[1], place.city,
    counts['x'], land from {} where land = 'ch'"""


@pytest.mark.parametrize("provider", ["parquet", "json"])
def test_athena_reads_a_table_of_spark(spark, athena, provider):
    spark.sql(f"create table t ({COLUMNS}, land string) using {provider} partitioned by (land)")
    spark.sql(f"insert into t values {VALUES}")
    assert athena("show partitions t") == [("land=ch",), ("land=de",)]
    assert [row[0] for row in athena("select id from t order by id")] == ["1", "2"]
    rows = athena(QUERY.format("t"))
    assert rows == [("1", "1.50", "2024-01-31", "2024-01-31 10:11:12.000", "a", "Bern", "1", "ch")]


def test_athena_reads_what_dataframes_save(spark, athena, employees):
    employees.write.partitionBy("dept").saveAsTable("staff")
    assert athena("select name, salary, cast(hired as varchar) from staff where dept = 'HR' order by id") == [
        ("Cid", "3100.0", "2019-03-07"), ("Eve", "3600.0", "2020-05-09")]
    spark.sql("alter table staff add columns (note string)")
    spark.sql("insert into staff (id, name, note, dept) values (9, 'Fay', 'new', 'HR')")
    assert athena("select name, note from staff where note is not null") == [("Fay", "new")]
    spark.sql("alter table staff drop partition (dept = 'HR')")
    assert athena("select count(*) from staff") == [("3",)]


def test_spark_reads_and_fills_a_table_of_athena(spark, athena, bucket, database):
    athena(f"""create external table u (id int, price decimal(10,2), at timestamp, tags array<string>,
        place struct<city: string, zip: int>) partitioned by (land string) stored as parquet
        location 's3://{bucket}/{database}/u/'""")
    athena("""insert into u values (1, 1.50, timestamp '2024-01-31 10:11:12', array['a', 'b'],
        cast(row('Bern', 3000) as row(city varchar, zip integer)), 'ch')""")
    spark.sql("insert into u values (2, 2.5, timestamp'2024-02-01 00:00:00', array('c'), named_struct('city', 'Ulm', "
              "'zip', 89073), 'de')")
    rows = spark.sql("select id, price, cast(at as string), tags[0], place.city, land from u order by id").collect()
    assert [tuple(str(value) for value in row) for row in rows] == [
        ("1", "1.50", "2024-01-31 10:11:12", "a", "Bern", "ch"), ("2", "2.50", "2024-02-01 00:00:00", "c", "Ulm", "de")]
    assert athena("select id, cast(price as varchar), place.city, land from u order by id") == [
        ("1", "1.50", "Bern", "ch"), ("2", "2.50", "Ulm", "de")]
    assert [row[0] for row in spark.sql("show partitions u").collect()] == ["land=ch", "land=de"]


def test_delimited_text_of_hive(spark, athena):
    spark.sql("create table h (a int, b string) row format delimited fields terminated by ',' stored as textfile")
    spark.sql("insert into h values (1, 'x'), (2, null)")
    assert athena("select a, b from h order by a") == [("1", "x"), ("2", None)]
