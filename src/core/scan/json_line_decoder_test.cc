#include "core/scan/json_line_decoder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>
#include <string>

#include "core/plan/type_names.h"
#include "core/scan/json_inference.h"
#include "core/scan/json_lines_fixture.h"

namespace owlet::scan {
namespace {

using plan::Type;
using plan::TypeId;

LineBlock MakeBlock(const std::string& text) {
  auto bytes = std::make_shared<char[]>(text.size() + LineBlocks::kPadding);
  std::memcpy(bytes.get(), text.data(), text.size());
  std::memset(bytes.get() + text.size(), '"', LineBlocks::kPadding);
  return {{bytes.get(), text.size()}, bytes};
}

struct Answer {
  std::vector<std::string> rows;
  std::string error;
  bool operator==(const Answer&) const = default;
};

Answer Exact(const std::string& text, const plan::Schema& schema,
             const std::shared_ptr<const JsonOptions>& options,
             std::vector<ColumnFilter> filters = {}) {
  JsonDecoder decoder(schema, options, std::move(filters));
  ColumnBatch batch(schema);
  LineSplitter lines(text, {});
  Answer answer;
  for (std::string_view line; lines.Next(line) && answer.error.empty();) {
    if (auto status = decoder.Decode(line, batch); !status) answer.error = status.error().message;
  }
  answer.rows = Rows(batch);
  return answer;
}

Answer Fast(const std::string& text, const plan::Schema& schema,
            const std::shared_ptr<const JsonOptions>& options, const JsonKernel& kernel,
            std::vector<ColumnFilter> filters = {}) {
  JsonLineDecoder decoder(schema, options, std::move(filters), kernel);
  ColumnBatch batch(schema);
  Answer answer;
  decoder.Open(MakeBlock(text));
  for (bool more = true; more;) {
    auto result = decoder.NextRows(batch, batch.rows + 37);
    if (!result) answer.error = result.error().message;
    more = result && *result;
  }
  answer.rows = Rows(batch);
  return answer;
}

std::shared_ptr<const JsonOptions> Options(ParseMode mode, bool hive = false) {
  auto options = std::make_shared<JsonOptions>();
  options->mode = mode;
  options->hive = hive;
  options->ignore_malformed = hive;
  return options;
}

TEST(JsonLineDecoderTest, EveryKernelAnswersAsTheExactDecoder) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    const std::string text = LineMaker(seed).Block(150, seed % 5 == 0);
    const plan::Schema all = LineColumns(seed % 2 == 0);
    const plan::Schema few(all.begin() + 1, all.begin() + 2 + seed % 3);
    for (const plan::Schema& schema : {all, few, plan::Schema()}) {
      for (const auto& options :
           {Options(ParseMode::kPermissive), Options(ParseMode::kDropMalformed),
            Options(ParseMode::kFailFast), Options(ParseMode::kPermissive, true)}) {
        const Answer exact = Exact(text, schema, options);
        for (const JsonKernel& kernel : JsonKernels()) {
          if (!kernel.supported()) continue;
          const Answer fast = Fast(text, schema, options, kernel);
          ASSERT_EQ(fast.error, exact.error) << kernel.name << " seed " << seed;
          ASSERT_EQ(fast.rows.size(), exact.rows.size()) << kernel.name << " seed " << seed;
          for (std::size_t i = 0; i < exact.rows.size(); ++i) {
            ASSERT_EQ(fast.rows[i], exact.rows[i]) << kernel.name << " seed " << seed;
          }
        }
      }
    }
  }
}

// Each byte of a line, replaced by each of some bytes: nothing is read otherwise than exactly.
TEST(JsonLineDecoderTest, NoByteCanDeceiveIt) {
  const std::string good =
      "{\"id\":-12,\"name\":\"a\\u00e9b\",\"ok\":true,\"score\":1.5e2,\"é\":null,\"tags\":[\"x\",{}"
      "]}\n";
  const auto options = Options(ParseMode::kPermissive);
  const plan::Schema schema = LineColumns(true);
  for (std::size_t place = 0; place + 1 < good.size(); ++place) {
    for (const char byte : std::string_view("\"\\{}[]:,01.-+eE \t\r\nntfu\x01\xff'/")) {
      std::string text = good + good;
      text[good.size() + place] = byte;
      text += good;
      const Answer exact = Exact(text, schema, options);
      for (const JsonKernel& kernel : JsonKernels()) {
        if (!kernel.supported()) continue;
        ASSERT_EQ(Fast(text, schema, options, kernel).rows, exact.rows) << text;
      }
    }
  }
}

std::vector<ColumnFilter> Filters(std::size_t columns, unsigned seed) {
  using Kind = ColumnFilter::Kind;
  std::vector<ColumnFilter> filters(columns);
  filters[1] = {.kind = Kind::kLess, .integer = 1000, .text = {}, .children = {}};
  filters[2] = {.kind = seed % 2 == 0 ? Kind::kEqual : Kind::kIsNull,
                .integer = 1,
                .text = {},
                .children = {}};
  filters[0].kind = seed % 3 == 0 ? Kind::kIsNotNull : Kind::kAny;
  if (seed % 3 == 1) filters[0] = {.kind = Kind::kGreater, .text = "b", .children = {}};
  return filters;
}

TEST(JsonLineDecoderTest, FiltersActAsInTheExactDecoder) {
  std::size_t dropped = 0;
  for (unsigned seed = 200; seed < 240; ++seed) {
    const std::string text = LineMaker(seed).Block(150, seed % 4 == 0);
    const plan::Schema schema = LineColumns(seed % 2 == 0);
    for (const ParseMode mode : {ParseMode::kPermissive, ParseMode::kDropMalformed}) {
      const auto options = Options(mode);
      const Answer exact = Exact(text, schema, options, Filters(schema.size(), seed));
      dropped += Exact(text, schema, options).rows.size() - exact.rows.size();
      for (const JsonKernel& kernel : JsonKernels()) {
        if (!kernel.supported()) continue;
        ASSERT_EQ(Fast(text, schema, options, kernel, Filters(schema.size(), seed)).rows,
                  exact.rows)
            << kernel.name << " seed " << seed;
      }
    }
  }
  EXPECT_GT(dropped, 1000U);
}

// On records that are as they should be, rows that pass all filters are never left out.
TEST(JsonLineDecoderTest, FiltersLeaveOutOnlyWhatFailsThem) {
  const plan::Schema schema = LineColumns(false);
  const auto options = Options(ParseMode::kPermissive);
  for (unsigned seed = 100; seed < 110; ++seed) {
    const std::string text = LineMaker(seed).Block(200, true);
    const auto filters = Filters(schema.size(), seed);
    JsonDecoder decoder(schema, options);
    ColumnBatch batch(schema);
    LineSplitter lines(text, {});
    for (std::string_view line; lines.Next(line);) ASSERT_TRUE(decoder.Decode(line, batch));
    const auto all = Rows(batch);
    const auto given = Exact(text, schema, options, filters).rows;
    std::size_t next = 0;
    for (std::size_t row = 0; row < all.size(); ++row) {
      bool passes = true;
      for (std::size_t i = 0; i < schema.size(); ++i) {
        passes = passes && filters[i].Passes(batch.columns[i], row);
      }
      const bool is_next = next < given.size() && given[next] == all[row];
      EXPECT_TRUE(is_next || !passes) << seed << " " << all[row];
      if (is_next) ++next;
    }
  }
}

TEST(JsonSchemaReaderTest, EveryKernelInfersAsRecordByRecord) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    const std::string text = LineMaker(seed).Block(60, seed % 4 == 0);
    JsonOptions options;
    options.primitives_as_string = seed % 7 == 0;
    options.prefers_decimal = seed % 5 == 0;
    options.infer_timestamp = seed % 3 == 0;
    options.drop_field_if_all_null = seed % 6 == 0;
    if (seed % 8 == 0) options.mode = ParseMode::kDropMalformed;
    JsonShape exact;
    LineSplitter lines(text, {});
    for (std::string_view line; lines.Next(line);) ASSERT_TRUE(exact.Add(line, options));
    for (const JsonKernel& kernel : JsonKernels()) {
      if (!kernel.supported()) continue;
      JsonSchemaReader reader(options, nullptr, kernel);
      ASSERT_TRUE(reader.AddBlock(MakeBlock(text)));
      EXPECT_EQ(plan::SparkSchemaDdl(reader.shape().ToSchema(options)),
                plan::SparkSchemaDdl(exact.ToSchema(options)))
          << kernel.name << " seed " << seed;
    }
  }
}

}  // namespace
}  // namespace owlet::scan
