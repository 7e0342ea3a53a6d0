#!/usr/bin/env python3
"""Server CPU per request of owlet's S3 and of versitygw's, in one run, the two taking turns.

    ./x bench s3 [--rounds 3] [--seconds 4] [--versitygw PATH]

Load comes from wrk (Debian) over 64 connections with presigned URLs, which cost the client nothing to sign; what counts
is the CPU time of the server's process (user and system) per answered request, so that other work on the machine matters
little. PUTs are synced by owlet before they are acknowledged; versitygw leaves that to the file system. LIST pages through
1,000 keys. The last figure is the resident memory while 1,000 connections are open and ask.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

import boto3
from botocore.config import Config

ROOT = pathlib.Path(__file__).resolve().parents[1]
VERSITYGW = "github.com/versity/versitygw/cmd/versitygw@v1.8.0"
KEYS = ("benchkey", "benchsecret0000000000000000000000000000")
PUT_KEYS = 256
CONNECTIONS = 64
TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Server:
    """One server on a data folder of its own."""

    def __init__(self, name, command, folder, environment):
        self.name = name
        self.port = free_port()
        folder.mkdir()
        self.process = subprocess.Popen(
            [part.format(port=self.port, data=folder) for part in command], env=os.environ | environment,
            stdout=subprocess.DEVNULL, stderr=open(folder.with_suffix(".log"), "w"))
        self.s3 = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{self.port}", aws_access_key_id=KEYS[0],
                               aws_secret_access_key=KEYS[1], region_name="us-east-1",
                               config=Config(signature_version="s3v4", s3={"addressing_style": "path"},
                                             retries={"max_attempts": 0}))
        deadline = time.monotonic() + 30
        while True:
            try:
                self.s3.create_bucket(Bucket="bench")
                break
            except Exception:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise
                time.sleep(0.1)

    def fill(self):
        for i in range(1000):
            self.s3.put_object(Bucket="bench", Key=f"list/{i:04}", Body=b"x" * 100)
        self.s3.put_object(Bucket="bench", Key="1k", Body=os.urandom(1 << 10))
        self.s3.put_object(Bucket="bench", Key="64m", Body=os.urandom(64 << 20))

    def cpu(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def resident_mb(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024

    def urls(self, operation, **parameters):
        keys = [f"put/{i}" for i in range(PUT_KEYS)] if operation == "put_object" else [None]
        return [self.s3.generate_presigned_url(
            operation, {"Bucket": "bench", **parameters, **({"Key": key} if key else {})}, ExpiresIn=86400) for key in keys]


SCRIPT = """
local paths = {%s}
local body = %s
local next_path = 0
request = function()
  next_path = next_path %% #paths + 1
  return wrk.format(%s, paths[next_path], nil, body)
end
done = function(summary, latency, requests)
  io.write(string.format("RESULT %%d %%d %%d %%.0f\\n", summary.requests, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout, summary.bytes))
end
"""


def drive(server, urls, seconds, connections=CONNECTIONS, put_bytes=None, get_bytes=None):
    """(requests, CPU seconds, resident MB in the middle); ends the run when a request fails. Of bodies of `get_bytes`
    those count too that were under way at the end."""
    paths = ", ".join(json.dumps(url.removeprefix(f"http://127.0.0.1:{server.port}")) for url in urls)
    body = "nil" if put_bytes is None else f'string.rep("x", {put_bytes})'
    method = '"GET"' if put_bytes is None else '"PUT"'
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(SCRIPT % (paths, body, method))
        script.flush()
        before = server.cpu()
        wrk = subprocess.Popen(["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--timeout", "60s", "-s", script.name,
                                f"http://127.0.0.1:{server.port}"], stdout=subprocess.PIPE, text=True)
        time.sleep(seconds / 2)
        resident = server.resident_mb()
        output = wrk.communicate()[0]
    requests, refused, broken, received = map(int, re.search(r"RESULT (\d+) (\d+) (\d+) (\d+)", output).groups())
    if get_bytes:
        requests = received / get_bytes
    if refused or broken or requests == 0:
        sys.exit(f"{server.name}: {refused} requests were refused, {broken} broke off\n{output}")
    return requests, server.cpu() - before, resident


CASES = [
    ("GET 1 KiB", "get_object", {"Key": "1k"}, {}),
    ("PUT 1 KiB", "put_object", {}, {"put_bytes": 1 << 10}),
    ("LIST 1,000", "list_objects_v2", {"Prefix": "list/", "MaxKeys": 1000}, {"connections": 8}),
    ("GET 64 MiB", "get_object", {"Key": "64m"}, {"get_bytes": 64 << 20, "connections": 8}),
    ("PUT 1 MiB", "put_object", {}, {"put_bytes": 1 << 20, "connections": 16}),
]


def find_versitygw(given):
    if given:
        return given
    folder = ROOT / ".deps/bin"
    if not (folder / "versitygw").exists():
        print(f"building {VERSITYGW}", file=sys.stderr)
        subprocess.run(["go", "install", VERSITYGW], env=os.environ | {"GOBIN": str(folder)}, check=True)
    return str(folder / "versitygw")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--owlet", default=str(ROOT / "build/release/owlet"))
    parser.add_argument("--versitygw")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=4)
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("wrk is needed: apt-get install wrk")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="owlet-bench-"))
    servers = []
    try:
        servers = [
            Server("owlet", [options.owlet, "serve", "--data", "{data}", "--listen", "127.0.0.1:{port}",
                             "--spark-listen", "127.0.0.1:0"], folder / "owlet",
                   {"OWLET_ROOT_ACCESS_KEY_ID": KEYS[0], "OWLET_ROOT_SECRET_ACCESS_KEY": KEYS[1], "OWLET_LOG": "warning"}),
            Server("versitygw", [find_versitygw(options.versitygw), "--port", "127.0.0.1:{port}", "posix", "{data}"],
                   folder / "versitygw", {"ROOT_ACCESS_KEY": KEYS[0], "ROOT_SECRET_KEY": KEYS[1], "VGW_QUIET": "true"})]
        for server in servers:
            server.fill()
        print(f"{'CPU us a request':18}{'owlet':>12}{'versitygw':>12}{'ratio':>8}{'requests':>20}")
        for name, operation, parameters, load in CASES:
            costs = {server.name: [] for server in servers}
            counts = {server.name: 0 for server in servers}
            for _ in range(options.rounds):
                for server in servers:
                    requests, cpu, _ = drive(server, server.urls(operation, **parameters), options.seconds,
                                             **load)
                    costs[server.name].append(cpu / requests * 1e6)
                    counts[server.name] += requests
            ours, theirs = (statistics.median(costs[server.name]) for server in servers)
            count = " / ".join(f"{counts[server.name]:.0f}" for server in servers)
            print(f"{name:18}{ours:12.0f}{theirs:12.0f}{theirs / ours:8.1f}{count:>20}", flush=True)
        resident = [drive(server, server.urls("get_object", Key="1k"), options.seconds, connections=1000)[2] for server in servers]
        print(f"{'MB, 1,000 clients':18}{resident[0]:12.0f}{resident[1]:12.0f}")
    finally:
        for server in servers:
            server.process.terminate()
            server.process.wait()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
