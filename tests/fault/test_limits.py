"""The server under a small memory limit and a full disk: what does not fit fails by the service's own error, the rest
goes on, and the room comes back."""

import os
import pathlib
import subprocess
import sys
import threading
import time

import botocore.exceptions
import pytest

SERIES = "(SELECT x FROM unnest(sequence(1, 2000)) a(x))"
EXHAUSTED = "EXCEEDED_LOCAL_MEMORY_LIMIT: Query exceeded per-node memory limit of "


def resident_mb(server) -> int:
    status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) // 1024


def peak_mb(server) -> int:
    status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


def run_script(server, folder, text):
    (folder / "script.py").write_text(text)
    return subprocess.run([sys.executable, folder / "script.py"], env=server.environment(), capture_output=True,
                          text=True, timeout=300)


class Athena:
    def __init__(self, server, bucket="results"):
        self.client, self.bucket = server.client("athena"), bucket

    def start(self, sql: str) -> str:
        return self.client.start_query_execution(
            QueryString=sql, ResultConfiguration={"OutputLocation": f"s3://{self.bucket}/"})["QueryExecutionId"]

    def wait(self, execution: str) -> dict:
        while True:
            status = self.client.get_query_execution(QueryExecutionId=execution)["QueryExecution"]["Status"]
            if status["State"] in ("SUCCEEDED", "FAILED", "CANCELLED"):
                return status
            time.sleep(0.01)

    def run(self, sql: str) -> dict:
        return self.wait(self.start(sql))

    def value(self, sql: str) -> str:
        execution = self.start(sql)
        assert self.wait(execution)["State"] == "SUCCEEDED"
        rows = self.client.get_query_results(QueryExecutionId=execution)["ResultSet"]["Rows"]
        return rows[1]["Data"][0]["VarCharValue"]


@pytest.fixture(scope="module")
def small(server_class, tmp_path_factory):
    """A server with 512 MB."""
    running = server_class(tmp_path_factory.mktemp("small"), "--memory-limit", "512MB")
    running.client("s3").create_bucket(Bucket="results")
    yield running
    assert running.stop() == 0


@pytest.mark.parametrize("sql", [
    f"SELECT max(length(rpad('x', 1000000, cast(x AS varchar)))) FROM {SERIES}",
    f"SELECT count(*) FROM (SELECT rpad('x', 1000000, cast(x AS varchar)) s FROM {SERIES}) GROUP BY s",
    "SELECT cardinality(array_agg(a.x)) FROM unnest(sequence(1, 9000)) a(x), unnest(sequence(1, 9000)) b(y)",
    f"SELECT cardinality(map_agg(cast(x AS varchar), rpad('x', 1000000, 'y'))) FROM {SERIES}",
    f"SELECT concat(rpad('x', 9000000, 'y'), rpad('x', 9000000, 'y'), cast(x AS varchar)) s FROM {SERIES} ORDER BY 1",
    f"SELECT max(length(regexp_replace(rpad(cast(x AS varchar), 100000, 'x'), 'x', '{'y' * 80}'))) FROM {SERIES}",
], ids=["rpad", "group", "array_agg", "map_agg", "sort", "replace"])
def test_a_query_that_takes_all_memory_fails_and_others_go_on(small, sql):
    athena = Athena(small)
    bomb = athena.start(sql)
    while athena.client.get_query_execution(QueryExecutionId=bomb)["QueryExecution"]["Status"]["State"] in ("QUEUED", "RUNNING"):
        assert athena.value("SELECT count(*) FROM unnest(sequence(1, 1000)) t(x)") == "1000"
    status = athena.wait(bomb)
    assert status["State"] == "FAILED" and status["StateChangeReason"].startswith(EXHAUSTED), status
    assert status["AthenaError"]["ErrorCategory"] == 1
    assert peak_mb(small) < 1000


@pytest.mark.parametrize("sql, rows", [
    ("SELECT a.x, b.y, rpad('x', 40, cast(a.x AS varchar)) s FROM unnest(sequence(1, 2000)) a(x),"
     " unnest(sequence(1, 2000)) b(y) ORDER BY (a.x * 7919 + b.y) % 10007, s", None),
    ("SELECT count(*) FROM (SELECT DISTINCT a.x * 9000 + b.y FROM unnest(sequence(1, 5000)) a(x),"
     " unnest(sequence(1, 4000)) b(y))", "20000000"),
], ids=["sort", "distinct"])
@pytest.mark.slow
def test_what_is_larger_than_memory_spills_and_cleans_up(small, sql, rows):
    athena = Athena(small)
    if rows is None:
        assert athena.run(sql)["State"] == "SUCCEEDED"
    else:
        assert athena.value(sql) == rows
    deadline = time.monotonic() + 30
    while [f for f in (small.data / "spill").rglob("*") if f.is_file()]:
        assert time.monotonic() < deadline, "the spill folder is not cleaned up"
        time.sleep(0.05)


def test_spark_meets_the_limit_with_sparks_error(small, tmp_path):
    script = """
from pyspark.sql import SparkSession
from pyspark.sql.functions import col, length, lit, max, repeat
spark = SparkSession.builder.getOrCreate()
try:
    spark.range(5000).select(max(length(repeat(col("id").cast("string"), 1000000)))).collect()
    print("no error")
except Exception as error:
    print(type(error).__name__, error.getCondition(), error.getSqlState())
print(spark.range(10).count())
"""
    done = run_script(small, tmp_path, script)
    assert done.stdout == "SparkException UNABLE_TO_ACQUIRE_MEMORY 53200\n10\n", done.stdout + done.stderr
    assert peak_mb(small) < 1000


def test_large_results_wait_in_files_for_slow_clients(small, tmp_path):
    """100 MB of rows, read by a client that does not hurry, while the replies' share of memory is 25 MB."""
    script = """
from pyspark.sql import SparkSession
from pyspark.sql.functions import col, length, lit, max, repeat
import time
spark = SparkSession.builder.getOrCreate()
rows = spark.range(100_000).select(col("id"), repeat(lit("x"), 1000).alias("s")).toLocalIterator()
first = next(rows)
time.sleep(1)
print(1 + sum(1 for _ in rows))
"""
    done = run_script(small, tmp_path, script)
    assert done.stdout == "100000\n", done.stderr


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 200 MB, where the test may make one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200m", "none", disk], capture_output=True).returncode != 0:
        pytest.skip("making a disk of a test's own needs the right to mount")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def test_a_full_disk_refuses_writes_and_gets_its_room_back(server_class, small_disk):
    server = server_class(small_disk)
    try:
        s3 = server.client("s3")
        s3.create_bucket(Bucket="results")
        body = os.urandom(10 << 20)
        for round in range(3):
            kept = []
            with pytest.raises(botocore.exceptions.ClientError) as refused:
                for n in range(100):
                    s3.put_object(Bucket="results", Key=f"k{n}", Body=body)
                    kept.append(f"k{n}")
            assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] >= 500
            assert len(kept) >= 5
            for key in kept:
                assert s3.get_object(Bucket="results", Key=key)["Body"].read() == body
            athena = Athena(server)
            big = athena.run("SELECT rpad('x', 1000, cast(x AS varchar)) FROM unnest(sequence(1, 9000)) a(x),"
                             " unnest(sequence(1, 10)) b(y)")
            assert big["State"] == "FAILED", big
            assert any(text in big["StateChangeReason"] for text in ("disk is full", "No space left on device")), big
            for key in kept:
                s3.delete_object(Bucket="results", Key=key)
            assert athena.value("SELECT 41 + 1") == "42"
        assert server.stop() == 0
    finally:
        if server.process.poll() is None:
            server.kill()


def test_many_at_once(new_server, tmp_path):
    """20 Athena queries beside 4 Spark sessions beside uploads."""
    server = new_server()
    server.client("s3").create_bucket(Bucket="results")
    script = tmp_path / "session.py"
    script.write_text("""
import sys
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
for n in range(3):
    spark.range(100_000).write.mode("overwrite").parquet(f"s3://results/spark-{sys.argv[1]}")
    assert spark.read.parquet(f"s3://results/spark-{sys.argv[1]}").count() == 100_000
""")
    sessions = [subprocess.Popen([sys.executable, script, str(n)], env=server.environment(), stderr=subprocess.PIPE)
                for n in range(4)]
    wrong = []

    def guard(work):
        def run():
            try:
                work()
            except Exception as error:
                wrong.append(error)
        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def query(n):
        athena = Athena(server)
        assert athena.value(f"SELECT sum(x * {n}) FROM unnest(sequence(1, 5000)) a(x)") == str(n * 5000 * 5001 // 2)

    def upload(n):
        s3 = server.client("s3")
        for i in range(5):
            body = os.urandom(1 << 20)
            s3.put_object(Bucket="results", Key=f"u{n}", Body=body)
            assert s3.get_object(Bucket="results", Key=f"u{n}")["Body"].read() == body

    threads = [guard(lambda n=n: query(n)) for n in range(1, 21)] + [guard(lambda n=n: upload(n)) for n in range(4)]
    for thread in threads:
        thread.join()
    assert not wrong
    for session in sessions:
        assert session.wait(timeout=300) == 0, session.stderr.read().decode()[-2000:]


@pytest.mark.slow
def test_memory_stays_flat_over_many_small_jobs(new_server):
    server = new_server()
    server.client("s3").create_bucket(Bucket="results")
    athena = Athena(server)
    for _ in range(100):
        athena.run("SELECT count(*) FROM unnest(sequence(1, 1000)) a(x)")
    before = resident_mb(server)
    for _ in range(300):
        athena.run("SELECT count(*) FROM unnest(sequence(1, 1000)) a(x)")
    assert resident_mb(server) < before + 50
