"""COMPATIBILITY.md says what the code says, and the generator tells an operation's handler from none."""

import importlib.util
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]


def load():
    spec = importlib.util.spec_from_file_location("write_compatibility", ROOT / "tools/write_compatibility.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_committed_page_is_the_generated_one():
    assert (ROOT / "COMPATIBILITY.md").read_text() == load().page(), (
        "run .venv/bin/python tools/write_compatibility.py and commit the page")


def test_handlers_are_found_and_absences_told_apart():
    registered, absent = load().handlers("s3")
    assert {"PutObject", "GetObject", "GetBucketCors"} <= registered
    assert "GetBucketReplication" in absent and "GetBucketCors" not in absent
    assert "SelectObjectContent" not in registered


def test_a_case_that_only_refuses_is_not_implemented():
    cases = load().cases("relation_proto.cc", "R")
    assert "kFilter" in cases and "kJoin" in cases
    assert "kWithWatermark" not in cases and "kCatalog" not in cases
