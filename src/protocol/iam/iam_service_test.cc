#include "protocol/iam/iam_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/percent_encoding.h"
#include "core/access/policy_authorizer.h"

namespace owlet::iam {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kTrust =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}})";
constexpr const char* kAllowAll =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})";

struct Reply {
  int status;
  std::string body;
};

/// The service with authentication switched off: everybody is root.
class IamServiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    kv_ = std::move(*kv::KeyValueStore::OpenInMemory());
    accounts_ = std::move(*access::Accounts::Open(*kv_, clock_, {}));
    authenticator_ = std::make_unique<access::Authenticator>(
        *accounts_, clock_, access::Authenticator::Options{.everybody_is_root = true});
    authorizer_ = std::make_unique<access::PolicyAuthorizer>(*accounts_, clock_);
    service_ = MakeIamService(*accounts_, *authorizer_,
                              {.authenticator = authenticator_.get(), .clock = &clock_});
  }

  Reply Call(const std::string& action,
             const std::vector<std::pair<std::string, std::string>>& parameters = {}) {
    std::string form = "Version=2010-05-08&Action=" + action;
    for (const auto& [name, value] : parameters) form += "&" + name + "=" + PercentEncode(value);
    auto request = std::make_shared<net::HttpRequest>();
    request->method = "POST";
    request->raw_path = "/";
    request->headers.Add("Content-Type", "application/x-www-form-urlencoded");
    request->request_id = "1";
    net::Dispatch dispatch = service_->OnRequest(request);
    auto& handler = std::get<std::unique_ptr<net::RequestHandler>>(dispatch);
    EXPECT_TRUE(handler->OnBody(std::as_bytes(std::span(form))));
    const net::HttpResponse response = handler->OnEnd();
    Reply reply{.status = response.status, .body = {}};
    for (const auto& piece : response.body) reply.body += std::get<std::string>(piece);
    return reply;
  }

  SystemClock clock_;
  std::unique_ptr<kv::KeyValueStore> kv_;
  std::unique_ptr<access::Accounts> accounts_;
  std::unique_ptr<access::Authenticator> authenticator_;
  std::unique_ptr<access::Authorizer> authorizer_;
  std::unique_ptr<net::HttpService> service_;
};

TEST_F(IamServiceTest, TheCallsOfCreateDefaultRoles) {
  const Reply absent = Call("GetRole", {{"RoleName", "EMR_EC2_DefaultRole"}});
  EXPECT_EQ(absent.status, 404);
  EXPECT_THAT(absent.body, HasSubstr("<Code>NoSuchEntity</Code>"));
  EXPECT_EQ(Call("CreateRole",
                 {{"RoleName", "EMR_EC2_DefaultRole"}, {"AssumeRolePolicyDocument", kTrust}})
                .status,
            200);
  EXPECT_EQ(
      Call("AttachRolePolicy",
           {{"RoleName", "EMR_EC2_DefaultRole"},
            {"PolicyArn", "arn:aws:iam::aws:policy/service-role/AmazonElasticMapReduceforEC2Role"}})
          .status,
      200);
  EXPECT_EQ(Call("GetInstanceProfile", {{"InstanceProfileName", "EMR_EC2_DefaultRole"}}).status,
            404);
  EXPECT_EQ(Call("CreateInstanceProfile", {{"InstanceProfileName", "EMR_EC2_DefaultRole"}}).status,
            200);
  EXPECT_EQ(Call("AddRoleToInstanceProfile", {{"InstanceProfileName", "EMR_EC2_DefaultRole"},
                                              {"RoleName", "EMR_EC2_DefaultRole"}})
                .status,
            200);
  const Reply profile =
      Call("GetInstanceProfile", {{"InstanceProfileName", "EMR_EC2_DefaultRole"}});
  EXPECT_THAT(profile.body, HasSubstr("<RoleName>EMR_EC2_DefaultRole</RoleName>"));
  EXPECT_THAT(Call("GetRole", {{"RoleName", "EMR_EC2_DefaultRole"}}).body,
              HasSubstr("<AssumeRolePolicyDocument>" + PercentEncode(kTrust)));
}

TEST_F(IamServiceTest, ErrorsHaveTheCodesOfIam) {
  EXPECT_EQ(Call("CreateUser", {{"UserName", "ann"}}).status, 200);
  const auto fails = [&](int status, const std::string& code, const Reply& reply) {
    EXPECT_EQ(reply.status, status) << reply.body;
    EXPECT_THAT(reply.body, HasSubstr("<Code>" + code + "</Code>"));
  };
  fails(409, "EntityAlreadyExists", Call("CreateUser", {{"UserName", "ann"}}));
  fails(400, "ValidationError", Call("CreateUser", {{"UserName", "a b"}}));
  fails(400, "ValidationError", Call("CreateUser"));
  fails(
      400, "MalformedPolicyDocument",
      Call("PutUserPolicy", {{"UserName", "ann"}, {"PolicyName", "p"}, {"PolicyDocument", "{}"}}));
  fails(404, "NoSuchEntity", Call("DeleteUser", {{"UserName", "bob"}}));
  EXPECT_EQ(Call("CreateAccessKey", {{"UserName", "ann"}}).status, 200);
  EXPECT_EQ(Call("CreateAccessKey", {{"UserName", "ann"}}).status, 200);
  fails(409, "LimitExceeded", Call("CreateAccessKey", {{"UserName", "ann"}}));
  fails(409, "DeleteConflict", Call("DeleteUser", {{"UserName", "ann"}}));
  fails(501, "NotImplemented", Call("CreateVirtualMFADevice", {{"VirtualMFADeviceName", "g"}}));
}

TEST_F(IamServiceTest, ListsComeInPages) {
  for (const auto* name : {"c", "a", "b"}) Call("CreateUser", {{"UserName", name}});
  const Reply first = Call("ListUsers", {{"MaxItems", "2"}});
  EXPECT_THAT(first.body, HasSubstr("<IsTruncated>true</IsTruncated>"));
  EXPECT_THAT(first.body, HasSubstr("<UserName>b</UserName>"));
  EXPECT_THAT(first.body, Not(HasSubstr("<UserName>c</UserName>")));
  const std::size_t start = first.body.find("<Marker>") + 8;
  const std::string marker = first.body.substr(start, first.body.find("</Marker>") - start);
  const Reply second = Call("ListUsers", {{"MaxItems", "2"}, {"Marker", marker}});
  EXPECT_THAT(second.body, HasSubstr("<UserName>c</UserName>"));
  EXPECT_THAT(second.body, HasSubstr("<IsTruncated>false</IsTruncated>"));
}

TEST_F(IamServiceTest, PoliciesOfUsersAndTheirUse) {
  Call("CreateUser", {{"UserName", "ann"}});
  const std::string arn = "arn:aws:iam::000000000000:policy/all";
  EXPECT_EQ(Call("CreatePolicy", {{"PolicyName", "all"}, {"PolicyDocument", kAllowAll}}).status,
            200);
  EXPECT_EQ(Call("AttachUserPolicy", {{"UserName", "ann"}, {"PolicyArn", arn}}).status, 200);
  EXPECT_THAT(Call("GetPolicy", {{"PolicyArn", arn}}).body,
              HasSubstr("<AttachmentCount>1</AttachmentCount>"));
  EXPECT_THAT(Call("ListEntitiesForPolicy", {{"PolicyArn", arn}}).body,
              HasSubstr("<UserName>ann</UserName>"));
  EXPECT_THAT(Call("ListPolicies", {{"OnlyAttached", "true"}}).body, HasSubstr(arn));
  EXPECT_THAT(Call("ListAttachedUserPolicies", {{"UserName", "ann"}}).body, HasSubstr(arn));
  EXPECT_EQ(Call("DeletePolicy", {{"PolicyArn", arn}}).status, 409);
  EXPECT_EQ(Call("DetachUserPolicy", {{"UserName", "ann"}, {"PolicyArn", arn}}).status, 200);
  EXPECT_EQ(Call("DeletePolicy", {{"PolicyArn", arn}}).status, 200);
}

}  // namespace
}  // namespace owlet::iam
