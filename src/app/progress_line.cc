#include "app/progress_line.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <string>

namespace owlet::app {
namespace {

constexpr std::chrono::milliseconds kBeforeItShows(250);
constexpr std::chrono::milliseconds kStep(100);  // the bar moves by one place
constexpr std::size_t kPlaces = 20;
constexpr std::size_t kBar = 5;

}  // namespace

ProgressLine::ProgressLine()
    : on_terminal_(isatty(STDERR_FILENO) != 0), started_(std::chrono::steady_clock::now()) {}

ProgressLine::~ProgressLine() {
  if (shown_) fmt::print(stderr, "\r\033[K");
}

void ProgressLine::Show(std::string_view what) {
  if (!on_terminal_) return;
  const auto time = std::chrono::steady_clock::now() - started_;
  if (time < kBeforeItShows) return;
  shown_ = true;
  std::string bar(kPlaces, ' ');
  const auto steps = static_cast<std::size_t>(time / kStep);
  for (std::size_t i = 0; i < kBar; ++i) bar[(steps + i) % kPlaces] = '=';
  fmt::print(stderr, "\r[{}] {} {:.1f} s\033[K", bar, what,
             std::chrono::duration<double>(time).count());
  std::fflush(stderr);
}

}  // namespace owlet::app
