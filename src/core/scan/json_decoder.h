#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/scan/record_decoder.h"
#include "core/scan/scan_options.h"

namespace owlet::scan {

/// Spark's JacksonParser: one JSON record to rows of `schema`. Fields are found by name; a value of
/// another type is NULL and makes the record malformed, but keeps its other fields; a record that
/// is no JSON is a row of NULLs. Where the schema has the corrupt record column, a malformed
/// record's text stands in it (PERMISSIVE).
class JsonDecoder final : public RecordDecoder {
 public:
  JsonDecoder(const plan::Schema& schema, std::shared_ptr<const JsonOptions> options);
  [[nodiscard]] Status Decode(std::string_view record, ColumnBatch& batch) override;

 private:
  /// A type with what decoding it needs to know: the names of a row's fields.
  struct Node {
    plan::Type type;
    std::vector<std::string> names;  // as they stand in the text (folded for Hive)
    std::vector<Node> children;
    std::vector<std::size_t> expected;  // by a member's place: the field that stood there last
  };
  enum class Outcome : std::uint8_t {
    kGood,
    kPartial,  // appended, with NULLs for what did not fit
    kBad,      // nothing was appended
  };

  Node MakeNode(const plan::Type& type, bool top) const;
  std::size_t FindField(Node& node, std::size_t place, std::string_view name) const;
  Outcome Value(JsonText& json, Node& node, ColumnData& out);
  Outcome Scalar(JsonText& json, JsonKind kind, const plan::Type& type, ColumnData& out);
  Outcome HiveScalar(JsonText& json, JsonKind kind, const plan::Type& type, ColumnData& out);
  Outcome Array(JsonText& json, Node& node, ColumnData& out);
  Outcome Map(JsonText& json, Node& node, ColumnData& out);
  Outcome Row(JsonText& json, Node& node, std::vector<ColumnData>& columns, std::size_t row);
  Outcome Root(JsonText& json, ColumnBatch& batch, std::vector<bool>& malformed);

  const std::shared_ptr<const JsonOptions> shared_options_;
  const JsonOptions& options_;
  Node root_;
  std::size_t corrupt_column_ = 0;  // as the schema's size: there is none
  StringArena* arena_ = nullptr;    // of the batch that is filled
  std::string folded_;
};

}  // namespace owlet::scan
