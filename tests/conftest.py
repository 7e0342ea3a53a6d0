"""What all tests with real clients share: one server for the whole session, on loopback and free ports.

    --endpoint URL   test another server instead (its keys from AWS_ACCESS_KEY_ID and so on)
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import uuid

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "build/release/owlet"
SAMPLE = ROOT / ".deps/wikipedia/wikiticker-2015-09-12-sampled.json.gz"


class OwletServer:
    """A running `owlet serve` with what its server.json says."""

    def __init__(self, folder: pathlib.Path, *flags: str):
        self.data = folder / "data"
        self.log_file = folder / "owlet.log"
        self.flags = flags
        self.process = None
        self.start()

    def start(self) -> None:
        log = open(self.log_file, "a")
        (self.data / "server.json").unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--data", self.data, "--listen", "127.0.0.1:0", "--spark-listen", "127.0.0.1:0",
             "--python", sys.executable, *self.flags],
            stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.process.poll() is None:
            if (self.data / "server.json").exists():
                self.facts = json.loads((self.data / "server.json").read_text())
                return
            time.sleep(0.01)
        raise RuntimeError(f"owlet serve did not start:\n{self.log_file.read_text()[-2000:]}")

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    @property
    def endpoint(self) -> str:
        return f"http://{self.facts['address']}"

    @property
    def spark_remote(self) -> str:
        return f"sc://{self.facts['spark_address']}"

    def environment(self) -> dict[str, str]:
        """For a client in a process of its own."""
        keep = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        return keep | {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": self.facts["access_key_id"],
            "AWS_SECRET_ACCESS_KEY": self.facts["secret_access_key"],
            "AWS_DEFAULT_REGION": self.facts["region"],
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_PAGER": "",
            "SPARK_REMOTE": self.spark_remote,
        }

    def client(self, service: str, **more):
        """A boto3 client as root."""
        import boto3
        from botocore.config import Config
        return boto3.client(
            service, region_name=self.facts["region"],
            **{"endpoint_url": self.endpoint, "aws_access_key_id": self.facts["access_key_id"],
               "aws_secret_access_key": self.facts["secret_access_key"],
               "config": Config(retries={"max_attempts": 1}), **more})


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    running = OwletServer(tmp_path_factory.mktemp("owlet"))
    yield running
    assert running.stop() == 0, "owlet serve did not end well"


@pytest.fixture(scope="session")
def server_class():
    """For tests that place a server themselves; they stop it too."""
    return OwletServer


@pytest.fixture
def new_server(tmp_path):
    """A server of the test's own: to kill, to restart, to configure."""
    started = []

    def start(*flags: str) -> OwletServer:
        started.append(OwletServer(tmp_path, *flags))
        return started[-1]

    yield start
    for running in started:
        if running.process.poll() is None:
            running.kill()


@pytest.fixture(scope="session")
def endpoint(server):
    return server.endpoint


@pytest.fixture
def s3(server):
    return server.client("s3")


@pytest.fixture
def bucket(s3):
    """A new, empty bucket; it stays behind in the session's data folder."""
    name = f"test-{uuid.uuid4()}"
    s3.create_bucket(Bucket=name)
    return name


@pytest.fixture(scope="session")
def sample():
    """The edits of Wikipedia on 2015-09-12: 39,244 lines of JSON, gzip."""
    return SAMPLE
