#include "protocol/iam/iam_service.h"

#include <utility>

#include "protocol/common/identity_error_map.h"
#include "protocol/iam/handlers.h"

namespace owlet::iam {

std::unique_ptr<net::HttpService> MakeIamService(const access::Accounts& accounts,
                                                 const access::Authorizer& authorizer,
                                                 protocol::ServiceEnvironment environment) {
  auto service = std::make_unique<protocol::QueryService>(
      aws::iam::kService, protocol::QueryService::Options{.map_error = protocol::MapIdentityError},
      std::move(environment));
  Registrar registrar(*service, accounts, authorizer);
  RegisterUsers(registrar);
  RegisterGroups(registrar);
  RegisterAccessKeys(registrar);
  RegisterLogins(registrar);
  RegisterRoles(registrar);
  RegisterServiceRoles(registrar);
  RegisterInstanceProfiles(registrar);
  RegisterPolicies(registrar);
  RegisterEntityPolicies(registrar);
  RegisterIdentityProviders(registrar);
  RegisterAccount(registrar);
  RegisterSimulation(registrar);
  return service;
}

}  // namespace owlet::iam
