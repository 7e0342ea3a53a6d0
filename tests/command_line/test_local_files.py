"""file:// paths: a script of `owlet run` reads and writes its user's own files, and nobody else's script does."""

import json
import pathlib
import subprocess
import sys

import pytest
from pyspark.sql import SparkSession

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "build/release/owlet"

SCRIPT = """
import sys
from pyspark.sql import SparkSession, functions as F
folder = sys.argv[1]
spark = SparkSession.builder.appName("files").getOrCreate()
people = spark.read.json(f"file://{folder}/in/*.json")
people.printSchema()
print(people.count(), people.agg(F.sum("age")).collect()[0][0])
people.write.partitionBy("city").parquet(f"file://{folder}/out")
print(spark.read.parquet(f"file:{folder}/out").where("city = 'Bonn'").count())
people.where("age > 30").write.mode("overwrite").csv(f"file://{folder}/out", header=True)
try:
    people.write.json(f"file://{folder}/out")
except Exception as error:
    print(error.getCondition())
try:
    spark.read.text(f"file://{folder}/none").show()
except Exception as error:
    print(error.getCondition())
"""


@pytest.fixture
def people(tmp_path):
    folder = tmp_path / "files"
    (folder / "in").mkdir(parents=True)
    for name, rows in {"a": [("Ann", 41, "Bonn"), ("Bo", 7, "Rome")], "b": [("Cy", 33, "Bonn")]}.items():
        (folder / f"in/{name}.json").write_text(
            "".join(json.dumps({"name": n, "age": a, "city": c}) + "\n" for n, a, c in rows))
    return folder


def test_a_script_of_the_command_line_reads_and_writes_files(tmp_path, people):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    done = subprocess.run(
        [PROGRAM, "run", "--data", tmp_path / "data", "--python", sys.executable, script, people],
        capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == (
        "root |-- age: long (nullable = true) |-- city: string (nullable = true) |-- name: string (nullable = true) "
        "3 81 2 PATH_ALREADY_EXISTS PATH_NOT_FOUND").split()
    written = sorted(path.name for path in (people / "out").rglob("*"))
    assert len(written) == 2 and written[0] == "_SUCCESS" and written[1].endswith(".csv")  # Parquet is gone
    lines = (people / "out" / written[1]).read_text().splitlines()
    assert lines[0] == "age,city,name" and sorted(lines[1:]) == ["33,Bonn,Cy", "41,Bonn,Ann"]


def test_an_ordinary_client_sees_no_files(server, people):
    spark = SparkSession.builder.remote(server.spark_remote).create()
    for attempt in (lambda: spark.read.json(f"file://{people}/in").count(),
                    lambda: spark.range(1).write.parquet(f"file://{people}/out")):
        with pytest.raises(Exception, match="file:// paths are for scripts of `owlet run`"):
            attempt()
    assert not (people / "out").exists()
    spark.stop()
