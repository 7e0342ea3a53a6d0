#include "app/statement_output.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace owlet::app {
namespace {

std::string Print(const std::string& format, std::vector<OutputColumn> columns,
                  const std::vector<OutputRow>& rows) {
  char* text = nullptr;
  std::size_t size = 0;
  std::FILE* out = open_memstream(&text, &size);
  StatementOutput output(format, out);
  output.Begin(std::move(columns));
  for (const OutputRow& row : rows) output.Add(row);
  output.End();
  std::fclose(out);
  std::string printed(text, size);
  std::free(text);
  return printed;
}

const std::vector<OutputColumn> kColumns = {{"n", "bigint"}, {"text", "varchar"}};
const std::vector<OutputRow> kRows = {{"9007199254740993", "日本\n\"x\""}, {std::nullopt, ""}};

TEST(StatementOutput, TablesAreAlignedAsTheyAreSeen) {
  EXPECT_EQ(Print("table", {{"a", "varchar"}, {"b", "integer"}}, {{"日本", "1"}, {"e\u0301", "2"}}),
            "a     b\n"
            "----  -\n"
            "日本  1\n"
            "e\u0301     2\n");
}

TEST(StatementOutput, ACellOfATableIsOneLine) {
  EXPECT_EQ(Print("table", kColumns, kRows),
            "n                 text\n"
            "----------------  ---------\n"
            "9007199254740993  日本\\n\"x\"\n"
            "NULL              \n");
}

TEST(StatementOutput, CsvTellsNullFromEmpty) {
  EXPECT_EQ(Print("csv", kColumns, kRows),
            "\"n\",\"text\"\n\"9007199254740993\",\"日本\n\"\"x\"\"\"\n,\"\"\n");
  EXPECT_EQ(Print("csv", {}, {}), "");
}

TEST(StatementOutput, JsonHasNumbersAndBothColumnsOfOneName) {
  EXPECT_EQ(Print("json", kColumns, kRows),
            "{\"n\":9007199254740993,\"text\":\"日本\\n\\\"x\\\"\"}\n{\"n\":null,\"text\":\"\"}\n");
  EXPECT_EQ(Print("json", {{"a", "double"}, {"a", "boolean"}, {"d", "decimal"}},
                  {{"NaN", "true", "1.10"}}),
            "{\"a\":\"NaN\",\"a\":true,\"d\":\"1.10\"}\n");
}

}  // namespace
}  // namespace owlet::app
