"""Clients that send too much, too little, too late or nonsense: they are refused in the service's own words, and the
server goes on for others."""

import base64
import datetime
import hashlib
import http.client
import json
import socket
import urllib.parse
import urllib.request

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest


@pytest.fixture
def connect(server):
    """A raw connection; whatever a test did with it, the server still answers afterwards."""
    host, port = server.facts["address"].split(":")
    made = []

    def make():
        made.append(socket.create_connection((host, int(port)), timeout=60))
        return made[-1]

    yield make
    for connection in made:
        connection.close()
    server.client("s3").list_buckets()


def read_reply(connection) -> tuple[int, str]:
    reply = http.client.HTTPResponse(connection)
    reply.begin()
    return reply.status, reply.read().decode(errors="replace")


def send(server, method, path, body=b"", service="s3", headers=(), key=None, when=None, tamper=None):
    """One signed request, sent as it is signed or with `tamper` in place of its body."""
    url = server.endpoint + path
    request = botocore.awsrequest.AWSRequest(method, url, data=body, headers=dict(headers))
    access_key, secret = key or (server.facts["access_key_id"], server.facts["secret_access_key"])
    signer = (botocore.auth.S3SigV4Auth if service == "s3" else botocore.auth.SigV4Auth)(
        botocore.credentials.Credentials(access_key, secret), service, server.facts["region"])
    if when is None:
        signer.add_auth(request)
    else:
        request.context["timestamp"] = when.strftime("%Y%m%dT%H%M%SZ")
        request.headers["X-Amz-Date"] = request.context["timestamp"]
        signer._modify_request_before_signing(request)
        text = signer.string_to_sign(request, signer.canonical_request(request))
        signer._inject_signature_to_request(request, signer.signature(text, request))
    parsed = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parsed.netloc, timeout=60)
    connection.request(method, path, body if tamper is None else tamper, dict(request.headers.items()))
    reply = connection.getresponse()
    return reply.status, reply.read().decode(errors="replace")


def check_s3_error(reply, status, code):
    assert reply[0] == status and f"<Code>{code}</Code>" in reply[1], reply


def utc_now():
    return datetime.datetime.now(datetime.timezone.utc)


def test_signatures_that_do_not_hold(server, bucket):
    path = f"/{bucket}/key"
    key = server.facts["access_key_id"]
    check_s3_error(send(server, "PUT", path, b"x", key=(key, "wrong" * 8)), 403, "SignatureDoesNotMatch")
    check_s3_error(send(server, "PUT", path, b"x", key=("AKIAABSENTABSENTABSE", "s")), 403, "InvalidAccessKeyId")
    for hours in (-1, 1):
        skewed = utc_now() + datetime.timedelta(hours=hours)
        check_s3_error(send(server, "PUT", path, b"x", when=skewed), 403, "RequestTimeTooSkewed")
    check_s3_error(send(server, "PUT", path, b"good", tamper=b"evil"), 400, "XAmzContentSHA256Mismatch")
    assert "Contents" not in server.client("s3").list_objects_v2(Bucket=bucket)


def test_a_presigned_address_after_its_time(server, bucket):
    s3 = server.client("s3")
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "k"}, ExpiresIn=3600)
    assert urllib.request.urlopen(url).read() == b"x"
    parts = urllib.parse.urlsplit(url)
    query = dict(urllib.parse.parse_qsl(parts.query))
    request = botocore.awsrequest.AWSRequest("GET", f"{server.endpoint}/{bucket}/k")
    signer = botocore.auth.S3SigV4QueryAuth(
        botocore.credentials.Credentials(server.facts["access_key_id"], server.facts["secret_access_key"]), "s3",
        server.facts["region"], expires=1)
    assert "X-Amz-Expires" in query or "Expires" in query
    signer.add_auth(request)
    fields = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(request.url).query))
    signed_at = utc_now() - datetime.timedelta(hours=2)
    fields["X-Amz-Date"] = signed_at.strftime("%Y%m%dT%H%M%SZ")
    key_id, _, *rest = fields["X-Amz-Credential"].split("/")
    fields["X-Amz-Credential"] = "/".join([key_id, signed_at.strftime("%Y%m%d"), *rest])  # yesterday's, after midnight
    late = f"{parts.path}?{urllib.parse.urlencode(fields)}"
    connection = http.client.HTTPConnection(parts.netloc)
    connection.request("GET", late)
    reply = connection.getresponse()
    assert reply.status == 403 and b"<Code>AccessDenied</Code>" in reply.read()


def test_headers_without_end(connect):
    connection = connect()
    connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
    try:
        for i in range(10_000):
            connection.sendall(b"X-Filler-%d: %s\r\n" % (i, b"y" * 100))
    except OSError:
        pass  # cut off while it was still writing
    assert read_reply(connection)[0] == 431


def test_a_header_of_ten_thousand_bytes_is_read(connect):
    connection = connect()
    connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"y" * 10_000 + b"\r\n\r\n")
    assert read_reply(connection)[0] == 403


@pytest.mark.parametrize("bytes_sent", [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"\0" * 1000 + b"\r\n\r\n", b"GET\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"PUT /b/k HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    b"PUT /b/k HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"PUT /b/k HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
])
def test_what_is_not_http(connect, bytes_sent):
    connection = connect()
    connection.sendall(bytes_sent)
    assert read_reply(connection)[0] == 400


def test_chunks_that_are_none(server, connect):
    connection = connect()
    connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: AWSGlue.GetDatabases\r\n"
                       b"Transfer-Encoding: chunked\r\n\r\nzzz\r\nnonsense")
    assert 400 <= read_reply(connection)[0] < 500


def test_a_thousand_idle_connections_and_half_requests(server, connect):
    for i in range(1000):
        connection = connect()
        if i % 2:
            connection.sendall(b"PUT /bucket/key HTTP/1.1\r\nHost: x\r\nContent-Le")
    assert server.client("s3").list_buckets()["Buckets"] is not None


def digest_of(body: bytes) -> dict[str, str]:
    return {"Content-MD5": base64.b64encode(hashlib.md5(body).digest()).decode()}


BOMB = ('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a0 "aaaaaaaaaaaaaaaa">' +
        "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12)) + "]>"
        "<Delete><Object><Key>&a11;</Key></Object></Delete>").encode()


@pytest.mark.parametrize("body", [
    BOMB, b"<a>" * 100_000, b"<Delete>" + b"<Object>" * 10_000, b"<Delete", b"\xff\xfe<", b"<Delete/>" * 2,
    b"<Delete>" + b"<Object><Key>k</Key></Object>" * 1001 + b"</Delete>", b'<Delete a="' + b"x" * 1_000_000 + b'"/>',
], ids=["entities", "deep", "open", "cut", "encoding", "two", "1001 keys", "attribute"])
def test_xml_that_is_none(server, bucket, body):
    check_s3_error(send(server, "POST", f"/{bucket}?delete=", body, headers=digest_of(body)), 400, "MalformedXML")


def test_xml_larger_than_any_request(server, bucket):
    body = b"<Delete>" + b" " * (16 << 20) + b"</Delete>"
    status, reply = send(server, "POST", f"/{bucket}?delete=", body, headers=digest_of(body))
    assert status == 400 and ("MaxMessageLengthExceeded" in reply or "MalformedXML" in reply), reply


@pytest.mark.parametrize("body", [
    b"[" * 100_000, b'{"Name":' * 50_000, b'{"Name": "' + b"x" * 3_000_000 + b'"}', b'{"Name": 1e999999}',
    b'{"Name": "\\ud800"}', b"{", b"null", b'{"Name":"a","Name":{}}', b"\xff\xfe\xfd",
], ids=["deep", "deep object", "long", "number", "surrogate", "cut", "null", "twice", "bytes"])
def test_json_that_is_none(server, body):
    status, reply = send(server, "POST", "/", body, service="glue", headers={
        "X-Amz-Target": "AWSGlue.GetDatabase", "Content-Type": "application/x-amz-json-1.1"})
    assert 400 <= status < 500, reply[:500]
    assert json.loads(reply)["__type"]


def test_an_upload_that_stops_leaves_nothing(server, bucket, connect):
    connection = connect()
    connection.sendall(f"PUT /{bucket}/half HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n".encode() + b"x" * 1000)
    connection.shutdown(socket.SHUT_WR)
    connection.close()
    assert "Contents" not in server.client("s3").list_objects_v2(Bucket=bucket)
