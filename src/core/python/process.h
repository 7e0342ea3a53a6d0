#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"

namespace owlet::python {

/// A program to run. Nothing of the server's own environment, descriptors or terminal reaches it.
struct ProcessRequest {
  std::vector<std::string> command;  // the program (looked for on its PATH) and its arguments
  std::filesystem::path folder;      // where it runs; must be there
  std::map<std::string, std::string> environment;
  std::filesystem::path stdout_file;
  std::filesystem::path stderr_file;
  /// How long it may take to end after SIGTERM; then SIGKILL.
  std::chrono::milliseconds grace{3000};
};

/// How a program ended.
struct ProcessEnd {
  int exit_code = 0;       // of one that ended by itself
  int signal = 0;          // what killed it, or 0
  bool cancelled = false;  // it was killed because stop was requested

  [[nodiscard]] bool Succeeded() const { return exit_code == 0 && signal == 0 && !cancelled; }
  bool operator==(const ProcessEnd&) const = default;
};

/// Runs the program in a session and process group of its own, stdin from /dev/null, and waits for
/// its end. When `stop` is requested the whole group gets SIGTERM and, after the grace, SIGKILL;
/// what the program left running in its group is killed at its end too. Thread-safe.
///
/// Errors: kEntityNotFound (no such program), kInvalidArgument (not executable, no such folder),
/// kStorageFull and the like for the two files, kOverloaded (no more processes).
[[nodiscard]] Result<ProcessEnd> RunProcess(const ProcessRequest& request, std::stop_token stop);

}  // namespace owlet::python
