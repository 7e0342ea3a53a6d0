#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "base/mutex.h"

namespace owlet::net {

/// Threads that run service code, so that I/O threads never block. Thread-safe. The queue has no
/// bound of its own: each connection has at most one task in it, and the server refuses requests
/// while `waiting` is above its limit.
class WorkerPool {
 public:
  using Task = std::move_only_function<void()>;

  explicit WorkerPool(unsigned threads);
  /// Runs what is queued, then joins.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// The task must not throw.
  void Run(Task task) EXCLUDES(mutex_);
  /// Tasks that no thread has taken yet.
  [[nodiscard]] std::size_t waiting() const { return waiting_.load(std::memory_order_relaxed); }

 private:
  void Work() EXCLUDES(mutex_);

  Mutex mutex_;
  std::condition_variable wakeup_;
  std::deque<Task> tasks_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::atomic<std::size_t> waiting_ = 0;
  std::vector<std::jthread> threads_;
};

}  // namespace owlet::net
