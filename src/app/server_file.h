#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"

namespace owlet::app {

/// server.json of a data folder: where its running server is. Only its owner may read it (it holds
/// the root key pair, which the folder's key-value store holds too).
struct ServerFile {
  pid_t pid = 0;
  std::string address;        // "127.0.0.1:9000"
  std::string spark_address;  // "127.0.0.1:15002"
  std::string access_key_id;
  std::string secret_access_key;
  std::string region;
  /// A token of Spark Connect: root, and the operating system's user that runs the server, as is
  /// whoever can read this file.
  std::string user_token;
};

/// Replaces the file in one step.
[[nodiscard]] Status WriteServerFile(const std::filesystem::path& data, const ServerFile& file);
/// Nothing when no server of that folder runs: there is no file, or its process is gone.
[[nodiscard]] std::optional<ServerFile> ReadServerFile(const std::filesystem::path& data);
void RemoveServerFile(const std::filesystem::path& data);

}  // namespace owlet::app
