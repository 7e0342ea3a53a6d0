#include "protocol/spark_connect/response_stream.h"

#include "protocol/spark_connect/service.h"

namespace owlet::spark_connect {

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
  Advance();
}

// The link's lock is held.
void ResponseStream::Advance() {
  if (writing_ != nullptr || finished_) return;
  ResponseLog::Item item = operation_->log().Next(consumer_);
  if (item.response != nullptr) {
    writing_ = std::move(item.response);
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
  delete this;
}

}  // namespace owlet::spark_connect
