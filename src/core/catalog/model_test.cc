#include "core/catalog/model.h"

#include <gtest/gtest.h>

namespace owlet::catalog {
namespace {

const std::vector<Column> kKeys = {{.name = "dt", .type = "string"},
                                   {.name = "what", .type = "string"}};

TEST(PartitionNameTest, EscapesAsHiveDoes) {
  EXPECT_EQ(PartitionName(kKeys, {"2024-01-01 10:00", "a/b=c%"}),
            "dt=2024-01-01 10%3A00/what=a%2Fb%3Dc%25");
  EXPECT_EQ(PartitionName(kKeys, {"", "x"}), "dt=__HIVE_DEFAULT_PARTITION__/what=x");
}

TEST(PartitionNameTest, ReadsBack) {
  EXPECT_EQ(ParsePartitionName(kKeys, "DT=2024-01-01 10%3A00/what=a%2Fb"),
            (std::vector<std::string>{"2024-01-01 10:00", "a/b"}));
  EXPECT_FALSE(ParsePartitionName(kKeys, "dt=1"));
  EXPECT_FALSE(ParsePartitionName(kKeys, "what=1/dt=2"));
  EXPECT_FALSE(ParsePartitionName(kKeys, "dt=1/what=2/x=3"));
  EXPECT_FALSE(ParsePartitionName(kKeys, "dt/what"));
}

TEST(TableTest, IcebergByParameter) {
  Table table;
  EXPECT_FALSE(table.IsIceberg());
  table.parameters["table_type"] = "iceberg";
  EXPECT_TRUE(table.IsIceberg());
}

}  // namespace
}  // namespace owlet::catalog
