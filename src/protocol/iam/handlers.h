#pragma once

#include <aws/iam/operations.h>

#include <string>
#include <string_view>

#include "core/access/authorizer.h"
#include "core/access/identity_store.h"
#include "protocol/common/query_service.h"

// The handlers of IAM stand in one file for each kind of thing; each function there bears the name
// of its operation, and Register… at the file's end lists them.

namespace owlet::iam {

/// What a handler works with.
struct Call {
  access::IdentityStore& identities;
  const protocol::RequestContext& context;
};

/// Gives handlers to a service, each behind the decision whether the caller may do it.
class Registrar {
 public:
  Registrar(protocol::QueryService& service, access::IdentityStore& identities,
            const access::Authorizer& authorizer)
      : service_(service), identities_(identities), authorizer_(authorizer) {}

  template <class Operation>
  void On(Result<typename Operation::Reply> (*handler)(const Call&,
                                                       const typename Operation::Request&)) {
    service_.On<Operation>(
        [handler, &identities = identities_, &authorizer = authorizer_](
            const protocol::RequestContext& context,
            const typename Operation::Request& request) -> Result<typename Operation::Reply> {
          access::AccessContext conditions;
          if constexpr (requires { request.policy_arn; }) {
            conditions.Set("iam:PolicyARN", std::string(request.policy_arn));
          }
          OWLET_CHECK_OK(
              authorizer.Decide(context.principal, "iam:" + std::string(Operation::kSchema.name),
                                ResourceOf(identities, context.principal, request), conditions));
          return handler(Call{.identities = identities, .context = context}, request);
        });
  }

 private:
  /// The ARN of what a request is about; "*" when it is about nothing single.
  template <class Request>
  static std::string ResourceOf(const access::IdentityStore& identities,
                                const access::Principal& principal, const Request& request) {
    const std::string start = "arn:aws:iam::" + identities.account_id() + ":";
    if constexpr (requires { request.instance_profile_name; }) {
      const auto found = identities.FindInstanceProfile(request.instance_profile_name);
      return found ? found->arn : start + "instance-profile/" + request.instance_profile_name;
    } else if constexpr (requires { request.role_name; }) {
      const auto found = identities.FindRole(request.role_name);
      return found ? found->arn : start + "role/" + request.role_name;
    } else if constexpr (requires { request.user_name.has_value(); }) {
      if (!request.user_name) return principal.arn;
      const auto found = identities.FindUser(*request.user_name);
      return found ? found->arn : start + "user/" + *request.user_name;
    } else if constexpr (requires { request.user_name; }) {
      const auto found = identities.FindUser(request.user_name);
      return found ? found->arn : start + "user/" + request.user_name;
    } else if constexpr (requires { request.policy_arn; }) {
      return request.policy_arn;
    } else if constexpr (requires { request.policy_name; }) {
      return start + "policy/" + request.policy_name;
    } else {
      return "*";
    }
  }

  protocol::QueryService& service_;
  access::IdentityStore& identities_;
  const access::Authorizer& authorizer_;
};

void RegisterUsers(Registrar& registrar);
void RegisterAccessKeys(Registrar& registrar);
void RegisterRoles(Registrar& registrar);
void RegisterInstanceProfiles(Registrar& registrar);
void RegisterPolicies(Registrar& registrar);
void RegisterEntityPolicies(Registrar& registrar);

}  // namespace owlet::iam
