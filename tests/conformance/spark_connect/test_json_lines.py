"""Lines of JSON, odd ones too, as Spark 4.3 read them from the same bytes."""

import bz2
import gzip
import json

import pytest
from pyspark.errors import PySparkException

FILES = {
    "blank": b'{"a":1,"b":"x"}\n\n   \n\t\n{"a":2,"b":"y"}',
    "corrupt": b'{"a":1,"b":"x"}\n{"a":2,"b":\nxyz\n5\n"s"\nnull\ntrue\n[]\n[{"a":3},{"a":4,"b":"z"}]\n[1]\n{}\n',
    "trailing": b'{"a":1,"b":"x"} junk\n{"a":2}{"a":3}\n{"a":4},\n{"a":5}]\n{"a":6} "x\n{"a":7} \x01\n{"a":8}\x00\n',
    "late": b'{"a":1,"b":"x","c":tru}\n{"a":2,"c":01,"b":"y"}\n{"c":"\\x","a":3}\n{"a":4,"c":"\xff"}\n'
            b'{"a":5,"b":"\xff\xfe"}\n',
    "twice": b'{"a":1,"a":5,"b":"k"}\n{"a":5,"a":1,"b":"k"}\n{"a":5,"a":null,"b":"m"}\n{"a":5,"a":"q"}\n',
    "types": b'{"a":"1","b":2}\n{"a":1.0,"b":true}\n{"a":99999999999999999999,"b":{"x": 1}}\n'
             b'{"a":true,"b":[1, 2]}\n{"a":1e3,"b":1.50}\n',
}
# By file: rows counted, the values of a, those of the rows where a = 5, where a IS NULL and where
# b = 'k'; an error is None.
N = None
PERMISSIVE = {
    "blank": (2, [1, 2], [], [], []),
    "corrupt": (11, [1, N, N, N, N, N, N, 3, 4, N, N], [], [N] * 7, []),
    "trailing": (7, [1, 2, 4, 5, 6, 7, 8], [5], [], []),
    "late": (5, [N] * 5, [], [N], []),
    "twice": (4, [5, 1, N, 5], [5], [], [5, 1]),
    "types": (5, [N] * 5, [], [N] * 5, []),
}
DROPMALFORMED = {
    "blank": (2, [1, 2], [], [], []),
    "corrupt": (4, [1, 3, 4, N], [], [N], []),
    "trailing": (7, [1, 2, 4, 5, 6, 7, 8], [5], [], []),
    "late": (0, [], [], [], []),
    "twice": (4, [5, 1, N], [], [], [5, 1]),
}
FAILFAST = {
    "blank": (2, [1, 2], [], [], []),
    "corrupt": (N, N, N, N, N),
    "trailing": (7, [1, 2, 4, 5, 6, 7, 8], [5], [], []),
    "late": (N, N, N, N, N),
}


@pytest.fixture
def lines(spark, bucket, s3):
    def read(body: bytes, schema: str, name="x.json", **options):
        s3.put_object(Bucket=bucket, Key=name, Body=body)
        reader = spark.read.options(**options)
        return (reader.schema(schema) if schema else reader).json(f"s3://{bucket}/{name}")

    return read


def answer(run):
    try:
        return run()
    except PySparkException:
        return None


@pytest.mark.parametrize("mode, expected", [("PERMISSIVE", PERMISSIVE), ("DROPMALFORMED", DROPMALFORMED),
                                            ("FAILFAST", FAILFAST)])
def test_odd_lines_in_each_mode(lines, mode, expected):
    for name, rows in expected.items():
        frame = lines(FILES[name], "a BIGINT, b STRING", mode=mode)
        got = [answer(frame.count)]
        for condition in ("true", "a = 5", "a IS NULL", "b = 'k'"):
            got.append(answer(lambda: [row.a for row in frame.filter(condition).select("a", "b").collect()]
                              if name != "late" else
                              [row.a for row in frame.filter(condition).select("a").collect()]))
        assert tuple(got) == rows, (name, mode)


def test_corrupt_records(lines):
    schema = "a BIGINT, b STRING, _corrupt_record STRING"
    rows = [tuple(row) for row in lines(FILES["types"], schema).collect()]
    assert rows == [(None, "2", '{"a":"1","b":2}'), (None, "true", '{"a":1.0,"b":true}'),
                    (None, '{"x": 1}', '{"a":99999999999999999999,"b":{"x": 1}}'),
                    (None, "[1, 2]", '{"a":true,"b":[1, 2]}'), (None, "1.50", '{"a":1e3,"b":1.50}')]
    rows = [tuple(row) for row in lines(FILES["twice"], schema).collect()]
    assert rows == [(5, "k", None), (1, "k", None), (None, "m", None), (5, None, '{"a":5,"a":"q"}')]


def test_many_blocks_keep_their_rows_and_order(lines):
    body = "".join(json.dumps({"n": i, "even": i % 2 == 0, "text": f"owl {i}" * (i % 40)}) + "\n"
                   for i in range(60_000)).encode()
    body += b'{"n":60000,"text":"' + b"long" * 1_000_000 + b'"}\n{"n":60001,"even":true}'
    for name, packed in (("x.json", body), ("x.json.gz", gzip.compress(body, 1)),
                         ("x.json.bz2", bz2.compress(body, 1))):
        frame = lines(packed, "", name)
        assert frame.schema.simpleString() == "struct<even:boolean,n:bigint,text:string>"
        assert frame.count() == 60_002
        row = frame.selectExpr("sum(n)", "count(even)", "max(length(text))", "count_if(even)").first()
        assert tuple(row) == (60_001 * 30_001, 60_001, 4_000_000, 30_001)
        assert [r.n for r in frame.filter("n >= 59990").select("n").collect()] == list(range(59_990, 60_002))
        assert frame.filter("even and text = 'owl 2owl 2'").select("n").collect() == [(2,)]
