#include "protocol/iam/handlers.h"
#include "protocol/iam/wire_model.h"

namespace owlet::iam {
namespace {

namespace wire = aws::iam;

/// The named user, or the caller's own.
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

}  // namespace

void RegisterAccessKeys(Registrar& registrar) {
  namespace operations = aws::iam::operations;
  registrar.On<operations::CreateAccessKey>(CreateAccessKey);
  registrar.On<operations::ListAccessKeys>(ListAccessKeys);
  registrar.On<operations::UpdateAccessKey>(UpdateAccessKey);
  registrar.On<operations::DeleteAccessKey>(DeleteAccessKey);
}

}  // namespace owlet::iam
