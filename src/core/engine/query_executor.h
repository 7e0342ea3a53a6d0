#pragma once

#include <condition_variable>
#include <cstdint>
#include <stop_token>
#include <utility>

#include "base/mutex.h"
#include "base/result.h"

namespace owlet::engine {

/// Admission of statements: so many run at once, so many wait, more are
/// refused. Thread-safe.
class QueryExecutor {
 public:
  QueryExecutor(int max_running, int max_waiting)
      : max_running_(max_running), max_waiting_(max_waiting) {}

  /// The right to run; gives it back when destroyed.
  class Slot {
   public:
    Slot() = default;
    explicit Slot(QueryExecutor* executor) : executor_(executor) {}
    Slot(Slot&& other) noexcept : executor_(std::exchange(other.executor_, nullptr)) {}
    Slot& operator=(Slot&& other) noexcept {
      std::swap(executor_, other.executor_);
      return *this;
    }
    ~Slot() {
      if (executor_ != nullptr) executor_->Leave();
    }

   private:
    QueryExecutor* executor_ = nullptr;
  };

  /// Waits for a slot. kOverloaded when too many wait already, kCancelled on a stop request.
  [[nodiscard]] Result<Slot> Enter(std::stop_token stop);

 private:
  void Leave();

  const int max_running_;
  const int max_waiting_;
  Mutex mutex_;
  std::condition_variable changed_;
  int running_ GUARDED_BY(mutex_) = 0;
  int waiting_ GUARDED_BY(mutex_) = 0;
};

}  // namespace owlet::engine
