"""Objects as boto3 sees them: bodies, headers, checksums, ranges, conditions, copies."""

import base64
import hashlib
import io
import os
import zlib

import pytest
from botocore.exceptions import ClientError


def error_of(call, **arguments):
    """The status and code that the call fails with."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    response = caught.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"]


KEYS = ["a", "a/", "a/b", "a//b", "../up", "with space+plus", "ü/€/🦉", "%41?&=#", "x" * 1024, "\u0001", "."]


@pytest.mark.parametrize("key", KEYS, ids=[k[:8].encode("unicode_escape").decode() for k in KEYS])
def test_any_key_comes_back(s3, bucket, key):
    s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == key.encode()
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]] == [key]
    s3.delete_object(Bucket=bucket, Key=key)
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_a_key_may_have_1024_bytes(s3, bucket):
    assert error_of(s3.put_object, Bucket=bucket, Key="x" * 1025, Body=b"") == (400, "KeyTooLongError")


@pytest.mark.parametrize("size", [0, 1, 65536, 65537, 3_000_000])
def test_bodies_of_all_sizes(s3, bucket, size):
    body = os.urandom(size)
    put = s3.put_object(Bucket=bucket, Key="k", Body=body)
    assert put["ETag"] == f'"{hashlib.md5(body).hexdigest()}"'
    got = s3.get_object(Bucket=bucket, Key="k")
    assert got["Body"].read() == body
    assert got["ContentLength"] == size
    assert got["ETag"] == put["ETag"]
    assert got["AcceptRanges"] == "bytes"
    assert got["ContentType"] == "binary/octet-stream"


def test_headers_and_metadata_come_back(s3, bucket):
    headers = {"ContentType": "text/x", "ContentEncoding": "identity", "ContentLanguage": "de",
               "ContentDisposition": 'attachment; filename="f"', "CacheControl": "max-age=3"}
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", Metadata={"Color": "red", "b": " 2 "}, **headers)
    head = s3.head_object(Bucket=bucket, Key="k")
    assert {name: head[name] for name in headers} == headers
    assert head["Metadata"] == {"color": "red", "b": "2"}
    other = s3.get_object(Bucket=bucket, Key="k", ResponseContentType="text/y", ResponseCacheControl="no-store")
    assert (other["ContentType"], other["CacheControl"]) == ("text/y", "no-store")


@pytest.mark.parametrize("algorithm", ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"])
def test_checksums_are_kept_and_told_when_asked_for(s3, bucket, algorithm):
    put = s3.put_object(Bucket=bucket, Key="k", Body=b"hello", ChecksumAlgorithm=algorithm)
    name = f"Checksum{algorithm}"
    head = s3.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert put[name] == head[name]
    assert head["ChecksumType"] == "FULL_OBJECT"
    assert name not in s3.head_object(Bucket=bucket, Key="k")
    part = s3.get_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED", Range="bytes=0-1")
    assert name not in part
    attributes = s3.get_object_attributes(Bucket=bucket, Key="k", ObjectAttributes=["Checksum", "ETag", "ObjectSize"])
    assert attributes["Checksum"][name] == put[name]
    assert (attributes["ETag"], attributes["ObjectSize"]) == (hashlib.md5(b"hello").hexdigest(), 5)


def test_wrong_checksums_are_refused(s3, bucket):
    wrong = base64.b64encode(zlib.crc32(b"other").to_bytes(4, "big")).decode()
    assert error_of(s3.put_object, Bucket=bucket, Key="k", Body=b"hello", ChecksumCRC32=wrong) == (400, "BadDigest")
    md5 = base64.b64encode(hashlib.md5(b"other").digest()).decode()
    assert error_of(s3.put_object, Bucket=bucket, Key="k", Body=b"hello", ContentMD5=md5) == (400, "BadDigest")
    assert error_of(s3.put_object, Bucket=bucket, Key="k", Body=b"hello", ContentMD5="bad") == (400, "InvalidDigest")
    assert error_of(s3.head_object, Bucket=bucket, Key="k")[0] == 404


@pytest.mark.parametrize("asked, expected, shown", [
    ("bytes=0-3", b"0123", "bytes 0-3/10"), ("bytes=4-", b"456789", "bytes 4-9/10"),
    ("bytes=-2", b"89", "bytes 8-9/10"), ("bytes=8-99", b"89", "bytes 8-9/10"),
    ("bytes=-99", b"0123456789", "bytes 0-9/10")])
def test_ranges(s3, bucket, asked, expected, shown):
    s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")
    got = s3.get_object(Bucket=bucket, Key="k", Range=asked)
    assert got["ResponseMetadata"]["HTTPStatusCode"] == 206
    assert (got["Body"].read(), got["ContentRange"]) == (expected, shown)


def test_a_range_behind_the_end(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")
    assert error_of(s3.get_object, Bucket=bucket, Key="k", Range="bytes=10-") == (416, "InvalidRange")
    assert s3.get_object(Bucket=bucket, Key="k", Range="lines=1-2")["ContentLength"] == 10


def test_conditional_reads(s3, bucket):
    etag = s3.put_object(Bucket=bucket, Key="k", Body=b"x")["ETag"]
    assert s3.get_object(Bucket=bucket, Key="k", IfMatch=etag)["ETag"] == etag
    assert error_of(s3.get_object, Bucket=bucket, Key="k", IfMatch='"no"') == (412, "PreconditionFailed")
    assert error_of(s3.get_object, Bucket=bucket, Key="k", IfNoneMatch=etag)[0] == 304
    modified = s3.head_object(Bucket=bucket, Key="k")["LastModified"]
    assert error_of(s3.get_object, Bucket=bucket, Key="k", IfModifiedSince=modified)[0] == 304


def test_conditional_writes(s3, bucket):
    assert error_of(s3.put_object, Bucket=bucket, Key="k", Body=b"x", IfMatch='"no"') == (404, "NoSuchKey")
    etag = s3.put_object(Bucket=bucket, Key="k", Body=b"x", IfNoneMatch="*")["ETag"]
    assert error_of(s3.put_object, Bucket=bucket, Key="k", Body=b"y", IfNoneMatch="*") == (412, "PreconditionFailed")
    s3.put_object(Bucket=bucket, Key="k", Body=b"y", IfMatch=etag)
    assert error_of(s3.put_object, Bucket=bucket, Key="k", Body=b"z", IfMatch=etag) == (412, "PreconditionFailed")
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"y"


def test_absent_things(s3, bucket):
    assert error_of(s3.get_object, Bucket=bucket, Key="none") == (404, "NoSuchKey")
    assert error_of(s3.head_object, Bucket=bucket, Key="none")[0] == 404
    assert error_of(s3.get_object, Bucket="none-" + bucket, Key="k") == (404, "NoSuchBucket")
    assert error_of(s3.put_object, Bucket="none-" + bucket, Key="k", Body=b"x") == (404, "NoSuchBucket")
    assert s3.delete_object(Bucket=bucket, Key="none")["ResponseMetadata"]["HTTPStatusCode"] == 204


def test_copies(s3, bucket):
    body = os.urandom(200_000)
    s3.put_object(Bucket=bucket, Key="a ü", Body=body, Metadata={"m": "1"}, ContentType="text/x", Tagging="t=1")
    source = {"Bucket": bucket, "Key": "a ü"}
    copied = s3.copy_object(Bucket=bucket, Key="b", CopySource=source)
    assert copied["CopyObjectResult"]["ETag"] == f'"{hashlib.md5(body).hexdigest()}"'
    s3.delete_object(Bucket=bucket, Key="a ü")
    got = s3.get_object(Bucket=bucket, Key="b")
    assert (got["Body"].read() == body, got["Metadata"], got["ContentType"], got["TagCount"]) == (True, {"m": "1"}, "text/x", 1)
    itself = {"Bucket": bucket, "Key": "b"}
    assert error_of(s3.copy_object, Bucket=bucket, Key="b", CopySource=itself) == (400, "InvalidRequest")
    s3.copy_object(Bucket=bucket, Key="b", CopySource=itself, MetadataDirective="REPLACE", Metadata={"n": "2"})
    assert s3.head_object(Bucket=bucket, Key="b")["Metadata"] == {"n": "2"}
    assert error_of(s3.copy_object, Bucket=bucket, Key="c", CopySource=itself, CopySourceIfMatch='"no"') == (
        412, "PreconditionFailed")


def test_tags(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", Tagging="a=1&b=x%20y")
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == [
        {"Key": "a", "Value": "1"}, {"Key": "b", "Value": "x y"}]
    s3.put_object_tagging(Bucket=bucket, Key="k", Tagging={"TagSet": [{"Key": "c", "Value": ""}]})
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == [{"Key": "c", "Value": ""}]
    s3.delete_object_tagging(Bucket=bucket, Key="k")
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == []


def test_presigned_urls(s3, bucket):
    import urllib.request
    url = s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "k"})
    request = urllib.request.Request(url, data=b"signed", method="PUT", headers={"Content-Type": ""})
    assert urllib.request.urlopen(request).status == 200
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "k"})
    assert urllib.request.urlopen(url).read() == b"signed"


def test_transfers_in_parts(s3, bucket):
    body = os.urandom(20 << 20)
    s3.upload_fileobj(io.BytesIO(body), bucket, "big")
    assert s3.head_object(Bucket=bucket, Key="big")["ETag"].endswith('-3"')
    back = io.BytesIO()
    s3.download_fileobj(bucket, "big", back)
    assert back.getvalue() == body
