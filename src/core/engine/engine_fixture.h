#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "core/access/authorizer.h"
#include "core/catalog/catalog.h"
#include "core/engine/engine.h"
#include "core/kv/key_value_store.h"
#include "core/store/object_store.h"

namespace owlet::engine {

/// A store in memory and a blob folder, a catalog and an engine over it, for one test.
class EngineTest : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  void PutObject(const std::string& key, std::string_view bytes);  // in bucket "data"
  [[nodiscard]] std::string GetObject(const std::string& key);
  [[nodiscard]] std::vector<std::string> Keys(const std::string& prefix);
  [[nodiscard]] ExecutionContext Context() const;

  /// A ScanNode over what spark.read finds.
  [[nodiscard]] Result<plan::NodePtr> Read(const std::string& format, const std::string& path,
                                           plan::Options options = {},
                                           std::optional<plan::Schema> schema = std::nullopt);
  /// The rows of a plan, each as a JSON object with its NULLs.
  [[nodiscard]] Result<std::vector<std::string>> Rows(const plan::NodePtr& query);
  [[nodiscard]] Result<std::vector<std::string>> ReadRows(
      const std::string& format, const std::string& path, plan::Options options = {},
      std::optional<plan::Schema> schema = std::nullopt);

  std::filesystem::path folder_;
  SystemClock clock_;
  access::AllowAll authorizer_;
  access::Principal root_ = access::Principal::Root();
  std::unique_ptr<kv::KeyValueStore> kv_;
  std::unique_ptr<store::ObjectStore> objects_;
  std::unique_ptr<catalog::Catalog> catalog_;
  std::unique_ptr<Engine> engine_;
};

/// Columns that may be NULL.
[[nodiscard]] plan::Schema MakeSchema(
    std::initializer_list<std::pair<std::string, plan::Type>> columns);

}  // namespace owlet::engine
