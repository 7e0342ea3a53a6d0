#include <gmock/gmock.h>

#include "core/jobs/query_fixture.h"

namespace owlet::jobs {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class DdlTest : public QueryFixture {
 protected:
  DdlTest() { Do("CREATE DATABASE db"); }

  void CreateLogs() {
    Do("CREATE EXTERNAL TABLE IF NOT EXISTS Logs (`Id` INT COMMENT 'the id', tags array<string>, "
       "price decimal(10,2)) PARTITIONED BY (dt string, h int) "
       "ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t' NULL DEFINED AS '' "
       "STORED AS TEXTFILE LOCATION 's3://results/logs/' "
       "TBLPROPERTIES ('skip.header.line.count'='1')");
  }
};

TEST_F(DdlTest, DatabasesComeAndGo) {
  Do("CREATE SCHEMA IF NOT EXISTS db");
  Do("CREATE DATABASE Other COMMENT 'it''s' LOCATION 's3://results/other/' "
     "WITH DBPROPERTIES ('a'='b')");
  EXPECT_THAT(Lines("SHOW DATABASES"), ElementsAre("db", "other"));
  EXPECT_THAT(Lines("SHOW DATABASES LIKE 'o*'"), ElementsAre("other"));
  EXPECT_EQ(catalog_->GetDatabase(root_, "other")->parameters.at("a"), "b");
  EXPECT_THAT(Lines("CREATE DATABASE db"), ElementsAre(HasSubstr("Database db already exists")));
  EXPECT_THAT(Lines("DROP DATABASE nope"), ElementsAre(HasSubstr("Database does not exist: nope")));
  CreateLogs();
  EXPECT_THAT(Lines("DROP DATABASE db"), ElementsAre(HasSubstr("is not empty")));
  Do("DROP DATABASE db CASCADE");
  Do("DROP DATABASE IF EXISTS db");
  EXPECT_THAT(Lines("SHOW SCHEMAS"), ElementsAre("other"));
}

TEST_F(DdlTest, CreateTableKeepsGluesShape) {
  CreateLogs();
  const auto table = catalog_->GetTable(root_, {"db", "logs"}).value();
  EXPECT_EQ(table.table_type, "EXTERNAL_TABLE");
  ASSERT_EQ(table.Columns().size(), 3U);
  EXPECT_EQ(table.Columns()[0].name, "id");
  EXPECT_EQ(table.Columns()[0].comment, "the id");
  EXPECT_EQ(table.Columns()[1].type, "array<string>");
  EXPECT_EQ(table.partition_keys[1].type, "int");
  EXPECT_EQ(table.storage->location, "s3://results/logs");
  EXPECT_EQ(table.storage->serde->parameters.at("field.delim"), "\t");
  EXPECT_EQ(table.parameters.at("skip.header.line.count"), "1");
  EXPECT_THAT(Lines("CREATE EXTERNAL TABLE logs (a int) LOCATION 's3://results/x/'"),
              ElementsAre(HasSubstr("already exists")));
  EXPECT_THAT(Lines("CREATE EXTERNAL TABLE twice (a int, A int) LOCATION 's3://results/x/'"),
              ElementsAre(HasSubstr("Duplicate column name: a")));
  EXPECT_THAT(Lines("CREATE EXTERNAL TABLE nope.t (a int) LOCATION 's3://results/x/'"),
              ElementsAre(HasSubstr("Database does not exist: nope")));
}

TEST_F(DdlTest, DescribeAndShow) {
  CreateLogs();
  EXPECT_THAT(
      Lines("DESCRIBE logs"),
      ElementsAre("id                  \tint                 \tthe id              ",
                  "tags                \tarray<string>       \t                    ",
                  "price               \tdecimal(10,2)       \t                    ",
                  "dt                  \tstring              \t                    ",
                  "h                   \tint                 \t                    ", "\t \t ",
                  "# Partition Information\t \t ",
                  "# col_name          \tdata_type           \tcomment             ", "\t \t ",
                  "dt                  \tstring              \t                    ",
                  "h                   \tint                 \t                    "));
  EXPECT_THAT(Lines("SHOW COLUMNS IN logs"),
              ElementsAre("id                  ", "tags                ", "price               ",
                          "dt                  ", "h                   "));
  EXPECT_THAT(Lines("SHOW TABLES"), ElementsAre("logs"));
  EXPECT_THAT(Lines("SHOW TABLES", "`db`"), ElementsAre("logs"));
  EXPECT_THAT(Lines("SHOW TABLES IN db 'x*|log.*'"), ElementsAre("logs"));
  EXPECT_THAT(Lines("SHOW TBLPROPERTIES logs('skip.header.line.count')"), ElementsAre("1"));
  EXPECT_THAT(Lines("DESCRIBE nope"), ElementsAre(HasSubstr("Table not found db.nope")));
}

TEST_F(DdlTest, ShowCreateTableCanBeRunAgain) {
  CreateLogs();
  const auto lines = Lines("SHOW CREATE TABLE logs");
  EXPECT_EQ(lines.front(), "CREATE EXTERNAL TABLE `db.logs`(");
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  EXPECT_THAT(text, HasSubstr("  `id` int COMMENT 'the id', \n"));
  EXPECT_THAT(text, HasSubstr("PARTITIONED BY ( \n  `dt` string, \n  `h` int)\n"));
  EXPECT_THAT(text, HasSubstr("ROW FORMAT DELIMITED \n  FIELDS TERMINATED BY '\\t' \n"));
  EXPECT_THAT(text, HasSubstr("LOCATION\n  's3://results/logs'\n"));
  Do("DROP TABLE logs");
  Do(text);
  EXPECT_EQ(Lines("SHOW CREATE TABLE logs").front(), "CREATE EXTERNAL TABLE `db.logs`(");
}

TEST_F(DdlTest, PartitionsAreAddedRenamedDropped) {
  CreateLogs();
  Do("ALTER TABLE logs ADD PARTITION (dt='2024-01-01', h=1) PARTITION (dt='2024-01-02', h=2) "
     "LOCATION 's3://results/elsewhere/'");
  EXPECT_THAT(Lines("SHOW PARTITIONS logs"), ElementsAre("dt=2024-01-01/h=1", "dt=2024-01-02/h=2"));
  EXPECT_THAT(Lines("ALTER TABLE logs ADD PARTITION (dt='2024-01-01', h=1)"),
              ElementsAre(HasSubstr("Partition already exists")));
  Do("ALTER TABLE logs ADD IF NOT EXISTS PARTITION (dt='2024-01-01', h=1)");
  EXPECT_EQ(catalog_->GetPartition(root_, {"db", "logs"}, {"2024-01-01", "1"})->storage->location,
            "s3://results/logs/dt=2024-01-01/h=1/");
  Do("ALTER TABLE logs PARTITION (dt='2024-01-01', h=1) RENAME TO PARTITION (dt='x', h=7)");
  Do("ALTER TABLE logs DROP PARTITION (dt='2024-01-02')");
  EXPECT_THAT(Lines("SHOW PARTITIONS logs"), ElementsAre("dt=x/h=7"));
  EXPECT_THAT(Lines("ALTER TABLE logs DROP PARTITION (dt='nope')"),
              ElementsAre(HasSubstr("Partition not found")));
  Do("ALTER TABLE logs DROP IF EXISTS PARTITION (dt='nope')");
}

TEST_F(DdlTest, RepairFindsFolders) {
  CreateLogs();
  Put("s3://results/logs/dt=a%3Ab/h=1/f", "x");
  Put("s3://results/logs/dt=c/h=2/deep/f", "x");
  Put("s3://results/logs/other/f", "x");
  EXPECT_THAT(Lines("MSCK REPAIR TABLE logs"),
              ElementsAre("Partitions not in metastore:\tlogs:dt=a%3Ab/h=1\tlogs:dt=c/h=2",
                          "Repair: Added partition to metastore logs:dt=a%3Ab/h=1",
                          "Repair: Added partition to metastore logs:dt=c/h=2"));
  EXPECT_THAT(Lines("MSCK REPAIR TABLE logs"), ElementsAre());
  EXPECT_TRUE(catalog_->GetPartition(root_, {"db", "logs"}, {"a:b", "1"}));
}

TEST_F(DdlTest, ColumnsAndPropertiesChange) {
  CreateLogs();
  Do("ALTER TABLE logs ADD COLUMNS (note string COMMENT 'n')");
  Do("ALTER TABLE logs SET TBLPROPERTIES ('a'='b')");
  Do("ALTER TABLE logs SET LOCATION 's3://results/moved/'");
  auto table = catalog_->GetTable(root_, {"db", "logs"}).value();
  EXPECT_EQ(table.Columns().back().name, "note");
  EXPECT_EQ(table.parameters.at("a"), "b");
  EXPECT_EQ(table.storage->location, "s3://results/moved/");
  EXPECT_EQ(table.version, 3U);
  Do("ALTER TABLE logs REPLACE COLUMNS (only bigint)");
  EXPECT_EQ(catalog_->GetTable(root_, {"db", "logs"})->Columns().size(), 1U);
}

}  // namespace
}  // namespace owlet::jobs
