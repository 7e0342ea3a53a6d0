#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/scan/byte_source.h"
#include "core/scan/column_batch.h"
#include "core/scan/record_decoder.h"
#include "core/scan/record_reader.h"

namespace owlet::scan {

/// What a scan of text files is: the files and how their records become rows. The columns that the
/// decoder fills are those that the reader asked for (projection), in its order.
struct TextScan {
  std::vector<InputFile> files;
  plan::Schema columns;
  bool records_are_lines = true;    // else each file is handed over as a whole
  std::string line_separator;       // empty: \n, \r\n or \r
  std::size_t skip_lines = 0;       // at the beginning of each file
  std::size_t skip_last_lines = 0;  // at its end: then a file is one task
  /// Lines that do not count when lines are skipped; null: all count.
  std::function<bool(std::string_view line)> is_blank;
  /// A decoder for one thread.
  std::function<std::unique_ptr<RecordDecoder>()> make_decoder;
  /// The error of a record in FAILFAST mode, made the reader's: it knows the file.
  std::function<Error(Error error, const InputFile& file)> explain;
};

/// Cuts a scan into tasks that any thread can do, in the order of the rows: the number of a task is
/// the order of its batches. Immutable, thread-safe.
class TextScanner {
 public:
  explicit TextScanner(TextScan scan);

  [[nodiscard]] std::size_t num_tasks() const { return tasks_.size(); }
  [[nodiscard]] const TextScan& scan() const { return scan_; }
  /// The file that a task reads, by its place in the scan.
  [[nodiscard]] std::size_t FileOf(std::size_t task) const { return tasks_[task].file; }

  /// One thread's way through tasks. Not thread-safe.
  class Cursor {
   public:
    explicit Cursor(const TextScanner& scanner)
        : scanner_(scanner), decoder_(scanner.scan_.make_decoder()) {}
    [[nodiscard]] Status Open(std::size_t task);
    /// Fills `batch`, cleared before, with up to about 2,048 rows of the task; false at its end.
    [[nodiscard]] Result<bool> Next(ColumnBatch& batch);

   private:
    [[nodiscard]] Status Decode(std::string_view record, ColumnBatch& batch);

    const TextScanner& scanner_;
    std::unique_ptr<RecordDecoder> decoder_;
    std::unique_ptr<LineBlocks> blocks_;
    LineSplitter lines_;
    std::size_t task_ = 0;
    std::size_t skip_ = 0;
    std::vector<std::string> held_back_;  // the last lines, which may be the footer
  };

 private:
  TextScan scan_;
  std::vector<ScanTask> tasks_;
};

/// The decoder of Spark's text format: a row a record, its one column the text.
[[nodiscard]] std::unique_ptr<RecordDecoder> MakeLineDecoder();

}  // namespace owlet::scan
