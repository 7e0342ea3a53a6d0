"""The generator itself, on a small model of its own."""

import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from codegen.aws import generate, names, schema_tables, types_header  # noqa: E402
from codegen.aws.model import Model, ModelError, read_operations  # noqa: E402
from codegen.aws.service_data import ServiceData  # noqa: E402

DOCUMENT = {
    "metadata": {"apiVersion": "2026-01-01", "endpointPrefix": "zoo", "protocol": "json",
                 "serviceFullName": "Zoo", "targetPrefix": "Zoo"},
    "operations": {
        "GetAnimal": {"name": "GetAnimal", "http": {"method": "POST", "requestUri": "/"},
                      "input": {"shape": "GetAnimalRequest"}, "output": {"shape": "Animal"}},
        "Feed": {"name": "Feed", "http": {"method": "POST", "requestUri": "/"}},
    },
    "shapes": {
        "GetAnimalRequest": {"type": "structure", "required": ["Name"],
                             "members": {"Name": {"shape": "NameString"}, "At": {"shape": "Time"}}},
        "NameString": {"type": "string", "min": 1, "max": 9, "pattern": "[a-z\\u00e4\"]*"},
        "Time": {"type": "timestamp"},
        "Animal": {"type": "structure",
                   "members": {"Kind": {"shape": "Kind"}, "Cage": {"shape": "Cage"},
                               "Young": {"shape": "Animals"}, "Default": {"shape": "Labels"}}},
        "Kind": {"type": "string", "enum": ["CAT", "OWL"]},
        "Cage": {"type": "structure", "members": {"Biggest": {"shape": "Animal"}}},
        "Animals": {"type": "list", "member": {"shape": "Animal"}},
        "Labels": {"type": "map", "key": {"shape": "NameString"}, "value": {"shape": "NameString"}},
        "Unreached": {"type": "structure", "members": {}},
        "Broken": {"type": "structure", "members": {}, "exception": True, "fault": True},
    },
}


@pytest.fixture
def model():
    return Model(DOCUMENT, ["GetAnimal"])


@pytest.mark.parametrize("member,field", [
    ("Name", "name"), ("ETag", "e_tag"), ("SSEKMSKeyId", "ssekms_key_id"), ("Delete", "delete_"),
    ("ID", "id"), ("applicationId", "application_id"), ("CORSRules", "cors_rules"),
])
def test_field_names(member, field):
    assert names.field_name(member) == field


def test_literals_are_ascii():
    assert names.literal('a"\\ä??=') == '"a\\"\\\\\\303\\244?\\?="'


def test_patterns_become_pcre():
    assert names.pcre_pattern(r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\t]*") == (
        r"[\x{0020}-\x{D7FF}\x{E000}-\x{FFFD}\x{10000}-\x{10FFFF}\t]*")


def test_only_what_typed_operations_reach(model):
    assert "Animal" in model.shapes
    assert "Unreached" not in model.shapes
    assert list(model.all_operations) == ["Feed", "GetAnimal"]


def test_structures_stand_after_those_they_hold_and_cycles_are_boxed(model):
    assert model.structures.index("Cage") < model.structures.index("Animal")
    header = types_header.types_header(model, "zoo")
    assert "protocol::Box<Animal> biggest;" in header
    assert "std::optional<Cage> cage;" in header
    assert "std::optional<std::vector<Animal>> young;" in header
    assert "std::optional<std::map<std::string, std::string>> default_;" in header


def test_required_members_are_plain(model):
    header = types_header.types_header(model, "zoo")
    assert "  std::string name;" in header
    assert "  std::optional<Timestamp> at;" in header


def test_tables_carry_the_constraints(model):
    table = schema_tables.shape_table(model, ServiceData(), "NameString")
    assert ".min = 1, .max = 9" in table
    assert r'.pattern = "[a-z\\u00e4\"]*"' in table
    assert r'.pcre_pattern = "[a-z\\x{00e4}\"]*"' in table
    assert 'kKindValues[] = {"CAT", "OWL"}' in schema_tables.shape_table(model, ServiceData(), "Kind")
    open_kind = schema_tables.shape_table(model, ServiceData(open_enums=["Kind"]), "Kind")
    assert "OWL" not in open_kind


def test_the_service_lists_all_operations_and_errors(model):
    source = schema_tables.service_source(model, ServiceData(), "zoo")
    assert '{.name = "Feed", .method = "POST", .uri = "/"}' in source
    assert ".typed = &operations::GetAnimal::kSchema" in source
    assert '{.name = "Broken", .code = "Broken", .status = 500}' in source


def test_unknown_operations_are_refused():
    with pytest.raises(ModelError, match="no operation Sing"):
        Model(DOCUMENT, ["Sing"])


def test_operations_lists(tmp_path):
    path = tmp_path / "zoo.txt"
    path.write_text("# all\nGetAnimal  # one\n\nFeed\n")
    assert read_operations(path) == ["Feed", "GetAnimal"]
    path.write_text("Feed\nFeed\n")
    with pytest.raises(ModelError, match="listed twice: Feed"):
        read_operations(path)


def test_unchanged_files_are_not_touched(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["generate", "sts", str(tmp_path)])
    assert generate.main() == 0
    header = tmp_path / "aws/sts/types.h"
    before = header.stat().st_mtime_ns
    assert generate.main() == 0
    assert header.stat().st_mtime_ns == before


@pytest.mark.parametrize("path", sorted((ROOT / "codegen/aws/operations").glob("*.txt")),
                         ids=lambda path: path.stem)
def test_all_lists_and_tables_fit_their_models(path):
    service = path.stem
    model = Model.load(service, path)
    data = ServiceData.load(ROOT / f"codegen/aws/services/{service}.toml")
    files = generate.generate(model, data, service.replace("-", "_"), 2)
    assert all(re.search(r"namespace owlet::aws::", text) for text in files.values())
    for name in [*data.reply_roots, *data.unwrapped_replies]:
        assert name in model.all_operations
    assert set(data.open_enums) <= set(model.all_shapes)
    if model.protocol != "rest-xml":
        return
    # A reply with members in its body needs a root.
    for name, operation in model.operations.items():
        if "output" not in operation:
            continue
        shape = model.all_shapes[operation["output"]["shape"]]
        in_body = [m for m, definition in shape["members"].items() if "location" not in definition]
        assert not in_body or "payload" in shape or name in data.reply_roots, name


def test_the_tool_says_what_is_wrong():
    done = subprocess.run([sys.executable, "-m", "codegen.aws.generate", "no-such-service", "/nowhere"],
                          cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("codegen: no-such-service: ")
