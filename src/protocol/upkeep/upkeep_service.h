#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "core/store/object_store.h"
#include "net/http.h"
#include "protocol/common/schema.h"
#include "protocol/common/service_environment.h"

namespace owlet::upkeep {

/// What the command line asks of a running server, signed as for an AWS service of JSON, by root
/// alone:
///
///   OwletUpkeep.Scrub   {}                  reads everything back
///   OwletUpkeep.Backup  {"Folder": "/..."}  makes a copy in a new folder of this machine
///
/// Both answer {"Extents": 3, "Bytes": 70000, "Damaged": ["s3://bucket/key"]}, when they have
/// ended: each holds one worker that long. Thread-safe.
class UpkeepService final : public net::HttpService {
 public:
  static const protocol::ServiceSchema kSchema;

  /// What is given must outlive it.
  UpkeepService(const store::ObjectStore& store, protocol::ServiceEnvironment environment)
      : store_(store), environment_(environment) {}

  [[nodiscard]] net::Dispatch OnRequest(std::shared_ptr<const net::HttpRequest> request) override;

  /// Ends what is under way with an error, so that the server can stop.
  void Stop() { stop_.request_stop(); }

 private:
  [[nodiscard]] net::HttpResponse Answer(const net::HttpRequest& request,
                                         const std::string& body) const;
  [[nodiscard]] Result<store::ScrubReport> Act(std::string_view operation,
                                               const std::string& body) const;

  const store::ObjectStore& store_;
  const protocol::ServiceEnvironment environment_;
  std::stop_source stop_;
};

}  // namespace owlet::upkeep
