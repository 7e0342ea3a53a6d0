#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/scan/column_filter.h"
#include "core/scan/json_decoder.h"
#include "core/scan/json_members.h"
#include "core/scan/json_walk.h"

namespace owlet::scan {

/// Lines of JSON to rows, as JsonDecoder reads each of them, at the speed of a JsonKernel: records
/// of standard JSON become tokens, then columns; all others go to the JsonDecoder, which decides.
/// Filters leave records out as soon as a value fails, as Spark's pushed filters do: what stands
/// behind that value is not looked at.
class JsonLineDecoder final : public BlockDecoder {
 public:
  /// `filters`: one a column of the schema, or none at all.
  JsonLineDecoder(const plan::Schema& schema, std::shared_ptr<const JsonOptions> options,
                  std::vector<ColumnFilter> filters, const JsonKernel& kernel = BestJsonKernel());

  [[nodiscard]] Status Decode(std::string_view record, ColumnBatch& batch) override {
    return exact_.Decode(record, batch);
  }
  void Open(LineBlock block) override;
  [[nodiscard]] Result<bool> NextRows(ColumnBatch& batch, std::size_t max_rows) override;
  [[nodiscard]] std::optional<std::vector<ColumnKind>> Kinds() const override;

 private:
  /// What is known of a column before any value is seen.
  struct Column {
    plan::TypeId type;
    KindSet clean = 0;  // kinds that every value of which fits the type
    ColumnFilter filter;
    // Of the block:
    KindSet seen = 0;
    bool misfit = false;  // a value did not fit
  };

  [[nodiscard]] KindSet CleanKinds(const plan::Type& type) const;
  static std::uint32_t FindMember(void* self, const char* name, std::size_t size);
  static Verdict Judge(void* self, std::uint32_t member, JsonToken token);
  [[nodiscard]] Verdict JudgeValue(std::size_t field, JsonToken token);

  [[nodiscard]] Status CountRows(ColumnBatch& batch);
  [[nodiscard]] Status TakeOddLine(ColumnBatch& batch);
  [[nodiscard]] Status TakeBrokenLine(ColumnBatch& batch);
  void FindValidEnd();

  [[nodiscard]] std::string_view TextOf(JsonToken token) const;
  bool AppendValue(std::size_t field, JsonToken token, ColumnData& out, StringArena& arena);
  void AppendStrings(std::size_t field, ColumnData& out, StringArena& arena);
  void AppendIntegers(std::size_t field, ColumnData& out, StringArena& arena);
  void AppendRows(ColumnBatch& batch);

  const JsonKernel& kernel_;
  JsonDecoder exact_;
  const bool strict_;      // a value that does not fit makes its record a special one
  const bool count_only_;  // no column, and every record is a row
  std::vector<Column> columns_;
  JsonMembers members_;
  std::uint32_t other_ = JsonMember::kStart;  // the member of names that found no room
  std::vector<std::size_t> field_of_member_;
  std::vector<JsonToken> tokens_;
  std::vector<ColumnData> tried_;  // a column each, for a value to be judged
  StringArena tried_arena_;
  JsonWalk walk_;
  LineBlock block_;
  std::size_t position_ = 0;   // of the block: where the next record begins
  std::size_t valid_end_ = 0;  // up to here the block is UTF-8
  bool regular_ = false;       // each line of the block was a record of standard JSON
};

}  // namespace owlet::scan
