#include <gtest/gtest.h>

#include "core/access/managed_policies.h"
#include "core/access/policy_evaluation.h"

namespace owlet::access {
namespace {

Principal Ann() {
  Principal ann;
  ann.kind = PrincipalKind::kUser;
  ann.account_id = kDefaultAccount;
  ann.arn = "arn:aws:iam::000000000000:user/ann";
  ann.user_id = "AIDAAAAAAAAAAAAAAAAAA";
  ann.name = "ann";
  return ann;
}

Principal Worker() {
  Principal worker;
  worker.kind = PrincipalKind::kAssumedRole;
  worker.account_id = kDefaultAccount;
  worker.arn = "arn:aws:sts::000000000000:assumed-role/worker/s1";
  worker.user_id = "AROAAAAAAAAAAAAAAAAAA:s1";
  worker.name = "worker";
  worker.session_name = "s1";
  worker.role_arn = "arn:aws:iam::000000000000:role/worker";
  return worker;
}

std::shared_ptr<const PolicyDocument> Parsed(const std::string& statements,
                                             PolicyUse use = PolicyUse::kIdentity) {
  auto parsed =
      PolicyDocument::Parse(R"({"Version":"2012-10-17","Statement":[)" + statements + "]}", use);
  EXPECT_TRUE(parsed) << parsed.error().message << " in " << statements;
  return parsed ? *parsed : nullptr;
}

std::string Allow(const std::string& action, const std::string& resource,
                  const std::string& condition = "{}") {
  return R"({"Effect":"Allow","Action":")" + action + R"(","Resource":")" + resource +
         R"(","Condition":)" + condition + "}";
}

std::string Deny(const std::string& action, const std::string& resource) {
  return R"({"Effect":"Deny","Action":")" + action + R"(","Resource":")" + resource + R"("})";
}

bool Allowed(const std::string& statements, std::string_view action, std::string_view resource,
             const AccessContext& context = {}, const Principal& principal = Ann()) {
  PolicyInputs inputs;
  inputs.identity.push_back(Parsed(statements));
  return Evaluate({principal, action, resource, context}, inputs) == Decision::kAllowed;
}

TEST(Policy, ActionsAndResourcesHaveWildcards) {
  const std::string policy = Allow("s3:Get*", "arn:aws:s3:::bucket/a?/*");
  EXPECT_TRUE(Allowed(policy, "s3:GetObject", "arn:aws:s3:::bucket/ab/c/d"));
  EXPECT_TRUE(Allowed(policy, "S3:getobject", "arn:aws:s3:::bucket/ab/"));
  EXPECT_FALSE(Allowed(policy, "s3:PutObject", "arn:aws:s3:::bucket/ab/c"));
  EXPECT_FALSE(Allowed(policy, "s3:GetObject", "arn:aws:s3:::bucket/a/c"));
  EXPECT_TRUE(WildcardMatch("*a*b*", "xxaxxbxx"));
  EXPECT_TRUE(WildcardMatch("a*", "a"));
  EXPECT_FALSE(WildcardMatch("*ab", "aba"));
  EXPECT_TRUE(WildcardMatch("*aab", "aaaab"));
}

TEST(Policy, NotActionAndNotResource) {
  const std::string policy =
      R"({"Effect":"Allow","NotAction":["iam:*"],"NotResource":"arn:aws:s3:::secret/*"})";
  EXPECT_TRUE(Allowed(policy, "s3:GetObject", "arn:aws:s3:::open/k"));
  EXPECT_FALSE(Allowed(policy, "iam:CreateUser", "arn:aws:s3:::open/k"));
  EXPECT_FALSE(Allowed(policy, "s3:GetObject", "arn:aws:s3:::secret/k"));
}

TEST(Policy, AnExplicitDenyWins) {
  const std::string policy = Allow("*", "*") + "," + Deny("s3:DeleteObject", "*");
  EXPECT_TRUE(Allowed(policy, "s3:GetObject", "x"));
  EXPECT_FALSE(Allowed(policy, "s3:DeleteObject", "x"));
}

TEST(Policy, VariablesAreFilledInLiterally) {
  const std::string policy = Allow("s3:*", "arn:aws:s3:::home/${aws:username}/*");
  EXPECT_TRUE(Allowed(policy, "s3:GetObject", "arn:aws:s3:::home/ann/file"));
  EXPECT_FALSE(Allowed(policy, "s3:GetObject", "arn:aws:s3:::home/bob/file"));
  EXPECT_FALSE(Allowed(policy, "s3:GetObject", "arn:aws:s3:::home/ann/file", {}, Worker()));
  Principal star = Ann();
  star.name = "*";
  EXPECT_FALSE(Allowed(policy, "s3:GetObject", "arn:aws:s3:::home/bob/file", {}, star));
  EXPECT_TRUE(Allowed(Allow("s3:*", "arn:aws:s3:::x/${*}"), "s3:GetObject", "arn:aws:s3:::x/*"));
  EXPECT_FALSE(Allowed(Allow("s3:*", "arn:aws:s3:::x/${*}"), "s3:GetObject", "arn:aws:s3:::x/y"));
  EXPECT_TRUE(Allowed(Allow("s3:*", "arn:aws:s3:::${aws:PrincipalTag/team, 'all'}/*"),
                      "s3:GetObject", "arn:aws:s3:::all/k"));
}

TEST(Policy, Conditions) {
  AccessContext context;
  context.Set("s3:prefix", "home/ann/x").Set("aws:SourceIp", "10.1.2.3");
  context.Set("aws:SecureTransport", "false").Set("s3:max-keys", "100");
  context.Set("aws:CurrentTime", "2026-01-31T12:00:00Z");
  context.Set("aws:TagKeys", std::vector<std::string>{"a", "b"});
  const auto holds = [&](const std::string& condition) {
    return Allowed(Allow("s3:*", "*", condition), "s3:ListBucket", "arn:aws:s3:::b", context);
  };
  EXPECT_TRUE(holds(R"({"StringEquals":{"S3:Prefix":["no","home/ann/x"]}})"));
  EXPECT_FALSE(holds(R"({"StringEquals":{"s3:prefix":"home/*"}})"));
  EXPECT_TRUE(holds(R"({"StringLike":{"s3:prefix":"home/${aws:username}/*"}})"));
  EXPECT_FALSE(holds(R"({"StringNotLike":{"s3:prefix":["zzz","home/*"]}})"));
  EXPECT_TRUE(holds(R"({"StringNotEquals":{"s3:nosuch":"x"}})"));
  EXPECT_FALSE(holds(R"({"StringEquals":{"s3:nosuch":"x"}})"));
  EXPECT_TRUE(holds(R"({"StringEqualsIfExists":{"s3:nosuch":"x"}})"));
  EXPECT_TRUE(holds(R"({"Null":{"s3:nosuch":"true"}})"));
  EXPECT_FALSE(holds(R"({"Null":{"s3:prefix":true}})"));
  EXPECT_TRUE(holds(R"({"Bool":{"aws:SecureTransport":false}})"));
  EXPECT_TRUE(holds(R"({"NumericLessThanEquals":{"s3:max-keys":100}})"));
  EXPECT_FALSE(holds(R"({"NumericGreaterThan":{"s3:max-keys":"100"}})"));
  EXPECT_TRUE(holds(R"({"DateLessThan":{"aws:CurrentTime":"2026-02-01T00:00:00Z"}})"));
  EXPECT_FALSE(holds(R"({"DateGreaterThan":{"aws:CurrentTime":"2026-02-01"}})"));
  EXPECT_TRUE(holds(R"({"IpAddress":{"aws:SourceIp":["192.168.0.0/16","10.0.0.0/8"]}})"));
  EXPECT_FALSE(holds(R"({"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}})"));
  EXPECT_FALSE(holds(R"({"IpAddress":{"aws:SourceIp":"10.1.2.4"}})"));
  EXPECT_TRUE(holds(R"({"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/a*"}})"));
  EXPECT_TRUE(holds(R"({"ForAllValues:StringEquals":{"aws:TagKeys":["a","b","c"]}})"));
  EXPECT_FALSE(holds(R"({"ForAllValues:StringEquals":{"aws:TagKeys":["a"]}})"));
  EXPECT_TRUE(holds(R"({"ForAnyValue:StringEquals":{"aws:TagKeys":["a"]}})"));
  EXPECT_TRUE(holds(R"({"ForAllValues:StringEquals":{"s3:nosuch":["a"]}})"));
  EXPECT_FALSE(holds(R"({"ForAnyValue:StringEquals":{"s3:nosuch":["a"]}})"));
  EXPECT_FALSE(
      holds(R"({"StringLike":{"s3:prefix":"home/*"},"Bool":{"aws:SecureTransport":"true"}})"));
}

TEST(Policy, BoundaryAndSessionNarrow) {
  PolicyInputs inputs;
  inputs.identity.push_back(Parsed(Allow("s3:*", "*")));
  const AccessContext context;
  Principal worker = Worker();
  const auto decide = [&](std::string_view action) {
    return Evaluate({worker, action, "arn:aws:s3:::b/k", context}, inputs);
  };
  EXPECT_EQ(decide("s3:PutObject"), Decision::kAllowed);
  inputs.boundary = Parsed(Allow("s3:Get*", "*") + "," + Allow("glue:*", "*"));
  EXPECT_EQ(decide("s3:PutObject"), Decision::kOutsideBoundary);
  EXPECT_EQ(decide("glue:GetTable"), Decision::kNotAllowed);
  EXPECT_EQ(decide("s3:GetObject"), Decision::kAllowed);
  worker.session_policies.push_back(Parsed(Allow("s3:ListBucket", "*")));
  EXPECT_EQ(decide("s3:GetObject"), Decision::kOutsideSession);
  worker.session_policies.push_back(Parsed(Deny("s3:GetObject", "*")));
  EXPECT_EQ(decide("s3:GetObject"), Decision::kDeniedBySession);
}

TEST(Policy, AResourceMayGrantByItself) {
  const auto decide = [](const Principal& principal, const std::string& named,
                         const std::string& effect = "Allow") {
    const auto resource = Parsed(R"({"Effect":")" + effect + R"(","Principal":)" + named +
                                     R"(,"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"})",
                                 PolicyUse::kResource);
    const AccessContext context;
    return Evaluate({principal, "s3:GetObject", "arn:aws:s3:::b/k", context}, {},
                    {.policy = resource.get()});
  };
  const std::string ann = R"({"AWS":"arn:aws:iam::000000000000:user/ann"})";
  const std::string account = R"({"AWS":"arn:aws:iam::000000000000:root"})";
  const std::string role = R"({"AWS":["arn:aws:iam::000000000000:role/worker"]})";
  EXPECT_EQ(decide(Ann(), ann), Decision::kAllowed);
  EXPECT_EQ(decide(Ann(), R"("*")"), Decision::kAllowed);
  EXPECT_EQ(decide(Ann(), account), Decision::kNotAllowed);
  EXPECT_EQ(decide(Worker(), ann), Decision::kNotAllowed);
  EXPECT_EQ(decide(Worker(), role), Decision::kAllowed);
  EXPECT_EQ(decide(Principal::Anonymous(), R"({"AWS":"*"})"), Decision::kAllowed);
  EXPECT_EQ(decide(Principal::Anonymous(), account), Decision::kNotAllowedByResource);
  EXPECT_EQ(decide(Principal::Root(), R"("*")", "Deny"), Decision::kDeniedByResource);
  EXPECT_EQ(decide(Principal::Root(), ann), Decision::kAllowed);
}

TEST(Policy, AcrossAccountsBothSidesMustAllow) {
  const std::string other = "111122223333";
  const auto decide = [&](const Principal& principal, const std::string& named,
                          const std::string& identity = "", AclGrant acl = AclGrant::kNone) {
    const auto resource = Parsed(R"({"Effect":"Allow","Principal":)" + named +
                                     R"(,"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"})",
                                 PolicyUse::kResource);
    PolicyInputs inputs;
    if (!identity.empty()) inputs.identity.push_back(Parsed(identity));
    const AccessContext context;
    return Evaluate({principal, "s3:GetObject", "arn:aws:s3:::b/k", context}, inputs,
                    {.policy = resource.get(), .owner_account = other, .acl = acl});
  };
  const std::string ann = R"({"AWS":"arn:aws:iam::000000000000:user/ann"})";
  const std::string account = R"({"AWS":"000000000000"})";
  const std::string id = R"({"CanonicalUser":")" + CanonicalUserId(kDefaultAccount) + R"("})";
  const std::string nobody = R"({"AWS":"444455556666"})";
  const std::string allow = Allow("s3:*", "*");
  EXPECT_EQ(decide(Ann(), ann), Decision::kNotAllowed);
  EXPECT_EQ(decide(Ann(), ann, allow), Decision::kAllowed);
  EXPECT_EQ(decide(Ann(), account, allow), Decision::kAllowed);
  EXPECT_EQ(decide(Ann(), id, allow), Decision::kAllowed);
  EXPECT_EQ(decide(Ann(), nobody, allow), Decision::kNotAllowedByResource);
  EXPECT_EQ(decide(Ann(), nobody, allow, AclGrant::kAccount), Decision::kAllowed);
  EXPECT_EQ(decide(Ann(), nobody, "", AclGrant::kEverybody), Decision::kNotAllowed);
  EXPECT_EQ(decide(Principal::Root(), nobody), Decision::kNotAllowedByResource);
  EXPECT_EQ(decide(Principal::Root(), account), Decision::kAllowed);
  EXPECT_EQ(decide(Principal::Anonymous(), nobody, "", AclGrant::kEverybody), Decision::kAllowed);
  EXPECT_EQ(decide(Principal::Anonymous(), nobody, "", AclGrant::kAccount),
            Decision::kNotAllowedByResource);
  EXPECT_EQ(decide(Principal::Root(other), nobody), Decision::kAllowed);
}

TEST(Policy, NotPrincipalSparesThoseItNames) {
  const auto denied = [](const Principal& principal, const std::string& spared) {
    const auto resource = Parsed(R"({"Effect":"Deny","NotPrincipal":{"AWS":)" + spared +
                                     R"(},"Action":"s3:*","Resource":"*"})",
                                 PolicyUse::kResource);
    PolicyInputs inputs;
    inputs.identity.push_back(Parsed(Allow("s3:*", "*")));
    const AccessContext context;
    return Evaluate({principal, "s3:GetObject", "arn:aws:s3:::b/k", context}, inputs,
                    {.policy = resource.get()}) == Decision::kDeniedByResource;
  };
  EXPECT_FALSE(denied(Ann(), R"(["arn:aws:iam::000000000000:user/ann","000000000000"])"));
  EXPECT_TRUE(denied(Worker(), R"(["arn:aws:iam::000000000000:user/ann","000000000000"])"));
  EXPECT_FALSE(denied(Worker(), R"("arn:aws:iam::000000000000:role/worker")"));
  EXPECT_TRUE(denied(Principal::Anonymous(), R"("000000000000")"));
}

TEST(Policy, ArnsMatchPartByPart) {
  EXPECT_TRUE(Allowed(Allow("s3:*", "arn:aws:s3:::b*"), "s3:GetObject", "arn:aws:s3:::b/a:b:c"));
  EXPECT_FALSE(Allowed(Allow("glue:*", "arn:aws:glue:*:table/*"), "glue:GetTable",
                       "arn:aws:glue:us-east-1:000000000000:table/d/t"));
  EXPECT_TRUE(Allowed(Allow("glue:*", "arn:aws:glue"), "glue:GetTable",
                      "arn:aws:glue:us-east-1:000000000000:table/d/t"));
  EXPECT_FALSE(Allowed(Allow("s3:*", "arn:aws:s3:::*"), "s3:ListAllMyBuckets", "*"));
}

TEST(Policy, ServicesActForThemselves) {
  const auto resource = Parsed(
      R"({"Effect":"Allow","Principal":{"Service":"logging.s3.amazonaws.com"},
          "Action":"s3:PutObject","Resource":"arn:aws:s3:::logs/*",
          "Condition":{"StringEquals":{"aws:SourceAccount":"000000000000"}}})",
      PolicyUse::kResource);
  AccessContext context;
  context.Set("aws:SourceAccount", "000000000000");
  const auto decide = [&](std::string_view service) {
    const Principal principal = Principal::Service(service, kDefaultAccount);
    return Evaluate({principal, "s3:PutObject", "arn:aws:s3:::logs/k", context}, {},
                    {.policy = resource.get()});
  };
  EXPECT_EQ(decide("logging.s3.amazonaws.com"), Decision::kAllowed);
  EXPECT_EQ(decide("ec2.amazonaws.com"), Decision::kNotAllowedByResource);
}

TEST(Policy, PublicPolicies) {
  const auto is_public = [](const std::string& principal, const std::string& condition = "{}") {
    return IsPublicPolicy(*Parsed(R"({"Effect":"Allow","Principal":)" + principal +
                                      R"(,"Action":"s3:*","Resource":"*","Condition":)" +
                                      condition + "}",
                                  PolicyUse::kResource));
  };
  EXPECT_TRUE(is_public(R"("*")"));
  EXPECT_FALSE(is_public(R"({"AWS":"000000000000"})"));
  EXPECT_FALSE(is_public(R"("*")", R"({"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}})"));
  EXPECT_TRUE(is_public(R"("*")", R"({"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}})"));
  EXPECT_TRUE(is_public(R"("*")", R"({"StringLike":{"aws:SourceVpc":"vpc-*"}})"));
  EXPECT_TRUE(is_public(R"("*")", R"({"StringEquals":{"aws:Referer":"x"}})"));
}

TEST(Policy, StatementsKnowTheirPlaces) {
  const auto parsed = PolicyDocument::Parse(
      "{\n \"Statement\": [\n  {\"Effect\":\"Allow\",\"Action\":\"a:}\\\"{\",\"Resource\":\"*\"},\n"
      "  {\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{}}]}",
      PolicyUse::kIdentity);
  ASSERT_TRUE(parsed) << parsed.error().message;
  const auto statements = (*parsed)->statements();
  ASSERT_EQ(statements.size(), 2U);
  EXPECT_EQ(statements[0].begin.line, 3);
  EXPECT_EQ(statements[0].begin.column, 3);
  EXPECT_EQ(statements[1].begin.line, 4);
  EXPECT_EQ(statements[1].end.column, 63);
}

TEST(Policy, Trust) {
  const auto trust = Parsed(
      R"({"Effect":"Allow","Principal":{"Service":["ec2.amazonaws.com"],
          "AWS":"arn:aws:iam::000000000000:user/ann"},"Action":"sts:AssumeRole"})",
      PolicyUse::kTrust);
  const AccessContext context;
  const Principal ann = Ann();
  const Principal worker = Worker();
  const auto decide = [&](const Principal& principal, std::string_view action) {
    return Evaluate({principal, action, "", context}, {},
                    {.policy = trust.get(), .grant_required = true});
  };
  EXPECT_EQ(decide(ann, "sts:AssumeRole"), Decision::kAllowed);
  EXPECT_EQ(decide(ann, "sts:TagSession"), Decision::kNotAllowedByResource);
  EXPECT_EQ(decide(worker, "sts:AssumeRole"), Decision::kNotAllowedByResource);
  EXPECT_TRUE(TrustsService(*trust, "ec2.amazonaws.com"));
  EXPECT_FALSE(TrustsService(*trust, "elasticmapreduce.amazonaws.com"));
}

TEST(Policy, RefusesWhatIamRefuses) {
  const auto message = [](const std::string& json, PolicyUse use = PolicyUse::kIdentity) {
    const auto parsed = PolicyDocument::Parse(json, use);
    if (parsed) return std::string();
    EXPECT_EQ(parsed.error().condition, "MalformedPolicyDocument");
    return parsed.error().message;
  };
  EXPECT_EQ(message("{"), "Syntax errors in policy.");
  EXPECT_EQ(message("[]", PolicyUse::kTrust), "This policy contains invalid Json");
  EXPECT_EQ(message("[]", PolicyUse::kResource),
            "Policies must be valid JSON and the first byte must be '{'");
  EXPECT_EQ(message(R"({"Version":"2012-10-17"})"), "Syntax errors in policy.");
  EXPECT_EQ(message(R"({"Version":"2020-01-01","Statement":[]})"),
            "The policy must contain a valid version string");
  const auto statement = [](const std::string& inside) {
    return R"({"Version":"2012-10-17","Statement":{)" + inside + "}}";
  };
  EXPECT_EQ(message(statement(R"("Effect":"Allow","Action":"s3:*","Resource":"*")")), "");
  EXPECT_EQ(message(statement(R"("Effect":"allow","Action":"s3:*","Resource":"*")")),
            "Syntax errors in policy.");
  EXPECT_EQ(message(statement(R"("Effect":"Allow","Resource":"*")")),
            "Policy statement must contain actions.");
  EXPECT_EQ(message(statement(R"("Effect":"Allow","Action":"s3:*")")),
            "Policy statement must contain resources.");
  EXPECT_EQ(message(statement(R"("Effect":"Allow","Action":"GetObject","Resource":"*")")),
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
  EXPECT_EQ(message(statement(R"("Effect":"Allow","Action":"s3:*","Resource":"bucket")")),
            "Resource bucket must be in ARN format or \"*\".");
  EXPECT_EQ(message(statement(R"("Effect":"Allow","Action":"s3:*","Resource":"*","Foo":1)")),
            "Syntax errors in policy.");
  EXPECT_EQ(
      message(statement(
          R"("Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Like":{"a":"b"}})")),
      "Invalid Condition type : Like");
  EXPECT_EQ(
      message(statement(R"("Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*")")),
      "Policy document should not specify a principal.");
  EXPECT_EQ(message(statement(R"("Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*")"),
                    PolicyUse::kTrust),
            "Has prohibited field Resource");
  EXPECT_EQ(message(std::string(100'000, '[')), "The policy is too long.");
  EXPECT_EQ(message(std::string(60'000, '[')), "Syntax errors in policy.");
}

TEST(Policy, TheProvidedPoliciesAreWellFormed) {
  EXPECT_GE(ProvidedPolicies().size(), 20U);
  for (const ManagedPolicy& policy : ProvidedPolicies()) {
    const auto parsed = PolicyDocument::Parse(policy.document(), PolicyUse::kIdentity);
    EXPECT_TRUE(parsed) << policy.name << ": " << policy.document();
    EXPECT_EQ(policy.id.size(), 21U);
  }
  const auto* ec2 =
      FindProvidedPolicy("arn:aws:iam::aws:policy/service-role/AmazonElasticMapReduceforEC2Role");
  ASSERT_NE(ec2, nullptr);
  PolicyInputs inputs;
  inputs.identity.push_back(*PolicyDocument::Parse(ec2->document(), PolicyUse::kIdentity));
  const AccessContext context;
  const Principal worker = Worker();
  EXPECT_EQ(Evaluate({worker, "s3:PutObject", "arn:aws:s3:::b/k", context}, inputs),
            Decision::kAllowed);
  EXPECT_EQ(Evaluate({worker, "iam:CreateUser", "*", context}, inputs), Decision::kNotAllowed);
}

}  // namespace
}  // namespace owlet::access
