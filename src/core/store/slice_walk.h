#pragma once

#include <functional>
#include <set>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "core/kv/key_value_store.h"
#include "core/store/object_store.h"
#include "core/store/records.h"

namespace owlet::store {

/// Reads every extent that objects and parts of uploads name, each once however many share it, and
/// gathers what is damaged. The memory it takes grows with the extents that are shared and with the
/// damage, not with the objects.
///
/// Errors: kCancelled; those of the key-value store.
class SliceWalk {
 public:
  /// Whether the extent's bytes are those written.
  using Check = std::function<Result<bool>(const records::Slice& slice)>;
  using Progress = std::function<void(const ScrubReport& so_far)>;

  /// `kv` must outlive it.
  SliceWalk(const kv::KeyValueStore& kv, Check check, Progress progress, std::stop_token stop);

  [[nodiscard]] Result<ScrubReport> Run() &&;

 private:
  [[nodiscard]] Status WalkBucket(std::string_view name, const records::Bucket& bucket);
  [[nodiscard]] Status WalkUploads(std::string_view name, const records::Bucket& bucket);
  template <class Slices>
  [[nodiscard]] Status Visit(const Slices& slices, const std::function<std::string()>& name);
  [[nodiscard]] Result<bool> VisitOne(const records::Slice& slice);

  const kv::KeyValueStore& kv_;
  const Check check_;
  const Progress progress_;
  const std::stop_token stop_;
  ScrubReport report_;
  std::set<std::uint64_t> seen_;  // of those with more than one reference
  std::set<std::uint64_t> bad_;
};

}  // namespace owlet::store
