"""One role, one prefix: what a restricted role may do, and how S3, Athena, EMR and Spark say no."""

import gzip
import json
import time
import uuid

import pytest
from botocore.exceptions import ClientError

TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": "000000000000"}, "Action": "sts:AssumeRole"},
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]})


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": actions, "Resource": resources} for actions, resources in statements]})


@pytest.fixture(scope="module")
def iam(server):
    return server.client("iam")


@pytest.fixture
def name():
    return f"n{uuid.uuid4().hex[:12]}"


@pytest.fixture
def assume(server, iam, name):
    """A session of a new role with these permissions: the keywords of a client."""
    def make(*statements):
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=policy(*statements))
        keys = server.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="me")["Credentials"]
        return {"aws_access_key_id": keys["AccessKeyId"], "aws_secret_access_key": keys["SecretAccessKey"],
                "aws_session_token": keys["SessionToken"]}
    return make


def one_prefix(bucket, prefix):
    return [(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], f"arn:aws:s3:::{bucket}/{prefix}/*"),
            ("s3:ListBucket", f"arn:aws:s3:::{bucket}")]


def run(athena, sql, bucket):
    """The finished execution."""
    started = athena.start_query_execution(QueryString=sql, ResultConfiguration={"OutputLocation": f"s3://{bucket}/results/"})
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        execution = athena.get_query_execution(QueryExecutionId=started["QueryExecutionId"])["QueryExecution"]
        if execution["Status"]["State"] not in ("QUEUED", "RUNNING"):
            return execution
        time.sleep(0.02)
    raise AssertionError("the query did not end")


@pytest.fixture
def table(server, bucket, s3, name):
    """A table over s3://bucket/data/, as root made it."""
    s3.put_object(Bucket=bucket, Key="data/rows.csv", Body=b"1,one\n2,two\n")
    athena = server.client("athena")
    for sql in (f"CREATE DATABASE {name}",
                f"CREATE EXTERNAL TABLE {name}.t (n int, word string) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' "
                f"LOCATION 's3://{bucket}/data/'"):
        assert run(athena, sql, bucket)["Status"]["State"] == "SUCCEEDED"
    return f"{name}.t"


ATHENA = (["athena:StartQueryExecution", "athena:GetQueryExecution", "athena:GetQueryResults", "athena:GetWorkGroup"], "*")
GLUE = (["glue:GetTable", "glue:GetDatabase", "glue:GetPartitions", "glue:GetTables", "glue:GetDatabases"], "*")


def test_athena_reads_what_its_user_may_read(server, assume, bucket, table):
    athena = server.client("athena", **assume(
        ATHENA, GLUE, (["s3:GetObject", "s3:ListBucket", "s3:GetBucketLocation"], "*"),
        ("s3:PutObject", f"arn:aws:s3:::{bucket}/results/*")))
    done = run(athena, f"SELECT word FROM {table} ORDER BY n", bucket)
    assert done["Status"]["State"] == "SUCCEEDED", done["Status"]
    rows = athena.get_query_results(QueryExecutionId=done["QueryExecutionId"])["ResultSet"]["Rows"]
    assert [r["Data"][0]["VarCharValue"] for r in rows] == ["word", "one", "two"]


def test_athena_without_the_tables_bucket(server, assume, bucket, table):
    athena = server.client("athena", **assume(ATHENA, GLUE, *one_prefix(bucket, "results")))
    done = run(athena, f"SELECT word FROM {table}", bucket)
    assert done["Status"]["State"] == "FAILED"
    assert done["Status"]["StateChangeReason"].startswith(
        f"PERMISSION_DENIED: Permission denied on S3 path: s3://{bucket}/data/"), done["Status"]
    assert done["Status"]["AthenaError"]["ErrorCategory"] == 2


def test_athena_without_the_catalog(server, assume, bucket, table):
    athena = server.client("athena", **assume(ATHENA, ("s3:*", "*")))
    done = run(athena, f"SELECT word FROM {table}", bucket)
    assert done["Status"]["State"] == "FAILED"
    assert "is not authorized to perform: glue:" in done["Status"]["StateChangeReason"]


def test_athena_without_athena(server, assume, bucket, table):
    athena = server.client("athena", **assume(GLUE, ("s3:*", "*")))
    with pytest.raises(ClientError) as caught:
        run(athena, f"SELECT word FROM {table}", bucket)
    assert caught.value.response["Error"]["Code"] == "AccessDeniedException"


def test_pyathena_under_a_role(server, assume, bucket, table):
    import pyathena
    cursor = pyathena.connect(s3_staging_dir=f"s3://{bucket}/results/", region_name="us-east-1",
                              endpoint_url=server.endpoint,
                              **assume(ATHENA, GLUE, *one_prefix(bucket, "results"))).cursor()
    with pytest.raises(pyathena.error.OperationalError, match="Permission denied on S3 path"):
        cursor.execute(f"SELECT word FROM {table}")


def test_awswrangler_under_a_role(server, assume, bucket, monkeypatch):
    import awswrangler as wr
    import boto3
    import pandas
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.endpoint)
    session = boto3.Session(region_name="us-east-1", **assume(*one_prefix(bucket, "mine")))
    frame = pandas.DataFrame({"n": [1, 2]})
    wr.s3.to_parquet(frame, path=f"s3://{bucket}/mine/f.parquet", boto3_session=session)
    assert wr.s3.read_parquet(f"s3://{bucket}/mine/f.parquet", boto3_session=session)["n"].tolist() == [1, 2]
    with pytest.raises(ClientError, match="AccessDenied"):
        wr.s3.to_parquet(frame, path=f"s3://{bucket}/yours/f.parquet", boto3_session=session)


SCRIPT = b"""
import sys
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
frame = spark.read.text(sys.argv[1])
print("rows", frame.count())
frame.write.mode("overwrite").text(sys.argv[2])
"""


def test_emr_steps_act_as_the_job_flow_role(server, iam, s3, bucket, name):
    for key in ("mine/in/a.txt", "yours/in/a.txt"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"x\ny\n")
    s3.put_object(Bucket=bucket, Key="mine/main.py", Body=SCRIPT)
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=policy(*one_prefix(bucket, "mine")))
    iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    emr = server.client("emr")
    places = [("mine/in/", "mine/out/"), ("yours/in/", "mine/out2/"), ("mine/in/", "yours/out/")]
    steps = [{"Name": "s", "ActionOnFailure": "CONTINUE", "HadoopJarStep": {"Jar": "command-runner.jar", "Args": [
        "spark-submit", f"s3://{bucket}/mine/main.py", f"s3://{bucket}/{read}", f"s3://{bucket}/{write}"]}}
        for read, write in places]
    cluster = emr.run_job_flow(Name=name, ReleaseLabel="emr-7.5.0", JobFlowRole=name, ServiceRole="EMR_DefaultRole",
                               LogUri=f"s3://{bucket}/mine/logs/", Steps=steps,
                               Instances={"InstanceCount": 1, "MasterInstanceType": "m5.xlarge",
                                          "KeepJobFlowAliveWhenNoSteps": False})["JobFlowId"]
    emr.get_waiter("cluster_terminated").wait(ClusterId=cluster, WaiterConfig={"Delay": 0.1, "MaxAttempts": 1200})
    done = emr.list_steps(ClusterId=cluster)["Steps"][::-1]
    logs = [gzip.decompress(s3.get_object(Bucket=bucket, Key=f"mine/logs/{cluster}/steps/{step['Id']}/stderr.gz")[
        "Body"].read()).decode() for step in done]
    assert [step["Status"]["State"] for step in done] == ["COMPLETED", "FAILED", "FAILED"], logs
    for log, place in zip(logs[1:], ("yours/", "yours/")):
        assert "AccessDenied" in log and "Status Code: 403" in log and place in log, log
    assert s3.list_objects_v2(Bucket=bucket, Prefix="mine/out/")["KeyCount"] >= 2
    assert s3.list_objects_v2(Bucket=bucket, Prefix="yours/out/")["KeyCount"] == 0


def test_passing_a_role_needs_permission(server, iam, assume, name):
    emr = server.client("emr", **assume(("elasticmapreduce:*", "*")))
    with pytest.raises(ClientError) as caught:
        emr.run_job_flow(Name=name, ReleaseLabel="emr-7.5.0", JobFlowRole="EMR_EC2_DefaultRole",
                         ServiceRole="EMR_DefaultRole", Instances={"InstanceCount": 1, "MasterInstanceType": "m5.xlarge"})
    assert "iam:PassRole" in caught.value.response["Error"]["Message"]
