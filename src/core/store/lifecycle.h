#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "core/store/object_info.h"

namespace owlet::store {

class ObjectStore;

/// One rule of a bucket's lifecycle (S3 User Guide, "Lifecycle configuration elements").
struct LifecycleRule {
  std::string id;
  std::string prefix;
  std::map<std::string, std::string> tags;
  std::optional<std::uint64_t> larger_than;
  std::optional<std::uint64_t> smaller_than;
  // Of the current version.
  std::optional<int> expire_days;
  std::optional<Timestamp> expire_date;
  bool remove_lone_markers = false;
  std::optional<int> transition_days;
  std::optional<Timestamp> transition_date;
  std::string transition_class;
  // Of the others, counted from when they were replaced.
  std::optional<int> noncurrent_days;
  int keep_noncurrent = 0;  // so many newest ones are kept
  std::optional<int> abort_upload_days;

  /// Whether the rule's filter is for this object.
  [[nodiscard]] bool Covers(const ObjectInfo& info) const;
};

/// The enabled rules of a LifecycleConfiguration document. kMalformedRequest.
[[nodiscard]] Result<std::vector<LifecycleRule>> ReadLifecycle(std::string_view xml);

/// When the current version expires first, and by which rule: at the midnight behind its days, or
/// at once behind a date. `day` is 24 hours but in tests.
struct Expiry {
  Timestamp when;
  std::string rule_id;
};
[[nodiscard]] std::optional<Expiry> ExpiryOf(const std::vector<LifecycleRule>& rules,
                                             const ObjectInfo& info, std::chrono::seconds day);

/// Applies the rules of all buckets again and again on a thread of its own. Stop (or the
/// destructor) ends it.
class LifecycleSweeper {
 public:
  /// The store must outlive it.
  LifecycleSweeper(ObjectStore& store, std::chrono::seconds day);
  ~LifecycleSweeper() { Stop(); }
  LifecycleSweeper(const LifecycleSweeper&) = delete;
  LifecycleSweeper& operator=(const LifecycleSweeper&) = delete;
  void Stop();

 private:
  std::jthread thread_;
};

}  // namespace owlet::store
