#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/scan/block_queue.h"
#include "core/scan/byte_source.h"
#include "core/scan/cached_blocks.h"
#include "core/scan/column_batch.h"
#include "core/scan/column_cache.h"
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
  /// A decoder for one thread: one that reads blocks by itself, if there is such a one for the
  /// format, else one for records.
  std::function<std::unique_ptr<BlockDecoder>()> make_block_decoder;
  std::function<std::unique_ptr<RecordDecoder>()> make_decoder;
  /// One a column, or none at all: what block decoders were told to leave out.
  std::vector<ColumnFilter> filters;
  /// Where columns that were read before are, and those that are read go; null: each scan reads
  /// the text. Only with block decoders that say the kinds of what they read. `cache_form` is all
  /// that decides which lines are rows; `wanted` is one a column.
  std::shared_ptr<ColumnCache> cache;
  std::string cache_form;
  std::vector<WantedColumn> wanted;
  /// The error of a record in FAILFAST mode, made the reader's: it knows the file.
  std::function<Error(Error error, const InputFile& file)> explain;
};

/// One run of a scan by many threads. Thread-safe.
class TextScanner {
 public:
  explicit TextScanner(TextScan scan);

  [[nodiscard]] std::size_t most_threads() const { return queue_.MostThreads(); }
  [[nodiscard]] const TextScan& scan() const { return scan_; }

  /// One thread's way through the scan. Not thread-safe.
  class Cursor {
   public:
    explicit Cursor(TextScanner& scanner);
    /// Fills `batch`, cleared before, with up to about 2,048 rows of one block; none when the
    /// block had none (left). False when the scan is done.
    [[nodiscard]] Result<bool> Next(ColumnBatch& batch);
    /// Of the rows that Next gave: the file that they stand in, by its place in the scan,
    [[nodiscard]] std::size_t file() const { return block_.file; }
    /// and their place among all rows of the scan: it never falls.
    [[nodiscard]] std::uint64_t order() const { return block_.order; }

   private:
    [[nodiscard]] Status TakeBlock();
    [[nodiscard]] Result<bool> TakeInstead();
    void OpenText();
    [[nodiscard]] Result<bool> FillCached(ColumnBatch& batch);
    [[nodiscard]] Status FillLines(ColumnBatch& batch);
    [[nodiscard]] Status FillBlock(ColumnBatch& batch);
    [[nodiscard]] Status Decode(std::string_view record, ColumnBatch& batch);
    [[nodiscard]] Error Explain(Error error) const;

    const TextScan& scan_;
    TextScanner& scanner_;
    BlockQueue::Reader reader_;
    std::optional<CachedBlockReader> cached_reader_;
    std::optional<BlockRecorder> recorder_;        // none where rows are left out
    std::optional<LineBlocks> instead_;            // the text of a cached block that is damaged
    std::unique_ptr<BlockDecoder> block_decoder_;  // null: `decoder_` reads
    std::unique_ptr<RecordDecoder> decoder_;
    BlockQueue::Block block_;
    bool in_block_ = false;  // there is more of it
    bool done_ = false;
    LineSplitter lines_;
    std::size_t skip_ = 0;
    std::vector<std::string> held_back_;  // the last lines, which may be the footer
  };

 private:
  [[nodiscard]] static TextScan FindCached(TextScan scan, std::uint64_t number,
                                           std::vector<std::unique_ptr<ByteSource>>& opened);
  [[nodiscard]] BlockQueue::Form QueueForm() const;

  const std::uint64_t cache_scan_;  // the cache's number of it
  // By file: those of which something is cached, opened for what is asked of their reader.
  std::vector<std::unique_ptr<ByteSource>> opened_;
  const TextScan scan_;
  BlockQueue queue_;
};

/// The decoder of Spark's text format: a row a record, its one column the text.
[[nodiscard]] std::unique_ptr<RecordDecoder> MakeLineDecoder();

}  // namespace owlet::scan
