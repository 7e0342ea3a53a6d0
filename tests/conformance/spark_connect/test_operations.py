"""Operations that end early: interrupted, or left by their client."""

import threading
import time
import uuid

import grpc
import pytest
from pyspark import errors
from pyspark.sql import SparkSession
from pyspark.sql.connect.proto import base_pb2, base_pb2_grpc

LONG = "select sum(a.id * b.id) s from range(4000000) a join range(4000000) b on a.id % 1000 = b.id % 1000"


def test_interrupt_ends_a_running_query(spark):
    caught = []

    def run():
        try:
            spark.sql(LONG).collect()
        except errors.PySparkException as error:
            caught.append(error)

    worker = threading.Thread(target=run)
    worker.start()
    time.sleep(0.5)
    assert len(spark.interruptAll()) == 1
    worker.join(timeout=60)  # by itself the query runs for much longer
    assert not worker.is_alive()
    assert caught and caught[0].getCondition() == "OPERATION_CANCELED"
    assert spark.range(3).count() == 3


def test_a_client_that_leaves_ends_its_query(server, spark):
    address = server.spark_remote.removeprefix("sc://")
    session = str(uuid.uuid4())
    plan = base_pb2.Plan(root={"sql": {"query": LONG}})
    user = base_pb2.UserContext(user_id="gone")
    with grpc.insecure_channel(address) as channel:
        stub = base_pb2_grpc.SparkConnectServiceStub(channel)
        call = stub.ExecutePlan(base_pb2.ExecutePlanRequest(session_id=session, user_context=user, plan=plan))
        time.sleep(0.5)
        assert call.is_active()
        call.cancel()
        # The server forgets an operation that cannot be reattached when it has ended.
        request = base_pb2.GetStatusRequest(
            session_id=session, user_context=user,
            operation_status=base_pb2.GetStatusRequest.OperationStatusRequest())
        deadline = time.monotonic() + 60
        while (running := stub.GetStatus(request).operation_statuses) and time.monotonic() < deadline:
            time.sleep(0.05)
    assert not running
    assert spark.range(1000).count() == 1000


def test_a_stopped_session_and_a_new_one(server):
    first = SparkSession.builder.remote(server.spark_remote).create()
    first.range(1).createOrReplaceTempView("mine")
    first.stop()
    second = SparkSession.builder.remote(server.spark_remote).create()
    with pytest.raises(errors.AnalysisException):
        second.table("mine").collect()
    assert second.range(3).count() == 3
    second.stop()
