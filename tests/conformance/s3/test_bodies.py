"""Bodies as SDKs frame them: aws-chunked with a checksum behind the body, and what is no whole body."""

import base64
import http.client
import urllib.parse
import zlib

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials


def send(s3, bucket, key, body, headers, trailer, sent=None):
    """PUTs what botocore signed, or `sent` in its place; `trailer` says that a checksum follows the body."""
    url = f"{s3.meta.endpoint_url}/{bucket}/{key}"
    request = AWSRequest("PUT", url, headers=headers, data=body)
    if trailer:
        request.context["checksum"] = {"request_algorithm": {"in": "trailer"}}
    keys = s3._request_signer._credentials
    S3SigV4Auth(Credentials(keys.access_key, keys.secret_key), "s3", s3.meta.region_name).add_auth(request)
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc)
    connection.request("PUT", urllib.parse.urlsplit(url).path, body=sent or body, headers=dict(request.headers.items()))
    reply = connection.getresponse()
    return reply.status, reply.read().decode()


def frames(body, checksum, size=8192):
    pieces = [body[i:i + size] for i in range(0, len(body), size)]
    framed = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
    return framed + b"0\r\nx-amz-checksum-crc32:%b\r\n\r\n" % checksum.encode()


def crc32(body):
    return base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()


def trailer_headers(body):
    return {"Content-Encoding": "aws-chunked", "X-Amz-Trailer": "x-amz-checksum-crc32",
            "X-Amz-Decoded-Content-Length": str(len(body)), "x-amz-sdk-checksum-algorithm": "CRC32"}


@pytest.mark.parametrize("size", [0, 10, 300_000])
def test_frames_are_never_part_of_the_object(s3, bucket, size):
    body = b"q" * size
    status, reply = send(s3, bucket, "k", frames(body, crc32(body)), trailer_headers(body), True)
    assert status == 200, reply
    got = s3.get_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert got["Body"].read() == body
    assert got["ChecksumCRC32"] == crc32(body)
    assert "ContentEncoding" not in got


def test_a_wrong_trailer_stores_nothing(s3, bucket):
    body = b"hello"
    status, reply = send(s3, bucket, "k", frames(body, crc32(b"other")), trailer_headers(body), True)
    assert (status, "<Code>BadDigest</Code>" in reply) == (400, True), reply
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_a_wrong_length_stores_nothing(s3, bucket):
    body = b"hello"
    headers = trailer_headers(body) | {"X-Amz-Decoded-Content-Length": "6"}
    status, reply = send(s3, bucket, "k", frames(body, crc32(body)), headers, True)
    assert (status, "<Code>IncompleteBody</Code>" in reply) == (400, True), reply
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_another_body_than_was_signed_stores_nothing(s3, bucket):
    status, reply = send(s3, bucket, "k", b"hello", {}, False, sent=b"hullo")
    assert (status, "<Code>XAmzContentSHA256Mismatch</Code>" in reply) == (400, True), reply
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
