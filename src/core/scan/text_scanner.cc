#include "core/scan/text_scanner.h"

#include <simdjson.h>

#include <algorithm>
#include <cstdint>

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

bool ReadsBlocks(const TextScan& scan) {
  return scan.records_are_lines && scan.line_separator.empty() && !SkipsLines(scan);
}

}  // namespace

std::unique_ptr<RecordDecoder> MakeLineDecoder() { return std::make_unique<LineDecoder>(); }

/// The scan with what the cache has of its files. They are opened here, since who may not read an
/// object, or finds another one at its place, must not get its columns either.
TextScan TextScanner::FindCached(TextScan scan, std::uint64_t number,
                                 std::vector<std::unique_ptr<ByteSource>>& opened) {
  if (!scan.cache || !scan.make_block_decoder || !ReadsBlocks(scan)) {
    scan.cache.reset();
    return scan;
  }
  opened.resize(scan.files.size());
  for (std::size_t i = 0; i < scan.files.size(); ++i) {
    InputFile& file = scan.files[i];
    auto cached = scan.cache->Find(file, scan.cache_form, scan.wanted, number);
    if (!cached) continue;
    auto source = file.open();
    if (!source || (*source)->version() != file.version) continue;
    file.cached = std::move(cached);
    opened[i] = *std::move(source);
  }
  return scan;
}

BlockQueue::Form TextScanner::QueueForm() const {
  BlockQueue::Form form{.records_are_lines = scan_.records_are_lines,
                        .separator = scan_.line_separator,
                        .whole_files = scan_.skip_last_lines > 0,
                        .shared = !SkipsLines(scan_),
                        .at_end = {}};
  if (scan_.cache) {
    form.at_end = [this](std::size_t file, std::uint64_t version, std::uint64_t end) {
      const InputFile& input = scan_.files[file];
      if (version != input.version) return;
      scan_.cache->KeepPlainSize(input, scan_.cache_form, end);
    };
  }
  return form;
}

TextScanner::TextScanner(TextScan scan)
    : cache_scan_(scan.cache ? scan.cache->BeginScan() : 0),
      scan_(FindCached(std::move(scan), cache_scan_, opened_)),
      queue_(scan_.files, QueueForm()) {}

TextScanner::Cursor::Cursor(TextScanner& scanner)
    : scan_(scanner.scan_), scanner_(scanner), reader_(scanner.queue_) {
  if (scan_.make_block_decoder && ReadsBlocks(scan_)) {
    block_decoder_ = scan_.make_block_decoder();
  } else {
    decoder_ = scan_.make_decoder();
  }
  if (!scan_.cache) return;
  cached_reader_.emplace(scan_.columns, scan_.filters);
  const bool all_rows = std::ranges::all_of(scan_.filters, [](const ColumnFilter& filter) {
    return filter.kind == ColumnFilter::Kind::kAny;
  });
  if (all_rows) {
    recorder_.emplace(*scan_.cache, scan_.cache_form, scan_.wanted, scanner.cache_scan_);
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
  const bool records = recorder_ && block_.version == scan_.files[block_.file].version;
  auto more = block_decoder_->NextRows(batch, records ? SIZE_MAX : kBatchRows);
  if (!more) return Fail(Explain(std::move(more).error()));
  in_block_ = *more;
  if (!records || in_block_) return {};
  if (const auto kinds = block_decoder_->Kinds()) {
    recorder_->Record(scan_.files[block_.file], block_.begin, block_.end, batch, *kinds);
  }
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

/// The rows of a cached block; false when it is damaged, and its text is to be read instead.
Result<bool> TextScanner::Cursor::FillCached(ColumnBatch& batch) {
  const InputFile& file = scan_.files[block_.file];
  if (cached_reader_->Read(*block_.cached, batch)) {
    const std::uint64_t all = file.cached->plain_size.value_or(0);
    // Of a compressed file as much as the block is of the plain bytes.
    const double part = all == 0 ? 0
                                 : static_cast<double>(block_.end - block_.begin) *
                                       static_cast<double>(file.size) / static_cast<double>(all);
    scanner_.opened_[block_.file]->CountKnown(static_cast<std::uint64_t>(part));
    return true;
  }
  scan_.cache->Forget(file, scan_.cache_form);
  const bool whole = CompressionOf(file.name) != Compression::kNone;
  const ScanTask task{block_.file, whole ? 0 : block_.begin, whole ? file.size : block_.end, whole};
  OWLET_TRY(instead_, LineBlocks::Open(file, task));
  return false;
}

/// The next text of the damaged block into `block_`; false when that was all.
Result<bool> TextScanner::Cursor::TakeInstead() {
  const BlockPlace& place = block_.cached->place;
  for (;;) {
    OWLET_TRY(auto lines, instead_->Next());
    if (!lines || lines->begin >= place.end) {
      instead_.reset();
      return false;
    }
    if (lines->end <= place.begin) continue;
    static_cast<LineBlock&>(block_) = *std::move(lines);
    block_.version = 0;
    return true;
  }
}

void TextScanner::Cursor::OpenText() {
  in_block_ = true;
  if (block_decoder_) {
    block_decoder_->Open(block_);
  } else {
    lines_ = LineSplitter(block_.text, scan_.line_separator);
  }
}

Status TextScanner::Cursor::TakeBlock() {
  block_.holder.reset();  // its buffer may be read into again
  lines_ = {};
  if (instead_) {
    OWLET_TRY(const bool more, TakeInstead());
    if (more) OpenText();
    if (more) return {};
  }
  OWLET_TRY(auto block, reader_.Next());
  done_ = !block;
  if (done_) return {};
  block_ = *std::move(block);
  if (block_.cached != nullptr) return {};
  if (block_.begins_file) {
    skip_ = scan_.skip_lines;
    held_back_.clear();
  } else if (block_.begins_task) {
    skip_ = 0;
  }
  if (scan_.records_are_lines) OpenText();
  return {};
}

Result<bool> TextScanner::Cursor::Next(ColumnBatch& batch) {
  batch.Clear();
  if (!in_block_) {
    OWLET_CHECK_OK(TakeBlock());
    if (done_) return false;
    if (block_.cached != nullptr && !in_block_) {
      OWLET_TRY(const bool read, FillCached(batch));
      static_cast<void>(read);  // else the next call gives the text's rows
      return true;
    }
    if (!scan_.records_are_lines) {
      OWLET_CHECK_OK(Decode(block_.text, batch));
      return true;
    }
  }
  OWLET_CHECK_OK(block_decoder_ ? FillBlock(batch) : FillLines(batch));
  return true;
}

}  // namespace owlet::scan
