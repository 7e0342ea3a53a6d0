#pragma once

#include <aws/iam/operations.h>

#include <string>
#include <string_view>

#include "core/access/accounts.h"
#include "core/access/authorizer.h"
#include "protocol/common/query_service.h"

// The handlers of IAM stand in one file for each kind of thing; each function there bears the name
// of its operation, and Register… at the file's end lists them.

namespace owlet::iam {

/// What a handler works with.
struct Call {
  access::IdentityStore& identities;  // of the caller's account
  const protocol::RequestContext& context;
};

/// What a request is about, for the decision: its ARN ("*" when it is about nothing single) and the
/// tags it has.
struct Subject {
  std::string arn = "*";
  access::TagMap tags = {};
};

/// Gives handlers to a service, each behind the decision whether the caller may do it.
class Registrar {
 public:
  Registrar(protocol::QueryService& service, const access::Accounts& accounts,
            const access::Authorizer& authorizer)
      : service_(service), accounts_(accounts), authorizer_(authorizer) {}

  template <class Operation>
  void On(Result<typename Operation::Reply> (*handler)(const Call&,
                                                       const typename Operation::Request&)) {
    service_.On<Operation>(
        [handler, &accounts = accounts_, &authorizer = authorizer_](
            const protocol::RequestContext& context,
            const typename Operation::Request& request) -> Result<typename Operation::Reply> {
          access::IdentityStore& identities = accounts.Of(context.principal);
          const Subject subject = SubjectOf(identities, context.principal, request);
          OWLET_CHECK_OK(authorizer.Decide(context.principal,
                                           "iam:" + std::string(Operation::kSchema.name),
                                           subject.arn, ConditionsOf(subject, request)));
          return handler(Call{.identities = identities, .context = context}, request);
        });
  }

 private:
  /// aws:RequestTag, aws:TagKeys and the keys of IAM's own.
  template <class Request>
  static access::AccessContext ConditionsOf(const Subject& subject, const Request& request) {
    access::AccessContext conditions;
    for (const auto& [key, value] : subject.tags) {
      conditions.Set("aws:ResourceTag/" + key, value).Set("iam:ResourceTag/" + key, value);
    }
    if constexpr (requires { request.policy_arn; }) {
      conditions.Set("iam:PolicyARN", std::string(request.policy_arn));
    }
    if constexpr (requires { std::string(request.permissions_boundary); }) {
      conditions.Set("iam:PermissionsBoundary", request.permissions_boundary);
    } else if constexpr (requires { *request.permissions_boundary; }) {
      if (request.permissions_boundary) {
        conditions.Set("iam:PermissionsBoundary", *request.permissions_boundary);
      }
    }
    std::vector<std::string> keys;
    const auto add = [&](const auto& tags) {
      for (const auto& tag : tags) {
        conditions.Set("aws:RequestTag/" + tag.key, tag.value);
        keys.push_back(tag.key);
      }
    };
    if constexpr (requires { request.tags.has_value(); }) {
      if (request.tags) add(*request.tags);
    } else if constexpr (requires { request.tags.begin(); }) {
      add(request.tags);
    }
    if constexpr (requires { request.tag_keys; }) keys = request.tag_keys;
    if (!keys.empty()) conditions.Set("aws:TagKeys", std::move(keys));
    return conditions;
  }

  template <class Found>
  static Subject Existing(const Result<Found>& found, std::string otherwise) {
    if (!found) return {.arn = std::move(otherwise)};
    return {.arn = found->arn, .tags = found->tags};
  }

  template <class Request>
  static Subject SubjectOf(const access::IdentityStore& identities,
                           const access::Principal& principal, const Request& request) {
    const std::string start = "arn:aws:iam::" + identities.account_id() + ":";
    if constexpr (requires { request.instance_profile_name; }) {
      return Existing(identities.FindInstanceProfile(request.instance_profile_name),
                      start + "instance-profile/" + request.instance_profile_name);
    } else if constexpr (requires { request.group_name; }) {
      return Existing(identities.FindGroup(request.group_name),
                      start + "group/" + request.group_name);
    } else if constexpr (requires { request.role_name; }) {
      return Existing(identities.FindRole(request.role_name), start + "role/" + request.role_name);
    } else if constexpr (requires { request.user_name.has_value(); }) {
      if (!request.user_name) return {.arn = principal.arn};
      return Existing(identities.FindUser(*request.user_name),
                      start + "user/" + *request.user_name);
    } else if constexpr (requires { request.user_name; }) {
      return Existing(identities.FindUser(request.user_name), start + "user/" + request.user_name);
    } else if constexpr (requires { request.policy_arn; }) {
      return Existing(identities.FindPolicy(request.policy_arn), request.policy_arn);
    } else if constexpr (requires { request.policy_name; }) {
      return {.arn = start + "policy/" + request.policy_name};
    } else if constexpr (requires { request.open_id_connect_provider_arn; }) {
      return {.arn = request.open_id_connect_provider_arn};
    } else if constexpr (requires { request.saml_provider_arn; }) {
      return {.arn = request.saml_provider_arn};
    } else if constexpr (requires { request.policy_source_arn; }) {
      return {.arn = request.policy_source_arn};
    } else if constexpr (requires { request.old_password; }) {
      return {.arn = principal.arn};
    } else {
      return {};
    }
  }

  protocol::QueryService& service_;
  const access::Accounts& accounts_;
  const access::Authorizer& authorizer_;
};

/// The named user, or the caller's own; kInvalidArgument when the caller is no user.
[[nodiscard]] Result<std::string> UserOf(const Call& call, const std::optional<std::string>& name);

void RegisterUsers(Registrar& registrar);
void RegisterGroups(Registrar& registrar);
void RegisterAccessKeys(Registrar& registrar);
void RegisterLogins(Registrar& registrar);
void RegisterRoles(Registrar& registrar);
void RegisterServiceRoles(Registrar& registrar);
void RegisterInstanceProfiles(Registrar& registrar);
void RegisterPolicies(Registrar& registrar);
void RegisterEntityPolicies(Registrar& registrar);
void RegisterIdentityProviders(Registrar& registrar);
void RegisterAccount(Registrar& registrar);
void RegisterSimulation(Registrar& registrar);

}  // namespace owlet::iam
