#include "core/scan/block_queue.h"

#include <algorithm>

#include "core/scan/column_cache.h"

namespace owlet::scan {

namespace {

constexpr int kBlockBits = 20;  // of an order: the block's number within its task
// Who keeps rows by their order has something to do for each; blocks in a row can have one.
constexpr std::uint64_t kLongestRun = 32;

// Line ends are found from any place in a file; other separators are counted from its beginning.
bool CanBeCut(const BlockQueue::Form& form) {
  return form.records_are_lines && !form.whole_files &&
         (form.separator.empty() || form.separator == "\n");
}

}  // namespace

/// A task that was begun.
struct OpenTask {
  OpenTask(std::size_t task_number, const ScanTask& scan_task)
      : number(task_number), task(scan_task) {}

  const std::size_t number;
  const ScanTask task;
  Mutex mutex;
  std::optional<LineBlocks> blocks GUARDED_BY(mutex);
  std::uint64_t given GUARDED_BY(mutex) = 0;
  const void* last_reader GUARDED_BY(mutex) = nullptr;
  std::uint64_t run GUARDED_BY(mutex) = 0;  // the first of the blocks that it took in a row
  std::uint64_t end GUARDED_BY(mutex) = 0;  // of the blocks that were given
  bool done GUARDED_BY(mutex) = false;
};

BlockQueue::BlockQueue(const std::vector<InputFile>& files, Form form)
    : files_(files),
      form_(std::move(form)),
      tasks_(PlanTasks(files, CanBeCut(form_), kCutBySize)) {}

BlockQueue::~BlockQueue() = default;

bool BlockQueue::CanBeShared(const ScanTask& task) const {
  return form_.records_are_lines && !form_.whole_files && form_.shared && task.whole &&
         !task.cached();
}

std::size_t BlockQueue::MostThreads() const {
  // Beside the one that decompresses, this many can parse.
  constexpr std::size_t kHelpers = 3;
  std::size_t shared = 0;
  for (const ScanTask& task : tasks_) shared += CanBeShared(task) ? 1 : 0;
  return std::max<std::size_t>(tasks_.size() + kHelpers * shared, 1);
}

std::shared_ptr<OpenTask> BlockQueue::Take(std::size_t number) {
  if (next_ < tasks_.size()) {
    const std::size_t next = next_++;
    if (next < tasks_.size()) {
      auto task = std::make_shared<OpenTask>(next, tasks_[next]);
      if (CanBeShared(tasks_[next])) {
        MutexLock lock(mutex_);
        shared_.push_back(task);
      }
      return task;
    }
  }
  MutexLock lock(mutex_);
  const auto found = std::find_if(shared_.begin(), shared_.end(),
                                  [number](const auto& task) { return task->number >= number; });
  return found == shared_.end() ? nullptr : *found;
}

void BlockQueue::Drop(const std::shared_ptr<OpenTask>& task) {
  MutexLock lock(mutex_);
  std::erase(shared_, task);
}

/// The next of a task's cached blocks; one thread has them all.
bool BlockQueue::Reader::TakeCached(Block& block) {
  MutexLock lock(task_->mutex);
  const std::size_t next = task_->task.first_block + task_->given;
  if (next == task_->task.end_block) return false;
  ++task_->given;
  block.cached = &queue_.files_[block.file].cached->blocks[next];
  block.begin = block.cached->place.begin;
  block.end = block.cached->place.end;
  block.order = std::uint64_t{task_->number} << kBlockBits;
  return true;
}

Result<std::optional<BlockQueue::Block>> BlockQueue::Reader::Next() {
  for (;;) {
    if (!task_) {
      task_ = queue_.Take(number_);
      if (!task_) return std::optional<Block>();
      number_ = task_->number;
    }
    Block block;
    block.file = task_->task.file;
    if (task_->task.cached() && TakeCached(block)) return std::optional(std::move(block));
    if (!task_->task.cached()) {
      MutexLock lock(task_->mutex);
      if (!task_->done && !task_->blocks) {
        task_->done = true;  // unless it opens
        OWLET_TRY(task_->blocks,
                  LineBlocks::Open(queue_.files_[block.file], task_->task, queue_.form_.separator));
        task_->done = false;
      }
      if (!task_->done) {
        std::optional<LineBlock> lines;
        if (queue_.form_.records_are_lines) {
          OWLET_TRY(lines, task_->blocks->Next());
        } else if (task_->given == 0) {
          OWLET_TRY(lines, task_->blocks->Rest());
        }
        if (lines) {
          static_cast<LineBlock&>(block) = *std::move(lines);
          block.version = task_->blocks->version();
          block.begins_task = task_->given == 0;
          block.begins_file = block.begins_task && task_->task.begin == 0;
          if (task_->last_reader != this || task_->given - task_->run >= kLongestRun) {
            task_->run = task_->given;
            task_->last_reader = this;
          }
          ++task_->given;
          task_->end = block.end;
          block.order = (std::uint64_t{task_->number} << kBlockBits) + task_->run;
          return std::optional(std::move(block));
        }
        // Whoever meets it there for the first time says where a compressed file ends.
        if (!task_->done && task_->task.whole && task_->blocks && queue_.form_.at_end) {
          queue_.form_.at_end(block.file, task_->blocks->version(), task_->end);
        }
        task_->done = true;
        task_->blocks.reset();
      }
    }
    queue_.Drop(task_);
    task_.reset();
  }
}

}  // namespace owlet::scan
