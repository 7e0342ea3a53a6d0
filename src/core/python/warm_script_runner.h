#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <optional>
#include <stop_token>
#include <thread>

#include "base/file_descriptor.h"
#include "base/mutex.h"
#include "core/python/script_runner.h"

namespace owlet::python {

/// Each script in a process forked from one that has imported PySpark (warm_driver.py): 5 ms in
/// place of the import's 0.7 s. To the script all is as in a fresh interpreter. A script gets a
/// fresh one where the difference could be seen: its environment sets what Python and its libraries
/// read at import only, it brings modules under the names of imported ones, or no warm process is
/// there.
///
/// The warm process is started by Start, ends with this object or with the server however that
/// ends, and is started again when it dies. A script cannot reach another one through it: see
/// warm_driver.py. Thread-safe.
class WarmScriptRunner final : public ScriptRunner {
 public:
  explicit WarmScriptRunner(std::unique_ptr<ProcessScriptRunner> cold);
  ~WarmScriptRunner() override;
  WarmScriptRunner(const WarmScriptRunner&) = delete;
  WarmScriptRunner& operator=(const WarmScriptRunner&) = delete;

  /// Starts the warm process and keeps one from now on; returns at once. Without it all is cold.
  void Start() EXCLUDES(mutex_);
  /// Whether a script would find it warm now, or within that time.
  [[nodiscard]] bool WaitUntilWarm(std::chrono::milliseconds patience) EXCLUDES(mutex_);

  /// Waits for the script's end; see RunProcess.
  [[nodiscard]] Result<ProcessEnd> RunScript(const ScriptRequest& request,
                                             std::stop_token stop) override;
  [[nodiscard]] Result<ProcessEnd> RunCommand(const ProcessRequest& request,
                                              std::stop_token stop) override;

 private:
  enum class State { kNone, kStarting, kWarm };

  /// The thread that keeps a warm process.
  void Keep(const std::stop_token& stop) EXCLUDES(mutex_);
  /// Starts one and waits for its end, or `stop`'s; whether it had been warm.
  [[nodiscard]] Result<bool> KeepOne(const std::stop_token& stop) EXCLUDES(mutex_);
  /// For the states without a process to talk to.
  void Become(State state) EXCLUDES(mutex_);

  /// Asks for a process for the script: the line to its keeper, or none when it is to run cold.
  [[nodiscard]] std::optional<FileDescriptor> AskForProcess(const ScriptRequest& request)
      EXCLUDES(mutex_);
  /// Hands the warm process the open files of a request; false when there is none.
  [[nodiscard]] bool Send(const FileDescriptor& request, const FileDescriptor& out,
                          const FileDescriptor& err, const FileDescriptor& line) EXCLUDES(mutex_);
  /// It does not answer: it is ended, and another one started.
  void GiveUpOnProcess() EXCLUDES(mutex_);

  const std::unique_ptr<ProcessScriptRunner> cold_;
  const FileDescriptor wake_;  // readable once the keeping thread is to stop

  Mutex mutex_;
  std::condition_variable changed_;
  State state_ GUARDED_BY(mutex_) = State::kNone;
  FileDescriptor control_ GUARDED_BY(mutex_);  // to the warm process, while there is one
  pid_t process_ GUARDED_BY(mutex_) = -1;      // likewise
  std::jthread keeper_;
};

}  // namespace owlet::python
