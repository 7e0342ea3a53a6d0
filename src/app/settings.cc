#include "app/settings.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <limits>

namespace owlet::app {

namespace {

// A server with less cannot hold the engine's own blocks; more threads than that help nobody.
constexpr std::uint64_t kLeastMemory = 64ULL << 20;
constexpr int kMostThreads = 1024;

Status SetFlag(bool& flag, const std::string& text) {
  if (text == "true" || text == "1") {
    flag = true;
  } else if (text == "false" || text == "0") {
    flag = false;
  } else {
    return Fail(Reason::kInvalidArgument, fmt::format("neither true nor false: {}", text));
  }
  return {};
}

template <class Number>
Status SetNumber(Number& number, const std::string& text) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    return Fail(Reason::kInvalidArgument, fmt::format("not a number: {}", text));
  }
  return {};
}

Status SetData(Settings& settings, const std::string& text) {
  if (text.empty()) return Fail(Reason::kInvalidArgument, "the name of a folder is needed");
  // Said to clients and processes in other folders, so it must not depend on this one.
  std::error_code error;
  settings.data = std::filesystem::absolute(text, error);
  if (error) settings.data = text;
  return {};
}

template <std::string Settings::* Member>
Status SetAddress(Settings& settings, const std::string& text) {
  OWLET_CHECK_OK(SplitAddress(text));
  settings.*Member = text;
  return {};
}

/// A region stands in ARNs and in credential scopes.
Status SetRegion(Settings& settings, const std::string& text) {
  const bool good = !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
  if (!good)
    return Fail(Reason::kInvalidArgument, fmt::format("not a region like us-east-1: \"{}\"", text));
  settings.region = text;
  return {};
}

Status CheckAccount(std::string_view text) {
  constexpr std::size_t kDigits = 12;
  const bool good = text.size() == kDigits &&
                    std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (good) return {};
  return Fail(Reason::kInvalidArgument, fmt::format("an account has 12 digits: \"{}\"", text));
}

Status SetAccount(Settings& settings, const std::string& text) {
  OWLET_CHECK_OK(CheckAccount(text));
  settings.account_id = text;
  return {};
}

/// "111122223333,444455556666:KEYID:SECRET": a key pair that is not given is made and kept.
Status SetOtherAccounts(Settings& settings, const std::string& text) {
  settings.other_accounts.clear();
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    const std::string_view each = rest.substr(0, comma);
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    const std::size_t first = each.find(':');
    OtherAccount account{.id = std::string(each.substr(0, first))};
    OWLET_CHECK_OK(CheckAccount(account.id));
    if (first != std::string_view::npos) {
      const std::size_t second = each.find(':', first + 1);
      if (second == std::string_view::npos || second == first + 1 || second + 1 == each.size()) {
        return Fail(Reason::kInvalidArgument,
                    fmt::format("not ACCOUNT or ACCOUNT:KEYID:SECRET: \"{}\"", each));
      }
      account.root_key = {std::string(each.substr(first + 1, second - first - 1)),
                          std::string(each.substr(second + 1))};
    }
    settings.other_accounts.push_back(std::move(account));
  }
  return {};
}

Status SetOidcKeys(Settings& settings, const std::string& text) {
  settings.oidc_keys = text;
  return {};
}

Status SetMemoryLimit(Settings& settings, const std::string& text) {
  OWLET_TRY(const std::uint64_t bytes, ParseSize(text));
  if (bytes < kLeastMemory) {
    return Fail(Reason::kInvalidArgument, fmt::format("at least 64MiB are needed: {}", text));
  }
  settings.memory_limit_bytes = bytes;
  return {};
}

Status SetThreads(Settings& settings, const std::string& text) {
  int threads = 0;
  OWLET_CHECK_OK(SetNumber(threads, text));
  if (threads < 0 || threads > kMostThreads) {
    return Fail(Reason::kInvalidArgument,
                fmt::format("a number from 0 to {}: {}", kMostThreads, text));
  }
  settings.threads = threads;
  return {};
}

Status SetCacheLimit(Settings& settings, const std::string& text) {
  OWLET_TRY(settings.cache_limit_bytes, ParseSize(text));
  return {};
}

Status SetPython(Settings& settings, const std::string& text) {
  settings.python = text;
  return {};
}

Status SetObjectOwnership(Settings& settings, const std::string& text) {
  constexpr std::array<std::string_view, 3> kKnown = {"BucketOwnerEnforced", "BucketOwnerPreferred",
                                                      "ObjectWriter"};
  if (std::ranges::find(kKnown, text) == kKnown.end()) {
    return Fail(Reason::kInvalidArgument,
                "one of BucketOwnerEnforced, BucketOwnerPreferred, ObjectWriter: " + text);
  }
  settings.object_ownership = text;
  return {};
}

Status SetLifecycleDay(Settings& settings, const std::string& text) {
  constexpr int kDay = 86400;
  int seconds = 0;
  OWLET_CHECK_OK(SetNumber(seconds, text));
  if (seconds < 1 || seconds > kDay) {
    return Fail(Reason::kInvalidArgument, fmt::format("seconds from 1 to {}: {}", kDay, text));
  }
  settings.lifecycle_day_seconds = seconds;
  return {};
}

/// A DNS name with letters of one case, so that names of hosts can be compared with it.
Status SetDomain(Settings& settings, const std::string& text) {
  constexpr std::size_t kLongest = 200;
  const bool good =
      text.size() <= kLongest && !text.starts_with('.') && !text.ends_with('.') &&
      std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
      });
  if (!good) {
    return Fail(Reason::kInvalidArgument,
                fmt::format("a host name in small letters, like s3.example.test: \"{}\"", text));
  }
  settings.domain = text;
  return {};
}

constexpr SettingEntry kEntries[] = {
    {"data", "The data folder", SetData},
    {"listen", "HOST:PORT of the AWS services; port 0: any free one",
     SetAddress<&Settings::listen>},
    {"spark_listen", "HOST:PORT of Spark Connect", SetAddress<&Settings::spark_listen>},
    {"region", "The region that ARNs name", SetRegion},
    {"account", "The account that ARNs name", SetAccount},
    {"other_accounts",
     "More accounts, to try access across them: ID[:KEYID:SECRET], separated by commas",
     SetOtherAccounts},
    {"oidc_keys", "The folder with the key sets of identity providers, HOST_PATH.json",
     SetOidcKeys},
    {"memory_limit", "Memory of the server, like 4GB or 512MiB", SetMemoryLimit},
    {"threads", "Threads of queries; 0: all cores", SetThreads},
    {"cache_limit", "Disk space for columns of text files read before, like 4GB; 0: none",
     SetCacheLimit},
    {"python", "The Python of Spark steps (with pyspark-client)", SetPython},
    {"object_ownership",
     "Of new S3 buckets: BucketOwnerEnforced, BucketOwnerPreferred, ObjectWriter",
     SetObjectOwnership},
    {"lifecycle_day", "Seconds of a day of S3's lifecycle rules, for tests", SetLifecycleDay},
    {"anonymous", "No authentication; on loopback only",
     [](Settings& s, const std::string& text) { return SetFlag(s.anonymous, text); }, true},
    {"tls", "HTTPS on the address of the AWS services, by a certificate authority of this folder's",
     [](Settings& s, const std::string& text) { return SetFlag(s.tls, text); }, true},
    {"domain", "The host name below which S3's buckets have names of their own: BUCKET.DOMAIN",
     SetDomain},
    {"allow_remote", "Allow listening beyond loopback, without encryption",
     [](Settings& s, const std::string& text) { return SetFlag(s.allow_remote, text); }, true}};

std::optional<std::string> Environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

std::filesystem::path DefaultData() {
  if (const auto data_home = Environment("XDG_DATA_HOME")) {
    return std::filesystem::path(*data_home) / "owlet";
  }
  return std::filesystem::path(Environment("HOME").value_or(".")) / ".local/share/owlet";
}

/// A value of owlet.toml as the text that a flag would have.
Result<std::string> ValueText(const toml::node& value) {
  if (const auto* text = value.as_string()) return text->get();
  if (const auto* integer = value.as_integer()) return std::to_string(integer->get());
  if (const auto* flag = value.as_boolean()) return std::string(flag->get() ? "true" : "false");
  return Fail(Reason::kInvalidArgument, "must be a string, a number or a boolean");
}

Status ApplyOne(Settings& settings, const std::string& name, const toml::node& value) {
  const auto* entry = std::ranges::find_if(
      kEntries, [&](const SettingEntry& candidate) { return name == candidate.name; });
  if (entry == std::end(kEntries)) return Fail(Reason::kInvalidArgument, "no such setting");
  OWLET_TRY(const std::string text, ValueText(value));
  return entry->set(settings, text);
}

Status ReadFile(const std::filesystem::path& file, Settings& settings) {
  std::ifstream text(file);
  if (std::error_code code; !text || std::filesystem::is_directory(file, code)) {
    const int error = std::filesystem::is_directory(file, code) ? EISDIR : errno;
    return Fail(Reason::kInvalidArgument, fmt::format("cannot read the configuration file {}: {}",
                                                      file.string(), std::strerror(error)));
  }
  // toml++ reports a syntax error by an exception; it ends here.
  toml::table table;
  try {
    table = toml::parse(text, file.string());
  } catch (const toml::parse_error& error) {
    return Fail(
        Reason::kInvalidArgument,
        fmt::format("{}:{}: {}", file.string(), error.source().begin.line, error.description()));
  }
  for (const auto& [key, value] : table) {
    const std::string name(key.str());
    if (const Status applied = ApplyOne(settings, name, value); !applied) {
      return Fail(Reason::kInvalidArgument,
                  fmt::format("{}: {}: {}", file.string(), name, applied.error().message));
    }
  }
  return {};
}

}  // namespace

std::string SettingEntry::flag() const {
  std::string out = "--";
  for (const char c : std::string_view(name)) out += c == '_' ? '-' : c;
  return out;
}

std::string SettingEntry::variable() const {
  std::string out = "OWLET_";
  for (const char c : std::string_view(name)) {
    out += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  }
  return out;
}

std::span<const SettingEntry> SettingEntries() { return kEntries; }

Result<std::uint64_t> ParseSize(const std::string& text) {
  std::uint64_t number = 0;
  const char* text_end = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), text_end, number);
  const std::string_view unit(end, static_cast<std::size_t>(text_end - end));
  struct Unit {
    std::string_view name;
    std::uint64_t bytes;
  };
  constexpr std::array<Unit, 7> kUnits = {{{"", 1},
                                           {"KB", 1000},
                                           {"MB", 1000'000},
                                           {"GB", 1000'000'000},
                                           {"KiB", 1ULL << 10},
                                           {"MiB", 1ULL << 20},
                                           {"GiB", 1ULL << 30}}};
  const auto* found = std::ranges::find(kUnits, unit, &Unit::name);
  if (error != std::errc() || found == kUnits.end() ||
      number > std::numeric_limits<std::uint64_t>::max() / found->bytes) {
    return Fail(Reason::kInvalidArgument, fmt::format("not a size like 4GB or 512MiB: {}", text));
  }
  return number * found->bytes;
}

Result<Settings> LoadSettings(const std::filesystem::path& config_file) {
  Settings settings;
  settings.data = DefaultData();
  const std::filesystem::path file = config_file.empty() ? "owlet.toml" : config_file;
  if (!config_file.empty() || std::filesystem::exists(file)) {
    OWLET_CHECK_OK(ReadFile(file, settings));
  }
  for (const SettingEntry& entry : kEntries) {
    const std::string name = entry.variable();
    const auto value = Environment(name);
    if (!value) continue;
    if (const Status set = entry.set(settings, *value); !set) {
      return Fail(Reason::kInvalidArgument, fmt::format("{}: {}", name, set.error().message));
    }
  }
  const auto id = Environment("OWLET_ROOT_ACCESS_KEY_ID");
  const auto secret = Environment("OWLET_ROOT_SECRET_ACCESS_KEY");
  if (id.has_value() != secret.has_value()) {
    return Fail(Reason::kInvalidArgument,
                "OWLET_ROOT_ACCESS_KEY_ID and OWLET_ROOT_SECRET_ACCESS_KEY must be set together");
  }
  if (id) settings.root_key = {*id, *secret};
  return settings;
}

Result<std::pair<std::string, std::uint16_t>> SplitAddress(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  std::uint16_t port = 0;
  const bool good =
      colon != std::string::npos && SetNumber(port, address.substr(colon + 1)).has_value();
  if (!good) {
    return Fail(Reason::kInvalidArgument,
                fmt::format("an address is HOST:PORT, like 127.0.0.1:9000: {}", address));
  }
  std::string host = address.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  std::array<unsigned char, sizeof(in6_addr)> parsed;
  if (inet_pton(AF_INET, host.c_str(), parsed.data()) != 1 &&
      inet_pton(AF_INET6, host.c_str(), parsed.data()) != 1) {
    return Fail(Reason::kInvalidArgument,
                fmt::format("the host of an address is an IP address or localhost: {}", address));
  }
  return std::pair{std::move(host), port};
}

std::string JoinAddress(const std::string& host, std::uint16_t port) {
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port)
                                             : fmt::format("[{}]:{}", host, port);
}

bool IsLoopback(const std::string& host) { return host.starts_with("127.") || host == "::1"; }

Status CheckSettings(const Settings& settings) {
  for (const std::string& address : {settings.listen, settings.spark_listen}) {
    OWLET_TRY(const auto parts, SplitAddress(address));
    if (IsLoopback(parts.first)) continue;
    const bool encrypted = settings.tls && address == settings.listen;
    if (settings.anonymous) {
      return Fail(Reason::kInvalidArgument,
                  fmt::format("--anonymous serves on loopback only, not on {}", address));
    }
    if (!settings.allow_remote && !encrypted) {
      return Fail(Reason::kInvalidArgument,
                  fmt::format("{} is reachable from other machines, without encryption: give "
                              "--allow-remote if that is what you want",
                              address));
    }
  }
  return {};
}

}  // namespace owlet::app
