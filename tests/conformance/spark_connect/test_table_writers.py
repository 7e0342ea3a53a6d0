"""saveAsTable, insertInto, writeTo and spark.catalog: what Spark 4.3 (with Hive's catalog) answered to the same calls."""

import uuid

import pytest
from pyspark import errors
from pyspark.sql.functions import col, lit


@pytest.fixture
def database(spark, bucket):
    name = f"db_{uuid.uuid4().hex}"
    spark.sql(f"create database {name} location 's3://{bucket}/{name}'")
    spark.sql(f"use {name}")
    return name


@pytest.fixture
def rows(spark):
    return spark.createDataFrame([(1, "a", 1.5), (2, "b", 2.5)], "id int, name string, v double")


@pytest.fixture
def turned(spark):
    """The same columns in another order."""
    return spark.createDataFrame([("c", 3, 3.5)], "name string, id int, v double")


def refusal(call) -> str:
    with pytest.raises(errors.PySparkException) as caught:
        call()
    return caught.value.getCondition()


def content(spark, table):
    return sorted(tuple(row) for row in spark.table(table).collect())


def test_write_to(spark, database, rows):
    rows.writeTo("w").create()
    assert content(spark, "w") == [(1, "a", 1.5), (2, "b", 2.5)]
    assert refusal(rows.writeTo("w").create) == "TABLE_OR_VIEW_ALREADY_EXISTS"
    # Spark's own catalog has no tables that these write into.
    assert refusal(rows.writeTo("w").append) == "_LEGACY_ERROR_TEMP_1012"
    assert refusal(rows.writeTo("w").overwritePartitions) == "_LEGACY_ERROR_TEMP_1012"
    assert refusal(lambda: rows.writeTo("w").overwrite(lit(True))) == "_LEGACY_ERROR_TEMP_1012"
    assert refusal(rows.writeTo("w").createOrReplace) == "UNSUPPORTED_FEATURE.TABLE_OPERATION"
    assert refusal(rows.writeTo("nosuch").append) == "TABLE_OR_VIEW_NOT_FOUND"
    rows.writeTo("p").using("json").partitionedBy(col("name")).tableProperty("k", "v").create()
    assert spark.table("p").columns == ["id", "v", "name"]
    assert [tuple(row) for row in spark.sql("show tblproperties p").collect()] == [("k", "v")]


def test_save_as_table(spark, database, rows, turned):
    rows.write.saveAsTable("s")
    assert refusal(lambda: rows.write.saveAsTable("s")) == "TABLE_OR_VIEW_ALREADY_EXISTS"
    rows.write.mode("ignore").saveAsTable("s")
    turned.write.mode("append").saveAsTable("s")  # by name
    assert content(spark, "s") == [(1, "a", 1.5), (2, "b", 2.5), (3, "c", 3.5)]
    append = rows.write.mode("append")
    assert refusal(lambda: rows.select("id").write.mode("append").saveAsTable("s")) == "_LEGACY_ERROR_TEMP_1161"
    assert refusal(lambda: rows.withColumnRenamed("name", "x").write.mode("append").saveAsTable("s")) == (
        "_LEGACY_ERROR_TEMP_1162")
    assert refusal(lambda: append.format("json").saveAsTable("s")) == "_LEGACY_ERROR_TEMP_1159"
    assert refusal(lambda: rows.write.mode("append").partitionBy("name").saveAsTable("s")) == (
        "_LEGACY_ERROR_TEMP_1163")
    assert refusal(lambda: spark.table("s").write.mode("overwrite").saveAsTable("s")) == "UNSUPPORTED_OVERWRITE.TABLE"
    turned.write.mode("overwrite").saveAsTable("s")
    assert content(spark, "s") == [("c", 3, 3.5)]
    assert refusal(lambda: rows.write.partitionBy("nosuch").saveAsTable("t")) == "COLUMN_NOT_DEFINED_IN_TABLE"
    assert refusal(lambda: rows.write.partitionBy("id", "name", "v").saveAsTable("t")) == (
        "ALL_PARTITION_COLUMNS_NOT_ALLOWED")
    assert refusal(lambda: rows.write.sortBy("id").saveAsTable("t")) == "SORT_BY_WITHOUT_BUCKETING"
    assert refusal(lambda: rows.write.format("nosuch").saveAsTable("t")) == "DATA_SOURCE_NOT_FOUND"
    rows.write.bucketBy(2, "id").sortBy("name").saveAsTable("b")
    assert content(spark, "b") == content(spark, "b") == [(1, "a", 1.5), (2, "b", 2.5)]


def test_insert_into(spark, database, rows, turned):
    turned.write.saveAsTable("s")
    assert refusal(lambda: rows.write.insertInto("s")) == "INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST"
    rows.select("name", "id", "v").write.insertInto("s")  # by position
    assert content(spark, "s") == [("a", 1, 1.5), ("b", 2, 2.5), ("c", 3, 3.5)]
    assert refusal(lambda: rows.select("id").write.insertInto("s")) == (
        "INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS")
    assert refusal(lambda: rows.write.insertInto("nosuch")) == "TABLE_OR_VIEW_NOT_FOUND"
    assert refusal(lambda: rows.write.partitionBy("name").insertInto("s")) == "PARTITION_BY_NOT_ALLOWED_WITH_INSERT_INTO"


def test_parameters_reach_statements(spark, database, rows):
    rows.write.saveAsTable("s")
    spark.sql("insert into s values (:i, :n, :v)", args={"i": 9, "n": "z", "v": 9.5})
    assert spark.sql("select count(*) from identifier(:t)", args={"t": "s"}).collect()[0][0] == 3
    spark.sql("create table cp as select :i as i", args={"i": 3})
    assert content(spark, "cp") == [(3,)]


def test_catalog_calls(spark, database, rows):
    catalog = spark.catalog
    catalog.createTable("made", schema=rows.schema, source="parquet", description="hello")
    assert catalog.getTable("made").description == "hello" and content(spark, "made") == []
    assert refusal(lambda: catalog.createTable("made", schema=rows.schema)) == "TABLE_OR_VIEW_ALREADY_EXISTS"
    assert refusal(lambda: catalog.createTable("none", source="parquet")) == "UNABLE_TO_INFER_SCHEMA"
    rows.write.partitionBy("name").saveAsTable("p")
    assert [(c.name, c.dataType, c.isPartition) for c in catalog.listColumns("p")] == [
        ("id", "int", False), ("v", "double", False), ("name", "string", True)]
    assert sorted((t.name, t.tableType) for t in catalog.listTables()) == [("made", "MANAGED"), ("p", "MANAGED")]
    assert catalog.tableExists(f"spark_catalog.{database}.p") and not catalog.tableExists("nosuch")
    catalog.recoverPartitions("p")
    assert refusal(lambda: catalog.recoverPartitions("made")) == "NOT_A_PARTITIONED_TABLE"
    assert refusal(lambda: catalog.listColumns("nosuch")) == "TABLE_OR_VIEW_NOT_FOUND"
    assert refusal(lambda: catalog.getFunction("nosuch")) == "UNRESOLVED_ROUTINE"
    name = f"gv_{uuid.uuid4().hex}"
    rows.createOrReplaceGlobalTempView(name)
    assert name in [table.name for table in catalog.listTables("global_temp")]
    assert (catalog.dropGlobalTempView(name), catalog.dropGlobalTempView(name)) == (True, False)
    spark.sql("drop table p")
    rows.write.saveAsTable("p")  # its files went with it
    assert content(spark, "p") == [(1, "a", 1.5), (2, "b", 2.5)]
