#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/scan/column_batch.h"
#include "core/scan/column_kind.h"
#include "core/scan/record_reader.h"

namespace owlet::scan {

/// Turns records of one format into rows. One a thread. A record gives no row, one or several, all
/// appended to the batch, whose columns are those that the decoder was made for.
class RecordDecoder {
 public:
  virtual ~RecordDecoder() = default;
  /// An error ends the scan: the record is bad and the mode is FAILFAST (the message says why).
  [[nodiscard]] virtual Status Decode(std::string_view record, ColumnBatch& batch) = 0;
};

/// A decoder that finds the ends of its records itself, where they are the ends of lines (\n, \r\n
/// or \r). The batch may refer to the block's bytes, which it then keeps.
class BlockDecoder : public RecordDecoder {
 public:
  /// What NextRows is to read from here on.
  virtual void Open(LineBlock block) = 0;
  /// Appends rows until the batch has `max_rows` (a record may give more) or the block is at its
  /// end: then false.
  [[nodiscard]] virtual Result<bool> NextRows(ColumnBatch& batch, std::size_t max_rows) = 0;
  /// Of the block that NextRows came to the end of, with no row left out: what the values of its
  /// columns are. Nothing when not every line of it was one row, whatever columns are asked for.
  [[nodiscard]] virtual std::optional<std::vector<ColumnKind>> Kinds() const {
    return std::nullopt;
  }
};

/// The text with U+FFFD where it is no UTF-8.
[[nodiscard]] std::string RepairUtf8(std::string_view text);

}  // namespace owlet::scan
