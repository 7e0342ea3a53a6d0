#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace owlet::engine {

/// Counted while a statement runs; each value only grows.
struct QueryProgress {
  std::uint64_t bytes_scanned = 0;
  std::uint64_t rows_scanned = 0;
  std::uint64_t bytes_to_scan = 0;  // 0: not known
  double fraction = -1.0;           // 0..1; negative: not known
};

/// Counts what a statement reads. Thread-safe; one that is given to the engine with a statement
/// (ExecutionContext) may be read by others while it runs.
class ProgressMeter {
 public:
  void CountBytes(std::uint64_t bytes) { bytes_scanned_ += bytes; }
  void CountRows(std::uint64_t rows) { rows_scanned_ += rows; }
  void ExpectBytes(std::uint64_t bytes) { bytes_to_scan_ += bytes; }

  [[nodiscard]] QueryProgress Read() const {
    QueryProgress progress{.bytes_scanned = bytes_scanned_,
                           .rows_scanned = rows_scanned_,
                           .bytes_to_scan = bytes_to_scan_};
    if (progress.bytes_to_scan > 0) {
      progress.fraction = std::min(1.0, static_cast<double>(progress.bytes_scanned) /
                                            static_cast<double>(progress.bytes_to_scan));
    }
    return progress;
  }

 private:
  std::atomic<std::uint64_t> bytes_scanned_ = 0;
  std::atomic<std::uint64_t> rows_scanned_ = 0;
  std::atomic<std::uint64_t> bytes_to_scan_ = 0;
};

}  // namespace owlet::engine
