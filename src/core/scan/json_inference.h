#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/plan/types.h"
#include "core/scan/byte_source.h"
#include "core/scan/scan_options.h"

namespace owlet::scan {

/// What is known of the values seen at one place of JSON documents: Spark's JsonInferSchema, whose
/// types only grow when shapes are merged. A value; not thread-safe.
class JsonShape {
 public:
  /// Takes in one record. A malformed one makes the corrupt record column (PERMISSIVE), is left out
  /// (DROPMALFORMED) or is an error (FAILFAST).
  [[nodiscard]] Status Add(std::string_view record, const JsonOptions& options);
  void Merge(JsonShape other);
  /// The columns, sorted by name, all nullable.
  [[nodiscard]] plan::Schema ToSchema(const JsonOptions& options) const;

 private:
  enum class Kind : std::uint8_t {
    kNone,
    kBoolean,
    kBigint,
    kDecimal,
    kDouble,
    kTimestamp,
    kString,
    kStruct,
    kArray
  };
  void Infer(class JsonText& json, const JsonOptions& options);
  void MergeScalar(Kind kind, int precision = 0, int scale = 0);
  void MergeNumber(std::string_view text, bool integer, const JsonOptions& options);
  void BecomeString();
  [[nodiscard]] std::optional<plan::Type> ToType(const JsonOptions& options) const;

  Kind kind_ = Kind::kNone;
  int precision_ = 0, scale_ = 0;
  std::map<std::string, JsonShape, std::less<>> fields_;
  std::unique_ptr<JsonShape> element_;
};

/// Reads all records of `files` on `threads` threads.
[[nodiscard]] Result<plan::Schema> InferJsonSchema(const std::vector<InputFile>& files,
                                                   const JsonOptions& options, int threads);

}  // namespace owlet::scan
