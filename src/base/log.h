#pragma once

// The one way to log: owlet::log::info("opened {} in {} ms", path, ms). Messages are for the person
// who runs the server; never a secret, never a request body.
#include <spdlog/spdlog.h>

namespace owlet::log {

using spdlog::critical;
using spdlog::debug;
using spdlog::error;
using spdlog::info;
using spdlog::warn;

/// Sends the log to stderr with UTC times, at the level named by OWLET_LOG (default "info").
void Start();
/// For commands that print an answer: warnings and errors only, unless OWLET_LOG says otherwise.
void StartQuiet();

}  // namespace owlet::log
