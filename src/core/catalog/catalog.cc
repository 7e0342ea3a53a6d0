#include "core/catalog/catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/access/authorizer.h"
#include "core/access/principal.h"
#include "core/catalog/keys.h"
#include "core/catalog/names.h"
#include "core/catalog/projection.h"
#include "core/catalog/records.h"
#include "core/kv/key_value_store.h"

namespace owlet::catalog {
namespace {

/// Walks the keys behind `page.token` that start with `prefix`; `take` adds what it keeps of a
/// suffix and value, and stops the walk with an error.
template <class T, class Take>
Result<Page<T>> ListPage(const kv::KeyValueStore& store, const std::string& prefix,
                         const PageRequest& page, const Take& take) {
  Page<T> result;
  const auto after = keys::DecodeToken(page.token);
  if (!after) return Fail(Reason::kInvalidArgument, "The next token is not valid.");
  std::string lower = prefix + *after;
  if (!after->empty()) lower += '\0';  // the least key behind it
  auto it = store.Scan(kv::Column::kCatalog, lower, kv::PrefixEnd(prefix));
  std::string last;
  for (; it.Valid(); it.Next()) {
    const std::string_view suffix = it.key().substr(prefix.size());
    OWLET_TRY(std::optional<T> item, take(suffix, it.value()));
    if (!item) continue;
    if (result.items.size() == page.limit) {
      result.next = keys::EncodeToken(last);
      return result;
    }
    last = suffix;
    result.items.push_back(*std::move(item));
  }
  OWLET_CHECK_OK(it.status());
  return result;
}

}  // namespace

Catalog::Catalog(Options options, kv::KeyValueStore& store, const access::Authorizer& authorizer,
                 const Clock& clock)
    : options_(std::move(options)), store_(store), authorizer_(authorizer), clock_(clock) {}

std::string Catalog::Arn(const access::Principal& principal, std::string_view database,
                         std::string_view table) const {
  const std::string account(principal.account_id.empty() ? access::kDefaultAccount
                                                         : std::string_view(principal.account_id));
  const std::string start = fmt::format("arn:aws:glue:{}:{}:", options_.region, account);
  if (database.empty()) return start + "catalog";
  if (table.empty()) return fmt::format("{}database/{}", start, database);
  return fmt::format("{}table/{}/{}", start, database, table);
}

Status Catalog::Decide(const access::Principal& principal, std::string_view action,
                       std::string_view database, std::string_view table) const {
  // Glue asks for the action on the resource and on all that hold it.
  if (!table.empty()) {
    OWLET_CHECK_OK(authorizer_.Decide(principal, action, Arn(principal, database, table)));
  }
  if (!database.empty()) {
    OWLET_CHECK_OK(authorizer_.Decide(principal, action, Arn(principal, database)));
  }
  return authorizer_.Decide(principal, action, Arn(principal, {}));
}

Result<Database> Catalog::GetDatabase(const access::Principal& principal,
                                      std::string_view name) const {
  const std::string folded = FoldName(name);
  OWLET_CHECK_OK(Decide(principal, "glue:GetDatabase", folded));
  OWLET_TRY(const auto bytes, store_.Get(kv::Column::kCatalog, keys::DatabaseKey(folded)));
  if (!bytes) return DatabaseNotFound(folded);
  return DecodeDatabase(*bytes);
}

Result<Page<Database>> Catalog::ListDatabases(const access::Principal& principal,
                                              const PageRequest& page) const {
  OWLET_CHECK_OK(Decide(principal, "glue:GetDatabases"));
  return ListPage<Database>(
      store_, keys::DatabaseKey({}), page,
      [](std::string_view, std::string_view value) -> Result<std::optional<Database>> {
        return DecodeDatabase(value);
      });
}

Result<Table> Catalog::ReadTable(const TableName& name) const {
  OWLET_TRY(const auto bytes,
            store_.Get(kv::Column::kCatalog, keys::TableKey(name.database, name.table)));
  if (bytes) return DecodeTable(*bytes);
  OWLET_TRY(const auto database,
            store_.Get(kv::Column::kCatalog, keys::DatabaseKey(name.database)));
  if (!database) return DatabaseNotFound(name.database);
  return TableNotFound(name);
}

Result<Table> Catalog::GetTable(const access::Principal& principal, const TableName& name) const {
  const TableName folded = FoldName(name);
  OWLET_CHECK_OK(Decide(principal, "glue:GetTable", folded.database, folded.table));
  return ReadTable(folded);
}

Result<Page<Table>> Catalog::ListTables(
    const access::Principal& principal, std::string_view database, const PageRequest& page,
    const std::function<bool(std::string_view name)>& keep) const {
  const std::string folded = FoldName(database);
  OWLET_CHECK_OK(Decide(principal, "glue:GetTables", folded));
  OWLET_TRY(const auto found, store_.Get(kv::Column::kCatalog, keys::DatabaseKey(folded)));
  if (!found) return DatabaseNotFound(folded);
  return ListPage<Table>(
      store_, keys::TablePrefix(folded), page,
      [&](std::string_view name, std::string_view value) -> Result<std::optional<Table>> {
        if (keep && !keep(name)) return std::nullopt;
        return DecodeTable(value);
      });
}

Result<std::vector<Table>> Catalog::ListTableVersions(const access::Principal& principal,
                                                      const TableName& name) const {
  const TableName folded = FoldName(name);
  OWLET_CHECK_OK(Decide(principal, "glue:GetTableVersions", folded.database, folded.table));
  OWLET_TRY(Table current, ReadTable(folded));
  std::vector<Table> versions;
  const std::string prefix = keys::VersionPrefix(folded.database, folded.table);
  auto it = store_.Scan(kv::Column::kCatalog, prefix, kv::PrefixEnd(prefix));
  for (; it.Valid(); it.Next()) {
    OWLET_TRY(Table version, DecodeTable(it.value()));
    versions.push_back(std::move(version));
  }
  OWLET_CHECK_OK(it.status());
  versions.push_back(std::move(current));
  std::ranges::reverse(versions);
  return versions;
}

Result<Partition> Catalog::GetPartition(const access::Principal& principal, const TableName& name,
                                        const std::vector<std::string>& values) const {
  const TableName folded = FoldName(name);
  OWLET_CHECK_OK(Decide(principal, "glue:GetPartition", folded.database, folded.table));
  OWLET_TRY(const Table table, ReadTable(folded));
  OWLET_CHECK_OK(CheckPartitionValues(table, values));
  OWLET_TRY(
      const auto bytes,
      store_.Get(kv::Column::kCatalog, keys::PartitionKey(folded.database, folded.table, values)));
  if (!bytes) return PartitionNotFound();
  return DecodePartition(*bytes);
}

Result<Page<Partition>> Catalog::ListPartitions(const access::Principal& principal,
                                                const TableName& name, const PageRequest& page,
                                                const PartitionPredicate& predicate) const {
  const TableName folded = FoldName(name);
  OWLET_CHECK_OK(Decide(principal, "glue:GetPartitions", folded.database, folded.table));
  OWLET_TRY(const Table table, ReadTable(folded));
  const auto keep = CompilePredicate(table.partition_keys, predicate);
  return ListPage<Partition>(
      store_, keys::PartitionPrefix(folded.database, folded.table), page,
      [&](std::string_view suffix, std::string_view value) -> Result<std::optional<Partition>> {
        if (keep && !keep(keys::PartitionValues(suffix))) return std::nullopt;
        return DecodePartition(value);
      });
}

Result<std::vector<Partition>> Catalog::FindPartitions(const access::Principal& principal,
                                                       const Table& table,
                                                       const PartitionPredicate& predicate) const {
  if (table.partition_keys.empty()) {
    return Fail(Reason::kInvalidArgument,
                fmt::format("Table {}.{} is not partitioned", table.database, table.name));
  }
  if (HasProjection(table)) {
    OWLET_CHECK_OK(Decide(principal, "glue:GetPartitions", table.database, table.name));
    return ProjectPartitions(table, predicate, clock_.Now());
  }
  PageRequest page;
  page.limit = kMaximumPartitions;
  OWLET_TRY(auto found, ListPartitions(principal, {table.database, table.name}, page, predicate));
  if (!found.next.empty()) {
    return Fail(Reason::kLimitExceeded,
                fmt::format("Table {}.{} has more than {} partitions that the query reads",
                            table.database, table.name, kMaximumPartitions));
  }
  return std::move(found.items);
}

Result<Properties> Catalog::GetTags(const access::Principal& principal,
                                    std::string_view arn) const {
  OWLET_CHECK_OK(authorizer_.Decide(principal, "glue:GetTags", arn));
  OWLET_TRY(const auto bytes, store_.Get(kv::Column::kCatalog, keys::TagsKey(arn)));
  if (!bytes) return Properties{};
  return DecodeTags(*bytes);
}

Status Catalog::Edit(const access::Principal& principal,
                     const std::function<Status(CatalogEdit&)>& body) {
  return store_.Update([&](kv::Transaction& transaction) -> Status {
    CatalogEdit edit = EditWithin(principal, transaction);
    return body(edit);
  });
}

CatalogEdit Catalog::EditWithin(const access::Principal& principal,
                                kv::Transaction& transaction) const {
  return {*this, principal, transaction};
}

}  // namespace owlet::catalog
