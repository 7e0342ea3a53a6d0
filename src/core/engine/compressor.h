#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "core/store/publication.h"

namespace owlet::engine {

/// The suffix that Spark gives to text files of a codec (".gz" for gzip, "" for none), or
/// kInvalidArgument CODEC_NOT_AVAILABLE.
[[nodiscard]] Result<std::string> CodecSuffix(const std::string& codec);

/// Bytes of a file on their way into a staged body, compressed as a whole. Not thread-safe.
class CompressedBody {
 public:
  /// kNotImplemented for codecs that are only read.
  [[nodiscard]] static Result<CompressedBody> Open(store::BodyWriter writer,
                                                   const std::string& codec);
  ~CompressedBody();
  CompressedBody(CompressedBody&&) noexcept;
  CompressedBody& operator=(CompressedBody&&) noexcept;

  [[nodiscard]] Status Append(std::string_view text);
  [[nodiscard]] Result<store::StagedBody> Finish();

 private:
  struct State;
  explicit CompressedBody(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace owlet::engine
