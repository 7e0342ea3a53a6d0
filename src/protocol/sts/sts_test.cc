#include <gtest/gtest.h>

#include "core/access/policy_authorizer.h"
#include "protocol/sts/handlers.h"

namespace owlet::sts {
namespace {

std::string TrustOf(const std::string& principal, const std::string& condition = "{}") {
  return R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":)" + principal +
         R"(,"Action":"sts:AssumeRole","Condition":)" + condition + "}}";
}

class StsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    kv_ = std::move(*kv::KeyValueStore::OpenInMemory());
    accounts_ = std::move(
        *access::Accounts::Open(*kv_, clock_, {.others = {{.account_id = "111122223333"}}}));
    identities_ = &accounts_->main();
    authorizer_ = std::make_unique<access::PolicyAuthorizer>(*accounts_, clock_);
    access::User user;
    user.name = "ann";
    ASSERT_TRUE(identities_->CreateUser(user));
    ann_ = identities_->FindCredentials(identities_->CreateAccessKey("ann")->id)->principal;
  }

  std::string MakeRole(const std::string& name, const std::string& trust) {
    access::Role role;
    role.name = name;
    role.trust_policy = trust;
    return identities_->CreateRole(role)->arn;
  }

  Result<aws::sts::AssumeRoleResponse> Assume(const access::Principal& caller,
                                              const aws::sts::AssumeRoleRequest& request) {
    protocol::RequestContext context{};
    context.principal = caller;
    return AssumeRole(
        Call{.accounts = *accounts_, .authorizer = *authorizer_, .keys = keys_, .context = context},
        request);
  }

  static aws::sts::AssumeRoleRequest Ask(const std::string& arn) {
    aws::sts::AssumeRoleRequest request;
    request.role_arn = arn;
    request.role_session_name = "session";
    return request;
  }

  SystemClock clock_;
  std::unique_ptr<kv::KeyValueStore> kv_;
  std::unique_ptr<access::Accounts> accounts_;
  access::IdentityStore* identities_ = nullptr;
  access::KeySets keys_{""};
  std::unique_ptr<access::PolicyAuthorizer> authorizer_;
  access::Principal ann_;
};

TEST_F(StsTest, TheTrustPolicyDecidesWhoMayAssume) {
  const std::string direct = MakeRole("direct", TrustOf(R"({"AWS":")" + ann_.arn + R"("})"));
  const std::string account =
      MakeRole("account", TrustOf(R"({"AWS":"arn:aws:iam::000000000000:root"})"));
  const std::string service = MakeRole("service", TrustOf(R"({"Service":"ec2.amazonaws.com"})"));
  const access::Principal root = access::Principal::Root();
  const auto reply = Assume(ann_, Ask(direct));
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->assumed_role_user->arn, "arn:aws:sts::000000000000:assumed-role/direct/session");
  const auto credentials = identities_->FindCredentials(reply->credentials->access_key_id);
  ASSERT_TRUE(credentials);
  EXPECT_EQ(credentials->principal.name, "direct");
  EXPECT_EQ(credentials->session_token, reply->credentials->session_token);
  EXPECT_EQ(Assume(root, Ask(direct)).error().reason, Reason::kAccessDenied);
  EXPECT_EQ(Assume(ann_, Ask(account)).error().reason, Reason::kAccessDenied);
  EXPECT_TRUE(Assume(root, Ask(account)));
  EXPECT_EQ(Assume(ann_, Ask(service)).error().reason, Reason::kAccessDenied);
  EXPECT_EQ(Assume(root, Ask(service)).error().reason, Reason::kAccessDenied);
  EXPECT_EQ(Assume(ann_, Ask(direct + "x")).error().reason, Reason::kAccessDenied);
  ASSERT_TRUE(identities_->PutInlinePolicy(
      {access::PolicyOwner::Kind::kUser, "ann"}, "assume",
      R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}})"));
  EXPECT_TRUE(Assume(ann_, Ask(account)));
  EXPECT_EQ(Assume(ann_, Ask(service)).error().reason, Reason::kAccessDenied);
  ASSERT_TRUE(identities_->PutInlinePolicy(
      {access::PolicyOwner::Kind::kUser, "ann"}, "never",
      R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"sts:*","Resource":"*"}})"));
  EXPECT_EQ(Assume(ann_, Ask(direct)).error().reason, Reason::kAccessDenied);
}

TEST_F(StsTest, ConditionsDurationAndSessionPolicies) {
  const std::string arn =
      MakeRole("outside", TrustOf(R"({"AWS":"*"})", R"({"StringEquals":{"sts:ExternalId":"42"}})"));
  aws::sts::AssumeRoleRequest request = Ask(arn);
  EXPECT_EQ(Assume(ann_, request).error().reason, Reason::kAccessDenied);
  request.external_id = "42";
  EXPECT_TRUE(Assume(ann_, request));
  request.duration_seconds = 7200;
  EXPECT_EQ(Assume(ann_, request).error().condition, "ValidationError");
  request.duration_seconds = 900;
  request.policy = "{";
  EXPECT_EQ(Assume(ann_, request).error().condition, "MalformedPolicyDocument");
  ASSERT_TRUE(identities_->AttachPolicy({access::PolicyOwner::Kind::kRole, "outside"},
                                        "arn:aws:iam::aws:policy/AmazonS3FullAccess"));
  request.policy.reset();
  request.policy_arns.emplace().push_back(
      {.arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"});
  const auto reply = Assume(ann_, request);
  ASSERT_TRUE(reply);
  const auto session = identities_->FindCredentials(reply->credentials->access_key_id)->principal;
  EXPECT_TRUE(authorizer_->Decide(session, "s3:GetObject", "arn:aws:s3:::b/k"));
  EXPECT_FALSE(authorizer_->Decide(session, "s3:PutObject", "arn:aws:s3:::b/k"));
}

TEST_F(StsTest, RolesOfOtherAccountsAndSessionTags) {
  access::IdentityStore& other = *accounts_->Find("111122223333");
  access::Role role;
  role.name = "guest";
  role.trust_policy =
      R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"000000000000"},
          "Action":["sts:AssumeRole","sts:TagSession"],
          "Condition":{"StringLike":{"aws:RequestTag/team":"d*"}}}})";
  const std::string arn = other.CreateRole(role)->arn;
  aws::sts::AssumeRoleRequest request = Ask(arn);
  request.tags.emplace().push_back({.key = "team", .value = "data"});
  request.transitive_tag_keys = {{"team"}};
  // Both sides must allow.
  EXPECT_EQ(Assume(ann_, request).error().reason, Reason::kAccessDenied);
  const access::PolicyOwner ann{access::PolicyOwner::Kind::kUser, "ann"};
  ASSERT_TRUE(identities_->PutInlinePolicy(
      ann, "assume",
      R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:*","Resource":"*"}})"));
  const auto reply = Assume(ann_, request);
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->assumed_role_user->arn, "arn:aws:sts::111122223333:assumed-role/guest/session");
  const auto session = accounts_->FindCredentials(reply->credentials->access_key_id)->principal;
  EXPECT_EQ(session.account_id, "111122223333");
  EXPECT_EQ(session.session->tags.at("team"), "data");
  request.tags->front().value = "other";
  EXPECT_EQ(Assume(ann_, request).error().reason, Reason::kAccessDenied);
}

}  // namespace
}  // namespace owlet::sts
