#include "core/catalog/table_format.h"

#include <gtest/gtest.h>

namespace owlet::catalog {
namespace {

Table TableWith(std::string serde, Properties serde_parameters, Properties parameters = {}) {
  Table table;
  table.database = "db";
  table.name = "t";
  table.storage.emplace().serde =
      SerDe{.library = std::move(serde), .parameters = std::move(serde_parameters)};
  table.parameters = std::move(parameters);
  return table;
}

TEST(TableFormatTest, DelimitedText) {
  const auto format = ReadTableFormat(
      TableWith("org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
                {{"field.delim", ","}, {"escape.delim", "\\"}, {"serialization.null.format", ""}},
                {{"skip.header.line.count", "1"}}));
  ASSERT_TRUE(format);
  EXPECT_EQ(format->kind, FormatKind::kTextDelimited);
  EXPECT_EQ(format->field_delimiter, ",");
  EXPECT_EQ(format->collection_delimiter, "\x02");
  EXPECT_EQ(format->escape, "\\");
  EXPECT_EQ(format->null_text, "");
  EXPECT_EQ(format->skip_header_lines, 1);
}

TEST(TableFormatTest, DelimitersAsNumbersAndEscapes) {
  const std::string lazy = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe";
  EXPECT_EQ(ReadTableFormat(TableWith(lazy, {{"field.delim", "\\001"}}))->field_delimiter, "\x01");
  EXPECT_EQ(ReadTableFormat(TableWith(lazy, {{"field.delim", "\\t"}}))->field_delimiter, "\t");
  EXPECT_EQ(ReadTableFormat(TableWith(lazy, {{"field.delim", "31"}}))->field_delimiter, "\x1F");
  EXPECT_EQ(ReadTableFormat(TableWith(lazy, {{"serialization.format", "|"}}))->field_delimiter,
            "|");
  // What CREATE TABLE without delimiters leaves: the byte 1, not the digit.
  EXPECT_EQ(ReadTableFormat(TableWith(lazy, {{"serialization.format", "1"}}))->field_delimiter,
            "\x01");
  EXPECT_EQ(ReadTableFormat(TableWith(lazy, {}))->field_delimiter, "\x01");
}

TEST(TableFormatTest, JsonOfBothKinds) {
  const auto openx = ReadTableFormat(TableWith(
      "org.openx.data.jsonserde.JsonSerDe",
      {{"ignore.malformed.json", "TRUE"}, {"case.insensitive", "false"}, {"mapping.Ts", "time"}}));
  ASSERT_TRUE(openx);
  EXPECT_EQ(openx->kind, FormatKind::kJsonOpenX);
  EXPECT_TRUE(openx->ignore_malformed);
  EXPECT_FALSE(openx->case_insensitive);
  EXPECT_EQ(openx->mappings.at("ts"), "time");
  EXPECT_EQ(ReadTableFormat(TableWith("org.apache.hive.hcatalog.data.JsonSerDe", {}))->kind,
            FormatKind::kJsonHive);
}

TEST(TableFormatTest, ClassesOfStoredAs) {
  for (const auto& [name, kind] :
       {std::pair{"PARQUET", FormatKind::kParquet}, std::pair{"orc", FormatKind::kOrc},
        std::pair{"Avro", FormatKind::kAvro}, std::pair{"TEXTFILE", FormatKind::kTextDelimited}}) {
    const auto classes = FindStorageClasses(name);
    ASSERT_TRUE(classes);
    EXPECT_EQ(ReadTableFormat(TableWith(classes->serde, {}))->kind, kind);
  }
  EXPECT_FALSE(FindStorageClasses("excel"));
}

TEST(TableFormatTest, UnknownSerDeIsNamed) {
  const auto format = ReadTableFormat(TableWith("com.acme.Thing", {}));
  ASSERT_FALSE(format);
  EXPECT_EQ(format.error().reason, Reason::kNotImplemented);
  EXPECT_NE(format.error().message.find("com.acme.Thing"), std::string::npos);
}

}  // namespace
}  // namespace owlet::catalog
