#include "core/access/identity_records.h"

#include "core/access/records.pb.h"

namespace owlet::access {
namespace {

std::int64_t Micros(Timestamp time) { return time.time_since_epoch().count(); }
Timestamp FromMicros(std::int64_t micros) { return Timestamp(std::chrono::microseconds(micros)); }

std::string Arn(std::string_view account, std::string_view kind, const std::string& path,
                const std::string& name) {
  return "arn:aws:iam::" + std::string(account) + ":" + std::string(kind) + path + name;
}

using TagRows = google::protobuf::RepeatedPtrField<records::Tag>;

void PutRows(const TagMap& tags, TagRows& rows) {
  for (const auto& [key, value] : tags) {
    records::Tag* tag = rows.Add();
    tag->set_key(key);
    tag->set_value(value);
  }
}

TagMap GetRows(const TagRows& rows) {
  TagMap tags;
  for (const records::Tag& tag : rows) tags[tag.key()] = tag.value();
  return tags;
}

template <class Record>
void PutTags(const TagMap& tags, Record& record) {
  PutRows(tags, *record.mutable_tags());
}

template <class Record>
TagMap GetTags(const Record& record) {
  return GetRows(record.tags());
}

using TextRows = google::protobuf::RepeatedPtrField<std::string>;

void PutTexts(const std::vector<std::string>& texts, TextRows& rows) {
  rows.Assign(texts.begin(), texts.end());
}
std::vector<std::string> GetTexts(const TextRows& rows) { return {rows.begin(), rows.end()}; }

void PutPermissions(const Permissions& permissions, records::Permissions& record) {
  for (const auto& [name, document] : permissions.inline_policies) {
    records::InlinePolicy* policy = record.add_inline_policies();
    policy->set_name(name);
    policy->set_document(document);
  }
  for (const std::string& arn : permissions.attached_policy_arns) {
    record.add_attached_policy_arns(arn);
  }
  record.set_boundary_arn(permissions.boundary_arn);
}

Permissions GetPermissions(const records::Permissions& record) {
  Permissions permissions;
  for (const records::InlinePolicy& policy : record.inline_policies()) {
    permissions.inline_policies[policy.name()] = policy.document();
  }
  permissions.attached_policy_arns.assign(record.attached_policy_arns().begin(),
                                          record.attached_policy_arns().end());
  permissions.boundary_arn = record.boundary_arn();
  return permissions;
}

// What users, roles, profiles and policies have in common.
template <class Record, class Entity>
void PutEntity(const Entity& entity, Record& record) {
  record.set_name(entity.name);
  record.set_path(entity.path);
  record.set_id(entity.id);
  record.set_created(Micros(entity.created));
  PutTags(entity.tags, record);
}

template <class Record, class Entity>
void GetEntity(const Record& record, std::string_view account, std::string_view kind,
               Entity& entity) {
  entity.name = record.name();
  entity.path = record.path();
  entity.id = record.id();
  entity.created = FromMicros(record.created());
  entity.arn = Arn(account, kind, entity.path, entity.name);
  entity.tags = GetTags(record);
}

template <class Record>
Result<Record> Parse(std::string_view bytes) {
  Record record;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Fail(Reason::kCorruption, "an identity record is not readable");
  }
  return record;
}

}  // namespace

std::string Encode(const User& user) {
  records::User record;
  PutEntity(user, record);
  PutPermissions(user.permissions, *record.mutable_permissions());
  PutTexts(user.group_ids, *record.mutable_group_ids());
  if (user.login) {
    records::LoginProfile& login = *record.mutable_login();
    login.set_created(Micros(user.login->created));
    login.set_salt(user.login->salt);
    login.set_digest(user.login->digest);
    login.set_reset_required(user.login->reset_required);
  }
  return record.SerializeAsString();
}

Result<User> DecodeUser(std::string_view bytes, std::string_view account) {
  OWLET_TRY(const records::User record, Parse<records::User>(bytes));
  User user;
  GetEntity(record, account, "user", user);
  user.permissions = GetPermissions(record.permissions());
  user.group_ids = GetTexts(record.group_ids());
  if (record.has_login()) {
    user.login = LoginProfile{.created = FromMicros(record.login().created()),
                              .salt = record.login().salt(),
                              .digest = record.login().digest(),
                              .reset_required = record.login().reset_required()};
  }
  return user;
}

std::string Encode(const Group& group) {
  records::Group record;
  PutEntity(group, record);
  PutPermissions(group.permissions, *record.mutable_permissions());
  return record.SerializeAsString();
}

Result<Group> DecodeGroup(std::string_view bytes, std::string_view account) {
  OWLET_TRY(const records::Group record, Parse<records::Group>(bytes));
  Group group;
  GetEntity(record, account, "group", group);
  group.permissions = GetPermissions(record.permissions());
  return group;
}

std::string Encode(const OidcProvider& provider) {
  records::OidcProvider record;
  record.set_url(provider.url);
  PutTexts(provider.client_ids, *record.mutable_client_ids());
  PutTexts(provider.thumbprints, *record.mutable_thumbprints());
  record.set_created(Micros(provider.created));
  PutTags(provider.tags, record);
  return record.SerializeAsString();
}

Result<OidcProvider> DecodeOidcProvider(std::string_view bytes, std::string_view account) {
  OWLET_TRY(const records::OidcProvider record, Parse<records::OidcProvider>(bytes));
  OidcProvider provider;
  provider.url = record.url();
  provider.arn = Arn(account, "oidc-provider", "/", provider.url);
  provider.client_ids = GetTexts(record.client_ids());
  provider.thumbprints = GetTexts(record.thumbprints());
  provider.created = FromMicros(record.created());
  provider.tags = GetTags(record);
  return provider;
}

std::string Encode(const SamlProvider& provider) {
  records::SamlProvider record;
  record.set_name(provider.name);
  record.set_id(provider.id);
  record.set_metadata(provider.metadata);
  record.set_created(Micros(provider.created));
  record.set_valid_until(Micros(provider.valid_until));
  PutTags(provider.tags, record);
  return record.SerializeAsString();
}

Result<SamlProvider> DecodeSamlProvider(std::string_view bytes, std::string_view account) {
  OWLET_TRY(const records::SamlProvider record, Parse<records::SamlProvider>(bytes));
  SamlProvider provider;
  provider.name = record.name();
  provider.arn = Arn(account, "saml-provider", "/", provider.name);
  provider.id = record.id();
  provider.metadata = record.metadata();
  provider.created = FromMicros(record.created());
  provider.valid_until = FromMicros(record.valid_until());
  provider.tags = GetTags(record);
  return provider;
}

std::string Encode(const AccountSettings& settings) {
  records::AccountSettings record;
  record.set_alias(settings.alias);
  PutRows(settings.password_policy, *record.mutable_password_policy());
  return record.SerializeAsString();
}

Result<AccountSettings> DecodeAccountSettings(std::string_view bytes) {
  OWLET_TRY(const records::AccountSettings record, Parse<records::AccountSettings>(bytes));
  return AccountSettings{.alias = record.alias(),
                         .password_policy = GetRows(record.password_policy())};
}

std::string Encode(const AccessKey& key) {
  records::AccessKey record;
  record.set_id(key.id);
  record.set_secret(key.secret);
  record.set_user_name(key.user_name);
  record.set_active(key.active);
  record.set_created(Micros(key.created));
  return record.SerializeAsString();
}

Result<AccessKey> DecodeAccessKey(std::string_view bytes) {
  OWLET_TRY(const records::AccessKey record, Parse<records::AccessKey>(bytes));
  AccessKey key;
  key.id = record.id();
  key.secret = record.secret();
  key.user_name = record.user_name();
  key.active = record.active();
  key.created = FromMicros(record.created());
  return key;
}

std::string Encode(const Role& role) {
  records::Role record;
  PutEntity(role, record);
  PutPermissions(role.permissions, *record.mutable_permissions());
  record.set_trust_policy(role.trust_policy);
  record.set_description(role.description);
  record.set_max_session_seconds(role.max_session.count());
  return record.SerializeAsString();
}

Result<Role> DecodeRole(std::string_view bytes, std::string_view account) {
  OWLET_TRY(const records::Role record, Parse<records::Role>(bytes));
  Role role;
  GetEntity(record, account, "role", role);
  role.permissions = GetPermissions(record.permissions());
  role.trust_policy = record.trust_policy();
  role.description = record.description();
  role.max_session = std::chrono::seconds(record.max_session_seconds());
  return role;
}

std::string Encode(const InstanceProfile& profile) {
  records::InstanceProfile record;
  PutEntity(profile, record);
  record.set_role_name(profile.role_name);
  return record.SerializeAsString();
}

Result<InstanceProfile> DecodeInstanceProfile(std::string_view bytes, std::string_view account) {
  OWLET_TRY(const records::InstanceProfile record, Parse<records::InstanceProfile>(bytes));
  InstanceProfile profile;
  GetEntity(record, account, "instance-profile", profile);
  profile.role_name = record.role_name();
  return profile;
}

std::string Encode(const ManagedPolicy& policy) {
  records::ManagedPolicy record;
  PutEntity(policy, record);
  record.set_updated(Micros(policy.updated));
  record.set_description(policy.description);
  record.set_default_version(policy.default_version);
  record.set_versions_made(policy.versions_made);
  for (const PolicyVersion& version : policy.versions) {
    records::PolicyVersion* each = record.add_versions();
    each->set_id(version.id);
    each->set_document(version.document);
    each->set_created(Micros(version.created));
  }
  return record.SerializeAsString();
}

Result<ManagedPolicy> DecodeManagedPolicy(std::string_view bytes, std::string_view account) {
  OWLET_TRY(const records::ManagedPolicy record, Parse<records::ManagedPolicy>(bytes));
  ManagedPolicy policy;
  GetEntity(record, account, "policy", policy);
  policy.updated = FromMicros(record.updated());
  policy.description = record.description();
  policy.default_version = record.default_version();
  policy.versions_made = record.versions_made();
  for (const records::PolicyVersion& version : record.versions()) {
    policy.versions.push_back({.id = version.id(),
                               .document = version.document(),
                               .created = FromMicros(version.created())});
  }
  return policy;
}

std::string Encode(const Session& session) {
  records::Session record;
  record.set_access_key_id(session.access_key_id);
  record.set_secret(session.secret);
  record.set_token(session.token);
  record.set_expires(Micros(session.expires));
  record.set_role_name(session.role_name);
  record.set_role_id(session.role_id);
  record.set_session_name(session.session_name);
  record.set_user_name(session.user_name);
  record.set_federated_name(session.federated_name);
  PutTexts(session.session_policies, *record.mutable_session_policies());
  const SessionFacts& facts = session.facts;
  PutTags(facts.tags, record);
  PutTexts(facts.transitive_tags, *record.mutable_transitive_tags());
  record.set_source_identity(facts.source_identity);
  record.set_federated_provider(facts.federated_provider);
  PutRows(facts.provider_keys, *record.mutable_provider_keys());
  record.set_issued(Micros(facts.issued));
  return record.SerializeAsString();
}

Result<Session> DecodeSession(std::string_view bytes) {
  OWLET_TRY(const records::Session record, Parse<records::Session>(bytes));
  Session session;
  session.access_key_id = record.access_key_id();
  session.secret = record.secret();
  session.token = record.token();
  session.expires = FromMicros(record.expires());
  session.role_name = record.role_name();
  session.role_id = record.role_id();
  session.session_name = record.session_name();
  session.user_name = record.user_name();
  session.federated_name = record.federated_name();
  session.session_policies = GetTexts(record.session_policies());
  session.facts.tags = GetTags(record);
  session.facts.transitive_tags = GetTexts(record.transitive_tags());
  session.facts.source_identity = record.source_identity();
  session.facts.federated_provider = record.federated_provider();
  session.facts.provider_keys = GetRows(record.provider_keys());
  session.facts.issued = FromMicros(record.issued());
  return session;
}

}  // namespace owlet::access
