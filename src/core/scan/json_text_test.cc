#include "core/scan/json_text.h"

#include <gtest/gtest.h>

#include <string>

namespace owlet::scan {
namespace {

bool Reads(std::string_view text, const JsonLeniency& leniency = {}) {
  JsonText json(text, leniency);
  json.Skip();
  return json.ok();
}

// Each verdict is the one of Spark 4.3.0 on a line of a json file.
TEST(JsonTextTest, JudgesAsJacksonDoes) {
  EXPECT_TRUE(Reads(R"({"a":[1,2.5,-0.0,1e400,NaN,+INF,-Infinity],'b':'it\'s',"c":{}})"));
  EXPECT_TRUE(Reads(R"("\ud83d\ude00 \u0041")"));
  EXPECT_FALSE(Reads(R"({"a":01})"));
  EXPECT_FALSE(Reads(R"({a:1})"));
  EXPECT_FALSE(Reads(R"({"a":"\x"})"));
  EXPECT_FALSE(Reads("{\"a\":\"tab\there\"}"));
  EXPECT_FALSE(Reads(R"({"a":/*c*/1})"));
  EXPECT_FALSE(Reads(R"({"a":nul})"));
  EXPECT_FALSE(Reads(R"([1,])"));
  EXPECT_FALSE(Reads(R"({"a":1)"));
  EXPECT_FALSE(Reads(R"({"a":1.})"));
  EXPECT_FALSE(Reads(""));
}

TEST(JsonTextTest, OptionsWidenIt) {
  EXPECT_TRUE(Reads("{\"a\":/*c*/1}//x", {.comments = true}));
  EXPECT_TRUE(Reads("{a:1}", {.unquoted_names = true}));
  EXPECT_TRUE(Reads("{\"a\":01}", {.leading_zeros = true}));
  EXPECT_TRUE(Reads("{\"a\":\"\\x\"}", {.backslash_any = true}));
  EXPECT_FALSE(Reads("{\"a\":NaN}", {.non_numeric_numbers = false}));
  EXPECT_FALSE(Reads("{'a':1}", {.single_quotes = false}));
}

TEST(JsonTextTest, GivesTextAsItStandsOrUnescaped) {
  const JsonLeniency strict;
  JsonText json(R"({"a": {"b":  1} , "c":"x\n\ud83dy"})", strict);
  ASSERT_EQ(json.Peek(), JsonKind::kObject);
  json.EnterObject();
  std::string_view name;
  ASSERT_TRUE(json.NextMember(name));
  EXPECT_EQ(name, "a");
  EXPECT_EQ(json.Skip(), R"({"b":  1})");
  ASSERT_TRUE(json.NextMember(name));
  EXPECT_EQ(json.TakeString(), "x\n?y");  // half a pair, as Java writes it
  EXPECT_FALSE(json.NextMember(name));
  EXPECT_EQ(json.Peek(), JsonKind::kEnd);
}

TEST(JsonTextTest, DepthIsBounded) {
  EXPECT_FALSE(Reads(std::string(100'000, '[') + std::string(100'000, ']')));
}

}  // namespace
}  // namespace owlet::scan
