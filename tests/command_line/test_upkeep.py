"""`owlet scrub` and `owlet backup`, beside a running server and alone; what a damaged folder answers."""

import os
import pathlib
import shutil
import subprocess

import botocore.exceptions
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "build/release/owlet"
LARGE = os.urandom(300_000)


def owlet(*arguments):
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=120)


@pytest.fixture
def server(new_server):
    made = new_server()
    s3 = made.client("s3")
    s3.create_bucket(Bucket="lake")
    s3.put_object(Bucket="lake", Key="large", Body=LARGE)
    s3.put_object(Bucket="lake", Key="small", Body=b"small")
    return made


def flip_bit(data):
    blobs = [path for path in (data / "blobs").rglob("*") if path.is_file()]
    assert len(blobs) == 1
    bytes_ = bytearray(blobs[0].read_bytes())
    bytes_[150_000] ^= 4
    blobs[0].write_bytes(bytes_)


def test_scrub_beside_a_server_and_alone(server):
    result = owlet("scrub", "--data", server.data)
    assert (result.returncode, result.stdout) == (0, ""), result.stderr
    assert f"2 extents, {len(LARGE) + 5} bytes; 0 objects are damaged" in result.stderr
    flip_bit(server.data)
    result = owlet("scrub", "--data", server.data)
    assert (result.returncode, result.stdout) == (1, "s3://lake/large\n")
    server.stop()
    result = owlet("scrub", "--data", server.data)
    assert (result.returncode, result.stdout) == (1, "s3://lake/large\n")


def test_a_backup_is_made_online_and_restored_by_its_move(server, tmp_path):
    target = tmp_path / "copy"
    result = owlet("backup", "--data", server.data, target)
    assert result.returncode == 0, result.stderr
    server.client("s3").delete_object(Bucket="lake", Key="large")
    again = owlet("backup", "--data", server.data, target)
    assert again.returncode == 1 and "new or empty folder" in again.stderr
    key = server.facts["access_key_id"]
    server.stop()
    shutil.rmtree(server.data)
    target.rename(server.data)
    server.start()
    assert server.facts["access_key_id"] == key
    s3 = server.client("s3")
    assert s3.get_object(Bucket="lake", Key="large")["Body"].read() == LARGE
    assert s3.get_object(Bucket="lake", Key="small")["Body"].read() == b"small"


def test_only_root_looks_after_the_folder(server):
    import json
    import urllib.request
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials
    iam = server.client("iam")
    iam.create_user(UserName="ann")
    iam.attach_user_policy(UserName="ann", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    key = iam.create_access_key(UserName="ann")["AccessKey"]
    request = AWSRequest("POST", server.endpoint + "/", data="{}",
                         headers={"X-Amz-Target": "OwletUpkeep.Scrub", "Content-Type": "application/x-amz-json-1.1"})
    SigV4Auth(Credentials(key["AccessKeyId"], key["SecretAccessKey"]), "owlet", "us-east-1").add_auth(request)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(request.url, b"{}", dict(request.headers)))
    assert refused.value.code == 403
    assert json.load(refused.value)["__type"] == "AccessDeniedException"


def test_a_flipped_bit_is_never_handed_on(server):
    """A GET answers with sendfile, or from memory: in either case the client must not take wrong bytes for right."""
    flip_bit(server.data)
    s3 = server.client("s3")
    with pytest.raises((botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError)) as failed:
        body = s3.get_object(Bucket="lake", Key="large")["Body"].read()
        assert body != LARGE
    if isinstance(failed.value, botocore.exceptions.ClientError):
        assert failed.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert s3.get_object(Bucket="lake", Key="small")["Body"].read() == b"small"
