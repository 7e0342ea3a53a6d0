"""Writes Spark Connect's protocol as a FileDescriptorSet that protoc takes (--descriptor_set_in).

usage: write_descriptors.py OUT.pb   (run with an interpreter that has pyspark-client)

The descriptors are those that the published client itself speaks: read from its generated modules,
with google.rpc's Status and ErrorInfo, in which its errors travel.
"""

import pathlib
import sys

from google.protobuf import descriptor_pb2
from google.rpc import error_details_pb2, status_pb2
from pyspark.sql.connect.proto import base_pb2


def collect(file, seen: dict) -> None:
    """All files that `file` needs, itself last, as protoc wants them."""
    if file.name in seen:
        return
    seen[file.name] = None
    for dependency in file.dependencies:
        collect(dependency, seen)
    proto = descriptor_pb2.FileDescriptorProto()
    file.CopyToProto(proto)
    del seen[file.name]
    seen[file.name] = proto


def main() -> None:
    seen: dict = {}
    for module in (base_pb2, status_pb2, error_details_pb2):
        collect(module.DESCRIPTOR, seen)
    out = descriptor_pb2.FileDescriptorSet(file=seen.values())
    pathlib.Path(sys.argv[1]).write_bytes(out.SerializeToString(deterministic=True))


if __name__ == "__main__":
    main()
