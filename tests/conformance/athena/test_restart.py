"""Query history, catalog and workgroups survive a killed server."""

import time


def finished(athena, query_id):
    for _ in range(1000):
        execution = athena.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]
        if execution["Status"]["State"] not in ("QUEUED", "RUNNING"):
            return execution
        time.sleep(0.01)
    raise TimeoutError(query_id)


def test_history_survives_a_kill(new_server):
    server = new_server()
    athena = server.client("athena")
    server.client("s3").create_bucket(Bucket="history")

    def start(query):
        return athena.start_query_execution(
            QueryString=query, ResultConfiguration={"OutputLocation": "s3://history/"})["QueryExecutionId"]

    assert finished(athena, start("CREATE DATABASE kept"))["Status"]["State"] == "SUCCEEDED"
    done = start("SELECT 42 AS answer")
    before = finished(athena, done)
    athena.create_work_group(Name="kept")
    running = start("SELECT count(*) FROM UNNEST(sequence(1, 10000)) a (x), UNNEST(sequence(1, 10000)) b (y), "
                    "UNNEST(sequence(1, 10000)) c (z) WHERE x + y + z = 7")
    server.kill()
    server.start()

    athena = server.client("athena")
    assert athena.get_query_execution(QueryExecutionId=done)["QueryExecution"] == before
    rows = athena.get_query_results(QueryExecutionId=done)["ResultSet"]["Rows"]
    assert rows[1]["Data"][0]["VarCharValue"] == "42"
    interrupted = finished(athena, running)
    assert interrupted["Status"]["State"] == "FAILED"
    assert interrupted["Status"]["AthenaError"]["ErrorCategory"] == 1
    assert athena.list_query_executions()["QueryExecutionIds"][0] == running
    assert athena.get_work_group(WorkGroup="kept")["WorkGroup"]["Name"] == "kept"
    assert server.client("glue").get_database(Name="kept")["Database"]["Name"] == "kept"
