"""Paths without a scheme and hdfs://: the file system that a cluster brings, kept by the server."""

import uuid

import pytest
from botocore.exceptions import ClientError
from pyspark import errors


@pytest.fixture
def folder():
    return f"/tmp/{uuid.uuid4().hex}"


def test_files_come_back(spark, employees, folder):
    employees.write.parquet(f"{folder}/staff")
    assert spark.read.parquet(f"hdfs://{folder}/staff").count() == 5
    assert spark.read.parquet(f"hdfs://namenode:8020{folder}/staff").count() == 5
    employees.write.partitionBy("dept").csv(f"{folder}/by_dept", header=True)
    back = spark.read.csv(f"{folder}/by_dept", header=True, inferSchema=True)
    assert sorted(row.name for row in back.where("dept = 'IT'").collect()) == ["Ann", "Bob"]
    assert spark.sql(f"select count(*) from parquet.`{folder}/staff`").collect() == [(5,)]


def test_what_is_not_there_and_what_is(spark, employees, folder):
    with pytest.raises(errors.AnalysisException) as raised:
        spark.read.json(f"{folder}/nothing").collect()
    assert raised.value.getCondition() == "PATH_NOT_FOUND"
    employees.write.json(folder)
    with pytest.raises(errors.AnalysisException) as raised:
        employees.write.json(folder)
    assert raised.value.getCondition() == "PATH_ALREADY_EXISTS"


def test_a_table_without_a_place_lies_in_the_warehouse(spark, employees, server):
    name = f"t_{uuid.uuid4().hex}"
    employees.write.saveAsTable(name)
    assert spark.table(name).count() == 5
    table = server.client("glue").get_table(DatabaseName="default", Name=name)["Table"]
    assert table["StorageDescriptor"]["Location"].endswith(f"/user/spark/warehouse/{name}/")
    spark.sql(f"drop table {name}")


def test_no_s3_client_reaches_it(spark, employees, folder, server):
    employees.write.json(folder)
    s3 = server.client("s3")
    assert all(":" not in bucket["Name"] for bucket in s3.list_buckets()["Buckets"])
    with pytest.raises(errors.PySparkException):
        spark.read.json(f"s3://hdfs:local{folder}").count()
    with pytest.raises(ClientError):
        server.client("s3").list_objects_v2(Bucket="hdfs-local")
