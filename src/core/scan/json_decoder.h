#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/scan/column_filter.h"
#include "core/scan/record_decoder.h"
#include "core/scan/scan_options.h"

namespace owlet::scan {

/// Spark's JacksonParser: one JSON record to rows of `schema`. Fields are found by name; a value of
/// another type is NULL and makes the record malformed, but keeps its other fields; a record that
/// is no JSON is a row of NULLs. Where the schema has the corrupt record column, a malformed
/// record's text stands in it (PERMISSIVE). A record whose value fails a filter is no row, and what
/// stands behind that value does not matter.
class JsonDecoder final : public RecordDecoder {
 public:
  /// `filters`: one a column of the schema, or none at all.
  JsonDecoder(const plan::Schema& schema, std::shared_ptr<const JsonOptions> options,
              std::vector<ColumnFilter> filters = {});
  [[nodiscard]] Status Decode(std::string_view record, ColumnBatch& batch) override;

  /// Appends the value of one field from its text, standard JSON, to `out`: NULL when it does not
  /// fit. False when the record that holds it is malformed for that.
  bool DecodeField(std::size_t field, std::string_view text, ColumnData& out, StringArena& arena);
  /// The field that a member's name means, or nothing.
  [[nodiscard]] std::optional<std::size_t> FieldOf(std::string_view name) const;
  /// The column for the text of malformed records, where the schema has one.
  [[nodiscard]] bool has_corrupt_column() const;
  [[nodiscard]] const std::vector<ColumnFilter>& filters() const { return filters_; }

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
    kDropped,  // a filter refused the row, which was not appended
  };

  Node MakeNode(const plan::Type& type, bool top) const;
  std::size_t FindField(Node& node, std::size_t place, std::string_view name) const;
  Outcome Value(JsonText& json, Node& node, ColumnData& out);
  Outcome Scalar(JsonText& json, JsonKind kind, const plan::Type& type, ColumnData& out);
  Outcome HiveScalar(JsonText& json, JsonKind kind, const plan::Type& type, ColumnData& out);
  Outcome Array(JsonText& json, Node& node, ColumnData& out);
  Outcome Map(JsonText& json, Node& node, ColumnData& out);
  Outcome Row(JsonText& json, Node& node, std::vector<ColumnData>& columns, std::size_t row);
  Outcome RootOfBroken(std::string_view record, ColumnBatch& batch, std::vector<bool>& malformed);
  bool SecondValue(JsonText& json, Node& node, ColumnData& column, std::size_t row);
  Outcome Root(JsonText& json, ColumnBatch& batch, std::vector<bool>& malformed);

  const std::shared_ptr<const JsonOptions> shared_options_;
  const JsonOptions& options_;
  Node root_;
  std::size_t corrupt_column_ = 0;  // as the schema's size: there is none
  StringArena* arena_ = nullptr;    // of the batch that is filled
  std::string folded_;
  const std::vector<ColumnFilter> filters_;
};

}  // namespace owlet::scan
