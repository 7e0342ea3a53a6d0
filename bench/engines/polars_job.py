"""Polars, lazily, with the schema given."""

import pathlib

import polars
from edits import BOOLEANS, COUNTRY, LONGS, STRINGS, arguments, tell

source, target = arguments()
schema = {**dict.fromkeys(STRINGS, polars.String), **dict.fromkeys(BOOLEANS, polars.Boolean), **dict.fromkeys(LONGS, polars.Int64)}
frame = polars.scan_ndjson(sorted(pathlib.Path(source).iterdir()), schema=schema)
edits = frame.select(polars.len()).collect().item()
filtered = frame.filter(~polars.col("isRobot") & (polars.col("countryName") == COUNTRY)).collect()
filtered.write_parquet(f"{target}/filtered.parquet")
channels = frame.group_by("channel").len().collect()
channels.write_parquet(f"{target}/channels.parquet")
tell(edits, filtered.height, channels.height)
