#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <utility>

#include "base/result.h"

namespace owlet {

/// Who holds memory that grows with what clients ask for. Each has a stated share of the whole, so
/// that one kind of work cannot take what another needs.
enum class MemoryShare : std::uint8_t {
  kEngine,   // all that the engine allocates: its buffer pool, which spills, and its vectors
  kScan,     // input of text formats between disk and columns
  kIndex,    // the key-value store's cache and write buffers
  kReplay,   // replies of Spark Connect that a client may ask for again; they spill
  kUploads,  // bodies of requests between socket and disk
};
inline constexpr int kMemoryShares = 5;

/// The memory of the process, divided into shares by fixed parts. Whoever needs memory of a share
/// takes it first and gives it back; what does not fit is refused, never waited for. Thread-safe;
/// must outlive its reservations.
class MemoryBudget {
 public:
  explicit MemoryBudget(std::uint64_t limit_bytes);

  [[nodiscard]] std::uint64_t limit() const { return limit_; }
  [[nodiscard]] std::uint64_t limit(MemoryShare share) const { return Of(share).limit; }
  [[nodiscard]] std::uint64_t used(MemoryShare share) const {
    return Of(share).used.load(std::memory_order_relaxed);
  }

  /// Memory that was taken; destroying it gives it back. Not thread-safe.
  class Reservation {
   public:
    Reservation() = default;
    Reservation(Reservation&& other) noexcept
        : budget_(std::exchange(other.budget_, nullptr)),
          share_(other.share_),
          size_(std::exchange(other.size_, 0)) {}
    Reservation& operator=(Reservation&& other) noexcept {
      std::swap(budget_, other.budget_);
      std::swap(share_, other.share_);
      std::swap(size_, other.size_);
      return *this;
    }
    ~Reservation() {
      if (budget_ != nullptr) budget_->Give(share_, size_);
    }
    [[nodiscard]] std::uint64_t size() const { return size_; }
    /// Takes more or gives some back. kOutOfMemory leaves it as it was.
    [[nodiscard]] Status Resize(std::uint64_t size);

   private:
    friend class MemoryBudget;
    Reservation(MemoryBudget* budget, MemoryShare share, std::uint64_t size)
        : budget_(budget), share_(share), size_(size) {}
    MemoryBudget* budget_ = nullptr;
    MemoryShare share_ = MemoryShare::kEngine;
    std::uint64_t size_ = 0;
  };

  /// kOutOfMemory: the share has no room for it.
  [[nodiscard]] Result<Reservation> Reserve(MemoryShare share, std::uint64_t bytes);

  /// The same for allocators, which keep their own count. A small request may go a quarter over
  /// the limit: whoever asks for much meets the limit first, and others go on.
  [[nodiscard]] bool Take(MemoryShare share, std::uint64_t bytes);
  void Give(MemoryShare share, std::uint64_t bytes);

 private:
  struct State {
    std::uint64_t limit = 0;
    std::atomic<std::uint64_t> used = 0;
  };
  [[nodiscard]] const State& Of(MemoryShare share) const {
    return shares_[static_cast<std::size_t>(share)];
  }
  State& Of(MemoryShare share) { return shares_[static_cast<std::size_t>(share)]; }
  bool TakeUpTo(State& state, std::uint64_t bytes, std::uint64_t limit);

  const std::uint64_t limit_;
  std::array<State, kMemoryShares> shares_;
};

/// What this process may use: the machine's memory, or less where its control group says so.
[[nodiscard]] std::uint64_t MachineMemory();

/// "281.6MB", as Trino writes sizes.
[[nodiscard]] std::string FormatDataSize(std::uint64_t bytes);

}  // namespace owlet
