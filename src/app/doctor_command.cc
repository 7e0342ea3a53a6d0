#include <fmt/format.h>
#include <sys/statvfs.h>
#include <unistd.h>

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

/// Text for a shell, in quotes.
std::string Quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

Finding PythonFinding(const std::string& python) {
  const std::string quoted = Quoted(python);
  if (!FirstLine(quoted + " -c 'print(1)'")) {
    return {
        false, fmt::format("no Python at {}: Spark steps and `owlet run` cannot start", python),
        "install python3 (apt-get install python3 python3-venv), or give another with --python"};
  }
  // What PySpark imports for a Connect session.
  const auto version = FirstLine(
      quoted +
      " -c 'import pyspark, pandas, pyarrow, grpc, grpc_status; print(pyspark.__version__)'");
  if (version) return {true, fmt::format("{} has pyspark {}", python, *version), ""};
  const auto wrong = FirstLine(
      quoted + " -c 'import pyspark, pandas, pyarrow, grpc, grpc_status' 2>&1 | tail -n 1");
  return {false,
          fmt::format("{} cannot start PySpark ({}): Spark steps and `owlet run` need it", python,
                      wrong.value_or("no message")),
          fmt::format("{} -m venv owlet-venv && owlet-venv/bin/pip install pyspark-client==4.2.0 "
                      "'pandas<3', then --python owlet-venv/bin/python",
                      quoted)};
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

Finding WritableFinding(const std::filesystem::path& data) {
  std::filesystem::path folder = data;
  while (!folder.empty() && !std::filesystem::exists(folder)) folder = folder.parent_path();
  const std::string place = folder.empty() ? "." : folder.string();
  const bool good = access(place.c_str(), W_OK | X_OK) == 0 && std::filesystem::is_directory(place);
  return {good, fmt::format("{} can{} be written", place, good ? "" : "not"),
          "give another --data, or change its owner"};
}

}  // namespace

int Doctor(const Settings& settings) {
  const std::string python = settings.python.empty() ? "python3" : settings.python;
  const Finding findings[] = {PythonFinding(python), SpaceFinding(settings.data),
                              WritableFinding(settings.data)};
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
