#include "core/scan/cached_blocks.h"

#include <algorithm>
#include <numeric>

namespace owlet::scan {

CachedBlockReader::CachedBlockReader(const plan::Schema& columns,
                                     const std::vector<ColumnFilter>& filters)
    : schema_(columns), filters_(filters) {
  const auto nested = [](const plan::Field& field) { return field.type.IsNested(); };
  const auto chooses = [](const ColumnFilter& filter) {
    return filter.kind != ColumnFilter::Kind::kAny;
  };
  can_choose_ = std::ranges::any_of(filters, chooses) && std::ranges::none_of(columns, nested);
}

/// Reads the column's bytes, if they were not read yet.
bool CachedBlockReader::Fetch(const CachedBlock& block, std::size_t column, StringArena& arena) {
  const CachedBlock::Piece& piece = block.pieces[column];
  if (!piece.pack || bytes_[column].data() != nullptr) return true;
  char* const bytes = arena.Allocate(piece.size);
  if (!block.Read(column, bytes)) return false;
  bytes_[column] = {bytes, piece.size};
  return true;
}

bool CachedBlockReader::ReadPieces(const CachedBlock& block, ColumnBatch& batch) {
  bytes_.assign(schema_.size(), std::string_view());
  chosen_.resize(can_choose_ ? block.place.rows : 0);
  std::iota(chosen_.begin(), chosen_.end(), 0);
  for (std::size_t i = 0; can_choose_ && i < schema_.size() && !chosen_.empty(); ++i) {
    if (filters_[i].kind == ColumnFilter::Kind::kAny) continue;
    if (!block.pieces[i].pack) {
      ColumnData null(schema_[i].type);
      null.AppendNull();
      if (!filters_[i].Passes(null, 0)) chosen_.clear();
      continue;
    }
    if (!Fetch(block, i, *batch.arena)) return false;
    const EncodedColumn column(bytes_[i], block.place.rows);
    if (!column.Choose(filters_[i], schema_[i].type, chosen_)) return false;
  }
  const bool all = !can_choose_ || chosen_.size() == block.place.rows;
  const std::size_t rows = all ? block.place.rows : chosen_.size();
  for (std::size_t i = 0; rows > 0 && i < schema_.size(); ++i) {
    if (!block.pieces[i].pack) {
      AppendNulls(rows, batch.columns[i]);
      continue;
    }
    if (!Fetch(block, i, *batch.arena)) return false;
    const EncodedColumn column(bytes_[i], block.place.rows);
    if (!column.Read(all ? nullptr : &chosen_, batch.columns[i])) return false;
    if (batch.columns[i].size() != rows) return false;
  }
  batch.rows = rows;
  batch.records_left_out = block.place.rows - rows;
  return true;
}

bool CachedBlockReader::Read(const CachedBlock& block, ColumnBatch& batch) {
  if (ReadPieces(block, batch)) return true;
  batch.Clear();
  return false;
}

void BlockRecorder::Record(const InputFile& file, std::uint64_t begin, std::uint64_t end,
                           const ColumnBatch& batch, const std::vector<ColumnKind>& kinds) {
  if (full_ || batch.rows == 0) return;
  BlockColumns block{.place = {begin, end, batch.rows}, .columns = {}, .bytes = {}};
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    BlockColumns::Column column{.name = wanted_[i].member, .kind = kinds[i]};
    if (column.kind == ColumnKind::kOther) continue;
    if (column.kind == ColumnKind::kTyped) column.name = wanted_[i].typed;
    column.offset = static_cast<std::uint32_t>(block.bytes.size());
    if (column.kind != ColumnKind::kNulls) encoders_[i].Encode(batch.columns[i], block.bytes);
    column.size = static_cast<std::uint32_t>(block.bytes.size() - column.offset);
    block.columns.push_back(std::move(column));
  }
  full_ = !cache_.Keep(file, form_, std::move(block), scan_);
}

}  // namespace owlet::scan
