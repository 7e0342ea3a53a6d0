#include "base/memory_budget.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string>

namespace owlet {

namespace {

// In the order of MemoryShare, in hundredths. What is left is for what no request lets grow.
constexpr std::array<std::uint64_t, kMemoryShares> kParts = {75, 8, 6, 5, 4};
// More cache than this no longer makes the index faster.
constexpr std::uint64_t kMostIndex = 256ULL << 20;
constexpr std::uint64_t kSmallRequest = 1ULL << 20;

}  // namespace

MemoryBudget::MemoryBudget(std::uint64_t limit_bytes) : limit_(limit_bytes) {
  for (std::size_t i = 0; i < shares_.size(); ++i) {
    shares_[i].limit = limit_bytes / 100 * kParts[i];
  }
  State& index = Of(MemoryShare::kIndex);
  index.limit = std::min(index.limit, kMostIndex);
}

bool MemoryBudget::TakeUpTo(State& state, std::uint64_t bytes, std::uint64_t limit) {
  const std::uint64_t before = state.used.fetch_add(bytes, std::memory_order_relaxed);
  if (bytes <= limit && before <= limit - bytes) return true;
  state.used.fetch_sub(bytes, std::memory_order_relaxed);
  return false;
}

bool MemoryBudget::Take(MemoryShare share, std::uint64_t bytes) {
  State& state = Of(share);
  return TakeUpTo(state, bytes, state.limit + (bytes < kSmallRequest ? state.limit / 4 : 0));
}

void MemoryBudget::Give(MemoryShare share, std::uint64_t bytes) {
  Of(share).used.fetch_sub(bytes, std::memory_order_relaxed);
}

Result<MemoryBudget::Reservation> MemoryBudget::Reserve(MemoryShare share, std::uint64_t bytes) {
  State& state = Of(share);
  if (!TakeUpTo(state, bytes, state.limit)) {
    return Fail(Reason::kOutOfMemory,
                fmt::format("{} more would exceed the {} that this server keeps for it",
                            FormatDataSize(bytes), FormatDataSize(state.limit)));
  }
  return Reservation(this, share, bytes);
}

Status MemoryBudget::Reservation::Resize(std::uint64_t size) {
  if (size > size_) {
    OWLET_TRY(Reservation more, budget_->Reserve(share_, size - size_));
    size_ += std::exchange(more.size_, 0);
  } else {
    budget_->Give(share_, size_ - size);
    size_ = size;
  }
  return {};
}

std::uint64_t MachineMemory() {
  std::uint64_t memory = static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) *
                         static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  // Control groups of version 2 and 1; "max" where there is no limit.
  for (const char* file :
       {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    std::uint64_t limit = 0;
    if (std::ifstream(file) >> limit && limit > 0) memory = std::min(memory, limit);
  }
  return memory;
}

std::string FormatDataSize(std::uint64_t bytes) {
  constexpr std::array<const char*, 5> kUnits = {"B", "kB", "MB", "GB", "TB"};
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (size >= 1024 && unit + 1 < kUnits.size()) {
    size /= 1024;
    ++unit;
  }
  std::string text = fmt::format("{:.2f}", size);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text + kUnits[unit];
}

}  // namespace owlet
