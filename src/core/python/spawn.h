#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"

// How the programs of this folder are started; nobody outside of it includes this.

namespace owlet::python {

/// A program to start. Nothing of the server's own environment, descriptors, signal settings or
/// terminal reaches it.
struct SpawnRequest {
  const std::vector<std::string>& command;  // the program (looked for on its PATH), its arguments
  const std::filesystem::path& folder;      // where it runs; must be there
  const std::map<std::string, std::string>& environment;
  int out = -1;  // its stdout and stderr
  int err = -1;
  int line = -1;  // its descriptor 3, or none
};

/// Starts it in a session of its own, stdin from /dev/null. The caller waits for the process.
/// Errors: kEntityNotFound (no such program), kInvalidArgument (it cannot be run), kOverloaded (no
/// more processes).
[[nodiscard]] Result<pid_t> Spawn(const SpawnRequest& request);

}  // namespace owlet::python
