"""Command-line clients of Debian, unchanged: rclone and s3cmd. Skipped where they are not installed."""

import os
import shutil
import subprocess

import pytest


def run(command, environment, **more):
    result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, **more)
    assert result.returncode == 0, result.stderr + result.stdout
    return result.stdout


@pytest.fixture
def tree(tmp_path):
    root = tmp_path / "tree"
    for name, size in {"a.txt": 5, "d/ü b+c.bin": 70_000, "d/e/large.bin": 12_000_000, "empty": 0}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.urandom(size))
    return root


def content(root):
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def server_errors(server, before):
    text = server.log_file.read_text()[before:]
    return [line for line in text.splitlines() if " s3." in line and line.split(" s3.")[1].split()[1].startswith("5")]


@pytest.mark.skipif(not shutil.which("rclone"), reason="rclone is not installed")
def test_rclone(server, bucket, tree, tmp_path):
    keys = server.environment()
    environment = keys | {
        "RCLONE_CONFIG": os.devnull, "RCLONE_CONFIG_OWLET_TYPE": "s3", "RCLONE_CONFIG_OWLET_PROVIDER": "Other",
        "RCLONE_CONFIG_OWLET_ENDPOINT": server.endpoint, "RCLONE_CONFIG_OWLET_REGION": "us-east-1",
        # Of versions before 1.63, which send "private" otherwise: S3 refuses that where ACLs are off, as on new buckets.
        "RCLONE_CONFIG_OWLET_ACL": "bucket-owner-full-control",
        "RCLONE_CONFIG_OWLET_ACCESS_KEY_ID": keys["AWS_ACCESS_KEY_ID"],
        "RCLONE_CONFIG_OWLET_SECRET_ACCESS_KEY": keys["AWS_SECRET_ACCESS_KEY"]}
    before = server.log_file.stat().st_size
    rclone = ["rclone", "--s3-chunk-size", "5M", "--s3-upload-cutoff", "6M", "--retries", "1"]
    run([*rclone, "sync", tree, f"owlet:{bucket}/in"], environment)
    run([*rclone, "check", "--download", tree, f"owlet:{bucket}/in"], environment)
    (tree / "a.txt").write_text("changed")
    (tree / "empty").unlink()
    run([*rclone, "sync", tree, f"owlet:{bucket}/in"], environment)
    run([*rclone, "move", f"owlet:{bucket}/in/d", f"owlet:{bucket}/moved"], environment)
    listed = run([*rclone, "lsf", "-R", "--files-only", f"owlet:{bucket}"], environment)
    assert sorted(listed.splitlines()) == ["in/a.txt", "moved/e/large.bin", "moved/ü b+c.bin"]
    run([*rclone, "copy", f"owlet:{bucket}/moved", tmp_path / "back"], environment)
    assert content(tmp_path / "back") == content(tree / "d")
    run([*rclone, "purge", f"owlet:{bucket}"], environment)
    assert bucket not in run([*rclone, "lsd", "owlet:"], environment)
    assert server_errors(server, before) == []


@pytest.mark.skipif(not shutil.which("s3cmd"), reason="s3cmd is not installed")
def test_s3cmd(server, s3, bucket, tree, tmp_path):
    # s3cmd 2.3 copies an object's ACL behind it, which S3 refuses where ACLs are off, as on new buckets.
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})
    keys = server.environment()
    host = server.endpoint.removeprefix("http://")
    (tmp_path / "s3cfg").write_text(f"[default]\naccess_key = {keys['AWS_ACCESS_KEY_ID']}\n"
                                    f"secret_key = {keys['AWS_SECRET_ACCESS_KEY']}\nhost_base = {host}\n"
                                    f"host_bucket = {host}\nuse_https = False\nbucket_location = us-east-1\n")
    before = server.log_file.stat().st_size
    s3cmd = ["s3cmd", "-c", tmp_path / "s3cfg", "--multipart-chunk-size-mb=5", "--no-progress"]
    run([*s3cmd, "sync", f"{tree}/", f"s3://{bucket}/in/"], keys)
    run([*s3cmd, "cp", f"s3://{bucket}/in/d/e/large.bin", f"s3://{bucket}/copy.bin"], keys)
    run([*s3cmd, "mv", f"s3://{bucket}/in/a.txt", f"s3://{bucket}/b.txt"], keys)
    assert "12000000" in run([*s3cmd, "info", f"s3://{bucket}/copy.bin"], keys)
    (tmp_path / "back").mkdir()
    run([*s3cmd, "sync", f"s3://{bucket}/in/", f"{tmp_path}/back/"], keys)
    assert content(tmp_path / "back") == {k: v for k, v in content(tree).items() if k != "a.txt"}
    run([*s3cmd, "setpolicy", "/dev/stdin", f"s3://{bucket}"], keys, input=(
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": {"AWS": "000000000000"}, '
        f'"Action": "s3:PutBucketTagging", "Resource": "arn:aws:s3:::{bucket}"}}]}}'))
    run([*s3cmd, "del", "--recursive", "--force", f"s3://{bucket}/"], keys)
    run([*s3cmd, "rb", f"s3://{bucket}"], keys)
    assert server_errors(server, before) == []
