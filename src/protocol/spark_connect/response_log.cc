#include "protocol/spark_connect/response_log.h"

#include <fmt/format.h>
#include <spark/connect/base.pb.h>

#include <chrono>

namespace owlet::spark_connect {

Result<ResponseLog::Entry> ResponseLog::MakeEntry(Response response) {
  Entry entry{response->response_id(), response->ByteSizeLong(), nullptr, {}, {}};
  if (auto reservation = budget_->Reserve(MemoryShare::kReplay, entry.bytes)) {
    entry.reservation = std::move(*reservation);
    entry.response = std::move(response);
    return entry;
  }
  OWLET_TRY(entry.place, spill_.Append(response->SerializeAsString()));
  return entry;
}

Result<ResponseLog::Response> ResponseLog::Load(const Entry& entry) const {
  if (entry.response != nullptr) return entry.response;
  OWLET_TRY(const std::string bytes, spill_.Read(entry.place));
  auto response = std::make_shared<::spark::connect::ExecutePlanResponse>();
  if (!response->ParseFromString(bytes)) {
    return Fail(Reason::kCorruption, "a reply in the spill folder is broken");
  }
  return response;
}

void ResponseLog::DropFirst() {
  sent_bytes_ -= entries_.front().bytes;
  last_dropped_id_ = std::move(entries_.front().id);
  entries_.pop_front();
  ++first_index_;
}

Status ResponseLog::Append(Response response, std::stop_token stop) {
  const std::size_t bytes = response->ByteSizeLong();
  std::function<void()> wake;
  {
    MutexLock lock(mutex_);
    while (unsent_bytes_ > 0 && unsent_bytes_ + bytes > kUnsentBytes) {
      if (stop.stop_requested()) return Fail(Reason::kCancelled, "the operation was interrupted");
      lock.WaitFor(room_, std::chrono::milliseconds(50));
    }
    OWLET_TRY(Entry entry, MakeEntry(std::move(response)));
    entries_.push_back(std::move(entry));
    unsent_bytes_ += bytes;
    wake = wake_;
  }
  if (wake) wake();
  return {};
}

void ResponseLog::Finish(Status outcome) {
  std::function<void()> wake;
  {
    MutexLock lock(mutex_);
    if (finished_) return;
    finished_ = true;
    outcome_ = std::move(outcome);
    wake = wake_;
  }
  if (wake) wake();
}

Result<std::size_t> ResponseLog::Attach(std::string_view after_response_id,
                                        std::function<void()> wake) {
  std::function<void()> replaced;
  std::size_t consumer = 0;
  {
    MutexLock lock(mutex_);
    std::size_t next = first_index_;
    if (!after_response_id.empty() && after_response_id != last_dropped_id_) {
      std::size_t position = 0;
      while (position < entries_.size() && entries_[position].id != after_response_id) {
        ++position;
      }
      if (position == entries_.size()) {
        return Fail(
            Reason::kEntityNotFound,
            fmt::format("the response {} of the operation is not kept any more", after_response_id),
            "INVALID_CURSOR.POSITION_NOT_AVAILABLE");
      }
      next = first_index_ + position + 1;
    } else if (after_response_id.empty() && first_index_ > 0) {
      return Fail(Reason::kEntityNotFound,
                  "the first responses of the operation are not kept any more",
                  "INVALID_CURSOR.POSITION_NOT_AVAILABLE");
    }
    next_to_send_ = next;
    unsent_bytes_ = sent_bytes_ = 0;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      (first_index_ + i < next ? sent_bytes_ : unsent_bytes_) += entries_[i].bytes;
    }
    replaced = std::exchange(wake_, std::move(wake));
    consumer = ++consumer_;
  }
  if (replaced) replaced();
  return consumer;
}

ResponseLog::Item ResponseLog::Next(std::size_t consumer) {
  MutexLock lock(mutex_);
  if (consumer != consumer_) return {nullptr, true, {}};
  const std::size_t position = next_to_send_ - first_index_;
  if (position == entries_.size()) return {nullptr, finished_, outcome_};
  const Entry& entry = entries_[position];
  auto response = Load(entry);
  if (!response) return {nullptr, true, std::unexpected(std::move(response).error())};
  Item item{std::move(*response), false, {}};
  ++next_to_send_;
  unsent_bytes_ -= entry.bytes;
  sent_bytes_ += entry.bytes;
  DropSent();
  room_.notify_all();
  return item;
}

void ResponseLog::DropSent() {
  const std::size_t keep = reattachable_ ? kReplayBytes : 0;
  // The one that is being sent stays: its client may not have it yet.
  while (sent_bytes_ > keep && first_index_ + 1 < next_to_send_) {
    DropFirst();
  }
}

void ResponseLog::ReleaseUntil(std::string_view response_id) {
  MutexLock lock(mutex_);
  std::size_t position = 0;
  while (position < entries_.size() && entries_[position].id != response_id) ++position;
  if (position == entries_.size()) return;
  for (std::size_t i = 0; i <= position && first_index_ < next_to_send_; ++i) {
    DropFirst();
  }
}

void ResponseLog::ReleaseAll() {
  MutexLock lock(mutex_);
  while (first_index_ < next_to_send_) {
    DropFirst();
  }
}

bool ResponseLog::finished() const {
  MutexLock lock(mutex_);
  return finished_;
}

Status ResponseLog::outcome() const {
  MutexLock lock(mutex_);
  return outcome_;
}

}  // namespace owlet::spark_connect
