#pragma once

#include <chrono>
#include <string_view>

namespace owlet::app {

/// A line on stderr that moves while a command waits: what it waits for, and for how long so far.
/// It shows after a moment, and only on a terminal: nothing of it reaches a pipe or a file. Gone
/// without a trace at its end. For one thread.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// Draws it anew; call it a few times a second.
  void Show(std::string_view what);

 private:
  const bool on_terminal_;
  const std::chrono::steady_clock::time_point started_;
  bool shown_ = false;
};

}  // namespace owlet::app
