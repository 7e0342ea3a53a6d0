"""The Wikipedia day, end to end, with the real AWS CLI: what `./x run` shows.

usage: wikipedia_day.py [--data DIR] [--stop]

Starts `owlet serve` on a new data folder and free ports, puts the sample and the script into S3, runs
the script as a step of an EMR cluster, puts tables over its output with Athena and queries them. Each
command is printed before it runs, with what came back. The server runs on at the end, for whoever wants
to look around, until the next day begins; --stop ends it. Exit status 1 names the stage that failed.
"""

import argparse
import gzip
import json
import os
import pathlib
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SAMPLE = ROOT / ".deps/wikipedia/wikiticker-2015-09-12-sampled.json.gz"
EXAMPLE = ROOT / "examples/wikipedia"
FOLDER = ROOT / "build/wikipedia-day"  # of the default data folder: one day at a time is kept
BUCKET = "wikipedia-day"


class StageError(Exception):
    pass


class Server:
    """`owlet serve` on free ports, with its addresses and keys read from server.json."""

    def __init__(self, data: pathlib.Path):
        self.data = data
        program = ROOT / "build/release/owlet"
        self.log = open(f"{data}.log", "w")
        command = [str(program), "serve", "--data", str(data), "--listen", "127.0.0.1:0",
                   "--spark-listen", "127.0.0.1:0", "--python", sys.executable]
        show(command)
        # Nothing of this program's: who reads its output to the end must not wait for the server.
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
                                        start_new_session=True)
        self.facts = self.wait()

    def wait(self) -> dict:
        file = self.data / "server.json"
        for _ in range(300):
            if file.exists():
                return json.loads(file.read_text())
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        last = pathlib.Path(self.log.name).read_text().strip().splitlines()[-1:] or ["it said nothing"]
        raise StageError(f"owlet serve did not start: {last[0]}")

    def environment(self) -> dict[str, str]:
        facts = self.facts
        keep = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        return keep | {
            "AWS_ENDPOINT_URL": f"http://{facts['address']}",
            "AWS_ACCESS_KEY_ID": facts["access_key_id"],
            "AWS_SECRET_ACCESS_KEY": facts["secret_access_key"],
            "AWS_DEFAULT_REGION": facts["region"],
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_PAGER": "",
        }

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()


def end_day_before(data: pathlib.Path) -> None:
    """Stops the server that the day before left running on this folder, if it did; then removes its data."""
    try:
        pid = json.loads((data / "server.json").read_text())["pid"]
        ours = str(data).encode() in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError, KeyError):
        ours = False
    if ours:
        print(f"stopping the server of the day before (process {pid})", flush=True)
        os.kill(pid, signal.SIGTERM)
        for _ in range(400):
            if not pathlib.Path(f"/proc/{pid}").exists():
                break
            time.sleep(0.05)
        else:
            os.kill(pid, signal.SIGKILL)
    shutil.rmtree(data, ignore_errors=True)


def show(command: list[str]) -> None:
    print(f"\n\033[1m$ {shlex.join(command)}\033[0m" if sys.stdout.isatty() else f"\n$ {shlex.join(command)}",
          flush=True)


class Day:
    def __init__(self, server: Server):
        self.server = server
        self.environment = server.environment()
        self.seconds: dict[str, float] = {}
        self.bytes_scanned = 0
        self.rows_out: dict[str, int] = {}

    def aws(self, *arguments: str, quiet: bool = False) -> str:
        show(["aws", *arguments])
        program = str(pathlib.Path(sys.executable).parent / "aws")
        done = subprocess.run([sys.executable, program, *arguments], env=self.environment,
                              capture_output=True, text=True)
        if done.returncode != 0:
            raise StageError(f"`aws {' '.join(arguments[:2])}` failed: {done.stderr.strip()}")
        if not quiet:
            print(done.stdout.rstrip(), flush=True)
        return done.stdout

    def aws_json(self, *arguments: str) -> dict:
        return json.loads(self.aws(*arguments, "--output", "json"))

    def stage(self, name: str, work) -> None:
        started = time.monotonic()
        work()
        self.seconds[name] = time.monotonic() - started

    # ---- the stages

    def upload(self) -> None:
        self.aws("s3", "mb", f"s3://{BUCKET}")
        self.aws("s3", "cp", "--no-progress", str(SAMPLE.relative_to(ROOT)), f"s3://{BUCKET}/input/")
        self.aws("s3", "cp", "--no-progress", "examples/wikipedia/main.py", f"s3://{BUCKET}/code/main.py")

    def spark(self) -> None:
        self.aws("emr", "create-default-roles")
        step = ",".join([
            "Type=Spark", "Name=edits", "ActionOnFailure=CONTINUE",
            f"Args=[s3://{BUCKET}/code/main.py,s3://{BUCKET}/input/,s3://{BUCKET}/output/filtered/,"
            f"s3://{BUCKET}/output/channels/]"])
        cluster = self.aws_json("emr", "create-cluster", "--name", "wikipedia", "--release-label", "emr-7.9.0",
                                "--applications", "Name=Spark", "--use-default-roles",
                                "--instance-type", "m5.xlarge", "--instance-count", "1",
                                "--log-uri", f"s3://{BUCKET}/logs/", "--steps", step)["ClusterId"]
        step_id = self.aws_json("emr", "list-steps", "--cluster-id", cluster)["Steps"][0]["Id"]
        try:
            self.aws("emr", "wait", "step-complete", "--cluster-id", cluster, "--step-id", step_id)
        finally:
            log = f"s3://{BUCKET}/logs/{cluster}/steps/{step_id}"
            self.aws("s3", "ls", f"s3://{BUCKET}/output/filtered/")
            self.aws("s3", "ls", f"s3://{BUCKET}/output/channels/")
            self.print_log(f"{log}/stdout.gz")
        self.aws("emr", "terminate-clusters", "--cluster-ids", cluster)

    def print_log(self, address: str) -> None:
        with tempfile.TemporaryDirectory() as folder:
            target = f"{folder}/log.gz"
            self.aws("s3", "cp", "--no-progress", address, target)
            show(["gunzip", "--stdout", "log.gz"])
            subprocess.run(["gunzip", "--stdout", target], check=True)

    def athena(self) -> None:
        for statement in statements(EXAMPLE / "tables.sql"):
            self.query(statement.replace("BUCKET", BUCKET))
        for statement in statements(EXAMPLE / "queries.sql"):
            self.query(statement)
        for table in ("edits", "channels"):
            rows = self.query(f"SELECT count(*) AS {table} FROM wikipedia.{table}")
            self.rows_out[table] = int(rows[1][0])

    def query(self, statement: str) -> list[list[str]]:
        """Runs one statement to its end; prints and gives back the rows of a SELECT, header first."""
        query = self.aws_json("athena", "start-query-execution", "--query-string", statement,
                              "--result-configuration", f"OutputLocation=s3://{BUCKET}/athena/")["QueryExecutionId"]
        while True:
            answer = subprocess.run(
                [sys.executable, str(pathlib.Path(sys.executable).parent / "aws"), "athena", "get-query-execution",
                 "--query-execution-id", query, "--output", "json"],
                env=self.environment, capture_output=True, text=True)
            if answer.returncode != 0:
                raise StageError(answer.stderr.strip())
            execution = json.loads(answer.stdout)["QueryExecution"]
            state = execution["Status"]["State"]
            if state == "SUCCEEDED":
                break
            if state in ("FAILED", "CANCELLED"):
                raise StageError(f"the query {state}: {execution['Status'].get('StateChangeReason')}\n{statement}")
            time.sleep(0.05)
        scanned = execution["Statistics"].get("DataScannedInBytes", 0)
        self.bytes_scanned += scanned
        if execution["StatementType"] != "DML":
            return []
        rows = json.loads(self.aws("athena", "get-query-results", "--query-execution-id", query, "--output", "json",
                                   quiet=True))["ResultSet"]["Rows"]
        table = [[cell.get("VarCharValue", "") for cell in row["Data"]] for row in rows]
        print_table(table)
        print(f"({len(table) - 1} rows, {scanned:,} bytes scanned)", flush=True)
        return table


def statements(file: pathlib.Path) -> list[str]:
    return [text.strip() for text in file.read_text().split(";") if text.strip()]


def print_table(rows: list[list[str]]) -> None:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for number, row in enumerate(rows):
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
        if number == 0:
            print("  ".join("-" * width for width in widths))


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--data", type=pathlib.Path,
                           help=f"a new data folder (default: {FOLDER.relative_to(ROOT)}/data, made anew)")
    arguments.add_argument("--stop", action="store_true", help="stop the server at the end")
    options = arguments.parse_args()
    if options.data is None:
        data = FOLDER / "data"
        end_day_before(data)
    else:
        data = options.data.resolve()
        if data.is_dir() and any(data.iterdir()):
            arguments.error(f"--data: {data} holds something already; name a new folder")
    data.parent.mkdir(parents=True, exist_ok=True)
    os.chdir(ROOT)
    started = time.monotonic()
    server = None
    try:
        server = Server(data)
        day = Day(server)
        day.seconds["start"] = time.monotonic() - started
        day.stage("S3 upload", day.upload)
        day.stage("EMR step", day.spark)
        day.stage("Athena", day.athena)
    except StageError as error:
        print(f"\nwikipedia day: {error}", file=sys.stderr)
        if server is not None:
            server.stop()
        return 1
    with gzip.open(SAMPLE) as lines:
        rows_in = sum(1 for _ in lines)
    print(f"\nThe Wikipedia day: {rows_in:,} edits in; {day.rows_out['edits']:,} edits and "
          f"{day.rows_out['channels']:,} channels out.")
    for name, seconds in day.seconds.items():
        print(f"  {name:<10} {seconds:6.2f} s")
    print(f"  Athena scanned {day.bytes_scanned:,} bytes.")
    restart = f"build/release/owlet serve --data {data}"
    if options.stop:
        server.stop()
        print(f"The server has stopped. Start it again with: {restart}")
        return 0
    facts = server.facts
    print(f"The server runs on at http://{facts['address']} (Spark Connect: sc://{facts['spark_address']}).\n"
          f"  use it:  export AWS_ENDPOINT_URL=http://{facts['address']} AWS_DEFAULT_REGION={facts['region']} "
          f"AWS_ACCESS_KEY_ID={facts['access_key_id']} AWS_SECRET_ACCESS_KEY={facts['secret_access_key']}\n"
          f"  stop it: kill {facts['pid']}\n"
          f"  start it again: {restart}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
