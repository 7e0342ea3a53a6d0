#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace owlet::app {

/// One more account, with the root key pair that it is to have, if one is given.
struct OtherAccount {
  std::string id;
  std::optional<std::pair<std::string, std::string>> root_key = std::nullopt;
};

/// Everything that can be set: by a flag, else by OWLET_<NAME> in the environment, else in
/// owlet.toml (of the current folder, or --config), else the default below.
struct Settings {
  std::filesystem::path data;                    // --data, OWLET_DATA
  std::string listen = "127.0.0.1:9000";         // --listen
  std::string spark_listen = "127.0.0.1:15002";  // --spark-listen
  std::string region = "us-east-1";              // --region
  std::string account_id = "000000000000";       // --account
  std::vector<OtherAccount> other_accounts;      // --other-accounts
  std::filesystem::path oidc_keys;               // --oidc-keys
  std::uint64_t memory_limit_bytes = 0;  // --memory-limit "4GB"; 0: a share of the machine's
  int threads = 0;                       // --threads; 0: all cores
  std::uint64_t cache_limit_bytes = 4ULL << 30;  // --cache-limit: of columns read before; 0: none
  std::string python;                            // --python: the interpreter of Spark steps
  bool anonymous = false;                        // --anonymous
  bool allow_remote = false;                     // --allow-remote
  bool tls = false;                              // --tls: HTTPS on `listen`, by a local authority
  std::string domain;                            // --domain: BUCKET.<domain> is virtual-host style
  std::string object_ownership = "BucketOwnerEnforced";  // --object-ownership: of new buckets
  int lifecycle_day_seconds = 86400;  // --lifecycle-day: how long a day of lifecycle rules is
  /// OWLET_ROOT_ACCESS_KEY_ID and OWLET_ROOT_SECRET_ACCESS_KEY.
  std::optional<std::pair<std::string, std::string>> root_key;
};

/// One setting: its name in owlet.toml ("spark_listen"; the flag is --spark-listen, the variable
/// OWLET_SPARK_LISTEN), what it is, and how its text is taken over. kInvalidArgument says what is
/// wrong with a text, without the setting's name.
struct SettingEntry {
  const char* name;
  const char* help;
  Status (*set)(Settings& settings, const std::string& text);
  bool is_switch = false;  // as a flag it stands alone

  [[nodiscard]] std::string flag() const;      // "--spark-listen"
  [[nodiscard]] std::string variable() const;  // "OWLET_SPARK_LISTEN"
};
[[nodiscard]] std::span<const SettingEntry> SettingEntries();

/// The defaults, with what owlet.toml and the environment say over them. `config_file` "" means
/// owlet.toml of the current folder, if it is there. kInvalidArgument names the key and the file.
[[nodiscard]] Result<Settings> LoadSettings(const std::filesystem::path& config_file);

/// "4GB", "512MiB", "1000000": bytes.
[[nodiscard]] Result<std::uint64_t> ParseSize(const std::string& text);

/// kInvalidArgument when the addresses are not on loopback and nothing allows that.
[[nodiscard]] Status CheckSettings(const Settings& settings);

/// "host:port", "[::1]:port" in its two parts.
[[nodiscard]] Result<std::pair<std::string, std::uint16_t>> SplitAddress(
    const std::string& address);

/// The reverse, with brackets around an IPv6 address.
[[nodiscard]] std::string JoinAddress(const std::string& host, std::uint16_t port);

/// Whether only this machine reaches the address.
[[nodiscard]] bool IsLoopback(const std::string& host);

}  // namespace owlet::app
