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
#include "base/mutex.h"
#include "base/result.h"
#include "core/catalog/model.h"

namespace owlet::access {
struct Principal;
class Authorizer;
}  // namespace owlet::access

namespace owlet::kv {
class Batch;
class Store;
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
/// partition projection, whose `injected` keys have no other source of values; `matches` gets the
/// values in the order of the keys and decides. Both may be empty: all partitions.
struct PartitionPredicate {
  std::map<std::string, std::vector<std::string>> equal_to = {};
  std::function<bool(const std::vector<std::string>& values)> matches = nullptr;
};

/// How UpdateTable treats the version before.
struct UpdateOptions {
  bool skip_archive = false;                            // keep no old version
  std::optional<std::uint64_t> version = std::nullopt;  // update only this one: kVersionMismatch
};

class CatalogEdit;

/// The catalog of databases, tables and partitions that Glue, Athena and Spark share. All names are
/// folded to lower case as Glue folds them. Kept in `store`; nothing is cached, so every reader
/// sees what is committed. Every call decides for the principal first (actions "glue:GetTable" ...
/// on the ARNs of catalog, database and table) and answers kAccessDenied. Other errors:
/// kDatabaseNotFound, kTableNotFound, kPartitionNotFound, kEntityExists, kVersionMismatch,
/// kInvalidArgument (names, partition values, a filter). Thread-safe; `store`, `authorizer` and
/// `clock` must outlive it.
class Catalog {
 public:
  Catalog(kv::Store& store, const access::Authorizer& authorizer, const Clock& clock);
  ~Catalog();
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
  /// makes. For a table without partition keys: kInvalidArgument.
  [[nodiscard]] Result<std::vector<Partition>> FindPartitions(
      const access::Principal& principal, const Table& table,
      const PartitionPredicate& predicate = {}) const;

  /// Opens an edit: the only way to change the catalog. Holds the catalog's one writer lock until
  /// the edit is destroyed, so keep it short and open it last, after the data is staged.
  [[nodiscard]] CatalogEdit BeginEdit(const access::Principal& principal);

  // One edit each, committed.
  [[nodiscard]] Status CreateDatabase(const access::Principal& principal, Database database);
  [[nodiscard]] Status UpdateDatabase(const access::Principal& principal, std::string_view name,
                                      Database database);
  /// With its tables and partitions when `cascade`; else kEntityInUse where it has tables.
  [[nodiscard]] Status DeleteDatabase(const access::Principal& principal, std::string_view name,
                                      bool cascade);
  [[nodiscard]] Status CreateTable(const access::Principal& principal, Table table);
  [[nodiscard]] Status UpdateTable(const access::Principal& principal, Table table,
                                   const UpdateOptions& options = {});
  [[nodiscard]] Status DeleteTable(const access::Principal& principal, const TableName& name);

 private:
  friend class CatalogEdit;
  class Reader;

  kv::Store& store_;
  const access::Authorizer& authorizer_;
  const Clock& clock_;
  Mutex edit_mutex_;
};

/// Changes to the catalog that become visible together. Each call checks against the committed
/// catalog plus what this edit did before. Commit alone with Commit(), or join the batch in which
/// the store publishes objects with AppendTo(batch) and keep the edit alive until that batch is
/// written: then the table and its files appear in one step. Destroyed without either, nothing has
/// changed. Not thread-safe; used and destroyed on the thread that opened it.
class CatalogEdit {
 public:
  CatalogEdit(CatalogEdit&&) noexcept;
  ~CatalogEdit();

  [[nodiscard]] Status CreateDatabase(Database database);
  [[nodiscard]] Status UpdateDatabase(std::string_view name, Database database);
  [[nodiscard]] Status DeleteDatabase(std::string_view name, bool cascade);

  [[nodiscard]] Status CreateTable(Table table);
  [[nodiscard]] Status UpdateTable(Table table, const UpdateOptions& options = {});
  /// Metadata only; the objects stay.
  [[nodiscard]] Status DeleteTable(const TableName& name);
  [[nodiscard]] Status DeleteTableVersion(const TableName& name, std::uint64_t version);

  [[nodiscard]] Status CreatePartition(const TableName& name, Partition partition);
  /// Replaces the partition of `values`; the new one may have other values (a rename).
  [[nodiscard]] Status UpdatePartition(const TableName& name,
                                       const std::vector<std::string>& values, Partition partition);
  [[nodiscard]] Status DeletePartition(const TableName& name,
                                       const std::vector<std::string>& values);
  /// What this edit and the committed catalog say.
  [[nodiscard]] Result<Table> GetTable(const TableName& name) const;
  [[nodiscard]] Result<Partition> GetPartition(const TableName& name,
                                               const std::vector<std::string>& values) const;

  void AppendTo(kv::Batch& batch);
  [[nodiscard]] Status Commit();

 private:
  friend class Catalog;
  struct State;
  explicit CatalogEdit(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace owlet::catalog
