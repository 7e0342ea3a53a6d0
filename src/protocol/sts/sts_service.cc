#include "protocol/sts/sts_service.h"

#include <aws/sts/operations.h>

#include <utility>

#include "protocol/common/identity_error_map.h"
#include "protocol/common/query_service.h"
#include "protocol/sts/handlers.h"

namespace owlet::sts {

std::unique_ptr<net::HttpService> MakeStsService(access::IdentityStore& identities,
                                                 const access::Authorizer& authorizer,
                                                 protocol::ServiceEnvironment environment) {
  namespace operations = aws::sts::operations;
  auto service = std::make_unique<protocol::QueryService>(
      aws::sts::kService,
      protocol::QueryService::Options{
          .map_error = protocol::MapIdentityError,
          // Unsigned by nature: without this they would be refused instead of named.
          .unsigned_operations = {"AssumeRoleWithWebIdentity", "AssumeRoleWithSAML"}},
      std::move(environment));
  const auto with_call = [&identities, &authorizer](auto handler) {
    return [handler, &identities, &authorizer](const protocol::RequestContext& context,
                                               const auto& request) {
      return handler(Call{.identities = identities, .authorizer = authorizer, .context = context},
                     request);
    };
  };
  service->On<operations::GetCallerIdentity>(with_call(GetCallerIdentity));
  service->On<operations::AssumeRole>(with_call(AssumeRole));
  service->On<operations::GetSessionToken>(with_call(GetSessionToken));
  service->On<operations::GetAccessKeyInfo>(with_call(GetAccessKeyInfo));
  return service;
}

}  // namespace owlet::sts
