#include "protocol/sts/handlers.h"

#include "core/access/policy_authorizer.h"

namespace owlet::sts {
namespace {

using access::PrincipalMatch;

constexpr std::int32_t kDefaultRoleSession = 3600;
constexpr std::int32_t kLongestChainedSession = 3600;
constexpr std::int32_t kDefaultSelfSession = 43'200;

aws::sts::Credentials OnWire(const access::Credentials& credentials) {
  return {.access_key_id = credentials.access_key_id,
          .secret_access_key = credentials.secret_access_key,
          .session_token = credentials.session_token,
          // Whole seconds, as STS gives them.
          .expiration =
              std::chrono::floor<std::chrono::seconds>(credentials.expires.value_or(Timestamp()))};
}

std::unexpected<Error> MayNotAssume(const Call& call, const std::string& role_arn) {
  return Fail(Reason::kAccessDenied,
              "User: " + call.context.principal.arn +
                  " is not authorized to perform: sts:AssumeRole on resource: " + role_arn,
              "AccessDenied");
}

/// The role's trust policy must let the caller in; where it leaves that to the account, the
/// caller's own policies must allow it too. AWS never lets the root user assume a role; owlet does
/// when the role trusts the account, as its root key pair stands for a developer's administrator.
Status CheckTrust(const Call& call, const access::Role& role,
                  const aws::sts::AssumeRoleRequest& request) {
  OWLET_TRY(const auto trust,
            access::PolicyDocument::Parse(role.trust_policy, access::PolicyUse::kTrust));
  access::AccessContext conditions;
  conditions.Set("sts:RoleSessionName", request.role_session_name);
  if (request.external_id) conditions.Set("sts:ExternalId", *request.external_id);
  if (request.source_identity) conditions.Set("sts:SourceIdentity", *request.source_identity);
  const access::AccessQuestion question{.principal = call.context.principal,
                                        .action = "sts:AssumeRole",
                                        .resource = role.arn,
                                        .context = conditions};
  const PrincipalMatch match = MatchTrust(question, *trust);
  if (match == PrincipalMatch::kNone) return MayNotAssume(call, role.arn);
  // A trust policy that names the caller itself grants by itself, but a deny of its own policies
  // still holds: the whole decision is made with it as the resource's policy.
  if (!call.authorizer.Decide(call.context.principal, "sts:AssumeRole", role.arn, conditions,
                              {.policy = trust.get(), .grant_required = true})) {
    return MayNotAssume(call, role.arn);
  }
  return {};
}

/// Documents of the session policies: the inline one and the managed ones named by ARN.
Result<std::vector<std::string>> SessionPolicies(const Call& call,
                                                 const aws::sts::AssumeRoleRequest& request) {
  std::vector<std::string> documents;
  if (request.policy) {
    OWLET_CHECK_OK(access::PolicyDocument::Parse(*request.policy, access::PolicyUse::kIdentity));
    documents.push_back(*request.policy);
  }
  if (!request.policy_arns) return documents;
  for (const aws::sts::PolicyDescriptorType& each : *request.policy_arns) {
    const auto policy = call.identities.FindPolicy(each.arn.value_or(""));
    if (!policy) {
      return Fail(Reason::kInvalidArgument,
                  "The specified policy does not exist: " + each.arn.value_or(""),
                  "ValidationError");
    }
    documents.push_back(policy->document());
  }
  return documents;
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
  const auto role = call.identities.FindRoleByArn(request.role_arn);
  // Whether a role exists is nobody's business who may not assume it.
  if (!role || !request.role_arn.starts_with("arn:")) return MayNotAssume(call, request.role_arn);
  OWLET_CHECK_OK(CheckTrust(call, *role, request));
  const std::int32_t seconds = request.duration_seconds.value_or(kDefaultRoleSession);
  const bool chained = call.context.principal.kind == access::PrincipalKind::kAssumedRole;
  if (chained && seconds > kLongestChainedSession) {
    return Fail(Reason::kInvalidArgument,
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed "
                "by role chaining",
                "ValidationError");
  }
  if (std::chrono::seconds(seconds) > role->max_session) {
    return Fail(Reason::kInvalidArgument,
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
                "ValidationError");
  }
  OWLET_TRY(std::vector<std::string> policies, SessionPolicies(call, request));
  OWLET_TRY(const access::Credentials credentials,
            call.identities.OpenRoleSession(role->name, request.role_session_name,
                                            std::chrono::seconds(seconds), std::move(policies)));
  aws::sts::AssumeRoleResponse reply;
  reply.credentials = OnWire(credentials);
  reply.assumed_role_user = {.assumed_role_id = credentials.principal.user_id,
                             .arn = credentials.principal.arn};
  reply.source_identity = request.source_identity;
  return reply;
}

Result<aws::sts::GetSessionTokenResponse> GetSessionToken(
    const Call& call, const aws::sts::GetSessionTokenRequest& request) {
  const std::chrono::seconds duration(request.duration_seconds.value_or(kDefaultSelfSession));
  OWLET_TRY(const access::Credentials credentials,
            call.identities.OpenSelfSession(call.context.principal, duration));
  aws::sts::GetSessionTokenResponse reply;
  reply.credentials = OnWire(credentials);
  return reply;
}

Result<aws::sts::GetAccessKeyInfoResponse> GetAccessKeyInfo(
    const Call& call, const aws::sts::GetAccessKeyInfoRequest& request) {
  if (!call.identities.FindCredentials(request.access_key_id)) {
    return Fail(Reason::kInvalidArgument,
                "The access key " + request.access_key_id + " belongs to no account of this server",
                "ValidationError");
  }
  aws::sts::GetAccessKeyInfoResponse reply;
  reply.account = call.identities.account_id();
  return reply;
}

}  // namespace owlet::sts
