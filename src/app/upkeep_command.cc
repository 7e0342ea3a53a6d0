#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <future>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "app/api_client.h"
#include "app/attached_server.h"
#include "app/commands.h"
#include "app/progress_line.h"
#include "base/log.h"

namespace owlet::app {

namespace {

using Json = nlohmann::json;

/// Calls and waits, with a line that moves meanwhile.
Result<Json> CallWithProgress(const ApiClient& client, const std::string& operation,
                              const Json& input, std::string_view what) {
  constexpr std::chrono::milliseconds kPause{100};
  auto reply = std::async(std::launch::async,
                          [&] { return client.Call("owlet", "OwletUpkeep." + operation, input); });
  ProgressLine progress;
  while (reply.wait_for(kPause) != std::future_status::ready) progress.Show(what);
  return reply.get();
}

/// What is damaged goes to standard output, a line each: it may be long, and a script may want it.
int Report(const Result<Json>& reply, std::string_view verb) {
  if (!reply) {
    fmt::print(stderr, "owlet: {}\n", reply.error().message);
    return reply.error().reason == Reason::kUnavailable ? kNoServer : kFailed;
  }
  const Json damaged = reply->value("Damaged", Json::array());
  for (const Json& name : damaged) fmt::print("{}\n", name.get<std::string>());
  fmt::print(stderr, "{} {} extents, {} bytes; {} objects are damaged\n", verb,
             reply->value("Extents", std::uint64_t{0}), reply->value("Bytes", std::uint64_t{0}),
             damaged.size());
  return damaged.empty() ? kDone : kFailed;
}

}  // namespace

int Scrub(const Settings& settings) {
  log::StartQuiet();
  const auto server = AttachedServer::Attach(settings);
  if (!server) {
    fmt::print(stderr, "owlet: {}\n", server.error().message);
    return kNoServer;
  }
  const ApiClient client(server->file());
  return Report(CallWithProgress(client, "Scrub", Json::object(), "reading everything back"),
                "read");
}

int Backup(const Settings& settings, const std::string& folder) {
  log::StartQuiet();
  if (folder.empty()) {
    fmt::print(stderr,
               "owlet: name the folder that the backup goes to (see owlet backup --help)\n");
    return kMisused;
  }
  const auto server = AttachedServer::Attach(settings);
  if (!server) {
    fmt::print(stderr, "owlet: {}\n", server.error().message);
    return kNoServer;
  }
  const ApiClient client(server->file());
  // The server has another working folder.
  const std::string absolute = std::filesystem::absolute(folder).lexically_normal().string();
  return Report(CallWithProgress(client, "Backup", {{"Folder", absolute}}, "copying"), "copied");
}

}  // namespace owlet::app
