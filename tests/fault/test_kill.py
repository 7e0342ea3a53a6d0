"""kill -9 of the server while it works: what was acknowledged is there afterwards, what was not is not there by halves,
and nothing of the killed server goes on."""

import io
import os
import pathlib
import random
import subprocess
import sys
import threading
import time

import pyarrow.parquet
import pytest

ROWS = 20_000

WRITER = """
import sys
from pyspark.sql import SparkSession
from pyspark.sql.functions import lit
spark = SparkSession.builder.getOrCreate()
for n in range(1, 10_000):
    spark.range(0, %d, 1, 4).withColumn("round", lit(n)).write.mode("overwrite").parquet("s3://lake/out")
    print(n, flush=True)
""" % ROWS


def folder_rounds(s3) -> tuple[set[int], int]:
    """The rounds that the output's rows are of, and how many rows there are."""
    keys = [o["Key"] for o in s3.list_objects_v2(Bucket="lake", Prefix="out/").get("Contents", [])]
    if not keys:
        return set(), 0
    assert "out/_SUCCESS" in keys
    rounds, rows = set(), 0
    for key in keys:
        if key.endswith(".parquet"):
            table = pyarrow.parquet.read_table(io.BytesIO(s3.get_object(Bucket="lake", Key=key)["Body"].read()))
            rounds |= set(table["round"].to_pylist())
            rows += table.num_rows
    return rounds, rows


def run_script(server, tmp_path, text):
    script = tmp_path / "script.py"
    script.write_text(text)
    return subprocess.Popen([sys.executable, script], env=server.environment(), stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL, text=True)


def test_an_overwritten_folder_is_the_old_one_or_the_new_one(new_server, tmp_path):
    server = new_server()
    server.client("s3").create_bucket(Bucket="lake")
    chance = random.Random(20151209)
    for _ in range(int(os.environ.get("OWLET_FAULT_ROUNDS", "4"))):
        script = run_script(server, tmp_path, WRITER)
        acknowledged = 0
        for _ in range(chance.randrange(1, 6)):
            acknowledged = int(script.stdout.readline())
        time.sleep(chance.random() * 0.1)
        server.kill()
        script.kill()  # it would try again for minutes
        acknowledged = max([acknowledged] + [int(line) for line in script.communicate()[0].split()])
        server.start()
        rounds, rows = folder_rounds(server.client("s3"))
        assert rows == ROWS and len(rounds) == 1, (rounds, rows)
        assert rounds.pop() in (acknowledged, acknowledged + 1)


def processes_of(folder: pathlib.Path) -> list[str]:
    """Command lines of the processes that work in the folder or were started with it."""
    found = []
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            where = os.readlink(process / "cwd")
        except OSError:
            continue
        if where.startswith(str(folder)) or (str(folder) in line and "launcher" in line):
            found.append(line)
    return found


def wait_until(condition, what):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def test_what_ran_when_the_server_was_killed_is_failed_and_gone(new_server):
    server = new_server()
    s3, athena, emr = (server.client(name) for name in ("s3", "athena", "emr"))
    s3.create_bucket(Bucket="lake")
    s3.put_object(Bucket="lake", Key="sleep.py", Body=b"import time\nprint('here', flush=True)\ntime.sleep(600)\n")
    cluster = emr.run_job_flow(
        Name="c", ReleaseLabel="emr-7.9.0", Applications=[{"Name": "Spark"}], JobFlowRole="EMR_EC2_DefaultRole",
        ServiceRole="EMR_DefaultRole", Instances={"InstanceCount": 1, "MasterInstanceType": "m5.xlarge",
                                                  "KeepJobFlowAliveWhenNoSteps": True},
        Steps=[{"Name": "s", "ActionOnFailure": "CONTINUE", "HadoopJarStep": {
            "Jar": "command-runner.jar", "Args": ["spark-submit", "s3://lake/sleep.py"]}}])["JobFlowId"]
    step = lambda: emr.list_steps(ClusterId=cluster)["Steps"][0]["Status"]["State"]
    query = athena.start_query_execution(
        QueryString="SELECT count(*) FROM unnest(sequence(1, 9000)) a(x), unnest(sequence(1, 9000)) b(y),"
                    " unnest(sequence(1, 9000)) c(z) WHERE x * y * z % 7 = 3",
        ResultConfiguration={"OutputLocation": "s3://lake/athena/"})["QueryExecutionId"]
    state = lambda: athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]["State"]
    wait_until(lambda: step() == "RUNNING" and state() == "RUNNING" and processes_of(server.data / "work"),
               "the step and the query run")
    server.kill()
    wait_until(lambda: not processes_of(server.data / "work"), "no process of the step is left")
    server.start()
    athena, emr = server.client("athena"), server.client("emr")
    assert state() == "FAILED"
    assert step() in ("FAILED", "INTERRUPTED", "CANCELLED")
    assert not list((server.data / "spill").rglob("*"))
    assert not list((server.data / "work/steps").glob("*/*"))
    assert "Contents" not in server.client("s3").list_objects_v2(Bucket="lake", Prefix="athena/")


def test_ctas_and_insert_are_there_whole_or_not_at_all(new_server):
    server = new_server()
    server.client("s3").create_bucket(Bucket="lake")

    def run(sql):
        athena = server.client("athena")
        execution = athena.start_query_execution(
            QueryString=sql, ResultConfiguration={"OutputLocation": "s3://lake/athena/"})["QueryExecutionId"]
        while True:
            status = athena.get_query_execution(QueryExecutionId=execution)["QueryExecution"]["Status"]
            if status["State"] in ("SUCCEEDED", "FAILED", "CANCELLED"):
                assert status["State"] == "SUCCEEDED", status
                results = athena.get_query_results(QueryExecutionId=execution)["ResultSet"]["Rows"]
                return [[c.get("VarCharValue") for c in row["Data"]] for row in results]
            time.sleep(0.01)

    run("CREATE DATABASE d LOCATION 's3://lake/d/'")
    run("CREATE TABLE d.t WITH (format = 'PARQUET') AS SELECT x, 0 AS round FROM unnest(sequence(1, 1000)) a(x)")
    chance = random.Random(4)
    done = 0
    for attempt in range(3):
        acknowledged = []

        def work():
            try:
                for n in range(1, 10_000):
                    run(f"INSERT INTO d.t SELECT x, {n} FROM unnest(sequence(1, 1000)) a(x)")
                    acknowledged.append(n)
            except Exception:  # the server is gone
                pass

        worker = threading.Thread(target=work)
        worker.start()
        wait_until(lambda: len(acknowledged) >= 2, "two inserts")
        time.sleep(chance.random() * 0.05)
        server.kill()
        worker.join()
        server.start()
        count = int(run("SELECT count(*) FROM d.t")[1][0])
        before = 1000 * (1 + done)
        assert count in (before + 1000 * len(acknowledged), before + 1000 * (len(acknowledged) + 1))
        done = count // 1000 - 1


@pytest.mark.parametrize("round", range(3))
def test_copies_deletes_and_completed_uploads_are_whole(new_server, round):
    server = new_server()
    s3 = server.client("s3")
    s3.create_bucket(Bucket="lake")
    part = b"p" * (5 << 20)
    s3.put_object(Bucket="lake", Key="source", Body=part)
    completed = []

    def work():
        try:
            for n in range(10_000):
                upload = s3.create_multipart_upload(Bucket="lake", Key=f"m{n}")["UploadId"]
                etags = [s3.upload_part(Bucket="lake", Key=f"m{n}", UploadId=upload, PartNumber=i, Body=body)["ETag"]
                         for i, body in ((1, part), (2, b"end"))]
                s3.complete_multipart_upload(
                    Bucket="lake", Key=f"m{n}", UploadId=upload, MultipartUpload={
                        "Parts": [{"PartNumber": i, "ETag": e} for i, e in enumerate(etags, 1)]})
                s3.copy_object(Bucket="lake", Key=f"c{n}", CopySource={"Bucket": "lake", "Key": f"m{n}"})
                s3.delete_object(Bucket="lake", Key=f"m{n}")
                completed.append(n)
        except Exception:  # the server is gone
            pass

    worker = threading.Thread(target=work)
    worker.start()
    wait_until(lambda: len(completed) >= 1 + round, "some rounds")
    time.sleep(random.Random(round).random() * 0.05)
    server.kill()
    worker.join()
    server.start()
    s3 = server.client("s3")
    for n in completed:
        assert s3.get_object(Bucket="lake", Key=f"c{n}")["Body"].read() == part + b"end"
    keys = {o["Key"]: o["Size"] for o in s3.list_objects_v2(Bucket="lake")["Contents"]}
    assert set(keys) - {"source", *(f"c{n}" for n in completed)} <= {f"m{len(completed)}", f"c{len(completed)}"}
    for key in keys:
        assert len(s3.get_object(Bucket="lake", Key=key)["Body"].read()) == keys[key]
