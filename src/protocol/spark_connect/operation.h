#pragma once

#include <memory>
#include <set>
#include <stop_token>
#include <string>

#include "core/engine/progress_meter.h"
#include "protocol/spark_connect/response_log.h"

namespace owlet::spark_connect {

/// One ExecutePlan: its replies, its tags, its stop request. Thread-safe.
class Operation {
 public:
  Operation(std::string id, std::set<std::string> tags, bool reattachable, const KeptMemory& memory)
      : id_(std::move(id)),
        tags_(std::move(tags)),
        reattachable_(reattachable),
        log_(reattachable, memory) {}

  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] const std::set<std::string>& tags() const { return tags_; }
  [[nodiscard]] bool reattachable() const { return reattachable_; }
  [[nodiscard]] ResponseLog& log() { return log_; }
  [[nodiscard]] std::stop_token stop_token() const { return stop_.get_token(); }
  void Interrupt() { stop_.request_stop(); }
  /// The SQL text that an error's span points into; set before the log is finished.
  void SetStatement(std::string statement) { statement_ = std::move(statement); }
  [[nodiscard]] const std::string& statement() const { return statement_; }
  /// Counts what the operation's statements read.
  [[nodiscard]] const std::shared_ptr<engine::ProgressMeter>& meter() const { return meter_; }

 private:
  const std::string id_;
  const std::set<std::string> tags_;
  const bool reattachable_;
  ResponseLog log_;
  std::stop_source stop_;
  std::string statement_;
  const std::shared_ptr<engine::ProgressMeter> meter_ = std::make_shared<engine::ProgressMeter>();
};

}  // namespace owlet::spark_connect
