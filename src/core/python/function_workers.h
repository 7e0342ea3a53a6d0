#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_descriptor.h"
#include "base/mutex.h"
#include "base/result.h"

namespace owlet::python {

/// A user's function, as a worker is told it.
struct UserFunction {
  std::string description;  // JSON: kind, result, inputs, names, zone (function_worker.py: About)
  std::string command;      // the cloudpickle that the client sent
};

/// A Python process that computes users' functions (function_worker.py). One thread at a time.
/// Whoever holds it has it alone; ended when it is destroyed.
class FunctionWorker {
 public:
  /// Asked now and then while a call runs; true ends the call and the process.
  using Cancelled = std::function<bool()>;

  FunctionWorker(pid_t process, FileDescriptor line) : process_(process), line_(std::move(line)) {}
  ~FunctionWorker();
  FunctionWorker(const FunctionWorker&) = delete;
  FunctionWorker& operator=(const FunctionWorker&) = delete;

  /// Makes the function known and gives its number here. kPythonError: it cannot be read, with
  /// Python's traceback as the message.
  [[nodiscard]] Result<std::uint32_t> Load(const UserFunction& function,
                                           const Cancelled& cancelled);
  /// Arguments as an Arrow stream; the results as one. kPythonError with the traceback of what the
  /// function raised; kCancelled; kExecutionError: the process ended.
  [[nodiscard]] Result<std::string> Call(std::uint32_t number, std::string_view arguments,
                                         const Cancelled& cancelled);
  void Forget(std::uint32_t number);
  /// Whether it can take another call.
  [[nodiscard]] bool usable() const { return usable_; }

 private:
  [[nodiscard]] Status Send(char kind, std::string_view head, std::string_view body,
                            const Cancelled& cancelled);
  [[nodiscard]] Result<std::string> Receive(std::size_t size, const Cancelled& cancelled);
  [[nodiscard]] Result<std::string> Answer(const Cancelled& cancelled);
  /// Until the line can be read or written.
  [[nodiscard]] Status Wait(short events, const Cancelled& cancelled);
  [[nodiscard]] std::unexpected<Error> Broken();

  const pid_t process_;
  const FileDescriptor line_;
  std::uint32_t next_number_ = 1;
  bool usable_ = true;
};

/// Keeps workers: a statement takes as many as it has threads that call functions, and gives them
/// back for the next one; a few are kept for a minute. Thread-safe.
class FunctionWorkers {
 public:
  struct Options {
    std::string interpreter = "python3";  // a path, or a name looked for on PATH
    std::filesystem::path folder;         // where the worker's source is put; made when absent
  };
  [[nodiscard]] static Result<std::shared_ptr<FunctionWorkers>> Open(Options options);

  /// kEntityNotFound: no such interpreter; kOverloaded.
  [[nodiscard]] Result<std::unique_ptr<FunctionWorker>> Take() EXCLUDES(mutex_);
  void GiveBack(std::unique_ptr<FunctionWorker> worker) EXCLUDES(mutex_);

 private:
  struct Idle {
    std::unique_ptr<FunctionWorker> worker;
    std::chrono::steady_clock::time_point since;
  };
  explicit FunctionWorkers(Options options) : options_(std::move(options)) {}
  void DropOld() REQUIRES(mutex_);

  const Options options_;
  Mutex mutex_;
  std::vector<Idle> idle_ GUARDED_BY(mutex_);
};

}  // namespace owlet::python
