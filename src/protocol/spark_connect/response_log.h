#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/mutex.h"
#include "base/result.h"
#include "protocol/spark_connect/spill_file.h"

namespace spark::connect {
class ExecutePlanResponse;
}

namespace owlet::spark_connect {

/// The replies of one operation between who makes them and who sends them, kept so that a client
/// whose stream broke can have the rest (ReattachExecute).
///
/// Bounded: the maker waits while kUnsentBytes are not sent yet; of what is sent, the last
/// kReplayBytes are kept until the client releases them, as Spark's own server does. Without
/// reattachment nothing sent is kept. What the memory budget has no room for waits in a file; when
/// that cannot be written Append fails. Thread-safe; one consumer at a time, a new one replaces it.
class ResponseLog {
 public:
  using Response = std::shared_ptr<const ::spark::connect::ExecutePlanResponse>;
  static constexpr std::size_t kUnsentBytes = 64u << 20;
  static constexpr std::size_t kReplayBytes = 10u << 20;

  ResponseLog(bool reattachable, const KeptMemory& memory)
      : reattachable_(reattachable), budget_(memory.budget), spill_(memory.folder) {}

  /// Waits for room. kCancelled when `stop` was asked for meanwhile.
  [[nodiscard]] Status Append(Response response, std::stop_token stop);
  /// No reply comes after this one; an error is what the stream ends with.
  void Finish(Status outcome);

  /// What a consumer gets: a reply, or that there is none now, or the end.
  struct Item {
    Response response;  // null: nothing now, or the end
    bool finished = false;
    Status outcome = {};  // when finished
  };
  /// Starts consuming after the reply with that id ("" : from the start). `wake` is called, on any
  /// thread, whenever Next might give more; it replaces the consumer before it, which is woken too
  /// and finds the log detached. kEntityNotFound: that reply is not kept any more.
  [[nodiscard]] Result<std::size_t> Attach(std::string_view after_response_id,
                                           std::function<void()> wake);
  /// The next reply for the consumer whose Attach gave `consumer`; finished without an outcome when
  /// another one has taken its place.
  [[nodiscard]] Item Next(std::size_t consumer);

  void ReleaseUntil(std::string_view response_id);
  void ReleaseAll();
  [[nodiscard]] bool finished() const;
  /// Of a finished log.
  [[nodiscard]] Status outcome() const;

 private:
  struct Entry {
    std::string id;
    std::size_t bytes;
    Response response;  // null: in the file, at `place`
    MemoryBudget::Reservation reservation;
    SpillFile::Place place;
  };
  [[nodiscard]] Result<Entry> MakeEntry(Response response) REQUIRES(mutex_);
  [[nodiscard]] Result<Response> Load(const Entry& entry) const REQUIRES(mutex_);
  void DropFirst() REQUIRES(mutex_);
  void DropSent() REQUIRES(mutex_);

  const bool reattachable_;
  const std::shared_ptr<MemoryBudget> budget_;
  mutable Mutex mutex_;
  SpillFile spill_ GUARDED_BY(mutex_);
  std::condition_variable room_;
  std::deque<Entry> entries_ GUARDED_BY(mutex_);    // first_index_ and after
  std::size_t first_index_ GUARDED_BY(mutex_) = 0;  // of entries_.front()
  std::size_t next_to_send_ GUARDED_BY(mutex_) = 0;
  std::size_t unsent_bytes_ GUARDED_BY(mutex_) = 0;
  std::size_t sent_bytes_ GUARDED_BY(mutex_) = 0;  // kept for a replay
  std::string last_dropped_id_ GUARDED_BY(mutex_);
  bool finished_ GUARDED_BY(mutex_) = false;
  Status outcome_ GUARDED_BY(mutex_);
  std::size_t consumer_ GUARDED_BY(mutex_) = 0;
  std::function<void()> wake_ GUARDED_BY(mutex_);
};

}  // namespace owlet::spark_connect
