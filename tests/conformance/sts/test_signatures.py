"""Signatures through the real server: what botocore signs is taken, whatever the path and the query
look like; what is tampered with, old, or of another key is refused in each protocol's own words."""

import datetime
import hashlib
import http.client
import json
import random
import urllib.parse
import xml.etree.ElementTree as ElementTree

import botocore.auth
import botocore.credentials
import pytest
from botocore.awsrequest import AWSRequest


@pytest.fixture(scope="module")
def keys(server):
    return botocore.credentials.Credentials(server.facts["access_key_id"], server.facts["secret_access_key"])


def send(server, method, path, headers, body=b""):
    connection = http.client.HTTPConnection(server.facts["address"], timeout=30)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, value in headers:
        connection.putheader(name, value)
    connection.endheaders(body or None)
    response = connection.getresponse()
    text = response.read()
    connection.close()
    return response.status, text.decode(errors="replace")


def signed(server, keys, method, path, body=b"", service="s3", headers=(), region="us-east-1", at=None, monkeypatch=None):
    """Headers that botocore makes for this request."""
    request = AWSRequest(method, server.endpoint + path, headers=dict(headers), data=body)
    signer = {"s3": botocore.auth.S3SigV4Auth}.get(service, botocore.auth.SigV4Auth)(keys, service, region)
    if at is not None:
        moment = at

        class Clock(datetime.datetime):
            @classmethod
            def utcnow(cls):
                return moment

            @classmethod
            def now(cls, tz=None):
                return moment.replace(tzinfo=tz)

        if hasattr(botocore.auth, "get_current_datetime"):
            monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *_, **__: moment)
        monkeypatch.setattr(botocore.auth.datetime, "datetime", Clock, raising=False)
    signer.add_auth(request)
    if at is not None:
        monkeypatch.undo()
    out = list(request.headers.items())
    if "Host" not in dict(out):
        out.insert(0, ("Host", server.facts["address"]))
    if body and "Content-Length" not in dict(out):
        out.append(("Content-Length", str(len(body))))
    return out


def code_of(text):
    if text.startswith("{"):
        return json.loads(text)["__type"].split("#")[-1]
    root = ElementTree.fromstring(text)
    return next(e.text for e in root.iter() if e.tag.split("}")[-1] == "Code")


ODD_KEYS = ["a//b", "a/./b", "a/../b", "/lead", "tail/", "plus+plus", "space here", "uni-\u00fc\u6f22\U0001f989", "per%cent",
            "q?mark", "semi;colon", "eq=amp&", "tilde~star*", "quote'\"", "colon:at@", "#hash", "back\\slash", "a b+c%20d"]


@pytest.mark.parametrize("key", ODD_KEYS)
def test_odd_keys(server, keys, bucket, key):
    path = f"/{bucket}/" + urllib.parse.quote(key, safe="/~")
    status, text = send(server, "PUT", path, signed(server, keys, "PUT", path, b"body"), b"body")
    assert status == 200, text
    status, text = send(server, "GET", path, signed(server, keys, "GET", path))
    assert (status, text) == (200, "body")


def test_random_requests_as_botocore_signs_them(server, keys, bucket):
    rng = random.Random(7)
    alphabet = "abcZ09 -_.~!*'();:@&=+$,/?#[]%\u00fc\u6f22"
    word = lambda most: "".join(rng.choice(alphabet) for _ in range(rng.randint(1, most)))
    for _ in range(60):
        query = [("prefix", word(10)), ("list-type", "2"), ("delimiter", word(1))][:rng.randint(1, 3)]
        if rng.random() < 0.3:
            query.append(("encoding-type", "url"))
        if rng.random() < 0.3:
            query.append(("start-after", ""))
        rng.shuffle(query)
        path = f"/{bucket}?" + urllib.parse.urlencode(query, quote_via=urllib.parse.quote, safe="~")
        headers = {}
        for i in range(rng.randint(0, 3)):
            headers[f"X-Amz-Meta-{rng.choice('aBcD')}{i}"] = " ".join(["two"] * rng.randint(1, 3)) + "  spaced   out "
        status, text = send(server, "GET", path, signed(server, keys, "GET", path, headers=headers))
        assert status == 200, (path, headers, text)


def test_headers_in_any_case_and_with_blanks(server, keys, bucket):
    path = f"/{bucket}?list-type=2"
    headers = signed(server, keys, "GET", path)
    status, text = send(server, "GET", path, [(name.upper(), f"  {value}  ") for name, value in headers])
    assert status == 200, text
    one = next(h for h in headers if h[0].lower() == "x-amz-date")
    status, text = send(server, "GET", path, headers + [one])  # twice: the value is not what was signed
    assert status in (400, 403), text


@pytest.mark.parametrize("service, path, action", [
    ("s3", "/", None), ("sts", "/", "GetCallerIdentity"), ("iam", "/", "ListUsers"), ("glue", "/", "GetDatabases")])
def test_what_is_refused_says_why(server, keys, monkeypatch, service, path, action):
    body, more, method = b"", {}, "GET"
    if service in ("sts", "iam"):
        version = {"sts": "2011-06-15", "iam": "2010-05-08"}[service]
        body, method = f"Action={action}&Version={version}".encode(), "POST"
        more = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    elif service == "glue":
        body, method = b"{}", "POST"
        more = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"AWSGlue.{action}"}
    names = {"s3": ("SignatureDoesNotMatch", "InvalidAccessKeyId", "RequestTimeTooSkewed"),
             "glue": ("InvalidSignatureException", "UnrecognizedClientException", "InvalidSignatureException"),
             "sts": ("SignatureDoesNotMatch", "InvalidClientTokenId", "SignatureDoesNotMatch"),
             "iam": ("SignatureDoesNotMatch", "InvalidClientTokenId", "SignatureDoesNotMatch")}[service]

    def ask(credentials=keys, **arguments):
        headers = signed(server, credentials, method, path, body, service, more, monkeypatch=monkeypatch, **arguments)
        return send(server, method, path, headers, body)

    assert ask()[0] == 200, ask()
    wrong = botocore.credentials.Credentials(keys.access_key, keys.secret_key + "x")
    assert code_of(ask(wrong)[1]) == names[0]
    assert code_of(ask(botocore.credentials.Credentials("AKIANOSUCHKEYNOSUCHK", "x"))[1]) == names[1]
    now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    for shift in (-20, 20):
        status, text = ask(at=now + datetime.timedelta(minutes=shift))
        assert status in (400, 403) and code_of(text) == names[2], text
    assert ask(at=now - datetime.timedelta(minutes=10))[0] == 200
    status, text = ask(botocore.credentials.Credentials(keys.access_key, keys.secret_key, "token"))
    assert status in (400, 403), text


def test_tampered_requests(server, keys, bucket):
    path = f"/{bucket}/tampered"
    good = signed(server, keys, "PUT", path, b"body", headers={"x-amz-meta-a": "1"})
    assert send(server, "PUT", path, good, b"body")[0] == 200
    changed = [(n, "2" if n.lower() == "x-amz-meta-a" else v) for n, v in good]
    assert code_of(send(server, "PUT", path, changed, b"body")[1]) == "SignatureDoesNotMatch"
    assert code_of(send(server, "PUT", path, good, b"bodi")[1]) == "XAmzContentSHA256Mismatch"
    assert code_of(send(server, "PUT", path + "2", good, b"body")[1]) == "SignatureDoesNotMatch"
    assert code_of(send(server, "PUT", path + "?tagging", good, b"body")[1]) == "SignatureDoesNotMatch"
    assert code_of(send(server, "PUT", path, good + [("x-amz-acl", "public-read")], b"body")[1]) == "AccessDenied"
    # A body hash of another body, signed all right.
    other = signed(server, keys, "PUT", path, b"other")
    other = [(n, "4" if n.lower() == "content-length" else v) for n, v in other]
    assert code_of(send(server, "PUT", path, other, b"body")[1]) == "XAmzContentSHA256Mismatch"


def test_presigned_urls_end(server, keys, s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"1")

    def presign(expires, at=None, method="GET"):
        request = AWSRequest(method, f"{server.endpoint}/{bucket}/k")
        botocore.auth.S3SigV4QueryAuth(keys, "s3", "us-east-1", expires=expires).add_auth(request)
        url = urllib.parse.urlsplit(request.url)
        return f"{url.path}?{url.query}"

    host = [("Host", server.facts["address"])]
    assert send(server, "GET", presign(60), host)[0] == 200
    assert send(server, "GET", presign(604_800), host)[0] == 200
    status, text = send(server, "GET", presign(604_801), host)
    assert (status, code_of(text)) == (400, "AuthorizationQueryParametersError"), text
    status, text = send(server, "GET", presign(-1), host)
    assert (status, code_of(text)) == (400, "AuthorizationQueryParametersError"), text
    status, text = send(server, "GET", presign(60) + "&x=1", host)
    assert (status, code_of(text)) == (403, "SignatureDoesNotMatch"), text
    status, text = send(server, "DELETE", presign(60), host)
    assert (status, code_of(text)) == (403, "SignatureDoesNotMatch"), text


def test_the_session_token_belongs_to_its_keys(server, keys, bucket):
    sts = server.client("sts")
    made = sts.get_session_token()["Credentials"]
    session = botocore.credentials.Credentials(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])
    path = f"/{bucket}?list-type=2"
    assert send(server, "GET", path, signed(server, session, "GET", path))[0] == 200
    for token in (None, "wrong"):
        bad = botocore.credentials.Credentials(made["AccessKeyId"], made["SecretAccessKey"], token)
        status, text = send(server, "GET", path, signed(server, bad, "GET", path))
        assert status in (400, 403) and code_of(text) in ("InvalidToken", "InvalidAccessKeyId", "AccessDenied"), text


def test_the_hash_header_is_needed_by_s3_only(server, keys, bucket):
    path = f"/{bucket}?list-type=2"
    headers = [h for h in signed(server, keys, "GET", path) if h[0].lower() != "x-amz-content-sha256"]
    assert send(server, "GET", path, headers)[0] in (400, 403)
    assert hashlib.sha256(b"").hexdigest() in dict(signed(server, keys, "GET", path)).values()
