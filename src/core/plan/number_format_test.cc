#include "core/plan/number_format.h"

#include <gtest/gtest.h>

namespace owlet::plan {
namespace {

// All expected texts are answers of Spark 4.3.

std::string Written(Int128 unscaled, int scale, std::string_view format) {
  const auto parsed = NumberFormat::Parse(format);
  return parsed ? parsed->Write(unscaled, scale) : parsed.error().condition;
}

TEST(NumberFormat, WritesDigitsAndBlanks) {
  EXPECT_EQ(Written(454, 0, "999"), "454");
  EXPECT_EQ(Written(454, 0, "99999"), "  454");
  EXPECT_EQ(Written(454, 0, "00000"), "00454");
  EXPECT_EQ(Written(12, 0, "$99,999"), "$    12");
  EXPECT_EQ(Written(12, 0, "00,000"), "00,012");
  EXPECT_EQ(Written(1, 0, "0,999"), "0,  1");
  EXPECT_EQ(Written(0, 0, "9"), " ");
  EXPECT_EQ(Written(0, 0, "000"), "000");
}

TEST(NumberFormat, WritesSigns) {
  EXPECT_EQ(Written(-454, 0, "999"), "454");
  EXPECT_EQ(Written(-454, 0, "S999"), "-454");
  EXPECT_EQ(Written(454, 0, "MI999"), " 454");
  EXPECT_EQ(Written(454, 0, "999MI"), "454 ");
  EXPECT_EQ(Written(-12, 0, "S9999"), "  -12");
  EXPECT_EQ(Written(-12, 0, "S$9999"), "-$  12");
  EXPECT_EQ(Written(-12, 0, "9999PR"), "  <12>");
  EXPECT_EQ(Written(12, 0, "9999PR"), "  12  ");
  EXPECT_EQ(Written(-124548, 1, "99G999D9PR"), "<12,454.8>");
}

TEST(NumberFormat, WritesFractions) {
  EXPECT_EQ(Written(5, 1, "9.9"), "0.5");
  EXPECT_EQ(Written(5, 1, "S9.9"), " +.5");
  EXPECT_EQ(Written(5, 1, "99.9"), " 0.5");
  EXPECT_EQ(Written(5, 1, ".9"), ".5");
  EXPECT_EQ(Written(-5, 2, "S9.99"), " -.05");
  EXPECT_EQ(Written(5, 0, "999.00"), "  5.00");
}

TEST(NumberFormat, WritesHashesForTooManyDigits) {
  EXPECT_EQ(Written(4545, 1, "999"), "###");
  EXPECT_EQ(Written(7812, 2, "99.9"), "##.#");
  EXPECT_EQ(Written(-123456, 0, "S9,9"), "-# #");
}

std::optional<std::int64_t> Value(std::string_view text, std::string_view format) {
  const auto parsed = NumberFormat::Parse(format);
  if (!parsed) return std::nullopt;
  const auto value = parsed->Read(text);
  return value ? std::optional(static_cast<std::int64_t>(*value)) : std::nullopt;
}

TEST(NumberFormat, Reads) {
  EXPECT_EQ(Value("-454", "S999"), -454);
  EXPECT_EQ(Value("454-", "999MI"), -454);
  EXPECT_EQ(Value("<454>", "999PR"), -454);
  EXPECT_EQ(Value("$1,234.5", "$9,999.9"), 12345);
  EXPECT_EQ(Value("234", "9,999"), 234);
  EXPECT_EQ(Value("12.3", "99.99"), 1230);
  EXPECT_EQ(Value(" 45", "999"), 45);
  EXPECT_EQ(Value("5.", "9.9"), 50);
}

TEST(NumberFormat, ReadsNothingThatDoesNotMatch) {
  for (const auto& [text, format] :
       std::initializer_list<std::pair<const char*, const char*>>{{"4545", "999"},
                                                                  {"abc", "999"},
                                                                  {"45", "000"},
                                                                  {"1.234", "9.99"},
                                                                  {"1234", "9,999"},
                                                                  {"+12", "MI99"},
                                                                  {".5", "0.9"},
                                                                  {"0.5", ".9"},
                                                                  {"-5", "9"},
                                                                  {"", "9"},
                                                                  {"<5", "9PR"},
                                                                  {"012", "0,000"},
                                                                  {"  $5", "$9"}}) {
    EXPECT_EQ(Value(text, format), std::nullopt) << text << " " << format;
  }
}

TEST(NumberFormat, RefusesFormats) {
  const auto condition = [](std::string_view format) {
    const auto parsed = NumberFormat::Parse(format);
    return parsed ? std::string() : parsed.error().condition;
  };
  EXPECT_EQ(condition(""), "INVALID_FORMAT.EMPTY");
  EXPECT_EQ(condition("abc"), "INVALID_FORMAT.WRONG_NUM_DIGIT");
  EXPECT_EQ(condition("99.9.9"), "INVALID_FORMAT.WRONG_NUM_TOKEN");
  EXPECT_EQ(condition("9,"), "INVALID_FORMAT.CONT_THOUSANDS_SEPS");
  EXPECT_EQ(condition("99$9"), "INVALID_FORMAT.CUR_MUST_BEFORE_DIGIT");
}

}  // namespace
}  // namespace owlet::plan
