#pragma once

#include <grpcpp/alarm.h>
#include <grpcpp/grpcpp.h>
#include <spark/connect/base.pb.h>

#include <chrono>
#include <memory>
#include <string>

#include "base/mutex.h"
#include "protocol/spark_connect/operation.h"
#include "protocol/spark_connect/session.h"

namespace owlet::spark_connect {

/// Sends an operation's replies to one client call: writes the next when the one before is out, and
/// sleeps until the log wakes it. While there is nothing to send it tells every kProgressInterval
/// how far the operation is (Spark's ExecutionProgress, spark.connect.progress.reportInterval):
/// these replies are not of the log, nobody asks for them again. Deletes itself when the call is
/// done (gRPC's own rule for reactors). A reattachable operation lives on when its client goes
/// away; another is interrupted.
class ResponseStream final
    : public ::grpc::ServerWriteReactor<::spark::connect::ExecutePlanResponse> {
 public:
  static constexpr std::chrono::milliseconds kProgressInterval{2000};

  /// A call that only fails.
  explicit ResponseStream(const ::grpc::Status& status) { Finish(status); }

  ResponseStream(std::shared_ptr<Session> session, std::shared_ptr<Operation> operation,
                 const std::string& after_response_id);

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  /// What a wake-up on another thread may still touch after the reactor is gone.
  struct Link {
    Mutex mutex;
    ResponseStream* stream GUARDED_BY(mutex) = nullptr;
  };

  /// Starts the next write, or finishes; does nothing while a write is out.
  void Advance();
  /// Calls ReportProgress after the interval, if the stream is still there.
  void AwaitProgress();
  void ReportProgress();

  std::shared_ptr<Session> session_;
  std::shared_ptr<Operation> operation_;
  std::shared_ptr<Link> link_;
  std::size_t consumer_ = 0;
  ResponseLog::Response writing_;
  std::string last_response_id_;
  std::shared_ptr<::grpc::Alarm> alarm_;
  bool finished_ = false;
};

}  // namespace owlet::spark_connect
