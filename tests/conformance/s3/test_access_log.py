"""Server access logs, delivered as objects into the bucket that PutBucketLogging names."""

import json
import re
import time

import pytest

LINE = re.compile(
    r'(?P<owner>\S+) (?P<bucket>\S+) \[(?P<time>[^]]+)\] (?P<ip>\S+) (?P<requester>\S+) (?P<id>\S+) (?P<operation>\S+) '
    r'(?P<key>\S+) "(?P<uri>[^"]*)" (?P<status>\S+) (?P<error>\S+) (?P<sent>\S+) (?P<size>\S+) (?P<total>\S+) (?P<turn>\S+) '
    r'"(?P<referer>[^"]*)" "(?P<agent>[^"]*)" (?P<version>\S+) (?P<host_id>\S+) (?P<signature>\S+) (?P<cipher>\S+) '
    r'(?P<auth>\S+) (?P<host>\S+) (?P<tls>\S+) (?P<point>\S+) (?P<acl>\S+)$')


@pytest.fixture
def logged(server, s3, bucket):
    """A bucket whose requests are logged below log/ of another."""
    target = bucket + "-log"
    s3.create_bucket(Bucket=target)
    s3.put_bucket_policy(Bucket=target, Policy=json.dumps({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{target}/log/*"}}))
    s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={
        "LoggingEnabled": {"TargetBucket": target, "TargetPrefix": "log/"}})
    return target


def lines(s3, target, enough):
    """All that was delivered, once `enough` says so."""
    deadline = time.monotonic() + 60
    while True:
        keys = [item["Key"] for item in s3.list_objects_v2(Bucket=target).get("Contents", [])]
        text = "".join(s3.get_object(Bucket=target, Key=key)["Body"].read().decode() for key in keys)
        found = [LINE.match(line) for line in text.splitlines()]
        assert all(found), text
        if enough(found) or time.monotonic() > deadline:
            assert enough(found), text
            return keys, [match.groupdict() for match in found]
        time.sleep(0.2)


def test_requests_are_delivered_in_the_format_of_s3(s3, bucket, logged):
    s3.put_object(Bucket=bucket, Key="a b", Body=b"12345")
    s3.get_object(Bucket=bucket, Key="a b", Range="bytes=1-2")["Body"].read()
    with pytest.raises(s3.exceptions.NoSuchKey):
        s3.get_object(Bucket=bucket, Key="none")
    s3.list_objects_v2(Bucket=bucket)
    keys, found = lines(s3, logged, lambda rows: any(row["operation"] == "REST.GET.BUCKET" for row in rows))
    assert all(re.fullmatch(r"log/\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d-[0-9A-F]{16}", key) for key in keys)
    rows = {(row["operation"], row["key"], row["status"]): row for row in found}
    put = rows["REST.PUT.OBJECT", "a%20b", "200"]
    assert (put["bucket"], put["size"], put["signature"], put["auth"]) == (bucket, "5", "SigV4", "AuthHeader")
    assert put["uri"] == f"PUT /{bucket}/a%20b HTTP/1.1" and put["ip"] == "127.0.0.1" and put["error"] == "-"
    assert put["requester"] == put["owner"] == s3.list_buckets()["Owner"]["ID"]
    got = rows["REST.GET.OBJECT", "a%20b", "206"]
    assert (got["sent"], got["size"]) == ("2", "5")
    assert rows["REST.GET.OBJECT", "none", "404"]["error"] == "NoSuchKey"
    assert ("REST.GET.BUCKET", "-", "200") in rows


def test_without_leave_nothing_is_delivered_and_off_is_off(s3, bucket, logged):
    s3.delete_bucket_policy(Bucket=logged)
    s3.list_objects_v2(Bucket=bucket)
    s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={})
    assert "LoggingEnabled" not in s3.get_bucket_logging(Bucket=bucket)
    time.sleep(6)
    assert s3.list_objects_v2(Bucket=logged)["KeyCount"] == 0
