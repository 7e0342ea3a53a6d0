#pragma once

#include <string>
#include <vector>

#include "app/settings.h"

// The verbs of the command line. Each prints its own messages and returns the exit code.

namespace owlet::app {

inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;   // the work failed: a query, a script that cannot be started
inline constexpr int kMisused = 2;  // the arguments or the configuration are wrong
inline constexpr int kNoServer =
    3;  // no server could be started or reached: the data folder, a port, the disk
inline constexpr int kSignalled = 128;  // and the number of the signal that ended the command

struct RunOptions {
  std::vector<std::string> command;  // SCRIPT.py ARG...
};
struct SubmitOptions {
  std::string engine = "native";
  std::vector<std::string> command;  // s3://…/SCRIPT.py ARG...
};
struct SqlOptions {
  std::string statement;  // "" or "-": standard input
  std::string database = "default";
  std::string format = "table";
};

/// Serves until SIGINT or SIGTERM; a second one ends it at once.
[[nodiscard]] int Serve(const Settings& settings);
/// The script's own exit code; against the running server of the data folder, or one of its own.
[[nodiscard]] int Run(const Settings& settings, const RunOptions& options);
/// An EMR step, followed to its end; its logs are printed, and the exit code is the script's own.
[[nodiscard]] int Submit(const Settings& settings, const SubmitOptions& options);
[[nodiscard]] int Sql(const Settings& settings, const SqlOptions& options);
[[nodiscard]] int Explain(const Settings& settings, const SqlOptions& options);
/// Reads every byte of the data folder back and compares it with its checksum; what is damaged is
/// printed.
[[nodiscard]] int Scrub(const Settings& settings);
/// Makes a new folder a copy of the data folder, while its server goes on.
[[nodiscard]] int Backup(const Settings& settings, const std::string& folder);
[[nodiscard]] int Doctor(const Settings& settings);
[[nodiscard]] int Version();
/// "owlet 0.1.0 (DuckDB 1.5.5)".
[[nodiscard]] std::string VersionText();

}  // namespace owlet::app
