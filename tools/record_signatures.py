"""Records requests as botocore signs them, for the tests of core/access.

Call with a Python that has botocore: record_signatures.py > src/core/access/botocore_fixture.cc
The time stands still at 2026-01-31T12:00:00Z, so the output is always the same.
"""

import datetime
from unittest import mock
from urllib.parse import urlsplit

import botocore
import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

NOW = datetime.datetime(2026, 1, 31, 12, 0, 0)
EPOCH = NOW.replace(tzinfo=datetime.timezone.utc).timestamp()
LONG = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
SHORT = Credentials("ASIAIOSFODNN7EXAMPLE", "temporary+secret/key", "token+with/characters==")
HOST = "http://127.0.0.1:9000"


def s3(method, path, query=None, headers=None, body=b"", credentials=LONG, signer=None):
    request = AWSRequest(method, HOST + path, params=query or {}, headers=headers or {}, data=body)
    request.context["payload_signing_enabled"] = True
    (signer or botocore.auth.S3SigV4Auth(credentials, "s3", "us-east-1")).add_auth(request)
    return "s3", request, body


def presigned(method, path, query=None, headers=None, credentials=LONG):
    signer = botocore.auth.S3SigV4QueryAuth(credentials, "s3", "eu-west-1", expires=600)
    return s3(method, path, query, headers, b"", credentials, signer)


def version2(method, path, query=None, headers=None, credentials=LONG):
    return s3(method, path, query, headers, b"", credentials,
              botocore.auth.HmacV1QueryAuth(credentials, expires=600))


def version2_header(method, path, query=None, headers=None, credentials=LONG):
    return s3(method, path, query, headers, b"", credentials,
              botocore.auth.HmacV1Auth(credentials))


def other(service, path, body, headers, credentials=LONG):
    request = AWSRequest("POST", HOST + path, headers=headers, data=body)
    botocore.auth.SigV4Auth(credentials, service, "us-east-1").add_auth(request)
    return service, request, body


CASES = {
    "GetObject": lambda: s3("GET", "/bucket/key"),
    "GetObjectRange": lambda: s3("GET", "/bucket/a/b.txt", headers={"Range": "bytes=0-9"}),
    "PutObject": lambda: s3("PUT", "/bucket/key", headers={"Content-Type": "text/plain",
                                                           "x-amz-meta-a": "two  blanks "},
                            body=b"hello"),
    "KeyOfManyCharacters": lambda: s3("GET", "/bucket/a%20b%2Bc%3Dd%26e%21%27%28%29%2A~/%C3%A4%E2%82%AC"),
    "KeyWithDotSegments": lambda: s3("GET", "/bucket/a/../b/./c//d"),
    "ListObjects": lambda: s3("GET", "/bucket", {"list-type": "2", "prefix": "a/b c+d=\u00e4",
                                                 "delimiter": "/", "encoding-type": "url"}),
    "SubResource": lambda: s3("GET", "/bucket", {"acl": ""}),
    "SessionToken": lambda: s3("GET", "/bucket/key", credentials=SHORT),
    "PresignedGet": lambda: presigned("GET", "/bucket/a%20b"),
    "PresignedGetWithToken": lambda: presigned("GET", "/bucket/key", credentials=SHORT),
    "PresignedPut": lambda: presigned("PUT", "/bucket/key", {"x-id": "PutObject"}),
    "PresignedWithResponseHeader": lambda: presigned(
        "GET", "/bucket/key", {"response-content-disposition": "attachment; filename=\"x y\""}),
    "Version2PresignedGet": lambda: version2("GET", "/bucket/a%20b"),
    "Version2PresignedGetWithToken": lambda: version2("GET", "/bucket/key", credentials=SHORT),
    "Version2PresignedPart": lambda: version2(
        "PUT", "/bucket/key?partNumber=3&uploadId=a%2Bb%2Fc%3D"),
    "Version2Header": lambda: version2_header("PUT", "/bucket/key?tagging", {},
                                              {"Content-Type": "text/plain", "x-amz-meta-b": "1",
                                               "x-amz-meta-a": "2"}),
    "Glue": lambda: other("glue", "/", b'{"Name": "x"}',
                          {"Content-Type": "application/x-amz-json-1.1",
                           "X-Amz-Target": "AWSGlue.GetDatabase"}),
    "StsWithToken": lambda: other("sts", "/", b"Action=GetCallerIdentity&Version=2011-06-15",
                                  {"Content-Type": "application/x-www-form-urlencoded"}, SHORT),
    "EncodedPath": lambda: other("emr-serverless", "/tags/arn%3Aaws%3Aemr%3A%3A1%3Aapplications%2Fa",
                                 b"{}", {"Content-Type": "application/json"}),
}


def text(value):
    if isinstance(value, bytes):
        value = value.decode()
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def main():
    print("// Made by tools/record_signatures.py with botocore " + botocore.__version__ + ".")
    print('#include "core/access/botocore_fixture.h"\n')
    print("namespace owlet::access {\n")
    print("const std::vector<SignedRequest>& BotocoreRequests() {")
    print("  static const std::vector<SignedRequest> kRequests = {")
    for name, make in CASES.items():
        service, request, body = make()
        prepared = request.prepare()
        url = urlsplit(prepared.url)
        headers = [("Host", url.netloc)]
        headers += [(key, value) for key, value in prepared.headers.items()]
        print(f"    {{{text(name)}, {text(service)}, {text(prepared.method)}, {text(url.path)},")
        print(f"     {text(url.query)},")
        print("     {")
        for key, value in headers:
            print(f"       {{{text(key)}, {text(value)}}},")
        print(f"     }}, {text(body)}}},")
    print("  };\n  return kRequests;\n}\n\n}  // namespace owlet::access")


if __name__ == "__main__":
    with mock.patch.object(botocore.auth, "get_current_datetime", lambda *_, **__: NOW), \
            mock.patch.object(botocore.auth.time, "time", lambda: EPOCH), \
            mock.patch.object(botocore.auth, "formatdate",
                              lambda **_: "Sat, 31 Jan 2026 12:00:00 GMT"):
        main()
