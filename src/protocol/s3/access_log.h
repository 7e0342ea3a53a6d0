#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "base/clock.h"
#include "base/mutex.h"
#include "core/access/credentials.h"
#include "core/store/object_store.h"
#include "net/http_server.h"

namespace owlet::s3 {

/// Server access logs: a line for each request to a bucket that has them switched on
/// (PutBucketLogging), gathered and written as objects into the bucket that it names, every few
/// seconds and at the end. The writer is the service logging.s3.amazonaws.com, which the target's
/// policy must let in, as on AWS. Best effort, as there: lines that cannot be written are dropped,
/// and the server's own log says so. Thread-safe.
///
/// Source: Amazon S3 User Guide, "Amazon S3 server access log format".
class AccessLog {
 public:
  struct Options {
    std::string domain = {};  // of virtual hosts
    std::string region = "us-east-1";
    std::chrono::milliseconds interval{5000};
  };

  /// What is given must outlive it.
  AccessLog(store::ObjectStore& store, const access::CredentialSource& credentials,
            const Clock& clock, Options options);
  ~AccessLog() { Stop(); }
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;

  /// Called for every request of the server, after its reply; cheap for buckets without a log.
  void Note(const net::RequestLogEntry& entry);
  /// Writes what is gathered now.
  void Deliver();
  /// Writes what is gathered and ends.
  void Stop();

 private:
  /// Where a bucket's lines go.
  struct Target {
    std::string owner_account;
    std::string bucket;
    std::string prefix;
    bool partitioned = false;
  };
  struct Pending {
    Target target;
    std::string lines;
  };

  void Refresh(std::string_view bucket);
  void Write(const std::string& bucket, const Pending& pending);
  [[nodiscard]] static std::optional<Target> TargetOf(const store::BucketTerms& terms);
  [[nodiscard]] std::string Line(const net::RequestLogEntry& entry, std::string_view owner_account,
                                 std::string_view bucket, std::string_view key) const;
  [[nodiscard]] std::string RequesterOf(const net::HttpRequest& request) const;

  store::ObjectStore& store_;
  const access::CredentialSource& credentials_;
  const Clock& clock_;
  const Options options_;
  Mutex mutex_;
  std::map<std::string, Target, std::less<>> targets_ GUARDED_BY(mutex_);
  std::map<std::string, Pending, std::less<>> pending_ GUARDED_BY(mutex_);
  std::size_t pending_bytes_ GUARDED_BY(mutex_) = 0;
  bool stopped_ GUARDED_BY(mutex_) = false;
  std::condition_variable wake_;
  std::jthread thread_;
};

/// The name of a request in access logs: "REST.PUT.OBJECT" of "s3.PutObject". Of a request without
/// an operation (it was refused) by its method.
[[nodiscard]] std::string LoggedOperation(std::string_view operation, std::string_view method,
                                          bool has_key);

}  // namespace owlet::s3
