#include "protocol/spark_connect/response_stream.h"

#include "protocol/spark_connect/service.h"

namespace owlet::spark_connect {

namespace proto = ::spark::connect;

namespace {
/// owlet has no tasks: a hundred stand for the bytes that are to be read.
constexpr std::int64_t kProgressTasks = 100;
}  // namespace

ResponseStream::ResponseStream(std::shared_ptr<Session> session,
                               std::shared_ptr<Operation> operation,
                               const std::string& after_response_id)
    : session_(std::move(session)),
      operation_(std::move(operation)),
      link_(std::make_shared<Link>()) {
  MutexLock lock(link_->mutex);
  link_->stream = this;
  // The wake-up runs on the maker's thread: it takes the link's lock, under which this object can
  // not be deleted.
  const auto consumer =
      operation_->log().Attach(after_response_id, [link = std::weak_ptr<Link>(link_)] {
        const auto held = link.lock();
        if (held == nullptr) return;
        MutexLock inner(held->mutex);
        if (held->stream != nullptr) held->stream->Advance();
      });
  if (!consumer) {
    finished_ = true;
    Finish(StatusOf(consumer.error(), session_.get(), ""));
    return;
  }
  consumer_ = *consumer;
  last_response_id_ = after_response_id;
  Advance();
  AwaitProgress();
}

void ResponseStream::AwaitProgress() {
  if (finished_) return;
  // The alarm must outlive its callback, which may come after this object is gone.
  auto alarm = std::make_shared<::grpc::Alarm>();
  alarm_ = alarm;
  alarm->Set(std::chrono::system_clock::now() + kProgressInterval,
             [alarm, link = std::weak_ptr<Link>(link_)](bool) {
               const auto held = link.lock();
               if (held == nullptr) return;
               MutexLock lock(held->mutex);
               if (held->stream != nullptr) held->stream->ReportProgress();
             });
}

// The link's lock is held.
void ResponseStream::ReportProgress() {
  if (finished_) return;
  const engine::QueryProgress progress = operation_->meter()->Read();
  if (writing_ == nullptr && progress.fraction >= 0) {
    auto response = std::make_shared<proto::ExecutePlanResponse>();
    response->set_session_id(session_->id());
    response->set_server_side_session_id(session_->server_side_id());
    response->set_operation_id(operation_->id());
    // A client that comes again asks for what is behind the last reply it has: the one before.
    response->set_response_id(last_response_id_);
    auto* stage = response->mutable_execution_progress()->add_stages();
    stage->set_num_tasks(kProgressTasks);
    stage->set_num_completed_tasks(static_cast<std::int64_t>(progress.fraction * kProgressTasks));
    stage->set_input_bytes_read(static_cast<std::int64_t>(progress.bytes_scanned));
    stage->set_done(progress.fraction >= 1);
    response->mutable_execution_progress()->set_num_inflight_tasks(progress.fraction < 1 ? 1 : 0);
    writing_ = std::move(response);
    StartWrite(writing_.get());
  }
  AwaitProgress();
}

// The link's lock is held.
void ResponseStream::Advance() {
  if (writing_ != nullptr || finished_) return;
  ResponseLog::Item item = operation_->log().Next(consumer_);
  if (item.response != nullptr) {
    writing_ = std::move(item.response);
    last_response_id_ = writing_->response_id();
    StartWrite(writing_.get());
    return;
  }
  if (!item.finished) return;
  finished_ = true;
  if (item.outcome) {
    Finish(::grpc::Status::OK);
  } else {
    Finish(StatusOf(item.outcome.error(), session_.get(), operation_->statement()));
  }
}

void ResponseStream::OnWriteDone(bool ok) {
  MutexLock lock(link_->mutex);
  writing_.reset();
  if (ok) {
    Advance();
  } else if (!finished_) {
    finished_ = true;
    Finish(::grpc::Status::CANCELLED);
  }
}

void ResponseStream::OnCancel() {
  if (link_ == nullptr) return;
  if (!operation_->reattachable()) operation_->Interrupt();
  MutexLock lock(link_->mutex);
  if (writing_ == nullptr && !finished_) {
    finished_ = true;
    Finish(::grpc::Status::CANCELLED);
  }
}

void ResponseStream::OnDone() {
  if (link_ != nullptr) {
    MutexLock lock(link_->mutex);
    link_->stream = nullptr;
  }
  if (alarm_ != nullptr) alarm_->Cancel();
  delete this;
}

}  // namespace owlet::spark_connect
