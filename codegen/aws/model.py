"""A service's published model, and the part of it that a list of operations reaches.

The model is botocore's `service-2.json.gz`, read as data; nothing of botocore runs.
"""

import gzip
import importlib.util
import json
import pathlib
from collections.abc import Iterable

SCALARS = {"string", "integer", "long", "float", "double", "boolean", "blob", "timestamp"}


class ModelError(Exception):
    """The model or an operations list is not as this generator expects it."""


def find_model(service: str) -> pathlib.Path:
    """The newest model file of a service, inside the installed package."""
    spec = importlib.util.find_spec("botocore")
    if spec is None or spec.origin is None:
        raise ModelError("the Python package botocore is not installed: see tools/setup")
    folder = pathlib.Path(spec.origin).parent / "data" / service
    versions = sorted(folder.glob("*/service-2.json.gz"))
    if not versions:
        raise ModelError(f"botocore has no model of {service}")
    return versions[-1]


def read_operations(path: pathlib.Path) -> list[str]:
    """The operations list: one name a line, `#` begins a comment."""
    lines = (line.split("#")[0].strip() for line in path.read_text().splitlines())
    names = [line for line in lines if line]
    if doubles := sorted({name for name in names if names.count(name) > 1}):
        raise ModelError(f"{path.name}: listed twice: {', '.join(doubles)}")
    return sorted(names)


class Model:
    """One service. `operations` are the typed ones, `shapes` all that they reach, by name."""

    def __init__(self, document: dict, typed: Iterable[str]):
        self.metadata = document["metadata"]
        self.all_shapes = document["shapes"]
        self.all_operations = dict(sorted(document["operations"].items()))
        typed = list(typed)
        if unknown := [name for name in typed if name not in self.all_operations]:
            raise ModelError(f"the model has no operation {', '.join(unknown)}")
        self.operations = {name: self.all_operations[name] for name in typed}
        self.shapes = self._reach()
        self.structures = self._order_structures()

    @classmethod
    def load(cls, service: str, operations_file: pathlib.Path) -> "Model":
        document = json.loads(gzip.decompress(find_model(service).read_bytes()))
        return cls(document, read_operations(operations_file))

    @property
    def protocol(self) -> str:
        return self.metadata["protocol"]

    def members(self, shape: str) -> dict[str, dict]:
        """The members of a structure for which there is a field.

        A streaming body is the handler's own to read or to give, an event stream likewise: neither
        has a field. Of two members with one place on the wire the deprecated one is left out.
        """
        return {
            name: member
            for name, member in self.all_shapes[shape].get("members", {}).items()
            if not self._is_stream(shape, name, member)
        }

    def is_streaming(self, shape: str | None) -> bool:
        if shape is None:
            return False
        members = self.all_shapes[shape].get("members", {})
        return any(self._is_stream(shape, name, member) for name, member in members.items())

    def _is_stream(self, shape: str, name: str, member: dict) -> bool:
        target = self.all_shapes[member["shape"]]
        is_payload = self.all_shapes[shape].get("payload") == name
        return bool(target.get("eventstream")) or (
            is_payload and bool(member.get("streaming") or target.get("streaming")))

    def targets(self, shape: str) -> list[str]:
        """The shapes that a shape names directly."""
        definition = self.all_shapes[shape]
        match definition["type"]:
            case "structure":
                if definition.get("document"):
                    return []
                return [member["shape"] for member in self.members(shape).values()]
            case "list":
                return [definition["member"]["shape"]]
            case "map":
                return [definition["key"]["shape"], definition["value"]["shape"]]
            case other if other in SCALARS:
                return []
            case other:
                raise ModelError(f"{shape} has the unknown type {other}")

    def _reach(self) -> dict[str, dict]:
        waiting = [
            operation[side]["shape"]
            for operation in self.operations.values() for side in ("input", "output")
            if side in operation
        ]
        seen: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting += self.targets(name)
        return {name: self.all_shapes[name] for name in sorted(seen)}

    def _order_structures(self) -> list[str]:
        """The structures, each after those that it holds; a cycle is broken where it closes."""
        order: list[str] = []
        state: dict[str, str] = {}

        def visit(name: str) -> None:
            if name in state:
                return
            state[name] = "open"
            for target in self.targets(name):
                visit(target)
            state[name] = "done"
            if self.is_structure(name):
                order.append(name)

        for name in self.shapes:
            visit(name)
        return order

    def is_structure(self, shape: str) -> bool:
        definition = self.all_shapes[shape]
        return definition["type"] == "structure" and not definition.get("document")
