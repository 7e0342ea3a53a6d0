#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// Who acts. Every read and write in owlet is decided for one Principal.

namespace owlet::access {

class PolicyDocument;

/// The account of everything, unless the configuration names another.
inline constexpr std::string_view kDefaultAccount = "000000000000";

enum class PrincipalKind : std::uint8_t {
  kAnonymous,    // a request without a signature
  kRoot,         // the account itself: allowed everything
  kUser,         // an IAM user
  kAssumedRole,  // a role's session: temporary credentials
};

/// One identity, as a value: who it is, never what it may do (that is looked up at each decision,
/// authorizer.h). Copies are cheap enough to keep one in each job and session.
struct Principal {
  PrincipalKind kind = PrincipalKind::kAnonymous;
  std::string account_id;
  /// "arn:aws:iam::000000000000:root", "…:user/path/ann",
  /// "arn:aws:sts::…:assumed-role/name/session"; empty for kAnonymous.
  std::string arn;
  /// What GetCallerIdentity calls UserId: the account for root, "AIDA…", "AROA…:session".
  std::string user_id;
  /// The user's or the role's name; empty for kRoot and kAnonymous.
  std::string name;
  /// The session of an assumed role; empty otherwise.
  std::string session_name;
  /// The key that signed; empty for identities made in process.
  std::string access_key_id;
  /// Policies given to AssumeRole: they narrow what the role may do.
  std::vector<std::shared_ptr<const PolicyDocument>> session_policies;

  [[nodiscard]] bool IsRoot() const { return kind == PrincipalKind::kRoot; }
  [[nodiscard]] bool IsAnonymous() const { return kind == PrincipalKind::kAnonymous; }

  static Principal Root(std::string_view account_id = kDefaultAccount);
  static Principal Anonymous();
};

}  // namespace owlet::access
