#include "core/catalog/projection.h"

#include <gtest/gtest.h>

namespace owlet::catalog {
namespace {

const Timestamp kNow =
    Timestamp(std::chrono::sys_days(std::chrono::year(2024) / 3 / 31)) + std::chrono::hours(13);

Table MakeTable(std::vector<std::string> keys, Properties parameters) {
  Table table;
  table.database = "db";
  table.name = "t";
  table.storage.emplace().location = "s3://b/t";
  for (auto& key : keys) table.partition_keys.push_back({.name = key, .type = "string"});
  table.parameters = std::move(parameters);
  return table;
}

std::vector<std::string> Locations(const Table& table, const PartitionPredicate& predicate = {}) {
  const auto partitions = ProjectPartitions(table, predicate, kNow);
  EXPECT_TRUE(partitions) << partitions.error().message;
  std::vector<std::string> locations;
  if (partitions) {
    for (const Partition& partition : *partitions) {
      locations.push_back(partition.storage->location);
    }
  }
  return locations;
}

TEST(ProjectionTest, EnumTimesInteger) {
  const Table table = MakeTable({"kind", "n"}, {{"projection.enabled", "true"},
                                                {"projection.kind.type", "enum"},
                                                {"projection.kind.values", "a, b"},
                                                {"projection.n.type", "integer"},
                                                {"projection.n.range", "8,12"},
                                                {"projection.n.interval", "3"},
                                                {"projection.n.digits", "3"}});
  EXPECT_TRUE(HasProjection(table));
  EXPECT_EQ(Locations(table),
            (std::vector<std::string>{"s3://b/t/kind=a/n=008/", "s3://b/t/kind=a/n=011/",
                                      "s3://b/t/kind=b/n=008/", "s3://b/t/kind=b/n=011/"}));
  EXPECT_EQ(Locations(table, {.equal_to = {{"kind", {"b", "c"}}},
                              .matches = [](const auto& values) { return values[1] == "011"; }}),
            (std::vector<std::string>{"s3://b/t/kind=b/n=011/"}));
}

TEST(ProjectionTest, DatesWithNowAndTemplate) {
  const Table table = MakeTable({"day"}, {{"projection.day.type", "date"},
                                          {"projection.day.format", "yyyy/MM/dd"},
                                          {"projection.day.range", "2024/03/29,NOW"},
                                          {"storage.location.template", "s3://logs/${day}"}});
  EXPECT_EQ(Locations(table),
            (std::vector<std::string>{"s3://logs/2024/03/29/", "s3://logs/2024/03/30/",
                                      "s3://logs/2024/03/31/"}));
  const Table months = MakeTable({"m"}, {{"projection.m.type", "date"},
                                         {"projection.m.format", "yyyyMM"},
                                         {"projection.m.range", "NOW-2MONTHS,NOW"}});
  EXPECT_EQ(Locations(months), (std::vector<std::string>{"s3://b/t/m=202401/", "s3://b/t/m=202402/",
                                                         "s3://b/t/m=202403/"}));
}

TEST(ProjectionTest, InjectedNeedsAValue) {
  const Table table = MakeTable({"id"}, {{"projection.id.type", "injected"}});
  EXPECT_EQ(ProjectPartitions(table, {}, kNow).error().condition, "CONSTRAINT_VIOLATION");
  EXPECT_EQ(Locations(table, {.equal_to = {{"id", {"x y"}}}}),
            (std::vector<std::string>{"s3://b/t/id=x y/"}));
}

TEST(ProjectionTest, ConditionsNarrowEachKey) {
  const Table table = MakeTable({"kind", "n"}, {{"projection.kind.type", "enum"},
                                                {"projection.kind.values", "a,b"},
                                                {"projection.n.type", "integer"},
                                                {"projection.n.range", "0,900000"}});
  PartitionPredicate predicate;
  predicate.narrow = [](std::size_t key, std::vector<std::string>& values) -> Status {
    values = {key == 0 ? "b" : "17"};
    return {};
  };
  EXPECT_EQ(Locations(table, predicate), (std::vector<std::string>{"s3://b/t/kind=b/n=17/"}));
}

TEST(ProjectionTest, ALongRangeIsCutToTheValuesAskedFor) {
  const Table table = MakeTable({"n"}, {{"projection.n.type", "integer"},
                                        {"projection.n.range", "10,9000000000000000000"},
                                        {"projection.n.interval", "5"}});
  EXPECT_EQ(Locations(table, {.equal_to = {{"n", {"20", "21", "5", "x"}}}}),
            (std::vector<std::string>{"s3://b/t/n=20/"}));
  EXPECT_EQ(ProjectPartitions(table, {}, kNow).error().reason, Reason::kLimitExceeded);
}

TEST(ProjectionTest, BadPropertiesAndEndlessRanges) {
  EXPECT_EQ(ProjectPartitions(MakeTable({"a"}, {}), {}, kNow).error().condition,
            "INVALID_TABLE_PROPERTY");
  EXPECT_EQ(ProjectPartitions(MakeTable({"a"}, {{"projection.a.type", "integer"},
                                                {"projection.a.range", "0,9223372036854775807"}}),
                              {}, kNow)
                .error()
                .reason,
            Reason::kLimitExceeded);
}

}  // namespace
}  // namespace owlet::catalog
