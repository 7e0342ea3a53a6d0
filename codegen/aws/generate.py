"""Makes a service's wire code from its model.

usage: python -m codegen.aws.generate SERVICE OUT_FOLDER [--sources N]

SERVICE is botocore's name (s3, glue, emr-serverless ...). operations/SERVICE.txt says for which
operations there is typed code, services/SERVICE.toml what the model does not tell. Writes below
OUT_FOLDER/aws/<namespace>/: types.h, schema.h, operations.h, service.cc, shapes_0.cc .. shapes_<N-1>.cc.
A file whose text stays the same is not touched, so that nothing is compiled again for it.
"""

import argparse
import pathlib
import sys

from codegen.aws import schema_tables, types_header
from codegen.aws.model import Model, ModelError
from codegen.aws.service_data import ServiceData

HERE = pathlib.Path(__file__).parent


def generate(model: Model, data: ServiceData, namespace: str, sources: int) -> dict[str, str]:
    """File name -> text."""
    names = list(model.shapes)
    size = -(-len(names) // sources)
    files = {
        "types.h": types_header.types_header(model, namespace),
        "schema.h": schema_tables.schema_header(model, namespace),
        "operations.h": schema_tables.operations_header(model, namespace),
        "service.cc": schema_tables.service_source(model, data, namespace),
    }
    for index in range(sources):
        part = names[index * size:(index + 1) * size]
        files[f"shapes_{index}.cc"] = schema_tables.shapes_source(model, data, namespace, part)
    return files


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("service")
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--sources", type=int, default=1)
    arguments = parser.parse_args()
    namespace = arguments.service.replace("-", "_")
    try:
        model = Model.load(arguments.service, HERE / "operations" / f"{arguments.service}.txt")
    except (ModelError, OSError) as error:
        print(f"codegen: {arguments.service}: {error}", file=sys.stderr)
        return 1
    data = ServiceData.load(HERE / "services" / f"{arguments.service}.toml")
    folder = arguments.out / "aws" / namespace
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in generate(model, data, namespace, arguments.sources).items():
        path = folder / name
        if not path.exists() or path.read_text() != content:
            path.write_text(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
