"""DuckDB in its best form: the schema is given, and one reading serves all three actions."""

import duckdb
from edits import BOOLEANS, COUNTRY, LONGS, STRINGS, arguments, tell

source, target = arguments()
columns = {**dict.fromkeys(STRINGS, "VARCHAR"), **dict.fromkeys(BOOLEANS, "BOOLEAN"), **dict.fromkeys(LONGS, "BIGINT")}
db = duckdb.connect(config={"threads": 2})
read = f"read_json('{source}/*', format='newline_delimited', columns={columns})"
edits = db.execute(f"SELECT count(*) FROM {read}").fetchone()[0]
filtered = db.execute(f"COPY (SELECT * FROM {read} WHERE NOT isRobot AND countryName = '{COUNTRY}') "
                      f"TO '{target}/filtered.parquet'").fetchone()[0]
channels = db.execute(f"COPY (SELECT channel, count(*) FROM {read} GROUP BY 1) TO '{target}/channels.parquet'").fetchone()[0]
tell(edits, filtered, channels)
