"""spark.read.format("avro") and back. Schemas are those of spark-avro's SchemaConverters (Spark's reference, "Avro Data Source")."""

import pathlib

from pyspark.sql import functions as F

TRINO_FILE = pathlib.Path(__file__).parents[1] / "athena" / "data" / "trino_476.avro"


def test_a_file_that_trino_wrote(spark, s3, bucket):
    s3.upload_file(str(TRINO_FILE), bucket, "in/t.avro")
    read = spark.read.format("avro").load(f"s3://{bucket}/in/")
    assert read.schema.simpleString() == (
        "struct<a:int,b:bigint,c:float,d:double,e:string,f:boolean,g:binary,h:date,i:timestamp,j:decimal(4,2),k:array<int>,"
        "l:map<string,int>,m:struct<p:int,q:string>,n:string,o:string,r:struct<p:int,q:struct<z:int>>>")
    row = read.select("b", "k", "m.q", "l", "r.q.z").collect()[0]
    assert (row[0], row[1], row[2], row[3], row[4]) == (2, [1, 2, None], "y", {"a": 1, "b": None}, 2)


def test_written_and_read_again(spark, s3, bucket):
    rows = spark.range(5).select(
        "id", F.when(F.col("id") > 1, F.col("id").cast("string")).alias("s"), (F.col("id") / 2).cast("decimal(10,2)").alias("d"),
        F.array("id", F.lit(None)).alias("a"), F.create_map(F.lit("k"), "id").alias("m"), F.struct("id").alias("r"),
        F.lit("2024-01-01 01:02:03.456789").cast("timestamp").alias("t"), F.lit("1500-01-01").cast("date").alias("day"),
        (F.col("id") % 2).alias("p"))
    for codec in ("snappy", "deflate", "bzip2", "zstandard", "uncompressed"):
        target = f"s3://{bucket}/out/{codec}"
        rows.write.format("avro").option("compression", codec).save(target)
        assert sorted(spark.read.format("avro").load(target).collect()) == sorted(rows.collect()), codec
    rows.write.format("avro").partitionBy("p").save(f"s3://{bucket}/parts")
    keys = [o["Key"] for o in s3.list_objects_v2(Bucket=bucket, Prefix="parts/")["Contents"]]
    assert [k.split("/")[1] for k in keys] == ["_SUCCESS", "p=0", "p=1"] and keys[1].endswith(".c000.avro")
    assert spark.read.format("avro").load(f"s3://{bucket}/parts").where("p = 1").count() == 2


def test_a_schema_given(spark, s3, bucket):
    s3.upload_file(str(TRINO_FILE), bucket, "given/t.avro")
    schema = ('{"type":"record","name":"r","fields":[{"name":"name","aliases":["e"],"type":["null","string"]},'
              '{"name":"added","type":"int","default":7}]}')
    read = spark.read.format("avro").option("avroSchema", schema).load(f"s3://{bucket}/given/")
    assert [tuple(r) for r in read.collect()] == [("x", 7)]
