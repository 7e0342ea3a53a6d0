#include "protocol/sts/sts_service.h"

#include <aws/sts/operations.h>

#include <utility>

#include "protocol/common/identity_error_map.h"
#include "protocol/common/query_service.h"
#include "protocol/sts/handlers.h"

namespace owlet::sts {

std::unique_ptr<net::HttpService> MakeStsService(const access::Accounts& accounts,
                                                 const access::Authorizer& authorizer,
                                                 const access::KeySets& keys,
                                                 protocol::ServiceEnvironment environment) {
  namespace operations = aws::sts::operations;
  auto service = std::make_unique<protocol::QueryService>(
      aws::sts::kService,
      protocol::QueryService::Options{
          .map_error = protocol::MapIdentityError,
          // Unsigned by nature: without this they would be refused instead of named.
          .unsigned_operations = {"AssumeRoleWithWebIdentity", "AssumeRoleWithSAML"}},
      std::move(environment));
  const auto with_call = [&](auto handler) {
    return [handler, &accounts, &authorizer, &keys](const protocol::RequestContext& context,
                                                    const auto& request) {
      return handler(
          Call{.accounts = accounts, .authorizer = authorizer, .keys = keys, .context = context},
          request);
    };
  };
  service->On<operations::GetCallerIdentity>(with_call(GetCallerIdentity));
  service->On<operations::AssumeRole>(with_call(AssumeRole));
  service->On<operations::AssumeRoleWithWebIdentity>(with_call(AssumeRoleWithWebIdentity));
  service->On<operations::GetFederationToken>(with_call(GetFederationToken));
  service->On<operations::GetSessionToken>(with_call(GetSessionToken));
  service->On<operations::GetAccessKeyInfo>(with_call(GetAccessKeyInfo));
  return service;
}

}  // namespace owlet::sts
