"""Runs the Wikipedia job on owlet, a bare C++ program and other engines in turn, and reports what each of them costs.

usage: compare.py [--copies N]... [--form raw|gz]... [--engine NAME]... [--rounds N] [--report FILE] [--gate]

The job: infer the schema, count, filter to Parquet, group to Parquet. Inputs are copies of the edits, made below build/ and removed at
the end. Runs are interleaved: each round runs every engine once. Of owlet the server's own CPU seconds count, of the others those of their
process. Each answer is checked. `--gate` runs owlet and the bare program on 40 copies and fails when owlet costs more than it may.
"""

import argparse
import gzip
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
SAMPLE = ROOT / ".deps/wikipedia/wikiticker-2015-09-12-sampled.json.gz"
PEERS = ROOT / ".deps/peers"
BARE = ROOT / "build/bench/bench/bare_wikipedia"
OWLET = ROOT / "build/release/owlet"
PYTHON = ROOT / ".venv/bin/python"
EDITS, FILTERED, CHANNELS = 39_244, 528, 51
TICKS = os.sysconf("SC_CLK_TCK")
# What owlet may cost at most, in times of the bare program: the first job, and the same again.
GATE = {"owlet": 5.0, "owlet, again": 1.5}


class WrongAnswer(Exception):
    pass


def make_inputs(folder: pathlib.Path, copies: int, form: str) -> pathlib.Path:
    """A folder of hard links to one file: what is read is read from the page cache by every engine."""
    inputs = folder / f"{form}-{copies}"
    inputs.mkdir()
    first = inputs / f"edits-000.json{'.gz' if form == 'gz' else ''}"
    packed = SAMPLE.read_bytes()
    first.write_bytes(packed if form == "gz" else gzip.decompress(packed))
    for i in range(1, copies):
        os.link(first, inputs / first.name.replace("000", f"{i:03}"))
    return inputs


def run_process(command: list, environment: dict | None = None) -> tuple[str, dict]:
    """Its output, and what it and its children cost."""
    start = time.monotonic()
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen([str(part) for part in command], stdout=output, stderr=errors, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - start
        output.seek(0)
        errors.seek(0)
        if process.returncode != 0:
            raise WrongAnswer(f"{command[0]} ended with {process.returncode}: {errors.read().decode()[-500:]}")
        text = output.read().decode()
    return text, {"cpu": usage.ru_utime + usage.ru_stime, "wall": wall, "memory": usage.ru_maxrss * 1024}


def check(answer: dict, copies: int) -> None:
    expected = {"edits": EDITS * copies, "filtered": FILTERED * copies, "channels": CHANNELS}
    if answer != expected:
        raise WrongAnswer(f"{answer} instead of {expected}")


class Bare:
    name = "bare C++"

    def __init__(self, program: pathlib.Path):
        self.program = program

    def run(self, inputs: pathlib.Path, copies: int) -> dict:
        text, cost = run_process([self.program, *sorted(inputs.iterdir())])
        words = text.split()
        found = dict(zip(words[::2], words[1::2]))
        if int(found["rows"]) != EDITS * copies or int(found["channels"]) != CHANNELS:
            raise WrongAnswer(text)
        return {self.name: cost}

    def close(self) -> None:
        pass


class Peer:
    """An engine of peers.toml, in an interpreter of its own."""

    def __init__(self, name: str, facts: dict):
        self.name = facts["form"]
        self.job = ROOT / "bench/engines" / facts["job"]
        self.python = PEERS / name / "bin/python"
        stamp = PEERS / name / "owlet.stamp"
        wanted = "\n".join(facts["requirements"])
        if stamp.exists() and stamp.read_text() == wanted:
            return
        subprocess.run([sys.executable, "-m", "venv", "--clear", PEERS / name], check=True)
        subprocess.run([self.python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *facts["requirements"]], check=True)
        stamp.write_text(wanted)

    def run(self, inputs: pathlib.Path, copies: int) -> dict:
        with tempfile.TemporaryDirectory() as target:
            text, cost = run_process([self.python, self.job, inputs, target])
        check(json.loads(text.strip().splitlines()[-1]), copies)
        return {self.name: cost}

    def close(self) -> None:
        pass


class Owlet:
    """A server of its own for each input; the job runs twice: on objects that are new to it, and again."""

    name = "owlet"

    def __init__(self, program: pathlib.Path):
        self.program = program
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="owlet-bench-"))

    def run(self, inputs: pathlib.Path, copies: int) -> dict:
        data = self.folder / "data"
        log = open(self.folder / "log", "w")
        server = subprocess.Popen([self.program, "serve", "--data", data, "--listen", "127.0.0.1:0", "--spark-listen", "127.0.0.1:0",
                                   "--python", PYTHON, "--threads", "2"], stdout=log, stderr=log)
        try:
            facts = self.wait(data / "server.json")
            environment = os.environ | {"SPARK_REMOTE": self.remote(facts)}
            self.upload(facts, inputs)
            costs = {}
            for name in (self.name, f"{self.name}, again"):
                cpu, start = self.cpu(server.pid), time.monotonic()
                text, _ = run_process([PYTHON, ROOT / "bench/engines/pyspark_job.py", "s3://bench/in/", f"s3://bench/{len(costs)}"], environment)
                check(json.loads(text.strip().splitlines()[-1]), copies)
                costs[name] = {"cpu": self.cpu(server.pid) - cpu, "wall": time.monotonic() - start, "memory": self.peak(server.pid)}
            return costs
        finally:
            server.terminate()
            server.wait()
            shutil.rmtree(data, ignore_errors=True)

    @staticmethod
    def wait(file: pathlib.Path) -> dict:
        for _ in range(1500):
            if file.exists():
                return json.loads(file.read_text())
            time.sleep(0.02)
        raise WrongAnswer("owlet serve did not start")

    @staticmethod
    def remote(facts: dict) -> str:
        return "sc://" + facts["spark_address"]

    @staticmethod
    def upload(facts: dict, inputs: pathlib.Path) -> None:
        environment = os.environ | {"AWS_ACCESS_KEY_ID": facts["access_key_id"], "AWS_SECRET_ACCESS_KEY": facts["secret_access_key"],
                                    "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"}
        script = ("import boto3, pathlib, sys\n"
                  "s3 = boto3.client('s3', endpoint_url=sys.argv[1])\n"
                  "s3.create_bucket(Bucket='bench')\n"
                  "for file in sorted(pathlib.Path(sys.argv[2]).iterdir()): s3.upload_file(str(file), 'bench', 'in/' + file.name)\n")
        subprocess.run([PYTHON, "-c", script, "http://" + facts["address"], inputs], check=True, env=environment)

    @staticmethod
    def cpu(pid: int) -> float:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    @staticmethod
    def peak(pid: int) -> int:
        line = next(line for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def measure(engines: list, copies: int, form: str, rounds: int) -> dict:
    """By engine, what each round cost."""
    results: dict[str, list] = {}
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
        inputs = make_inputs(pathlib.Path(folder), copies, form)
        for _ in range(rounds):
            for engine in engines:
                try:
                    for name, cost in engine.run(inputs, copies).items():
                        results.setdefault(name, []).append(cost)
                except WrongAnswer as error:
                    print(f"{engine.name}: {error}", file=sys.stderr)
    return results


def table(results: dict) -> list[str]:
    base = statistics.median(cost["cpu"] for cost in results[Bare.name])
    lines = ["| engine | CPU s, median | least to most | times the bare program | wall s | peak MB |", "|---|---|---|---|---|---|"]
    for name, costs in sorted(results.items(), key=lambda item: statistics.median(cost["cpu"] for cost in item[1])):
        cpu = sorted(cost["cpu"] for cost in costs)
        middle = statistics.median(cpu)
        lines.append(f"| {name} | {middle:.2f} | {cpu[0]:.2f} to {cpu[-1]:.2f} | {middle / base:.1f} | "
                     f"{statistics.median(cost['wall'] for cost in costs):.1f} | {max(cost['memory'] for cost in costs) >> 20} |")
    return lines


def chart(results: dict, title: str) -> str:
    """Bars of the median CPU seconds, as SVG."""
    rows = sorted((statistics.median(cost["cpu"] for cost in costs), name) for name, costs in results.items())
    widest = max(value for value, _ in rows)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="720" height="{40 + 26 * len(rows)}" font-family="sans-serif" font-size="13">',
             f'<text x="8" y="20" font-weight="bold">{title}: CPU seconds</text>']
    for i, (value, name) in enumerate(rows):
        y = 34 + 26 * i
        fill = "#2f6f4f" if name.startswith("owlet") else "#888888" if name == Bare.name else "#b9c4d0"
        parts.append(f'<text x="8" y="{y + 14}">{name}</text>'
                     f'<rect x="240" y="{y}" width="{max(2, 400 * value / widest):.0f}" height="18" fill="{fill}"/>'
                     f'<text x="{246 + 400 * value / widest:.0f}" y="{y + 14}">{value:.2f}</text>')
    return "\n".join([*parts, "</svg>", ""])


def write_report(path: pathlib.Path, measured: dict, rounds: int) -> None:
    with open("/proc/loadavg") as load:
        busy = load.read().split()[0]
    lines = ["# Benchmarks", "",
             "Written by `./x bench peers` (`bench/compare.py`). The job: infer the schema of the Wikipedia edits, count, filter to Parquet, group to",
             "Parquet; each engine with two threads, each answer checked. Rounds are interleaved. Of owlet the server's CPU seconds count, the Python client",
             "apart; of the others those of their process. \"again\" is the same job once more on the same objects. The yardstick, `bench/bare_wikipedia.cc`,",
             "reads, finds three fields by simdjson and counts by channel: no inference, no Parquet.", "",
             f"This run: {rounds} rounds, {os.cpu_count()} cores, load average {busy} at its end. Where the machine was shared with other work, the walls say little and",
             "CPU seconds are higher than on a quiet one: compare within a table.", ""]
    for (form, copies), results in measured.items():
        name = f"benchmarks-{form}-{copies}.svg"
        (path.parent / name).write_text(chart(results, f"{copies} copies, {form}"))
        lines += [f"## {copies} copies, {form}", "", *table(results), "", f"![{copies} copies, {form}]({name})", ""]
    path.write_text("\n".join(lines))


def gate(bare: pathlib.Path, program: pathlib.Path, rounds: int) -> int:
    engines = [Bare(bare), Owlet(program)]
    results = measure(engines, 40, "raw", rounds)
    engines[1].close()
    base = statistics.median(cost["cpu"] for cost in results[Bare.name])
    failed = 0
    for name, most in GATE.items():
        times = statistics.median(cost["cpu"] for cost in results[name]) / base
        failed += times > most
        print(f"{name}: {times:.2f} times the bare program, at most {most}{'  TOO SLOW' if times > most else ''}")
    return 1 if failed else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--copies", type=int, action="append")
    parser.add_argument("--form", choices=["raw", "gz"], action="append")
    parser.add_argument("--engine", action="append", help="of peers.toml; all of them by default")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--report", type=pathlib.Path)
    parser.add_argument("--program", type=pathlib.Path, default=OWLET, help="the owlet to measure")
    parser.add_argument("--bare", type=pathlib.Path, default=BARE, help="the bare program")
    parser.add_argument("--gate", action="store_true")
    arguments = parser.parse_args()
    (ROOT / "build").mkdir(exist_ok=True)
    if arguments.gate:
        return gate(arguments.bare, arguments.program, arguments.rounds)
    peers = tomllib.loads((ROOT / "bench/peers.toml").read_text())
    wanted = arguments.engine or list(peers)
    engines = [Bare(arguments.bare), Owlet(arguments.program), *(Peer(name, peers[name]) for name in wanted)]
    measured = {}
    for form in arguments.form or ["raw", "gz"]:
        for copies in arguments.copies or [1, 40]:
            results = measure(engines, copies, form, arguments.rounds)
            measured[form, copies] = results
            print(f"\n{copies} copies, {form}\n" + "\n".join(table(results)), flush=True)
    for engine in engines:
        engine.close()
    if arguments.report:
        write_report(arguments.report, measured, arguments.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
