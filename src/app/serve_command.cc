#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>

#include <cstdio>

#include "app/commands.h"
#include "app/server.h"
#include "base/log.h"

namespace owlet::app {

namespace {

/// Blocks the signals that end a server in this thread and all that it starts: Wait takes them.
class EndSignals {
 public:
  EndSignals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGINT);
    sigaddset(&set_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    signal(SIGPIPE, SIG_IGN);
  }
  int Wait() const {
    int number = 0;
    sigwait(&set_, &number);
    return number;
  }

 private:
  sigset_t set_{};
};

}  // namespace

int Serve(const Settings& settings) {
  log::Start();
  const EndSignals signals;
  auto server = Server::Start(settings);
  if (!server) {
    fmt::print(stderr, "owlet: {}\n", server.error().message);
    return kFailed;
  }
  const auto& [key_id, secret] = (*server)->root_key();
  fmt::print(
      "owlet serves\n"
      "  AWS services   http://{0}\n"
      "  Spark Connect  sc://{1}\n"
      "  data           {2}\n"
      "  access key     {3}\n"
      "  secret key     {4}\n"
      "For a shell of its clients:\n"
      "  export AWS_ENDPOINT_URL=http://{0} AWS_ACCESS_KEY_ID={3} AWS_SECRET_ACCESS_KEY={4} "
      "AWS_DEFAULT_REGION={5} SPARK_REMOTE=sc://{1}\n"
      "Ctrl-C stops it.\n",
      (*server)->address(), (*server)->spark_address(), settings.data.string(), key_id, secret,
      settings.region);
  std::fflush(stdout);
  const int number = signals.Wait();
  log::info("stopping on signal {}", number);
  (*server)->Stop();
  return kDone;
}

}  // namespace owlet::app
