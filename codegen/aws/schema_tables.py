"""The constant tables that describe a service's shapes, and the operations with their types."""

from codegen.aws.model import Model
from codegen.aws.names import constant_name, field_name, literal, pcre_pattern, type_name
from codegen.aws.service_data import ServiceData
from codegen.aws.types_header import holder_type, is_plain, value_type

LOCATIONS = {
    "header": "kHeader",
    "headers": "kHeaders",
    "uri": "kUri",
    "querystring": "kQuery",
    "statusCode": "kStatus",
}
TIMESTAMP_FORMATS = {"iso8601": "kIso8601", "rfc822": "kRfc822", "unixTimestamp": "kUnix"}


def initializer(pairs: list[tuple[str, str | None]]) -> str:
    """`{.a = 1, .b = 2}` of the pairs that have a value."""
    return "{" + ", ".join(f".{key} = {value}" for key, value in pairs if value is not None) + "}"


def flag(value: object) -> str | None:
    return "true" if value else None


def text(value: str | None) -> str | None:
    return literal(value) if value else None


def xml_namespace(definition: dict) -> dict[str, str]:
    """The trait in the one of its two forms that has a prefix."""
    namespace = definition.get("xmlNamespace") or {}
    return {"uri": namespace} if isinstance(namespace, str) else namespace


def member_row(model: Model, structure: str, member: str) -> str:
    shape = model.all_shapes[structure]
    definition = shape["members"][member]
    target = model.all_shapes[definition["shape"]]
    # A list that is flattened takes its element's name where the list itself has one.
    flattened = definition.get("flattened") or target.get("flattened")
    wire_name = definition.get("locationName")
    if wire_name is None and flattened and model.protocol == "rest-xml":
        wire_name = target["member"].get("locationName")
    namespace = xml_namespace(definition)
    holder = ("protocol::kPlainHolder" if is_plain(model, structure, member)
              else f"protocol::kOptionalHolder<{holder_type(model, structure, member)}>")
    location = LOCATIONS.get(definition.get("location", ""))
    return initializer([
        ("name", literal(member)),
        ("wire_name", literal(member if wire_name is None else wire_name)),
        ("shape", f"&schema::{constant_name(definition['shape'])}"),
        ("offset", f"offsetof({type_name(structure)}, {field_name(member)})"),
        ("holder", f"&{holder}"),
        ("required", flag(member in shape.get("required", []))),
        ("location", f"Location::{location}" if location else None),
        ("payload", flag(shape.get("payload") == member)),
        ("flattened", flag(flattened)),
        ("xml_attribute", flag(definition.get("xmlAttribute"))),
        ("xml_namespace", text(namespace.get("uri"))),
        ("xml_namespace_prefix", text(namespace.get("prefix"))),
    ])


def constraints(shape: dict) -> list[tuple[str, str | None]]:
    def number(value) -> str | None:
        return None if value is None else str(int(value))

    pattern = shape.get("pattern")
    return [
        ("min", number(shape.get("min"))),
        ("max", number(shape.get("max"))),
        ("pattern", text(pattern)),
        ("pcre_pattern", text(pattern and pcre_pattern(pattern))),
        ("enum_values", None),
        ("sensitive", flag(shape.get("sensitive"))),
    ]


def timestamp_format_of(model: Model, shape: dict) -> str | None:
    """The shape's own format, where it has one; the query services send no fractions of a second."""
    if shape.get("timestampFormat"):
        return TIMESTAMP_FORMATS[shape["timestampFormat"]]
    is_time = shape["type"] == "timestamp"
    return "kIso8601Seconds" if is_time and model.protocol == "query" else None


def shape_table(model: Model, data: ServiceData, name: str) -> str:
    """The definition of one shape's table, with the arrays that it points to."""
    shape = model.shapes[name]
    constant = constant_name(name)
    before: list[str] = []
    rows = [("kind", "Kind::k" + ("Document" if shape.get("document") else shape["type"].capitalize())),
            ("name", literal(name))]
    for key, value in constraints(shape):
        if key == "enum_values" and shape.get("enum") and name not in data.open_enums:
            values = ", ".join(literal(value) for value in shape["enum"])
            before.append(f"constexpr std::string_view {constant}Values[] = {{{values}}};")
            value = f"{constant}Values"
        rows.append((key, value))
    if timestamp_format := timestamp_format_of(model, shape):
        rows.append(("timestamp_format", f"TimestampFormat::{timestamp_format}"))
    namespace = xml_namespace(shape)
    match shape["type"]:
        case "structure" if not shape.get("document"):
            if members := list(model.members(name)):
                table = ",\n    ".join(member_row(model, name, member) for member in members)
                before.append(f"constexpr Member {constant}Members[] = {{\n    {table}}};")
                rows.append(("members", f"{constant}Members"))
            rows.append(("xml_name", text(shape.get("locationName"))))
            rows.append(("xml_namespace", text(namespace.get("uri"))))
            rows.append(("xml_namespace_prefix", text(namespace.get("prefix"))))
        case "list":
            element = shape["member"]
            rows += [
                ("element", f"&schema::{constant_name(element['shape'])}"),
                ("list", f"&protocol::kListAccess<{value_type(model, element['shape'])}>"),
                ("flattened", flag(shape.get("flattened"))),
                ("element_name", text(element.get("locationName"))),
            ]
        case "map":
            rows += [
                ("element", f"&schema::{constant_name(shape['value']['shape'])}"),
                ("key", f"&schema::{constant_name(shape['key']['shape'])}"),
                ("map", f"&protocol::kMapAccess<{value_type(model, shape['value']['shape'])}>"),
                ("flattened", flag(shape.get("flattened"))),
                ("element_name", text(shape["value"].get("locationName"))),
                ("key_name", text(shape["key"].get("locationName"))),
            ]
    local = ["namespace {", *before, "}  // namespace"] if before else []
    return "\n".join([*local, f"constinit const Shape schema::{constant} = {initializer(rows)};", ""])


def schema_header(model: Model, namespace: str) -> str:
    return "\n".join([
        "#pragma once",
        "",
        '#include "protocol/common/schema.h"',
        "",
        f"namespace owlet::aws::{namespace}::schema {{",
        "",
        *(f"extern const protocol::Shape {constant_name(name)};" for name in model.shapes),
        "",
        f"}}  // namespace owlet::aws::{namespace}::schema",
        "",
    ])


def source_start(namespace: str) -> list[str]:
    return [
        f"#include <aws/{namespace}/operations.h>",
        "",
        "#include <cstddef>",
        "",
        f"#include <aws/{namespace}/schema.h>",
        f"#include <aws/{namespace}/types.h>",
        "",
        f"namespace owlet::aws::{namespace} {{",
        "",
        "using protocol::Kind;",
        "using protocol::Location;",
        "using protocol::Member;",
        "using protocol::Shape;",
        "using protocol::TimestampFormat;",
        "",
    ]


def shapes_source(model: Model, data: ServiceData, namespace: str, names: list[str]) -> str:
    return "\n".join([
        *source_start(namespace),
        *(shape_table(model, data, name) for name in names),
        f"}}  // namespace owlet::aws::{namespace}",
        "",
    ])


def side_type(operation: dict, side: str) -> str:
    return type_name(operation[side]["shape"]) if side in operation else "protocol::Nothing"


def operations_header(model: Model, namespace: str) -> str:
    lines = [
        f"// The typed operations of {model.metadata['serviceFullName']}; see codegen/aws.",
        "#pragma once",
        "",
        f"#include <aws/{namespace}/types.h>",
        "",
        f"namespace owlet::aws::{namespace} {{",
        "",
        "/// All that is known of the service.",
        "extern const protocol::ServiceSchema kService;",
        "",
        "/// One type for each operation that can have a handler.",
        "namespace operations {",
        "",
    ]
    for name, operation in model.operations.items():
        lines += [
            f"struct {name} {{",
            f"  using Request = {side_type(operation, 'input')};",
            f"  using Reply = {side_type(operation, 'output')};",
            "  static const protocol::OperationSchema kSchema;",
            "};",
            "",
        ]
    return "\n".join([*lines, "}  // namespace operations", f"}}  // namespace owlet::aws::{namespace}", ""])


def operation_table(model: Model, data: ServiceData, name: str) -> str:
    operation = model.operations[name]
    sides = {side: operation[side]["shape"] if side in operation else None
             for side in ("input", "output")}
    rows = initializer([
        ("name", literal(name)),
        ("method", literal(operation["http"]["method"])),
        ("uri", literal(operation["http"]["requestUri"])),
        *((side, f"&schema::{constant_name(shape)}" if shape else None)
          for side, shape in sides.items()),
        ("status", str(operation["http"].get("responseCode", 200))),
        ("result_wrapper", text(operation.get("output", {}).get("resultWrapper"))),
        ("request_root", text(operation.get("input", {}).get("locationName"))),
        ("reply_root", text(data.reply_roots.get(name))),
        ("unwrapped_reply", flag(name in data.unwrapped_replies)),
        ("streaming_input", flag(model.is_streaming(sides["input"]))),
        ("streaming_output", flag(model.is_streaming(sides["output"]))),
        ("body_checksum_required",
         flag(operation.get("httpChecksum", {}).get("requestChecksumRequired"))),
        ("make_input", f"protocol::MakeStruct<{side_type(operation, 'input')}>"),
        ("make_output", f"protocol::MakeStruct<{side_type(operation, 'output')}>"),
    ])
    return f"constinit const protocol::OperationSchema operations::{name}::kSchema = {rows};"


def operation_names(model: Model) -> tuple[list[str], list[str]]:
    """The arrays of what requests must carry, and the rows of the table of all operations."""
    arrays, rows = [], []
    for name, operation in model.all_operations.items():
        typed = f"&operations::{name}::kSchema" if name in model.operations else None
        row = [("name", literal(name)), ("method", literal(operation["http"]["method"])),
               ("uri", literal(operation["http"]["requestUri"])), ("typed", typed),
               ("deprecated", flag(operation.get("deprecated")))]
        for field, location in (("required_query", "querystring"), ("required_headers", "header")):
            wanted = required_at(model, operation, location)
            if not wanted or not model.protocol.startswith("rest"):
                continue
            array = f"k{name}{'Query' if location == 'querystring' else 'Headers'}"
            values = ", ".join(literal(value) for value in wanted)
            arrays.append(f"constexpr std::string_view {array}[] = {{{values}}};")
            row.append((field, array))
        rows.append(initializer(row))
    return arrays, rows


def required_at(model: Model, operation: dict, location: str) -> list[str]:
    """The wire names of the required members that travel at one place of a request."""
    if "input" not in operation:
        return []
    shape = model.all_shapes[operation["input"]["shape"]]
    members = (shape["members"][name] for name in shape.get("required", []))
    return [member["locationName"] for member in members if member.get("location") == location]


def error_rows(model: Model, data: ServiceData) -> list[str]:
    """The model's errors; where it has no status, 500 for a fault of the service, else 400."""
    rows = []
    for name, shape in sorted(model.all_shapes.items()):
        if not shape.get("exception"):
            continue
        error = shape.get("error", {})
        status = data.error_statuses.get(name) or error.get("httpStatusCode")
        status = status or (500 if shape.get("fault") else 400)
        rows.append(f"{{.name = {literal(name)}, .code = {literal(error.get('code', name))}, "
                    f".status = {status}}}")
    return rows


def service_source(model: Model, data: ServiceData, namespace: str) -> str:
    metadata = model.metadata
    needs, names = operation_names(model)
    errors = error_rows(model, data)
    shapes = [f"&schema::{constant_name(name)}" for name in model.shapes]
    service = initializer([
        ("name", literal(namespace)),
        ("full_name", literal(metadata["serviceFullName"])),
        ("signing_name", literal(metadata.get("signingName", metadata["endpointPrefix"]))),
        ("protocol", literal(metadata["protocol"])),
        ("target_prefix", text(metadata.get("targetPrefix"))),
        ("api_version", literal(metadata["apiVersion"])),
        ("xml_namespace", text(data.xml_namespace or metadata.get("xmlNamespace"))),
        ("operations", "kOperationNames"),
        ("errors", "kErrors" if errors else None),
        ("shapes", "kShapes" if shapes else None),
    ])
    tables = []
    if errors:
        tables += ["constexpr protocol::ErrorSchema kErrors[] = {\n    " + ",\n    ".join(errors) + "};", ""]
    if shapes:
        tables += ["constexpr const Shape* kShapes[] = {\n    " + ",\n    ".join(shapes) + "};", ""]
    return "\n".join([
        *source_start(namespace),
        *(operation_table(model, data, name) for name in model.operations),
        "",
        "namespace {",
        "",
        *needs,
        "constexpr protocol::OperationName kOperationNames[] = {\n    " + ",\n    ".join(names) + "};",
        "",
        *tables,
        "}  // namespace",
        "",
        f"constinit const protocol::ServiceSchema kService = {service};",
        "",
        f"}}  // namespace owlet::aws::{namespace}",
        "",
    ])
