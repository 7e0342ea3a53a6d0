"""ACLs, other accounts, public access, CORS, forms and encryption as clients see them."""

import base64
import hashlib
import hmac
import json
import urllib.request
import uuid

import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

OTHER = "111111111111:OTHERKEY:OTHERSECRET"


def code_of(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


@pytest.fixture(scope="module")
def shared(tmp_path_factory, server_class):
    running = server_class(tmp_path_factory.mktemp("shared"), "--other-accounts", OTHER,
                           "--object-ownership", "ObjectWriter")
    yield running
    assert running.stop() == 0


@pytest.fixture
def owner(shared):
    return shared.client("s3")


@pytest.fixture
def stranger(shared):
    return shared.client("s3", aws_access_key_id="OTHERKEY", aws_secret_access_key="OTHERSECRET")


@pytest.fixture
def anybody(shared):
    return shared.client("s3", config=Config(signature_version=UNSIGNED))


@pytest.fixture
def place(owner):
    name = f"place-{uuid.uuid4()}"
    owner.create_bucket(Bucket=name)
    owner.put_object(Bucket=name, Key="k", Body=b"x")
    return name


def test_accounts_do_not_see_each_other(owner, stranger, anybody, place):
    assert stranger.list_buckets()["Buckets"] == []
    assert code_of(stranger.get_object, Bucket=place, Key="k") == "AccessDenied"
    assert code_of(anybody.list_objects_v2, Bucket=place) == "AccessDenied"
    assert code_of(stranger.create_bucket, Bucket=place) == "BucketAlreadyExists"


def test_lists_grant(owner, stranger, anybody, place):
    owner.put_object_acl(Bucket=place, Key="k", ACL="public-read")
    assert anybody.get_object(Bucket=place, Key="k")["Body"].read() == b"x"
    assert code_of(anybody.list_objects_v2, Bucket=place) == "AccessDenied"
    owner.put_object_acl(Bucket=place, Key="k", ACL="authenticated-read")
    assert code_of(anybody.get_object, Bucket=place, Key="k") == "AccessDenied"
    assert stranger.get_object(Bucket=place, Key="k")["Body"].read() == b"x"
    stranger.create_bucket(Bucket=f"own-{uuid.uuid4()}")
    their_id = stranger.list_buckets()["Owner"]["ID"]
    owner.put_bucket_acl(Bucket=place, GrantWrite=f'id="{their_id}"')
    stranger.put_object(Bucket=place, Key="theirs", Body=b"")
    assert code_of(stranger.list_objects_v2, Bucket=place) == "AccessDenied"
    assert stranger.get_object_acl(Bucket=place, Key="theirs")["Owner"]["ID"] == their_id


def test_public_access_is_blocked(owner, anybody, place):
    owner.put_object_acl(Bucket=place, Key="k", ACL="public-read")
    block = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True,
             "RestrictPublicBuckets": True}
    owner.put_public_access_block(Bucket=place, PublicAccessBlockConfiguration=block)
    assert code_of(anybody.get_object, Bucket=place, Key="k") == "AccessDenied"
    assert code_of(owner.put_object_acl, Bucket=place, Key="k", ACL="public-read") == "AccessDenied"
    public = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{place}/*"}]})
    assert code_of(owner.put_bucket_policy, Bucket=place, Policy=public) == "AccessDenied"
    owner.delete_public_access_block(Bucket=place)
    owner.put_bucket_policy(Bucket=place, Policy=public)
    assert owner.get_bucket_policy_status(Bucket=place)["PolicyStatus"]["IsPublic"]
    owner.put_object(Bucket=place, Key="by-policy", Body=b"y")
    assert anybody.get_object(Bucket=place, Key="by-policy")["Body"].read() == b"y"


def test_lists_do_not_count_by_default(s3, bucket):
    assert code_of(s3.put_bucket_acl, Bucket=bucket, ACL="public-read") == "AccessControlListNotSupported"
    assert s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"] == [
        {"ObjectOwnership": "BucketOwnerEnforced"}]


def test_cross_origin(shared, owner, place):
    owner.put_bucket_cors(Bucket=place, CORSConfiguration={"CORSRules": [
        {"AllowedOrigins": ["https://*.example"], "AllowedMethods": ["GET"], "AllowedHeaders": ["x-*"],
         "ExposeHeaders": ["ETag"], "MaxAgeSeconds": 60}]})

    def ask(**headers):
        request = urllib.request.Request(f"{shared.endpoint}/{place}/k", method="OPTIONS",
                                         headers={k.replace("_", "-"): v for k, v in headers.items()})
        try:
            return urllib.request.urlopen(request)
        except urllib.error.HTTPError as error:
            return error
    allowed = ask(Origin="https://a.example", Access_Control_Request_Method="GET",
                  Access_Control_Request_Headers="x-one")
    assert allowed.status == 200
    assert allowed.headers["Access-Control-Allow-Origin"] == "https://a.example"
    assert allowed.headers["Access-Control-Max-Age"] == "60"
    assert ask(Origin="https://a.other", Access_Control_Request_Method="GET").status == 403
    assert ask(Origin="https://a.example", Access_Control_Request_Method="PUT").status == 403


def test_a_form(shared, owner, place):
    secret = shared.facts["secret_access_key"]
    policy = base64.b64encode(json.dumps({
        "expiration": "2099-01-01T00:00:00Z",
        "conditions": [{"bucket": place}, ["starts-with", "$key", "in/"], {"acl": "private"},
                       ["content-length-range", 1, 10]]}).encode()).decode()
    fields = {"key": "in/${filename}", "acl": "private", "AWSAccessKeyId": shared.facts["access_key_id"],
              "policy": policy,
              "signature": base64.b64encode(hmac.new(secret.encode(), policy.encode(), hashlib.sha1).digest()).decode()}

    def post(body, **changed):
        parts = b"".join(f'--B\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
                         for name, value in {**fields, **changed}.items())
        parts += b'--B\r\nContent-Disposition: form-data; name="file"; filename="f.txt"\r\n\r\n' + body + b"\r\n--B--\r\n"
        request = urllib.request.Request(f"{shared.endpoint}/{place}", data=parts,
                                         headers={"Content-Type": "multipart/form-data; boundary=B"})
        try:
            return urllib.request.urlopen(request).status
        except urllib.error.HTTPError as error:
            return error.code
    assert post(b"bytes") == 204
    assert owner.get_object(Bucket=place, Key="in/f.txt")["Body"].read() == b"bytes"
    assert post(b"far too many bytes") == 400
    assert post(b"bytes", key="out/x") == 403
    assert post(b"bytes", signature="AAAA") == 403


@pytest.mark.parametrize("size", [1, 70_000, 300_000])
def test_encryption(s3, bucket, size):
    body = bytes(i % 251 for i in range(size))
    key = b"k" * 32
    customer = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": key}
    s3.put_object(Bucket=bucket, Key="c", Body=body, **customer)
    assert code_of(s3.get_object, Bucket=bucket, Key="c") == "InvalidRequest"
    assert s3.get_object(Bucket=bucket, Key="c", **customer)["Body"].read() == body
    assert s3.get_object(Bucket=bucket, Key="c", Range=f"bytes={size // 2}-", **customer)["Body"].read() == body[size // 2:]
    assert code_of(s3.get_object, Bucket=bucket, Key="c", SSECustomerAlgorithm="AES256",
                   SSECustomerKey=b"x" * 32) == "InvalidRequest"
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [
        {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "mine"}}]})
    put = s3.put_object(Bucket=bucket, Key="m", Body=body)
    assert (put["ServerSideEncryption"], put["SSEKMSKeyId"]) == ("aws:kms", "mine")
    assert s3.get_object(Bucket=bucket, Key="m")["Body"].read() == body
    s3.copy_object(Bucket=bucket, Key="p", CopySource={"Bucket": bucket, "Key": "c"}, ServerSideEncryption="AES256",
                   CopySourceSSECustomerAlgorithm="AES256", CopySourceSSECustomerKey=key)
    assert s3.get_object(Bucket=bucket, Key="p")["ServerSideEncryption"] == "AES256"
    assert s3.get_object(Bucket=bucket, Key="p")["Body"].read() == body


# Of "123456789", the check value of CRC catalogues; XXHash by its reference implementation.
CHECKSUMS = {
    "CRC32": "y/Q5Jg==", "CRC32C": "4waSgw==", "CRC64NVME": "rosUhgp5mIg=",
    "SHA1": base64.b64encode(hashlib.sha1(b"123456789").digest()).decode(),
    "SHA256": base64.b64encode(hashlib.sha256(b"123456789").digest()).decode(),
    "SHA512": base64.b64encode(hashlib.sha512(b"123456789").digest()).decode(),
    "MD5": base64.b64encode(hashlib.md5(b"123456789").digest()).decode(),
    "XXHASH64": "jLhB20DmroM=", "XXHASH3": "ctyxi2ehff8=", "XXHASH128": "MxGUd+3l3NXpcWQnaB1YYA==",
}


@pytest.mark.parametrize("algorithm", CHECKSUMS)
def test_a_checksum_of_each_kind(s3, bucket, algorithm):
    given = {"Checksum" + algorithm: CHECKSUMS[algorithm]}
    assert s3.put_object(Bucket=bucket, Key="k", Body=b"123456789", **given).items() >= given.items()
    assert s3.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED").items() >= given.items()
    assert code_of(s3.put_object, Bucket=bucket, Key="k", Body=b"other", **given) == "BadDigest"
