#include <fmt/format.h>
#include <sys/statvfs.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "app/commands.h"
#include "app/server_file.h"

namespace owlet::app {

namespace {

/// One thing that owlet needs: whether it is there, and what to do when it is not.
struct Finding {
  bool good = false;
  std::string what;
  std::string mend;
};

/// The first line that a shell command prints; nothing when it fails.
std::optional<std::string> FirstLine(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen((command + " 2>/dev/null").c_str(), "r"),
                                                   pclose);
  if (pipe == nullptr) return std::nullopt;
  std::array<char, 256> buffer{};
  if (std::fgets(buffer.data(), static_cast<int>(buffer.size()), pipe.get()) == nullptr) {
    return std::nullopt;
  }
  std::string line(buffer.data());
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.pop_back();
  return line;
}

Finding PythonFinding(const std::string& python) {
  const auto version =
      FirstLine(fmt::format("'{}' -c 'import pyspark; print(pyspark.__version__)'", python));
  if (version) return {true, fmt::format("{} has pyspark {}", python, *version), ""};
  return {false, fmt::format("{} has no pyspark: Spark steps and `owlet run` cannot start", python),
          fmt::format("'{}' -m pip install pyspark-client==4.2.0 'pandas<3'", python)};
}

Finding SpaceFinding(const std::filesystem::path& data) {
  std::filesystem::path folder = data;
  while (!folder.empty() && !std::filesystem::exists(folder)) folder = folder.parent_path();
  struct statvfs info{};
  constexpr std::uint64_t kEnough = 1ULL << 30;
  if (statvfs(folder.empty() ? "." : folder.c_str(), &info) != 0) {
    return {false, fmt::format("{} cannot be looked at", data.string()), "give another --data"};
  }
  const std::uint64_t free_bytes = std::uint64_t{info.f_bavail} * info.f_frsize;
  return {free_bytes >= kEnough, fmt::format("{} has {} MiB free", data.string(), free_bytes >> 20),
          "free some space, or give another --data"};
}

}  // namespace

int Doctor(const Settings& settings) {
  const std::string python = settings.python.empty() ? "python3" : settings.python;
  const Finding findings[] = {PythonFinding(python), SpaceFinding(settings.data)};
  bool all_good = true;
  for (const Finding& finding : findings) {
    fmt::print("{}  {}\n", finding.good ? "ok     " : "MISSING", finding.what);
    if (!finding.good) fmt::print("         mend it with: {}\n", finding.mend);
    all_good = all_good && finding.good;
  }
  if (const auto running = ReadServerFile(settings.data)) {
    fmt::print("ok       a server runs on {}: http://{} (pid {})\n", settings.data.string(),
               running->address, running->pid);
  } else {
    fmt::print("ok       no server runs on {}: `owlet serve` starts one\n", settings.data.string());
  }
  return all_good ? kDone : kFailed;
}

}  // namespace owlet::app
