#include "core/scan/text_scanner.h"

#include <simdjson.h>

namespace owlet::scan {

namespace {

constexpr std::uint64_t kTaskBytes = 4 << 20;
constexpr std::size_t kBatchRows = 2048;

class LineDecoder final : public RecordDecoder {
 public:
  Status Decode(std::string_view record, ColumnBatch& batch) override {
    if (!batch.columns.empty()) {
      const bool valid = simdjson::validate_utf8(record.data(), record.size());
      batch.columns[0].AppendString(valid ? batch.arena->Add(record)
                                          : batch.arena->Add(RepairUtf8(record)));
    }
    ++batch.rows;
    return {};
  }
};

}  // namespace

std::unique_ptr<RecordDecoder> MakeLineDecoder() { return std::make_unique<LineDecoder>(); }

TextScanner::TextScanner(TextScan scan)
    : scan_(std::move(scan)),
      tasks_(PlanTasks(scan_.files, scan_.records_are_lines && scan_.skip_last_lines == 0,
                       kTaskBytes)) {}

Status TextScanner::Cursor::Open(std::size_t task) {
  task_ = task;
  const ScanTask& piece = scanner_.tasks_[task];
  OWLET_TRY(LineBlocks blocks, LineBlocks::Open(scanner_.scan_.files[piece.file], piece));
  blocks_ = std::make_unique<LineBlocks>(std::move(blocks));
  lines_ = {};
  skip_ = piece.begin == 0 ? scanner_.scan_.skip_lines : 0;
  held_back_.clear();
  return {};
}

Status TextScanner::Cursor::Decode(std::string_view record, ColumnBatch& batch) {
  auto status = decoder_->Decode(record, batch);
  if (status || !scanner_.scan_.explain) return status;
  return Fail(scanner_.scan_.explain(std::move(status).error(),
                                     scanner_.scan_.files[scanner_.FileOf(task_)]));
}

Result<bool> TextScanner::Cursor::Next(ColumnBatch& batch) {
  batch.Clear();
  if (!scanner_.scan_.records_are_lines) {
    if (!blocks_) return false;
    OWLET_TRY(const std::string_view whole, blocks_->Rest());
    OWLET_CHECK_OK(Decode(whole, batch));
    blocks_.reset();
    return true;
  }
  const std::size_t keep = scanner_.scan_.skip_last_lines;
  std::string_view line;
  while (batch.rows < kBatchRows) {
    if (!lines_.Next(line)) {
      OWLET_TRY(const auto block, blocks_->Next());
      if (!block) return batch.rows > 0;
      lines_ = LineSplitter(*block, scanner_.scan_.line_separator);
      continue;
    }
    if (skip_ > 0) {
      if (!scanner_.scan_.is_blank || !scanner_.scan_.is_blank(line)) --skip_;
      continue;
    }
    if (keep == 0) {
      OWLET_CHECK_OK(Decode(line, batch));
      continue;
    }
    held_back_.emplace_back(line);
    if (held_back_.size() > keep) {
      OWLET_CHECK_OK(Decode(held_back_.front(), batch));
      held_back_.erase(held_back_.begin());
    }
  }
  return true;
}

}  // namespace owlet::scan
