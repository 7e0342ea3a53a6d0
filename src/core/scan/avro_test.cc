#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "core/plan/type_names.h"
#include "core/scan/avro_decoder.h"
#include "core/scan/avro_file.h"

// The blocks below were written by Python's fastavro 1.12 with the sync marker "0123456789abcdef":
// three rows of the schema, i = 0, 1, 2.

namespace owlet::scan {
namespace {

using plan::Type;
using plan::TypeId;

constexpr char kSchema[] =
    R"({"type":"record","name":"r","namespace":"n","fields":[{"name":"i","typ)"
    R"(e":"int"},{"name":"Long","type":["null","long"]},{"name":"s","type":[")"
    R"(string","null"]},{"name":"e","type":{"type":"enum","name":"E","symbols)"
    R"(":["A","B"]}},{"name":"fx","type":{"type":"fixed","name":"F","size":3})"
    R"(},{"name":"tu","type":{"type":"long","logicalType":"timestamp-micros"})"
    R"(},{"name":"dec","type":{"type":"fixed","name":"D","size":5,"logicalTyp)"
    R"(e":"decimal","precision":10,"scale":2}},{"name":"arr","type":{"type":")"
    R"(array","items":["null","int"]}},{"name":"mp","type":{"type":"map","val)"
    R"(ues":"long"}},{"name":"rec","type":["null",{"type":"record","name":"R2)"
    R"(","fields":[{"name":"x","type":"int"},{"name":"y","type":["null","stri)"
    R"(ng"]}]}]},{"name":"recs","type":{"type":"array","items":"R2"}},{"name")"
    R"(:"u","type":["int","string","null"]}]})";

const std::map<std::string, std::string>& Blocks() {
  static const std::map<std::string, std::string> kBlocks = {
      {"null",
       "06820200020000047330006162630100000002ee0602020002000002026100000200020279040200"
       "0002027100000a0200020261626301ffffffff830602020002020002026102000004020002020271"
       "00020274040280a0be819501000473320061626301ffffffff060602020002040002026104000204"
       "02027904020004020271000430313233343536373839616263646566"},
      {"deflate",
       "06b401358cb10d80400c03fd96f505d320367a980041430762067a2661245600e711299cd8ba1804"
       "34b528fd9000f0ce249c91c5e2b5a8ba1168c206f778f6cad5241ae23043cee27a5edb91dcdae1a7"
       "73a515b4455fabe2432f19e91530313233343536373839616263646566"},
      {"snappy",
       "06e80181014c00020000047330006162630100000002ee06020201144c0202610000020002027904"
       "02000002027100000a010f012810ffffffff83052805120142010944027100020274040280a0be81"
       "9501000473320556012e0006052e000401563c0400020402027904020004020271000451aeaddf30"
       "313233343536373839616263646566"},
      {"zstandard",
       "06c80128b52ffd2081dd0200c2840f1bc025c301dffe37fda0db5d331817ec3e85b4ea1354d5daf2"
       "a59d0213fdb69bd148b310048642e0252ffa415515a16880773daffbe6b05a90e358a4e9060b0059"
       "180271e0b25191b1628b10068281fba5ccca34b268e71330313233343536373839616263646566"},
      {"bzip2",
       "06f001425a68393141592653590585ee0c000004c9f9f510500038002c2068000200400000010001"
       "0000a0006a1aa7e2a7a864f48064182a0d068d3403b30c8dcc340945341b6598c2a55cfa4452aa81"
       "9969c88903230906086c3c6d129663ef2905c645854372cea08188bdf11e0cae3f17724538509005"
       "85ee0c30313233343536373839616263646566"},
  };
  return kBlocks;
}

std::string Unhex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

void PutLong(std::uint64_t value, std::string& out) {
  for (value <<= 1; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

void PutText(const std::string& text, std::string& out) {
  PutLong(text.size(), out);
  out += text;
}

/// A file of the blocks, `times` over.
std::string MakeFile(const std::string& codec, int times = 1) {
  std::string file("Obj\x01", 4);
  PutLong(2, file);
  PutText("avro.codec", file);
  PutText(codec, file);
  PutText("avro.schema", file);
  PutText(kSchema, file);
  PutLong(0, file);
  file += "0123456789abcdef";
  for (int i = 0; i < times; ++i) file += Unhex(Blocks().at(codec));
  return file;
}

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(const std::string& bytes) : bytes_(bytes) {}
  Result<std::size_t> ReadAt(std::uint64_t offset, std::span<std::byte> out) override {
    if (offset >= bytes_.size()) return 0;
    const std::size_t size = std::min<std::size_t>(out.size(), bytes_.size() - offset);
    std::copy_n(bytes_.data() + offset, size, reinterpret_cast<char*>(out.data()));
    return size;
  }

 private:
  const std::string& bytes_;
};

plan::Schema Columns() {
  const Type record = Type::Row({{"x", Type(TypeId::kInteger)}, {"y", Type::Varchar()}});
  return {{"i", Type(TypeId::kInteger)},
          {"long", Type(TypeId::kBigint)},
          {"s", Type::Varchar()},
          {"e", Type::Varchar()},
          {"fx", Type(TypeId::kVarbinary)},
          {"tu", Type::Timestamp(3)},
          {"dec", Type::Decimal(10, 2)},
          {"arr", Type::Array(Type(TypeId::kInteger))},
          {"mp", Type::Map(Type::Varchar(), Type(TypeId::kBigint))},
          {"rec", record},
          {"recs", Type::Array(record)},
          {"absent", Type(TypeId::kInteger)}};
}

std::string Text(const ColumnData& column, std::size_t row) {
  if (column.valid[row] == 0) return "null";
  switch (column.type().id()) {
    case TypeId::kVarchar:
    case TypeId::kVarbinary:
      return std::string(column.strings[row]);
    case TypeId::kDecimal:
      return std::to_string(static_cast<std::int64_t>(column.decimals[row]));
    case TypeId::kDouble:
      return std::to_string(column.doubles[row]);
    case TypeId::kRow: {
      std::string text = "(";
      for (const ColumnData& child : column.children) text += Text(child, row) + ",";
      return text + ")";
    }
    case TypeId::kArray:
    case TypeId::kMap: {
      std::string text = "[";
      for (std::size_t i = column.offsets[row]; i < column.offsets[row + 1]; ++i) {
        for (const ColumnData& child : column.children) text += Text(child, i) + ",";
      }
      return text + "]";
    }
    default:
      return std::to_string(column.integers[row]);
  }
}

/// The rows of [begin, end) of a file as texts; the error's condition in place of a row.
std::vector<std::string> ReadRange(const std::string& file, const plan::Schema& table,
                                   const std::vector<std::size_t>& wanted,
                                   const AvroOptions& options, std::uint64_t begin,
                                   std::uint64_t end) {
  AvroFileReader reader(std::make_unique<MemorySource>(file), "f.avro", file.size());
  if (const Status status = reader.Open(begin, end); !status) return {status.error().condition};
  auto decoder = AvroDecoder::Make(reader.header().schema, table, wanted, options);
  if (!decoder) return {decoder.error().condition};
  plan::Schema columns;
  for (const std::size_t field : wanted) columns.push_back(table[field]);
  ColumnBatch batch(columns);
  std::vector<std::string> rows;
  for (;;) {
    auto block = reader.Next();
    if (!block) return {block.error().condition};
    if (!*block) break;
    for (std::uint64_t i = 0; i < (*block)->num_rows; ++i) {
      if (const Status status = decoder->Decode((*block)->bytes, batch); !status) {
        return {status.error().condition};
      }
    }
    for (std::size_t row = rows.size(); row < batch.rows; ++row) {
      std::string text;
      for (const ColumnData& column : batch.columns) text += Text(column, row) + "|";
      rows.push_back(text);
    }
  }
  return rows;
}

std::vector<std::string> ReadAll(const std::string& file, const plan::Schema& table,
                                 const AvroOptions& options = {}) {
  std::vector<std::size_t> all(table.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  return ReadRange(file, table, all, options, 0, file.size());
}

TEST(AvroTest, EveryTypeAndCodec) {
  const std::vector<std::string> expected = {
      "0|0|s0|A|abc|-1|750|[1,null,0,]|[a,0,]|(0,y,)|[(1,null,),(0,q,),]|null|",
      "1|null|null|B|abc|-1|-125|[1,null,1,]|[a,1,]|null|[(1,null,),(1,q,),]|null|",
      "2|20000000000|s2|A|abc|-1|-250|[1,null,2,]|[a,2,]|(2,y,)|[(1,null,),(2,q,),]|null|"};
  for (const auto& [codec, block] : Blocks()) {
    EXPECT_EQ(ReadAll(MakeFile(codec), Columns()), expected) << codec;
  }
}

TEST(AvroTest, OnlyWantedColumnsInAnyOrder) {
  const std::string file = MakeFile("null");
  EXPECT_EQ(ReadRange(file, Columns(), {9, 0}, {}, 0, file.size()),
            (std::vector<std::string>{"(0,y,)|0|", "null|1|", "(2,y,)|2|"}));
  EXPECT_EQ(ReadRange(file, Columns(), {}, {}, 0, file.size()),
            (std::vector<std::string>{"", "", ""}));
}

TEST(AvroTest, EveryBlockBelongsToOneRange) {
  const std::string file = MakeFile("snappy", 5);
  for (const std::uint64_t size : {7U, 100U, 333U, 5000U}) {
    std::size_t rows = 0;
    for (std::uint64_t begin = 0; begin < file.size(); begin += size) {
      rows += ReadRange(file, Columns(), {0}, {}, begin,
                        std::min<std::uint64_t>(begin + size, file.size()))
                  .size();
    }
    EXPECT_EQ(rows, 15U) << size;
  }
}

TEST(AvroTest, ReadersSchemaGivesDefaultsAndAliases) {
  AvroOptions options;
  const auto reader = AvroSchema::Parse(
      R"({"type":"record","name":"r","fields":[{"name":"i","type":"double"},
          {"name":"name","aliases":["s"],"type":["null","string"]},
          {"name":"added","type":"int","default":42},
          {"name":"list","type":{"type":"array","items":"string"},"default":["a","b"]}]})");
  ASSERT_TRUE(reader) << reader.error().message;
  options.reader_schema = *reader;
  const plan::Schema columns = {{"i", Type(TypeId::kDouble)},
                                {"name", Type::Varchar()},
                                {"added", Type(TypeId::kInteger)},
                                {"list", Type::Array(Type::Varchar())}};
  EXPECT_EQ(ReadAll(MakeFile("null"), columns, options)[2], "2.000000|s2|42|[a,b,]|");
}

TEST(AvroTest, WhatDoesNotFit) {
  const std::vector<std::string> bad = {"HIVE_BAD_DATA"};
  EXPECT_EQ(ReadAll(MakeFile("null"), {{"s", Type(TypeId::kInteger)}}), bad);
  EXPECT_EQ(ReadAll(MakeFile("null"), {{"long", Type(TypeId::kInteger)}}), bad);
  EXPECT_EQ(ReadAll("hello", {{"s", Type::Varchar()}}),
            (std::vector<std::string>{"HIVE_CANNOT_OPEN_SPLIT"}));
  const std::string whole = MakeFile("deflate");
  EXPECT_EQ(ReadAll(whole.substr(0, whole.size() - 20), Columns()), bad);
  std::string damaged = MakeFile("snappy");
  damaged[damaged.size() - 40] ^= 0x55;
  EXPECT_EQ(ReadAll(damaged, Columns()), bad);
}

TEST(AvroTest, SparkReadsTheSchemaAsItsConverterDoes) {
  const auto schema = AvroSchema::Parse(kSchema);
  ASSERT_TRUE(schema) << schema.error().message;
  const auto columns = (*schema)->SparkColumns();
  ASSERT_TRUE(columns);
  EXPECT_EQ(plan::SparkTypeName(Type::Row(*columns)),
            "struct<i:int,Long:bigint,s:string,e:string,fx:binary,tu:timestamp,dec:decimal(10,2),"
            "arr:array<int>,mp:map<string,bigint>,rec:struct<x:int,y:string>,"
            "recs:array<struct<x:int,y:string>>,u:struct<member0:int,member1:string>>");
  EXPECT_EQ(ReadAll(MakeFile("null"), {(*columns)[11]}),
            (std::vector<std::string>{"(5,null,)|", "(null,t,)|", "null|"}));
  const auto recursive = AvroSchema::Parse(
      R"({"type":"record","name":"n","fields":[{"name":"next","type":["null","n"]}]})");
  ASSERT_TRUE(recursive);
  EXPECT_EQ((*recursive)->SparkColumns().error().reason, Reason::kAnalysisError);
}

TEST(AvroTest, NoSchemas) {
  for (const char* text : {"", "{", "\"nope\"", "{\"type\":\"record\"}", "[[\"int\"]]",
                           R"({"type":"fixed","name":"f"})", R"({"type":"enum","name":"e"})"}) {
    EXPECT_FALSE(AvroSchema::Parse(text)) << text;
  }
}

}  // namespace
}  // namespace owlet::scan
