#include "core/engine/engine.h"

#include <gmock/gmock.h>

#include "core/engine/engine_fixture.h"
#include "core/plan/type_names.h"

namespace owlet::engine {
namespace {

using plan::Type;
using plan::TypeId;
using testing::ElementsAre;
using testing::EndsWith;
using testing::IsEmpty;
using testing::SizeIs;

const Type kLong(TypeId::kBigint);
const Type kString = Type::Varchar();

std::string SchemaText(const plan::NodePtr& node) {
  return plan::SparkTypeName(Type::Row(plan::SchemaOf(*node)));
}

// Expected values: Spark 4.3.0's answers for the same files.

TEST_F(EngineTest, InfersAndReadsJson) {
  PutObject("in/a.json",
            "{\"a\":1,\"B\":1.5,\"c\":\"x\",\"_z\":null,\"d\":[],\"e\":{},\"f\":[1,2.5],"
            "\"g\":[{\"x\":1},{\"y\":2}],\"h\":12345678901234567890}\n"
            "{\"a\":1.5,\"B\":true,\"d\":[1],\"f\":[\"s\"]}");
  auto node = Read("json", "s3://data/in/");
  ASSERT_TRUE(node) << node.error().message;
  EXPECT_EQ(SchemaText(*node),
            "struct<B:string,_z:string,a:double,c:string,d:array<bigint>,f:array<string>,"
            "g:array<struct<x:bigint,y:bigint>>,h:decimal(20,0)>");
  auto rows = Rows(*node);
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_THAT(
      *rows,
      ElementsAre("{\"B\":\"1.5\",\"_z\":null,\"a\":1.0,\"c\":\"x\",\"d\":[],\"f\":[\"1\",\"2.5\"],"
                  "\"g\":[{\"x\":1,\"y\":null},{\"x\":null,\"y\":2}],\"h\":12345678901234567890}",
                  "{\"B\":\"true\",\"_z\":null,\"a\":1.5,\"c\":null,\"d\":[1],\"f\":[\"s\"],"
                  "\"g\":null,\"h\":null}"));
}

TEST_F(EngineTest, ReadsJsonAgainAsItIsThen) {
  const auto read = [&] { return Read("json", "s3://data/again/").value(); };
  PutObject("again/a.json", "{\"n\":1,\"s\":\"x\"}\n{\"n\":2}\n");
  const std::vector<std::string> first = {R"({"n":1,"s":"x"})", R"({"n":2,"s":null})"};
  EXPECT_EQ(Rows(read()).value(), first);
  EXPECT_EQ(Rows(read()).value(), first);
  // A reader with a schema of its own, and with other options.
  const plan::Schema texts =
      MakeSchema({{"n", plan::Type::Varchar()}, {"s", plan::Type::Varchar()}});
  EXPECT_EQ(ReadRows("json", "s3://data/again/", {{"mode", "FAILFAST"}}, texts).value(),
            (std::vector<std::string>{R"({"n":"1","s":"x"})", R"({"n":"2","s":null})"}));
  const auto described = read();
  PutObject("again/a.json", "{\"n\":3,\"s\":\"yy\"}\n");
  EXPECT_EQ(Rows(described).value(), std::vector<std::string>{R"({"n":3,"s":"yy"})"});
  PutObject("again/b.json", "{\"n\":4}\n");
  EXPECT_EQ(Rows(read()).value(),
            (std::vector<std::string>{R"({"n":3,"s":"yy"})", R"({"n":4,"s":null})"}));
}

TEST_F(EngineTest, CountsTheBytesOfWhatItNeedNotRead) {
  PutObject("again/a.json", "{\"n\":1,\"s\":\"x\"}\n{\"n\":2}\n");
  const auto plan = Read("json", "s3://data/again/").value();
  std::vector<std::uint64_t> scanned;
  for (int i = 0; i < 2; ++i) {
    const auto stream = engine_->Execute(plan, Context()).value();
    while (stream->Next().value()) {
    }
    scanned.push_back(stream->progress().bytes_scanned);
  }
  EXPECT_EQ(scanned, (std::vector<std::uint64_t>{24, 24}));
}

TEST_F(EngineTest, KeepsCorruptRecords) {
  PutObject("in/a.json",
            "{\"a\":1}\n{\"a\":\n{\"a\":2} trailing\n[{\"a\":5},{\"a\":6}]\n5\n\"s\"\n\n   \nnull\n"
            "{\"a\":3}{\"a\":4}\n{\"a\":7");
  auto rows = ReadRows("json", "s3a://data/in/*.json");
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_THAT(
      *rows,
      ElementsAre("{\"_corrupt_record\":null,\"a\":1}",
                  "{\"_corrupt_record\":\"{\\\"a\\\":\",\"a\":null}",
                  "{\"_corrupt_record\":null,\"a\":2}", "{\"_corrupt_record\":null,\"a\":5}",
                  "{\"_corrupt_record\":null,\"a\":6}", "{\"_corrupt_record\":\"5\",\"a\":null}",
                  "{\"_corrupt_record\":\"\\\"s\\\"\",\"a\":null}",
                  "{\"_corrupt_record\":\"null\",\"a\":null}", "{\"_corrupt_record\":null,\"a\":3}",
                  "{\"_corrupt_record\":\"{\\\"a\\\":7\",\"a\":null}"));
}

TEST_F(EngineTest, DropsOrRefusesMalformedJson) {
  PutObject("in/a.json", "{\"a\":1}\n{\"a\":\"x\"}\n{\"a\":\n");
  const auto schema = MakeSchema({{"a", kLong}});
  EXPECT_THAT(ReadRows("json", "s3://data/in", {{"mode", "DROPMALFORMED"}}, schema).value(),
              ElementsAre("{\"a\":1}"));
  auto failed = ReadRows("json", "s3://data/in", {{"mode", "FAILFAST"}}, schema);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().condition, "FAILED_READ_FILE.NO_HINT");
  EXPECT_EQ(failed.error().Parameter("path"), "s3://data/in/a.json");
  failed = ReadRows("json", "s3://data/in", {{"mode", "FAILFAST"}});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().condition, "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION");
}

TEST_F(EngineTest, SaysWhatIsMissing) {
  auto missing = ReadRows("json", "s3://data/none");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().condition, "PATH_NOT_FOUND");
  PutObject("empty/_SUCCESS", "");
  auto nothing = ReadRows("parquet", "s3://data/empty");
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().condition, "UNABLE_TO_INFER_SCHEMA");
  PutObject("bad/a.parquet", "this is no Parquet file at all");
  auto broken = ReadRows("parquet", "s3://data/bad");
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().condition, "FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER");
}

TEST_F(EngineTest, ReadsPartitions) {
  PutObject("t/dt=2020-01-01/n=1/a.json", "{\"v\":1}");
  PutObject("t/dt=2020-01-02/n=__HIVE_DEFAULT_PARTITION__/a.json", "{\"v\":2}");
  PutObject("t/_SUCCESS", "");
  auto node = Read("json", "s3://data/t/");
  ASSERT_TRUE(node) << node.error().message;
  EXPECT_EQ(SchemaText(*node), "struct<v:bigint,dt:date,n:int>");
  EXPECT_THAT(Rows(*node).value(), ElementsAre("{\"v\":1,\"dt\":\"2020-01-01\",\"n\":1}",
                                               "{\"v\":2,\"dt\":\"2020-01-02\",\"n\":null}"));
}

TEST_F(EngineTest, WritesAndReadsParquet) {
  PutObject(
      "in/a.json",
      "{\"a\":1,\"t\":\"2020-01-02T03:04:05.123Z\",\"s\":{\"x\":1,\"y\":[1,2]},\"p\":\"u/v\"}\n"
      "{\"a\":2,\"p\":null}");
  const auto schema = MakeSchema(
      {{"a", kLong},
       {"t", Type(TypeId::kTimestampLocalZone)},
       {"s", Type::Row({{.name = "x", .type = kLong}, {.name = "y", .type = Type::Array(kLong)}})},
       {"p", kString}});
  auto node = Read("json", "s3://data/in", {}, schema);
  ASSERT_TRUE(node) << node.error().message;
  WriteSpec spec{.format = "parquet", .path = "s3://data/out"};
  auto written = engine_->Write(*node, spec, Context());
  ASSERT_TRUE(written) << written.error().message;
  EXPECT_EQ(written->num_rows, 2);
  ASSERT_THAT(Keys("out/"), SizeIs(2));
  EXPECT_THAT(Keys("out/")[1], EndsWith("-c000.snappy.parquet"));
  auto back = Read("parquet", "s3://data/out");
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(SchemaText(*back),
            "struct<a:bigint,t:timestamp,s:struct<x:bigint,y:array<bigint>>,p:string>");
  EXPECT_EQ(Rows(*back).value(), Rows(*node).value());

  auto again = engine_->Write(*node, spec, Context());
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().condition, "PATH_ALREADY_EXISTS");
  spec.mode = WriteMode::kOverwrite;
  spec.partition_by = {"p"};
  ASSERT_TRUE(engine_->Write(*node, spec, Context()));
  const auto keys = Keys("out/");
  ASSERT_THAT(keys, SizeIs(3));
  EXPECT_THAT(keys[1], testing::StartsWith("out/p=__HIVE_DEFAULT_PARTITION__/part-00000-"));
  EXPECT_THAT(keys[2], testing::StartsWith("out/p=u%2Fv/part-00000-"));
  EXPECT_THAT(keys[2], EndsWith(".c000.snappy.parquet"));
  EXPECT_THAT(ReadRows("parquet", "s3://data/out").value(), SizeIs(2));
}

TEST_F(EngineTest, WritesTextFormats) {
  PutObject("in/a.json", "{\"a\":\"a,b\",\"b\":\"q\\\"x\",\"n\":1.5}\n{\"a\":\"\",\"n\":1e20}");
  auto node = Read("json", "s3://data/in");
  ASSERT_TRUE(node);
  WriteSpec spec{.format = "csv", .path = "s3://data/csv", .options = {{"header", "true"}}};
  ASSERT_TRUE(engine_->Write(*node, spec, Context()));
  EXPECT_EQ(GetObject(Keys("csv/part")[0]), "a,b,n\n\"a,b\",\"q\\\"x\",1.5\n\"\",,1.0E20\n");
  spec = {.format = "json", .path = "s3://data/json", .options = {{"compression", "gzip"}}};
  ASSERT_TRUE(engine_->Write(*node, spec, Context()));
  EXPECT_THAT(Keys("json/part")[0], EndsWith("-c000.json.gz"));
  EXPECT_EQ(ReadRows("json", "s3://data/json").value(), Rows(*node).value());
}

TEST_F(EngineTest, ReadsCsvAsSparkDoes) {
  PutObject("c/a.csv", "i,l,d\n1,3000000000,2020-01-01\n2,,x\n");
  auto node = Read("csv", "s3://data/c", {{"header", "true"}, {"inferSchema", "true"}});
  ASSERT_TRUE(node) << node.error().message;
  EXPECT_EQ(SchemaText(*node), "struct<i:int,l:bigint,d:string>");
  EXPECT_THAT(Rows(*node).value(), ElementsAre("{\"i\":1,\"l\":3000000000,\"d\":\"2020-01-01\"}",
                                               "{\"i\":2,\"l\":null,\"d\":\"x\"}"));
  PutObject("q/a.csv", "a,\"b \"\"q\"\" c\",\"d \\\" e\"\n\"\",,'s'\n  p , \"q\" ,r\n");
  EXPECT_THAT(
      ReadRows("csv", "s3://data/q").value(),
      ElementsAre("{\"_c0\":\"a\",\"_c1\":\"\\\"b \\\"\\\"q\\\"\\\" c\\\"\",\"_c2\":\"d \\\" e\"}",
                  "{\"_c0\":null,\"_c1\":null,\"_c2\":\"'s'\"}",
                  "{\"_c0\":\"  p \",\"_c1\":\" \\\"q\\\" \",\"_c2\":\"r\"}"));
}

TEST_F(EngineTest, CancelsSoon) {
  std::stop_source stop;
  ExecutionContext context = Context();
  context.stop = stop.get_token();
  stop.request_stop();
  PutObject("in/a.json", "{\"a\":1}");
  auto node = Read("json", "s3://data/in");
  auto stream = engine_->Execute(*node, context);
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().reason, Reason::kCancelled);
}

TEST_F(EngineTest, CountsBytes) {
  const std::string text = "{\"a\":1}\n{\"a\":2}\n";
  PutObject("in/a.json", text);
  auto node = Read("json", "s3://data/in");
  auto stream = engine_->Execute(*node, Context());
  ASSERT_TRUE(stream);
  while ((*stream)->Next().value()) {
  }
  EXPECT_EQ((*stream)->progress().bytes_scanned, text.size());
  EXPECT_EQ((*stream)->progress().rows_scanned, 2);
}

}  // namespace
}  // namespace owlet::engine
