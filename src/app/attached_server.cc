#include "app/attached_server.h"

namespace owlet::app {

Result<AttachedServer> AttachedServer::Attach(const Settings& settings) {
  AttachedServer attached;
  if (auto running = ReadServerFile(settings.data)) {
    attached.file_ = std::move(*running);
    return attached;
  }
  Settings own = settings;
  own.listen = "127.0.0.1:0";
  own.spark_listen = "127.0.0.1:0";
  OWLET_TRY(attached.own_, Server::Start(own));
  auto started = ReadServerFile(settings.data);
  if (!started) return Fail(Reason::kInternal, "the server that was just started is gone");
  attached.file_ = std::move(*started);
  return attached;
}

}  // namespace owlet::app
