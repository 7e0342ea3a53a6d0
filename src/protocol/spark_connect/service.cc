#include "protocol/spark_connect/service.h"

#include <fmt/format.h>

#include "base/log.h"
#include "base/uuid.h"
#include "protocol/spark_connect/analyze_plan.h"
#include "protocol/spark_connect/response_stream.h"

namespace owlet::spark_connect {

namespace proto = ::spark::connect;

::grpc::Status StatusOf(const Error& error, Session* session, std::string_view statement) {
  SparkError spark = ToSparkError(error, statement);
  if (error.reason == Reason::kInternal) log::error("spark connect: {}", error.message);
  const std::string error_id = session == nullptr ? NewUuid() : session->KeepError(spark);
  return ToStatus(error, spark, error_id);
}

Service::Service(const ServerOptions& options, Services services, const TokenIdentity& identity)
    : options_(options),
      services_(services),
      identity_(identity),
      sessions_(services.clock, {options.memory, options.spill_folder}),
      pool_(options.worker_threads) {}

Result<access::Principal> Service::Identify(const Context& context) const {
  std::optional<std::string_view> token;
  const auto& metadata = context.client_metadata();
  if (const auto found = metadata.find("authorization"); found != metadata.end()) {
    const std::string_view value(found->second.data(), found->second.size());
    constexpr std::string_view kBearer = "Bearer ";
    if (value.starts_with(kBearer)) token = value.substr(kBearer.size());
  }
  return identity_.Identify(token);
}

template <class Request>
::grpc::ServerUnaryReactor* Service::OnPool(
    Context* context, const Request* request,
    std::function<Status(const std::shared_ptr<Session>&, std::string* statement)> work) {
  ::grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  auto session = FindSession(*context, *request);
  if (!session) {
    reactor->Finish(StatusOf(session.error(), nullptr, ""));
    return reactor;
  }
  if (pool_.waiting() >= options_.max_waiting) {
    reactor->Finish({::grpc::StatusCode::UNAVAILABLE, "the server is busy: try again"});
    return reactor;
  }
  pool_.Run([session = std::move(*session), work = std::move(work), reactor] {
    std::string statement;
    const Status done = work(session, &statement);
    reactor->Finish(done ? ::grpc::Status::OK : StatusOf(done.error(), session.get(), statement));
  });
  return reactor;
}

template <class Request>
::grpc::ServerUnaryReactor* Service::Here(Context* context, const Request* request,
                                          const std::function<Status(Session&)>& work) {
  ::grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const auto session = FindSession(*context, *request);
  Status done = session ? work(**session) : Status(Fail(session.error()));
  reactor->Finish(done ? ::grpc::Status::OK
                       : StatusOf(done.error(), session ? session->get() : nullptr, ""));
  return reactor;
}

::grpc::ServerWriteReactor<proto::ExecutePlanResponse>* Service::ExecutePlan(
    Context* context, const proto::ExecutePlanRequest* request) {
  auto session = FindSession(*context, *request);
  if (!session) return new ResponseStream(StatusOf(session.error(), nullptr, ""));
  std::string operation_id = request->operation_id();
  if (operation_id.empty()) operation_id = NewUuid();
  if (!IsUuid(operation_id)) {
    return new ResponseStream(
        StatusOf(Error{.reason = Reason::kMalformedRequest,
                       .message = "the operation id must be a UUID: " + operation_id,
                       .condition = "INVALID_HANDLE.FORMAT",
                       .parameters = {{"handle", operation_id}}},
                 session->get(), ""));
  }
  bool reattachable = false;
  for (const auto& option : request->request_options()) {
    if (option.has_reattach_options()) reattachable = option.reattach_options().reattachable();
  }
  if (pool_.waiting() >= options_.max_waiting) {
    return new ResponseStream(
        ::grpc::Status(::grpc::StatusCode::UNAVAILABLE, "the server is busy: try again"));
  }
  auto operation = (*session)->AddOperation(
      operation_id, {request->tags().begin(), request->tags().end()}, reattachable);
  if (!operation) return new ResponseStream(StatusOf(operation.error(), session->get(), ""));

  auto* stream = new ResponseStream(*session, *operation, "");
  pool_.Run([this, session = std::move(*session), operation = std::move(*operation),
             plan = request->plan()] {
    PlanExecutor executor(services_, session, operation);
    Status done = executor.Run(plan);
    if (!done && operation->stop_token().stop_requested() &&
        done.error().reason == Reason::kCancelled) {
      done = Fail(Error{.reason = Reason::kCancelled,
                        .message = "the operation was interrupted",
                        .condition = "OPERATION_CANCELED"});
    }
    operation->SetStatement(executor.statement());
    operation->log().Finish(std::move(done));
    // Nobody can ask for it again, whether its client is still there or not.
    if (!operation->reattachable()) session->RemoveOperation(operation->id());
  });
  return stream;
}

::grpc::ServerWriteReactor<proto::ExecutePlanResponse>* Service::ReattachExecute(
    Context* context, const proto::ReattachExecuteRequest* request) {
  auto session = FindSession(*context, *request);
  if (!session) return new ResponseStream(StatusOf(session.error(), nullptr, ""));
  auto operation = (*session)->FindOperation(request->operation_id());
  if (operation == nullptr) {
    return new ResponseStream(
        StatusOf(Error{.reason = Reason::kMalformedRequest,
                       .message = "no such operation: " + request->operation_id(),
                       .condition = "INVALID_HANDLE.OPERATION_NOT_FOUND",
                       .parameters = {{"handle", request->operation_id()}}},
                 session->get(), ""));
  }
  if (!operation->reattachable()) {
    return new ResponseStream(
        StatusOf(Error{.reason = Reason::kMalformedRequest,
                       .message = "the operation was not started as a reattachable one",
                       .condition = "INVALID_CURSOR.NOT_REATTACHABLE"},
                 session->get(), ""));
  }
  return new ResponseStream(std::move(*session), std::move(operation), request->last_response_id());
}

::grpc::ServerUnaryReactor* Service::AnalyzePlan(Context* context,
                                                 const proto::AnalyzePlanRequest* request,
                                                 proto::AnalyzePlanResponse* response) {
  return OnPool(
      context, request,
      [this, request, response](const std::shared_ptr<Session>& session, std::string* statement) {
        response->set_session_id(session->id());
        response->set_server_side_session_id(session->server_side_id());
        return spark_connect::AnalyzePlan(services_, session, *request, response, statement);
      });
}

::grpc::ServerUnaryReactor* Service::Config(Context* context, const proto::ConfigRequest* request,
                                            proto::ConfigResponse* response) {
  return Here(context, request, [request, response](Session& session) {
    response->set_session_id(session.id());
    response->set_server_side_session_id(session.server_side_id());
    return spark_connect::Config(session, *request, response);
  });
}

::grpc::ServerUnaryReactor* Service::ArtifactStatus(Context* context,
                                                    const proto::ArtifactStatusesRequest* request,
                                                    proto::ArtifactStatusesResponse* response) {
  return Here(context, request, [request, response](Session& session) -> Status {
    response->set_session_id(session.id());
    response->set_server_side_session_id(session.server_side_id());
    for (const std::string& name : request->names()) {
      (*response->mutable_statuses())[name].set_exists(session.HasArtifact(name));
    }
    return {};
  });
}

::grpc::ServerUnaryReactor* Service::Interrupt(Context* context,
                                               const proto::InterruptRequest* request,
                                               proto::InterruptResponse* response) {
  return Here(context, request, [request, response](Session& session) -> Status {
    response->set_session_id(session.id());
    response->set_server_side_session_id(session.server_side_id());
    for (const auto& operation : session.Operations()) {
      bool wanted = false;
      switch (request->interrupt_type()) {
        case proto::InterruptRequest_InterruptType_INTERRUPT_TYPE_ALL:
          wanted = true;
          break;
        case proto::InterruptRequest_InterruptType_INTERRUPT_TYPE_TAG:
          wanted = operation->tags().contains(request->operation_tag());
          break;
        case proto::InterruptRequest_InterruptType_INTERRUPT_TYPE_OPERATION_ID:
          wanted = operation->id() == request->operation_id();
          break;
        default:
          return Fail(Reason::kMalformedRequest, "the interrupt names no kind");
      }
      if (!wanted || operation->log().finished()) continue;
      operation->Interrupt();
      response->add_interrupted_ids(operation->id());
    }
    return {};
  });
}

::grpc::ServerUnaryReactor* Service::ReleaseExecute(Context* context,
                                                    const proto::ReleaseExecuteRequest* request,
                                                    proto::ReleaseExecuteResponse* response) {
  return Here(context, request, [request, response](Session& session) -> Status {
    response->set_session_id(session.id());
    response->set_server_side_session_id(session.server_side_id());
    const auto operation = session.FindOperation(request->operation_id());
    if (operation == nullptr) return {};  // released before: nothing is owed
    response->set_operation_id(operation->id());
    if (request->has_release_until()) {
      operation->log().ReleaseUntil(request->release_until().response_id());
    } else {
      operation->Interrupt();
      session.RemoveOperation(operation->id());
    }
    return {};
  });
}

::grpc::ServerUnaryReactor* Service::ReleaseSession(Context* context,
                                                    const proto::ReleaseSessionRequest* request,
                                                    proto::ReleaseSessionResponse* response) {
  ::grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const auto principal = Identify(*context);
  if (!principal) {
    reactor->Finish(StatusOf(principal.error(), nullptr, ""));
    return reactor;
  }
  const auto session = sessions_.Release(request->user_context().user_id(), request->session_id(),
                                         request->allow_reconnect());
  response->set_session_id(request->session_id());
  if (session != nullptr) response->set_server_side_session_id(session->server_side_id());
  reactor->Finish(::grpc::Status::OK);
  return reactor;
}

::grpc::ServerUnaryReactor* Service::FetchErrorDetails(
    Context* context, const proto::FetchErrorDetailsRequest* request,
    proto::FetchErrorDetailsResponse* response) {
  return Here(context, request, [request, response](Session& session) -> Status {
    response->set_session_id(session.id());
    response->set_server_side_session_id(session.server_side_id());
    // An id that is not kept any more gets an empty answer, as Spark gives.
    if (const auto error = session.FindError(request->error_id())) {
      FillErrorDetails(*error, response);
    }
    return {};
  });
}

::grpc::ServerUnaryReactor* Service::GetStatus(Context* context,
                                               const proto::GetStatusRequest* request,
                                               proto::GetStatusResponse* response) {
  return Here(context, request, [request, response](Session& session) -> Status {
    response->set_session_id(session.id());
    response->set_server_side_session_id(session.server_side_id());
    if (!request->has_operation_status()) return {};
    const auto state = [](const std::shared_ptr<Operation>& operation) {
      using S = proto::GetStatusResponse_OperationStatus;
      if (operation == nullptr) return S::OPERATION_STATE_UNKNOWN;
      if (!operation->log().finished()) {
        return operation->stop_token().stop_requested() ? S::OPERATION_STATE_TERMINATING
                                                        : S::OPERATION_STATE_RUNNING;
      }
      const Status outcome = operation->log().outcome();
      if (outcome) return S::OPERATION_STATE_SUCCEEDED;
      return outcome.error().reason == Reason::kCancelled ? S::OPERATION_STATE_CANCELLED
                                                          : S::OPERATION_STATE_FAILED;
    };
    const auto add = [&](const std::string& id, const std::shared_ptr<Operation>& operation) {
      auto* out = response->add_operation_statuses();
      out->set_operation_id(id);
      out->set_state(state(operation));
    };
    for (const std::string& id : request->operation_status().operation_ids()) {
      add(id, session.FindOperation(id));
    }
    if (request->operation_status().operation_ids().empty()) {
      for (const auto& operation : session.Operations()) add(operation->id(), operation);
    }
    return {};
  });
}

}  // namespace owlet::spark_connect
