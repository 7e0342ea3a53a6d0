"""spark.catalog, and tables written by DataFrames and SQL."""

import uuid

import pytest
from pyspark import errors


@pytest.fixture
def database(spark, bucket):
    name = f"db_{uuid.uuid4().hex}"
    spark.sql(f"create database {name} location 's3://{bucket}/{name}'")
    return name


def test_views_and_databases(spark, employees, database):
    employees.createOrReplaceTempView("emp")
    catalog = spark.catalog
    assert (catalog.currentDatabase(), catalog.currentCatalog()) == ("default", "spark_catalog")
    assert str(catalog.getTable("emp")) == (
        "Table(name='emp', catalog=None, namespace=[], description=None, tableType='TEMPORARY', isTemporary=True)")
    assert [table.name for table in catalog.listTables()] == ["emp"]
    assert catalog.tableExists("emp") and not catalog.tableExists("nosuch")
    assert [(column.name, column.dataType) for column in catalog.listColumns("emp")][:2] == [
        ("id", "bigint"), ("name", "string")]
    assert catalog.databaseExists(database) and not catalog.databaseExists("nosuch")
    assert database in [one.name for one in catalog.listDatabases()]
    assert catalog.functionExists("upper") and not catalog.functionExists("nosuch")
    catalog.cacheTable("emp")
    assert catalog.isCached("emp")
    catalog.clearCache()
    assert not catalog.isCached("emp")
    assert (catalog.dropTempView("emp"), catalog.dropTempView("emp")) == (True, False)
    catalog.setCurrentDatabase(database)
    assert catalog.currentDatabase() == database


def test_tables_that_dataframes_write(spark, employees, database):
    name = f"{database}.staff"
    employees.write.saveAsTable(name)
    assert spark.table(name).count() == 5
    with pytest.raises(errors.AnalysisException) as caught:
        employees.write.saveAsTable(name)
    assert caught.value.getCondition() == "TABLE_OR_VIEW_ALREADY_EXISTS"
    employees.write.mode("append").saveAsTable(name)
    employees.write.insertInto(name)
    assert spark.table(name).count() == 15
    employees.limit(1).write.insertInto(name, overwrite=True)
    assert spark.table(name).count() == 1
    employees.write.mode("overwrite").partitionBy("dept").saveAsTable(name)
    assert spark.table(name).columns == ["id", "name", "salary", "hired", "dept"]
    assert spark.table(name).filter("dept = 'IT'").count() == 2
    spark.sql(f"drop table {name}")
    assert not spark.catalog.tableExists(name)


def test_tables_of_sql(spark, database):
    spark.sql(f"use {database}")
    spark.sql("create table t (a int, b string) using parquet")
    spark.sql("insert into t values (1, 'x'), (2, 'y')")
    spark.sql("insert into t select 3, 'z'")
    assert [tuple(row) for row in spark.sql("select * from t order by a").collect()] == [
        (1, "x"), (2, "y"), (3, "z")]
    spark.sql("insert overwrite t values (9, 'q')")
    assert [tuple(row) for row in spark.table("t").collect()] == [(9, "q")]
    spark.sql("create table u as select b, a * 2 as c from t")
    assert [tuple(row) for row in spark.table("u").collect()] == [("q", 18)]
