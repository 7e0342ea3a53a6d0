"""Computes users' Python functions: batches of arguments in, batches of results out, by Arrow.

function_workers.cc starts this file with a stream socket as descriptor 3. A frame is a kind (one byte), the payload's
length (eight bytes, big-endian) and the payload:
  L  load: a function's number and the length of its description (four bytes each), the description (JSON), its command
     (the cloudpickle that the client sent); answered by R or E
  C  call: a function's number (four bytes), an Arrow stream of its arguments; answered by R with an Arrow stream of one
     column, a row each, or E with the error's text
  F  forget: a function's number; not answered
"""

import datetime
import decimal
import functools
import inspect
import json
import os
import socket
import struct
import sys
import traceback

import pyarrow as pa
from pyspark.serializers import CloudPickleSerializer
from pyspark.sql.types import (ArrayType, BinaryType, BooleanType, ByteType, DateType, DayTimeIntervalType, DecimalType,
                               DoubleType, FloatType, IntegerType, LongType, MapType, NullType, ShortType, StringType,
                               StructType, TimestampNTZType, TimestampType, _create_row, _parse_datatype_json_string)

# What Spark Connect's PythonUDF.eval_type says.
BATCHED, ARROW_BATCHED = 100, 101
SCALAR_PANDAS, GROUPED_MAP_PANDAS, GROUPED_AGG_PANDAS, SCALAR_PANDAS_ITER = 200, 201, 202, 204
MAP_PANDAS_ITER, COGROUPED_MAP_PANDAS, MAP_ARROW_ITER = 205, 206, 207
GROUPED_MAP_ARROW, COGROUPED_MAP_ARROW = 209, 210
GROUPED_MAP_ARROW_ITER, GROUPED_MAP_PANDAS_ITER, GROUPED_AGG_PANDAS_ITER, GROUPED_AGG_ARROW_ITER = 215, 216, 217, 254
SCALAR_ARROW, SCALAR_ARROW_ITER, GROUPED_AGG_ARROW = 250, 251, 252
TABLE, ARROW_TABLE = 300, 301

PRIMITIVES = (
    (BooleanType, pa.bool_()), (ByteType, pa.int8()), (ShortType, pa.int16()), (IntegerType, pa.int32()),
    (LongType, pa.int64()), (FloatType, pa.float32()), (DoubleType, pa.float64()), (BinaryType, pa.binary()),
    (DateType, pa.date32()), (TimestampType, pa.timestamp("us", "UTC")), (TimestampNTZType, pa.timestamp("us")),
    (DayTimeIntervalType, pa.duration("us")), (NullType, pa.null()), (StringType, pa.string()))


def arrow_type(spark):
    """The Arrow type in which a value of the Spark type goes back."""
    if isinstance(spark, DecimalType):
        return pa.decimal128(spark.precision, spark.scale)
    if isinstance(spark, ArrayType):
        return pa.list_(pa.field("element", arrow_type(spark.elementType)))
    if isinstance(spark, MapType):
        return pa.map_(arrow_type(spark.keyType), arrow_type(spark.valueType))
    if isinstance(spark, StructType):
        return pa.struct([pa.field(field.name, arrow_type(field.dataType)) for field in spark.fields])
    for known, arrow in PRIMITIVES:
        if isinstance(spark, known):
            return arrow
    raise TypeError(f"a Python function cannot give {spark.simpleString()}")


# ---- Values for functions of single rows.

def reader(spark):
    """What makes of a value of pyarrow's to_pylist the value that the user's function sees; None: it is the same."""
    if isinstance(spark, StructType):
        names = spark.names
        fields = [reader(field.dataType) for field in spark.fields]

        def read_row(value):
            if value is None:
                return None
            items = value.values() if isinstance(value, dict) else [item for _, item in value]
            return _create_row(names, [field(item) if field else item for field, item in zip(fields, items)])
        return read_row
    if isinstance(spark, ArrayType):
        element = reader(spark.elementType)
        return element and (lambda value: None if value is None else [element(item) for item in value])
    if isinstance(spark, MapType):
        same = lambda item: item  # noqa: E731
        key, item = reader(spark.keyType) or same, reader(spark.valueType) or same
        return lambda value: None if value is None else {key(k): item(v) for k, v in value}
    if isinstance(spark, TimestampType):
        return lambda value: None if value is None else value.astimezone().replace(tzinfo=None)
    return None


def writer(spark):
    """What makes of the function's result a value for pa.array, as Spark's Arrow path does."""
    if isinstance(spark, StructType):
        names = spark.names
        fields = [writer(field.dataType) for field in spark.fields]

        def write_row(value):
            if value is None:
                return None
            if isinstance(value, tuple):
                if len(value) != len(names):
                    raise ValueError(f"[AXIS_LENGTH_MISMATCH] Length mismatch: Expected axis has {len(names)} element,"
                                     f" new values have {len(value)} elements.")
                items = value
            else:
                given = value if isinstance(value, dict) else value.__dict__
                items = [given.get(name) for name in names]
            return {name: field(item) for name, field, item in zip(names, fields, items)}
        return write_row
    if isinstance(spark, ArrayType):
        element = writer(spark.elementType)
        return lambda value: None if value is None else [element(item) for item in value]
    if isinstance(spark, MapType):
        key, item = writer(spark.keyType), writer(spark.valueType)
        return lambda value: None if value is None else [(key(k), item(v)) for k, v in value.items()]
    if isinstance(spark, StringType):
        return write_text
    if isinstance(spark, BinaryType):
        return lambda value: None if value is None else bytes(value)
    if isinstance(spark, DecimalType):
        digits = decimal.Decimal(f"1E-{spark.scale}")
        context = decimal.Context(prec=spark.precision, rounding=decimal.ROUND_HALF_EVEN)

        def write_decimal(value):
            if value is None:
                return None
            assert isinstance(value, decimal.Decimal)
            return None if value.is_nan() else value.quantize(digits, context=context)
        return write_decimal
    if isinstance(spark, TimestampType):
        return lambda value: None if value is None else value.astimezone(datetime.timezone.utc)
    return lambda value: value


def write_text(value):
    if value is None or type(value) is str:
        return value
    if value is True or value is False:
        return "true" if value else "false"
    return str(value)


def strict_writer(spark):
    """As writer, as Spark's pickled path does: a value of another type is NULL."""
    if isinstance(spark, (StringType, StructType)):
        return writer(spark)
    if isinstance(spark, ArrayType):
        element = strict_writer(spark.elementType)
        return lambda value: [element(item) for item in value] if isinstance(value, (list, tuple)) else None
    if isinstance(spark, MapType):
        key, item = strict_writer(spark.keyType), strict_writer(spark.valueType)
        return lambda value: [(key(k), item(v)) for k, v in value.items()] if isinstance(value, dict) else None
    takes = {BooleanType: bool, ByteType: int, ShortType: int, IntegerType: int, LongType: int, FloatType: float,
             DoubleType: float, DecimalType: decimal.Decimal, BinaryType: (bytes, bytearray, str),
             TimestampType: datetime.datetime, TimestampNTZType: datetime.datetime,
             DateType: datetime.date, DayTimeIntervalType: datetime.timedelta}
    wanted = next((python for known, python in takes.items() if isinstance(spark, known)), object)
    plain = writer(spark)

    def write(value):
        if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            return None
        if isinstance(spark, BinaryType) and isinstance(value, str):
            return value.encode()
        if isinstance(spark, DateType) and isinstance(value, datetime.datetime):
            return value.date()
        return plain(value)
    return write


def no_stop_iteration(function):
    @functools.wraps(function)
    def call(*args, **named):
        try:
            return function(*args, **named)
        except StopIteration as error:
            raise RuntimeError("Caught StopIteration thrown from user's code; failing the task") from error
    return call


# ---- Columns for functions of pandas.

def to_series(column, spark, zone):
    """A column as the pandas Series (of a struct: DataFrame) that Spark gives to a function."""
    import pandas as pd
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if isinstance(spark, StructType):
        return to_frame(column.flatten(), spark, zone)
    if isinstance(spark, TimestampType):
        series = column.cast(pa.timestamp("ns", "UTC")).to_pandas()
        return pd.Series(series).dt.tz_convert(zone).dt.tz_localize(None)
    if isinstance(spark, TimestampNTZType):
        return column.cast(pa.timestamp("ns")).to_pandas()
    if isinstance(spark, MapType):
        return pd.Series([None if value is None else dict(value) for value in column.to_pylist()], dtype=object)
    return pd.Series(column.to_pandas(date_as_object=True))


def to_frame(columns, spark, zone):
    import pandas as pd
    series = [to_series(column, field.dataType, zone) for column, field in zip(columns, spark.fields)]
    if not series:
        return pd.DataFrame()
    frame = pd.concat(series, axis=1)
    frame.columns = spark.names
    return frame


def from_series(series, spark, zone):
    """What a function of pandas gave, as an Arrow array of the type."""
    import pandas as pd
    if isinstance(spark, StructType):
        if not isinstance(series, pd.DataFrame):
            raise TypeError(f"[UDF_RETURN_TYPE] Return type of the user-defined function should be pandas.DataFrame, "
                            f"but is {type(series).__name__}.")
        return from_frame(series, spark, zone)
    if not isinstance(series, pd.Series):
        series = pd.Series(series)
    if isinstance(spark, TimestampType) and pd.api.types.is_datetime64_any_dtype(series.dtype):
        series = series.dt.tz_localize(zone) if series.dt.tz is None else series
        series = series.dt.tz_convert("UTC")
    elif isinstance(spark, (StringType, ArrayType, MapType, TimestampType, BinaryType)) or series.dtype == object:
        write = writer(spark)
        values = [None if is_missing(value) else write(value) for value in series]
        return pa.array(values, type=arrow_type(spark))
    return pa.Array.from_pandas(series, mask=series.isnull(), type=arrow_type(spark))


def is_missing(value):
    import pandas as pd
    missing = pd.isnull(value) if not isinstance(value, (list, tuple, dict)) else False
    return bool(missing) if isinstance(missing, bool) or getattr(missing, "ndim", 0) == 0 else False


def from_frame(frame, spark, zone):
    labels = list(frame.columns)
    if labels and all(isinstance(label, str) for label in labels):
        lost = [name for name in spark.names if name not in labels]
        more = [label for label in labels if label not in spark.names]
        if lost or more:
            parts = (f" Missing: {', '.join(lost)}." if lost else "") + (
                f" Unexpected: {', '.join(more)}." if more else "")
            raise RuntimeError(f"[RESULT_COLUMN_NAMES_MISMATCH] Column names of the returned data do not match "
                               f"specified schema.{parts}")
        columns = [frame[name] for name in spark.names]
    else:
        if labels and len(labels) != len(spark.names):
            raise RuntimeError(f"[RESULT_COLUMN_SCHEMA_MISMATCH] Number of columns of the returned data doesn't match "
                               f"specified schema. Expected: {len(spark.names)} Actual: {len(labels)}")
        columns = [frame.iloc[:, place] for place in range(len(labels))]
    if not columns:
        return pa.array([], type=arrow_type(spark))
    arrays = [from_series(column, field.dataType, zone) for column, field in zip(columns, spark.fields)]
    return pa.StructArray.from_arrays(arrays, fields=list(arrow_type(spark)))


# ---- The kinds of functions. Each is called with the batch's columns and the number of rows.

class RowFunction:
    def __init__(self, function, about):
        self.function = no_stop_iteration(function)
        self.about = about
        self.readers = [reader(spark) for spark in about.inputs]
        self.write = (strict_writer if about.kind == BATCHED else writer)(about.result)

    def __call__(self, columns, num_rows):
        values = []
        for column, read in zip(columns, self.readers):
            items = column.to_pylist()
            values.append([read(item) for item in items] if read else items)
        rows = zip(*values) if values else (() for _ in range(num_rows))
        split = self.about.split
        results = [self.write(self.function(*split(row)[0], **split(row)[1])) for row in rows] if self.about.named \
            else [self.write(self.function(*row)) for row in rows]
        wanted = arrow_type(self.about.result)
        try:
            return pa.array(results, type=wanted)
        except pa.lib.ArrowInvalid:
            return pa.array(results).cast(wanted, safe=False)


class ColumnFunction:
    """Scalar functions over whole columns, of pandas or of Arrow; `each` makes one of a batch's arguments."""

    def __init__(self, function, about):
        self.function = function
        self.about = about
        self.pandas = about.kind in (SCALAR_PANDAS, SCALAR_PANDAS_ITER)
        self.results = None
        self.waiting = []
        if about.kind in (SCALAR_PANDAS_ITER, SCALAR_ARROW_ITER):
            self.results = iter(function(self.batches()))

    def batches(self):
        while self.waiting:
            arguments = self.waiting.pop()
            yield arguments[0] if len(arguments) == 1 else tuple(arguments)

    def __call__(self, columns, num_rows):
        about = self.about
        arguments = [to_series(column, spark, about.zone) if self.pandas else column.combine_chunks()
                     for column, spark in zip(columns, about.inputs)]
        if self.results is not None:
            self.waiting.append(arguments)
            result = next(self.results)
        else:
            positional, named = about.split(arguments)
            result = self.function(*positional, **named)
        if not hasattr(result, "__len__"):
            raise TypeError(f"[UDF_RETURN_TYPE] Return type of the user-defined function should be "
                            f"{'pandas.Series' if self.pandas else 'pyarrow.Array'}, but is {type(result).__name__}.")
        if len(result) != num_rows:
            raise RuntimeError(f"[SCHEMA_MISMATCH_FOR_PANDAS_UDF] Result vector from pandas_udf was not the required "
                               f"length: expected {num_rows}, got {len(result)}.")
        if self.pandas:
            return from_series(result, about.result, about.zone)
        return result.cast(arrow_type(about.result))


class GroupValue:
    """Aggregates: each argument is a list column, a row a group."""

    def __init__(self, function, about):
        self.function = function
        self.about = about

    def __call__(self, columns, num_rows):
        about = self.about
        results = []
        for row in range(num_rows):
            group = columns[0].combine_chunks()[row].values  # one struct a row of the group
            parts = group.flatten()
            if about.kind in (GROUPED_AGG_PANDAS, GROUPED_AGG_PANDAS_ITER):
                parts = [to_series(part, spark, about.zone) for part, spark in zip(parts, about.inputs)]
            if about.kind in (GROUPED_AGG_PANDAS_ITER, GROUPED_AGG_ARROW_ITER):
                result = self.function(iter([parts[0] if len(parts) == 1 else tuple(parts)]))
            else:
                positional, named = about.split(parts)
                result = self.function(*positional, **named)
            if isinstance(result, pa.Scalar):
                result = result.as_py()
            results.append(result.item() if hasattr(result, "item") else result)
        write = writer(about.result)
        values = [None if is_missing(value) else write(value) for value in results]
        wanted = arrow_type(about.result)
        try:
            return pa.array(values, type=wanted)
        except pa.lib.ArrowInvalid:
            return pa.array(values).cast(wanted)


class TableFunction:
    """Functions from tables to tables: the arguments are lists of rows (of a group the key's values first), the result
    a list of rows."""

    def __init__(self, function, about):
        self.function = function
        self.about = about

    def rows_of(self, columns, row):
        """The tables of one row of the batch, as the function takes them, and the key's values."""
        about = self.about
        pandas = about.kind in (
            GROUPED_MAP_PANDAS, GROUPED_MAP_PANDAS_ITER, COGROUPED_MAP_PANDAS, MAP_PANDAS_ITER)
        tables, key = [], None
        for column, spark in zip(columns, about.inputs):
            value = column.combine_chunks()[row]
            if not isinstance(spark, ArrayType):
                key = value
                continue
            of_rows = spark.elementType
            wanted = pa.struct([pa.field(field.name, value.type.value_type.field(place).type)
                                for place, field in enumerate(of_rows.fields)])
            items = value.values
            parts = items.flatten() if items is not None else [pa.array([], type=field.type) for field in wanted]
            if pandas:
                frame = to_frame(parts, of_rows, about.zone)
                tables.append(frame)
            else:
                tables.append(pa.Table.from_arrays(parts, names=of_rows.names))
        if key is not None:
            key = tuple(item for item in key.values()) if not pandas else tuple(
                plain(item, field.dataType) for item, field in zip(key.values(), about.key.fields))
        return tables, key

    def call(self, tables, key):
        kind = self.about.kind
        if kind == MAP_PANDAS_ITER:
            return list(self.function(iter(tables)))
        if kind == MAP_ARROW_ITER:
            return list(self.function(batch for table in tables for batch in table.to_batches()))
        takes_key = len(inspect.getfullargspec(self.function).args) > len(tables)
        if kind in (GROUPED_MAP_PANDAS_ITER, GROUPED_MAP_ARROW_ITER):
            parts = iter(tables) if kind == GROUPED_MAP_PANDAS_ITER else (
                batch for table in tables for batch in table.to_batches())
            return list(self.function(key, parts) if takes_key else self.function(parts))
        return [self.function(key, *tables) if takes_key else self.function(*tables)]

    def __call__(self, columns, num_rows):
        about = self.about
        spark = about.result.elementType
        wanted = arrow_type(spark)
        offsets, rows = [0], []
        for row in range(num_rows):
            for given in self.call(*self.rows_of(columns, row)):
                if isinstance(given, (pa.Table, pa.RecordBatch)):
                    table = given if isinstance(given, pa.Table) else pa.Table.from_batches([given])
                    array = pa.StructArray.from_arrays(
                        [table.column(field.name).combine_chunks().cast(field.type) for field in wanted],
                        fields=list(wanted))
                else:
                    array = from_frame(given, spark, about.zone)
                rows.append(array)
            offsets.append(offsets[0] + sum(len(part) for part in rows))
        values = pa.concat_arrays(rows) if rows else pa.array([], type=wanted)
        return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), values).cast(arrow_type(about.result))


class RowsOfCall:
    """A user's table function: each row of arguments makes an object of its class and gives a list of rows."""

    def __init__(self, handler, about):
        self.handler = handler
        self.about = about
        self.readers = [reader(spark) for spark in about.inputs]
        self.write = writer(about.result.elementType)

    def __call__(self, columns, num_rows):
        values = []
        for column, read in zip(columns, self.readers):
            items = column.to_pylist()
            values.append([read(item) for item in items] if read else items)
        results = []
        for row in zip(*values) if values else (() for _ in range(num_rows)):
            positional, named = self.about.split(row)
            table = self.handler()
            rows = list(table.eval(*positional, **named) or ()) if hasattr(table, "eval") else []
            if hasattr(table, "terminate"):
                rows += list(table.terminate() or ())
            results.append([self.write(given if isinstance(given, (tuple, dict)) else tuple(given))
                            for given in rows])
        return pa.array(results, type=arrow_type(self.about.result))


def plain(scalar, spark):
    value = scalar.as_py()
    read = reader(spark)
    return read(value) if read else value


class About:
    """A function's description, as the server gives it."""

    def __init__(self, text):
        given = json.loads(text)
        self.kind = given["kind"]
        self.result = _parse_datatype_json_string(given["result"])
        self.inputs = [_parse_datatype_json_string(spark) for spark in given["inputs"]]
        self.names = given["names"]
        self.named = any(self.names)
        self.zone = given["zone"]
        self.key = next((spark for spark in self.inputs if isinstance(spark, StructType)), None)

    def split(self, arguments):
        """The arguments that go by place, and those by name."""
        positional = [value for value, name in zip(arguments, self.names) if not name]
        return positional, {name: value for value, name in zip(arguments, self.names) if name}


KINDS = {
    BATCHED: RowFunction, ARROW_BATCHED: RowFunction,
    SCALAR_PANDAS: ColumnFunction, SCALAR_PANDAS_ITER: ColumnFunction,
    SCALAR_ARROW: ColumnFunction, SCALAR_ARROW_ITER: ColumnFunction,
    GROUPED_AGG_PANDAS: GroupValue, GROUPED_AGG_ARROW: GroupValue,
    GROUPED_MAP_PANDAS: TableFunction, COGROUPED_MAP_PANDAS: TableFunction, MAP_PANDAS_ITER: TableFunction,
    GROUPED_MAP_ARROW: TableFunction, COGROUPED_MAP_ARROW: TableFunction, MAP_ARROW_ITER: TableFunction,
    GROUPED_MAP_PANDAS_ITER: TableFunction, GROUPED_MAP_ARROW_ITER: TableFunction,
    GROUPED_AGG_PANDAS_ITER: GroupValue, GROUPED_AGG_ARROW_ITER: GroupValue,
    TABLE: RowsOfCall, ARROW_TABLE: RowsOfCall}


def load(description, command):
    about = About(description)
    if about.kind not in KINDS:
        raise NotImplementedError(f"Python functions of the evaluation type {about.kind}")
    given = CloudPickleSerializer().loads(command)
    return KINDS[about.kind](given[0] if isinstance(given, tuple) else given, about)


def call(function, stream):
    with pa.ipc.open_stream(stream) as batches:
        table = batches.read_all()
    columns = [table.column(place) for place in range(table.num_columns)]
    if function.about.inputs == []:
        columns = []
    array = function(columns, table.num_rows)
    batch = pa.RecordBatch.from_arrays([array], names=["result"])
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as out:
        out.write_batch(batch)
    return sink.getvalue()


def traceback_of(error):
    """As Python prints it, without the frames of this file, as Spark shows it."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__]
    return "".join(["Traceback (most recent call last):\n", *traceback.format_list(frames),
                    *traceback.format_exception_only(type(error), error)])


def receive(line, size):
    data = bytearray(size)
    view = memoryview(data)
    at = 0
    while at < size:
        count = line.recv_into(view[at:])
        if count == 0:
            os._exit(0)  # the server has ended, or is done with this process
        at += count
    return data


def serve():
    line = socket.socket(fileno=3)
    functions = {}
    while True:
        kind, size = struct.unpack(">cQ", receive(line, 9))
        payload = receive(line, size)
        number = struct.unpack_from(">I", payload)[0]
        if kind == b"F":
            functions.pop(number, None)
            continue
        try:
            if kind == b"L":
                length = struct.unpack_from(">I", payload, 4)[0]
                functions[number] = load(bytes(payload[8:8 + length]).decode(), bytes(payload[8 + length:]))
                reply = b""
            else:
                reply = call(functions[number], pa.py_buffer(memoryview(payload)[4:]))
            answer = b"R"
        except BaseException as error:
            answer, reply = b"E", traceback_of(error).encode(errors="replace")
        line.sendall(struct.pack(">cQ", answer, len(reply)))
        line.sendall(reply)
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
