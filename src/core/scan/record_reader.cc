#include "core/scan/record_reader.h"

#include <algorithm>
#include <cstring>

namespace owlet::scan {

namespace {

constexpr std::size_t kReadBytes = 1 << 20;
constexpr std::size_t kLongestLine = 1 << 30;

}  // namespace

std::vector<ScanTask> PlanTasks(const std::vector<InputFile>& files, bool records_are_lines,
                                std::uint64_t block_bytes) {
  std::vector<ScanTask> tasks;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (files[i].size == 0) continue;
    if (!records_are_lines || CompressionOf(files[i].name) != Compression::kNone) {
      tasks.push_back({i, 0, files[i].size, true});
      continue;
    }
    for (std::uint64_t begin = 0; begin < files[i].size; begin += block_bytes) {
      tasks.push_back({i, begin, std::min(begin + block_bytes, files[i].size), false});
    }
  }
  return tasks;
}

Result<LineBlocks> LineBlocks::Open(const InputFile& file, const ScanTask& task) {
  OWLET_TRY(std::unique_ptr<ByteSource> source, file.open());
  // One byte earlier: a line that begins at `begin` has its predecessor's end there.
  const std::uint64_t offset = task.begin > 0 ? task.begin - 1 : 0;
  auto stream =
      Decompress(CompressionOf(file.name), ReadPlain(std::move(source), offset), file.name);
  LineBlocks blocks(std::move(stream), task);
  blocks.offset_ = offset;
  if (task.begin == 0) {  // a byte order mark is no part of the first record
    OWLET_CHECK_OK(blocks.Fill(kReadBytes));
    if (std::string_view(blocks.buffer_.data(), blocks.filled_).starts_with("\xef\xbb\xbf")) {
      blocks.begin_ = 3;
    }
    return blocks;
  }
  for (;;) {
    const std::string_view seen(blocks.buffer_.data(), blocks.filled_);
    const std::size_t newline = seen.find('\n', blocks.begin_);
    if (newline != std::string_view::npos) {
      blocks.begin_ = newline + 1;
      blocks.done_ = offset + blocks.begin_ >= task.end;
      return blocks;
    }
    blocks.begin_ = blocks.filled_;
    if (blocks.at_end_ || blocks.offset_ + blocks.filled_ >= task.end) {
      blocks.done_ = true;
      return blocks;
    }
    OWLET_CHECK_OK(blocks.Fill(kReadBytes));
  }
}

Status LineBlocks::Fill(std::size_t want) {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, filled_ - begin_);
    filled_ -= begin_;
    offset_ += begin_;
    begin_ = 0;
  }
  if (filled_ + want > kLongestLine) {
    return Fail(Reason::kRequestTooLarge, "a record is longer than 1 GiB");
  }
  if (buffer_.size() < filled_ + want + kPadding) buffer_.resize(filled_ + want + kPadding);
  OWLET_TRY(const std::size_t size,
            stream_->Read(std::as_writable_bytes(std::span(buffer_.data() + filled_, want))));
  filled_ += size;
  at_end_ = size < want;
  return {};
}

Result<std::optional<std::string_view>> LineBlocks::Next() {
  if (done_) return std::optional<std::string_view>();
  for (;;) {
    const std::string_view seen(buffer_.data(), filled_);
    // The last line of a range ends at the first newline at or behind its last byte.
    const bool reaches_end = !task_.whole && offset_ + filled_ >= task_.end;
    std::size_t cut = std::string_view::npos;
    if (reaches_end) {
      const std::uint64_t last = task_.end - 1;
      cut = seen.find('\n', std::max<std::uint64_t>(last, offset_ + begin_) - offset_);
      done_ = cut != std::string_view::npos;
    } else if (filled_ > begin_) {
      cut = seen.rfind('\n');
      if (cut != std::string_view::npos && cut < begin_) cut = std::string_view::npos;
    }
    if (cut == std::string_view::npos && at_end_) {
      done_ = true;
      if (begin_ == filled_) return std::optional<std::string_view>();
      cut = filled_ - 1;
    }
    if (cut != std::string_view::npos) {
      const std::string_view block = seen.substr(begin_, cut + 1 - begin_);
      begin_ = cut + 1;
      return std::optional(block);
    }
    OWLET_CHECK_OK(Fill(std::max(kReadBytes, filled_ - begin_)));
  }
}

bool LineSplitter::Next(std::string_view& line) {
  if (block_.empty()) return false;
  std::size_t end = block_.find(separator_.empty() ? std::string_view("\n") : separator_);
  std::size_t skip = separator_.empty() ? 1 : separator_.size();
  line = block_.substr(0, end);
  if (separator_.empty()) {
    const std::size_t carriage = line.find('\r');
    if (carriage != std::string_view::npos) {
      skip = carriage + 1 == end ? 2 : 1;
      end = carriage;
      line = line.substr(0, carriage);
    }
  }
  block_.remove_prefix(end == std::string_view::npos ? block_.size()
                                                     : std::min(end + skip, block_.size()));
  return true;
}

Result<std::string_view> LineBlocks::Rest() {
  while (!at_end_) OWLET_CHECK_OK(Fill(std::max(kReadBytes, filled_ - begin_)));
  done_ = true;
  const std::string_view rest(buffer_.data() + begin_, filled_ - begin_);
  begin_ = filled_;
  return rest;
}

}  // namespace owlet::scan
