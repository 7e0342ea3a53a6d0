"""Athena's API with boto3: DDL with its text results, states, workgroups, metadata, errors.

What needs no table with rows; queries are in test_athena_queries.py.
"""

import time
import uuid

import pytest
from botocore.exceptions import ClientError


@pytest.fixture(scope="module")
def athena(server):
    return server.client("athena")


@pytest.fixture(scope="module")
def output(server):
    bucket = f"athena-{uuid.uuid4().hex[:8]}"
    server.client("s3").create_bucket(Bucket=bucket)
    return f"s3://{bucket}/out/"


@pytest.fixture(scope="module")
def run(athena, output):
    def run(query, **more):
        more.setdefault("ResultConfiguration", {"OutputLocation": output})
        started = athena.start_query_execution(QueryString=query, **more)["QueryExecutionId"]
        for _ in range(1000):
            execution = athena.get_query_execution(QueryExecutionId=started)["QueryExecution"]
            if execution["Status"]["State"] not in ("QUEUED", "RUNNING"):
                return execution
            time.sleep(0.01)
        raise TimeoutError(query)
    return run


@pytest.fixture(scope="module")
def lines(athena, run):
    def lines(query, **more):
        execution = run(query, **more)
        assert execution["Status"]["State"] == "SUCCEEDED", execution["Status"]
        rows = athena.get_query_results(QueryExecutionId=execution["QueryExecutionId"])["ResultSet"]["Rows"]
        return [row["Data"][0]["VarCharValue"] for row in rows]
    return lines


@pytest.fixture(scope="module")
def database(run, output):
    name = f"db_{uuid.uuid4().hex[:8]}"
    run(f"CREATE DATABASE {name}")
    context = {"QueryExecutionContext": {"Database": name, "Catalog": "AwsDataCatalog"}}
    run(f"""CREATE EXTERNAL TABLE events (
              id bigint COMMENT 'the id',
              tags array<string>)
            PARTITIONED BY (dt string)
            ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
            LOCATION '{output}events/'""", **context)
    yield name
    run(f"DROP DATABASE {name} CASCADE")


def test_execution_tells_everything(run, server, output):
    execution = run("CREATE DATABASE IF NOT EXISTS everything COMMENT 'c'")
    assert execution["Status"]["State"] == "SUCCEEDED"
    assert execution["StatementType"] == "DDL"
    assert execution["SubstatementType"] == "CREATE_DATABASE"
    assert execution["WorkGroup"] == "primary"
    location = execution["ResultConfiguration"]["OutputLocation"]
    assert location == f"{output}{execution['QueryExecutionId']}.txt"
    statistics = execution["Statistics"]
    for key in ("EngineExecutionTimeInMillis", "TotalExecutionTimeInMillis", "QueryQueueTimeInMillis"):
        assert statistics[key] > 0, key
    assert execution["EngineVersion"]["EffectiveEngineVersion"] == "Athena engine version 3"
    bucket, key = location[5:].split("/", 1)
    s3 = server.client("s3")
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == b""
    assert s3.head_object(Bucket=bucket, Key=key + ".metadata")["ContentLength"] > 0


def test_ddl_texts(lines, database):
    context = {"QueryExecutionContext": {"Database": database}}
    assert lines("SHOW TABLES", **context) == ["events"]
    assert lines("SHOW COLUMNS IN events", **context) == [f"{c:<20}" for c in ("id", "tags", "dt")]
    described = lines("DESCRIBE events", **context)
    assert described[0] == f"{'id':<20}\t{'bigint':<20}\t{'the id':<20}"
    assert "# Partition Information\t \t " in described
    created = "\n".join(lines("SHOW CREATE TABLE events", **context))
    assert created.startswith(f"CREATE EXTERNAL TABLE `{database}.events`(\n  `id` bigint COMMENT 'the id', \n")
    lines("ALTER TABLE events ADD PARTITION (dt='a') PARTITION (dt='b')", **context)
    assert lines("SHOW PARTITIONS events", **context) == ["dt=a", "dt=b"]


def test_failures(run, database):
    context = {"QueryExecutionContext": {"Database": database}}
    execution = run("DROP TABLE nope", **context)
    assert execution["Status"]["State"] == "FAILED"
    assert "Table not found" in execution["Status"]["StateChangeReason"]
    assert execution["Status"]["AthenaError"]["ErrorCategory"] == 2
    assert "already exists" in run(f"CREATE DATABASE {database}")["Status"]["StateChangeReason"]


def test_refused_at_once(athena, output):
    with pytest.raises(ClientError) as caught:
        athena.start_query_execution(QueryString="SELEC 1", ResultConfiguration={"OutputLocation": output})
    error = caught.value.response
    assert error["Error"]["Code"] == "InvalidRequestException"
    assert error["Error"]["Message"].startswith("line 1:1: mismatched input 'SELEC'")
    assert error["AthenaErrorCode"] == "MALFORMED_QUERY"
    with pytest.raises(ClientError, match="No output location provided"):
        athena.start_query_execution(QueryString="SELECT 1")
    with pytest.raises(ClientError, match="was not found"):
        athena.get_query_execution(QueryExecutionId=str(uuid.uuid4()))


def test_history(athena, run):
    ids = [run("SHOW DATABASES")["QueryExecutionId"] for _ in range(3)]
    listed = athena.list_query_executions(MaxResults=2)["QueryExecutionIds"]
    assert listed == ids[:0:-1]
    batch = athena.batch_get_query_execution(QueryExecutionIds=[ids[0], str(uuid.uuid4())])
    assert [e["QueryExecutionId"] for e in batch["QueryExecutions"]] == ids[:1]
    assert len(batch["UnprocessedQueryExecutionIds"]) == 1
    timeline = athena.get_query_runtime_statistics(QueryExecutionId=ids[0])["QueryRuntimeStatistics"]["Timeline"]
    assert timeline["TotalExecutionTimeInMillis"] > 0
    athena.stop_query_execution(QueryExecutionId=ids[0])


def test_workgroups(athena, run, output):
    primary = athena.get_work_group(WorkGroup="primary")["WorkGroup"]
    assert primary["State"] == "ENABLED"
    assert primary["Configuration"]["EnforceWorkGroupConfiguration"] is False
    athena.create_work_group(Name="enforced", Description="d", Tags=[{"Key": "k", "Value": "v"}], Configuration={
        "EnforceWorkGroupConfiguration": True, "ResultConfiguration": {"OutputLocation": f"{output}enforced/"}})
    execution = run("SHOW DATABASES", WorkGroup="enforced")
    assert execution["ResultConfiguration"]["OutputLocation"].startswith(f"{output}enforced/")
    arn = "arn:aws:athena:us-east-1:000000000000:workgroup/enforced"
    assert athena.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "k", "Value": "v"}]
    athena.update_work_group(WorkGroup="enforced", State="DISABLED")
    with pytest.raises(ClientError, match="is disabled"):
        run("SHOW DATABASES", WorkGroup="enforced")
    assert [w["Name"] for w in athena.list_work_groups()["WorkGroups"]] == ["enforced", "primary"]
    with pytest.raises(ClientError, match="not empty"):
        athena.delete_work_group(WorkGroup="enforced")
    athena.delete_work_group(WorkGroup="enforced", RecursiveDeleteOption=True)


def test_metadata(athena, database):
    assert athena.list_data_catalogs()["DataCatalogsSummary"][0]["CatalogName"] == "AwsDataCatalog"
    catalog = {"CatalogName": "AwsDataCatalog"}
    names = [d["Name"] for d in athena.list_databases(**catalog)["DatabaseList"]]
    assert database in names
    tables = athena.list_table_metadata(**catalog, DatabaseName=database)["TableMetadataList"]
    assert [t["Name"] for t in tables] == ["events"]
    table = athena.get_table_metadata(**catalog, DatabaseName=database, TableName="events")["TableMetadata"]
    assert table["Columns"][0] == {"Name": "id", "Type": "bigint", "Comment": "the id"}
    assert table["PartitionKeys"] == [{"Name": "dt", "Type": "string"}]
    assert table["Parameters"]["serde.serialization.lib"] == "org.openx.data.jsonserde.JsonSerDe"
    with pytest.raises(ClientError) as caught:
        athena.get_table_metadata(**catalog, DatabaseName=database, TableName="nope")
    assert caught.value.response["Error"]["Code"] == "MetadataException"


def test_prepared_statements_and_named_queries(athena):
    names = {"StatementName": "by_id", "WorkGroup": "primary"}
    athena.create_prepared_statement(**names, QueryStatement="SELECT ?", Description="d")
    assert athena.get_prepared_statement(**names)["PreparedStatement"]["QueryStatement"] == "SELECT ?"
    athena.update_prepared_statement(**names, QueryStatement="SELECT ? + 1")
    listed = athena.list_prepared_statements(WorkGroup="primary")["PreparedStatements"]
    assert [s["StatementName"] for s in listed] == ["by_id"]
    athena.delete_prepared_statement(**names)
    with pytest.raises(athena.exceptions.ResourceNotFoundException):
        athena.get_prepared_statement(**names)
    query = athena.create_named_query(Name="n", Database="d", QueryString="SELECT 1")["NamedQueryId"]
    assert athena.get_named_query(NamedQueryId=query)["NamedQuery"]["QueryString"] == "SELECT 1"
    assert query in athena.list_named_queries()["NamedQueryIds"]
    athena.delete_named_query(NamedQueryId=query)


def test_client_token_is_idempotent(athena, output):
    request = {"QueryString": "SHOW DATABASES", "ClientRequestToken": "x" * 40,
               "ResultConfiguration": {"OutputLocation": output}}
    assert athena.start_query_execution(**request) ["QueryExecutionId"] == \
        athena.start_query_execution(**request)["QueryExecutionId"]
