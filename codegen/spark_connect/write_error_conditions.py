"""Writes Spark's error conditions as a C++ table.

usage: write_error_conditions.py error-conditions.json OUT.cc

One row a condition, sub-conditions as "CONDITION.SUB", sorted by name (the table is searched by
halves): its name, its message template with <parameters>, its SQLSTATE.
"""

import json
import pathlib
import sys


def quote(text: str) -> str:
    """A C++ string literal: JSON's escapes are C++'s as well."""
    return json.dumps(text, ensure_ascii=False)


def rows(conditions: dict):
    for name, body in conditions.items():
        template = "\n".join(body["message"])
        state = body.get("sqlState", "")
        yield name, template, state
        for sub, sub_body in body.get("subClass", {}).items():
            sub_template = "\n".join(sub_body["message"])
            yield f"{name}.{sub}", f"{template} {sub_template}".rstrip(), state


def main() -> None:
    conditions = json.loads(pathlib.Path(sys.argv[1]).read_text())
    lines = [f"    {{{quote(name)}, {quote(template)}, {quote(state)}}},"
             for name, template, state in sorted(rows(conditions))]
    pathlib.Path(sys.argv[2]).write_text(
        '#include "protocol/spark_connect/error_conditions.h"\n\n'
        "namespace owlet::spark_connect {\n\n"
        "const ErrorCondition kErrorConditions[] = {\n" + "\n".join(lines) + "\n};\n\n"
        f"const std::size_t kErrorConditionCount = {len(lines)};\n\n"
        "}  // namespace owlet::spark_connect\n")


if __name__ == "__main__":
    main()
