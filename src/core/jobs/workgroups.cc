#include "core/jobs/workgroups.h"

#include <fmt/format.h>

#include <utility>

#include "base/uuid.h"
#include "core/jobs/query_records.h"

namespace owlet::jobs {
namespace {

constexpr auto kColumn = kv::Column::kQueries;

std::unexpected<Error> WorkgroupNotFound(std::string_view name) {
  return Fail(Reason::kEntityNotFound, fmt::format("WorkGroup {} is not found.", name));
}

std::unexpected<Error> PreparedNotFound(std::string_view workgroup, std::string_view name) {
  return Fail(Reason::kEntityNotFound,
              fmt::format("PreparedStatement {} was not found in workGroup {}", name, workgroup),
              "ResourceNotFoundException");
}

std::unexpected<Error> NamedQueryNotFound(std::string_view id) {
  return Fail(Reason::kEntityNotFound, fmt::format("NamedQuery {} was not found", id));
}

}  // namespace

Result<std::unique_ptr<Workgroups>> Workgroups::Open(kv::KeyValueStore& store,
                                                     const access::Authorizer& authorizer,
                                                     const Clock& clock, std::string region) {
  std::unique_ptr<Workgroups> workgroups(
      new Workgroups(store, authorizer, clock, std::move(region)));
  OWLET_TRY(const auto found, store.Get(kColumn, query_keys::WorkgroupKey(kPrimaryWorkgroup)));
  if (!found) {
    const Workgroup primary{
        .name = kPrimaryWorkgroup, .created = clock.Now(), .enforce_configuration = false};
    const Status put = store.Update([&](kv::Transaction& transaction) -> Status {
      transaction.Put(kColumn, query_keys::WorkgroupKey(primary.name), EncodeWorkgroup(primary));
      return {};
    });
    if (!put) return std::unexpected(put.error());
  }
  return workgroups;
}

std::string Workgroups::Arn(const access::Principal& principal, std::string_view name) const {
  const std::string_view account = principal.account_id.empty()
                                       ? access::kDefaultAccount
                                       : std::string_view(principal.account_id);
  return fmt::format("arn:aws:athena:{}:{}:workgroup/{}", region_, account, name);
}

Status Workgroups::Decide(const access::Principal& principal, std::string_view action,
                          std::string_view workgroup) const {
  return authorizer_.Decide(principal, action, Arn(principal, workgroup));
}

Result<Workgroup> Workgroups::Read(std::string_view name) const {
  OWLET_TRY(const auto bytes, store_.Get(kColumn, query_keys::WorkgroupKey(name)));
  if (!bytes) return WorkgroupNotFound(name);
  return DecodeWorkgroup(*bytes);
}

Status Workgroups::Create(const access::Principal& principal, Workgroup workgroup) {
  OWLET_CHECK_OK(Decide(principal, "athena:CreateWorkGroup", workgroup.name));
  workgroup.created = clock_.Now();
  return store_.Update([&](kv::Transaction& transaction) -> Status {
    const std::string key = query_keys::WorkgroupKey(workgroup.name);
    OWLET_TRY(const auto found, transaction.Get(kColumn, key));
    if (found) return Fail(Reason::kEntityExists, "WorkGroup is already created");
    transaction.Put(kColumn, key, EncodeWorkgroup(workgroup));
    return {};
  });
}

Result<Workgroup> Workgroups::Get(const access::Principal& principal, std::string_view name) const {
  OWLET_CHECK_OK(Decide(principal, "athena:GetWorkGroup", name));
  return Read(name);
}

Result<std::vector<Workgroup>> Workgroups::List(const access::Principal& principal) const {
  OWLET_CHECK_OK(Decide(principal, "athena:ListWorkGroups", "*"));
  std::vector<Workgroup> workgroups;
  const std::string prefix = query_keys::WorkgroupKey({});
  auto it = store_.Scan(kColumn, prefix, kv::PrefixEnd(prefix));
  for (; it.Valid(); it.Next()) {
    OWLET_TRY(auto workgroup, DecodeWorkgroup(it.value()));
    workgroups.push_back(std::move(workgroup));
  }
  OWLET_CHECK_OK(it.status());
  return workgroups;
}

Status Workgroups::Update(const access::Principal& principal, std::string_view name,
                          std::string_view action,
                          const std::function<Status(Workgroup&)>& change) {
  OWLET_CHECK_OK(Decide(principal, action, name));
  return store_.Update([&](kv::Transaction& transaction) -> Status {
    const std::string key = query_keys::WorkgroupKey(name);
    OWLET_TRY(const auto bytes, transaction.Get(kColumn, key));
    if (!bytes) return WorkgroupNotFound(name);
    OWLET_TRY(auto workgroup, DecodeWorkgroup(*bytes));
    OWLET_CHECK_OK(change(workgroup));
    transaction.Put(kColumn, key, EncodeWorkgroup(workgroup));
    return {};
  });
}

Status Workgroups::Delete(const access::Principal& principal, std::string_view name,
                          bool recursive) {
  OWLET_CHECK_OK(Decide(principal, "athena:DeleteWorkGroup", name));
  if (name == kPrimaryWorkgroup) {
    return Fail(Reason::kInvalidArgument, "The primary workgroup cannot be deleted");
  }
  OWLET_TRY(const auto named, ListNamed(principal, name));
  OWLET_TRY(const auto prepared, ListPrepared(principal, name));
  return store_.Update([&](kv::Transaction& transaction) -> Status {
    const std::string key = query_keys::WorkgroupKey(name);
    OWLET_TRY(const auto bytes, transaction.Get(kColumn, key));
    if (!bytes) return WorkgroupNotFound(name);
    const std::string history = query_keys::ListPrefix(name);
    const bool has_history = transaction.Scan(kColumn, history, kv::PrefixEnd(history)).Valid();
    if (!recursive && (has_history || !named.empty() || !prepared.empty())) {
      return Fail(Reason::kEntityInUse, fmt::format("WorkGroup {} is not empty", name));
    }
    for (const NamedQuery& query : named) {
      transaction.Delete(kColumn, query_keys::NamedQueryKey(query.id));
    }
    for (const PreparedStatement& statement : prepared) {
      transaction.Delete(kColumn, query_keys::Prepared(name, statement.name));
    }
    transaction.DeleteRange(kColumn, history, kv::PrefixEnd(history));
    transaction.Delete(kColumn, key);
    return {};
  });
}

Status Workgroups::CreatePrepared(const access::Principal& principal, PreparedStatement statement) {
  OWLET_CHECK_OK(Decide(principal, "athena:CreatePreparedStatement", statement.workgroup));
  OWLET_TRY(const Workgroup workgroup, Read(statement.workgroup));
  statement.modified = clock_.Now();
  return store_.Update([&](kv::Transaction& transaction) -> Status {
    const std::string key = query_keys::Prepared(statement.workgroup, statement.name);
    OWLET_TRY(const auto found, transaction.Get(kColumn, key));
    if (found) {
      return Fail(Reason::kEntityExists,
                  fmt::format("PreparedStatement {} already exists", statement.name));
    }
    transaction.Put(kColumn, key, EncodePrepared(statement));
    return {};
  });
}

Status Workgroups::UpdatePrepared(const access::Principal& principal, PreparedStatement statement) {
  OWLET_CHECK_OK(Decide(principal, "athena:UpdatePreparedStatement", statement.workgroup));
  statement.modified = clock_.Now();
  return store_.Update([&](kv::Transaction& transaction) -> Status {
    const std::string key = query_keys::Prepared(statement.workgroup, statement.name);
    OWLET_TRY(const auto found, transaction.Get(kColumn, key));
    if (!found) return PreparedNotFound(statement.workgroup, statement.name);
    transaction.Put(kColumn, key, EncodePrepared(statement));
    return {};
  });
}

Status Workgroups::PutPrepared(const access::Principal& principal, PreparedStatement statement) {
  OWLET_CHECK_OK(Decide(principal, "athena:CreatePreparedStatement", statement.workgroup));
  statement.modified = clock_.Now();
  return store_.Update([&](kv::Transaction& transaction) -> Status {
    transaction.Put(kColumn, query_keys::Prepared(statement.workgroup, statement.name),
                    EncodePrepared(statement));
    return {};
  });
}

Result<PreparedStatement> Workgroups::GetPrepared(const access::Principal& principal,
                                                  std::string_view workgroup,
                                                  std::string_view name) const {
  OWLET_CHECK_OK(Decide(principal, "athena:GetPreparedStatement", workgroup));
  OWLET_TRY(const auto bytes, store_.Get(kColumn, query_keys::Prepared(workgroup, name)));
  if (!bytes) return PreparedNotFound(workgroup, name);
  return DecodePrepared(*bytes);
}

Status Workgroups::DeletePrepared(const access::Principal& principal, std::string_view workgroup,
                                  std::string_view name) {
  OWLET_CHECK_OK(Decide(principal, "athena:DeletePreparedStatement", workgroup));
  return store_.Update([&](kv::Transaction& transaction) -> Status {
    const std::string key = query_keys::Prepared(workgroup, name);
    OWLET_TRY(const auto found, transaction.Get(kColumn, key));
    if (!found) return PreparedNotFound(workgroup, name);
    transaction.Delete(kColumn, key);
    return {};
  });
}

Result<std::vector<PreparedStatement>> Workgroups::ListPrepared(const access::Principal& principal,
                                                                std::string_view workgroup) const {
  OWLET_CHECK_OK(Decide(principal, "athena:ListPreparedStatements", workgroup));
  OWLET_TRY(const Workgroup known, Read(workgroup));
  std::vector<PreparedStatement> statements;
  const std::string prefix = query_keys::PreparedPrefix(workgroup);
  auto it = store_.Scan(kColumn, prefix, kv::PrefixEnd(prefix));
  for (; it.Valid(); it.Next()) {
    OWLET_TRY(auto statement, DecodePrepared(it.value()));
    statements.push_back(std::move(statement));
  }
  OWLET_CHECK_OK(it.status());
  return statements;
}

Result<std::string> Workgroups::CreateNamed(const access::Principal& principal, NamedQuery query) {
  OWLET_CHECK_OK(Decide(principal, "athena:CreateNamedQuery", query.workgroup));
  OWLET_TRY(const Workgroup workgroup, Read(query.workgroup));
  query.id = NewUuid();
  const Status put = store_.Update([&](kv::Transaction& transaction) -> Status {
    transaction.Put(kColumn, query_keys::NamedQueryKey(query.id), EncodeNamedQuery(query));
    return {};
  });
  if (!put) return std::unexpected(put.error());
  return query.id;
}

Result<NamedQuery> Workgroups::ReadNamed(std::string_view id) const {
  OWLET_TRY(const auto bytes, store_.Get(kColumn, query_keys::NamedQueryKey(id)));
  if (!bytes) return NamedQueryNotFound(id);
  return DecodeNamedQuery(*bytes);
}

Result<NamedQuery> Workgroups::GetNamed(const access::Principal& principal,
                                        std::string_view id) const {
  OWLET_TRY(auto query, ReadNamed(id));
  OWLET_CHECK_OK(Decide(principal, "athena:GetNamedQuery", query.workgroup));
  return query;
}

Status Workgroups::UpdateNamed(const access::Principal& principal, const NamedQuery& query) {
  OWLET_TRY(auto before, ReadNamed(query.id));
  OWLET_CHECK_OK(Decide(principal, "athena:UpdateNamedQuery", before.workgroup));
  before.name = query.name;
  before.description = query.description;
  before.text = query.text;
  return store_.Update([&](kv::Transaction& transaction) -> Status {
    transaction.Put(kColumn, query_keys::NamedQueryKey(query.id), EncodeNamedQuery(before));
    return {};
  });
}

Status Workgroups::DeleteNamed(const access::Principal& principal, std::string_view id) {
  OWLET_TRY(const auto query, ReadNamed(id));
  OWLET_CHECK_OK(Decide(principal, "athena:DeleteNamedQuery", query.workgroup));
  return store_.Update([&](kv::Transaction& transaction) -> Status {
    transaction.Delete(kColumn, query_keys::NamedQueryKey(id));
    return {};
  });
}

Result<std::vector<NamedQuery>> Workgroups::ListNamed(const access::Principal& principal,
                                                      std::string_view workgroup) const {
  OWLET_CHECK_OK(Decide(principal, "athena:ListNamedQueries", workgroup));
  OWLET_TRY(const Workgroup known, Read(workgroup));
  std::vector<NamedQuery> queries;
  const std::string prefix = query_keys::NamedQueryKey({});
  auto it = store_.Scan(kColumn, prefix, kv::PrefixEnd(prefix));
  for (; it.Valid(); it.Next()) {
    OWLET_TRY(auto query, DecodeNamedQuery(it.value()));
    if (query.workgroup == workgroup) queries.push_back(std::move(query));
  }
  OWLET_CHECK_OK(it.status());
  return queries;
}

}  // namespace owlet::jobs
