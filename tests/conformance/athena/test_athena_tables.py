"""Tables over files: formats, partitions and which of them a query reads, hidden columns, buckets, what CTAS leaves.

Expected values are Trino 476's own (its Hive connector) unless said otherwise; data/trino_476.avro was written by it."""

import pathlib
import re
import time
import uuid

import pytest

DATA = pathlib.Path(__file__).parent / "data"


@pytest.fixture(scope="module")
def athena(server):
    return server.client("athena")


@pytest.fixture(scope="module")
def s3(server):
    return server.client("s3")


@pytest.fixture(scope="module")
def bucket(s3):
    name = f"tables-{uuid.uuid4().hex[:8]}"
    s3.create_bucket(Bucket=name)
    return name


@pytest.fixture(scope="module")
def run(athena, bucket):
    def run(query):
        started = athena.start_query_execution(
            QueryString=query, QueryExecutionContext={"Database": "formats"},
            ResultConfiguration={"OutputLocation": f"s3://{bucket}/out/"})["QueryExecutionId"]
        for _ in range(3000):
            execution = athena.get_query_execution(QueryExecutionId=started)["QueryExecution"]
            if execution["Status"]["State"] not in ("QUEUED", "RUNNING"):
                return execution
            time.sleep(0.01)
        raise TimeoutError(query)

    run("CREATE DATABASE IF NOT EXISTS formats")
    yield run
    run("DROP DATABASE formats CASCADE")


@pytest.fixture(scope="module")
def rows(athena, run):
    """The rows without the header; of SHOW and DESCRIBE all lines."""
    def rows(query):
        execution = run(query)
        assert execution["Status"]["State"] == "SUCCEEDED", execution["Status"]
        found = athena.get_query_results(QueryExecutionId=execution["QueryExecutionId"])["ResultSet"]["Rows"]
        lines = [tuple(value.get("VarCharValue") for value in row["Data"]) for row in found]
        return lines[1:] if execution["StatementType"] == "DML" else [line[0] for line in lines]
    return rows


@pytest.fixture(scope="module")
def failure(run):
    def failure(query):
        execution = run(query)
        assert execution["Status"]["State"] == "FAILED", execution["Status"]
        return execution["Status"]["StateChangeReason"]
    return failure


@pytest.fixture(scope="module")
def put(s3, bucket):
    def put(key, content):
        s3.put_object(Bucket=bucket, Key=key, Body=content if isinstance(content, bytes) else content.encode())
        return f"s3://{bucket}/{key[:key.rindex('/') + 1]}"
    return put


def keys(s3, bucket, prefix):
    return [o["Key"] for o in s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])]


# ---- Avro.

AVRO_COLUMNS = """a int, b bigint, c float, d double, e string, f boolean, g binary, h date, i timestamp, j decimal(4,2),
    k array<int>, l map<string,int>, m struct<p:int,q:string>, n varchar(5), o char(5), r struct<p:int,q:struct<z:int>>"""
AVRO_ROW = ("1", "2", "1.5", "2.5", "x", "true", "01 02", "2024-02-03", "2024-02-03 04:05:06.789", "12.34", "[1, 2, null]",
            "{a=1, b=null}", "{p=1, q=y}", "ab", "ab   ", "{p=1, q={z=2}}")


@pytest.fixture(scope="module")
def avro(run, put):
    location = put("avro/t.avro", (DATA / "trino_476.avro").read_bytes())
    created = run(f"CREATE EXTERNAL TABLE avro ({AVRO_COLUMNS}) STORED AS AVRO LOCATION '{location}'")
    assert created["Status"]["State"] == "SUCCEEDED", created["Status"]
    return location


def test_avro_that_trino_wrote(rows, avro):
    assert rows("SELECT * FROM avro") == [AVRO_ROW]
    assert rows("SELECT m.q, cardinality(k) FROM avro WHERE b = 2") == [("y", "3")]
    assert rows("SELECT count(*) FROM avro") == [("1",)]


@pytest.mark.parametrize("codec", ["", "SNAPPY", "ZSTD", "BZIP2", "NONE", "DEFLATE"])
def test_avro_is_written_and_read_again(rows, run, avro, codec):
    options = f", write_compression = '{codec}'" if codec else ""
    name = f"avro_{codec.lower() or 'default'}"
    written = run(f"CREATE TABLE {name} WITH (format = 'AVRO'{options}) AS SELECT * FROM avro")
    assert written["Status"]["State"] == "SUCCEEDED", written["Status"]
    run(f"INSERT INTO {name} SELECT * FROM avro")
    assert rows(f"SELECT * FROM {name}") == [AVRO_ROW, AVRO_ROW]


def test_avro_with_a_schema_of_its_own(rows, run, avro):
    schema = ('{"type":"record","name":"r","fields":[{"name":"renamed","aliases":["e"],"type":["null","string"]},'
              '{"name":"b","type":"long"},{"name":"added","type":"int","default":42}]}')
    run(f"""CREATE EXTERNAL TABLE evolved (renamed string, b bigint, added int)
            ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.avro.AvroSerDe'
            WITH SERDEPROPERTIES ('avro.schema.literal' = '{schema}') STORED AS AVRO LOCATION '{avro}'""")
    assert rows("SELECT * FROM evolved") == [("x", "2", "42")]


def test_what_is_no_avro(run, failure, put, avro):
    location = put("noavro/x.avro", "hello, world")
    run(f"CREATE EXTERNAL TABLE noavro (a int) STORED AS AVRO LOCATION '{location}'")
    assert failure("SELECT * FROM noavro").startswith("HIVE_CANNOT_OPEN_SPLIT: ")
    run(f"CREATE EXTERNAL TABLE wrong (e int) STORED AS AVRO LOCATION '{avro}'")
    assert failure("SELECT * FROM wrong").startswith("HIVE_BAD_DATA: ")


# ---- Partitions.

@pytest.fixture(scope="module")
def days(run, put):
    """Six partitions of one file of 14 bytes."""
    for day in ("2024-01-01", "2024-01-02", "2024-01-03"):
        for hour in ("00", "01"):
            put(f"days/dt={day}/hr={hour}/a.csv", f"{hour},{day}\n")
    location = put("days/_hidden/x.csv", "9,9\n").removesuffix("_hidden/")
    created = run(f"""CREATE EXTERNAL TABLE days (a int, b string) PARTITIONED BY (dt string, hr int)
                      ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION '{location}'""")
    assert created["Status"]["State"] == "SUCCEEDED", created["Status"]
    run("MSCK REPAIR TABLE days")
    return location


@pytest.mark.parametrize("condition, files", [
    ("dt = '2024-01-02'", 2), ("dt = '2024-01-02' AND hr = 1", 1), ("hr IN (0)", 3), ("dt > '2024-01-01' AND hr < 1", 2),
    ("dt LIKE '%-03'", 2), ("date(dt) BETWEEN date '2024-01-02' AND date '2024-01-03'", 4), ("substr(dt, 9) = '01' OR hr = 1", 4),
    ("dt = '1999-01-01'", 0), ("NOT (dt <> '2024-01-01')", 2), ("\"$path\" LIKE '%dt=2024-01-01/hr=00%'", 1),
    ("\"$partition\" = 'dt=2024-01-03/hr=1'", 1), ("a >= 0", 6),
])
def test_only_wanted_partitions_are_read(run, days, condition, files):
    execution = run(f"SELECT count(*) FROM days WHERE {condition}")
    assert execution["Status"]["State"] == "SUCCEEDED", execution["Status"]
    assert execution["Statistics"]["DataScannedInBytes"] == 14 * files


def test_conditions_pass_views_joins_and_subqueries(run, rows, days):
    run("CREATE OR REPLACE VIEW typed AS SELECT a, CAST(dt AS date) AS day FROM days")
    for query, files in [("SELECT count(*) FROM typed WHERE day = date '2024-01-02'", 2),
                         ("SELECT count(*) FROM days x JOIN days y ON x.dt = y.dt AND y.hr = 0 WHERE x.dt = '2024-01-01'", 4),
                         ("SELECT dt, count(*) FROM days GROUP BY dt HAVING dt = '2024-01-03'", 2),
                         ("SELECT 1 WHERE EXISTS (SELECT 1 FROM days WHERE dt = '2024-01-01' AND hr = 1)", 1),
                         ("WITH d AS (SELECT * FROM days) SELECT * FROM d WHERE hr = 1 AND dt = '2024-01-01'", 1)]:
        execution = run(query)
        assert execution["Status"]["State"] == "SUCCEEDED", execution["Status"]
        assert execution["Statistics"]["DataScannedInBytes"] <= 14 * files, query


def test_hidden_columns_and_partitions_table(rows, failure, days):
    assert rows("SELECT * FROM days WHERE hr = 1 AND dt = '2024-01-01'") == [("1", "2024-01-01", "2024-01-01", "1")]
    assert rows('SELECT "$path", "$file_size", "$partition" FROM days WHERE dt = \'2024-01-01\' AND hr = 0') == [
        (f"{days}dt=2024-01-01/hr=00/a.csv", "14", "dt=2024-01-01/hr=0")]
    modified = rows('SELECT DISTINCT "$file_modified_time" FROM days LIMIT 1')[0][0]
    assert re.fullmatch(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} UTC", modified)
    assert len(rows('SELECT * FROM "days$partitions"')) == 6
    assert rows('SELECT max(dt), min(hr) FROM "days$partitions"') == [("2024-01-03", "0")]
    assert "Column '$bucket' cannot be resolved" in failure('SELECT "$bucket" FROM days')


def test_a_partition_elsewhere(s3, rows, run, days, bucket):
    run(f"ALTER TABLE days ADD IF NOT EXISTS PARTITION (dt = '2024-02-01', hr = 5) LOCATION 's3://{bucket}/elsewhere/'")
    assert run("INSERT INTO days VALUES (5, 'five', '2024-02-01', 5)")["Status"]["State"] == "SUCCEEDED"
    assert len(keys(s3, bucket, "elsewhere/")) == 1
    assert rows("SELECT * FROM days WHERE dt = '2024-02-01'") == [("5", "five", "2024-02-01", "5")]
    run("ALTER TABLE days PARTITION (dt = '2024-02-01', hr = 5) RENAME TO PARTITION (dt = '2024-02-02', hr = 6)")
    assert rows("SELECT a, hr FROM days WHERE dt = '2024-02-02'") == [("5", "6")]
    run("ALTER TABLE days DROP PARTITION (dt >= '2024-02-01')")
    assert len(rows("SHOW PARTITIONS days")) == 6


def test_a_partition_of_another_format(server, rows, run, put, bucket):
    put("mixed/p=1/a.csv", "1,one\n")
    elsewhere = put("mixed/p=2/a.csv", "2|two\n")
    run(f"""CREATE EXTERNAL TABLE mixed (a int, b string) PARTITIONED BY (p int)
            ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://{bucket}/mixed/'""")
    run("ALTER TABLE mixed ADD PARTITION (p = 1)")
    glue = server.client("glue")
    storage = glue.get_table(DatabaseName="formats", Name="mixed")["Table"]["StorageDescriptor"]
    storage["Location"] = elsewhere
    storage["SerdeInfo"]["Parameters"] = {"field.delim": "|"}
    glue.create_partition(DatabaseName="formats", TableName="mixed",
                          PartitionInput={"Values": ["2"], "StorageDescriptor": storage})
    assert rows("SELECT * FROM mixed ORDER BY a") == [("1", "one", "1"), ("2", "two", "2")]
    storage["Columns"][0]["Type"] = "boolean"
    glue.create_partition(DatabaseName="formats", TableName="mixed",
                          PartitionInput={"Values": ["3"], "StorageDescriptor": storage})
    reason = run("SELECT * FROM mixed")["Status"]["StateChangeReason"]
    assert reason.startswith("HIVE_PARTITION_SCHEMA_MISMATCH: There is a mismatch between the table and partition schemas.")
    assert rows("SELECT a FROM mixed WHERE p < 3 ORDER BY 1") == [("1",), ("2",)]


def test_partition_projection(rows, run, failure, put, bucket):
    for day in ("2024/01/01", "2024/01/02", "2024/01/03"):
        for region in ("eu", "us"):
            put(f"projected/{region}/{day}/part.json", f'{{"v": "{region}{day[-1]}"}}\n')
    run(f"""CREATE EXTERNAL TABLE projected (v string) PARTITIONED BY (region string, day string)
            ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' LOCATION 's3://{bucket}/projected/'
            TBLPROPERTIES ('projection.enabled' = 'true', 'projection.region.type' = 'enum', 'projection.region.values' = 'eu,us',
              'projection.day.type' = 'date', 'projection.day.range' = '2024/01/01,2024/01/31', 'projection.day.format' = 'yyyy/MM/dd',
              'storage.location.template' = 's3://{bucket}/projected/${{region}}/${{day}}')""")
    assert rows("SELECT v FROM projected WHERE region = 'eu' AND day >= '2024/01/02' ORDER BY v") == [("eu2",), ("eu3",)]
    assert run("SELECT v FROM projected WHERE day = '2024/01/01'")["Statistics"]["DataScannedInBytes"] == 26
    assert rows("SELECT count(*) FROM projected") == [("6",)]
    put("injected/17/x.csv", "1\n")
    run(f"""CREATE EXTERNAL TABLE injected (a int) PARTITIONED BY (id string, n bigint) LOCATION 's3://{bucket}/injected/'
            TBLPROPERTIES ('projection.enabled' = 'true', 'projection.id.type' = 'injected', 'projection.n.type' = 'integer',
              'projection.n.range' = '0,9000000000000000000', 'storage.location.template' = 's3://{bucket}/injected/${{id}}')""")
    assert rows("SELECT * FROM injected WHERE id = '17' AND n = 5000000000") == [("1", "17", "5000000000")]
    assert rows("SELECT * FROM injected WHERE id IN ('17', '18') AND n = 1") == [("1", "17", "1")]
    assert failure("SELECT * FROM injected WHERE n = 1").startswith("CONSTRAINT_VIOLATION: For the injected projected")


# ---- What is written.

TRINO_NAME = r"\d{8}_\d{6}_\d{5}_[a-z0-9]{5}_[0-9a-f]{8}-[0-9a-f-]{27}"


@pytest.mark.parametrize("table_format, extension", [("PARQUET", ""), ("AVRO", ""), ("JSON", r"\.gz"), ("TEXTFILE", r"\.gz")])
def test_files_are_called_as_trino_calls_them(s3, rows, run, bucket, table_format, extension):
    name = f"named_{table_format.lower()}"
    created = run(f"CREATE TABLE {name} WITH (format = '{table_format}') AS SELECT 1 a, 'x' b")
    [key] = keys(s3, bucket, f"out/tables/{created['QueryExecutionId']}/")
    assert re.fullmatch(TRINO_NAME + extension, key.rsplit("/", 1)[1]), key
    assert rows(f"SELECT * FROM {name}") == [("1", "x")]


def test_nested_values_survive_text_and_json(rows, run):
    run("""CREATE TABLE source AS SELECT 1 a, ARRAY[1, NULL] b, MAP(ARRAY['x'], ARRAY[1]) c,
           CAST(ROW(1, 'y') AS ROW(p integer, q varchar)) d, TIMESTAMP '2024-02-03 04:05:06.789' e, DATE '2024-01-01' f, 1e10 g,
           DECIMAL '1.20' h, CAST(NULL AS varchar) j, 'a "b"' k""")
    expected = rows("SELECT * FROM source")
    for table_format in ("TEXTFILE", "JSON", "AVRO", "PARQUET"):
        run(f"CREATE TABLE copy_{table_format.lower()} WITH (format = '{table_format}') AS SELECT * FROM source")
        assert rows(f"SELECT * FROM copy_{table_format.lower()}") == expected, table_format


def test_buckets_are_hives(rows, run, failure):
    created = run("""CREATE TABLE bucketed WITH (bucketed_by = ARRAY['k'], bucket_count = 4, partitioned_by = ARRAY['p']) AS
                     SELECT x k, CAST(x AS varchar) s, x % 2 p FROM UNNEST(sequence(1, 20)) t (x)""")
    assert created["Status"]["State"] == "SUCCEEDED", created["Status"]
    assert rows('SELECT k, "$bucket" FROM bucketed ORDER BY k') == [(str(k), str(k % 4)) for k in range(1, 21)]
    run("""CREATE TABLE texts WITH (format = 'TEXTFILE', bucketed_by = ARRAY['s', 'd'], bucket_count = 3) AS
           SELECT CAST(x AS varchar) || 'abc' s, DOUBLE '1.5' * x d FROM UNNEST(sequence(1, 12)) t (x)""")
    assert dict(rows('SELECT s, "$bucket" FROM texts')) == {
        "10abc": "1", "11abc": "0", "12abc": "1", "1abc": "0", "2abc": "2", "3abc": "1", "4abc": "2", "5abc": "0", "6abc": "2",
        "7abc": "0", "8abc": "1", "9abc": "2"}
    assert failure("INSERT INTO bucketed VALUES (1, 'a', 1)").startswith("NOT_SUPPORTED: ")


@pytest.mark.parametrize("query, reason", [
    ("CREATE TABLE bad AS SELECT 1", "MISSING_COLUMN_NAME: line 1:1: Column name not specified at position 1"),
    ("CREATE TABLE bad AS SELECT 1 a, 2 a", "DUPLICATE_COLUMN_NAME: line 1:1: Column name 'a' specified more than once"),
    ("CREATE TABLE bad AS SELECT NULL a", "COLUMN_TYPE_UNKNOWN: line 1:1: Column type is unknown: a"),
    ("CREATE TABLE bad WITH (partitioned_by = ARRAY['z']) AS SELECT 1 a",
     "INVALID_TABLE_PROPERTY: Partition columns [z] not present in schema"),
    ("CREATE TABLE bad WITH (partitioned_by = ARRAY['a']) AS SELECT 1 a, 2 b",
     "HIVE_COLUMN_ORDER_MISMATCH: Partition keys must be the last columns in the table and in the same order as the table "
     "properties: [a]"),
    ("CREATE TABLE bad WITH (bucketed_by = ARRAY['a']) AS SELECT 1 a",
     "INVALID_TABLE_PROPERTY: bucketed_by and bucket_count must be specified together"),
    ("CREATE TABLE bad WITH (partitioned_by = ARRAY['p']) AS SELECT 1 a, x p FROM UNNEST(sequence(1, 101)) t (x)",
     "HIVE_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of 100 open writers for partitions/buckets"),
    ("SELECT * FROM nocatalog.d.t", "CATALOG_NOT_FOUND: line 1:15: Catalog 'nocatalog' not found"),
    ("SELECT * FROM nodatabase.t", "SCHEMA_NOT_FOUND: line 1:15: Schema 'nodatabase' does not exist"),
    ("INSERT INTO source (zz) VALUES 1", "COLUMN_NOT_FOUND: line 1:1: Insert column name does not exist in target table: zz"),
])
def test_refusals(failure, rows, run, query, reason):
    run("CREATE TABLE source AS SELECT 1 a")
    assert failure(query) == reason


def test_regex_serde(rows, run, failure, put):
    location = put("regex/a.log", '1.2.3.4 - [10/Oct/2000] "GET /a" 200 -\nnothing like it\n5.6.7.8 - [11/Oct/2000] "PUT /b" 404 17\n')
    run(f"""CREATE EXTERNAL TABLE access (ip string, day string, request string, status int, size bigint)
            ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'
            WITH SERDEPROPERTIES ('input.regex' = '^([^ ]*) - \\\\[([^\\\\]]*)\\\\] "([^"]*)" ([0-9]*) (-|[0-9]*)$')
            LOCATION '{location}'""")
    assert rows("SELECT * FROM access") == [("1.2.3.4", "10/Oct/2000", "GET /a", "200", None), (None,) * 5,
                                           ("5.6.7.8", "11/Oct/2000", "PUT /b", "404", "17")]
