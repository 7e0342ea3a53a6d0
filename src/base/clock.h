#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace owlet {

/// A point in time as UTC microseconds since 1970-01-01, the one form in which times are kept.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

/// Where the time comes from, so that a test can set it. Implementations are thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Timestamp Now() const = 0;
};

/// The machine's clock.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] Timestamp Now() const override;
};

/// A clock that stands still until told otherwise; for tests.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Timestamp now) : now_(now) {}
  [[nodiscard]] Timestamp Now() const override { return now_; }
  void Set(Timestamp now) { now_ = now; }
  void Advance(std::chrono::microseconds step) { now_ += step; }

 private:
  Timestamp now_;
};

/// "2026-01-31T23:59:59.123Z", the form of the AWS XML and REST replies.
std::string FormatIso8601Millis(Timestamp time);
/// "Sat, 31 Jan 2026 23:59:59 GMT", the form of HTTP headers (RFC 9110, 5.6.7).
std::string FormatHttpDate(Timestamp time);
/// "20260131T235959Z", the form of SigV4's x-amz-date.
std::string FormatBasicIso8601(Timestamp time);

}  // namespace owlet
