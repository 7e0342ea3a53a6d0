#include <algorithm>

#include "protocol/iam/handlers.h"
#include "protocol/iam/wire_model.h"

namespace owlet::iam {
namespace {

namespace wire = aws::iam;
using access::OidcProvider;
using access::SamlProvider;

std::unexpected<Error> Invalid(std::string message) {
  return Fail(Reason::kInvalidArgument, std::move(message), "ValidationError");
}

Status EditTags(const std::optional<std::vector<wire::Tag>>& added,
                const std::vector<std::string>& removed, access::TagMap& tags) {
  for (const auto& [key, value] : FromWire(added)) tags[key] = value;
  for (const std::string& key : removed) tags.erase(key);
  if (tags.size() <= 50) return {};
  return Fail(Reason::kLimitExceeded, "The number of tags has reached the maximum limit.",
              "LimitExceeded");
}

Result<wire::CreateOpenIDConnectProviderResponse> CreateOpenIDConnectProvider(
    const Call& call, const wire::CreateOpenIDConnectProviderRequest& request) {
  constexpr std::string_view kScheme = "https://";
  if (!request.url.starts_with(kScheme) || request.url.size() == kScheme.size()) {
    return Invalid("Invalid Open ID Connect Provider URL");
  }
  OidcProvider wanted;
  wanted.url = request.url.substr(kScheme.size());
  while (wanted.url.ends_with('/')) wanted.url.pop_back();
  wanted.client_ids = request.client_id_list.value_or(std::vector<std::string>());
  wanted.thumbprints = request.thumbprint_list.value_or(std::vector<std::string>());
  if (wanted.thumbprints.size() > 5) {
    return Invalid("Thumbprint list must contain fewer than 5 entries.");
  }
  wanted.tags = FromWire(request.tags);
  OWLET_TRY(const OidcProvider provider, call.identities.CreateOidcProvider(std::move(wanted)));
  wire::CreateOpenIDConnectProviderResponse reply;
  reply.open_id_connect_provider_arn = provider.arn;
  if (!provider.tags.empty()) reply.tags = ToWire(provider.tags);
  return reply;
}

Result<wire::GetOpenIDConnectProviderResponse> GetOpenIDConnectProvider(
    const Call& call, const wire::GetOpenIDConnectProviderRequest& request) {
  OWLET_TRY(const OidcProvider provider,
            call.identities.FindOidcProvider(request.open_id_connect_provider_arn));
  wire::GetOpenIDConnectProviderResponse reply;
  reply.url = provider.url;
  reply.client_id_list = provider.client_ids;
  reply.thumbprint_list = provider.thumbprints;
  reply.create_date = provider.created;
  reply.tags = ToWire(provider.tags);
  return reply;
}

Result<wire::ListOpenIDConnectProvidersResponse> ListOpenIDConnectProviders(
    const Call& call, const wire::ListOpenIDConnectProvidersRequest&) {
  wire::ListOpenIDConnectProvidersResponse reply;
  auto& list = reply.open_id_connect_provider_list.emplace();
  for (const OidcProvider& provider : call.identities.ListOidcProviders()) {
    list.push_back({.arn = provider.arn});
  }
  return reply;
}

Result<protocol::Nothing> DeleteOpenIDConnectProvider(
    const Call& call, const wire::DeleteOpenIDConnectProviderRequest& request) {
  OWLET_CHECK_OK(call.identities.DeleteOidcProvider(request.open_id_connect_provider_arn));
  return protocol::Nothing{};
}

Result<protocol::Nothing> AddClientIDToOpenIDConnectProvider(
    const Call& call, const wire::AddClientIDToOpenIDConnectProviderRequest& request) {
  OWLET_CHECK_OK(call.identities.EditOidcProvider(
      request.open_id_connect_provider_arn, [&](OidcProvider& provider) -> Status {
        auto& ids = provider.client_ids;
        if (std::ranges::find(ids, request.client_id) == ids.end()) {
          ids.push_back(request.client_id);
        }
        return {};
      }));
  return protocol::Nothing{};
}

Result<protocol::Nothing> RemoveClientIDFromOpenIDConnectProvider(
    const Call& call, const wire::RemoveClientIDFromOpenIDConnectProviderRequest& request) {
  OWLET_CHECK_OK(call.identities.EditOidcProvider(
      request.open_id_connect_provider_arn, [&](OidcProvider& provider) -> Status {
        std::erase(provider.client_ids, request.client_id);
        return {};
      }));
  return protocol::Nothing{};
}

Result<protocol::Nothing> UpdateOpenIDConnectProviderThumbprint(
    const Call& call, const wire::UpdateOpenIDConnectProviderThumbprintRequest& request) {
  OWLET_CHECK_OK(call.identities.EditOidcProvider(request.open_id_connect_provider_arn,
                                                  [&](OidcProvider& provider) -> Status {
                                                    provider.thumbprints = request.thumbprint_list;
                                                    return {};
                                                  }));
  return protocol::Nothing{};
}

Result<protocol::Nothing> TagOpenIDConnectProvider(
    const Call& call, const wire::TagOpenIDConnectProviderRequest& request) {
  OWLET_CHECK_OK(call.identities.EditOidcProvider(
      request.open_id_connect_provider_arn,
      [&](OidcProvider& provider) { return EditTags(request.tags, {}, provider.tags); }));
  return protocol::Nothing{};
}

Result<protocol::Nothing> UntagOpenIDConnectProvider(
    const Call& call, const wire::UntagOpenIDConnectProviderRequest& request) {
  OWLET_CHECK_OK(call.identities.EditOidcProvider(
      request.open_id_connect_provider_arn, [&](OidcProvider& provider) {
        return EditTags(std::nullopt, request.tag_keys, provider.tags);
      }));
  return protocol::Nothing{};
}

Result<wire::ListOpenIDConnectProviderTagsResponse> ListOpenIDConnectProviderTags(
    const Call& call, const wire::ListOpenIDConnectProviderTagsRequest& request) {
  OWLET_TRY(const OidcProvider provider,
            call.identities.FindOidcProvider(request.open_id_connect_provider_arn));
  wire::ListOpenIDConnectProviderTagsResponse reply;
  OWLET_CHECK_OK(FillPage(request, ToWire(provider.tags), &wire::Tag::key, reply.tags, reply));
  return reply;
}

Result<wire::CreateSAMLProviderResponse> CreateSAMLProvider(
    const Call& call, const wire::CreateSAMLProviderRequest& request) {
  if (request.saml_metadata_document.find("EntityDescriptor") == std::string::npos) {
    return Fail(Reason::kInvalidArgument, "Could not parse metadata", "InvalidInput");
  }
  SamlProvider wanted;
  wanted.name = request.name;
  wanted.metadata = request.saml_metadata_document;
  wanted.tags = FromWire(request.tags);
  OWLET_TRY(const SamlProvider provider, call.identities.CreateSamlProvider(std::move(wanted)));
  wire::CreateSAMLProviderResponse reply;
  reply.saml_provider_arn = provider.arn;
  if (!provider.tags.empty()) reply.tags = ToWire(provider.tags);
  return reply;
}

Result<wire::GetSAMLProviderResponse> GetSAMLProvider(const Call& call,
                                                      const wire::GetSAMLProviderRequest& request) {
  OWLET_TRY(const SamlProvider provider,
            call.identities.FindSamlProvider(request.saml_provider_arn));
  wire::GetSAMLProviderResponse reply;
  reply.saml_provider_uuid = provider.id;
  reply.saml_metadata_document = provider.metadata;
  reply.create_date = provider.created;
  reply.valid_until = provider.valid_until;
  reply.tags = ToWire(provider.tags);
  return reply;
}

Result<wire::ListSAMLProvidersResponse> ListSAMLProviders(const Call& call,
                                                          const wire::ListSAMLProvidersRequest&) {
  wire::ListSAMLProvidersResponse reply;
  auto& list = reply.saml_provider_list.emplace();
  for (const SamlProvider& provider : call.identities.ListSamlProviders()) {
    list.push_back({.arn = provider.arn,
                    .valid_until = provider.valid_until,
                    .create_date = provider.created});
  }
  return reply;
}

Result<wire::UpdateSAMLProviderResponse> UpdateSAMLProvider(
    const Call& call, const wire::UpdateSAMLProviderRequest& request) {
  OWLET_CHECK_OK(call.identities.EditSamlProvider(
      request.saml_provider_arn, [&](SamlProvider& provider) -> Status {
        if (request.saml_metadata_document) provider.metadata = *request.saml_metadata_document;
        return {};
      }));
  wire::UpdateSAMLProviderResponse reply;
  reply.saml_provider_arn = request.saml_provider_arn;
  return reply;
}

Result<protocol::Nothing> DeleteSAMLProvider(const Call& call,
                                             const wire::DeleteSAMLProviderRequest& request) {
  OWLET_CHECK_OK(call.identities.DeleteSamlProvider(request.saml_provider_arn));
  return protocol::Nothing{};
}

Result<protocol::Nothing> TagSAMLProvider(const Call& call,
                                          const wire::TagSAMLProviderRequest& request) {
  OWLET_CHECK_OK(call.identities.EditSamlProvider(
      request.saml_provider_arn,
      [&](SamlProvider& provider) { return EditTags(request.tags, {}, provider.tags); }));
  return protocol::Nothing{};
}

Result<protocol::Nothing> UntagSAMLProvider(const Call& call,
                                            const wire::UntagSAMLProviderRequest& request) {
  OWLET_CHECK_OK(
      call.identities.EditSamlProvider(request.saml_provider_arn, [&](SamlProvider& provider) {
        return EditTags(std::nullopt, request.tag_keys, provider.tags);
      }));
  return protocol::Nothing{};
}

Result<wire::ListSAMLProviderTagsResponse> ListSAMLProviderTags(
    const Call& call, const wire::ListSAMLProviderTagsRequest& request) {
  OWLET_TRY(const SamlProvider provider,
            call.identities.FindSamlProvider(request.saml_provider_arn));
  wire::ListSAMLProviderTagsResponse reply;
  OWLET_CHECK_OK(FillPage(request, ToWire(provider.tags), &wire::Tag::key, reply.tags, reply));
  return reply;
}

}  // namespace

void RegisterIdentityProviders(Registrar& registrar) {
  namespace operations = aws::iam::operations;
  registrar.On<operations::CreateOpenIDConnectProvider>(CreateOpenIDConnectProvider);
  registrar.On<operations::GetOpenIDConnectProvider>(GetOpenIDConnectProvider);
  registrar.On<operations::ListOpenIDConnectProviders>(ListOpenIDConnectProviders);
  registrar.On<operations::DeleteOpenIDConnectProvider>(DeleteOpenIDConnectProvider);
  registrar.On<operations::AddClientIDToOpenIDConnectProvider>(AddClientIDToOpenIDConnectProvider);
  registrar.On<operations::RemoveClientIDFromOpenIDConnectProvider>(
      RemoveClientIDFromOpenIDConnectProvider);
  registrar.On<operations::UpdateOpenIDConnectProviderThumbprint>(
      UpdateOpenIDConnectProviderThumbprint);
  registrar.On<operations::TagOpenIDConnectProvider>(TagOpenIDConnectProvider);
  registrar.On<operations::UntagOpenIDConnectProvider>(UntagOpenIDConnectProvider);
  registrar.On<operations::ListOpenIDConnectProviderTags>(ListOpenIDConnectProviderTags);
  registrar.On<operations::CreateSAMLProvider>(CreateSAMLProvider);
  registrar.On<operations::GetSAMLProvider>(GetSAMLProvider);
  registrar.On<operations::ListSAMLProviders>(ListSAMLProviders);
  registrar.On<operations::UpdateSAMLProvider>(UpdateSAMLProvider);
  registrar.On<operations::DeleteSAMLProvider>(DeleteSAMLProvider);
  registrar.On<operations::TagSAMLProvider>(TagSAMLProvider);
  registrar.On<operations::UntagSAMLProvider>(UntagSAMLProvider);
  registrar.On<operations::ListSAMLProviderTags>(ListSAMLProviderTags);
}

}  // namespace owlet::iam
