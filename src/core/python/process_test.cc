#include "core/python/process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>

#include "core/python/script_runner.h"

namespace owlet::python {
namespace {

using testing::HasSubstr;

class ProcessTest : public testing::Test {
 protected:
  ProcessTest() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "owlet-process-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~ProcessTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  ProcessRequest Command(std::vector<std::string> words) const {
    return {.command = std::move(words),
            .folder = folder_,
            .environment = {{"PATH", "/usr/local/bin:/usr/bin:/bin"}, {"GREETING", "hello"}},
            .stdout_file = folder_ / "stdout",
            .stderr_file = folder_ / "stderr",
            .grace = std::chrono::milliseconds(200)};
  }
  std::string Read(std::string_view name) const {
    std::ifstream file(folder_ / name);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }
  void Write(std::string_view name, std::string_view text) const {
    std::ofstream(folder_ / name) << text;
  }

  std::filesystem::path folder_;
};

TEST_F(ProcessTest, GivesOutputExitCodeAndItsOwnEnvironment) {
  setenv("OWLET_TEST_SECRET", "secret", 1);
  const auto end = RunProcess(
      Command({"bash", "-c", "pwd; echo $GREETING$OWLET_TEST_SECRET; echo bad >&2; cat; exit 3"}),
      {});
  ASSERT_TRUE(end.has_value()) << end.error().message;
  EXPECT_EQ(*end, (ProcessEnd{.exit_code = 3}));
  EXPECT_EQ(Read("stdout"), std::filesystem::canonical(folder_).string() + "\nhello\n");
  EXPECT_EQ(Read("stderr"), "bad\n");
}

TEST_F(ProcessTest, NamesThePartThatIsMissing) {
  EXPECT_EQ(RunProcess(Command({"no-such-program"}), {}).error().message,
            "no-such-program: command not found");
  EXPECT_EQ(RunProcess(Command({"./no-such-program"}), {}).error().reason, Reason::kEntityNotFound);
  ProcessRequest elsewhere = Command({"true"});
  elsewhere.folder = folder_ / "nowhere";
  EXPECT_EQ(RunProcess(elsewhere, {}).error().reason, Reason::kInvalidArgument);
}

TEST_F(ProcessTest, ReportsTheSignal) {
  const auto end = RunProcess(Command({"bash", "-c", "kill -9 $$"}), {});
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(*end, (ProcessEnd{.signal = SIGKILL}));
}

TEST_F(ProcessTest, CancelKillsTheWholeGroup) {
  std::stop_source stop;
  Result<ProcessEnd> end;
  std::thread runner([&] {
    // Neither minds SIGTERM; the child would write its file a second later.
    end = RunProcess(Command({"bash", "-c",
                              "trap '' TERM; (trap '' TERM; sleep 1; touch late) & "
                              "touch started; while true; do sleep 0.1; done"}),
                     stop.get_token());
  });
  while (!std::filesystem::exists(folder_ / "started")) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  stop.request_stop();
  runner.join();
  ASSERT_TRUE(end.has_value());
  EXPECT_TRUE(end->cancelled);
  EXPECT_EQ(end->signal, SIGKILL);
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "late"));
}

TEST_F(ProcessTest, EndsWhatAProgramLeftBehind) {
  const auto started = std::chrono::steady_clock::now();
  const auto end = RunProcess(Command({"bash", "-c", "sleep 30 & exit 0"}), {});
  ASSERT_TRUE(end.has_value());
  EXPECT_TRUE(end->Succeeded());
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(20));
}

class ScriptTest : public ProcessTest {
 protected:
  ProcessEnd Run(std::string_view script, std::vector<std::string> arguments = {}) {
    Write("main.py", script);
    auto runner = ProcessScriptRunner::Open({.folder = folder_ / "python"});
    EXPECT_TRUE(runner.has_value());
    const auto end =
        (*runner)->RunScript({.script = folder_ / "main.py",
                              .arguments = std::move(arguments),
                              .folder = folder_,
                              .environment = {{"PATH", "/usr/local/bin:/usr/bin:/bin"}},
                              .spark_settings = {{"spark.app.name", "named"}},
                              .stdout_file = folder_ / "stdout",
                              .stderr_file = folder_ / "stderr"},
                             {});
    EXPECT_TRUE(end.has_value());
    return end.value_or(ProcessEnd{.exit_code = -1});
  }
};

TEST_F(ScriptTest, RunsAsPlainPythonWould) {
  const ProcessEnd end =
      Run("import os, sys\n"
          "print(__name__, sys.argv[1:], sys.path[0] == os.path.dirname(__file__))\n"
          "print([name for name in os.environ if 'OWLET' in name])\n"
          "import __main__; print(__main__.os is os)\n",
          {"a b", "--c"});
  EXPECT_TRUE(end.Succeeded()) << Read("stderr");
  EXPECT_EQ(Read("stdout"), "__main__ ['a b', '--c'] True\n[]\nTrue\n");
}

TEST_F(ScriptTest, ExitCodesAreTheScripts) {
  EXPECT_EQ(Run("import sys\nsys.exit(7)\n").exit_code, 7);
  EXPECT_EQ(Run("import sys\nsys.exit('words')\n").exit_code, 1);
  EXPECT_EQ(Read("stderr"), "words\n");
  EXPECT_EQ(Run("raise SystemExit\n").exit_code, 0);
}

TEST_F(ScriptTest, TracebacksShowTheScriptAlone) {
  EXPECT_EQ(Run("def f():\n    raise ValueError('boom')\nf()\n").exit_code, 1);
  const std::string main = (folder_ / "main.py").string();
  EXPECT_EQ(Read("stderr").substr(0, Read("stderr").find('\n', 40)),
            "Traceback (most recent call last):\n  File \"" + main + "\", line 3, in <module>");
  EXPECT_THAT(Read("stderr"), HasSubstr("ValueError: boom\n"));
  EXPECT_THAT(Read("stderr"), Not(HasSubstr("launcher")));
  EXPECT_EQ(Run("x = (\n").exit_code, 1);
  EXPECT_THAT(Read("stderr"), HasSubstr("SyntaxError"));
  EXPECT_THAT(Read("stderr"), Not(HasSubstr("launcher")));
}

TEST_F(ScriptTest, ThreadsAndExitHandlersEndAsUsual) {
  const ProcessEnd end =
      Run("import atexit, threading, time\n"
          "atexit.register(print, 'goodbye')\n"
          "threading.Thread(target=lambda: (time.sleep(0.1), print('thread'))).start()\n");
  EXPECT_TRUE(end.Succeeded());
  EXPECT_EQ(Read("stdout"), "thread\ngoodbye\n");
}

}  // namespace
}  // namespace owlet::python
