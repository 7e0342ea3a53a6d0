#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/engine/arrow_types.h"
#include "core/engine/engine.h"
#include "core/plan/types.h"

struct ArrowArray;

namespace owlet::engine {

/// Writes batches of one schema as Arrow IPC streams, each complete in itself: schema, one record
/// batch, end of stream; uncompressed. Thread-safe (immutable).
class IpcEncoder {
 public:
  /// `time_zone` is what local-zone timestamps are shown in.
  [[nodiscard]] static Result<IpcEncoder> Make(const plan::Schema& schema,
                                               const std::string& time_zone);
  [[nodiscard]] Result<std::string> Encode(const Batch& batch) const;
  /// A stream with one batch of no rows.
  [[nodiscard]] Result<std::string> EncodeEmpty() const;

 private:
  explicit IpcEncoder(ArrowSchemaPtr schema) : schema_(std::move(schema)) {}
  ArrowSchemaPtr schema_;
};

/// A client's stream, decoded. The arrays own their bytes.
struct IpcStream {
  ArrowSchemaPtr schema;
  std::vector<std::shared_ptr<ArrowArray>> batches;
};

/// kInvalidArgument when `bytes` is no Arrow IPC stream.
[[nodiscard]] Result<IpcStream> DecodeIpc(const std::string& bytes);

}  // namespace owlet::engine
