"""The tools that people point at S3, unchanged: the AWS CLI, s3fs, pyarrow."""

import os
import pathlib
import subprocess
import sys

import pyarrow

ROOT = pathlib.Path(__file__).resolve().parents[3]
AWS = pathlib.Path(sys.executable).with_name("aws")


def aws(server, *arguments, **more):
    return subprocess.run([AWS, *arguments], env=server.environment(), check=True, capture_output=True, **more).stdout


def test_the_cli_copies_syncs_and_removes(server, s3, bucket, tmp_path):
    big = os.urandom(20 << 20)
    (tmp_path / "big").write_bytes(big)
    (tmp_path / "d").mkdir()
    (tmp_path / "d/x y").write_text("hi")
    aws(server, "s3", "cp", tmp_path / "big", f"s3://{bucket}/in/big")
    aws(server, "s3", "sync", tmp_path / "d", f"s3://{bucket}/d")
    aws(server, "s3", "mv", f"s3://{bucket}/in/big", f"s3://{bucket}/out/big")
    aws(server, "s3", "cp", f"s3://{bucket}/out/big", tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == big
    listed = aws(server, "s3", "ls", f"s3://{bucket}", "--recursive").decode()
    assert [line.split(maxsplit=3)[2:] for line in listed.splitlines()] == [["2", "d/x y"], [str(20 << 20), "out/big"]]
    assert aws(server, "s3", "cp", f"s3://{bucket}/d/x y", "-") == b"hi"
    aws(server, "s3", "rb", f"s3://{bucket}", "--force")
    assert bucket not in [b["Name"] for b in s3.list_buckets()["Buckets"]]


S3FS = """
import sys
import s3fs
endpoint, key, secret, bucket = sys.argv[1:]
files = s3fs.S3FileSystem(key=key, secret=secret,
                          client_kwargs={"endpoint_url": endpoint, "region_name": "us-east-1"})
with files.open(f"{bucket}/a/x", "wb") as out:
    out.write(b"z" * 12_000_000)
files.cp(f"{bucket}/a/x", f"{bucket}/b/x")
files.rm(f"{bucket}/a", recursive=True)
assert files.find(bucket) == [f"{bucket}/b/x"]
assert files.cat(f"{bucket}/b/x") == b"z" * 12_000_000
"""


def test_s3fs(server, bucket):
    environment = server.environment()  # s3fs needs another botocore, so it has an interpreter of its own
    done = subprocess.run([ROOT / ".deps/aio/bin/python", "-c", S3FS, server.endpoint, environment["AWS_ACCESS_KEY_ID"],
                           environment["AWS_SECRET_ACCESS_KEY"], bucket], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_pyarrow(server, bucket):
    from pyarrow import fs, parquet
    environment = server.environment()
    files = fs.S3FileSystem(endpoint_override=server.endpoint.removeprefix("http://"), scheme="http",
                            access_key=environment["AWS_ACCESS_KEY_ID"],
                            secret_key=environment["AWS_SECRET_ACCESS_KEY"], region="us-east-1")
    parquet.write_table(pyarrow.table({"a": list(range(100_000))}), f"{bucket}/t.parquet", filesystem=files)
    assert parquet.read_table(f"{bucket}/t.parquet", filesystem=files).num_rows == 100_000
    files.delete_dir_contents(bucket)
    assert files.get_file_info(fs.FileSelector(bucket)) == []
