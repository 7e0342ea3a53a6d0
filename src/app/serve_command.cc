#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <thread>

#include "app/commands.h"
#include "app/end_signals.h"
#include "app/server.h"
#include "base/log.h"

namespace owlet::app {

namespace {

/// As many heaps as cores, where the C library takes eight times that: sixty threads keep what each
/// of them has freed. 103 MB in place of 124 after six steps on two cores.
void BoundHeaps() {
  mallopt(M_ARENA_MAX, static_cast<int>(std::max(2U, std::thread::hardware_concurrency())));
}

/// How clients reach the server by TLS, those that know AWS's own names too.
void ExplainTls(const Settings& settings, const std::string& address,
                const std::string& authority) {
  const std::string port = address.substr(address.rfind(':') + 1);
  fmt::print(
      "HTTPS on the same port (plain HTTP is for this machine only):\n"
      "  authority      {0}\n"
      "  export AWS_ENDPOINT_URL=https://localhost:{1} AWS_CA_BUNDLE={0}\n"
      "Clients that only know BUCKET.s3.{2}.amazonaws.com, in place of AWS_ENDPOINT_URL:\n"
      "  sudo cp {0} /usr/local/share/ca-certificates/owlet.crt && sudo update-ca-certificates\n"
      "  serve with --listen 127.0.0.1:443, and the names lead here by a line of /etc/hosts each,\n"
      "  or by one of dnsmasq: address=/s3.{2}.amazonaws.com/127.0.0.1\n",
      authority, port, settings.region);
}

}  // namespace

int Serve(const Settings& settings) {
  BoundHeaps();
  log::Start();
  const EndSignals signals;
  auto server = Server::Start(settings);
  if (!server) {
    fmt::print(stderr, "owlet: {}\n", server.error().message);
    return kNoServer;
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
  if (settings.tls) {
    ExplainTls(settings, (*server)->address(), (*server)->authority().string());
  }
  for (const Server::RootKey& key : (*server)->other_root_keys()) {
    fmt::print("Account {}: access key {}, secret key {}\n", key.account_id, key.access_key_id,
               key.secret_access_key);
  }
  std::fflush(stdout);
  (*server)->WarmUp();
  const int number = signals.Wait();
  log::info("stopping on signal {}; a second one ends owlet at once", number);
  // What is acknowledged is on the disk: ending without clean-up loses nothing.
  std::thread([signals] { _exit(kSignalled + signals.Wait()); }).detach();
  (*server)->Stop();
  return kDone;
}

}  // namespace owlet::app
