"""Multipart uploads as boto3 sees them."""

import hashlib
import os

import pytest
from botocore.exceptions import ClientError

MIB = 1 << 20


def code_of(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


@pytest.fixture
def upload(s3, bucket):
    return {"Bucket": bucket, "Key": "m", "UploadId": s3.create_multipart_upload(Bucket=bucket, Key="m")["UploadId"]}


def parts_of(*etags):
    return {"Parts": [{"PartNumber": number, "ETag": etag} for number, etag in etags]}


def test_an_upload_in_two_parts(s3, bucket, upload):
    first, second = os.urandom(5 * MIB), b"end"
    one = s3.upload_part(PartNumber=1, Body=first, **upload)["ETag"]
    two = s3.upload_part(PartNumber=2, Body=second, **upload)["ETag"]
    assert [p["Size"] for p in s3.list_parts(**upload)["Parts"]] == [5 * MIB, 3]
    assert [u["Key"] for u in s3.list_multipart_uploads(Bucket=bucket)["Uploads"]] == ["m"]
    assert code_of(s3.get_object, Bucket=bucket, Key="m") == "NoSuchKey"
    done = s3.complete_multipart_upload(MultipartUpload=parts_of((1, one), (2, two)), **upload)
    digests = hashlib.md5(first).digest() + hashlib.md5(second).digest()
    assert done["ETag"] == f'"{hashlib.md5(digests).hexdigest()}-2"'
    assert s3.get_object(Bucket=bucket, Key="m")["Body"].read() == first + second
    second_part = s3.get_object(Bucket=bucket, Key="m", PartNumber=2)
    assert (second_part["Body"].read(), second_part["PartsCount"]) == (second, 2)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)
    again = s3.complete_multipart_upload(MultipartUpload=parts_of((1, one), (2, two)), **upload)
    assert again["ETag"] == done["ETag"]


def test_what_an_upload_refuses(s3, upload):
    one = s3.upload_part(PartNumber=1, Body=b"small", **upload)["ETag"]
    two = s3.upload_part(PartNumber=2, Body=b"last", **upload)["ETag"]
    complete = s3.complete_multipart_upload
    assert code_of(complete, MultipartUpload=parts_of((1, one), (2, two)), **upload) == "EntityTooSmall"
    assert code_of(complete, MultipartUpload=parts_of((2, two), (1, one)), **upload) == "InvalidPartOrder"
    assert code_of(complete, MultipartUpload=parts_of((1, two)), **upload) == "InvalidPart"
    assert code_of(complete, MultipartUpload={"Parts": []}, **upload) == "MalformedXML"
    s3.abort_multipart_upload(**upload)
    assert code_of(s3.upload_part, PartNumber=1, Body=b"x", **upload) == "NoSuchUpload"
    assert code_of(s3.list_parts, **upload) == "NoSuchUpload"


def test_parts_copied_from_another_object(s3, bucket, upload):
    body = os.urandom(6 * MIB)
    s3.put_object(Bucket=bucket, Key="source", Body=body)
    source = {"Bucket": bucket, "Key": "source"}
    one = s3.upload_part_copy(PartNumber=1, CopySource=source, CopySourceRange=f"bytes=0-{5 * MIB - 1}", **upload)
    two = s3.upload_part_copy(PartNumber=2, CopySource=source, CopySourceRange=f"bytes={5 * MIB}-{6 * MIB - 1}", **upload)
    assert one["CopyPartResult"]["ETag"] == f'"{hashlib.md5(body[:5 * MIB]).hexdigest()}"'
    s3.delete_object(Bucket=bucket, Key="source")
    s3.complete_multipart_upload(
        MultipartUpload=parts_of((1, one["CopyPartResult"]["ETag"]), (2, two["CopyPartResult"]["ETag"])), **upload)
    assert s3.get_object(Bucket=bucket, Key="m")["Body"].read() == body
    assert code_of(s3.upload_part_copy, PartNumber=1, CopySource={"Bucket": bucket, "Key": "none"}, **upload) == "NoSuchUpload"


def test_a_checksum_of_the_whole(s3, bucket):
    created = s3.create_multipart_upload(Bucket=bucket, Key="m", ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT")
    upload = {"Bucket": bucket, "Key": "m", "UploadId": created["UploadId"]}
    first, second = os.urandom(5 * MIB), b"end"
    parts = []
    for number, body in enumerate((first, second), 1):
        part = s3.upload_part(PartNumber=number, Body=body, ChecksumAlgorithm="CRC32", **upload)
        parts.append({"PartNumber": number, "ETag": part["ETag"], "ChecksumCRC32": part["ChecksumCRC32"]})
    s3.complete_multipart_upload(MultipartUpload={"Parts": parts}, ChecksumType="FULL_OBJECT", **upload)
    whole = s3.head_object(Bucket=bucket, Key="m", ChecksumMode="ENABLED")
    s3.put_object(Bucket=bucket, Key="one", Body=first + second, ChecksumAlgorithm="CRC32")
    assert whole["ChecksumCRC32"] == s3.head_object(Bucket=bucket, Key="one", ChecksumMode="ENABLED")["ChecksumCRC32"]
    assert whole["ChecksumType"] == "FULL_OBJECT"
