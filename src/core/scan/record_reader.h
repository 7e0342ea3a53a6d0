#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/scan/byte_source.h"

namespace owlet::scan {

/// A piece of a scan that one thread reads by itself. Tasks are in the order of the rows.
struct ScanTask {
  std::size_t file = 0;
  std::uint64_t begin = 0;  // the lines that begin in [begin, end)
  std::uint64_t end = 0;    // of the plain file; whole compressed files are one task
  bool whole = true;
  // Blocks of InputFile::cached that stand for these lines; none: they are read.
  std::size_t first_block = 0;
  std::size_t end_block = 0;

  [[nodiscard]] bool cached() const { return first_block < end_block; }
};

/// Where plain files are cut: by their size alone, so that each scan finds the same blocks.
inline constexpr std::uint64_t kCutBySize = 0;

/// Cuts files into tasks: plain ones at multiples of `block_bytes`, if their records are lines.
/// What is cached of them is not read.
[[nodiscard]] std::vector<ScanTask> PlanTasks(const std::vector<InputFile>& files,
                                              bool records_are_lines, std::uint64_t block_bytes);

/// Whole lines of a file: the last byte is the end of a line, or stands for one that the file
/// lacks. `holder` keeps the bytes, and kPadding readable ones behind them.
struct LineBlock {
  std::string_view text;
  std::shared_ptr<const char[]> holder;
  // The plain bytes of the file that it stands for; a byte order mark is of the first block, and a
  // line end that the file lacks of the last.
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

/// The bytes of one task in blocks of whole lines. A buffer that nobody holds any more is used
/// again, so that the memory is what the holders keep and one buffer, as large as the longest line
/// needs. Not thread-safe; the blocks may go to other threads.
class LineBlocks {
 public:
  static constexpr std::size_t kPadding = 64;

  /// `separator` ends the records; empty: \n, \r\n or \r. Others than line ends need whole files.
  [[nodiscard]] static Result<LineBlocks> Open(const InputFile& file, const ScanTask& task,
                                               std::string separator = {});

  /// Nothing at the end. kRequestTooLarge when a line is longer than 1 GiB.
  [[nodiscard]] Result<std::optional<LineBlock>> Next();
  /// Of the file that was opened, as ByteSource says it.
  [[nodiscard]] std::uint64_t version() const { return version_; }
  /// All that is left, as one piece; for formats whose records are no lines.
  [[nodiscard]] Result<LineBlock> Rest();

 private:
  struct Buffer {
    std::shared_ptr<char[]> bytes;
    std::size_t size = 0;  // without the padding
  };

  LineBlocks(std::unique_ptr<ByteStream> stream, const ScanTask& task, std::string separator)
      : stream_(std::move(stream)), task_(task), separator_(std::move(separator)) {}
  [[nodiscard]] Status Fill(std::size_t want);
  /// A buffer of at least `size` bytes that nobody else holds; the present one if it is such.
  Buffer TakeBuffer(std::size_t size);
  [[nodiscard]] std::size_t ReadSize() const;
  [[nodiscard]] std::string_view Seen() const { return {buffer_.bytes.get(), filled_}; }

  std::unique_ptr<ByteStream> stream_;
  ScanTask task_;
  std::string separator_;  // empty where lines end at \n
  Buffer buffer_;
  std::vector<Buffer> spare_;
  std::size_t begin_ = 0;     // of what was not given out yet
  std::size_t filled_ = 0;    // of the buffer
  std::uint64_t offset_ = 0;  // of the buffer's first byte in the plain file
  std::uint64_t version_ = 0;
  bool first_ = true;    // no block was given out
  bool at_end_ = false;  // of the stream
  bool done_ = false;
};

/// The lines of a block one after the other, without their ends: \n, \r\n or \r as Hadoop ends
/// lines, or `separator` alone when it is not empty.
class LineSplitter {
 public:
  LineSplitter() = default;
  LineSplitter(std::string_view block, std::string_view separator)
      : block_(block), separator_(separator) {}
  /// False behind the last line.
  bool Next(std::string_view& line);
  /// What was not given out yet.
  [[nodiscard]] std::string_view rest() const { return block_; }

 private:
  std::string_view block_;
  std::string_view separator_;
};

}  // namespace owlet::scan
