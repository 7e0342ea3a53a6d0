#include "net/worker_pool.h"

#include <utility>

namespace owlet::net {

WorkerPool::WorkerPool(unsigned threads) {
  threads_.reserve(threads);
  for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
}

WorkerPool::~WorkerPool() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  wakeup_.notify_all();
}

void WorkerPool::Run(Task task) {
  waiting_.fetch_add(1, std::memory_order_relaxed);
  {
    MutexLock lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  wakeup_.notify_one();
}

void WorkerPool::Work() {
  while (true) {
    Task task;
    {
      MutexLock lock(mutex_);
      while (tasks_.empty() && !stopping_) lock.Wait(wakeup_);
      if (tasks_.empty()) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    waiting_.fetch_sub(1, std::memory_order_relaxed);
    task();
  }
}

}  // namespace owlet::net
