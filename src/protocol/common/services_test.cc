#include <aws/athena/operations.h>
#include <aws/emr_serverless/operations.h>
#include <aws/glue/operations.h>
#include <aws/iam/operations.h>
#include <aws/sts/operations.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/common/json_service.h"
#include "protocol/common/query_service.h"
#include "protocol/common/rest_json_service.h"
#include "protocol/common/service_fixture.h"
#include "protocol/common/service_router.h"

namespace owlet::protocol {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

ServiceError NotFound(const Error& error) {
  return {.status = 400, .code = "EntityNotFoundException", .message = error.message};
}

class ServicesTest : public testing::Test, protected ServiceFixture {
 protected:
  JsonService glue_{aws::glue::kService, {.map_error = NotFound}, environment()};
  JsonService athena_{aws::athena::kService,
                      {.map_error = NotFound,
                       .validation_error = {.code = "InvalidRequestException",
                                            .fields = {{"AthenaErrorCode", "INVALID_INPUT"}}}},
                      environment()};
  QueryService iam_{aws::iam::kService,
                    {.map_error =
                         [](const Error& error) {
                           return ServiceError{
                               .status = 404, .code = "NoSuchEntity", .message = error.message};
                         }},
                    environment()};
  QueryService sts_{aws::sts::kService, {.map_error = NotFound}, environment()};

  static Sent Glue(std::string operation, std::string body) {
    return {.headers = {{"X-Amz-Target", "AWSGlue." + operation}}, .body = std::move(body)};
  }
};

TEST_F(ServicesTest, JsonCallsTheHandler) {
  glue_.On<aws::glue::operations::GetDatabase>(
      [](const RequestContext& context,
         const aws::glue::GetDatabaseRequest& request) -> Result<aws::glue::GetDatabaseResponse> {
        EXPECT_TRUE(context.principal.IsRoot());
        EXPECT_EQ(context.region, "us-east-1");
        if (request.name != "db") return Fail(Reason::kDatabaseNotFound, "Database not found.");
        aws::glue::GetDatabaseResponse reply;
        reply.database.emplace();
        reply.database->name = request.name;
        return reply;
      });
  const auto good = Send(glue_, Glue("GetDatabase", R"({"Name":"db"})"));
  EXPECT_EQ(good.status, 200);
  EXPECT_EQ(good.body, R"({"Database":{"Name":"db"}})");
  EXPECT_EQ(good.headers.Get("Content-Type"), "application/x-amz-json-1.1");
  EXPECT_EQ(good.headers.Get("x-amzn-RequestId"), "R1");
  EXPECT_EQ(good.operation, "glue.GetDatabase");
  const auto absent = Send(glue_, Glue("GetDatabase", R"({"Name":"other"})"));
  EXPECT_EQ(absent.status, 400);
  EXPECT_EQ(absent.body, R"({"__type":"EntityNotFoundException","Message":"Database not found."})");
  const auto invalid = Send(glue_, Glue("GetDatabase", R"({"Name":""})"));
  EXPECT_THAT(invalid.body, StartsWith(R"({"__type":"ValidationException","Message":"1 valid)"));
  const auto broken = Send(glue_, Glue("GetDatabase", "{"));
  EXPECT_THAT(broken.body, StartsWith(R"({"__type":"SerializationException","message":)"));
}

TEST_F(ServicesTest, JsonNamesWhatIsNotThere) {
  const auto known = Send(glue_, Glue("CreateCrawler", "{}"));
  EXPECT_EQ(known.status, 501);
  EXPECT_EQ(known.body,
            R"({"__type":"NotImplemented","message":"owlet does not implement CreateCrawler of )"
            R"(AWS Glue"})");
  const auto unknown = Send(glue_, Glue("NoSuchThing", "{}"));
  EXPECT_EQ(unknown.status, 400);
  EXPECT_THAT(unknown.body, StartsWith(R"({"__type":"UnknownOperationException")"));
}

TEST_F(ServicesTest, AthenaWordsBrokenInputItsWay) {
  athena_.On<aws::athena::operations::StopQueryExecution>(
      [](const RequestContext&, const aws::athena::StopQueryExecutionInput&)
          -> Result<aws::athena::StopQueryExecutionOutput> {
        return aws::athena::StopQueryExecutionOutput{};
      });
  const Sent sent = {.headers = {{"X-Amz-Target", "AmazonAthena.StopQueryExecution"}},
                     .body = R"({"QueryExecutionId":"a b"})"};
  EXPECT_THAT(Send(athena_, sent).body,
              StartsWith(R"({"__type":"InvalidRequestException","AthenaErrorCode":)"
                         R"("INVALID_INPUT","Message":"1 validation error detected: Value 'a b')"));
}

TEST_F(ServicesTest, JsonBoundsTheBody) {
  const auto large = Send(glue_, Glue("GetDatabase", std::string(5 << 20, ' ')));
  EXPECT_EQ(large.status, 413);
}

TEST_F(ServicesTest, QueryCallsTheHandler) {
  iam_.On<aws::iam::operations::CreateRole>(
      [](const RequestContext& context,
         const aws::iam::CreateRoleRequest& request) -> Result<aws::iam::CreateRoleResponse> {
        if (request.role_name == "gone") return Fail(Reason::kEntityNotFound, "<gone>");
        aws::iam::CreateRoleResponse reply;
        reply.role.role_name = request.role_name;
        reply.role.create_date = context.now;
        reply.role.tags = request.tags;
        return reply;
      });
  const Sent sent = {.body =
                         "Action=CreateRole&Version=2010-05-08&RoleName=r&AssumeRolePolicyDocument="
                         "%7B%7D&Tags.member.2.Key=b&Tags.member.2.Value=2&Tags.member.1.Key=a&"
                         "Tags.member.1.Value=%40"};
  const auto good = Send(iam_, sent);
  EXPECT_EQ(good.status, 200) << good.body;
  EXPECT_EQ(good.body,
            "<CreateRoleResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">"
            "<CreateRoleResult><Role><Path></Path><RoleName>r</RoleName><RoleId></RoleId>"
            "<Arn></Arn><CreateDate>2026-01-31T23:59:59Z</CreateDate><Tags><member><Key>a</Key>"
            "<Value>@</Value></member><member><Key>b</Key><Value>2</Value></member></Tags>"
            "</Role></CreateRoleResult><ResponseMetadata><RequestId>R1</RequestId>"
            "</ResponseMetadata></CreateRoleResponse>");
  const auto failed =
      Send(iam_, {.body = "Action=CreateRole&RoleName=gone&AssumeRolePolicyDocument=%7B%7D"});
  EXPECT_EQ(failed.status, 404);
  EXPECT_EQ(failed.body,
            "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error>"
            "<Type>Sender</Type><Code>NoSuchEntity</Code><Message>&lt;gone&gt;</Message></Error>"
            "<RequestId>R1</RequestId></ErrorResponse>");
}

TEST_F(ServicesTest, QueryRefusesWhatItCannotRead) {
  iam_.On<aws::iam::operations::CreateRole>(
      [](const RequestContext&,
         const aws::iam::CreateRoleRequest&) -> Result<aws::iam::CreateRoleResponse> {
        return aws::iam::CreateRoleResponse{};
      });
  const auto code = [&](std::string body) { return Send(iam_, {.body = std::move(body)}).body; };
  const std::string start = "Action=CreateRole&RoleName=r&AssumeRolePolicyDocument=%7B%7D";
  EXPECT_THAT(code("Action=CreateRole"), HasSubstr("<Code>ValidationError</Code>"));
  EXPECT_THAT(code("Action=CreateRole&RoleName=%20&AssumeRolePolicyDocument=x"),
              HasSubstr("at 'roleName' failed to satisfy constraint: Member must satisfy regular "
                        "expression pattern: [\\w+=,.@-]+"));
  EXPECT_THAT(code(start + "&MaxSessionDuration=soon"), HasSubstr("<Code>MalformedInput</Code>"));
  EXPECT_THAT(code(start + "&Tags.member.x.Key=a"), HasSubstr("<Code>MalformedInput</Code>"));
  std::string deep = start + "&Tags";
  for (int i = 0; i < 100'000; ++i) deep += ".member.1";
  EXPECT_THAT(code(deep + "=a"), HasSubstr("<Code>MalformedInput</Code>"));
  EXPECT_THAT(code("Action=Nothing&Version=2010-05-08"), HasSubstr("<Code>InvalidAction</Code>"));
  EXPECT_THAT(code("Action=CreateRole&Version=1"), HasSubstr("<Code>InvalidAction</Code>"));
  EXPECT_THAT(code(""), HasSubstr("<Code>MissingAction</Code>"));
  EXPECT_THAT(code("Action=CreateSAMLProvider"),
              HasSubstr("owlet does not implement CreateSAMLProvider of AWS Identity and Access"));
}

TEST_F(ServicesTest, RestJsonFindsTheOperationByItsPath) {
  RestJsonService serverless(aws::emr_serverless::kService, {.map_error = NotFound}, environment());
  serverless.On<aws::emr_serverless::operations::GetJobRun>(
      [](const RequestContext&, const aws::emr_serverless::GetJobRunRequest& request)
          -> Result<aws::emr_serverless::GetJobRunResponse> {
        return Fail(Reason::kEntityNotFound, request.application_id + "/" + request.job_run_id);
      });
  EXPECT_EQ(Send(serverless, {.method = "GET", .path = "/applications/a1/jobruns/b2"}).body,
            R"({"__type":"EntityNotFoundException","message":"a1/b2"})");
  EXPECT_THAT(Send(serverless, {.method = "GET", .path = "/applications/A!/jobruns/b"}).body,
              HasSubstr("'applicationId' failed to satisfy constraint"));
  EXPECT_EQ(Send(serverless, {.method = "GET", .path = "/applications"}).status, 501);
  EXPECT_EQ(Send(serverless, {.method = "GET", .path = "/nothing"}).status, 404);
}

TEST_F(ServicesTest, RouterTellsTheServices) {
  ServiceRouter router;
  router.Add(aws::glue::kService, glue_);
  router.Add(aws::athena::kService, athena_);
  router.Add(aws::iam::kService, iam_);
  router.Add(aws::sts::kService, sts_);
  const auto scope = [](std::string service) {
    return std::pair<std::string, std::string>(
        "Authorization", "AWS4-HMAC-SHA256 Credential=AK/20260131/us-east-1/" + service +
                             "/aws4_request, SignedHeaders=host, Signature=00");
  };
  EXPECT_EQ(Send(router, Glue("GetTables", "{}")).operation, "glue.GetTables");
  EXPECT_THAT(Send(router, {.headers = {{"X-Amz-Target", "Logs_20140328.GetLogEvents"}}}).body,
              HasSubstr("owlet does not serve the service 'Logs_20140328'"));
  EXPECT_EQ(Send(router, {.headers = {scope("iam")}, .body = "Action=ListRoles"}).operation,
            "iam.ListRoles");
  EXPECT_THAT(Send(router, {.headers = {scope("ec2")}, .body = "Action=DescribeSubnets"}).body,
              HasSubstr("owlet does not serve the service 'ec2'"));
  EXPECT_EQ(Send(router, {.method = "GET", .query = "Action=GetCallerIdentity"}).operation,
            "sts.GetCallerIdentity");
  const std::pair<std::string, std::string> form("Content-Type",
                                                 "application/x-www-form-urlencoded");
  EXPECT_EQ(Send(router, {.headers = {form}, .body = "Action=AssumeRoleWithWebIdentity"}).operation,
            "sts.AssumeRoleWithWebIdentity");
}

}  // namespace
}  // namespace owlet::protocol
