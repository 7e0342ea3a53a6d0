#pragma once

#include <string_view>

#include "base/result.h"
#include "core/scan/column_batch.h"

namespace owlet::scan {

/// Turns records of one format into rows. One a thread. A record gives no row, one or several, all
/// appended to the batch, whose columns are those that the decoder was made for.
class RecordDecoder {
 public:
  virtual ~RecordDecoder() = default;
  /// An error ends the scan: the record is bad and the mode is FAILFAST (the message says why).
  [[nodiscard]] virtual Status Decode(std::string_view record, ColumnBatch& batch) = 0;
};

/// The text with U+FFFD where it is no UTF-8.
[[nodiscard]] std::string RepairUtf8(std::string_view text);

}  // namespace owlet::scan
