"""Buckets and listings as boto3 sees them."""

import json
import uuid

import pytest
from botocore.exceptions import ClientError


def code_of(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


def put_all(s3, bucket, keys):
    for key in keys:
        s3.put_object(Bucket=bucket, Key=key, Body=b"x")


def test_the_life_of_a_bucket(s3):
    name = f"life-{uuid.uuid4()}"
    s3.create_bucket(Bucket=name)
    assert name in [b["Name"] for b in s3.list_buckets()["Buckets"]]
    assert s3.head_bucket(Bucket=name)["BucketRegion"] == "us-east-1"
    assert s3.get_bucket_location(Bucket=name)["LocationConstraint"] is None
    s3.put_object(Bucket=name, Key="k", Body=b"x")
    assert code_of(s3.delete_bucket, Bucket=name) == "BucketNotEmpty"
    s3.delete_object(Bucket=name, Key="k")
    s3.delete_bucket(Bucket=name)
    assert code_of(s3.head_bucket, Bucket=name) == "404"


def test_a_bucket_elsewhere(s3):
    name = f"eu-{uuid.uuid4()}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    assert s3.get_bucket_location(Bucket=name)["LocationConstraint"] == "eu-central-1"
    assert code_of(s3.create_bucket, Bucket=name,
                   CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}) == "BucketAlreadyOwnedByYou"


def test_listings_roll_up_and_page(s3, bucket):
    keys = ["a", "d/1", "d/2", "d/e/3", "e/1", "z", "ü", "🦉"]
    put_all(s3, bucket, reversed(keys))
    for listing in ("list_objects", "list_objects_v2"):
        for size in (1, 2, 1000):
            pages = list(s3.get_paginator(listing).paginate(Bucket=bucket, PaginationConfig={"PageSize": size}))
            assert [o["Key"] for p in pages for o in p.get("Contents", [])] == keys
            pages = list(s3.get_paginator(listing).paginate(
                Bucket=bucket, Delimiter="/", PaginationConfig={"PageSize": size}))
            assert [o["Key"] for p in pages for o in p.get("Contents", [])] == ["a", "z", "ü", "🦉"]
            assert [c["Prefix"] for p in pages for c in p.get("CommonPrefixes", [])] == ["d/", "e/"]
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=bucket, Prefix="d/", StartAfter="d/1")["Contents"]] == [
        "d/2", "d/e/3"]
    assert s3.list_objects_v2(Bucket=bucket, MaxKeys=0)["KeyCount"] == 0


def test_many_keys_are_deleted_at_once(s3, bucket):
    put_all(s3, bucket, [f"k{i}" for i in range(20)])
    done = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": f"k{i}"} for i in range(25)]})
    assert len(done["Deleted"]) == 25 and "Errors" not in done
    put_all(s3, bucket, ["q"])
    assert "Deleted" not in s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "q"}], "Quiet": True})
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_settings_that_are_absent(s3, bucket):
    absent = {
        s3.get_bucket_cors: "NoSuchCORSConfiguration",
        s3.get_bucket_lifecycle_configuration: "NoSuchLifecycleConfiguration",
        s3.get_bucket_policy: "NoSuchBucketPolicy",
        s3.get_bucket_replication: "ReplicationConfigurationNotFoundError",
        s3.get_bucket_tagging: "NoSuchTagSet",
        s3.get_bucket_website: "NoSuchWebsiteConfiguration",
        s3.get_bucket_encryption: "ServerSideEncryptionConfigurationNotFoundError",
        s3.get_object_lock_configuration: "ObjectLockConfigurationNotFoundError",
    }
    assert {call.__name__: code_of(call, Bucket=bucket) for call in absent} == {
        call.__name__: code for call, code in absent.items()}
    assert "Status" not in s3.get_bucket_versioning(Bucket=bucket)
    assert s3.get_bucket_request_payment(Bucket=bucket)["Payer"] == "BucketOwner"
    assert s3.get_bucket_acl(Bucket=bucket)["Grants"][0]["Permission"] == "FULL_CONTROL"


def test_what_is_not_built_says_so(s3, bucket):
    assert code_of(s3.put_bucket_versioning, Bucket=bucket,
                   VersioningConfiguration={"Status": "Enabled", "MFADelete": "Enabled"}) == "NotImplemented"
    assert code_of(s3.select_object_content, Bucket=bucket, Key="k", Expression="SELECT 1", ExpressionType="SQL",
                   InputSerialization={"CSV": {}}, OutputSerialization={"CSV": {}}) == "NotImplemented"
    assert code_of(s3.put_object, Bucket=bucket, Key="k", Body=b"", ACL="public-read") == "AccessControlListNotSupported"


def test_bucket_tags(s3, bucket):
    tags = [{"Key": "team", "Value": "data"}]
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tags})
    assert s3.get_bucket_tagging(Bucket=bucket)["TagSet"] == tags
    s3.delete_bucket_tagging(Bucket=bucket)
    assert code_of(s3.get_bucket_tagging, Bucket=bucket) == "NoSuchTagSet"


def test_a_new_bucket_is_closed_to_the_public(s3, bucket):
    block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert block == dict.fromkeys(["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"], True)
    public = json.dumps({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}})
    assert code_of(s3.put_bucket_policy, Bucket=bucket, Policy=public) == "AccessDenied"
    s3.delete_public_access_block(Bucket=bucket)
    assert code_of(s3.get_public_access_block, Bucket=bucket) == "NoSuchPublicAccessBlockConfiguration"
    reply = s3.put_bucket_policy(Bucket=bucket, Policy=public)
    assert reply["ResponseMetadata"]["HTTPStatusCode"] == 204
