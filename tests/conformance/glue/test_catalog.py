"""Glue's data catalog with boto3: shapes, errors, paging, versions, filters as AWS documents them."""

import uuid

import pytest
from botocore.exceptions import ClientError


@pytest.fixture(scope="module")
def glue(server):
    return server.client("glue")


@pytest.fixture
def database(glue):
    name = f"db_{uuid.uuid4().hex[:8]}"
    glue.create_database(DatabaseInput={"Name": name, "Description": "for tests", "Parameters": {"a": "b"}})
    yield name
    glue.delete_database(Name=name)


def table_input(name, keys=(), **more):
    return {
        "Name": name,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"classification": "parquet"},
        "PartitionKeys": [{"Name": key, "Type": kind} for key, kind in keys],
        "StorageDescriptor": {
            "Columns": [{"Name": "id", "Type": "bigint", "Comment": "the id"}, {"Name": "v", "Type": "array<string>"}],
            "Location": f"s3://bucket/{name}/",
            "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
            "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
            "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
                          "Parameters": {"serialization.format": "1"}},
            "SortColumns": [{"Column": "id", "SortOrder": 0}],
        },
        **more,
    }


def code_of(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


def test_database_keeps_its_shape(glue, database):
    found = glue.get_database(Name=database.upper())["Database"]
    assert found["Name"] == database
    assert found["Description"] == "for tests"
    assert found["Parameters"] == {"a": "b"}
    assert found["CatalogId"] == "000000000000"
    glue.update_database(Name=database, DatabaseInput={"Name": database, "LocationUri": "s3://x/"})
    found = glue.get_database(Name=database)["Database"]
    assert found["LocationUri"] == "s3://x/" and "Description" not in found
    assert database in [d["Name"] for d in glue.get_databases()["DatabaseList"]]


def test_database_errors(glue, database):
    assert code_of(glue.create_database, DatabaseInput={"Name": database}) == "AlreadyExistsException"
    assert code_of(glue.get_database, Name="nope") == "EntityNotFoundException"
    assert code_of(glue.delete_database, Name="nope") == "EntityNotFoundException"
    assert code_of(glue.get_tables, DatabaseName="nope") == "EntityNotFoundException"


def test_table_keeps_its_shape(glue, database):
    given = table_input("T1", [("dt", "string")], Owner="me", Retention=3)
    glue.create_table(DatabaseName=database, TableInput=given)
    table = glue.get_table(DatabaseName=database, Name="t1")["Table"]
    assert table["Name"] == "t1" and table["DatabaseName"] == database
    assert table["Owner"] == "me" and table["Retention"] == 3 and table["VersionId"] == "0"
    assert table["Parameters"] == {"classification": "parquet"}
    assert table["PartitionKeys"] == [{"Name": "dt", "Type": "string"}]
    storage = table["StorageDescriptor"]
    for key, value in given["StorageDescriptor"].items():
        assert storage[key] == value, key
    assert code_of(glue.create_table, DatabaseName=database, TableInput=given) == "AlreadyExistsException"
    assert code_of(glue.get_table, DatabaseName=database, Name="nope") == "EntityNotFoundException"
    assert code_of(glue.create_table, DatabaseName="nope", TableInput=given) == "EntityNotFoundException"


def test_tables_by_expression_and_pages(glue, database):
    for name in ["alpha", "beta", "alphabet"]:
        glue.create_table(DatabaseName=database, TableInput=table_input(name))
    names = [t["Name"] for t in glue.get_tables(DatabaseName=database, Expression="alpha.*")["TableList"]]
    assert names == ["alpha", "alphabet"]
    assert [t["Name"] for t in glue.get_tables(DatabaseName=database, Expression="alpha")["TableList"]] == ["alpha"]
    pages = list(glue.get_paginator("get_tables").paginate(DatabaseName=database, PaginationConfig={"PageSize": 1}))
    assert [t["Name"] for page in pages for t in page["TableList"]] == ["alpha", "alphabet", "beta"]
    assert code_of(glue.get_tables, DatabaseName=database, Expression="a(") == "InvalidInputException"
    answer = glue.batch_delete_table(DatabaseName=database, TablesToDelete=["beta", "gone"])
    assert [e["TableName"] for e in answer["Errors"]] == ["gone"]
    assert answer["Errors"][0]["ErrorDetail"]["ErrorCode"] == "EntityNotFoundException"


def test_versions_are_an_optimistic_lock(glue, database):
    glue.create_table(DatabaseName=database, TableInput=table_input("t"))
    glue.update_table(DatabaseName=database, TableInput=table_input("t", Description="one"), VersionId="0")
    assert code_of(glue.update_table, DatabaseName=database, TableInput=table_input("t"),
                   VersionId="0") == "ConcurrentModificationException"
    glue.update_table(DatabaseName=database, TableInput=table_input("t", Description="two"), SkipArchive=True)
    versions = glue.get_table_versions(DatabaseName=database, TableName="t")["TableVersions"]
    assert [v["VersionId"] for v in versions] == ["2", "0"]
    assert glue.get_table_version(DatabaseName=database, TableName="t",
                                  VersionId="2")["TableVersion"]["Table"]["Description"] == "two"
    glue.delete_table_version(DatabaseName=database, TableName="t", VersionId="0")
    assert code_of(glue.get_table_version, DatabaseName=database, TableName="t",
                   VersionId="0") == "EntityNotFoundException"


@pytest.fixture
def partitioned(glue, database):
    glue.create_table(DatabaseName=database, TableInput=table_input("p", [("dt", "string"), ("h", "int")]))
    inputs = [{"Values": [dt, str(h)], "StorageDescriptor": {"Location": f"s3://bucket/p/dt={dt}/h={h}/"}}
              for dt in ("2024-01-01", "2024-01-02") for h in (1, 9, 10)]
    assert "Errors" not in glue.batch_create_partition(DatabaseName=database, TableName="p", PartitionInputList=inputs)
    return database


@pytest.mark.parametrize("expression, count", [
    ("dt = '2024-01-01'", 3), ("h > 2", 4), ("h > '2' AND dt <> '2024-01-01'", 2), ("h in (1, 10)", 4),
    ("dt between '2024-01-02' and '2024-01-03' and not (h = 1)", 2), ("dt like '%02'", 3), ("dt is null", 0),
])
def test_partitions_by_expression(glue, partitioned, expression, count):
    found = glue.get_partitions(DatabaseName=partitioned, TableName="p", Expression=expression)["Partitions"]
    assert len(found) == count


def test_partitions_pages_segments_errors(glue, partitioned):
    names = {"DatabaseName": partitioned, "TableName": "p"}
    pages = glue.get_paginator("get_partitions").paginate(**names, PaginationConfig={"PageSize": 4})
    values = [tuple(p["Values"]) for page in pages for p in page["Partitions"]]
    assert len(values) == len(set(values)) == 6
    halves = [glue.get_partitions(**names, Segment={"SegmentNumber": n, "TotalSegments": 2})["Partitions"]
              for n in (0, 1)]
    assert sum(map(len, halves)) == 6
    assert code_of(glue.get_partitions, **names, Expression="nope = 1") == "InvalidInputException"
    assert code_of(glue.get_partition, **names, PartitionValues=["x", "1"]) == "EntityNotFoundException"
    again = glue.batch_create_partition(**names, PartitionInputList=[{"Values": ["2024-01-01", "1"]},
                                                                    {"Values": ["new", "1"]}])
    assert again["Errors"][0]["ErrorDetail"]["ErrorCode"] == "AlreadyExistsException"
    assert code_of(glue.create_partition, **names, PartitionInput={"Values": ["x"]}) == "InvalidInputException"
    got = glue.batch_get_partition(**names, PartitionsToGet=[{"Values": ["new", "1"]}, {"Values": ["no", "1"]}])
    assert [p["Values"] for p in got["Partitions"]] == [["new", "1"]]
    glue.update_partition(**names, PartitionValueList=["new", "1"], PartitionInput={"Values": ["newer", "1"]})
    gone = glue.batch_delete_partition(**names, PartitionsToDelete=[{"Values": ["newer", "1"]},
                                                                   {"Values": ["new", "1"]}])
    assert [e["PartitionValues"] for e in gone["Errors"]] == [["new", "1"]]


def test_search_tags_and_absences(glue, partitioned):
    found = glue.search_tables(SearchText="the id", Filters=[{"Key": "DatabaseName", "Value": partitioned}])
    assert [t["Name"] for t in found["TableList"]] == ["p"]
    arn = f"arn:aws:glue:us-east-1:000000000000:table/{partitioned}/p"
    glue.tag_resource(ResourceArn=arn, TagsToAdd={"k": "v", "l": "w"})
    glue.untag_resource(ResourceArn=arn, TagsToRemove=["l"])
    assert glue.get_tags(ResourceArn=arn)["Tags"] == {"k": "v"}
    names = {"DatabaseName": partitioned, "TableName": "p"}
    assert glue.get_partition_indexes(**names)["PartitionIndexDescriptorList"] == []
    assert glue.get_column_statistics_for_table(**names, ColumnNames=["id"])["ColumnStatisticsList"] == []
    assert glue.get_user_defined_functions(Pattern=".*")["UserDefinedFunctions"] == []
    assert code_of(glue.get_resource_policy) == "EntityNotFoundException"
    assert glue.get_catalog_import_status()["ImportStatus"]["ImportCompleted"] is True
    assert code_of(glue.list_crawlers) == "NotImplemented"
    assert code_of(glue.get_table, CatalogId="123456789012", DatabaseName=partitioned,
                   Name="p") == "EntityNotFoundException"
