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
    started = time.monotonic()
    assert len(spark.interruptAll()) == 1
    worker.join(timeout=20)
    assert not worker.is_alive() and time.monotonic() - started < 5
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
        time.sleep(1)
        still_there = stub.Interrupt(base_pb2.InterruptRequest(
            session_id=session, user_context=user,
            interrupt_type=base_pb2.InterruptRequest.INTERRUPT_TYPE_ALL)).interrupted_ids
    assert not still_there
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
