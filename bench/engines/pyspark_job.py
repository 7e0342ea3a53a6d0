"""The job as a PySpark script, over Spark Connect where SPARK_REMOTE says so."""

from edits import COUNTRY, arguments, tell
from pyspark.sql import SparkSession
from pyspark.sql.functions import col

source, target = arguments()
spark = SparkSession.builder.appName("edits").getOrCreate()
frame = spark.read.json(source)
edits = frame.count()
frame.filter((col("isRobot") == False) & (col("countryName") == COUNTRY)).write.mode("overwrite").parquet(f"{target}/filtered")  # noqa: E712
frame.groupBy("channel").count().write.mode("overwrite").parquet(f"{target}/channels")
tell(edits, spark.read.parquet(f"{target}/filtered").count(), spark.read.parquet(f"{target}/channels").count())
spark.stop()
