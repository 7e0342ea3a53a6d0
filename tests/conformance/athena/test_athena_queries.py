"""Athena's queries with boto3, awswrangler and PyAthena: results, their objects in S3, writes, errors."""

import datetime
import decimal
import time
import uuid

import pytest


@pytest.fixture(scope="module")
def athena(server):
    return server.client("athena")


@pytest.fixture(scope="module")
def bucket_name(server):
    name = f"queries-{uuid.uuid4().hex[:8]}"
    server.client("s3").create_bucket(Bucket=name)
    return name


@pytest.fixture(scope="module")
def run(athena, bucket_name):
    def run(query, **more):
        started = athena.start_query_execution(
            QueryString=query, QueryExecutionContext={"Database": "queries"},
            ResultConfiguration={"OutputLocation": f"s3://{bucket_name}/out/"}, **more)["QueryExecutionId"]
        for _ in range(3000):
            execution = athena.get_query_execution(QueryExecutionId=started)["QueryExecution"]
            if execution["Status"]["State"] not in ("QUEUED", "RUNNING"):
                return execution
            time.sleep(0.01)
        raise TimeoutError(query)

    assert run("CREATE DATABASE IF NOT EXISTS queries")["Status"]["State"] == "SUCCEEDED"
    yield run
    run("DROP DATABASE queries CASCADE")


@pytest.fixture(scope="module")
def rows(athena, run):
    def rows(query, **more):
        execution = run(query, **more)
        assert execution["Status"]["State"] == "SUCCEEDED", execution["Status"]
        found = athena.get_query_results(QueryExecutionId=execution["QueryExecutionId"])["ResultSet"]["Rows"]
        return [tuple(value.get("VarCharValue") for value in row["Data"]) for row in found]
    return rows


def body(server, location):
    bucket, key = location.removeprefix("s3://").split("/", 1)
    return server.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()


@pytest.fixture(scope="module")
def people(run, bucket_name):
    """id, name, p: two partitions, three rows."""
    created = run("""CREATE TABLE people WITH (format = 'PARQUET', partitioned_by = ARRAY['p']) AS
                     SELECT * FROM (VALUES (1, 'ann', 'x'), (2, NULL, 'x'), (3, 'c"d', 'y')) t (id, name, p)""")
    assert created["Status"]["State"] == "SUCCEEDED", created["Status"]
    return created


def test_csv_and_metadata(server, athena, run, people):
    execution = run("SELECT id, name FROM people ORDER BY id")
    location = execution["ResultConfiguration"]["OutputLocation"]
    assert location.endswith(f"/out/{execution['QueryExecutionId']}.csv")
    assert body(server, location) == b'"id","name"\n"1","ann"\n"2",\n"3","c""d"\n'
    metadata = body(server, location + ".metadata")
    assert execution["QueryExecutionId"].encode() in metadata and b"varchar" in metadata
    assert execution["Statistics"]["DataScannedInBytes"] > 0
    assert execution["StatementType"] == "DML" and execution["SubstatementType"] == "SELECT"


def test_results_in_pages_with_one_header(athena, run):
    execution = run("SELECT n FROM UNNEST(sequence(1, 2500)) AS t (n) ORDER BY n")
    pages = list(athena.get_paginator("get_query_results").paginate(QueryExecutionId=execution["QueryExecutionId"]))
    assert [len(p["ResultSet"]["Rows"]) for p in pages] == [1000, 1000, 501]
    values = [r["Data"][0]["VarCharValue"] for p in pages for r in p["ResultSet"]["Rows"]]
    assert values == ["n"] + [str(n) for n in range(1, 2501)]
    info = pages[0]["ResultSet"]["ResultSetMetadata"]["ColumnInfo"][0]
    assert info == {"CatalogName": "hive", "SchemaName": "", "TableName": "", "Name": "n", "Label": "n",
                    "Type": "bigint", "Precision": 19, "Scale": 0, "Nullable": "UNKNOWN", "CaseSensitive": False}


@pytest.mark.parametrize("expression, text", [
    ("1", "1"), ("NULL", None), ("''", ""), ("true", "true"), ("1.50", "1.50"), ("1e0", "1.0"), ("1e10", "1.0E10"),
    ("CAST(0.1 AS real)", "0.1"), ("X'6162'", "61 62"), ("DATE '2024-02-29'", "2024-02-29"),
    ("TIMESTAMP '2024-01-01 10:00:00'", "2024-01-01 10:00:00.000"), ("TIME '01:02:03'", "01:02:03.000"),
    ("TIMESTAMP '2024-01-01 10:00:00 UTC'", "2024-01-01 10:00:00.000 UTC"),
    ("ARRAY[1, NULL]", "[1, null]"), ("MAP(ARRAY['k'], ARRAY[2])", "{k=2}"),
    ("CAST(ROW(1, 'x') AS ROW(a int, b varchar))", "{a=1, b=x}"), ("CAST('a' AS char(3))", "a  "),
])
def test_value_texts(rows, expression, text):
    assert rows(f"SELECT {expression} AS v")[1] == (text,)


def test_partitioned_write(server, rows, run, people, bucket_name):
    manifest = people["Statistics"]["DataManifestLocation"]
    files = body(server, manifest).decode().splitlines()
    assert len(files) == 2 and all(f.startswith(f"s3://{bucket_name}/out/tables/") for f in files)
    assert rows("SHOW PARTITIONS people") == [("p=x",), ("p=y",)]
    inserted = run("INSERT INTO people VALUES (4, 'd', 'z'), (5, 'e', 'x')")
    assert inserted["SubstatementType"] == "INSERT"
    assert len(body(server, inserted["Statistics"]["DataManifestLocation"]).splitlines()) == 2
    assert rows("SELECT p, count(*) FROM people GROUP BY p ORDER BY p")[1:] == [("x", "3"), ("y", "1"), ("z", "1")]
    run("ALTER TABLE people DROP PARTITION (p = 'z')")
    assert rows("SELECT count(*) FROM people")[1:] == [("4",)]


def test_ctas_publishes_all_or_nothing(athena, run, server, bucket_name):
    failed = run("CREATE TABLE broken AS SELECT 1 / (n - 5) AS v FROM UNNEST(sequence(1, 10)) AS t (n)")
    assert failed["Status"]["State"] == "FAILED"
    assert failed["Status"]["StateChangeReason"] == "DIVISION_BY_ZERO: Division by zero"
    glue = server.client("glue")
    assert "broken" not in [t["Name"] for t in glue.get_tables(DatabaseName="queries")["TableList"]]
    folder = f"out/tables/{failed['QueryExecutionId']}"
    assert server.client("s3").list_objects_v2(Bucket=bucket_name, Prefix=folder)["KeyCount"] == 0
    again = run(f"CREATE TABLE again WITH (external_location = 's3://{bucket_name}/out/') AS SELECT 1 a")
    assert again["Status"]["StateChangeReason"].startswith("HIVE_PATH_ALREADY_EXISTS")


def test_views(rows, run, people):
    assert run("CREATE VIEW xs AS SELECT id, upper(name) n FROM people WHERE p = 'x' AND id < 3")["Status"][
        "State"] == "SUCCEEDED"
    assert rows("SELECT * FROM xs ORDER BY id") == [("id", "n"), ("1", "ANN"), ("2", None)]
    assert run("CREATE VIEW xs AS SELECT 1 a")["Status"]["State"] == "FAILED"
    run("CREATE OR REPLACE VIEW xs AS SELECT count(*) AS many FROM people WHERE id < 4")
    assert rows("SELECT * FROM xs") == [("many",), ("3",)]
    assert rows("SHOW VIEWS") == [("xs",)]
    run("DROP VIEW xs")


def test_information_schema(rows, people):
    where = "table_schema = 'queries' AND table_name = 'people'"
    assert rows(f"SELECT table_catalog, table_type FROM information_schema.tables WHERE {where}")[1:] == [
        ("awsdatacatalog", "BASE TABLE")]
    assert rows(f"""SELECT column_name, ordinal_position, data_type FROM information_schema.columns WHERE {where}
                    ORDER BY ordinal_position""")[1:] == [
        ("id", "1", "integer"), ("name", "2", "varchar(3)"), ("p", "3", "varchar(1)")]
    assert ("queries",) in rows("SELECT schema_name FROM information_schema.schemata")


def test_parameters_and_prepared(rows, run):
    assert rows("SELECT ? + 1 AS n, ? AS s", ExecutionParameters=["41", "'it''s'"])[1] == ("42", "it's")
    run("PREPARE plus FROM SELECT ? + ?")
    assert rows("EXECUTE plus USING 1, 2")[1] == ("3",)


def test_reuse_of_results(run, people):
    query = "SELECT max(id) FROM people"
    reuse = {"ResultReuseConfiguration": {"ResultReuseByAgeConfiguration": {"Enabled": True, "MaxAgeInMinutes": 5}}}
    first = run(query, **reuse)
    second = run(query, **reuse)
    assert first["Statistics"]["ResultReuseInformation"]["ReusedPreviousResult"] is False
    assert second["Statistics"]["ResultReuseInformation"]["ReusedPreviousResult"] is True
    assert second["Statistics"]["DataScannedInBytes"] == 0
    assert second["ResultConfiguration"]["OutputLocation"] == first["ResultConfiguration"]["OutputLocation"]


@pytest.mark.parametrize("query, reason", [
    ("SELECT * FROM nope", "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.queries.nope' does not exist"),
    ("SELECT x FROM (VALUES 1) t (y)", "COLUMN_NOT_FOUND: line 1:8: Column 'x' cannot be resolved"),
    ("INSERT INTO nope VALUES 1", "TABLE_NOT_FOUND: line 1:1: Table 'awsdatacatalog.queries.nope' does not exist"),
])
def test_failures(run, query, reason):
    status = run(query)["Status"]
    assert status["State"] == "FAILED"
    assert status["StateChangeReason"] == reason
    assert status["AthenaError"]["ErrorMessage"] == reason


def test_cancel(athena, run, bucket_name):
    started = athena.start_query_execution(
        QueryString="SELECT count(*) FROM UNNEST(sequence(1, 10000)) a (x), UNNEST(sequence(1, 10000)) b (y), "
                    "UNNEST(sequence(1, 10000)) c (z) WHERE x + y + z = 7",
        ResultConfiguration={"OutputLocation": f"s3://{bucket_name}/out/"})["QueryExecutionId"]
    athena.stop_query_execution(QueryExecutionId=started)
    for _ in range(300):
        status = athena.get_query_execution(QueryExecutionId=started)["QueryExecution"]["Status"]
        if status["State"] not in ("QUEUED", "RUNNING"):
            break
        time.sleep(0.01)
    assert status["State"] == "CANCELLED"
    assert "StateChangeReason" in status


@pytest.fixture
def environment(server, monkeypatch):
    for name, value in server.environment().items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)


def test_pyathena(environment, people, bucket_name):
    import pyathena
    with pyathena.connect(s3_staging_dir=f"s3://{bucket_name}/py/", schema_name="queries") as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT TIMESTAMP '2024-01-01 10:00:00', DECIMAL '1.20', ARRAY[1, 2], X'6162', DATE '2024-01-01'")
        assert cursor.fetchone() == (datetime.datetime(2024, 1, 1, 10), decimal.Decimal("1.20"), [1, 2], b"ab",
                                     datetime.date(2024, 1, 1))
        assert cursor.execute("SHOW COLUMNS IN people").fetchall()[0] == (f"{'id':<20}",)
        assert cursor.description == [("field", "string", None, None, 0, 0, "UNKNOWN")]
        cursor.execute("CREATE TABLE by_pyathena AS SELECT id FROM people WHERE id < 3")
        assert cursor.rowcount == 2 and cursor.fetchone() is None


@pytest.mark.parametrize("approach", ["plain", "ctas", "unload"])
def test_awswrangler(environment, bucket_name, run, approach):
    import awswrangler as wr
    import pandas
    frame = pandas.DataFrame({"id": [1, 2, 3], "name": ["a", "b", None], "dt": ["x", "x", "y"]})
    wr.s3.to_parquet(frame, path=f"s3://{bucket_name}/wr/", dataset=True, database="queries", table="wr",
                     partition_cols=["dt"], mode="overwrite")
    found = wr.athena.read_sql_query(
        "SELECT * FROM wr", database="queries", s3_output=f"s3://{bucket_name}/wr-{approach}/",
        ctas_approach=approach == "ctas", unload_approach=approach == "unload").sort_values("id")
    assert found["id"].tolist() == [1, 2, 3] and found["dt"].tolist() == ["x", "x", "y"]
    assert pandas.isna(found["name"].tolist()[2])
