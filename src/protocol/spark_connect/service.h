#pragma once

#include "protocol/spark_connect/message_depth.h"
// After the above, which says how its requests are read.
#include <grpcpp/grpcpp.h>
#include <spark/connect/base.grpc.pb.h>

#include <functional>
#include <memory>
#include <string>

#include "net/worker_pool.h"
#include "protocol/spark_connect/plan_executor.h"
#include "protocol/spark_connect/server.h"

namespace owlet::spark_connect {

/// The RPCs. Each finds its session by the request's ids and token, then works on the pool.
class Service final : public ::spark::connect::SparkConnectService::CallbackService {
 public:
  Service(const ServerOptions& options, Services services, const TokenIdentity& identity);

  void InterruptAll() { sessions_.InterruptAll(); }

  using Context = ::grpc::CallbackServerContext;

  ::grpc::ServerWriteReactor<::spark::connect::ExecutePlanResponse>* ExecutePlan(
      Context* context, const ::spark::connect::ExecutePlanRequest* request) override;
  ::grpc::ServerWriteReactor<::spark::connect::ExecutePlanResponse>* ReattachExecute(
      Context* context, const ::spark::connect::ReattachExecuteRequest* request) override;
  ::grpc::ServerUnaryReactor* AnalyzePlan(Context* context,
                                          const ::spark::connect::AnalyzePlanRequest* request,
                                          ::spark::connect::AnalyzePlanResponse* response) override;
  ::grpc::ServerUnaryReactor* Config(Context* context,
                                     const ::spark::connect::ConfigRequest* request,
                                     ::spark::connect::ConfigResponse* response) override;
  ::grpc::ServerReadReactor<::spark::connect::AddArtifactsRequest>* AddArtifacts(
      Context* context, ::spark::connect::AddArtifactsResponse* response) override;
  ::grpc::ServerUnaryReactor* ArtifactStatus(
      Context* context, const ::spark::connect::ArtifactStatusesRequest* request,
      ::spark::connect::ArtifactStatusesResponse* response) override;
  ::grpc::ServerUnaryReactor* Interrupt(Context* context,
                                        const ::spark::connect::InterruptRequest* request,
                                        ::spark::connect::InterruptResponse* response) override;
  ::grpc::ServerUnaryReactor* ReleaseExecute(
      Context* context, const ::spark::connect::ReleaseExecuteRequest* request,
      ::spark::connect::ReleaseExecuteResponse* response) override;
  ::grpc::ServerUnaryReactor* ReleaseSession(
      Context* context, const ::spark::connect::ReleaseSessionRequest* request,
      ::spark::connect::ReleaseSessionResponse* response) override;
  ::grpc::ServerUnaryReactor* FetchErrorDetails(
      Context* context, const ::spark::connect::FetchErrorDetailsRequest* request,
      ::spark::connect::FetchErrorDetailsResponse* response) override;
  ::grpc::ServerUnaryReactor* GetStatus(Context* context,
                                        const ::spark::connect::GetStatusRequest* request,
                                        ::spark::connect::GetStatusResponse* response) override;

  /// The session that a request names, for its identity.
  template <class Request>
  [[nodiscard]] Result<std::shared_ptr<Session>> FindSession(const Context& context,
                                                             const Request& request) {
    OWLET_TRY(const access::Principal principal, Identify(context));
    return sessions_.Find(request.user_context().user_id(), request.session_id(),
                          request.client_observed_server_side_session_id(), principal);
  }
  [[nodiscard]] Result<access::Principal> Identify(const Context& context) const;

 private:
  using WriteReactor = ::grpc::ServerWriteReactor<::spark::connect::ExecutePlanResponse>;

  /// Runs `work` on the pool and finishes the call with its outcome.
  template <class Request>
  ::grpc::ServerUnaryReactor* OnPool(
      Context* context, const Request* request,
      std::function<Status(const std::shared_ptr<Session>&, std::string* statement)> work);
  /// Runs `work` here: for calls that only look something up.
  template <class Request>
  ::grpc::ServerUnaryReactor* Here(Context* context, const Request* request,
                                   const std::function<Status(Session&)>& work);

  const ServerOptions options_;
  Services services_;
  const TokenIdentity& identity_;
  SessionRegistry sessions_;
  net::WorkerPool pool_;
};

/// The status of an error; with a session its details are kept for FetchErrorDetails.
::grpc::Status StatusOf(const Error& error, Session* session, std::string_view statement);

}  // namespace owlet::spark_connect
