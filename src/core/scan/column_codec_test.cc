#include "core/scan/column_codec.h"

#include <gtest/gtest.h>

#include <random>

namespace owlet::scan {
namespace {

using plan::Type;
using plan::TypeId;

bool SameColumns(const ColumnData& a, const ColumnData& b) {
  if (a.valid != b.valid || a.children.size() != b.children.size()) return false;
  for (std::size_t i = 0; i < a.children.size(); ++i) {
    if (!SameColumns(a.children[i], b.children[i])) return false;
  }
  return a.integers == b.integers && a.doubles == b.doubles && a.decimals == b.decimals &&
         a.strings == b.strings && a.offsets == b.offsets;
}

/// Columns with values of every size and with runs of NULLs.
class ColumnMaker {
 public:
  explicit ColumnMaker(unsigned seed) : random_(seed) {}

  ColumnData Make(const Type& type, std::size_t rows) {
    spread_ = static_cast<unsigned>(random_() % 5);
    nulls_ = static_cast<unsigned>(random_() % 4);
    ColumnData column(type);
    for (std::size_t i = 0; i < rows; ++i) Append(column);
    return column;
  }

 private:
  void Append(ColumnData& column) {
    if (nulls_ == 3 || (nulls_ > 0 && random_() % (8 / nulls_) == 0)) return column.AppendNull();
    switch (column.storage()) {
      case ColumnData::Storage::kInteger:
        return column.AppendInteger(Integer());
      case ColumnData::Storage::kDouble:
        return column.AppendDouble(static_cast<double>(Integer()) / 7);
      case ColumnData::Storage::kDecimal:
        return column.AppendDecimal(plan::Int128{Integer()} * 1'000'000'007);
      case ColumnData::Storage::kString:
        return column.AppendString(arena_.Add(Text()));
      case ColumnData::Storage::kList: {
        const std::size_t size = random_() % 4;
        for (ColumnData& child : column.children) {
          for (std::size_t i = 0; i < size; ++i) Append(child);
        }
        return column.AppendList();
      }
      case ColumnData::Storage::kRow:
        for (ColumnData& child : column.children) Append(child);
        return column.AppendRow();
      case ColumnData::Storage::kNone:
        return column.AppendNull();
    }
  }
  std::int64_t Integer() {
    constexpr std::uint64_t kSpreads[] = {1, 200, 60'000, 4'000'000'000, 0};
    const std::uint64_t spread = kSpreads[spread_];
    const auto value = static_cast<std::int64_t>(random_());
    if (spread == 0) return value;
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(value) % spread) - 77;
  }
  std::string Text() {
    // Few values, many short ones, some long ones.
    if (spread_ < 2) return "channel " + std::to_string(random_() % 50);
    return std::string(random_() % (spread_ == 4 ? 400 : 12),
                       static_cast<char>('a' + random_() % 26));
  }

  std::mt19937_64 random_;
  StringArena arena_;
  unsigned spread_ = 0;
  unsigned nulls_ = 0;
};

std::vector<Type> Types() {
  return {Type(TypeId::kBoolean),
          Type(TypeId::kBigint),
          Type(TypeId::kDate),
          Type(TypeId::kDouble),
          Type::Decimal(38, 2),
          Type::Varchar(),
          Type::Array(Type::Varchar()),
          Type::Row({{.name = "a", .type = Type(TypeId::kBigint)},
                     {.name = "b", .type = Type::Array(Type(TypeId::kDouble))}})};
}

TEST(ColumnCodecTest, GivesBackWhatItTook) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    ColumnMaker maker(seed);
    for (const Type& type : Types()) {
      ColumnEncoder encoder;
      for (const std::size_t rows : {1, 7, 64, 1500}) {
        const ColumnData column = maker.Make(type, rows);
        std::string bytes;
        encoder.Encode(column, bytes);
        ColumnData read(type);
        ASSERT_TRUE(EncodedColumn(bytes, rows).Read(nullptr, read));
        ASSERT_TRUE(SameColumns(column, read)) << "seed " << seed << ", rows " << rows;
      }
    }
  }
}

TEST(ColumnCodecTest, ChoosesTheRowsThatPass) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    ColumnMaker maker(seed);
    for (const Type& type :
         {Type(TypeId::kBoolean), Type(TypeId::kBigint), Type(TypeId::kDouble), Type::Varchar()}) {
      const ColumnData column = maker.Make(type, 500);
      std::string bytes;
      ColumnEncoder().Encode(column, bytes);
      ColumnFilter filter;
      filter.kind = static_cast<ColumnFilter::Kind>(seed % 9);  // up to kGreaterOrEqual
      filter.integer = 1;
      filter.real = 3.5;
      filter.text = "channel 7";
      std::vector<std::uint32_t> chosen, expected;
      for (std::uint32_t row = 0; row < 500; row += 2) {
        chosen.push_back(row);
        if (filter.Passes(column, row)) expected.push_back(row);
      }
      ASSERT_TRUE(EncodedColumn(bytes, 500).Choose(filter, type, chosen));
      ASSERT_EQ(chosen, expected);
      ColumnData read(type);
      ASSERT_TRUE(EncodedColumn(bytes, 500).Read(&chosen, read));
      ASSERT_EQ(read.size(), chosen.size());
      for (std::size_t i = 0; i < chosen.size(); ++i) {
        ASSERT_EQ(read.valid[i], column.valid[chosen[i]]);
        if (!read.strings.empty()) {
          ASSERT_EQ(read.strings[i], column.strings[chosen[i]]);
        }
        if (!read.integers.empty()) {
          ASSERT_EQ(read.integers[i], column.integers[chosen[i]]);
        }
      }
    }
  }
}

TEST(ColumnCodecTest, RefusesBytesThatEndEarlyOrAreOfAnotherType) {
  ColumnMaker maker(3);
  for (const Type& type : Types()) {
    std::string bytes;
    ColumnData column = maker.Make(type, 0);
    while (bytes.size() < 100) {
      column = maker.Make(type, 200);
      bytes.clear();
      ColumnEncoder().Encode(column, bytes);
    }
    for (std::size_t size = 0; size < bytes.size(); size += 1 + size / 8) {
      ColumnData read(type);
      EXPECT_FALSE(EncodedColumn(std::string_view(bytes).substr(0, size), 200).Read(nullptr, read));
    }
    for (const Type& other : Types()) {
      ColumnData read(other);
      if (read.storage() == column.storage()) continue;
      EXPECT_FALSE(EncodedColumn(bytes, 200).Read(nullptr, read));
    }
  }
}

}  // namespace
}  // namespace owlet::scan
