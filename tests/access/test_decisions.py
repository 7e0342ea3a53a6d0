"""The engine against an independent reference of AWS's rules: 2,000 random cases, no difference."""

import collections
import importlib.util
import json
import os
import pathlib
import subprocess

import pytest

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[1]
PROBE = pathlib.Path(os.environ.get("OWLET_BUILD", ROOT / "build/release")) / "tests/access/access_probe"


def load(name):
    spec = importlib.util.spec_from_file_location(f"access_{name}", HERE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


reference, generate = load("reference"), load("generate")


def engine(cases):
    lines = "".join(json.dumps(case) + "\n" for case in cases)
    return subprocess.run([PROBE], input=lines, capture_output=True, text=True, check=True).stdout.splitlines()


@pytest.mark.parametrize("seed", range(4))
def test_engine_and_reference_agree(seed):
    cases = generate.cases(500, seed)
    decided = engine(cases)
    assert len(decided) == len(cases)
    expected = [reference.decide(case) for case in cases]
    # The cases must be worth something: each outcome is there in numbers.
    counts = collections.Counter(expected)
    assert all(counts[word] >= 40 for word in ("allow", "explicit deny", "implicit deny")), counts
    different = [(json.dumps(case), want, got) for case, want, got in zip(cases, expected, decided) if want != got]
    assert not different, f"{len(different)} differ; the first: {different[0]}"
