#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

// Who acts. Every read and write in owlet is decided for one Principal.

namespace owlet::access {

class PolicyDocument;

using TagMap = std::map<std::string, std::string>;

/// The account of everything, unless the configuration names another.
inline constexpr std::string_view kDefaultAccount = "000000000000";

enum class PrincipalKind : std::uint8_t {
  kAnonymous,      // a request without a signature
  kRoot,           // the account itself: allowed everything of its own
  kUser,           // an IAM user
  kAssumedRole,    // a role's session: temporary credentials
  kFederatedUser,  // GetFederationToken: a user's permissions, narrowed, under another name
  kService,        // a service of this server on its own behalf: "logging.s3.amazonaws.com"
  kWebIdentity,    // the bearer of an identity provider's token, before it has a role
};

/// What the request that a principal signed tells of itself: condition keys that hold for
/// everything that is asked in it. Absent for work in process.
struct RequestOrigin {
  std::string source_ip;  // without port
  bool secure = false;    // TLS
  std::string user_agent;
  std::string referer;
  std::string region;             // of the credential scope
  std::string auth_type;          // "REST-HEADER", "REST-QUERY-STRING", "POST"
  std::string signature_version;  // "AWS4-HMAC-SHA256", "AWS"
  std::optional<Timestamp> signed_at;
};

/// What a session of temporary credentials carries beside its policies.
struct SessionFacts {
  TagMap tags;                               // they override the role's own
  std::vector<std::string> transitive_tags;  // keys that a further role gets too
  std::string source_identity;
  std::string federated_provider;                    // of web identity
  std::map<std::string, std::string> provider_keys;  // "issuer.example.com:sub" -> value
  Timestamp issued;
  bool mfa = false;
};

/// One identity, as a value: who it is, never what it may do (that is looked up at each decision,
/// authorizer.h). Copies are cheap enough to keep one in each job and session.
struct Principal {
  PrincipalKind kind = PrincipalKind::kAnonymous;
  std::string account_id;
  /// "arn:aws:iam::000000000000:root", "…:user/path/ann",
  /// "arn:aws:sts::…:assumed-role/name/session", "arn:aws:sts::…:federated-user/name"; the
  /// provider's ARN for kWebIdentity; empty for kAnonymous and kService.
  std::string arn;
  /// What GetCallerIdentity calls UserId: the account for root, "AIDA…", "AROA…:session".
  std::string user_id;
  /// The user's or the role's name, of a federated user that of the user who made it, of a service
  /// its principal; empty for kRoot and kAnonymous.
  std::string name;
  /// The session of an assumed role or the name of a federated user; empty otherwise.
  std::string session_name;
  /// Of an assumed role: the role's own ARN, with its path.
  std::string role_arn;
  /// The key that signed; empty for identities made in process.
  std::string access_key_id;
  /// Policies given to AssumeRole or GetFederationToken: they narrow what the session may do.
  std::vector<std::shared_ptr<const PolicyDocument>> session_policies;
  /// Of temporary credentials; else null.
  std::shared_ptr<const SessionFacts> session;
  std::shared_ptr<const RequestOrigin> origin;
  /// It proved to be the operating system's user that runs the server: that user's files are its
  /// own.
  bool server_user = false;
  /// The services through which the principal asks, first one first: "athena.amazonaws.com".
  std::vector<std::string> called_via;

  [[nodiscard]] bool IsRoot() const { return kind == PrincipalKind::kRoot; }
  [[nodiscard]] bool IsAnonymous() const { return kind == PrincipalKind::kAnonymous; }
  /// The same identity as a service asks in its name: aws:ViaAWSService and aws:CalledVia tell so,
  /// and what its own request told of its origin holds no more.
  [[nodiscard]] Principal Via(std::string_view service) const;

  static Principal Root(std::string_view account_id = kDefaultAccount);
  static Principal Anonymous();
  /// A service ("logging.s3.amazonaws.com") that acts for that account on its own behalf.
  static Principal Service(std::string_view service, std::string_view account_id);
};

/// The id under which S3 knows an account in ACLs: 64 hexadecimal digits that follow from the
/// account's number.
[[nodiscard]] std::string CanonicalUserId(std::string_view account_id);

}  // namespace owlet::access
