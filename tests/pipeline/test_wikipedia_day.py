"""The Wikipedia day end to end: design's numbers, through the doors that people use."""

import csv
import gzip
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXPECTED = (ROOT / "tests/pipeline/expected/main.stdout").read_text()


@pytest.fixture(scope="module")
def day(server, sample):
    """The sample and the script in a bucket, and the script run once as it is with `python`."""
    s3 = server.client("s3")
    s3.create_bucket(Bucket="wikipedia")
    s3.upload_file(str(sample), "wikipedia", f"input/{sample.name}")
    s3.upload_file(str(ROOT / "examples/wikipedia/main.py"), "wikipedia", "code/main.py")
    return server


def test_owlet_run_prints_what_spark_prints(day):
    done = subprocess.run(
        [ROOT / "build/release/owlet", "run", "--data", day.data, "--python", sys.executable,
         ROOT / "examples/wikipedia/main.py", "s3://wikipedia/input/", "s3://wikipedia/run/filtered/",
         "s3://wikipedia/run/channels/"],
        capture_output=True, text=True, env=day.environment())
    assert done.returncode == 0, done.stderr
    assert done.stdout == EXPECTED


def test_emr_step_runs_the_script(day):
    emr, s3 = day.client("emr"), day.client("s3")
    cluster = emr.run_job_flow(
        Name="wikipedia", ReleaseLabel="emr-7.9.0", LogUri="s3://wikipedia/logs/", JobFlowRole="EMR_EC2_DefaultRole",
        ServiceRole="EMR_DefaultRole", Instances={"InstanceCount": 1, "MasterInstanceType": "m5.xlarge",
                                                  "KeepJobFlowAliveWhenNoSteps": True},
        Steps=[{"Name": "edits", "ActionOnFailure": "CONTINUE", "HadoopJarStep": {
            "Jar": "command-runner.jar",
            "Args": ["spark-submit", "--deploy-mode", "cluster", "s3://wikipedia/code/main.py",
                     "s3://wikipedia/input/", "s3://wikipedia/output/filtered/", "s3://wikipedia/output/channels/"]}}],
    )["JobFlowId"]
    step = emr.list_steps(ClusterId=cluster)["Steps"][0]["Id"]
    emr.get_waiter("step_complete").wait(ClusterId=cluster, StepId=step,
                                         WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    for folder in ("filtered", "channels"):
        keys = [o["Key"] for o in s3.list_objects_v2(Bucket="wikipedia", Prefix=f"output/{folder}/")["Contents"]]
        assert any(key.endswith("/_SUCCESS") for key in keys), keys
        assert any(key.endswith(".snappy.parquet") for key in keys), keys
    log = s3.get_object(Bucket="wikipedia", Key=f"logs/{cluster}/steps/{step}/stdout.gz")["Body"].read()
    assert gzip.decompress(log).decode() == EXPECTED
    emr.terminate_job_flows(JobFlowIds=[cluster])


def sql(day, statement: str) -> list[list[str]]:
    """Rows of a statement, run by `owlet sql`, header first."""
    done = subprocess.run([ROOT / "build/release/owlet", "sql", "--data", day.data, "--format", "csv", statement],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return list(csv.reader(done.stdout.splitlines()))


def test_athena_over_the_output(day):
    """Needs the step's output."""
    for statement in (ROOT / "examples/wikipedia/tables.sql").read_text().split(";"):
        if statement.strip():
            sql(day, statement.replace("BUCKET", "wikipedia"))
    assert sql(day, "SELECT count(*) AS n FROM wikipedia.edits") == [["n"], ["528"]]
    assert sql(day, "SELECT count(*) AS n, sum(\"count\") AS s FROM wikipedia.channels") == [
        ["n", "s"], ["51", "39244"]]
    top = sql(day, (ROOT / "examples/wikipedia/queries.sql").read_text().split(";")[0])
    assert top == [["channel", "count"], ["#en.wikipedia", "11549"], ["#vi.wikipedia", "9747"],
                   ["#de.wikipedia", "2523"], ["#fr.wikipedia", "2099"], ["#ru.wikipedia", "1386"]]
