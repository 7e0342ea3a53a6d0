"""Statements of Spark SQL, one file a script: each answer is what Spark 4.3 gave (statements/*.test).

The files have the form of tests/sql (its README) with a `# database: NAME` line: the statements run
one after the other in a new database of that name; `{location}` stands for its folder. record.py
writes the answers from the real engine. statements/known_failures.txt lists what differs for now.
"""

import importlib.util
import pathlib

import pytest

FOLDER = pathlib.Path(__file__).parent / "statements"
RECORDER = FOLDER.parents[2] / "sql/record.py"


def load_recorder():
    spec = importlib.util.spec_from_file_location("record", RECORDER)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


record = load_recorder()


def read_file(path):
    """The database, and the blocks (statement, kind, answer's lines) of a file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    database = next(line.split()[2] for line in lines if line.startswith("# database:"))
    blocks = []
    position = 0
    while position < len(lines):
        kind = lines[position]
        position += 1
        if kind not in ("query", "statement error"):
            continue
        end = lines.index("----", position)
        stop = next((i for i in range(end, len(lines)) if not lines[i]), len(lines))
        blocks.append(("\n".join(lines[position:end]), kind, lines[end + 1:stop]))
        position = stop
    return database, blocks


def in_order(kind, lines):
    """Rows are compared sorted: orders have ties, and tests/sql tests them."""
    lines = [line for line in lines if line]
    return [kind, *lines[:1], *sorted(lines[1:])] if kind == "query" else [kind, *lines]


def known_failures(name):
    text = (FOLDER / "known_failures.txt").read_text(encoding="utf-8")
    return [line.partition(": ")[2] for line in text.splitlines() if line.startswith(f"{name}: ")]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.test")), ids=lambda path: path.stem)
def test_statements(path, server, bucket):
    database, blocks = read_file(path)
    engine = record.Spark(server.spark_remote)
    differing, report = [], []
    try:
        engine.set_zone("UTC")
        engine.enter_database(database, f"s3://{bucket}/{database}")
        for sql, kind, expected in blocks:
            got_kind, got = engine.answer(sql)
            if in_order(got_kind, got) != in_order(kind, expected):
                differing.append(sql)
                report.append("\n".join([f"{path.name}: {sql}", f"  Spark: {kind}", *("    " + line for line in expected),
                                         f"  owlet: {got_kind}", *("    " + line for line in got)]))
        engine.leave_database()
    finally:
        engine.session.stop()
    known = known_failures(path.stem)
    new = [text for sql, text in zip(differing, report) if sql.replace("\n", " ") not in known]
    mended = [sql for sql in known if sql not in [one.replace("\n", " ") for one in differing]]
    assert not new, "differs from Spark:\n" + "\n\n".join(new)
    assert not mended, "answered as Spark does now, take out of known_failures.txt:\n" + "\n".join(mended)
