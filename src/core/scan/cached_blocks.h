#pragma once

#include <cstdint>
#include <vector>

#include "core/scan/column_batch.h"
#include "core/scan/column_cache.h"
#include "core/scan/column_codec.h"
#include "core/scan/column_filter.h"

namespace owlet::scan {

/// Reads blocks of the column cache as a decoder would read their text: filters first, then of the
/// other columns the rows that they left. One a thread.
class CachedBlockReader {
 public:
  /// `filters`: one a column of `columns`, or none at all. Both must outlive it.
  CachedBlockReader(const plan::Schema& columns, const std::vector<ColumnFilter>& filters);

  /// Fills `batch`, which is empty. False when the block's bytes are not what was written: then
  /// `batch` is as it was.
  [[nodiscard]] bool Read(const CachedBlock& block, ColumnBatch& batch);

 private:
  [[nodiscard]] bool ReadPieces(const CachedBlock& block, ColumnBatch& batch);
  [[nodiscard]] bool Fetch(const CachedBlock& block, std::size_t column, StringArena& arena);

  const plan::Schema& schema_;
  const std::vector<ColumnFilter>& filters_;
  bool can_choose_ = false;  // filters, and no nested values
  std::vector<std::string_view> bytes_;
  std::vector<std::uint32_t> chosen_;
};

/// Brings the columns of blocks that were decoded into the cache. One a thread.
class BlockRecorder {
 public:
  /// `wanted`: the columns of the batches. All but `scan` must outlive it.
  BlockRecorder(ColumnCache& cache, const std::string& form,
                const std::vector<WantedColumn>& wanted, std::uint64_t scan)
      : cache_(cache), form_(form), wanted_(wanted), scan_(scan), encoders_(wanted.size()) {}

  /// `batch` has all rows of the block [begin, end) of `file`; `kinds` one a column.
  void Record(const InputFile& file, std::uint64_t begin, std::uint64_t end,
              const ColumnBatch& batch, const std::vector<ColumnKind>& kinds);

 private:
  ColumnCache& cache_;
  const std::string& form_;
  const std::vector<WantedColumn>& wanted_;
  const std::uint64_t scan_;
  std::vector<ColumnEncoder> encoders_;
  bool full_ = false;
};

}  // namespace owlet::scan
