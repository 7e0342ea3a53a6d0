#!/usr/bin/env python3
"""Asks the real engine for the answers of golden SQL files and writes them into the files.

usage: record.py --spark sc://HOST:PORT | --trino http://HOST:PORT FILE...   (format: README.md)
"""
import argparse
import base64
import datetime
import decimal
import pathlib
import sys
import time


def blocks(text):
    """The header lines and the statements of a file, in order."""
    header, statements, current = [], [], None
    for line in text.splitlines():
        if current is None:
            if line in ("query", "statement error", "statement"):
                current = []
            elif line.startswith("#"):
                header.append(line)
        elif line == "----":
            statements.append("\n".join(current))
            current = False
        elif current is False:
            if not line:
                current = None
        else:
            current.append(line)
    return header, statements


def escape(text):
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


class Spark:
    def __init__(self, url):
        from pyspark.sql import SparkSession

        self.session = SparkSession.builder.remote(url).create()
        self.words = {}

    def set_zone(self, zone):
        self.session.conf.set("spark.sql.session.timeZone", zone)

    def enter_database(self, name, place=""):
        """Makes the database anew; {location} in statements and answers is where it lies."""
        self.session.sql(f"DROP DATABASE IF EXISTS {name} CASCADE")
        self.session.sql(f"CREATE DATABASE {name}" + (f" LOCATION '{place}'" if place else ""))
        self.session.sql(f"USE {name}")
        facts = {row[0]: row[1] for row in self.session.sql(f"DESCRIBE DATABASE {name}").collect()}
        self.words = {"{location}": facts["Location"].rstrip("/"), "{database}": name}

    def leave_database(self):
        self.session.sql("USE default")
        self.session.sql(f"DROP DATABASE {self.words['{database}']} CASCADE")
        self.words = {}

    def value(self, value):
        from pyspark.sql import Row

        if value is None:
            return "NULL"
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, (bytes, bytearray)):
            return bytes(value).hex()
        if isinstance(value, float):
            return repr(value)
        if isinstance(value, Row):
            return "(" + ", ".join(self.value(x) for x in value) + ")"
        if isinstance(value, (list, tuple)):
            return "[" + ", ".join(self.value(x) for x in value) + "]"
        if isinstance(value, dict):
            pairs = sorted((self.value(k), self.value(v)) for k, v in value.items())
            return "{" + ", ".join(f"{k}: {v}" for k, v in pairs) + "}"
        if isinstance(value, datetime.datetime):
            return value.isoformat(sep=" ")
        if isinstance(value, decimal.Decimal):
            return format(value, "f")
        return escape(str(value))

    def answer(self, sql):
        for word, text in self.words.items():
            sql = sql.replace(word, text)
        kind, lines = self.answer_of(sql)
        place = self.words.get("{location}")
        return kind, [line.replace(place, "{location}") for line in lines] if place else lines

    def answer_of(self, sql):
        try:
            frame = self.session.sql(sql)
            fields = frame.schema.fields
            rows = frame.collect()
        except Exception as error:  # every failure of the statement is an answer
            try:
                condition, parameters = error.getCondition(), error.getMessageParameters() or {}
            except AttributeError:
                raise error
            lines = [condition or str(error).splitlines()[0]]
            lines += [f"{k}={escape(v)}" for k, v in sorted(parameters.items())]
            return "statement error", lines
        head = "\t".join(
            f"{escape(f.name)} {f.dataType.simpleString()}{'' if f.nullable else ' not null'}" for f in fields
        )
        return "query", [head] + ["\t".join(self.value(v) for v in row) for row in rows]


class Trino:
    def __init__(self, url):
        import requests

        self.url = url
        self.http = requests.Session()
        self.http.trust_env = False
        self.zone = "UTC"

    def set_zone(self, zone):
        self.zone = zone

    def value(self, value, signature):
        raw, arguments = signature["rawType"], signature.get("arguments", [])
        if value is None:
            return "NULL"
        if raw == "boolean":
            return "true" if value else "false"
        if raw in ("double", "real"):
            return repr(float(value))
        if raw == "varbinary":
            return base64.b64decode(value).hex()
        if raw == "array":
            return "[" + ", ".join(self.value(x, arguments[0]["value"]) for x in value) + "]"
        if raw == "map":
            key, inner = arguments[0]["value"], arguments[1]["value"]
            pairs = sorted((self.value(k, key), self.value(v, inner)) for k, v in value.items())
            return "{" + ", ".join(f"{k}: {v}" for k, v in pairs) + "}"
        if raw == "row":
            types = [f["value"]["typeSignature"] for f in arguments]
            return "(" + ", ".join(self.value(x, t) for x, t in zip(value, types)) + ")"
        return escape(str(value))

    def answer(self, sql):
        headers = {
            "X-Trino-User": "owlet",
            "X-Trino-Catalog": "memory",
            "X-Trino-Schema": "default",
            "X-Trino-Time-Zone": self.zone,
            "X-Trino-Client-Capabilities": "PARAMETRIC_DATETIME",
        }
        reply = self.http.post(self.url + "/v1/statement", data=sql.encode(), headers=headers).json()
        columns, rows = [], []
        while True:
            if "error" in reply:
                message = reply["error"]["message"]
                return "statement error", [reply["error"]["errorName"], escape(message)]
            columns = reply.get("columns") or columns
            rows += reply.get("data") or []
            if "nextUri" not in reply:
                break
            time.sleep(0.01)
            reply = self.http.get(reply["nextUri"], headers=headers).json()
        head = "\t".join(f"{c['name']} {c['type']}" for c in columns)
        lines = ["\t".join(self.value(v, c["typeSignature"]) for v, c in zip(row, columns)) for row in rows]
        return "query", [head] + lines


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spark")
    parser.add_argument("--trino")
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    if not (options.spark or options.trino):
        sys.exit("record.py: which engine? --spark or --trino")
    engine = Spark(options.spark) if options.spark else Trino(options.trino)
    for file in options.files:
        header, statements = blocks(file.read_text(encoding="utf-8"))
        engine.set_zone(next((h.split()[2] for h in header if h.startswith("# zone:")), "UTC"))
        database = next((h.split()[2] for h in header if h.startswith("# database:")), None)
        if database:
            engine.enter_database(database)
        parts = ["\n".join(header) + "\n"]
        for sql in statements:
            kind, lines = engine.answer(sql)
            parts.append("\n".join([kind, sql, "----"] + lines) + "\n")
        if database:
            engine.leave_database()
        file.write_text("\n".join(parts), encoding="utf-8")
        print(f"{file}: {len(statements)} statements")


if __name__ == "__main__":
    main()
