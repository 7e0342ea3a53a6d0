#include "app/end_signals.h"

#include <pthread.h>

namespace owlet::app {

EndSignals::EndSignals() {
  sigemptyset(&set_);
  sigaddset(&set_, SIGINT);
  sigaddset(&set_, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  signal(SIGPIPE, SIG_IGN);
}

int EndSignals::Wait() const {
  int number = 0;
  sigwait(&set_, &number);
  return number;
}

std::optional<siginfo_t> EndSignals::WaitFor(std::chrono::milliseconds limit) const {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(limit);
  const timespec time{.tv_sec = seconds.count(),
                      .tv_nsec = std::chrono::nanoseconds(limit - seconds).count()};
  siginfo_t info{};
  if (sigtimedwait(&set_, &info, &time) < 0) return std::nullopt;
  return info;
}

void EndSignals::AddChildren() {
  sigaddset(&set_, SIGCHLD);
  pthread_sigmask(SIG_BLOCK, &set_, nullptr);
}

}  // namespace owlet::app
