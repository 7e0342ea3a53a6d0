#include "protocol/sts/handlers.h"

#include <algorithm>

namespace owlet::sts {
namespace {

constexpr std::int32_t kDefaultRoleSession = 3600;
constexpr std::int32_t kLongestChainedSession = 3600;
constexpr std::int32_t kDefaultSelfSession = 43'200;
constexpr std::int32_t kLongestRootSession = 3600;
constexpr std::size_t kLongestSessionPolicy = 2048;
constexpr std::size_t kMostSessionPolicies = 10;
constexpr std::size_t kMostSessionTags = 50;

aws::sts::Credentials OnWire(const access::Credentials& credentials) {
  return {.access_key_id = credentials.access_key_id,
          .secret_access_key = credentials.secret_access_key,
          .session_token = credentials.session_token,
          // Whole seconds, as STS gives them.
          .expiration =
              std::chrono::floor<std::chrono::seconds>(credentials.expires.value_or(Timestamp()))};
}

std::unexpected<Error> Invalid(std::string message, const char* code = "ValidationError") {
  return Fail(Reason::kInvalidArgument, std::move(message), code);
}

std::unexpected<Error> MayNotAssume(const Call& call, const std::string& role_arn,
                                    std::string_view action = "sts:AssumeRole") {
  return Fail(Reason::kAccessDenied,
              "User: " + call.context.principal.arn + " is not authorized to perform: " +
                  std::string(action) + " on resource: " + role_arn,
              "AccessDenied");
}

/// A role of any account of this server.
struct FoundRole {
  access::IdentityStore* identities = nullptr;
  access::Role role;
};

Result<FoundRole> FindRole(const Call& call, const std::string& arn) {
  // arn:aws:iam::ACCOUNT:role/…
  constexpr std::string_view kStart = "arn:aws:iam::";
  const auto nobody = [] { return Fail(Reason::kEntityNotFound, "no such role"); };
  if (!arn.starts_with(kStart)) return nobody();
  const std::string account =
      arn.substr(kStart.size(), arn.find(':', kStart.size()) - kStart.size());
  access::IdentityStore* identities = call.accounts.Find(account);
  if (identities == nullptr) return nobody();
  OWLET_TRY(access::Role role, identities->FindRoleByArn(arn));
  return FoundRole{.identities = identities, .role = std::move(role)};
}

/// The tags of a session: those given now, over those that the caller's own session hands on.
template <class Request>
Result<access::SessionFacts> FactsOf(const Call& call, const Request& request) {
  access::SessionFacts facts;
  if (const auto& session = call.context.principal.session) {
    facts.source_identity = session->source_identity;
    for (const std::string& key : session->transitive_tags) {
      if (const auto tag = session->tags.find(key); tag != session->tags.end()) {
        facts.tags.insert(*tag);
        facts.transitive_tags.push_back(key);
      }
    }
  }
  if (request.tags) {
    for (const aws::sts::Tag& tag : *request.tags) {
      const auto given = facts.tags.find(tag.key);
      if (given != facts.tags.end()) {
        return Invalid("The tag key " + tag.key +
                       " is given twice, or comes from the caller's session as a transitive tag");
      }
      facts.tags[tag.key] = tag.value;
    }
  }
  if (facts.tags.size() > kMostSessionTags) return Invalid("A session has at most 50 tags");
  if constexpr (requires { request.transitive_tag_keys; }) {
    for (const std::string& key :
         request.transitive_tag_keys.value_or(std::vector<std::string>())) {
      if (!facts.tags.contains(key)) {
        return Invalid("The specified transitive tag key must be included in the requested tags.");
      }
      facts.transitive_tags.push_back(key);
    }
  }
  if constexpr (requires { request.source_identity; }) {
    if (request.source_identity) facts.source_identity = *request.source_identity;
  }
  return facts;
}

/// Whether the trust policy, and where it leaves that to the account the caller's own policies, let
/// the caller do each of `actions` with the role. AWS never lets the root user assume a role; owlet
/// does when the role trusts the account, as its root key pair stands for a developer's
/// administrator.
Status CheckTrust(const Call& call, const access::Principal& caller, const access::Role& role,
                  std::string_view account, const access::AccessContext& conditions,
                  std::initializer_list<std::string_view> actions) {
  OWLET_TRY(const auto trust,
            access::PolicyDocument::Parse(role.trust_policy, access::PolicyUse::kTrust));
  const access::ResourceAccess access{
      .policy = trust.get(), .owner_account = account, .grant_required = true};
  for (const std::string_view action : actions) {
    if (!call.authorizer.Decide(caller, action, role.arn, conditions, access)) {
      return MayNotAssume(call, role.arn, action);
    }
  }
  return {};
}

Status CheckCaller(const Call& call, const FoundRole& found,
                   const aws::sts::AssumeRoleRequest& request) {
  access::AccessContext conditions;
  conditions.Set("sts:RoleSessionName", request.role_session_name);
  if (request.external_id) conditions.Set("sts:ExternalId", *request.external_id);
  if (request.source_identity) conditions.Set("sts:SourceIdentity", *request.source_identity);
  const auto& tags = request.tags;
  if (tags && !tags->empty()) {
    std::vector<std::string> keys;
    for (const aws::sts::Tag& tag : *tags) {
      conditions.Set("aws:RequestTag/" + tag.key, tag.value);
      keys.push_back(tag.key);
    }
    conditions.Set("aws:TagKeys", std::move(keys));
    if (request.transitive_tag_keys) {
      conditions.Set("sts:TransitiveTagKeys", *request.transitive_tag_keys);
    }
  }
  const auto check = [&](std::initializer_list<std::string_view> actions) {
    return CheckTrust(call, call.context.principal, found.role, found.identities->account_id(),
                      conditions, actions);
  };
  OWLET_CHECK_OK(check({"sts:AssumeRole"}));
  if (tags && !tags->empty()) OWLET_CHECK_OK(check({"sts:TagSession"}));
  if (request.source_identity) OWLET_CHECK_OK(check({"sts:SetSourceIdentity"}));
  return {};
}

/// Documents of the session policies: the inline one and the managed ones named by ARN.
template <class Request>
Result<std::vector<std::string>> SessionPolicies(const access::IdentityStore& identities,
                                                 const Request& request) {
  std::vector<std::string> documents;
  if (request.policy) {
    OWLET_CHECK_OK(access::PolicyDocument::Parse(*request.policy, access::PolicyUse::kIdentity));
    if (access::PolicySize(*request.policy) > kLongestSessionPolicy) {
      return Invalid(
          "Packed size of session tags consumes more than its limit: the policy has "
          "more than 2048 characters",
          "PackedPolicyTooLarge");
    }
    documents.push_back(*request.policy);
  }
  if (!request.policy_arns) return documents;
  if (request.policy_arns->size() > kMostSessionPolicies) {
    return Invalid("At most 10 managed session policies can be given");
  }
  for (const aws::sts::PolicyDescriptorType& each : *request.policy_arns) {
    const auto policy = identities.FindPolicy(each.arn.value_or(""));
    if (!policy) {
      return Invalid("The specified policy does not exist: " + each.arn.value_or(""));
    }
    documents.push_back(policy->document());
  }
  return documents;
}

Status CheckDuration(const access::Role& role, std::int32_t seconds) {
  if (std::chrono::seconds(seconds) <= role.max_session) return {};
  return Invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
}

}  // namespace

Result<aws::sts::GetCallerIdentityResponse> GetCallerIdentity(
    const Call& call, const aws::sts::GetCallerIdentityRequest&) {
  const access::Principal& caller = call.context.principal;
  aws::sts::GetCallerIdentityResponse reply;
  reply.user_id = caller.user_id;
  reply.account = caller.account_id;
  reply.arn = caller.arn;
  return reply;
}

Result<aws::sts::AssumeRoleResponse> AssumeRole(const Call& call,
                                                const aws::sts::AssumeRoleRequest& request) {
  const auto found = FindRole(call, request.role_arn);
  // Whether a role exists is nobody's business who may not assume it.
  if (!found) return MayNotAssume(call, request.role_arn);
  OWLET_CHECK_OK(CheckCaller(call, *found, request));
  const std::int32_t seconds = request.duration_seconds.value_or(kDefaultRoleSession);
  const bool chained = call.context.principal.kind == access::PrincipalKind::kAssumedRole;
  if (chained && seconds > kLongestChainedSession) {
    return Invalid(
        "The requested DurationSeconds exceeds the 1 hour session limit for roles "
        "assumed by role chaining");
  }
  OWLET_CHECK_OK(CheckDuration(found->role, seconds));
  OWLET_TRY(std::vector<std::string> policies, SessionPolicies(*found->identities, request));
  OWLET_TRY(access::SessionFacts facts, FactsOf(call, request));
  OWLET_TRY(const access::Credentials credentials,
            found->identities->OpenRoleSession(found->role.name, request.role_session_name,
                                               std::chrono::seconds(seconds), std::move(policies),
                                               std::move(facts)));
  aws::sts::AssumeRoleResponse reply;
  reply.credentials = OnWire(credentials);
  reply.assumed_role_user = {.assumed_role_id = credentials.principal.user_id,
                             .arn = credentials.principal.arn};
  reply.source_identity = request.source_identity;
  return reply;
}

Result<aws::sts::AssumeRoleWithWebIdentityResponse> AssumeRoleWithWebIdentity(
    const Call& call, const aws::sts::AssumeRoleWithWebIdentityRequest& request) {
  const auto refuse = [] {
    return Fail(Reason::kAccessDenied, "Not authorized to perform sts:AssumeRoleWithWebIdentity",
                "AccessDenied");
  };
  const auto found = FindRole(call, request.role_arn);
  if (!found) return refuse();
  const std::string issuer = access::IssuerOf(request.web_identity_token);
  if (issuer.empty()) {
    return Invalid(
        "The ID Token provided is not a valid JWT. (You may see this error if you sent "
        "an Access Token)",
        "InvalidIdentityToken");
  }
  const std::string provider_arn =
      "arn:aws:iam::" + found->identities->account_id() + ":oidc-provider/" + issuer;
  const auto provider = found->identities->FindOidcProvider(provider_arn);
  if (!provider) {
    return Invalid("No OpenIDConnect provider found in your account for https://" + issuer,
                   "InvalidIdentityToken");
  }
  OWLET_TRY(const std::string keys, call.keys.Find(issuer));
  OWLET_TRY(const access::WebIdentity identity,
            access::CheckIdentityToken(request.web_identity_token, keys, call.context.now));
  if (std::ranges::find(provider->client_ids, identity.audience) == provider->client_ids.end()) {
    return Invalid("Incorrect token audience", "InvalidIdentityToken");
  }
  access::SessionFacts facts;
  facts.federated_provider = provider_arn;
  facts.provider_keys = {{issuer + ":sub", identity.subject}, {issuer + ":aud", identity.audience}};
  access::AccessContext conditions;
  for (const auto& [name, value] : identity.claims) conditions.Set(issuer + ":" + name, value);
  for (const auto& [key, value] : facts.provider_keys) conditions.Set(key, value);
  conditions.Set("sts:RoleSessionName", request.role_session_name);
  access::Principal bearer;
  bearer.kind = access::PrincipalKind::kWebIdentity;
  bearer.account_id = found->identities->account_id();
  bearer.arn = provider_arn;
  bearer.origin = call.context.principal.origin;
  if (!CheckTrust(call, bearer, found->role, bearer.account_id, conditions,
                  {"sts:AssumeRoleWithWebIdentity"})) {
    return refuse();
  }
  const std::int32_t seconds = request.duration_seconds.value_or(kDefaultRoleSession);
  OWLET_CHECK_OK(CheckDuration(found->role, seconds));
  OWLET_TRY(std::vector<std::string> policies, SessionPolicies(*found->identities, request));
  OWLET_TRY(const access::Credentials credentials,
            found->identities->OpenRoleSession(found->role.name, request.role_session_name,
                                               std::chrono::seconds(seconds), std::move(policies),
                                               std::move(facts)));
  aws::sts::AssumeRoleWithWebIdentityResponse reply;
  reply.credentials = OnWire(credentials);
  reply.assumed_role_user = {.assumed_role_id = credentials.principal.user_id,
                             .arn = credentials.principal.arn};
  reply.subject_from_web_identity_token = identity.subject;
  reply.provider = provider_arn;
  reply.audience = identity.audience;
  return reply;
}

Result<aws::sts::GetFederationTokenResponse> GetFederationToken(
    const Call& call, const aws::sts::GetFederationTokenRequest& request) {
  const access::Principal& caller = call.context.principal;
  access::IdentityStore& identities = call.accounts.Of(caller);
  const std::string arn =
      "arn:aws:sts::" + identities.account_id() + ":federated-user/" + request.name;
  OWLET_CHECK_OK(call.authorizer.Decide(caller, "sts:GetFederationToken", arn));
  std::int32_t seconds = request.duration_seconds.value_or(kDefaultSelfSession);
  if (caller.IsRoot()) seconds = std::min(seconds, kLongestRootSession);
  OWLET_TRY(std::vector<std::string> policies, SessionPolicies(identities, request));
  OWLET_TRY(access::SessionFacts facts, FactsOf(call, request));
  OWLET_TRY(const access::Credentials credentials,
            identities.OpenFederatedSession(caller, request.name, std::chrono::seconds(seconds),
                                            std::move(policies), std::move(facts)));
  aws::sts::GetFederationTokenResponse reply;
  reply.credentials = OnWire(credentials);
  reply.federated_user = {.federated_user_id = credentials.principal.user_id,
                          .arn = credentials.principal.arn};
  reply.packed_policy_size = 0;
  return reply;
}

Result<aws::sts::GetSessionTokenResponse> GetSessionToken(
    const Call& call, const aws::sts::GetSessionTokenRequest& request) {
  const access::Principal& caller = call.context.principal;
  // No user has a device here, so that none can be the caller's.
  if (request.serial_number || request.token_code) {
    return Fail(Reason::kAccessDenied,
                "MultiFactorAuthentication failed with invalid MFA one time pass code.",
                "AccessDenied");
  }
  std::int32_t seconds = request.duration_seconds.value_or(kDefaultSelfSession);
  if (caller.IsRoot()) seconds = std::min(seconds, kLongestRootSession);
  OWLET_TRY(const access::Credentials credentials,
            call.accounts.Of(caller).OpenSelfSession(caller, std::chrono::seconds(seconds)));
  aws::sts::GetSessionTokenResponse reply;
  reply.credentials = OnWire(credentials);
  return reply;
}

Result<aws::sts::GetAccessKeyInfoResponse> GetAccessKeyInfo(
    const Call& call, const aws::sts::GetAccessKeyInfoRequest& request) {
  OWLET_CHECK_OK(call.authorizer.Decide(call.context.principal, "sts:GetAccessKeyInfo", "*"));
  const auto known = call.accounts.FindCredentials(request.access_key_id);
  if (!known) {
    return Invalid("The access key " + request.access_key_id +
                   " belongs to no account of this server");
  }
  aws::sts::GetAccessKeyInfoResponse reply;
  reply.account = known->principal.account_id;
  return reply;
}

}  // namespace owlet::sts
