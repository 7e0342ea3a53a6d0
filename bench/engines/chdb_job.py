"""chdb with the schema given."""

import chdb
from edits import BOOLEANS, COUNTRY, LONGS, STRINGS, arguments, tell

source, target = arguments()
columns = ", ".join([f"{name} Nullable(String)" for name in STRINGS] + [f"{name} Nullable(Bool)" for name in BOOLEANS] +
                    [f"{name} Nullable(Int64)" for name in LONGS])
read = f"file('{source}/*', 'JSONEachRow', '{columns}') SETTINGS max_threads = 2"


def number(sql: str) -> int:
    return int(str(chdb.query(sql)).strip())


edits = number(f"SELECT count() FROM {read}")
chdb.query(f"SELECT * FROM file('{source}/*', 'JSONEachRow', '{columns}') WHERE NOT isRobot AND countryName = '{COUNTRY}' "
           f"INTO OUTFILE '{target}/filtered.parquet' FORMAT Parquet SETTINGS max_threads = 2")
chdb.query(f"SELECT channel, count() FROM file('{source}/*', 'JSONEachRow', '{columns}') GROUP BY channel "
           f"INTO OUTFILE '{target}/channels.parquet' FORMAT Parquet SETTINGS max_threads = 2")
tell(edits, number(f"SELECT count() FROM file('{target}/filtered.parquet')"),
     number(f"SELECT count() FROM file('{target}/channels.parquet')"))
