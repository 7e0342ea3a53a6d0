#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/file_descriptor.h"
#include "base/memory_budget.h"
#include "base/result.h"

namespace owlet::spark_connect {

/// Where replies and artifacts are kept: in memory while the budget's kReplay has room, else in
/// files without names in `folder`.
struct KeptMemory {
  std::shared_ptr<MemoryBudget> budget;
  std::filesystem::path folder;
};

/// Bytes that are read again later, in a file that has no name and ends with its owner. What was
/// written stays until then. Not thread-safe.
class SpillFile {
 public:
  struct Place {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
  };

  explicit SpillFile(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// kStorageFull and the like. The file is made by the first call.
  [[nodiscard]] Result<Place> Append(std::string_view bytes);
  [[nodiscard]] Result<std::string> Read(Place place) const;

 private:
  const std::filesystem::path folder_;
  FileDescriptor file_;
  std::uint64_t size_ = 0;
};

}  // namespace owlet::spark_connect
