#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "core/scan/column_batch.h"

// What tests of readers of JSON lines share: random lines, a schema for them, rows as text.

namespace owlet::scan {

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

/// Columns for what LineMaker writes.
inline plan::Schema LineColumns(bool corrupt) {
  plan::Schema schema = {
      {.name = "name", .type = plan::Type::Varchar()},
      {.name = "id", .type = plan::Type(plan::TypeId::kBigint)},
      {.name = "ok", .type = plan::Type(plan::TypeId::kBoolean)},
      {.name = "score", .type = plan::Type(plan::TypeId::kDouble)},
      {.name = "day", .type = plan::Type(plan::TypeId::kDate)},
      {.name = "at", .type = plan::Type(plan::TypeId::kTimestampLocalZone)},
      {.name = "price", .type = plan::Type::Decimal(12, 2)},
      {.name = "tags", .type = plan::Type::Array(plan::Type::Varchar())},
      {.name = "place",
       .type = plan::Type::Row({{.name = "x", .type = plan::Type(plan::TypeId::kInteger)},
                                {.name = "y", .type = plan::Type::Varchar()}})},
      {.name = "é", .type = plan::Type(plan::TypeId::kTinyint)}};
  if (corrupt) schema.push_back({.name = "_corrupt_record", .type = plan::Type::Varchar()});
  return schema;
}

/// One value as a text that differs where values do.
inline std::string Print(const ColumnData& column, std::size_t row) {
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

inline std::vector<std::string> Rows(const ColumnBatch& batch) {
  std::vector<std::string> rows(batch.rows);
  for (std::size_t i = 0; i < batch.rows; ++i) {
    for (const ColumnData& column : batch.columns) {
      EXPECT_GE(column.size(), batch.rows);  // more behind an error
      rows[i] += Print(column, i) + " ";
    }
  }
  return rows;
}

}  // namespace owlet::scan
