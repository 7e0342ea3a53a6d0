#include "protocol/spark_connect/server.h"

#include <fmt/format.h>
#include <grpc/support/log.h>
#include <grpcpp/grpcpp.h>

#include <chrono>

#include "base/log.h"
#include "protocol/spark_connect/service.h"

namespace owlet::spark_connect {

namespace {

/// What gRPC says of itself; what matters of it comes to the caller as an Error.
void LogOfGrpc(gpr_log_func_args* entry) { log::debug("grpc: {}", entry->message); }

class GrpcServer final : public Server {
 public:
  GrpcServer(const ServerOptions& options, Services services, const TokenIdentity& identity)
      : service_(options, services, identity) {}
  ~GrpcServer() override { Stop(); }

  Status Listen(const ServerOptions& options) {
    gpr_set_log_function(LogOfGrpc);
    ::grpc::ServerBuilder builder;
    const auto limit = static_cast<int>(options.max_message_bytes);
    builder.SetMaxReceiveMessageSize(limit);
    builder.SetMaxSendMessageSize(limit);
    // Clients ping on silent connections (4.3: each minute); a default server would cut them off.
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    int port = 0;
    builder.AddListeningPort(options.address, ::grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    if (server_ == nullptr || port == 0) {
      return Fail(Reason::kUnavailable,
                  fmt::format("cannot listen on {}: is the port in use? Give another with "
                              "--spark-listen",
                              options.address));
    }
    port_ = static_cast<std::uint16_t>(port);
    return {};
  }

  std::uint16_t port() const override { return port_; }

  void Stop() override {
    if (server_ == nullptr) return;
    service_.InterruptAll();
    server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(2));
    server_->Wait();
    server_.reset();
  }

 private:
  Service service_;
  std::unique_ptr<::grpc::Server> server_;
  std::uint16_t port_ = 0;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::Start(const ServerOptions& options, engine::Engine& engine,
                                              catalog::Catalog& catalog,
                                              const TokenIdentity& identity, const Clock& clock) {
  auto server = std::make_unique<GrpcServer>(options, Services{engine, catalog, clock}, identity);
  OWLET_CHECK_OK(server->Listen(options));
  return server;
}

}  // namespace owlet::spark_connect
