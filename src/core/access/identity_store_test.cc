#include "core/access/identity_store.h"

#include <gtest/gtest.h>

#include "core/access/policy_authorizer.h"
#include "core/access/request_time.h"

namespace owlet::access {
namespace {

using namespace std::chrono_literals;

constexpr const char* kTrust =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}})";
constexpr const char* kAllowGet =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}})";

template <class Value>
std::string Condition(const Result<Value>& result) {
  return result ? "" : result.error().condition;
}

class IdentityStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    kv_ = std::move(*kv::KeyValueStore::OpenInMemory());
    Reopen();
  }
  void Reopen() {
    identities_.reset();
    auto opened = IdentityStore::Open(*kv_, clock_, {});
    ASSERT_TRUE(opened) << opened.error().message;
    identities_ = std::move(*opened);
  }
  static Role MakeRole(std::string name) {
    Role role;
    role.name = std::move(name);
    role.trust_policy = kTrust;
    return role;
  }
  static User MakeUser(std::string name) {
    User user;
    user.name = std::move(name);
    return user;
  }

  ManualClock clock_{*ParsePolicyTime("2026-01-31T12:00:00Z")};
  std::unique_ptr<kv::KeyValueStore> kv_;
  std::unique_ptr<IdentityStore> identities_;
};

TEST_F(IdentityStoreTest, MakesTheRootKeyOnceAndKeepsIt) {
  const auto key = identities_->root_key();
  EXPECT_EQ(key.first.size(), 20U);
  EXPECT_EQ(key.second.size(), 40U);
  Reopen();
  EXPECT_EQ(identities_->root_key(), key);
  const auto credentials = identities_->FindCredentials(key.first);
  ASSERT_TRUE(credentials);
  EXPECT_TRUE(credentials->principal.IsRoot());
  EXPECT_EQ(credentials->secret_access_key, key.second);
  auto given = IdentityStore::Open(*kv_, clock_, {.root_key = {{"mykey", "mysecret"}}});
  EXPECT_TRUE((*given)->FindCredentials("mykey"));
  EXPECT_FALSE((*given)->FindCredentials(key.first));
}

TEST_F(IdentityStoreTest, UsersAndKeysSurviveARestart) {
  User wanted = MakeUser("Ann");
  wanted.path = "/team/";
  wanted.tags["a"] = "b";
  ASSERT_TRUE(identities_->CreateUser(wanted));
  EXPECT_EQ(Condition(identities_->CreateUser(MakeUser("ANN"))), "EntityAlreadyExists");
  EXPECT_EQ(Condition(identities_->CreateUser(MakeUser("a/b"))), "ValidationError");
  const auto key = identities_->CreateAccessKey("ann");
  ASSERT_TRUE(key);
  ASSERT_TRUE(identities_->CreateAccessKey("Ann"));
  EXPECT_EQ(Condition(identities_->CreateAccessKey("Ann")), "LimitExceeded");
  Reopen();
  const auto user = identities_->FindUser("ann");
  ASSERT_TRUE(user);
  EXPECT_EQ(user->arn, "arn:aws:iam::000000000000:user/team/Ann");
  EXPECT_EQ(user->tags.at("a"), "b");
  const auto credentials = identities_->FindCredentials(key->id);
  ASSERT_TRUE(credentials);
  EXPECT_EQ(credentials->principal.name, "Ann");
  EXPECT_EQ(credentials->principal.arn, user->arn);
  ASSERT_TRUE(identities_->SetAccessKeyActive("Ann", key->id, false));
  EXPECT_EQ(identities_->FindCredentials(key->id).error().reason, Reason::kUnknownAccessKey);
  EXPECT_EQ(Condition(identities_->DeleteUser("Ann")), "DeleteConflict");
  EXPECT_EQ(identities_->ListUsers("/team/").size(), 1U);
  EXPECT_EQ(identities_->ListUsers("/other/").size(), 0U);
}

TEST_F(IdentityStoreTest, RenamingAUserKeepsItsKeys) {
  ASSERT_TRUE(identities_->CreateUser(MakeUser("ann")));
  ASSERT_TRUE(identities_->CreateUser(MakeUser("bob")));
  const auto key = identities_->CreateAccessKey("ann");
  EXPECT_EQ(Condition(identities_->UpdateUser("ann", "bob", "")), "EntityAlreadyExists");
  ASSERT_TRUE(identities_->UpdateUser("ann", "zoe", "/x/"));
  Reopen();
  EXPECT_EQ(Condition(identities_->FindUser("ann")), "NoSuchEntity");
  EXPECT_EQ(identities_->FindCredentials(key->id)->principal.arn,
            "arn:aws:iam::000000000000:user/x/zoe");
}

TEST_F(IdentityStoreTest, RolesProfilesAndTheirConflicts) {
  const std::string arn = "arn:aws:iam::aws:policy/service-role/AmazonElasticMapReduceforEC2Role";
  Role bad = MakeRole("bad");
  bad.trust_policy = kAllowGet;
  EXPECT_EQ(Condition(identities_->CreateRole(bad)), "MalformedPolicyDocument");
  const auto role = identities_->CreateRole(MakeRole("EMR_EC2_DefaultRole"));
  ASSERT_TRUE(role);
  const PolicyOwner owner{PolicyOwner::Kind::kRole, "EMR_EC2_DefaultRole"};
  ASSERT_TRUE(identities_->AttachPolicy(owner, arn));
  ASSERT_TRUE(identities_->AttachPolicy(owner, arn));
  EXPECT_EQ(Condition(identities_->AttachPolicy(owner, "arn:aws:iam::aws:policy/NoSuch")),
            "NoSuchEntity");
  InstanceProfile profile;
  profile.name = "EMR_EC2_DefaultRole";
  ASSERT_TRUE(identities_->CreateInstanceProfile(profile));
  EXPECT_EQ(Condition(identities_->CreateInstanceProfile(profile)), "EntityAlreadyExists");
  ASSERT_TRUE(identities_->AddRoleToInstanceProfile(profile.name, role->name));
  EXPECT_EQ(Condition(identities_->AddRoleToInstanceProfile(profile.name, role->name)),
            "LimitExceeded");
  Reopen();
  EXPECT_EQ(identities_->FindRole("emr_ec2_defaultrole")->permissions.attached_policy_arns.size(),
            1U);
  EXPECT_EQ(identities_->FindRoleByArn(role->arn)->id, role->id);
  EXPECT_EQ(Condition(identities_->DeleteRole(role->name)), "DeleteConflict");
  EXPECT_EQ(Condition(identities_->DeleteInstanceProfile(profile.name)), "DeleteConflict");
  ASSERT_TRUE(identities_->RemoveRoleFromInstanceProfile(profile.name, role->name));
  EXPECT_EQ(Condition(identities_->DeleteRole(role->name)), "DeleteConflict");
  ASSERT_TRUE(identities_->DetachPolicy(owner, arn));
  EXPECT_EQ(Condition(identities_->DetachPolicy(owner, arn)), "NoSuchEntity");
  ASSERT_TRUE(identities_->DeleteRole(role->name));
  ASSERT_TRUE(identities_->DeleteInstanceProfile(profile.name));
  Reopen();
  EXPECT_TRUE(identities_->ListRoles("/").empty());
}

TEST_F(IdentityStoreTest, MakesTheDefaultRolesOfEmrOnce) {
  ASSERT_TRUE(identities_->MakeEmrDefaultRoles());
  const auto profile = identities_->FindInstanceProfile("EMR_EC2_DefaultRole");
  ASSERT_TRUE(profile);
  EXPECT_EQ(profile->role_name, "EMR_EC2_DefaultRole");
  EXPECT_EQ(identities_->ListRoles("/").size(), 3U);
  const auto role = identities_->RoleIdentity("EMR_EC2_DefaultRole", "step");
  ASSERT_TRUE(role);
  const PolicyAuthorizer authorizer(*identities_, clock_);
  EXPECT_TRUE(authorizer.Decide(*role, "s3:PutObject", "arn:aws:s3:::b/k"));
  EXPECT_FALSE(authorizer.Decide(*role, "iam:CreateUser", "*"));
  const PolicyOwner owner{PolicyOwner::Kind::kRole, "EMR_DefaultRole"};
  ASSERT_TRUE(identities_->DetachPolicy(
      owner, "arn:aws:iam::aws:policy/service-role/AmazonElasticMapReduceRole"));
  ASSERT_TRUE(identities_->DeleteRole("EMR_DefaultRole"));
  Reopen();
  ASSERT_TRUE(identities_->MakeEmrDefaultRoles());
  EXPECT_FALSE(identities_->FindRole("EMR_DefaultRole"));
}

TEST_F(IdentityStoreTest, ManagedPoliciesHaveVersions) {
  ManagedPolicy wanted;
  wanted.name = "get";
  const auto policy = identities_->CreatePolicy(wanted, kAllowGet);
  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->arn, "arn:aws:iam::000000000000:policy/get");
  EXPECT_EQ(Condition(identities_->CreatePolicy(wanted, kAllowGet)), "EntityAlreadyExists");
  for (int i = 2; i <= 5; ++i) {
    const auto version = identities_->CreatePolicyVersion(policy->arn, kAllowGet, i == 3);
    ASSERT_TRUE(version);
    EXPECT_EQ(version->id, "v" + std::to_string(i));
  }
  EXPECT_EQ(Condition(identities_->CreatePolicyVersion(policy->arn, kAllowGet, false)),
            "LimitExceeded");
  EXPECT_EQ(identities_->FindPolicy(policy->arn)->default_version, "v3");
  EXPECT_EQ(Condition(identities_->DeletePolicyVersion(policy->arn, "v3")), "DeleteConflict");
  EXPECT_EQ(Condition(identities_->DeletePolicy(policy->arn)), "DeleteConflict");
  for (const auto* version : {"v1", "v2", "v4", "v5"}) {
    ASSERT_TRUE(identities_->DeletePolicyVersion(policy->arn, version));
  }
  EXPECT_EQ(identities_->CreatePolicyVersion(policy->arn, kAllowGet, false)->id, "v6");
  ASSERT_TRUE(identities_->DeletePolicyVersion(policy->arn, "v6"));
  ASSERT_TRUE(identities_->CreateUser(MakeUser("ann")));
  const PolicyOwner ann{PolicyOwner::Kind::kUser, "ann"};
  ASSERT_TRUE(identities_->AttachPolicy(ann, policy->arn));
  EXPECT_EQ(Condition(identities_->DeletePolicy(policy->arn)), "DeleteConflict");
  ASSERT_TRUE(identities_->DetachPolicy(ann, policy->arn));
  ASSERT_TRUE(identities_->DeletePolicy(policy->arn));
  EXPECT_EQ(Condition(identities_->DeletePolicy("arn:aws:iam::aws:policy/AdministratorAccess")),
            "AccessDenied");
}

TEST_F(IdentityStoreTest, SessionsEndAndSurviveARestart) {
  ASSERT_TRUE(identities_->CreateRole(MakeRole("worker")));
  const auto opened = identities_->OpenRoleSession("worker", "step-1", 15min, {kAllowGet});
  ASSERT_TRUE(opened);
  EXPECT_TRUE(opened->access_key_id.starts_with("ASIA"));
  EXPECT_FALSE(opened->session_token.empty());
  Reopen();
  const auto found = identities_->FindCredentials(opened->access_key_id);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->principal.arn, "arn:aws:sts::000000000000:assumed-role/worker/step-1");
  EXPECT_EQ(found->principal.session_policies.size(), 1U);
  EXPECT_EQ(found->session_token, opened->session_token);
  EXPECT_EQ(*found->expires, clock_.Now() + 15min);
  // Another role of the same name does not inherit them.
  ASSERT_TRUE(identities_->DeleteRole("worker"));
  ASSERT_TRUE(identities_->CreateRole(MakeRole("worker")));
  EXPECT_EQ(Condition(identities_->FindCredentials(opened->access_key_id)), "InvalidToken");
  clock_.Advance(48h);
  ASSERT_TRUE(identities_->OpenRoleSession("worker", "step-2", 15min));
  EXPECT_EQ(identities_->FindCredentials(opened->access_key_id).error().reason,
            Reason::kUnknownAccessKey);
  EXPECT_EQ(Condition(identities_->OpenRoleSession("nobody", "s", 15min)), "NoSuchEntity");
  const auto self = identities_->OpenSelfSession(Principal::Root(), 1h);
  ASSERT_TRUE(self);
  EXPECT_TRUE(self->principal.IsRoot());
}

TEST_F(IdentityStoreTest, DecisionsFollowThePoliciesAtOnce) {
  const PolicyAuthorizer authorizer(*identities_, clock_);
  EXPECT_TRUE(authorizer.Decide(Principal::Root(), "s3:GetObject", "arn:aws:s3:::b/k"));
  EXPECT_EQ(
      authorizer.Decide(Principal::Anonymous(), "s3:GetObject", "arn:aws:s3:::b/k").error().message,
      "Access Denied");
  ASSERT_TRUE(identities_->CreateUser(MakeUser("ann")));
  const auto key = identities_->CreateAccessKey("ann");
  const Principal ann = identities_->FindCredentials(key->id)->principal;
  const auto refused = authorizer.Decide(ann, "s3:GetObject", "arn:aws:s3:::b/k");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message,
            "User: arn:aws:iam::000000000000:user/ann is not authorized to perform: s3:GetObject "
            "on resource: \"arn:aws:s3:::b/k\" because no identity-based policy allows the "
            "s3:GetObject action");
  const PolicyOwner owner{PolicyOwner::Kind::kUser, "ann"};
  ASSERT_TRUE(identities_->PutInlinePolicy(owner, "get", kAllowGet));
  EXPECT_TRUE(authorizer.Decide(ann, "s3:GetObject", "arn:aws:s3:::b/k"));
  EXPECT_FALSE(authorizer.Decide(ann, "s3:PutObject", "arn:aws:s3:::b/k"));
  ASSERT_TRUE(identities_->AttachPolicy(owner, "arn:aws:iam::aws:policy/AmazonS3FullAccess"));
  EXPECT_TRUE(authorizer.Decide(ann, "s3:PutObject", "arn:aws:s3:::b/k"));
  ASSERT_TRUE(identities_->SetBoundary(owner, "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"));
  EXPECT_FALSE(authorizer.Decide(ann, "s3:PutObject", "arn:aws:s3:::b/k"));
  ASSERT_TRUE(identities_->SetBoundary(owner, ""));
  ASSERT_TRUE(identities_->DeleteInlinePolicy(owner, "get"));
  ASSERT_TRUE(identities_->DetachPolicy(owner, "arn:aws:iam::aws:policy/AmazonS3FullAccess"));
  EXPECT_FALSE(authorizer.Decide(ann, "s3:GetObject", "arn:aws:s3:::b/k"));
  ASSERT_TRUE(identities_->DeleteAccessKey("ann", key->id));
  ASSERT_TRUE(identities_->DeleteUser("ann"));
  EXPECT_FALSE(authorizer.Decide(ann, "s3:GetObject", "arn:aws:s3:::b/k"));
}

}  // namespace
}  // namespace owlet::access
