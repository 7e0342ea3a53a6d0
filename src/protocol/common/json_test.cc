#include <aws/athena/operations.h>
#include <aws/emr/operations.h>
#include <aws/glue/operations.h>
#include <gtest/gtest.h>

#include "protocol/common/json_reader.h"
#include "protocol/common/json_writer.h"

namespace owlet::protocol {
namespace {

constexpr std::size_t kDepth = 100;

template <class Operation>
struct Read {
  typename Operation::Request request{};
  Validation validation;
  Status status;

  explicit Read(std::string_view body) {
    status = ReadJson(*Operation::kSchema.input, body, kDepth, validation, &request);
  }
};

using Start = Read<aws::athena::operations::StartQueryExecution>;

TEST(ReadJson, FillsPlainRequiredAndOptionalMembers) {
  const Start read(R"({"QueryString":"SELECT 1","WorkGroup":"primary","Unknown":[{}],
      "QueryExecutionContext":{"Database":"db"},"ClientRequestToken":null,
      "ExecutionParameters":["1","'a'"]})");
  ASSERT_TRUE(read.status) << read.status.error().message;
  EXPECT_TRUE(read.validation.ok()) << read.validation.Message();
  EXPECT_EQ(read.request.query_string, "SELECT 1");
  EXPECT_EQ(read.request.work_group, "primary");
  EXPECT_EQ(read.request.query_execution_context->database, "db");
  EXPECT_FALSE(read.request.client_request_token);
  EXPECT_EQ(read.request.execution_parameters->size(), 2U);
}

TEST(ReadJson, WordsBrokenConstraintsAsTheServicesDo) {
  const Start empty(R"({"QueryString":""})");
  EXPECT_EQ(empty.validation.Message(),
            "1 validation error detected: Value '' at 'queryString' failed to satisfy constraint: "
            "Member must have length greater than or equal to 1");
  const Start missing("{}");
  EXPECT_EQ(missing.validation.Message(),
            "1 validation error detected: Value null at 'queryString' failed to satisfy "
            "constraint: Member must not be null");
  const Start nested(
      R"({"QueryString":"x","WorkGroup":"a b",
          "ResultConfiguration":{"EncryptionConfiguration":{"EncryptionOption":"ROT13"}}})");
  EXPECT_EQ(nested.validation.Message(),
            "2 validation errors detected: Value 'a b' at 'workGroup' failed to satisfy "
            "constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9._-]{1,128}; "
            "Value 'ROT13' at 'resultConfiguration.encryptionConfiguration.encryptionOption' "
            "failed to satisfy constraint: Member must satisfy enum value set: [SSE_S3, SSE_KMS, "
            "CSE_KMS]");
}

TEST(ReadJson, NamesElementsOfLists) {
  const Read<aws::glue::operations::CreateTable> read(R"({"DatabaseName":"db","TableInput":
      {"Name":"t","StorageDescriptor":{"Columns":[{"Name":"a"},{"Name":"","Type":"int"}]}}})");
  EXPECT_EQ(read.validation.Message(),
            "1 validation error detected: Value '' at "
            "'tableInput.storageDescriptor.columns.2.member.name' failed to satisfy constraint: "
            "Member must have length greater than or equal to 1");
  ASSERT_EQ(read.request.table_input->storage_descriptor->columns->size(), 2U);
}

TEST(ReadJson, RefusesOtherTypesAndBrokenText) {
  const auto message = [](std::string_view body) {
    const Start read(body);
    return read.status ? std::string("no error") : read.status.error().message;
  };
  EXPECT_EQ(message(R"({"QueryString":1})"), "NUMBER_VALUE can not be converted to a String");
  EXPECT_EQ(message(R"({"QueryString":{}})"),
            "Start of structure or map found where not expected.");
  EXPECT_EQ(message(R"([])"), "Start of list found where not expected");
  EXPECT_EQ(message(R"({"QueryString":)"), "Unexpected token received from parser");
  EXPECT_EQ(message("{\"QueryString\":\"\xFF\"}"), "Unexpected token received from parser");
  EXPECT_EQ(message("7"), "NUMBER_VALUE can not be converted to a structure");
  const Start read("nonsense");
  EXPECT_EQ(read.status.error().condition, "SerializationException");
}

TEST(ReadJson, BoundsTheDepth) {
  // EMR's Configuration holds a list of Configuration: the one shape that nests without end.
  const auto nested = [](int levels) {
    std::string body = R"({"Name":"c","Instances":{},"Configurations":[)";
    for (int i = 0; i < levels; ++i) body += R"({"Classification":"x","Configurations":[)";
    for (int i = 0; i < levels; ++i) body += "]}";
    return body + "]}";
  };
  using Run = Read<aws::emr::operations::RunJobFlow>;
  EXPECT_TRUE(Run(nested(40)).status);
  EXPECT_FALSE(Run(nested(60)).status);
  EXPECT_FALSE(Run(nested(200'000)).status);
  EXPECT_FALSE(Run(std::string(1'000'000, '[')).status);
  EXPECT_FALSE(Run(R"({"a":)" + std::string(1'000'000, '[')).status);
}

TEST(WriteJson, WritesWhatIsThere) {
  aws::glue::GetDatabaseResponse reply;
  reply.database.emplace();
  reply.database->name = "d\"\n\x01\xFF";
  reply.database->create_time = Timestamp{std::chrono::milliseconds{1769903999123}};
  reply.database->parameters.emplace();
  (*reply.database->parameters)["k"] = "v";
  std::string text;
  WriteJson(*aws::glue::operations::GetDatabase::kSchema.output, &reply, text);
  EXPECT_EQ(text,
            "{\"Database\":{\"Name\":\"d\\\"\\n\\u0001\xEF\xBF\xBD\",\"Parameters\":{\"k\":\"v\"},"
            "\"CreateTime\":1769903999.123}}");
}

TEST(ServiceSchema, HoldsAllOperationsAndUsablePatterns) {
  for (const ServiceSchema* service :
       {&aws::athena::kService, &aws::glue::kService, &aws::emr::kService}) {
    for (const Shape* shape : service->shapes) {
      if (shape->pcre_pattern.empty()) continue;
      EXPECT_TRUE(IsUsablePattern(shape->pcre_pattern)) << service->name << ' ' << shape->name;
    }
  }
  EXPECT_EQ(aws::glue::kService.operations.size(), 314U);
  ASSERT_NE(aws::glue::kService.Find("CreateCrawler"), nullptr);
  EXPECT_EQ(aws::glue::kService.Find("CreateCrawler")->typed, nullptr);
  EXPECT_EQ(aws::glue::kService.Find("GetTable")->typed, &aws::glue::operations::GetTable::kSchema);
  EXPECT_EQ(aws::glue::kService.Find("NoSuchThing"), nullptr);
}

}  // namespace
}  // namespace owlet::protocol
