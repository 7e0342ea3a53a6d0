"""Writes COMPATIBILITY.md: what of each service's interface owlet answers, read from the code itself.

usage: write_compatibility.py [--check]     (run with .venv/bin/python: botocore, pyspark-client)

Sources: the operations of botocore's service models against the handlers registered in
src/protocol/<service>; Spark Connect's descriptors against the cases of the code that reads them; the
statements of core/sql against the handlers of both dialects; the function tables of core/plan against
the names that the real engines list (tools/engine_functions); and tools/compatibility_notes.toml for
what no code tells. --check writes nothing: exit status 1 when the committed page is another.
"""

import pathlib
import re
import sys
import textwrap
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from codegen.aws.model import find_model  # noqa: E402

SERVICES = ["s3", "glue", "athena", "emr", "emr-serverless", "iam", "sts"]
OUT = ROOT / "COMPATIBILITY.md"


def read(path: str) -> str:
    return (ROOT / path).read_text()


def sources(folder: str) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted((ROOT / folder).glob("*.cc"))
            if not path.name.endswith("_test.cc")}


def wrapped(names, prefix: str = "") -> str:
    """Code-quoted names as lines of at most 100 characters."""
    text = prefix + (", ".join(f"`{name}`" for name in names) or "none")
    return "\n".join(textwrap.wrap(text, 100, break_long_words=False, break_on_hyphens=False))


# ---- AWS --------------------------------------------------------------------------------------

def aws_operations(service: str) -> list[str]:
    import gzip
    import json
    return sorted(json.loads(gzip.decompress(find_model(service).read_bytes()))["operations"])


def handlers(service: str) -> tuple[set[str], set[str]]:
    """The operations with a handler; those of them whose handler says that nothing is set."""
    files = sources(f"src/protocol/{service.replace('-', '_')}")
    named = re.compile(r"<\s*(?:\w+::)*(?:ops|operations)::(\w+)")
    registered = {name for text in files.values() for name in named.findall(text)}
    absent = set()
    for file, text in files.items():
        if file.startswith("absent_"):
            absent |= set(named.findall(text)) | set(re.findall(r"^\w.*?\b(\w+)\(\s*(?:\n\s*)?const Call",
                                                                text, re.M))
    return registered, registered & absent


def aws_section(service: str, notes: dict) -> list[str]:
    operations = aws_operations(service)
    registered, absent = handlers(service)
    if unknown := sorted(registered - set(operations)):
        raise SystemExit(f"src/protocol/{service}: no operation of the model: {', '.join(unknown)}")
    here = [name for name in operations if name in registered - absent]
    missing = [name for name in operations if name not in registered]
    title = notes.get("title", service)
    lines = [f"### {title}: {len(here) + len(absent)} of {len(operations)} operations", ""]
    lines += [wrapped(here, f"**Implemented ({len(here)})**: "), ""]
    if absent:
        lines += [wrapped(sorted(absent), f"**Answered as where nothing is set ({len(absent)})**: "), ""]
    lines += [wrapped(missing, f"**NotImplemented ({len(missing)})**: "), ""]
    return lines + differences(notes)


# ---- Spark Connect ----------------------------------------------------------------------------

def camel(field: str) -> str:
    """protoc's name of a oneof's case: fill_na -> kFillNa."""
    return "k" + "".join(part[:1].upper() + part[1:] for part in field.split("_"))


def cases(file: str, prefix: str) -> set[str]:
    """The cases of a switch in `file` that do not only answer NotImplemented."""
    text = read(f"src/protocol/spark_connect/{file}")
    found = set()
    # A case: its labels, then what it does up to the next label.
    for labels, body in re.findall(rf"((?:^ +case {prefix}::k\w+:.*\n)+)((?:(?! +case | +default:).*\n)*)",
                                   text, re.M):
        first = re.sub(r"//.*", "", body).strip()
        if re.match(r"return (NotImplemented\(|Fail\(Reason::kNotImplemented)", first):
            continue
        found |= set(re.findall(r"::(k\w+):", labels))
    return found


def oneof(message, name: str) -> list:
    return list(message.DESCRIPTOR.oneofs_by_name[name].fields)


def connect_rows(title: str, fields: list, done: set[str], partly: dict[str, str]) -> list[str]:
    """One kind of Spark Connect's messages, by the names of its messages or fields."""
    def label(field) -> str:
        return field.message_type.name if field.message_type is not None else field.name
    have = [field for field in fields if camel(field.name) in done]
    rest = [label(field) for field in fields if camel(field.name) not in done]
    whole = [label(field) for field in have if label(field) not in partly]
    lines = [f"### {title}: {len(have)} of {len(fields)}", "",
             wrapped(whole, f"**Implemented ({len(whole)})**: "), ""]
    if part := [label(field) for field in have if label(field) in partly]:
        lines += [f"**In part ({len(part)})**:", ""]
        lines += [f"- `{name}`: {partly[name]}" for name in part] + [""]
    return lines + [wrapped(rest, f"**NotImplemented ({len(rest)})**: "), ""]


def connect_section(notes: dict) -> list[str]:
    from pyspark.sql.connect.proto import base_pb2, commands_pb2, expressions_pb2, relations_pb2
    partly = notes.get("partly", {})
    overrides = set(re.findall(r"\b(\w+)\(\s*Context\* context", read("src/protocol/spark_connect/service.h")))
    methods = [method.name for method in base_pb2.DESCRIPTOR.services_by_name["SparkConnectService"].methods]
    have = [name for name in methods if name in overrides]
    rest = [name for name in methods if name not in overrides]
    lines = ["## Spark Connect", "",
             "Protocol of pyspark-client 4.2. What is not here raises UNSUPPORTED_FEATURE with its name.", "",
             f"### Methods: {len(have)} of {len(methods)}", "",
             wrapped(have, "**Implemented**: "), "", wrapped(rest, "**NotImplemented**: "), ""]
    for title, message, group, file, prefix in (
            ("Relations", relations_pb2.Relation, "rel_type", "relation_proto.cc", "R"),
            ("Expressions", expressions_pb2.Expression, "expr_type", "expression_proto.cc", "E"),
            ("Commands", commands_pb2.Command, "command_type", "commands.cc", "proto::Command"),
            ("AnalyzePlan", base_pb2.AnalyzePlanRequest, "analyze", "analyze_plan.cc", "R")):
        fields = oneof(message, group)
        # show() and its HTML are not relations of the plan: the executor prints them.
        executor = read("src/protocol/spark_connect/plan_executor.cc")
        shown = {camel(field.name) for field in fields if f"relation.has_{field.name}()" in executor}
        lines += connect_rows(title, fields, cases(file, prefix) | shown, partly)
    return lines + differences(notes)


# ---- SQL --------------------------------------------------------------------------------------

def statement_section(notes: dict) -> list[str]:
    variant = re.search(r"std::variant<([^;]*?)>\s*node;", read("src/core/sql/statement.h"), re.S)
    nodes = [name for name in re.findall(r"\w+", variant[1]) if name != "NotImplemented"]
    names = notes["statements"]
    if wrong := sorted(set(nodes) ^ set(names)):
        raise SystemExit(f"compatibility_notes.toml: [sql.statements] and sql::Statement differ: {', '.join(wrong)}")
    athena = set(re.findall(r"Run\(const sql::(\w+)&", read("src/core/jobs/statement_run.h")))
    spark = set(re.findall(r"Apply\(const sql::(\w+)&", read("src/protocol/spark_connect/sql_statements.h")))
    spark.add("Query")  # sql_command.cc: becomes a relation of the client's

    def status(node: str, dialect: str, have: set[str]) -> str:
        if dialect not in names[node].get("dialects", ["athena", "spark"]):
            return "–"
        return "implemented" if node in have else "NotImplemented"

    lines = ["## SQL statements", "", "A statement that neither grammar's table names is a syntax error; one that it "
             "names and owlet does not run answers NotImplemented by its name.", "",
             "| Statement | Athena | Spark SQL |", "|---|---|---|"]
    for node in nodes:
        lines.append(f"| {names[node]['text']} | {status(node, 'athena', athena)} | {status(node, 'spark', spark)} |")
    return lines + [""] + differences(notes)


def table_functions(dialect: str) -> set[str]:
    """The names in the dialect's function tables."""
    row = re.compile(r'^\s*\{"([^"]+)",\s*"', re.M)
    folder = ROOT / "src/core/plan/functions"
    return {name for path in folder.glob(f"{dialect}_*.cc") for name in row.findall(path.read_text())}


def function_section(title: str, dialect: str, notes: dict) -> list[str]:
    engine = read(f"tools/engine_functions/{dialect}.txt").split()
    ours = table_functions(dialect) | set(notes.get("special", []))
    have = [name for name in engine if name in ours]
    missing = [name for name in engine if name not in ours]
    lines = [f"### {title}: {len(have)} of {len(engine)} names", "",
             wrapped(have, f"**Known ({len(have)})**: "), "",
             wrapped(missing, f"**Not there ({len(missing)})**: "), ""]
    return lines + differences(notes)


# ---- The page ---------------------------------------------------------------------------------

def differences(notes: dict) -> list[str]:
    found = notes.get("differences", [])
    if not found:
        return []
    out = ["Known differences:", ""]
    for text in found:
        out.append("\n".join(textwrap.wrap(text, 100, initial_indent="- ", subsequent_indent="  ",
                                           break_on_hyphens=False)))
    return out + [""]


def page() -> str:
    notes = tomllib.loads(read("tools/compatibility_notes.toml"))
    lines = ["<!-- Written by tools/write_compatibility.py from the code: do not edit. -->", "# Compatibility", ""]
    lines += [notes["introduction"].strip(), "", "## AWS services", ""]
    for service in SERVICES:
        lines += aws_section(service, notes["aws"].get(service, {}))
    lines += connect_section(notes["spark_connect"])
    lines += statement_section(notes["sql"])
    lines += ["## Functions", "", notes["functions"]["introduction"].strip(), ""]
    lines += function_section("Spark SQL", "spark", notes["functions"]["spark"])
    lines += function_section("Athena SQL (Trino)", "trino", notes["functions"]["trino"])
    return "\n".join(lines).rstrip() + "\n"


def main() -> int:
    wanted = page()
    if "--check" not in sys.argv[1:]:
        OUT.write_text(wanted)
        return 0
    if OUT.exists() and OUT.read_text() == wanted:
        return 0
    print("COMPATIBILITY.md is not what the code says: run .venv/bin/python tools/write_compatibility.py",
          file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
