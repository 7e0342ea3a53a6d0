#include "core/catalog/catalog.h"

#include <gtest/gtest.h>

#include "core/access/authorizer.h"
#include "core/access/principal.h"
#include "core/kv/key_value_store.h"

namespace owlet::catalog {
namespace {

/// Refuses one action.
class Refuse final : public access::Authorizer {
 public:
  std::string action;
  [[nodiscard]] Status Decide(const access::Principal&, std::string_view asked, std::string_view,
                              const access::AccessContext&,
                              const access::ResourceAccess&) const override {
    if (asked == action) return Fail(Reason::kAccessDenied, "no");
    return {};
  }
};

class CatalogTest : public testing::Test {
 protected:
  CatalogTest()
      : store_(kv::KeyValueStore::OpenInMemory().value()),
        catalog_({}, *store_, authorizer_, clock_) {
    EXPECT_TRUE(catalog_.Edit(
        root_, [](CatalogEdit& edit) { return edit.CreateDatabase({.name = "Db"}); }));
  }

  static Table MakeTable(std::string name, std::vector<std::string> keys = {}) {
    Table table;
    table.database = "db";
    table.name = std::move(name);
    table.storage.emplace().columns = {{.name = "a", .type = "int", .comment = "first"}};
    table.storage->serde = SerDe{.library = "x", .parameters = {{"k", "v"}}};
    for (auto& key : keys) table.partition_keys.push_back({.name = key, .type = "string"});
    table.parameters = {{"p", "q"}};
    return table;
  }
  Status Create(const Table& table) {
    return catalog_.Edit(root_, [&](CatalogEdit& edit) { return edit.CreateTable(table); });
  }
  Status Add(const std::string& table, std::vector<std::string> values) {
    return catalog_.Edit(root_, [&](CatalogEdit& edit) {
      return edit.CreatePartition({"db", table}, {.values = values});
    });
  }

  access::Principal root_ = access::Principal::Root();
  Refuse authorizer_;
  ManualClock clock_{Timestamp(std::chrono::seconds(1'700'000'000))};
  std::unique_ptr<kv::KeyValueStore> store_;
  Catalog catalog_;
};

TEST_F(CatalogTest, KeepsATableWhole) {
  Table table = MakeTable("T", {"dt"});
  table.description = "what";
  table.last_access_time = clock_.Now();
  table.storage->sort_columns = {{"a", false}};
  table.storage->skewed = SkewedInfo{.columns = {"a"}, .values = {"1"}, .locations = {{"1", "l"}}};
  table.storage->schema_reference = SchemaReference{.schema_name = "s", .version_number = 3};
  ASSERT_TRUE(Create(table));
  table.name = "t";
  table.create_time = table.update_time = clock_.Now();
  table.created_by = root_.arn;
  EXPECT_EQ(catalog_.GetTable(root_, {"DB", "t"}).value(), table);
  EXPECT_EQ(Create(MakeTable("t")).error().reason, Reason::kEntityExists);
}

TEST_F(CatalogTest, NamesWhatIsMissing) {
  EXPECT_EQ(catalog_.GetTable(root_, {"no", "t"}).error().reason, Reason::kDatabaseNotFound);
  EXPECT_EQ(catalog_.GetTable(root_, {"db", "t"}).error().reason, Reason::kTableNotFound);
  EXPECT_EQ(catalog_.GetDatabase(root_, "no").error().message, "Database no not found.");
  ASSERT_TRUE(Create(MakeTable("t", {"dt"})));
  EXPECT_EQ(catalog_.GetPartition(root_, {"db", "t"}, {"1"}).error().reason,
            Reason::kPartitionNotFound);
  EXPECT_EQ(catalog_.GetPartition(root_, {"db", "t"}, {"1", "2"}).error().reason,
            Reason::kInvalidArgument);
}

TEST_F(CatalogTest, VersionsCountUpAndLock) {
  ASSERT_TRUE(Create(MakeTable("t")));
  const auto update = [&](UpdateOptions options) {
    return catalog_.Edit(
        root_, [&](CatalogEdit& edit) { return edit.UpdateTable(MakeTable("t"), options); });
  };
  ASSERT_TRUE(update({.version = 0}));
  EXPECT_EQ(update({.version = 0}).error().reason, Reason::kVersionMismatch);
  ASSERT_TRUE(update({.skip_archive = true}));
  std::vector<std::uint64_t> versions;
  const auto listed = catalog_.ListTableVersions(root_, {"db", "t"}).value();
  for (const Table& version : listed) versions.push_back(version.version);
  EXPECT_EQ(versions, (std::vector<std::uint64_t>{2, 0}));
}

TEST_F(CatalogTest, ListsInPages) {
  for (const char* name : {"b", "a", "ab", "c"}) ASSERT_TRUE(Create(MakeTable(name)));
  std::vector<std::string> names;
  PageRequest page{.limit = 2};
  do {
    const auto part = catalog_.ListTables(root_, "db", page).value();
    EXPECT_LE(part.items.size(), 2U);
    for (const Table& table : part.items) names.push_back(table.name);
    page.token = part.next;
  } while (!page.token.empty());
  EXPECT_EQ(names, (std::vector<std::string>{"a", "ab", "b", "c"}));
  EXPECT_EQ(catalog_.ListTables(root_, "db", {.token = "zz"}).error().reason,
            Reason::kInvalidArgument);
}

TEST_F(CatalogTest, PartitionsByPredicateInOrder) {
  ASSERT_TRUE(Create(MakeTable("t", {"dt", "h"})));
  ASSERT_TRUE(Create(MakeTable("t2", {"dt", "h"})));
  ASSERT_TRUE(Add("t2", {"x", "y"}));
  for (const char* dt : {"b", "a", "ab"}) {
    ASSERT_TRUE(Add("t", {dt, "1"}));
    ASSERT_TRUE(Add("t", {dt, std::string("2\0z", 3)}));
  }
  EXPECT_EQ(Add("t", {"a", "1"}).error().reason, Reason::kEntityExists);
  const auto all = catalog_.ListPartitions(root_, {"db", "t"}, {}).value().items;
  ASSERT_EQ(all.size(), 6U);
  EXPECT_EQ(all[0].values, (std::vector<std::string>{"a", "1"}));
  EXPECT_EQ(all[1].values, (std::vector<std::string>{"a", std::string("2\0z", 3)}));
  EXPECT_EQ(all[2].values[0], "ab");
  const auto table = catalog_.GetTable(root_, {"db", "t"}).value();
  const auto kept = catalog_.FindPartitions(
      root_, table,
      {.equal_to = {{"h", {"1"}}}, .matches = [](const auto& v) { return v[0] != "ab"; }});
  ASSERT_EQ(kept.value().size(), 2U);
  EXPECT_EQ(kept.value()[1].values[0], "b");
}

TEST_F(CatalogTest, EditIsAllOrNothing) {
  const Status status = catalog_.Edit(root_, [&](CatalogEdit& edit) -> Status {
    OWLET_CHECK_OK(edit.CreateTable(MakeTable("new", {"dt"})));
    OWLET_CHECK_OK(edit.CreatePartition({"db", "new"}, {.values = {"1"}}));
    return edit.CreatePartition({"db", "new"}, {.values = {"1"}});
  });
  EXPECT_EQ(status.error().reason, Reason::kEntityExists);
  EXPECT_FALSE(catalog_.GetTable(root_, {"db", "new"}));
}

TEST_F(CatalogTest, DroppingADatabaseTakesItsTables) {
  ASSERT_TRUE(Create(MakeTable("t", {"dt"})));
  ASSERT_TRUE(Add("t", {"1"}));
  const auto drop = [&](bool cascade) {
    return catalog_.Edit(root_,
                         [&](CatalogEdit& edit) { return edit.DeleteDatabase("db", cascade); });
  };
  EXPECT_EQ(drop(false).error().reason, Reason::kEntityInUse);
  ASSERT_TRUE(drop(true));
  EXPECT_EQ(catalog_.GetTable(root_, {"db", "t"}).error().reason, Reason::kDatabaseNotFound);
  ASSERT_TRUE(catalog_.Edit(root_, [&](CatalogEdit& edit) -> Status {
    OWLET_CHECK_OK(edit.CreateDatabase({.name = "db"}));
    return edit.CreateTable(MakeTable("t", {"dt"}));
  }));
  EXPECT_TRUE(catalog_.ListPartitions(root_, {"db", "t"}, {}).value().items.empty());
}

TEST_F(CatalogTest, AsksTheAuthorizer) {
  ASSERT_TRUE(Create(MakeTable("t")));
  authorizer_.action = "glue:GetTable";
  EXPECT_EQ(catalog_.GetTable(root_, {"db", "t"}).error().reason, Reason::kAccessDenied);
  authorizer_.action = "glue:DeleteTable";
  EXPECT_EQ(catalog_.Edit(root_, [](CatalogEdit& edit) { return edit.DeleteTable({"db", "t"}); })
                .error()
                .reason,
            Reason::kAccessDenied);
  EXPECT_TRUE(catalog_.GetTable(root_, {"db", "t"}));
}

TEST_F(CatalogTest, RenamesWithPartitions) {
  ASSERT_TRUE(Create(MakeTable("t", {"dt"})));
  ASSERT_TRUE(Add("t", {"1"}));
  ASSERT_TRUE(catalog_.Edit(
      root_, [](CatalogEdit& edit) { return edit.RenameTable({"db", "t"}, {"db", "u"}); }));
  EXPECT_FALSE(catalog_.GetTable(root_, {"db", "t"}));
  EXPECT_EQ(catalog_.ListPartitions(root_, {"db", "u"}, {}).value().items.size(), 1U);
}

}  // namespace
}  // namespace owlet::catalog
