#include "core/scan/text_scanner.h"

#include <simdjson.h>

namespace owlet::scan {

namespace {

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

bool SkipsLines(const TextScan& scan) { return scan.skip_lines > 0 || scan.skip_last_lines > 0; }

BlockQueue::Form FormOf(const TextScan& scan) {
  return {.records_are_lines = scan.records_are_lines,
          .separator = scan.line_separator,
          .whole_files = scan.skip_last_lines > 0,
          .shared = !SkipsLines(scan)};
}

bool ReadsBlocks(const TextScan& scan) {
  return scan.records_are_lines && scan.line_separator.empty() && !SkipsLines(scan);
}

}  // namespace

std::unique_ptr<RecordDecoder> MakeLineDecoder() { return std::make_unique<LineDecoder>(); }

TextScanner::TextScanner(TextScan scan)
    : scan_(std::move(scan)), queue_(scan_.files, FormOf(scan_)) {}

TextScanner::Cursor::Cursor(TextScanner& scanner) : scan_(scanner.scan_), reader_(scanner.queue_) {
  if (scan_.make_block_decoder && ReadsBlocks(scan_)) {
    block_decoder_ = scan_.make_block_decoder();
  } else {
    decoder_ = scan_.make_decoder();
  }
}

Error TextScanner::Cursor::Explain(Error error) const {
  return scan_.explain ? scan_.explain(std::move(error), scan_.files[block_.file]) : error;
}

Status TextScanner::Cursor::Decode(std::string_view record, ColumnBatch& batch) {
  auto status = decoder_->Decode(record, batch);
  if (!status) return Fail(Explain(std::move(status).error()));
  return status;
}

Status TextScanner::Cursor::FillBlock(ColumnBatch& batch) {
  auto more = block_decoder_->NextRows(batch, kBatchRows);
  if (!more) return Fail(Explain(std::move(more).error()));
  in_block_ = *more;
  return {};
}

Status TextScanner::Cursor::FillLines(ColumnBatch& batch) {
  const std::size_t keep = scan_.skip_last_lines;
  std::string_view line;
  while (batch.rows < kBatchRows) {
    in_block_ = lines_.Next(line);
    if (!in_block_) return {};
    if (skip_ > 0) {
      if (!scan_.is_blank || !scan_.is_blank(line)) --skip_;
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
  return {};
}

Result<bool> TextScanner::Cursor::Next(ColumnBatch& batch) {
  batch.Clear();
  if (!in_block_) {
    block_.holder.reset();  // its buffer may be read into again
    lines_ = {};
    OWLET_TRY(auto block, reader_.Next());
    if (!block) return false;
    block_ = *std::move(block);
    if (block_.begins_file) {
      skip_ = scan_.skip_lines;
      held_back_.clear();
    } else if (block_.begins_task) {
      skip_ = 0;
    }
    if (!scan_.records_are_lines) {
      OWLET_CHECK_OK(Decode(block_.text, batch));
      return true;
    }
    in_block_ = true;
    if (block_decoder_) {
      block_decoder_->Open(block_);
    } else {
      lines_ = LineSplitter(block_.text, scan_.line_separator);
    }
  }
  OWLET_CHECK_OK(block_decoder_ ? FillBlock(batch) : FillLines(batch));
  return true;
}

}  // namespace owlet::scan
