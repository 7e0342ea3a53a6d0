#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "core/plan/type_names.h"
#include "core/sql/classify.h"
#include "core/sql/parser.h"
#include "core/sql/plan_text.h"

namespace owlet::sql {
namespace {

template <class Node>
Node Read(std::string_view text) {
  auto statement = ParseAthena(text);
  if (!statement) {
    ADD_FAILURE() << text << "\n" << statement.error().message;
    return Node{};
  }
  const auto* node = std::get_if<Node>(&statement->node);
  if (node == nullptr) {
    ADD_FAILURE() << text << ": another statement";
    return Node{};
  }
  return *node;
}

template <class Action>
Action ReadAlter(std::string_view text) {
  const auto alter = Read<AlterTable>(text);
  const auto* action = std::get_if<Action>(&alter.action);
  if (action == nullptr) {
    ADD_FAILURE() << text << ": another action";
    return Action{};
  }
  return *action;
}

TEST(HiveDdlTest, ReadsCreateExternalTableWithEverything) {
  const auto table = Read<CreateTable>(R"(
    CREATE EXTERNAL TABLE IF NOT EXISTS `db`.logs (
      `id` bigint COMMENT 'the id',
      tags map<string, array<struct<a: int, b:decimal(10, 2)>>>,
      date string)
    COMMENT 'all logs'
    PARTITIONED BY (dt string COMMENT 'day', hour int)
    CLUSTERED BY (id) SORTED BY (id DESC) INTO 4 BUCKETS
    ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t' ESCAPED BY '\\'
      COLLECTION ITEMS TERMINATED BY '\002' MAP KEYS TERMINATED BY ':'
      LINES TERMINATED BY '\n' NULL DEFINED AS ''
    STORED AS TEXTFILE
    LOCATION 's3://bucket/logs/'
    TBLPROPERTIES ('skip.header.line.count'='1', 'projection.enabled'='true');)");
  EXPECT_TRUE(table.external);
  EXPECT_TRUE(table.if_not_exists);
  EXPECT_EQ(table.name, (Name{"db", "logs"}));
  ASSERT_EQ(table.columns.size(), 3U);
  EXPECT_EQ(table.columns[0].comment, "the id");
  EXPECT_EQ(table.columns[1].type_text, "map<string,array<struct<a:int,b:decimal(10,2)>>>");
  EXPECT_EQ(table.columns[2].name, "date");
  EXPECT_EQ(table.comment, "all logs");
  ASSERT_EQ(table.partitioned_by.size(), 2U);
  EXPECT_EQ(table.partitioned_by[0].definition->type_text, "string");
  EXPECT_EQ(table.buckets->count, 4);
  EXPECT_FALSE(table.buckets->sorted_by[0].ascending);
  EXPECT_EQ(table.delimited->fields, "\t");
  EXPECT_EQ(table.delimited->escaped, "\\");
  EXPECT_EQ(table.delimited->collection_items, "\x02");
  EXPECT_EQ(table.delimited->null_defined_as, "");
  EXPECT_EQ(table.stored_as, "TEXTFILE");
  EXPECT_EQ(table.location, "s3://bucket/logs/");
  EXPECT_EQ(table.properties[1].first, "projection.enabled");
}

TEST(HiveDdlTest, ReadsSerdesFormatsAndIceberg) {
  const auto json = Read<CreateTable>(
      "CREATE EXTERNAL TABLE t (a int) ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' "
      "WITH SERDEPROPERTIES ('ignore.malformed.json'='true') LOCATION 's3://b/t/'");
  EXPECT_EQ(json.serde, "org.openx.data.jsonserde.JsonSerDe");
  EXPECT_EQ(json.serde_properties[0].second, "true");
  const auto formats = Read<CreateTable>(
      "CREATE EXTERNAL TABLE t (a int) STORED AS INPUTFORMAT 'x.In' OUTPUTFORMAT 'x.Out' "
      "LOCATION 's3://b/t/'");
  EXPECT_EQ(formats.input_format, "x.In");
  EXPECT_EQ(formats.output_format, "x.Out");
  const auto iceberg = Read<CreateTable>(
      "CREATE TABLE t (a int, ts timestamp) PARTITIONED BY (day(ts), bucket(16, a), a) "
      "LOCATION 's3://b/t/' TBLPROPERTIES ('table_type'='ICEBERG')");
  EXPECT_EQ(iceberg.partitioned_by[0].transform, "day");
  EXPECT_EQ(iceberg.partitioned_by[1].argument, 16);
  EXPECT_EQ(iceberg.partitioned_by[2].column, "a");
}

TEST(HiveDdlTest, ReadsAlterTable) {
  const auto add = ReadAlter<AddPartitions>(
      "ALTER TABLE db.t ADD IF NOT EXISTS PARTITION (dt='2020-01-01', h=1) LOCATION 's3://b/x/' "
      "PARTITION (dt='2020-01-02', h=2)");
  ASSERT_EQ(add.partitions.size(), 2U);
  EXPECT_EQ(add.partitions[0].location, "s3://b/x/");
  EXPECT_EQ(PlanText(add.partitions[1].spec[0].value), "'2020-01-02'");
  const auto drop = ReadAlter<DropPartitions>(
      "ALTER TABLE t DROP IF EXISTS PARTITION (dt < '2020-01-01'), PARTITION (h <> 3)");
  EXPECT_EQ(drop.partitions[0][0].comparison, "<");
  EXPECT_EQ(ReadAlter<RenamePartition>("ALTER TABLE t PARTITION (a=1) RENAME TO PARTITION (a=2)")
                .to.size(),
            1U);
  EXPECT_EQ(ReadAlter<AddColumns>("ALTER TABLE t ADD COLUMNS (a int, b string COMMENT 'x')")
                .columns.size(),
            2U);
  EXPECT_EQ(ReadAlter<ReplaceColumns>("ALTER TABLE t REPLACE COLUMNS (a int)").columns.size(), 1U);
  const auto change = ReadAlter<ChangeColumn>("ALTER TABLE t CHANGE COLUMN a b bigint AFTER c");
  EXPECT_EQ(change.new_name, "b");
  EXPECT_EQ(change.place->after, "c");
  EXPECT_EQ(ReadAlter<SetLocation>("ALTER TABLE t PARTITION (a=1) SET LOCATION 's3://b/'").location,
            "s3://b/");
  EXPECT_EQ(
      ReadAlter<SetTableProperties>("ALTER TABLE t SET TBLPROPERTIES ('a'='b')").properties.size(),
      1U);
  EXPECT_EQ(ReadAlter<RenameTable>("ALTER TABLE t RENAME TO u").new_name, Name{"u"});
  EXPECT_EQ(ReadAlter<DropColumns>("ALTER TABLE t DROP COLUMN a").columns.size(), 1U);
}

TEST(HiveDdlTest, ReadsTheRest) {
  EXPECT_EQ(Read<CreateDatabase>("CREATE DATABASE IF NOT EXISTS d COMMENT 'c' LOCATION 's3://b/' "
                                 "WITH DBPROPERTIES ('a'='b')")
                .properties.size(),
            1U);
  EXPECT_TRUE(Read<DropDatabase>("DROP SCHEMA IF EXISTS d CASCADE").cascade);
  EXPECT_TRUE(Read<DropTable>("DROP TABLE IF EXISTS `d`.`t`").if_exists);
  EXPECT_EQ(Read<RepairTable>("MSCK REPAIR TABLE d.t").name, (Name{"d", "t"}));
  EXPECT_EQ(Read<ShowTables>("SHOW TABLES IN d 'a*|b'").pattern, "a*|b");
  EXPECT_EQ(Read<ShowColumns>("SHOW COLUMNS IN t IN d").table, (Name{"d", "t"}));
  EXPECT_EQ(Read<ShowTableProperties>("SHOW TBLPROPERTIES t ('k')").key, "k");
  EXPECT_EQ(Read<ShowPartitions>("SHOW PARTITIONS t").table, Name{"t"});
  EXPECT_EQ(Read<ShowDatabases>("SHOW SCHEMAS LIKE 'a*'").pattern, "a*");
  EXPECT_TRUE(Read<Describe>("DESCRIBE FORMATTED d.t PARTITION (a=1)").formatted);
  EXPECT_EQ(Read<Describe>("DESC t c").column, Name{"c"});
  EXPECT_EQ(Read<NotImplemented>("GRANT ROLE x TO y").name, "GRANT");
  EXPECT_TRUE(
      Read<CreateTableAs>("CREATE TABLE x WITH (format='PARQUET') AS SELECT 1 a").with_data);
  EXPECT_EQ(Read<Unload>("UNLOAD (SELECT 1) TO 's3://b/' WITH (format='JSON')").location,
            "s3://b/");
  EXPECT_EQ(Read<CreateView>("CREATE OR REPLACE VIEW v AS SELECT 1 AS a ").query_text,
            "SELECT 1 AS a");
}

TEST(HiveDdlTest, SpeaksAsHiveDoes) {
  const auto message = [](std::string_view text) { return ParseAthena(text).error().message; };
  EXPECT_EQ(message("DROP DATABASE my-db"),
            "FAILED: ParseException line 1:16 missing EOF at '-' near 'my'");
  EXPECT_EQ(message("CREATE EXTERNAL TABLE t (a foo) LOCATION 's3://b/'"),
            "FAILED: ParseException line 1:27 cannot recognize input near 'foo' ')' 'LOCATION'");
}

TEST(ClassifyTest, TellsWhatAthenaTells) {
  const auto type = [](std::string_view text) {
    const auto statement = ParseAthena(text);
    EXPECT_TRUE(statement.has_value()) << text;
    const AthenaStatementType of = AthenaTypeOf(*statement);
    return of.type + " " + of.substatement;
  };
  EXPECT_EQ(type("SELECT 1"), "DML SELECT");
  EXPECT_EQ(type("-- x\nWITH a AS (SELECT 1) SELECT * FROM a"), "DML SELECT");
  EXPECT_EQ(type("CREATE TABLE x AS SELECT 1 AS a"), "DDL CREATE_TABLE_AS_SELECT");
  EXPECT_EQ(type("CREATE EXTERNAL TABLE x (a int) LOCATION 's3://b/'"), "DDL CREATE_TABLE");
  EXPECT_EQ(type("INSERT INTO x VALUES (1)"), "DML INSERT");
  EXPECT_EQ(type("SHOW TABLES"), "UTILITY SHOW_TABLES");
  EXPECT_EQ(type("DROP VIEW v"), "DDL DROP_VIEW");
}

}  // namespace
}  // namespace owlet::sql
