"""DuckDB as one would write it: read_json_auto in each statement."""

import duckdb
from edits import COUNTRY, arguments, tell

source, target = arguments()
db = duckdb.connect(config={"threads": 2})
read = f"read_json_auto('{source}/*')"
edits = db.execute(f"SELECT count(*) FROM {read}").fetchone()[0]
filtered = db.execute(f"COPY (SELECT * FROM {read} WHERE NOT isRobot AND countryName = '{COUNTRY}') "
                      f"TO '{target}/filtered.parquet'").fetchone()[0]
channels = db.execute(f"COPY (SELECT channel, count(*) FROM {read} GROUP BY 1) TO '{target}/channels.parquet'").fetchone()[0]
tell(edits, filtered, channels)
