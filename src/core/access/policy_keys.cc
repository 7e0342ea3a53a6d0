#include <array>

#include "base/ascii.h"
#include "core/access/policy_pattern.h"

// The condition keys that are known without asking the service: of the principal, of its session,
// of its request and of the time.

namespace owlet::access {
namespace {

using Values = std::vector<std::string>;

std::string_view PrincipalTypeName(PrincipalKind kind) {
  switch (kind) {
    case PrincipalKind::kAnonymous:
      return "Anonymous";
    case PrincipalKind::kRoot:
      return "Account";
    case PrincipalKind::kUser:
      return "User";
    case PrincipalKind::kAssumedRole:
      return "AssumedRole";
    case PrincipalKind::kFederatedUser:
      return "FederatedUser";
    case PrincipalKind::kService:
    case PrincipalKind::kWebIdentity:
      return {};
  }
  return {};
}

Values Some(std::string_view value) {
  if (value.empty()) return {};
  return {std::string(value)};
}
Values Truth(bool value) { return {value ? "true" : "false"}; }
Values Time(const std::optional<Timestamp>& time) {
  if (!time) return {};
  return {FormatIso8601Millis(*time)};
}

bool IsSigned(const Principal& principal) {
  return !principal.IsAnonymous() && principal.kind != PrincipalKind::kWebIdentity;
}

Values PrincipalArn(const AccessQuestion& question) {
  const Principal& principal = question.principal;
  if (!IsSigned(principal)) return {};
  return Some(principal.kind == PrincipalKind::kAssumedRole ? principal.role_arn : principal.arn);
}

Values UserId(const AccessQuestion& question) {
  if (question.principal.IsAnonymous()) return {"anonymous"};
  return Some(question.principal.user_id);
}

Values UserName(const AccessQuestion& question) {
  const Principal& principal = question.principal;
  return Some(principal.kind == PrincipalKind::kUser ? principal.name : "");
}

Values PrincipalAccount(const AccessQuestion& question) {
  if (question.principal.IsAnonymous()) return {"anonymous"};
  return Some(question.principal.account_id);
}

// Only temporary credentials tell of a second factor.
Values MultiFactor(const AccessQuestion& question) {
  const auto& session = question.principal.session;
  if (session == nullptr) return {};
  return Truth(session->mfa);
}

Values EpochTime(const AccessQuestion& question) {
  if (!question.now) return {};
  const auto seconds = std::chrono::floor<std::chrono::seconds>(*question.now);
  return {std::to_string(seconds.time_since_epoch().count())};
}

template <auto Member>
Values OfOrigin(const AccessQuestion& question) {
  const auto& origin = question.principal.origin;
  if (origin == nullptr) return {};
  return Some((*origin).*Member);
}

Values SignatureAge(const AccessQuestion& question) {
  const auto& origin = question.principal.origin;
  if (origin == nullptr || !origin->signed_at || !question.now) return {};
  const auto age =
      std::chrono::floor<std::chrono::milliseconds>(*question.now - *origin->signed_at);
  return {std::to_string(age.count())};
}

struct Known {
  std::string_view key;
  Values (*values)(const AccessQuestion& question);
};

constexpr std::array kKnown = {
    Known{"aws:username", UserName},
    Known{"aws:userid", UserId},
    Known{"aws:PrincipalArn", PrincipalArn},
    Known{"aws:PrincipalAccount", PrincipalAccount},
    Known{"aws:PrincipalType",
          [](const AccessQuestion& q) { return Some(PrincipalTypeName(q.principal.kind)); }},
    Known{"aws:PrincipalIsAWSService",
          [](const AccessQuestion& q) {
            return IsSigned(q.principal) ? Truth(q.principal.kind == PrincipalKind::kService)
                                         : Values();
          }},
    Known{"aws:PrincipalServiceName",
          [](const AccessQuestion& q) {
            return Some(q.principal.kind == PrincipalKind::kService ? q.principal.name : "");
          }},
    Known{"aws:CurrentTime", [](const AccessQuestion& q) { return Time(q.now); }},
    Known{"aws:EpochTime", EpochTime},
    Known{"aws:TokenIssueTime",
          [](const AccessQuestion& q) {
            return q.principal.session == nullptr ? Values() : Time(q.principal.session->issued);
          }},
    Known{"aws:MultiFactorAuthPresent", MultiFactor},
    Known{"aws:SourceIdentity",
          [](const AccessQuestion& q) {
            return q.principal.session == nullptr ? Values()
                                                  : Some(q.principal.session->source_identity);
          }},
    Known{"aws:FederatedProvider",
          [](const AccessQuestion& q) {
            return q.principal.session == nullptr ? Values()
                                                  : Some(q.principal.session->federated_provider);
          }},
    Known{"aws:ResourceAccount",
          [](const AccessQuestion& q) {
            return Some(q.owner_account.empty() ? q.principal.account_id : q.owner_account);
          }},
    Known{"aws:ViaAWSService",
          [](const AccessQuestion& q) { return Truth(!q.principal.called_via.empty()); }},
    Known{"aws:CalledVia", [](const AccessQuestion& q) { return q.principal.called_via; }},
    Known{"aws:CalledViaFirst",
          [](const AccessQuestion& q) {
            const Values& via = q.principal.called_via;
            return via.empty() ? Values() : Some(via.front());
          }},
    Known{"aws:CalledViaLast",
          [](const AccessQuestion& q) {
            const Values& via = q.principal.called_via;
            return via.empty() ? Values() : Some(via.back());
          }},
    Known{"aws:SourceIp", OfOrigin<&RequestOrigin::source_ip>},
    Known{"aws:SecureTransport",
          [](const AccessQuestion& q) {
            const auto& origin = q.principal.origin;
            return origin == nullptr ? Values() : Truth(origin->secure);
          }},
    Known{"aws:UserAgent", OfOrigin<&RequestOrigin::user_agent>},
    Known{"aws:Referer", OfOrigin<&RequestOrigin::referer>},
    Known{"aws:RequestedRegion", OfOrigin<&RequestOrigin::region>},
    Known{"s3:authType", OfOrigin<&RequestOrigin::auth_type>},
    Known{"s3:signatureversion", OfOrigin<&RequestOrigin::signature_version>},
    Known{"s3:signatureAge", SignatureAge},
};

Values PrincipalTag(const AccessQuestion& question, std::string_view name) {
  const auto find = [&](const TagMap& tags) -> const std::string* {
    for (const auto& [key, value] : tags) {
      if (EqualsIgnoringCase(key, name)) return &value;
    }
    return nullptr;
  };
  const std::string* value = nullptr;
  if (question.principal.session != nullptr) value = find(question.principal.session->tags);
  if (value == nullptr && question.principal_tags != nullptr) {
    value = find(*question.principal_tags);
  }
  if (value == nullptr) return {};
  return {*value};
}

}  // namespace

AccessContext& AccessContext::Set(std::string key, std::string value) {
  return Set(std::move(key), std::vector<std::string>{std::move(value)});
}

AccessContext& AccessContext::Set(std::string key, std::vector<std::string> values) {
  for (auto& [name, old] : entries_) {
    if (!EqualsIgnoringCase(name, key)) continue;
    old = std::move(values);
    return *this;
  }
  entries_.emplace_back(std::move(key), std::move(values));
  return *this;
}

const std::vector<std::string>* AccessContext::Find(std::string_view key) const {
  for (const auto& [name, values] : entries_) {
    if (EqualsIgnoringCase(name, key)) return &values;
  }
  return nullptr;
}

std::vector<std::string> ContextValues(const AccessQuestion& question, std::string_view key) {
  if (const auto* values = question.context.Find(key)) return *values;
  constexpr std::string_view kPrincipalTag = "aws:PrincipalTag/";
  if (key.size() > kPrincipalTag.size() &&
      EqualsIgnoringCase(key.substr(0, kPrincipalTag.size()), kPrincipalTag)) {
    return PrincipalTag(question, key.substr(kPrincipalTag.size()));
  }
  for (const Known& known : kKnown) {
    if (EqualsIgnoringCase(known.key, key)) return known.values(question);
  }
  if (question.principal.session != nullptr) {
    for (const auto& [name, value] : question.principal.session->provider_keys) {
      if (EqualsIgnoringCase(name, key)) return {value};
    }
  }
  return {};
}

}  // namespace owlet::access
