#include "core/scan/json_line_decoder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>
#include <string>

#include "core/plan/type_names.h"
#include "core/scan/json_inference.h"

namespace owlet::scan {
namespace {

using plan::Type;
using plan::TypeId;

/// Lines as a writer of logs would write them, and what can become of them: members in order,
/// shuffled, left out, twice; values of every kind; then bytes changed, put in, cut off.
class LineMaker {
 public:
  explicit LineMaker(unsigned seed) : random_(seed) {}

  std::string Line(bool clean) {
    static constexpr const char* kNames[] = {"id",    "name", "score", "ok",     "day", "at",
                                             "price", "tags", "place", "unused", "é",   ""};
    const bool blanks = Odds(8);
    const bool shuffled = Odds(10);
    std::vector<std::string> members;
    for (const char* const name : kNames) {
      if (Odds(10)) continue;
      members.push_back(std::string("\"") + name + (blanks ? "\" : " : "\":") + Value(name));
    }
    if (shuffled) std::shuffle(members.begin(), members.end(), random_);
    if (!clean && Odds(12) && !members.empty()) members.push_back(members[0]);
    std::string line = "{";
    for (const std::string& member : members) {
      if (line.size() > 1) line += blanks ? " , " : ",";
      line += member;
    }
    line += "}";
    if (clean) return line + "\n";
    if (Odds(6)) Mutate(line);
    if (Odds(40))
      line = OneOf({"", "  ", "[]", "[{\"id\":1},{\"id\":2}]", "[1]", "null", "5", "x"});
    return line + (Odds(20) ? "\r\n" : Odds(40) ? "\r" : "\n");
  }

  std::string Block(int lines, bool clean) {
    std::string block;
    for (int i = 0; i < lines; ++i) block += Line(clean);
    if (block.back() != '\n') block += '\n';
    return block;
  }

 private:
  bool Odds(unsigned one_in) { return random_() % one_in == 0; }
  std::string OneOf(std::initializer_list<const char*> texts) {
    return *(texts.begin() + random_() % texts.size());
  }

  std::string Number() {
    switch (random_() % 8) {
      case 0:
        return OneOf({"0", "-0", "9223372036854775807", "-9223372036854775808", "1e3", "300",
                      "99999999999999999999", "123456789012345678", "1234567890123456789"});
      case 1:
        return OneOf({"0.5", "-12.75", "1E-3", "2.50", "1e400", "0.1e+2"});
      default: {
        const auto bits = random_() % 60;
        const auto value = static_cast<std::int64_t>(random_() & ((1ULL << bits) - 1));
        return std::to_string(Odds(3) ? -value : value);
      }
    }
  }
  std::string String() {
    static constexpr const char* kPieces[] = {"a",  "owl", " ",    "\\n", "\\\"", "\\u00e9", "ü",
                                              "日", "😀",  "\\\\", "/",   "{",    "}]",      ","};
    std::string text = "\"";
    for (auto left = random_() % (Odds(20) ? 90 : 6); left > 0; --left) {
      text += Odds(3) ? kPieces[random_() % std::size(kPieces)] : "plain";
    }
    return text + "\"";
  }
  std::string Value(std::string_view name) {
    if (Odds(12)) return "null";
    if (Odds(40)) return OneOf({"{}", "[]", "{\"a\": [1, {\"b\":\"]\"}]}", "NaN", "'x'", "tru"});
    if (Odds(30)) return String();
    if (Odds(30)) return Number();
    if (name == "ok") return Odds(2) ? "true" : "false";
    if (name == "day") return OneOf({"\"2024-02-29\"", "\"2024-2-3\"", "\"never\""});
    if (name == "at") return OneOf({"\"2024-02-29T01:02:03Z\"", "\"2024-02-29\"", "17"});
    if (name == "tags") return "[" + String() + ", " + String() + "]";
    if (name == "place") return "{\"x\":" + Number() + ",\"y\":" + String() + "}";
    if (name == "name" || name == "é") return String();
    return Number();
  }
  void Mutate(std::string& line) {
    static constexpr char kBytes[] = "\"\\{}[]:,0.- \t\x01\x7f\xff\xc3'nte/";
    const std::size_t place = random_() % line.size();
    const char byte = kBytes[random_() % (sizeof(kBytes) - 1)];
    switch (random_() % 4) {
      case 0:
        line[place] = byte;
        break;
      case 1:
        line.insert(place, 1, byte);
        break;
      case 2:
        line.erase(place, 1 + random_() % 3);
        break;
      default:
        line.resize(place);
    }
  }

  std::mt19937_64 random_;
};

plan::Schema Columns(bool corrupt) {
  plan::Schema schema = {{.name = "name", .type = Type::Varchar()},
                         {.name = "id", .type = Type(TypeId::kBigint)},
                         {.name = "ok", .type = Type(TypeId::kBoolean)},
                         {.name = "score", .type = Type(TypeId::kDouble)},
                         {.name = "day", .type = Type(TypeId::kDate)},
                         {.name = "at", .type = Type(TypeId::kTimestampLocalZone)},
                         {.name = "price", .type = Type::Decimal(12, 2)},
                         {.name = "tags", .type = Type::Array(Type::Varchar())},
                         {.name = "place",
                          .type = Type::Row({{.name = "x", .type = Type(TypeId::kInteger)},
                                             {.name = "y", .type = Type::Varchar()}})},
                         {.name = "é", .type = Type(TypeId::kTinyint)}};
  if (corrupt) schema.push_back({.name = "_corrupt_record", .type = Type::Varchar()});
  return schema;
}

LineBlock MakeBlock(const std::string& text) {
  auto bytes = std::make_shared<char[]>(text.size() + LineBlocks::kPadding);
  std::memcpy(bytes.get(), text.data(), text.size());
  std::memset(bytes.get() + text.size(), '"', LineBlocks::kPadding);
  return {{bytes.get(), text.size()}, bytes};
}

std::string Print(const ColumnData& column, std::size_t row) {
  if (column.valid[row] == 0) return "null";
  switch (column.storage()) {
    case ColumnData::Storage::kInteger:
      return std::to_string(column.integers[row]);
    case ColumnData::Storage::kDouble:
      return std::to_string(column.doubles[row]);
    case ColumnData::Storage::kDecimal:
      return std::to_string(static_cast<std::int64_t>(column.decimals[row]));
    case ColumnData::Storage::kString:
      return "'" + std::string(column.strings[row]) + "'";
    case ColumnData::Storage::kList: {
      std::string text = "[";
      for (std::size_t i = column.offsets[row]; i < column.offsets[row + 1]; ++i) {
        text += Print(column.children[0], i) + ",";
      }
      return text + "]";
    }
    case ColumnData::Storage::kRow: {
      std::string text = "(";
      for (const ColumnData& child : column.children) text += Print(child, row) + ",";
      return text + ")";
    }
    case ColumnData::Storage::kNone:
      break;
  }
  return "?";
}

std::vector<std::string> Rows(const ColumnBatch& batch) {
  std::vector<std::string> rows(batch.rows);
  for (std::size_t i = 0; i < batch.rows; ++i) {
    for (const ColumnData& column : batch.columns) {
      EXPECT_GE(column.size(), batch.rows);  // more behind an error
      rows[i] += Print(column, i) + " ";
    }
  }
  return rows;
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
    const plan::Schema all = Columns(seed % 2 == 0);
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
  const plan::Schema schema = Columns(true);
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
    const plan::Schema schema = Columns(seed % 2 == 0);
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
  const plan::Schema schema = Columns(false);
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
      JsonSchemaReader reader(options, kernel);
      ASSERT_TRUE(reader.AddBlock(MakeBlock(text)));
      EXPECT_EQ(plan::SparkSchemaDdl(reader.shape().ToSchema(options)),
                plan::SparkSchemaDdl(exact.ToSchema(options)))
          << kernel.name << " seed " << seed;
    }
  }
}

}  // namespace
}  // namespace owlet::scan
