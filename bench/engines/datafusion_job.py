"""DataFusion by SQL, its schema inferred once."""

import pathlib

from datafusion import SessionConfig, SessionContext
from edits import COUNTRY, arguments, tell

source, target = arguments()
context = SessionContext(SessionConfig().with_target_partitions(2))
packed = next(pathlib.Path(source).iterdir()).suffix == ".gz"
context.register_json("edits", source + "/", file_extension=".json.gz" if packed else ".json",
                      file_compression_type="gzip" if packed else None)
edits = context.sql("SELECT count(*) FROM edits").collect()[0].column(0)[0].as_py()
filtered = context.sql(f"""SELECT * FROM edits WHERE NOT "isRobot" AND "countryName" = '{COUNTRY}'""").cache()
filtered.write_parquet(f"{target}/filtered")
channels = context.sql("SELECT channel, count(*) AS count FROM edits GROUP BY channel").cache()
channels.write_parquet(f"{target}/channels")
tell(edits, filtered.count(), channels.count())
