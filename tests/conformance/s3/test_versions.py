"""Versions, object lock and lifecycle as boto3 sees them."""

import datetime
import time
import uuid

import pytest
from botocore.exceptions import ClientError


def code_of(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


@pytest.fixture
def versioned(s3, bucket):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    return bucket


def test_versions_and_markers(s3, versioned):
    first = s3.put_object(Bucket=versioned, Key="k", Body=b"one")["VersionId"]
    second = s3.put_object(Bucket=versioned, Key="k", Body=b"two")["VersionId"]
    assert s3.get_object(Bucket=versioned, Key="k")["Body"].read() == b"two"
    assert s3.get_object(Bucket=versioned, Key="k", VersionId=first)["Body"].read() == b"one"
    gone = s3.delete_object(Bucket=versioned, Key="k")
    assert gone["DeleteMarker"]
    with pytest.raises(ClientError) as absent:
        s3.get_object(Bucket=versioned, Key="k")
    assert absent.value.response["Error"]["Code"] == "NoSuchKey"
    assert absent.value.response["ResponseMetadata"]["HTTPHeaders"]["x-amz-delete-marker"] == "true"
    assert code_of(s3.get_object, Bucket=versioned, Key="k", VersionId=gone["VersionId"]) == "MethodNotAllowed"
    listed = s3.list_object_versions(Bucket=versioned)
    assert [v["VersionId"] for v in listed["Versions"]] == [second, first]
    assert [m["IsLatest"] for m in listed["DeleteMarkers"]] == [True]
    assert "Contents" not in s3.list_objects_v2(Bucket=versioned)
    s3.delete_object(Bucket=versioned, Key="k", VersionId=gone["VersionId"])
    assert s3.get_object(Bucket=versioned, Key="k")["VersionId"] == second
    assert code_of(s3.delete_bucket, Bucket=versioned) == "BucketNotEmpty"


def test_copies_and_uploads_make_versions(s3, versioned):
    first = s3.put_object(Bucket=versioned, Key="k", Body=b"one")["VersionId"]
    s3.put_object(Bucket=versioned, Key="k", Body=b"two")
    copy = s3.copy_object(Bucket=versioned, Key="c", CopySource={"Bucket": versioned, "Key": "k", "VersionId": first})
    assert copy["CopySourceVersionId"] == first and copy["VersionId"]
    assert s3.get_object(Bucket=versioned, Key="c")["Body"].read() == b"one"
    upload = s3.create_multipart_upload(Bucket=versioned, Key="m")["UploadId"]
    part = s3.upload_part(Bucket=versioned, Key="m", UploadId=upload, PartNumber=1, Body=b"part")
    done = s3.complete_multipart_upload(Bucket=versioned, Key="m", UploadId=upload, MultipartUpload={
        "Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})
    assert s3.get_object(Bucket=versioned, Key="m", VersionId=done["VersionId"])["Body"].read() == b"part"


def test_tags_belong_to_a_version(s3, versioned):
    first = s3.put_object(Bucket=versioned, Key="k", Body=b"", Tagging="a=1")["VersionId"]
    s3.put_object(Bucket=versioned, Key="k", Body=b"")
    assert s3.get_object_tagging(Bucket=versioned, Key="k")["TagSet"] == []
    assert s3.get_object_tagging(Bucket=versioned, Key="k", VersionId=first)["TagSet"] == [{"Key": "a", "Value": "1"}]


def test_object_lock(s3):
    bucket = f"lock-{uuid.uuid4()}"
    s3.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    assert code_of(s3.put_bucket_versioning, Bucket=bucket,
                   VersioningConfiguration={"Status": "Suspended"}) == "InvalidBucketState"
    rule = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}}
    s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=rule)
    assert s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"] == rule
    version = s3.put_object(Bucket=bucket, Key="k", Body=b"x")["VersionId"]
    assert s3.head_object(Bucket=bucket, Key="k")["ObjectLockMode"] == "GOVERNANCE"
    assert code_of(s3.delete_object, Bucket=bucket, Key="k", VersionId=version) == "AccessDenied"
    s3.put_object_legal_hold(Bucket=bucket, Key="k", LegalHold={"Status": "ON"})
    assert code_of(s3.delete_object, Bucket=bucket, Key="k", VersionId=version,
                   BypassGovernanceRetention=True) == "AccessDenied"
    s3.put_object_legal_hold(Bucket=bucket, Key="k", LegalHold={"Status": "OFF"})
    later = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=9)
    s3.put_object_retention(Bucket=bucket, Key="k", Retention={"Mode": "GOVERNANCE", "RetainUntilDate": later})
    s3.delete_object(Bucket=bucket, Key="k", VersionId=version, BypassGovernanceRetention=True)


def test_lifecycle_expires_and_aborts(new_server):
    server = new_server("--lifecycle-day", "1")
    s3 = server.client("s3")
    s3.create_bucket(Bucket="short-lived")
    rules = {"Rules": [
        {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "old/"}, "Expiration": {"Days": 1}},
        {"ID": "up", "Status": "Enabled", "Filter": {}, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}}]}
    s3.put_bucket_lifecycle_configuration(Bucket="short-lived", LifecycleConfiguration=rules)
    assert s3.get_bucket_lifecycle_configuration(Bucket="short-lived")["Rules"] == rules["Rules"]
    put = s3.put_object(Bucket="short-lived", Key="old/k", Body=b"")
    assert 'rule-id="old"' in put["Expiration"]
    s3.put_object(Bucket="short-lived", Key="new/k", Body=b"")
    s3.create_multipart_upload(Bucket="short-lived", Key="m")

    def left():
        return ([o["Key"] for o in s3.list_objects_v2(Bucket="short-lived").get("Contents", [])],
                len(s3.list_multipart_uploads(Bucket="short-lived").get("Uploads", [])))
    deadline = time.monotonic() + 60
    while left() != (["new/k"], 0) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert left() == (["new/k"], 0)
