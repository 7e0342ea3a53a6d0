"""Edits of Wikipedia: keeps those that people in the United States made, and counts edits by channel.

usage: main.py INPUT FILTERED_OUTPUT CHANNELS_OUTPUT
"""

import sys

from pyspark.sql import SparkSession
from pyspark.sql.functions import col


def main(source: str, filtered_output: str, channels_output: str) -> None:
    spark = SparkSession.builder.appName("WikipediaEdits").getOrCreate()
    spark.sparkContext.setLogLevel("WARN")

    edits = spark.read.json(source)
    edits.printSchema()
    print("edits:", edits.count())
    edits.orderBy("time", "page", "user").select("time", "channel", "page", "added").show(10)

    filtered = edits.filter((col("isRobot") == False) & (col("countryName") == "United States"))  # noqa: E712
    print("by people in the United States:", filtered.count())
    filtered.write.mode("overwrite").parquet(filtered_output)

    channels = edits.groupBy("channel").count()
    channels.orderBy(col("count").desc(), "channel").show(5)
    channels.write.mode("overwrite").parquet(channels_output)

    spark.stop()


if __name__ == "__main__":
    main(*sys.argv[1:4])
