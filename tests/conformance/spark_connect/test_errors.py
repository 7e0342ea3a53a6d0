"""Errors: the class that the client raises, condition, SQLSTATE, and where in the statement."""

import grpc
import pytest
from pyspark import errors
from pyspark.sql import functions as F
from pyspark.sql.connect.proto import base_pb2, base_pb2_grpc, relations_pb2


@pytest.mark.parametrize("query, kind, condition, state", [
    ("selct 1", errors.ParseException, "PARSE_SYNTAX_ERROR", "42601"),
    ("select * from nosuch", errors.AnalysisException, "TABLE_OR_VIEW_NOT_FOUND", "42P01"),
    ("select nosuch from range(3)", errors.AnalysisException, "UNRESOLVED_COLUMN.WITH_SUGGESTION", "42703"),
    ("select nosuchfn(1)", errors.AnalysisException, "UNRESOLVED_ROUTINE", "42883"),
    ("select 1 + array(1)", errors.AnalysisException, "DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES", "42K09"),
    ("select 1/0", errors.ArithmeticException, "DIVIDE_BY_ZERO", "22012"),
    ("select 2147483647 + 1", errors.ArithmeticException, "ARITHMETIC_OVERFLOW", "22003"),
    ("select cast('abc' as int)", errors.NumberFormatException, "CAST_INVALID_INPUT", "22018"),
    ("select cast('x' as date)", errors.DateTimeException, "CAST_INVALID_INPUT", "22018"),
    ("select array(1, 2)[5]", errors.ArrayIndexOutOfBoundsException, "INVALID_ARRAY_INDEX", "22003"),
    ("select raise_error('boom')", errors.SparkRuntimeException, "USER_RAISED_EXCEPTION", "P0001"),
])
def test_class_condition_and_state(spark, query, kind, condition, state):
    with pytest.raises(kind) as caught:
        spark.sql(query).collect()
    assert (caught.value.getCondition(), caught.value.getSqlState()) == (condition, state)


def test_an_error_of_the_data_shows_its_place(spark):
    with pytest.raises(errors.ArithmeticException) as caught:
        spark.sql("select 1/0 , 2 as b").collect()
    context = caught.value.getQueryContext()[0]
    assert (context.fragment(), context.startIndex(), context.stopIndex()) == ("1/0", 7, 9)
    assert context.summary() == "== SQL (line 1, position 8) ==\nselect 1/0 , 2 as b\n       ^^^\n"


def test_a_syntax_error_shows_its_place(spark):
    with pytest.raises(errors.ParseException) as caught:
        spark.sql("selct 1")
    assert "(line 1, pos 0)\n\n== SQL ==\nselct 1\n^^^\n" in str(caught.value)


def test_files_that_are_not_there_or_are_there_already(spark, bucket):
    with pytest.raises(errors.AnalysisException) as caught:
        spark.read.parquet(f"s3://{bucket}/nothing").show()
    assert caught.value.getCondition() == "PATH_NOT_FOUND"
    spark.range(3).write.parquet(f"s3://{bucket}/there")
    with pytest.raises(errors.AnalysisException) as caught:
        spark.range(3).write.parquet(f"s3://{bucket}/there")
    assert caught.value.getCondition() == "PATH_ALREADY_EXISTS"


def test_a_source_that_nobody_knows(spark, bucket):
    with pytest.raises(errors.PySparkException) as caught:
        spark.range(1).write.format("nosuch").save(f"s3://{bucket}/x")
    assert caught.value.getCondition() == "DATA_SOURCE_NOT_FOUND"


def test_an_unknown_setting(spark):
    assert spark.conf.get("no.such.key", "otherwise") == "otherwise"
    with pytest.raises(errors.PySparkException) as caught:
        spark.conf.get("no.such.key")
    assert caught.value.getCondition() == "SQL_CONF_NOT_FOUND"


def test_what_is_not_there_names_itself(spark):
    with pytest.raises(errors.UnsupportedOperationException, match="WithWatermark"):
        spark.range(3).select(F.current_timestamp().alias("t")).withWatermark("t", "1 minute").collect()


def test_a_malformed_plan_does_not_end_the_server(server, spark):
    def execute(plan: base_pb2.Plan) -> grpc.StatusCode:
        with grpc.insecure_channel(server.spark_remote.removeprefix("sc://")) as channel:
            request = base_pb2.ExecutePlanRequest(
                session_id=spark.session_id, user_context=base_pb2.UserContext(user_id="malformed"), plan=plan)
            with pytest.raises(grpc.RpcError) as caught:
                list(base_pb2_grpc.SparkConnectServiceStub(channel).ExecutePlan(request, timeout=20))
            return caught.value.code()

    plans = [base_pb2.Plan(), base_pb2.Plan(root={}), base_pb2.Plan(command={}),
             base_pb2.Plan(root={"filter": {}}), base_pb2.Plan(root={"join": {}}),
             base_pb2.Plan(root={"local_relation": {"data": b"no arrow"}}),
             base_pb2.Plan(root={"describe": {}}), base_pb2.Plan(root={"catalog": {}}),
             base_pb2.Plan(compressed_operation={"data": b"no zstd"})]
    for plan in plans:
        assert execute(plan) == grpc.StatusCode.INTERNAL
    assert spark.range(3).count() == 3


@pytest.mark.parametrize("depth", [200, 2_000, 100_000])
def test_a_plan_nested_without_end_is_refused(server, spark, depth):
    def field(number: int, data: bytes) -> bytes:
        head, size = bytes([number << 3 & 0x7f | 2 | (0x80 if number > 15 else 0)]), len(data)
        if number > 15:
            head += bytes([number >> 4])
        while size > 0x7f:
            head, size = head + bytes([size & 0x7f | 0x80]), size >> 7
        return head + bytes([size]) + data

    limit = relations_pb2.Relation.DESCRIPTOR.fields_by_name["limit"].number
    relation = relations_pb2.Relation(range={"end": 1, "step": 1}).SerializeToString()
    for _ in range(depth):
        relation = field(limit, field(1, relation))
    request = base_pb2.ExecutePlanRequest(
        session_id=spark.session_id, user_context={"user_id": "malformed"}).SerializeToString()
    with grpc.insecure_channel(server.spark_remote.removeprefix("sc://")) as channel:
        call = channel.unary_stream("/spark.connect.SparkConnectService/ExecutePlan")
        try:
            list(call(request + field(3, field(1, relation)), timeout=20))
        except grpc.RpcError as error:
            assert error.code() != grpc.StatusCode.UNAVAILABLE
        else:
            assert depth == 200
    assert spark.range(3).count() == 3


def test_the_server_lives_on_after_an_error(spark, employees):
    with pytest.raises(errors.AnalysisException):
        employees.select("nosuch").show()
    assert employees.filter(F.col("dept") == "IT").count() == 2
