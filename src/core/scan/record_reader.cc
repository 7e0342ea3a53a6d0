#include "core/scan/record_reader.h"

#include <algorithm>
#include <cstring>

#include "core/scan/column_cache.h"

namespace owlet::scan {

namespace {

// Small enough that what is read is still in the core's cache when it is parsed.
constexpr std::size_t kReadBytes = 512 << 10;
// What is read at once of the line that a range ends within.
constexpr std::size_t kTailBytes = 16 << 10;
constexpr std::size_t kLongestLine = 1 << 30;
constexpr std::size_t kSpareBuffers = 2;
// A task is long enough that its beginning costs nothing, and short enough that threads end
// together.
constexpr std::uint64_t kLeastTask = 1 << 20;
constexpr std::uint64_t kMostTask = 8 << 20;
constexpr std::uint64_t kTasksOfFile = 16;
constexpr std::size_t kCachedBlocks = 16;  // of a task

std::uint64_t TaskBytes(std::uint64_t file_bytes) {
  const std::uint64_t part = std::clamp(file_bytes / kTasksOfFile, kLeastTask, kMostTask);
  return (part + kReadBytes - 1) / kReadBytes * kReadBytes;
}

/// Tasks for the lines that begin in [begin, end).
void AddTextTasks(std::size_t file, std::uint64_t begin, std::uint64_t end,
                  std::uint64_t block_bytes, std::vector<ScanTask>& tasks) {
  while (begin < end) {
    const std::uint64_t next = std::min(end, (begin / block_bytes + 1) * block_bytes);
    tasks.push_back({file, begin, next, false});
    begin = next;
  }
}

void AddCachedTasks(std::size_t file, std::size_t first, std::size_t end,
                    std::vector<ScanTask>& tasks) {
  for (; first < end; first += kCachedBlocks) {
    ScanTask task{.file = file};
    task.first_block = first;
    task.end_block = std::min(end, first + kCachedBlocks);
    tasks.push_back(task);
  }
}

/// A plain file of which some blocks are cached.
void AddMixedTasks(std::size_t file, const InputFile& input, std::uint64_t block_bytes,
                   std::vector<ScanTask>& tasks) {
  const auto& blocks = input.cached->blocks;
  std::uint64_t at = 0;
  for (std::size_t i = 0; i < blocks.size();) {
    AddTextTasks(file, at, blocks[i].place.begin, block_bytes, tasks);
    std::size_t end = i + 1;
    while (end < blocks.size() && blocks[end].place.begin == blocks[end - 1].place.end) ++end;
    AddCachedTasks(file, i, end, tasks);
    at = blocks[end - 1].place.end;
    i = end;
  }
  AddTextTasks(file, at, input.size, block_bytes, tasks);
}

}  // namespace

std::vector<ScanTask> PlanTasks(const std::vector<InputFile>& files, bool records_are_lines,
                                std::uint64_t block_bytes) {
  std::vector<ScanTask> tasks;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (files[i].size == 0) continue;
    if (files[i].cached && files[i].cached->complete()) {
      AddCachedTasks(i, 0, files[i].cached->blocks.size(), tasks);
      continue;
    }
    if (!records_are_lines || CompressionOf(files[i].name) != Compression::kNone) {
      tasks.push_back({i, 0, files[i].size, true});
      continue;
    }
    const std::uint64_t cut = block_bytes == kCutBySize ? TaskBytes(files[i].size) : block_bytes;
    if (files[i].cached) {
      AddMixedTasks(i, files[i], cut, tasks);
    } else {
      AddTextTasks(i, 0, files[i].size, cut, tasks);
    }
  }
  return tasks;
}

Result<LineBlocks> LineBlocks::Open(const InputFile& file, const ScanTask& task,
                                    std::string separator) {
  OWLET_TRY(std::unique_ptr<ByteSource> source, file.open());
  const std::uint64_t version = source->version();
  // One byte earlier: a line that begins at `begin` has its predecessor's end there.
  const std::uint64_t offset = task.begin > 0 ? task.begin - 1 : 0;
  auto stream =
      Decompress(CompressionOf(file.name), ReadPlain(std::move(source), offset), file.name);
  if (separator == "\n") separator.clear();
  LineBlocks blocks(std::move(stream), task, std::move(separator));
  blocks.offset_ = offset;
  blocks.version_ = version;
  OWLET_CHECK_OK(blocks.Fill(blocks.ReadSize()));
  if (task.begin == 0) {  // a byte order mark is no part of the first record
    if (blocks.Seen().starts_with("\xef\xbb\xbf")) blocks.begin_ = 3;
    return blocks;
  }
  for (;;) {
    const std::size_t newline = blocks.Seen().find('\n', blocks.begin_);
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
    OWLET_CHECK_OK(blocks.Fill(blocks.ReadSize()));
  }
}

std::size_t LineBlocks::ReadSize() const {
  if (task_.whole) return std::max(kReadBytes, filled_ - begin_);
  const std::uint64_t next = offset_ + filled_;
  // Behind the range only the end of its last line is wanted.
  if (next >= task_.end) return std::max(kTailBytes, filled_ - begin_);
  return static_cast<std::size_t>(
      std::min<std::uint64_t>(std::max(kReadBytes, filled_ - begin_), task_.end - next));
}

LineBlocks::Buffer LineBlocks::TakeBuffer(std::size_t size) {
  if (buffer_.bytes.use_count() == 1 && buffer_.size >= size) return std::move(buffer_);
  for (Buffer& spare : spare_) {
    if (spare.bytes.use_count() == 1 && spare.size >= size) return std::move(spare);
  }
  Buffer fresh;
  fresh.size = std::max(size, kReadBytes + (kReadBytes >> 3));
  fresh.bytes = std::make_shared_for_overwrite<char[]>(fresh.size + kPadding + 1);
  std::memset(fresh.bytes.get() + fresh.size, 0, kPadding + 1);
  return fresh;
}

Status LineBlocks::Fill(std::size_t want) {
  const std::size_t kept = filled_ - begin_;
  if (kept + want > kLongestLine) {
    return Fail(Reason::kRequestTooLarge, "a record is longer than 1 GiB");
  }
  const char* const from = buffer_.bytes.get() + begin_;
  const bool reused = buffer_.bytes.use_count() == 1 && buffer_.size >= kept + want;
  Buffer buffer = TakeBuffer(kept + want);
  if (kept > 0) std::memmove(buffer.bytes.get(), from, kept);
  if (!reused && buffer_.bytes) {
    std::erase_if(spare_, [](const Buffer& spare) { return !spare.bytes; });
    if (spare_.size() < kSpareBuffers) spare_.push_back(std::move(buffer_));
  }
  buffer_ = std::move(buffer);
  filled_ = kept;
  offset_ += begin_;
  begin_ = 0;
  OWLET_TRY(const std::size_t size,
            stream_->Read(std::as_writable_bytes(std::span(buffer_.bytes.get() + filled_, want))));
  filled_ += size;
  at_end_ = size < want;
  buffer_.bytes[filled_] = '\n';  // in case that the last line has no end
  return {};
}

Result<std::optional<LineBlock>> LineBlocks::Next() {
  constexpr std::size_t kNowhere = std::string_view::npos;
  if (done_) return std::optional<LineBlock>();
  for (;;) {
    const std::string_view seen = Seen();
    // The last line of a range ends at the first newline at or behind its last byte.
    const bool reaches_end = !task_.whole && offset_ + filled_ >= task_.end;
    std::size_t cut = kNowhere;
    std::size_t size = 1;
    if (reaches_end) {
      const std::uint64_t last = task_.end - 1;
      cut = seen.find('\n', std::max<std::uint64_t>(last, offset_ + begin_) - offset_);
      done_ = cut != kNowhere;
    } else if (filled_ > begin_) {
      if (!separator_.empty()) size = separator_.size();
      cut = separator_.empty() ? seen.rfind('\n') : seen.rfind(separator_);
      if (cut != kNowhere && cut < begin_) cut = kNowhere;
    }
    if (cut == kNowhere && at_end_) {
      done_ = true;
      if (begin_ == filled_) return std::optional<LineBlock>();
      cut = filled_ - (separator_.empty() ? 0 : 1);
      size = 1;
    }
    if (cut != kNowhere) {
      const std::string_view text(seen.data() + begin_, cut + size - begin_);
      const bool at_start = first_ && task_.begin == 0;
      first_ = false;
      LineBlock block{text, buffer_.bytes, at_start ? 0 : offset_ + begin_, offset_ + cut + size};
      begin_ = std::min(cut + size, filled_);
      return std::optional(std::move(block));
    }
    OWLET_CHECK_OK(Fill(ReadSize()));
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

Result<LineBlock> LineBlocks::Rest() {
  while (!at_end_) OWLET_CHECK_OK(Fill(ReadSize()));
  done_ = true;
  const std::string_view rest(buffer_.bytes.get() + begin_, filled_ - begin_);
  begin_ = filled_;
  return LineBlock{rest, buffer_.bytes};
}

}  // namespace owlet::scan
