#pragma once

#include <signal.h>

#include <chrono>
#include <optional>

namespace owlet::app {

/// The signals that end a command: SIGINT and SIGTERM. Blocks them in this thread and all that it
/// starts later, so make it before any thread; Wait and WaitFor take them. SIGPIPE is ignored.
class EndSignals {
 public:
  EndSignals();

  /// Blocks until one comes; its number.
  [[nodiscard]] int Wait() const;
  /// The one that came within `limit`.
  [[nodiscard]] std::optional<siginfo_t> WaitFor(std::chrono::milliseconds limit) const;
  /// From now on the end of a child process wakes WaitFor too, as SIGCHLD.
  void AddChildren();

 private:
  sigset_t set_{};
};

}  // namespace owlet::app
