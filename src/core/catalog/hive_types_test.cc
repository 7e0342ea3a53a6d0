#include "core/catalog/hive_types.h"

#include <gtest/gtest.h>

namespace owlet::catalog {
namespace {

using plan::Type;
using plan::TypeId;

TEST(HiveTypesTest, FormatsWhatItParses) {
  for (const char* text :
       {"boolean", "tinyint", "smallint", "int", "bigint", "float", "double", "decimal(38,9)",
        "string", "varchar(10)", "char(3)", "binary", "date", "timestamp", "array<int>",
        "map<string,array<decimal(10,0)>>", "struct<a:int,b_c:struct<Dé:string>>"}) {
    const auto type = ParseHiveType(text);
    ASSERT_TRUE(type) << type.error().message;
    EXPECT_EQ(FormatHiveType(*type).value(), text);
  }
}

TEST(HiveTypesTest, CanonicalTextDropsBlanksAndCase) {
  EXPECT_EQ(CanonicalHiveType(" STRUCT< A : Integer, `b c` : DECIMAL >"),
            "struct<A:int,b c:decimal(10,0)>");
  EXPECT_EQ(CanonicalHiveType("Double Precision"), "double");
  EXPECT_EQ(CanonicalHiveType("struct<a:int comment 'x, y>'>"), "struct<a:int>");
  EXPECT_EQ(CanonicalHiveType("geometry"), "geometry");
}

TEST(HiveTypesTest, RefusesWhatIsNoType) {
  for (const char* text : {"", "array", "array<int", "map<string>", "decimal(39,1)", "decimal(5,6)",
                           "varchar", "struct<>", "struct<a>", "int int"}) {
    const auto type = ParseHiveType(text);
    ASSERT_FALSE(type) << text;
    EXPECT_EQ(type.error().reason, Reason::kInvalidArgument);
  }
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "array<";
  EXPECT_FALSE(ParseHiveType(deep));
}

TEST(HiveTypesTest, TypesWithoutHiveText) {
  EXPECT_EQ(FormatHiveType(Type(TypeId::kJson)).error().message, "Unsupported Hive type: json");
  EXPECT_EQ(FormatHiveType(Type::Varchar()).value(), "string");
  EXPECT_FALSE(FormatHiveType(Type::Row({{.name = "", .type = Type(TypeId::kInteger)}})));
}

}  // namespace
}  // namespace owlet::catalog
