#pragma once

#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/plan/types.h"
#include "core/scan/byte_source.h"
#include "core/scan/column_cache.h"
#include "core/scan/json_members.h"
#include "core/scan/json_walk.h"
#include "core/scan/record_reader.h"
#include "core/scan/scan_options.h"

namespace owlet::scan {

/// What is known of the values seen at one place of JSON documents: Spark's JsonInferSchema, whose
/// types only grow when shapes are merged. A value; not thread-safe.
class JsonShape {
 public:
  /// Takes in one record. A malformed one makes the corrupt record column (PERMISSIVE), is left out
  /// (DROPMALFORMED) or is an error (FAILFAST).
  [[nodiscard]] Status Add(std::string_view record, const JsonOptions& options);
  /// Takes in one value that is known to be JSON.
  void AddValue(std::string_view text, const JsonOptions& options);
  void Merge(JsonShape other);
  /// The columns, sorted by name, all nullable.
  [[nodiscard]] plan::Schema ToSchema(const JsonOptions& options) const;

  /// The shape of a record's member that was seen; null for one that was not. It stays where it is
  /// as long as only records are added.
  [[nodiscard]] JsonShape* FindField(std::string_view name);
  [[nodiscard]] const std::map<std::string, JsonShape, std::less<>>& fields() const {
    return fields_;
  }
  /// The kinds of values that tell nothing new, whatever the value is.
  [[nodiscard]] KindSet KnownKinds() const;
  /// The kinds whose values must be looked into (AddValue).
  [[nodiscard]] KindSet OpenKinds() const;

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

/// Infers from blocks of lines: a record with the members and kinds of values of those before it is
/// passed at the speed of a JsonKernel, others are taken in by JsonShape. Since it meets every
/// value anyway, it can hand each to a JsonRecorder. Not thread-safe.
class JsonSchemaReader {
 public:
  /// `recorder`: null where nothing is kept; it must outlive the reader.
  explicit JsonSchemaReader(const JsonOptions& options, class JsonRecorder* recorder = nullptr,
                            const JsonKernel& kernel = BestJsonKernel());

  [[nodiscard]] Status Add(std::string_view record);
  [[nodiscard]] Status AddBlock(const LineBlock& block);
  [[nodiscard]] JsonShape& shape() { return shape_; }

 private:
  // Members whose values are looked into, at most; records with more of them are slow.
  static constexpr std::size_t kMostOpen = 32;

  static std::uint32_t FindMember(void* self, const char* name, std::size_t size);
  [[nodiscard]] Status AddLines(std::string_view text);
  void AddOpenValues(std::string_view text);
  void LearnMembers();
  void LearnKinds();
  std::uint32_t AddMember(const std::string& name, JsonShape* shape);

  const JsonOptions& options_;
  const JsonKernel& kernel_;
  JsonShape shape_;
  JsonMembers members_;
  std::vector<JsonShape*> shapes_;  // of the members
  std::vector<JsonShape*> slots_;   // of the slots
  std::vector<std::size_t> open_;   // slots whose values are looked into
  class JsonRecorder* recorder_;
  std::vector<JsonToken> tokens_;
  JsonWalk walk_;
};

/// Reads all records of `files` on `threads` threads. kCancelled after a stop request. Where there
/// is a `cache`, the columns of plain kinds that were met are kept in it, for scans of
/// `cache_form`.
[[nodiscard]] Result<plan::Schema> InferJsonSchema(const std::vector<InputFile>& files,
                                                   const JsonOptions& options, int threads,
                                                   const std::stop_token& stop,
                                                   ColumnCache* cache = nullptr,
                                                   const std::string& cache_form = {});

}  // namespace owlet::scan
