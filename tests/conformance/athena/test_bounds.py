"""Functions that make much of little have Trino's bounds."""

import pytest

ENTRIES = "result of sequence function must not have more than 10000 entries"


@pytest.mark.parametrize("text, message", [
    ("repeat('a', 1000000000)", "count argument of repeat function must be less than or equal to 10000"),
    ("repeat('a', -1)", "count argument of repeat function must be greater than or equal to 0"),
    ("sequence(1, 10001)", ENTRIES),
    ("sequence(-9223372036854775808, 9223372036854775807)", ENTRIES),
    ("rpad('a', 2000000000, 'x')", "memory"),
])
def test_an_argument_out_of_bounds(server, bucket, text, message):
    import time
    athena = server.client("athena")
    query = athena.start_query_execution(QueryString=f"SELECT {text}", ResultConfiguration={
        "OutputLocation": f"s3://{bucket}/results/"})["QueryExecutionId"]
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        status = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
        if status["State"] not in ("QUEUED", "RUNNING"):
            break
        time.sleep(0.02)
    assert status["State"] == "FAILED"
    assert message in status["StateChangeReason"]
