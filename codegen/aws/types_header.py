"""The header of a service's structs: one aggregate a structure of the model, in an order that works."""

from codegen.aws.model import Model, ModelError
from codegen.aws.names import field_name, type_name

SCALAR_TYPES = {
    "string": "std::string",
    "integer": "std::int32_t",
    "long": "std::int64_t",
    "float": "double",
    "double": "double",
    "boolean": "bool",
    "blob": "std::string",
    "timestamp": "Timestamp",
}


def value_type(model: Model, shape: str) -> str:
    """The C++ type of a present value."""
    definition = model.all_shapes[shape]
    if definition.get("document"):
        return "protocol::Document"
    match definition["type"]:
        case "structure":
            return type_name(shape)
        case "list":
            element = value_type(model, definition["member"]["shape"])
            if element == "bool":
                raise ModelError(f"{shape} is a list of booleans: std::vector<bool> has no elements")
            return f"std::vector<{element}>"
        case "map":
            return f"std::map<std::string, {value_type(model, definition['value']['shape'])}>"
        case scalar:
            return SCALAR_TYPES[scalar]


def is_plain(model: Model, structure: str, member: str) -> bool:
    """Whether the field is always there: a required member that needs no heap."""
    definition = model.all_shapes[structure]
    return member in definition.get("required", []) and not is_boxed(model, structure, member)


def is_boxed(model: Model, structure: str, member: str) -> bool:
    """Whether the member's structure is complete only after this one."""
    target = model.all_shapes[structure]["members"][member]["shape"]
    if not model.is_structure(target):
        return False
    return model.structures.index(target) >= model.structures.index(structure)


def holder_type(model: Model, structure: str, member: str) -> str:
    value = value_type(model, model.all_shapes[structure]["members"][member]["shape"])
    if is_boxed(model, structure, member):
        return f"protocol::Box<{value}>"
    return value if is_plain(model, structure, member) else f"std::optional<{value}>"


def default_of(field_type: str) -> str:
    plain = {"std::int32_t": " = 0", "std::int64_t": " = 0", "double": " = 0", "bool": " = false"}
    return plain.get(field_type, "{}" if field_type == "Timestamp" else "")


def structure(model: Model, name: str) -> str:
    lines = [f"struct {type_name(name)} {{"]
    for member in model.members(name):
        field_type = holder_type(model, name, member)
        lines.append(f"  {field_type} {field_name(member)}{default_of(field_type)};")
    return "\n".join([*lines, "};"])


def types_header(model: Model, namespace: str) -> str:
    title = model.metadata["serviceFullName"]
    forward = [f"struct {type_name(name)};" for name in model.structures]
    return "\n".join([
        f"// Made from the model of {title}, {model.metadata['apiVersion']}; see codegen/aws.",
        "#pragma once",
        "",
        "#include <cstdint>",
        "#include <map>",
        "#include <optional>",
        "#include <string>",
        "#include <vector>",
        "",
        '#include "base/clock.h"',
        '#include "protocol/common/schema.h"',
        "",
        f"namespace owlet::aws::{namespace} {{",
        "",
        *forward,
        "",
        *(structure(model, name) + "\n" for name in model.structures),
        f"}}  // namespace owlet::aws::{namespace}",
        "",
    ])
