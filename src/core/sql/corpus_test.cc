#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "core/sql/parser.h"

// Statements with what real Trino 476 and real Spark 4.3.0 said of their syntax: testdata/*.tsv,
// one a line: "ok" or "error@line:column" (Trino's and Spark's own place of the fault, 0:0 where
// the engine names none), a tab, the statement. `known_differences.txt` lists what is not the same,
// by dialect: it may only get shorter.

namespace owlet::sql {
namespace {

struct Case {
  std::string verdict;
  std::string text;
};

std::vector<Case> Read(const std::string& name) {
  std::ifstream file(std::string(OWLET_SQL_TESTDATA) + "/" + name);
  std::vector<Case> cases;
  for (std::string line; std::getline(file, line);) {
    const std::size_t tab = line.find('\t');
    if (tab != std::string::npos) cases.push_back({line.substr(0, tab), line.substr(tab + 1)});
  }
  return cases;
}

/// "ok" also for what is understood and refused by name: the syntax was right.
std::string Verdict(const Result<Statement>& result) {
  if (result || result.error().reason == Reason::kNotImplemented) return "ok";
  const Error& error = result.error();
  // Trino finds these after parsing.
  for (const std::string_view later :
       {"INVALID_LITERAL", "TYPE_NOT_FOUND", "TYPE_MISMATCH", "NOT_SUPPORTED",
        "NUMERIC_VALUE_OUT_OF_RANGE", "INVALID_FUNCTION_ARGUMENT"}) {
    if (error.condition == later) return "ok";
  }
  if (!error.span) return "error@0:0";
  return "error@" + std::to_string(error.span->line) + ":" + std::to_string(error.span->column);
}

void Check(const std::string& dialect, Result<Statement> (*parse)(std::string_view)) {
  std::set<std::string> known;
  for (const Case& item : Read("known_differences.tsv")) {
    if (item.verdict == dialect) known.insert(item.text);
  }
  const std::vector<Case> cases = Read(dialect + ".tsv");
  ASSERT_GE(cases.size(), 300U);
  std::size_t places = 0;
  std::size_t same_places = 0;
  for (const Case& item : cases) {
    const std::string ours = Verdict(parse(item.text));
    const bool accepted = ours == "ok";
    const bool same = accepted == (item.verdict == "ok");
    EXPECT_EQ(same, !known.contains(item.text))
        << dialect << ": " << item.text << "\n  engine: " << item.verdict << "\n  owlet: " << ours;
    if (!same || accepted || item.verdict == "error@0:0") continue;
    ++places;
    if (ours == item.verdict) ++same_places;
  }
  testing::Test::RecordProperty("places", static_cast<int>(places));
  testing::Test::RecordProperty("same_places", static_cast<int>(same_places));
  EXPECT_GE(same_places * 100, places * 70) << same_places << " of " << places;
}

TEST(CorpusTest, TrinoAcceptsAndRejectsTheSame) { Check("trino", ParseTrino); }
TEST(CorpusTest, SparkAcceptsAndRejectsTheSame) {
  Check("spark", [](std::string_view text) { return ParseSpark(text); });
}

}  // namespace
}  // namespace owlet::sql
