#include "app/token_identity.h"

#include <gtest/gtest.h>

namespace owlet::app {
namespace {

/// Knows one user's key pair.
class OneKey final : public access::CredentialSource {
 public:
  Result<access::Credentials> FindCredentials(std::string_view id) const override {
    if (id != "AKIAANN") return Fail(Reason::kUnknownAccessKey, "no such key");
    access::Credentials credentials;
    credentials.access_key_id = id;
    credentials.secret_access_key = "secret";
    credentials.principal.kind = access::PrincipalKind::kUser;
    credentials.principal.name = "ann";
    return credentials;
  }
};

TEST(TokenIdentity, WithoutATokenOnlyThisMachineIsRoot) {
  const OneKey keys;
  const TokenIdentity local("000000000000", keys, /*on_loopback=*/true);
  EXPECT_TRUE(local.Identify(std::nullopt)->IsRoot());
  const TokenIdentity open("000000000000", keys, /*on_loopback=*/false);
  ASSERT_FALSE(open.Identify(std::nullopt));
  EXPECT_EQ(open.Identify(std::nullopt).error().reason, Reason::kMissingCredentials);
}

TEST(TokenIdentity, ATokenIsGoodUntilItIsWithdrawn) {
  const OneKey keys;
  TokenIdentity identity("000000000000", keys, true);
  access::Principal role;
  role.kind = access::PrincipalKind::kAssumedRole;
  role.name = "EMR_EC2_DefaultRole";
  const std::string token = identity.Issue(role);
  EXPECT_EQ(identity.Identify(token)->name, "EMR_EC2_DefaultRole");
  identity.Withdraw(token);
  EXPECT_FALSE(identity.Identify(token));
}

TEST(TokenIdentity, AKeyPairIsItsUser) {
  const OneKey keys;
  const TokenIdentity identity("000000000000", keys, false);
  EXPECT_EQ(identity.Identify("AKIAANN:secret")->name, "ann");
  EXPECT_FALSE(identity.Identify("AKIAANN:other"));
  EXPECT_FALSE(identity.Identify("AKIABOB:secret"));
  EXPECT_FALSE(identity.Identify(":"));
}

}  // namespace
}  // namespace owlet::app
