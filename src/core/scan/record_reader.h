#pragma once

#include <cstdint>
#include <memory>
#include <optional>
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
};

/// Cuts files into tasks: plain ones at `block_bytes`, if their records are lines.
[[nodiscard]] std::vector<ScanTask> PlanTasks(const std::vector<InputFile>& files,
                                              bool records_are_lines, std::uint64_t block_bytes);

/// The bytes of one task in pieces that hold whole lines only; each is good until the next call and
/// may be read kPadding bytes past its end. Memory: one buffer, as large as the longest line needs.
class LineBlocks {
 public:
  static constexpr std::size_t kPadding = 64;

  [[nodiscard]] static Result<LineBlocks> Open(const InputFile& file, const ScanTask& task);

  /// Nothing at the end. kRequestTooLarge when a line is longer than 1 GiB.
  [[nodiscard]] Result<std::optional<std::string_view>> Next();
  /// All that is left, as one piece; for formats whose records are no lines.
  [[nodiscard]] Result<std::string_view> Rest();

 private:
  LineBlocks(std::unique_ptr<ByteStream> stream, const ScanTask& task)
      : stream_(std::move(stream)), task_(task) {}
  [[nodiscard]] Status Fill(std::size_t want);

  std::unique_ptr<ByteStream> stream_;
  ScanTask task_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;     // of what was not given out yet
  std::size_t filled_ = 0;    // of the buffer
  std::uint64_t offset_ = 0;  // of buffer_[0] in the plain file
  bool at_end_ = false;       // of the stream
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

 private:
  std::string_view block_;
  std::string_view separator_;
};

}  // namespace owlet::scan
