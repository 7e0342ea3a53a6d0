#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/plan/types.h"
#include "core/scan/avro_schema.h"
#include "core/scan/column_batch.h"

namespace owlet::scan {

/// How the columns of a table are found in Avro files.
struct AvroOptions {
  bool case_sensitive = false;
  /// Columns are the file's fields in order instead of by name (Spark's positionalFieldMatching).
  bool by_position = false;
  /// The reader's schema, if the table or the reader gave one: its defaults fill fields that a file
  /// has not, its aliases name fields that were called otherwise. A column is the field of its
  /// name.
  std::shared_ptr<const AvroSchema> reader_schema = nullptr;
};

struct AvroStep;

/// Turns the rows of one writer's schema into columns: made once a file, by Avro's rules of schema
/// resolution and those of the engines for values that are wider than their columns. One a thread.
class AvroDecoder {
 public:
  /// `table` are the columns by which fields are matched, `wanted` the places of those that are
  /// read, in the batch's order. kExecutionError HIVE_BAD_DATA where a type cannot be read as its
  /// column's.
  [[nodiscard]] static Result<AvroDecoder> Make(std::shared_ptr<const AvroSchema> writer,
                                                const plan::Schema& table,
                                                const std::vector<std::size_t>& wanted,
                                                const AvroOptions& options);
  ~AvroDecoder();
  AvroDecoder(AvroDecoder&&) noexcept;
  AvroDecoder& operator=(AvroDecoder&&) noexcept;

  /// Reads one row from the beginning of `bytes` and drops it from there.
  [[nodiscard]] Status Decode(std::string_view& bytes, ColumnBatch& batch) const;

 private:
  AvroDecoder(std::shared_ptr<const AvroSchema> writer, std::unique_ptr<AvroStep> root);

  std::shared_ptr<const AvroSchema> writer_;  // the steps point into it
  std::unique_ptr<AvroStep> root_;
};

}  // namespace owlet::scan
