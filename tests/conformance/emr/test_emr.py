"""EMR with boto3: clusters, steps that run, their logs. What is expected is what EMR's API reference and guide say."""

import gzip
import re

import pytest
from botocore.exceptions import ClientError

INSTANCES = {"MasterInstanceType": "m5.xlarge", "SlaveInstanceType": "m5.xlarge", "InstanceCount": 3,
             "KeepJobFlowAliveWhenNoSteps": True}
ROLES = {"JobFlowRole": "EMR_EC2_DefaultRole", "ServiceRole": "EMR_DefaultRole"}


@pytest.fixture(scope="module")
def emr(server):
    return server.client("emr")


@pytest.fixture(scope="module")
def s3(server):
    return server.client("s3")


@pytest.fixture(scope="module")
def bucket(s3):
    s3.create_bucket(Bucket="emr-tests")
    return "emr-tests"


@pytest.fixture(scope="module")
def cluster(emr, bucket):
    reply = emr.run_job_flow(Name="tests", ReleaseLabel="emr-7.5.0", LogUri=f"s3n://{bucket}/logs/",
                             Instances=INSTANCES, Applications=[{"Name": "Spark"}], **ROLES)
    yield reply["JobFlowId"]
    emr.terminate_job_flows(JobFlowIds=[reply["JobFlowId"]])


def step(*words, name="step", on_failure="CONTINUE", jar="command-runner.jar"):
    return {"Name": name, "ActionOnFailure": on_failure, "HadoopJarStep": {"Jar": jar, "Args": list(words)}}


def wait(emr, cluster, step_id):
    """The step when it is final; a failed one ends the waiter too."""
    waiter = emr.get_waiter("step_complete")
    try:
        waiter.wait(ClusterId=cluster, StepId=step_id, WaiterConfig={"Delay": 0.05, "MaxAttempts": 1200})
    except Exception:
        pass
    return emr.describe_step(ClusterId=cluster, StepId=step_id)["Step"]


def run(emr, cluster, *words):
    step_id = emr.add_job_flow_steps(JobFlowId=cluster, Steps=[step(*words)])["StepIds"][0]
    return wait(emr, cluster, step_id)


def log(s3, bucket, cluster, step, name):
    body = s3.get_object(Bucket=bucket, Key=f"logs/{cluster}/steps/{step['Id']}/{name}.gz")["Body"].read()
    return gzip.decompress(body).decode()


def test_a_plain_python_script(emr, s3, bucket, cluster):
    s3.put_object(Bucket=bucket, Key="plain.py", Body=b"import os, sys\nprint('hello', sys.argv[1:])\nprint(os.getcwd())\n")
    done = run(emr, cluster, "spark-submit", "--deploy-mode", "cluster", f"s3://{bucket}/plain.py", "a", "b c")
    assert done["Status"]["State"] == "COMPLETED"
    timeline = done["Status"]["Timeline"]
    assert timeline["CreationDateTime"] <= timeline["StartDateTime"] <= timeline["EndDateTime"]
    assert re.fullmatch("s-[A-Z0-9]{13}", done["Id"])
    assert log(s3, bucket, cluster, done, "stdout").startswith("hello ['a', 'b c']\n")
    assert log(s3, bucket, cluster, done, "stderr") == ""
    assert "exit code 0" in log(s3, bucket, cluster, done, "controller")


def test_a_spark_script_with_the_idioms_of_clusters(emr, s3, bucket, cluster):
    s3.put_object(Bucket=bucket, Key="in/people.json", Body=b'{"name":"Ann","age":5}\n{"name":"Bob","age":7}\n')
    s3.put_object(Bucket=bucket, Key="spark.py", Body=f"""
from pyspark import SparkConf, SparkContext
from pyspark.sql import SparkSession
spark = (SparkSession.builder.appName("people").master("yarn").config("spark.executor.memory", "2g")
         .enableHiveSupport().getOrCreate())
spark.sparkContext.setLogLevel("WARN")
people = spark.read.json("s3://{bucket}/in/")
people.filter("age > 5").write.mode("overwrite").parquet("s3a://{bucket}/out/")
print(people.count(), spark.sparkContext.appName, SparkContext.getOrCreate() is spark.sparkContext)
spark.stop()
""".encode())
    done = run(emr, cluster, "spark-submit", "--conf", "spark.sql.shuffle.partitions=3", f"s3://{bucket}/spark.py")
    assert done["Status"]["State"] == "COMPLETED", log(s3, bucket, cluster, done, "stderr")
    assert log(s3, bucket, cluster, done, "stdout") == "2 people True\n"
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket, Prefix="out/")["Contents"]]
    assert "out/_SUCCESS" in keys


def test_a_script_that_raises(emr, s3, bucket, cluster):
    s3.put_object(Bucket=bucket, Key="bad.py", Body=b"def f():\n    raise ValueError('boom')\nf()\n")
    done = run(emr, cluster, "spark-submit", f"s3://{bucket}/bad.py")
    assert done["Status"]["State"] == "FAILED"
    details = done["Status"]["FailureDetails"]
    assert details["LogFile"] == f"s3n://{bucket}/logs/{cluster}/steps/{done['Id']}/stderr.gz"
    assert "boom" in details["Message"]
    trace = log(s3, bucket, cluster, done, "stderr")
    assert 'bad.py", line 3, in <module>' in trace and "launcher" not in trace


def test_what_is_missing_is_named(emr, s3, bucket, cluster):
    s3.put_object(Bucket=bucket, Key="rdd.py", Body=b"""
from pyspark.sql import SparkSession
sc = SparkSession.builder.getOrCreate().sparkContext
sc.parallelize([1, 2])
""")
    done = run(emr, cluster, "spark-submit", f"s3://{bucket}/rdd.py")
    assert "SparkContext.parallelize" in log(s3, bucket, cluster, done, "stderr")
    assert "rdd.py, line 4" in done["Status"]["FailureDetails"]["Message"]
    absent = run(emr, cluster, "spark-submit", f"s3://{bucket}/absent.py")
    assert f"s3://{bucket}/absent.py" in absent["Status"]["FailureDetails"]["Message"]
    hive = run(emr, cluster, "hive-script", "--run-hive-script")
    assert "hive-script" in hive["Status"]["FailureDetails"]["Message"]


def test_py_files_and_boto3_as_the_clusters_role(emr, s3, bucket, cluster):
    s3.put_object(Bucket=bucket, Key="helper.py", Body=b"def greet():\n    return 'greetings'\n")
    s3.put_object(Bucket=bucket, Key="uses.py", Body=b"""
import boto3, helper
print(helper.greet(), boto3.client("sts").get_caller_identity()["Arn"])
print([each["Name"] for each in boto3.client("s3").list_buckets()["Buckets"] if each["Name"] == "emr-tests"])
""")
    done = run(emr, cluster, "spark-submit", "--py-files", f"s3://{bucket}/helper.py", f"s3://{bucket}/uses.py")
    assert done["Status"]["State"] == "COMPLETED", log(s3, bucket, cluster, done, "stderr")
    out = log(s3, bucket, cluster, done, "stdout")
    assert "greetings" in out and "assumed-role/EMR_EC2_DefaultRole/i-" in out and "['emr-tests']" in out


def test_commands_and_scripts(emr, s3, bucket, cluster):
    done = run(emr, cluster, "bash", "-c", "echo $EMR_STEP_ID; exit 3")
    assert done["Status"]["State"] == "FAILED"
    assert log(s3, bucket, cluster, done, "stdout") == done["Id"] + "\n"
    done = run(emr, cluster, "bash", "-c", "python3 -c 'import pyspark; print(pyspark.__name__)'")
    assert log(s3, bucket, cluster, done, "stdout") == "pyspark\n"
    s3.put_object(Bucket=bucket, Key="run.sh", Body=b"echo shell $1\n")
    step_id = emr.add_job_flow_steps(JobFlowId=cluster, Steps=[
        step(f"s3://{bucket}/run.sh", "word", jar="s3://us-east-1.elasticmapreduce/libs/script-runner/script-runner.jar")
    ])["StepIds"][0]
    done = wait(emr, cluster, step_id)
    assert log(s3, bucket, cluster, done, "stdout") == "shell word\n"


def test_cancel_kills_a_running_step(emr, s3, bucket, cluster):
    ids = emr.add_job_flow_steps(JobFlowId=cluster, Steps=[step("sleep", "100"), step("sleep", "100")])["StepIds"]
    infos = emr.cancel_steps(ClusterId=cluster, StepIds=ids)["CancelStepsInfoList"]
    assert [info["Status"] for info in infos] == ["SUBMITTED", "SUBMITTED"]
    assert [wait(emr, cluster, each)["Status"]["State"] for each in ids] == ["CANCELLED", "CANCELLED"]
    assert emr.describe_cluster(ClusterId=cluster)["Cluster"]["Status"]["State"] == "WAITING"


def test_steps_are_listed_newest_first(emr, cluster):
    ids = emr.add_job_flow_steps(JobFlowId=cluster, Steps=[step("true", name=str(i)) for i in range(3)])["StepIds"]
    for each in ids:
        wait(emr, cluster, each)
    listed = emr.list_steps(ClusterId=cluster)["Steps"]
    assert [each["Id"] for each in listed[:3]] == ids[::-1]
    assert [each["Id"] for each in emr.list_steps(ClusterId=cluster, StepIds=ids[:1])["Steps"]] == ids[:1]
    assert all(each["Status"]["State"] == "FAILED"
               for each in emr.list_steps(ClusterId=cluster, StepStates=["FAILED"])["Steps"])


def test_a_cluster_that_ends_after_its_steps(emr, bucket):
    reply = emr.run_job_flow(Name="short", ReleaseLabel="emr-7.5.0", Instances={**INSTANCES, "KeepJobFlowAliveWhenNoSteps": False},
                             Steps=[step("false"), step("true", on_failure="TERMINATE_CLUSTER")], **ROLES)
    emr.get_waiter("cluster_terminated").wait(ClusterId=reply["JobFlowId"], WaiterConfig={"Delay": 0.05, "MaxAttempts": 600})
    found = emr.describe_cluster(ClusterId=reply["JobFlowId"])["Cluster"]
    assert found["Status"]["StateChangeReason"] == {"Code": "ALL_STEPS_COMPLETED", "Message": "Steps completed with errors"}
    assert found["AutoTerminate"] is True and "EndDateTime" in found["Status"]["Timeline"]
    with pytest.raises(ClientError, match="may not be modified") as error:
        emr.add_job_flow_steps(JobFlowId=reply["JobFlowId"], Steps=[step("true")])
    assert error.value.response["Error"]["Code"] == "ValidationException"


def test_a_failed_step_ends_the_cluster(emr):
    reply = emr.run_job_flow(Name="fails", Instances=INSTANCES, **ROLES,
                             Steps=[step("false", on_failure="TERMINATE_CLUSTER"), step("true")])
    with pytest.raises(Exception):
        emr.get_waiter("cluster_running").wait(ClusterId=reply["JobFlowId"], WaiterConfig={"Delay": 0.05, "MaxAttempts": 2})
        emr.get_waiter("cluster_terminated").wait(ClusterId=reply["JobFlowId"], WaiterConfig={"Delay": 0.05, "MaxAttempts": 600})
    found = emr.describe_cluster(ClusterId=reply["JobFlowId"])["Cluster"]["Status"]
    assert found["State"] == "TERMINATED_WITH_ERRORS" and found["StateChangeReason"]["Code"] == "STEP_FAILURE"
    assert emr.list_steps(ClusterId=reply["JobFlowId"])["Steps"][0]["Status"]["State"] == "CANCELLED"


def test_what_a_cluster_says_of_itself(emr, cluster, bucket):
    found = emr.describe_cluster(ClusterId=cluster)["Cluster"]
    assert re.fullmatch("j-[A-Z0-9]{13}", found["Id"])
    assert found["ClusterArn"].endswith(f":cluster/{cluster}")
    assert found["ReleaseLabel"] == "emr-7.5.0" and found["LogUri"] == f"s3n://{bucket}/logs/"
    assert found["Ec2InstanceAttributes"]["IamInstanceProfile"] == "EMR_EC2_DefaultRole"
    groups = emr.list_instance_groups(ClusterId=cluster)["InstanceGroups"]
    assert [(group["InstanceGroupType"], group["RunningInstanceCount"]) for group in groups] == [("MASTER", 1), ("CORE", 2)]
    assert len(emr.list_instances(ClusterId=cluster, InstanceGroupTypes=["CORE"])["Instances"]) == 2
    assert emr.list_bootstrap_actions(ClusterId=cluster)["BootstrapActions"] == []
    assert cluster in [each["Id"] for each in emr.list_clusters(ClusterStates=["WAITING", "RUNNING"])["Clusters"]]


def test_settings(emr, cluster):
    emr.set_termination_protection(JobFlowIds=[cluster], TerminationProtected=True)
    with pytest.raises(ClientError, match="termination protected"):
        emr.terminate_job_flows(JobFlowIds=[cluster])
    emr.set_termination_protection(JobFlowIds=[cluster], TerminationProtected=False)
    assert emr.modify_cluster(ClusterId=cluster, StepConcurrencyLevel=4)["StepConcurrencyLevel"] == 4
    emr.modify_cluster(ClusterId=cluster, StepConcurrencyLevel=1)
    emr.add_tags(ResourceId=cluster, Tags=[{"Key": "team", "Value": "data"}])
    assert emr.describe_cluster(ClusterId=cluster)["Cluster"]["Tags"] == [{"Key": "team", "Value": "data"}]
    emr.remove_tags(ResourceId=cluster, TagKeys=["team"])
    assert emr.describe_cluster(ClusterId=cluster)["Cluster"]["Tags"] == []
    emr.put_auto_termination_policy(ClusterId=cluster, AutoTerminationPolicy={"IdleTimeout": 600})
    assert emr.get_auto_termination_policy(ClusterId=cluster)["AutoTerminationPolicy"] == {"IdleTimeout": 600}
    emr.remove_auto_termination_policy(ClusterId=cluster)
    limits = {"UnitType": "Instances", "MinimumCapacityUnits": 1, "MaximumCapacityUnits": 4}
    emr.put_managed_scaling_policy(ClusterId=cluster, ManagedScalingPolicy={"ComputeLimits": limits})
    assert emr.get_managed_scaling_policy(ClusterId=cluster)["ManagedScalingPolicy"]["ComputeLimits"] == limits
    assert "emr-7.5.0" in emr.list_release_labels()["ReleaseLabels"]
    assert emr.describe_release_label(ReleaseLabel="emr-7.5.0")["Applications"] == [{"Name": "Spark", "Version": "3.5.2"}]


@pytest.mark.parametrize("code, message, call", [
    ("InvalidRequestException", "Cluster id 'j-NOTTHERE' is not valid", lambda emr, cluster: emr.describe_cluster(ClusterId="j-NOTTHERE")),
    ("InvalidRequestException", "Step id 's-NOTTHERE' is not valid", lambda emr, cluster: emr.describe_step(ClusterId=cluster, StepId="s-NOTTHERE")),
    ("ValidationException", "Invalid InstanceProfile: Nobody", lambda emr, cluster: emr.run_job_flow(
        Name="x", Instances=INSTANCES, JobFlowRole="Nobody", ServiceRole="EMR_DefaultRole")),
    ("NotImplemented", "ListStudios", lambda emr, cluster: emr.list_studios()),
])
def test_refusals(emr, cluster, code, message, call):
    with pytest.raises(ClientError, match=message) as error:
        call(emr, cluster)
    assert error.value.response["Error"]["Code"] == code
