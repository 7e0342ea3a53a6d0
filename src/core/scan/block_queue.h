#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "core/scan/byte_source.h"
#include "core/scan/record_reader.h"

namespace owlet::scan {

struct OpenTask;  // block_queue.cc
class CachedBlock;

/// Feeds the blocks of many files to many threads: ranges of plain files, whole compressed files.
/// A compressed file has one reader at a time, but a thread that finds no file of its own takes the
/// next block of one that others read: while it parses, they decompress. Thread-safe; memory: each
/// thread's block, and one buffer an open file.
class BlockQueue {
 public:
  struct Form {
    bool records_are_lines = true;  // else a block is a whole file
    std::string separator;          // of records, as LineBlocks takes it
    bool whole_files = false;       // one thread needs the lines of a file from first to last
    bool shared = true;             // a task's blocks may go to several threads
    /// Told where the plain bytes of a compressed file end; may be called by any thread.
    std::function<void(std::size_t file, std::uint64_t version, std::uint64_t end)> at_end;
  };

  /// `files` must outlive the queue.
  BlockQueue(const std::vector<InputFile>& files, Form form);
  ~BlockQueue();

  struct Block : LineBlock {
    std::size_t file = 0;
    /// Of two blocks the one with the smaller order comes first in the files; blocks that one
    /// reader took in a row may have the same. Below 2^43.
    std::uint64_t order = 0;
    bool begins_file = false;
    bool begins_task = false;
    std::uint64_t version = 0;            // of the file that was opened
    const CachedBlock* cached = nullptr;  // its columns: then there is no text
  };

  /// One thread's end of the queue.
  class Reader {
   public:
    explicit Reader(BlockQueue& queue) : queue_(queue) {}
    /// Nothing when all is read. The orders never fall.
    [[nodiscard]] Result<std::optional<Block>> Next();

   private:
    [[nodiscard]] bool TakeCached(Block& block);

    BlockQueue& queue_;
    std::shared_ptr<OpenTask> task_;
    std::size_t number_ = 0;  // of the last task
  };

  /// How many threads can find something to do.
  [[nodiscard]] std::size_t MostThreads() const;

 private:
  friend class Reader;
  /// The next task that nobody has begun, else one that can be shared, no earlier than `number`;
  /// null when there is none.
  [[nodiscard]] std::shared_ptr<OpenTask> Take(std::size_t number);
  void Drop(const std::shared_ptr<OpenTask>& task);
  [[nodiscard]] bool CanBeShared(const ScanTask& task) const;

  const std::vector<InputFile>& files_;
  const Form form_;
  std::vector<ScanTask> tasks_;
  std::atomic<std::size_t> next_ = 0;
  Mutex mutex_;
  std::vector<std::shared_ptr<OpenTask>> shared_ GUARDED_BY(mutex_);
};

}  // namespace owlet::scan
