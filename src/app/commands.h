#pragma once

#include <string>
#include <vector>

#include "app/settings.h"

// The verbs of the command line. Each prints its own messages and returns the exit code.

namespace owlet::app {

inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;   // the work failed: a query, a script that cannot be started
inline constexpr int kMisused = 2;  // the arguments are wrong

struct RunOptions {
  std::vector<std::string> command;  // SCRIPT.py ARG...
};
struct SqlOptions {
  std::string statement;
  std::string database = "default";
  std::string format = "table";
};

/// Serves until SIGINT or SIGTERM.
[[nodiscard]] int Serve(const Settings& settings);
/// The script's own exit code; against the running server of the data folder, or one of its own.
[[nodiscard]] int Run(const Settings& settings, const RunOptions& options);
[[nodiscard]] int Sql(const Settings& settings, const SqlOptions& options);
[[nodiscard]] int Explain(const Settings& settings, const SqlOptions& options);
[[nodiscard]] int Doctor(const Settings& settings);
[[nodiscard]] int Version();

}  // namespace owlet::app
