#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "core/catalog/model.h"

namespace owlet::access {
struct Principal;
class Authorizer;
}  // namespace owlet::access

namespace owlet::kv {
class KeyValueStore;
class Transaction;
}  // namespace owlet::kv

namespace owlet::catalog {

/// Which part of a listing: `token` is what the page before gave as `next`, "" for the first.
struct PageRequest {
  std::string token = {};
  std::size_t limit = 1000;
};

/// A part of a listing in order; `next` is "" on the last page.
template <class T>
struct Page {
  std::vector<T> items;
  std::string next;
};

/// A table's name: the one catalog has databases with tables, both lower case.
struct TableName {
  std::string database;
  std::string table;

  bool operator==(const TableName&) const = default;
};

/// Which partitions a reader can use. `equal_to` (key name -> the values it may have) is there for
/// partition projection, whose `injected` keys have no other source of values and whose ranges may
/// be too long to be written out; `narrow` removes from the values that projection makes for one
/// key those that cannot matter; `matches` gets the values in the order of the keys and decides.
/// All may be empty: all partitions.
struct PartitionPredicate {
  std::map<std::string, std::vector<std::string>> equal_to = {};
  std::function<bool(const std::vector<std::string>& values)> matches = nullptr;
  std::function<Status(std::size_t key, std::vector<std::string>& values)> narrow = nullptr;
};

/// How UpdateTable treats the version before.
struct UpdateOptions {
  bool skip_archive = false;                            // keep no old version
  std::optional<std::uint64_t> version = std::nullopt;  // update only this one: kVersionMismatch
};

class CatalogEdit;

/// The catalog of databases, tables and partitions that Glue, Athena and Spark share. All names of
/// databases and tables are folded to lower case as Glue folds them. Kept in the key-value store's
/// column kCatalog; nothing is cached, so every reader sees what is committed. Every call decides
/// for the principal first (actions "glue:GetTable" ... on the ARNs of catalog, database and table)
/// and answers kAccessDenied. Other errors: kDatabaseNotFound, kTableNotFound, kPartitionNotFound,
/// kEntityExists, kVersionMismatch, kInvalidArgument (names, partition values, page tokens).
/// Thread-safe; `store`, `authorizer` and `clock` must outlive it.
class Catalog {
 public:
  struct Options {
    std::string region = "us-east-1";  // in the ARNs that policies name
  };

  Catalog(Options options, kv::KeyValueStore& store, const access::Authorizer& authorizer,
          const Clock& clock);
  Catalog(const Catalog&) = delete;
  Catalog& operator=(const Catalog&) = delete;

  // Databases, sorted by name.
  [[nodiscard]] Result<Database> GetDatabase(const access::Principal& principal,
                                             std::string_view name) const;
  [[nodiscard]] Result<Page<Database>> ListDatabases(const access::Principal& principal,
                                                     const PageRequest& page) const;

  // Tables, sorted by name.
  [[nodiscard]] Result<Table> GetTable(const access::Principal& principal,
                                       const TableName& name) const;
  /// `keep` decides by name before the record is read; null keeps all.
  [[nodiscard]] Result<Page<Table>> ListTables(
      const access::Principal& principal, std::string_view database, const PageRequest& page,
      const std::function<bool(std::string_view name)>& keep = nullptr) const;
  /// The current version and the archived ones, newest first.
  [[nodiscard]] Result<std::vector<Table>> ListTableVersions(const access::Principal& principal,
                                                             const TableName& name) const;

  // Partitions, sorted by values.
  [[nodiscard]] Result<Partition> GetPartition(const access::Principal& principal,
                                               const TableName& name,
                                               const std::vector<std::string>& values) const;
  [[nodiscard]] Result<Page<Partition>> ListPartitions(
      const access::Principal& principal, const TableName& name, const PageRequest& page,
      const PartitionPredicate& predicate = {}) const;
  /// What a query must read: the kept partitions, or those that the table's partition projection
  /// makes (projection.h). For a table without partition keys: kInvalidArgument.
  [[nodiscard]] Result<std::vector<Partition>> FindPartitions(
      const access::Principal& principal, const Table& table,
      const PartitionPredicate& predicate = {}) const;

  /// Tags by ARN; what has none gives an empty map.
  [[nodiscard]] Result<Properties> GetTags(const access::Principal& principal,
                                           std::string_view arn) const;

  /// The only way to change the catalog: `body` makes its changes through the edit, and they become
  /// visible together and durable, or, when it returns an error, not at all. `body` must be short:
  /// it runs as the store's only writer.
  [[nodiscard]] Status Edit(const access::Principal& principal,
                            const std::function<Status(CatalogEdit&)>& body);
  /// The same inside a write that also publishes objects (store::Publication::Edit):
  ///
  ///     publication.Edit([&](kv::Transaction& transaction) {
  ///       return catalog.EditWithin(principal, transaction).CreateTable(table);
  ///     });
  [[nodiscard]] CatalogEdit EditWithin(const access::Principal& principal,
                                       kv::Transaction& transaction) const;

  /// "arn:aws:glue:us-east-1:000000000000:table/db/t"; without a table the database's.
  [[nodiscard]] std::string Arn(const access::Principal& principal, std::string_view database,
                                std::string_view table = {}) const;

 private:
  friend class CatalogEdit;

  [[nodiscard]] Status Decide(const access::Principal& principal, std::string_view action,
                              std::string_view database = {}, std::string_view table = {}) const;
  [[nodiscard]] Result<Table> ReadTable(const TableName& name) const;

  Options options_;
  kv::KeyValueStore& store_;
  const access::Authorizer& authorizer_;
  const Clock& clock_;
};

/// Changes to the catalog inside one write: each call checks against the committed catalog and what
/// this write did before. Lives no longer than the transaction; not thread-safe.
class CatalogEdit {
 public:
  [[nodiscard]] Status CreateDatabase(Database database);
  /// All but name and create time become the new ones.
  [[nodiscard]] Status UpdateDatabase(std::string_view name, Database database);
  /// With its tables and partitions when `cascade`; else kEntityInUse where it has tables.
  [[nodiscard]] Status DeleteDatabase(std::string_view name, bool cascade);

  [[nodiscard]] Status CreateTable(Table table);
  [[nodiscard]] Status UpdateTable(Table table, const UpdateOptions& options = {});
  /// Metadata only; the objects stay.
  [[nodiscard]] Status DeleteTable(const TableName& name);
  /// With its partitions; the versions before stay behind.
  [[nodiscard]] Status RenameTable(const TableName& from, const TableName& to);
  [[nodiscard]] Status DeleteTableVersion(const TableName& name, std::uint64_t version);

  [[nodiscard]] Status CreatePartition(const TableName& name, Partition partition);
  /// Replaces the partition of `values`; the new one may have other values (a rename).
  [[nodiscard]] Status UpdatePartition(const TableName& name,
                                       const std::vector<std::string>& values, Partition partition);
  [[nodiscard]] Status DeletePartition(const TableName& name,
                                       const std::vector<std::string>& values);

  /// Adds and replaces tags, then removes the named ones.
  [[nodiscard]] Status ChangeTags(std::string_view arn, const Properties& set,
                                  const std::vector<std::string>& remove);

  // What the committed catalog and this write say.
  [[nodiscard]] Result<Database> GetDatabase(std::string_view name);
  [[nodiscard]] Result<Table> GetTable(const TableName& name);
  [[nodiscard]] Result<Partition> GetPartition(const TableName& name,
                                               const std::vector<std::string>& values);

 private:
  friend class Catalog;
  CatalogEdit(const Catalog& catalog, const access::Principal& principal,
              kv::Transaction& transaction)
      : catalog_(catalog), principal_(principal), transaction_(transaction) {}

  void PutTable(const Table& table);
  [[nodiscard]] Status DropTable(const TableName& name);

  const Catalog& catalog_;
  const access::Principal& principal_;
  kv::Transaction& transaction_;
};

}  // namespace owlet::catalog
