#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/scan/csv_options.h"
#include "core/scan/record_decoder.h"

namespace owlet::scan {

/// The values of one record of delimited text. Not thread-safe; the texts are good until the next
/// Split.
class CsvSplitter {
 public:
  explicit CsvSplitter(const CsvOptions& options) : options_(options) {}

  struct Value {
    std::string_view text;
    bool quoted = false;
  };
  /// Splits the first record of `text` and gives the number of its bytes, with the line's end in
  /// it. A record ends at a newline outside of quotes.
  std::size_t Split(std::string_view text);
  [[nodiscard]] const std::vector<Value>& values() const { return values_; }
  /// A line without a record: blank, or a comment.
  [[nodiscard]] bool IsBlank(std::string_view line) const;

 private:
  std::size_t SplitSpark(std::string_view text);
  std::size_t SplitOpenCsv(std::string_view text);
  std::size_t SplitLazySimple(std::string_view text);
  bool ReadQuoted(std::string_view text, std::size_t& at);
  [[nodiscard]] bool AtSeparator(std::string_view text, std::size_t at) const {
    return text.substr(at).starts_with(options_.separator);
  }
  void Keep(std::string_view text, bool quoted);

  const CsvOptions& options_;
  std::vector<Value> values_;
  std::vector<std::string> owned_;  // texts that are not as they stand
  std::size_t num_owned_ = 0;
};

/// Spark's UnivocityParser and Hive's SerDes: records of delimited text to rows. Values are the
/// columns by their place in the file. A value of another type is NULL and makes the record
/// malformed (Spark), is NULL (LazySimple) or an error (OpenCSV).
class CsvDecoder final : public RecordDecoder {
 public:
  /// `schema` is the file's; `fields` are those that are read, in the batch's order.
  CsvDecoder(plan::Schema schema, std::vector<std::size_t> fields,
             std::shared_ptr<const CsvOptions> options);
  [[nodiscard]] Status Decode(std::string_view record, ColumnBatch& batch) override;

 private:
  [[nodiscard]] Status DecodeOne(std::string_view record, ColumnBatch& batch);
  bool Append(const CsvSplitter::Value& value, const plan::Type& type, ColumnData& out,
              StringArena& arena) const;
  bool AppendText(std::string_view text, const plan::Type& type, ColumnData& out,
                  StringArena& arena) const;
  bool AppendNested(std::string_view text, const plan::Type& type, ColumnData& out,
                    StringArena& arena, int depth) const;

  const plan::Schema schema_;
  const std::vector<std::size_t> fields_;
  const std::shared_ptr<const CsvOptions> options_;
  std::vector<std::size_t> places_;  // by file column: its place among the values
  std::optional<std::size_t> corrupt_field_;
  std::size_t num_values_ = 0;  // a record should have
  bool all_read_ = false;
  CsvSplitter splitter_;
};

}  // namespace owlet::scan
