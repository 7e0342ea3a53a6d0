"""Every typed operation of every service against botocore: what its serialiser sends is what the
struct holds, and what the struct holds is what its parser reads."""

import base64
import datetime
import gzip
import json
import os
import pathlib
import subprocess
import sys
import urllib.parse
from random import Random

import botocore.model
import botocore.parsers
import botocore.serialize
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from codegen.aws.model import find_model  # noqa: E402

PROBE = pathlib.Path(os.environ.get("OWLET_BUILD", ROOT / "build/release")) / "tests/codegen/wire_probe"
SERVICES = ["athena", "emr", "emr-serverless", "glue", "iam", "s3", "sts"]
TIME = datetime.datetime(2026, 1, 31, 23, 59, 59, tzinfo=datetime.timezone.utc)


def namespace(service):
    return service.replace("-", "_")


def operations(service):
    lines = (ROOT / f"codegen/aws/operations/{service}.txt").read_text().splitlines()
    return [name for line in lines if (name := line.split("#")[0].strip())]


# The published model itself: botocore's loader makes a time of S3's Expires, which is any text.
MODELS = {
    name: botocore.model.ServiceModel(json.loads(gzip.decompress(find_model(name).read_bytes())), name)
    for name in SERVICES
}
CASES = [(service, name) for service in SERVICES for name in operations(service)]


class Probe:
    def __init__(self):
        self.process = subprocess.Popen([PROBE], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)

    def ask(self, question):
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@pytest.fixture(scope="module")
def probe():
    made = Probe()
    yield made
    made.process.stdin.close()
    assert made.process.wait(10) == 0


def sample(shape, outside=False, above=(), number=1):
    """A value with everything in it; `outside` is a header, label or query parameter."""
    match shape.type_name:
        case "structure":
            if getattr(shape, "is_document_type", False):
                return {"any": ["json", 1, None]}
            members = list(shape.members.items())
            if shape.is_tagged_union:
                members = members[-1:]
            streaming = shape.serialization.get("payload") if not above else None
            return {
                name: sample(member, "location" in member.serialization, (*above, shape.name))
                for name, member in members
                if above.count(member.name) < 1 and not (
                    name == streaming and (member.serialization.get("streaming")
                                           or member.serialization.get("eventstream")))
            }
        case "list":
            if above.count(shape.member.name):
                return []
            return [sample(shape.member, outside, above, n) for n in (1, 2)]
        case "map":
            keys = shape.key.enum or (["one", "two"] if outside else ["One é", "t<wo>"])
            return {key: sample(shape.value, outside, above, n) for n, key in enumerate(keys)}
        case "string":
            if shape.enum:
                return shape.enum[-1]
            return f"v-{number} /x%" if outside else f"v-{number} é<&>\"'\n\t]]> {{}}"
        case "integer":
            return 40 + number
        case "long":
            return 2**40 + number
        case "float" | "double":
            return 1.5 + number
        case "boolean":
            return True
        case "blob":
            return b"\x00\xff bytes" + bytes([number])
        case "timestamp":
            return TIME
    raise AssertionError(shape.type_name)


def canonical(value):
    match value:
        case dict():
            return {key: canonical(item) for key, item in value.items()}
        case list():
            return [canonical(item) for item in value]
        case bytes():
            return base64.b64encode(value).decode()
        case datetime.datetime():
            return value.timestamp()
    return value


def without_empty_lists(value):
    """A form and XML cannot say of a flattened list that it is there and empty."""
    if isinstance(value, dict):
        return {key: without_empty_lists(item) for key, item in value.items() if item != []}
    if isinstance(value, list):
        return [without_empty_lists(item) for item in value]
    return value


def serialized(service, operation, parameters):
    model = MODELS[service]
    serializer = botocore.serialize.create_serializer(model.protocol, include_validation=False)
    sent = serializer.serialize_to_request(parameters, operation)
    body = sent["body"]
    if isinstance(body, dict):
        body = urllib.parse.urlencode(body)
    if isinstance(body, str):
        body = body.encode()
    path, _, static = sent["url_path"].partition("?")
    query = urllib.parse.urlencode(sent["query_string"], doseq=True)
    return {
        "method": sent["method"], "path": path, "query": "&".join(filter(None, (static, query))),
        "headers": sent["headers"], "body": base64.b64encode(body).decode(),
    }


@pytest.mark.parametrize("service,name", CASES)
def test_request(probe, service, name):
    operation = MODELS[service].operation_model(name)
    parameters = sample(operation.input_shape) if operation.input_shape else {}
    answer = probe.ask({"service": namespace(service), "operation": name,
                        "request": serialized(service, operation, parameters)})
    assert answer["operation"] == name
    assert without_empty_lists(answer.get("value", {})) == without_empty_lists(canonical(parameters))


@pytest.mark.parametrize("service,name", CASES)
def test_request_with_required_members_only(probe, service, name):
    operation = MODELS[service].operation_model(name)
    shape = operation.input_shape
    everything = sample(shape) if shape else {}
    parameters = {key: everything[key] for key in shape.required_members if key in everything} \
        if shape else {}
    answer = probe.ask({"service": namespace(service), "operation": name,
                        "request": serialized(service, operation, parameters)})
    assert answer["operation"] == name
    assert without_empty_lists(answer.get("value", {})) == without_empty_lists(canonical(parameters))


# botocore reads this one by a hook of its own.
UNWRAPPED = {("s3", "GetBucketLocation")}


@pytest.mark.parametrize("service,name", CASES)
def test_reply(probe, service, name):
    model = MODELS[service]
    operation = model.operation_model(name)
    shape = operation.output_shape
    value = sample(shape) if shape else {}
    sent = probe.ask({"service": namespace(service), "operation": name, "reply": canonical(value)})
    body = base64.b64decode(sent["body"])
    assert sent["status"] == operation.http.get("responseCode", 200)
    if (service, name) in UNWRAPPED:
        assert body.endswith(f">{value['LocationConstraint']}</LocationConstraint>".encode())
        return
    parser = botocore.parsers.create_parser(model.protocol)
    parsed = parser.parse({"status_code": sent["status"], "headers": sent["headers"], "body": body},
                          shape)
    parsed.pop("ResponseMetadata", None)
    if shape and (payload := shape.serialization.get("payload")) not in value:
        parsed.pop(payload, None)
    assert without_empty_lists(canonical(parsed)) == without_empty_lists(canonical(value))


def broken(body, random):
    """The body with something of it lost, doubled or changed."""
    at, to = sorted(random.randrange(len(body) + 1) for _ in range(2))
    match random.randrange(4):
        case 0:
            return body[:at]
        case 1:
            return body[:at] + body[to:]
        case 2:
            return body[:to] + body[at:]
    changed = bytearray(body)
    for _ in range(1 + random.randrange(4)):
        changed[random.randrange(len(changed))] = random.choice(b"\x00\xff<>\"'{}[]&;:,.=%-0e")
    return bytes(changed)


@pytest.mark.parametrize("service", SERVICES)
def test_broken_bodies_are_answered(probe, service):
    random = Random(service)
    for name in operations(service):
        operation = MODELS[service].operation_model(name)
        if operation.input_shape is None:
            continue
        request = serialized(service, operation, sample(operation.input_shape))
        body = base64.b64decode(request["body"])
        for _ in range(20 if body else 0):
            request["body"] = base64.b64encode(broken(body, random)).decode()
            answer = probe.ask({"service": namespace(service), "operation": name,
                                "request": request})
            assert "value" in answer or answer["error"]
