#pragma once

#include <memory>

#include "app/server.h"
#include "app/server_file.h"
#include "app/settings.h"
#include "base/result.h"

namespace owlet::app {

/// The server that a command works with: the one that runs on the data folder, or one made for the
/// command on free ports, which ends with it.
class AttachedServer {
 public:
  [[nodiscard]] static Result<AttachedServer> Attach(const Settings& settings);
  [[nodiscard]] const ServerFile& file() const { return file_; }

 private:
  ServerFile file_;
  std::unique_ptr<Server> own_;
};

}  // namespace owlet::app
