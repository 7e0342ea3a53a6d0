#include "app/attached_server.h"

#include <chrono>
#include <thread>

namespace owlet::app {

namespace {
// How long to wait for a server that is just starting or stopping on the folder.
constexpr std::chrono::seconds kPatience{10};
constexpr std::chrono::milliseconds kPause{20};
}  // namespace

Result<AttachedServer> AttachedServer::Attach(const Settings& settings) {
  AttachedServer attached;
  Settings own = settings;
  own.listen = "127.0.0.1:0";
  own.spark_listen = "127.0.0.1:0";
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (true) {
    if (auto running = ReadServerFile(settings.data)) {
      attached.file_ = std::move(*running);
      return attached;
    }
    auto started = Server::Start(own);
    if (started) {
      attached.own_ = std::move(*started);
      break;
    }
    // Somebody holds the folder and does not say where it listens: it starts, or ends.
    const bool busy = started.error().reason == Reason::kUnavailable;
    if (!busy || std::chrono::steady_clock::now() > end) return Fail(std::move(started).error());
    std::this_thread::sleep_for(kPause);
  }
  auto file = ReadServerFile(settings.data);
  if (!file) return Fail(Reason::kInternal, "the server that was just started is gone");
  attached.file_ = std::move(*file);
  return attached;
}

}  // namespace owlet::app
