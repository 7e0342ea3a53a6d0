#include "core/engine/query_executor.h"

namespace owlet::engine {

Result<QueryExecutor::Slot> QueryExecutor::Enter(std::stop_token stop) {
  // Declared first: the callback may run until it is destroyed, and it takes the lock.
  const std::stop_callback wake(stop, [this] {
    MutexLock lock(mutex_);
    changed_.notify_all();
  });
  MutexLock lock(mutex_);
  if (running_ >= max_running_ && waiting_ >= max_waiting_) {
    return Fail(Reason::kOverloaded, "too many statements wait already");
  }
  ++waiting_;
  while (running_ >= max_running_ && !stop.stop_requested()) lock.Wait(changed_);
  --waiting_;
  if (stop.stop_requested()) return Fail(Reason::kCancelled, "the statement was cancelled");
  ++running_;
  return Slot(this);
}

void QueryExecutor::Leave() {
  MutexLock lock(mutex_);
  --running_;
  changed_.notify_one();
}

}  // namespace owlet::engine
