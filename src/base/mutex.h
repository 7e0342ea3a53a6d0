#pragma once

#include <condition_variable>
#include <mutex>

// Thread annotations: checked by clang's -Wthread-safety, nothing to other compilers.
#if defined(__clang__)
#define OWLET_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define OWLET_THREAD_ATTRIBUTE(x)
#endif
#define OWLET_CAPABILITY(x) OWLET_THREAD_ATTRIBUTE(capability(x))
#define OWLET_SCOPED_CAPABILITY OWLET_THREAD_ATTRIBUTE(scoped_lockable)
// Abseil, which gRPC's headers bring, defines the short names too.
#undef GUARDED_BY
#undef REQUIRES
#undef EXCLUDES
#undef ACQUIRE
#undef RELEASE
#define GUARDED_BY(x) OWLET_THREAD_ATTRIBUTE(guarded_by(x))
#define REQUIRES(...) OWLET_THREAD_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define EXCLUDES(...) OWLET_THREAD_ATTRIBUTE(locks_excluded(__VA_ARGS__))
#define ACQUIRE(...) OWLET_THREAD_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define RELEASE(...) OWLET_THREAD_ATTRIBUTE(release_capability(__VA_ARGS__))

namespace owlet {

/// std::mutex with annotations; lock it with MutexLock.
class OWLET_CAPABILITY("mutex") Mutex {
 public:
  void Lock() ACQUIRE() { mutex_.lock(); }
  void Unlock() RELEASE() { mutex_.unlock(); }

 private:
  friend class MutexLock;
  std::mutex mutex_;
};

/// Holds a Mutex for its lifetime; can wait on a std::condition_variable meanwhile.
class OWLET_SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ACQUIRE(mutex) : lock_(mutex.mutex_) {}
  ~MutexLock() RELEASE() = default;
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

  void Wait(std::condition_variable& condition) { condition.wait(lock_); }
  template <class Duration>
  std::cv_status WaitFor(std::condition_variable& condition, Duration duration) {
    return condition.wait_for(lock_, duration);
  }

 private:
  std::unique_lock<std::mutex> lock_;
};

}  // namespace owlet
