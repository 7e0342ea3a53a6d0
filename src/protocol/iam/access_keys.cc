#include "protocol/iam/handlers.h"
#include "protocol/iam/wire_model.h"

namespace owlet::iam {

Result<std::string> UserOf(const Call& call, const std::optional<std::string>& name) {
  if (name) return *name;
  const access::Principal& caller = call.context.principal;
  if (caller.kind == access::PrincipalKind::kUser) return caller.name;
  if (caller.IsRoot()) {
    return Fail(Reason::kNotImplemented,
                "owlet's root user has one key pair, set by the configuration: name a user",
                "NotImplemented");
  }
  return Fail(Reason::kInvalidArgument,
              "Must specify userName when calling with non-User credentials", "ValidationError");
}

namespace {

namespace wire = aws::iam;

const char* StatusOf(const access::AccessKey& key) { return key.active ? "Active" : "Inactive"; }

Result<wire::CreateAccessKeyResponse> CreateAccessKey(const Call& call,
                                                      const wire::CreateAccessKeyRequest& request) {
  OWLET_TRY(const std::string user, UserOf(call, request.user_name));
  OWLET_TRY(const access::AccessKey key, call.identities.CreateAccessKey(user));
  wire::CreateAccessKeyResponse reply;
  reply.access_key.user_name = key.user_name;
  reply.access_key.access_key_id = key.id;
  reply.access_key.status = StatusOf(key);
  reply.access_key.secret_access_key = key.secret;
  reply.access_key.create_date = key.created;
  return reply;
}

Result<wire::ListAccessKeysResponse> ListAccessKeys(const Call& call,
                                                    const wire::ListAccessKeysRequest& request) {
  wire::ListAccessKeysResponse reply;
  if (!request.user_name && call.context.principal.IsRoot()) {
    wire::AccessKeyMetadata root;
    root.access_key_id = call.identities.root_key().first;
    root.status = "Active";
    reply.access_key_metadata.push_back(std::move(root));
    reply.is_truncated = false;
    return reply;
  }
  OWLET_TRY(const std::string user, UserOf(call, request.user_name));
  OWLET_TRY(const auto keys, call.identities.ListAccessKeys(user));
  for (const access::AccessKey& key : keys) {
    reply.access_key_metadata.push_back({.user_name = key.user_name,
                                         .access_key_id = key.id,
                                         .status = StatusOf(key),
                                         .create_date = key.created});
  }
  reply.is_truncated = false;  // two at most
  return reply;
}

Result<protocol::Nothing> UpdateAccessKey(const Call& call,
                                          const wire::UpdateAccessKeyRequest& request) {
  OWLET_TRY(const std::string user, UserOf(call, request.user_name));
  OWLET_CHECK_OK(
      call.identities.SetAccessKeyActive(user, request.access_key_id, request.status == "Active"));
  return protocol::Nothing{};
}

Result<protocol::Nothing> DeleteAccessKey(const Call& call,
                                          const wire::DeleteAccessKeyRequest& request) {
  OWLET_TRY(const std::string user, UserOf(call, request.user_name));
  OWLET_CHECK_OK(call.identities.DeleteAccessKey(user, request.access_key_id));
  return protocol::Nothing{};
}

Result<wire::GetAccessKeyLastUsedResponse> GetAccessKeyLastUsed(
    const Call& call, const wire::GetAccessKeyLastUsedRequest& request) {
  OWLET_TRY(const access::AccessKey key, call.identities.FindAccessKey(request.access_key_id));
  wire::GetAccessKeyLastUsedResponse reply;
  reply.user_name = key.user_name;
  wire::AccessKeyLastUsed& used = reply.access_key_last_used.emplace();
  used.service_name = "N/A";
  used.region = "N/A";
  if (const auto use = call.identities.LastUse(key.id)) {
    used.last_used_date = std::chrono::floor<std::chrono::seconds>(use->time);
    used.service_name = use->service;
    used.region = use->region;
  }
  return reply;
}

}  // namespace

void RegisterAccessKeys(Registrar& registrar) {
  namespace operations = aws::iam::operations;
  registrar.On<operations::CreateAccessKey>(CreateAccessKey);
  registrar.On<operations::ListAccessKeys>(ListAccessKeys);
  registrar.On<operations::UpdateAccessKey>(UpdateAccessKey);
  registrar.On<operations::DeleteAccessKey>(DeleteAccessKey);
  registrar.On<operations::GetAccessKeyLastUsed>(GetAccessKeyLastUsed);
}

}  // namespace owlet::iam
