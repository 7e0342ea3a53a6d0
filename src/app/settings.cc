#include "app/settings.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <functional>

namespace owlet::app {

namespace {

using Set = std::function<Status(Settings&, const std::string&)>;

/// One setting under its name in owlet.toml; the environment's is OWLET_ and the name in capitals.
struct Entry {
  const char* name;
  Set set;
};

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

template <class Member>
Set Assign(Member member) {
  return [member](Settings& settings, const std::string& text) -> Status {
    settings.*member = text;
    return {};
  };
}

const std::array<Entry, 10>& Entries() {
  static const std::array<Entry, 10> kEntries = {
      {{"data", Assign(&Settings::data)},
       {"listen", Assign(&Settings::listen)},
       {"spark_listen", Assign(&Settings::spark_listen)},
       {"region", Assign(&Settings::region)},
       {"account", Assign(&Settings::account_id)},
       {"python", Assign(&Settings::python)},
       {"threads", [](Settings& s, const std::string& text) { return SetNumber(s.threads, text); }},
       {"anonymous",
        [](Settings& s, const std::string& text) { return SetFlag(s.anonymous, text); }},
       {"allow_remote",
        [](Settings& s, const std::string& text) { return SetFlag(s.allow_remote, text); }},
       {"memory_limit", [](Settings& s, const std::string& text) -> Status {
          OWLET_TRY(s.memory_limit_bytes, ParseSize(text));
          return {};
        }}}};
  return kEntries;
}

std::optional<std::string> Environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

std::string EnvironmentName(const char* name) {
  std::string out = "OWLET_";
  for (const char* c = name; *c != '\0'; ++c) {
    out += static_cast<char>(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
  }
  return out;
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
  const auto entry = std::ranges::find_if(
      Entries(), [&](const Entry& candidate) { return name == candidate.name; });
  if (entry == Entries().end()) return Fail(Reason::kInvalidArgument, "no such setting");
  OWLET_TRY(const std::string text, ValueText(value));
  return entry->set(settings, text);
}

Status ReadFile(const std::filesystem::path& file, Settings& settings) {
  // toml++ reports a syntax error by an exception; it ends here.
  toml::table table;
  try {
    table = toml::parse_file(file.string());
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
  if (error != std::errc() || found == kUnits.end()) {
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
  for (const Entry& entry : Entries()) {
    const std::string name = EnvironmentName(entry.name);
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
  return std::pair{std::move(host), port};
}

bool IsLoopback(const std::string& host) { return host.starts_with("127.") || host == "::1"; }

Status CheckSettings(const Settings& settings) {
  for (const std::string& address : {settings.listen, settings.spark_listen}) {
    OWLET_TRY(const auto parts, SplitAddress(address));
    if (IsLoopback(parts.first)) continue;
    if (settings.anonymous) {
      return Fail(Reason::kInvalidArgument,
                  fmt::format("--anonymous serves on loopback only, not on {}", address));
    }
    if (!settings.allow_remote) {
      return Fail(Reason::kInvalidArgument,
                  fmt::format("{} is reachable from other machines, without encryption: give "
                              "--allow-remote if that is what you want",
                              address));
    }
  }
  return {};
}

}  // namespace owlet::app
