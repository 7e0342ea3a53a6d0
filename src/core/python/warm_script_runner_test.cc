#include "core/python/warm_script_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

namespace owlet::python {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::StartsWith;

/// What a script did, as its step would see it.
struct Ran {
  ProcessEnd end;
  std::string out;
  std::string err;
  bool operator==(const Ran&) const = default;
};
void PrintTo(const Ran& ran, std::ostream* stream) {
  *stream << "code " << ran.end.exit_code << " signal " << ran.end.signal << "\n--- stdout\n"
          << ran.out << "--- stderr\n"
          << ran.err;
}

/// With the Python of the set-up, which has PySpark.
class WarmScriptRunnerTest : public testing::Test {
 protected:
  WarmScriptRunnerTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "owlet-warm-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    std::filesystem::create_directory(folder_ / "work");
    cold_ = OpenCold();
    runner_ = std::make_unique<WarmScriptRunner>(OpenCold());
    runner_->Start();
    EXPECT_TRUE(runner_->WaitUntilWarm(seconds(100))) << Read(folder_ / "launcher/warm_driver.log");
  }
  ~WarmScriptRunnerTest() override {
    runner_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::unique_ptr<ProcessScriptRunner> OpenCold() const {
    auto cold = ProcessScriptRunner::Open(
        {.interpreter = OWLET_TEST_PYTHON, .folder = folder_ / "launcher"});
    EXPECT_TRUE(cold.has_value());
    return std::move(*cold);
  }
  static std::string Read(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }
  void Write(const std::filesystem::path& name, std::string_view text) const {
    std::filesystem::create_directories((folder_ / "work" / name).parent_path());
    std::ofstream(folder_ / "work" / name) << text;
  }

  /// A request for the script with that text; each has files of its own.
  ScriptRequest Request(std::string_view text, const std::string& name = "main") const {
    Write(name + ".py", text);
    return {.script = folder_ / "work" / (name + ".py"),
            .arguments = {"one", "two words"},
            .folder = folder_ / "work",
            .environment = {{"PATH", "/usr/bin:/bin"},
                            {"HOME", (folder_ / "work").string()},
                            {"LANG", "C.UTF-8"},
                            {"GREETING", "hello"}},
            .spark_settings = {{"spark.app.name", "a test"}},
            .stdout_file = folder_ / (name + ".out"),
            .stderr_file = folder_ / (name + ".err")};
  }
  static Ran RunWith(ScriptRunner& runner, const ScriptRequest& request,
                     std::stop_token stop = {}) {
    const auto end = runner.RunScript(request, std::move(stop));
    EXPECT_TRUE(end.has_value()) << end.error().message;
    return {.end = end.value_or(ProcessEnd{.exit_code = -1}),
            .out = Read(request.stdout_file),
            .err = Read(request.stderr_file)};
  }
  Ran Run(std::string_view text) const { return RunWith(*runner_, Request(text)); }
  /// A script that ran warm finds more imported than the few modules of a launcher.
  std::string HowItRuns(ScriptRequest request) const {
    Write(request.script.filename(), "import sys; print('pandas' in sys.modules)");
    return RunWith(*runner_, request).out == "True\n" ? "warm" : "cold";
  }

  std::filesystem::path folder_;
  std::unique_ptr<ProcessScriptRunner> cold_;
  std::unique_ptr<WarmScriptRunner> runner_;
};

constexpr std::string_view kSurroundings = R"(
import os, resource, signal, sys, threading
print(sys.argv, sys.orig_argv[1:], sys.path, __name__, __file__, sys.executable, sys.flags)
print(sorted(os.environ.items()), os.getcwd(), sorted(os.listdir('.')), oct(os.umask(0o22)))
print(os.getsid(0) == os.getpid() == os.getpgid(0), repr(sys.stdin.read()))
print([(number, signal.getsignal(number)) for number in sorted(signal.valid_signals())])
print(signal.pthread_sigmask(signal.SIG_BLOCK, []), threading.enumerate()[0].name, sys.getrecursionlimit())
print([resource.getrlimit(number) for number in range(15)])
print([(f.name, f.mode, f.encoding, f.errors, f.isatty(), f.line_buffering, f.write_through)
       for f in (sys.stdin, sys.stdout, sys.stderr)])
print(sorted(os.listdir('/proc/self/fd')), sys.warnoptions, globals().keys())
print([hex(int(line.split()[1], 16) & 0x7fffffff) for line in open('/proc/self/status') if line[:3] == 'Sig'
       and line[3] != 'Q'])  # signals 32 and 33 are the C library's own
)";

TEST_F(WarmScriptRunnerTest, AScriptSeesAndLeavesWhatAFreshInterpreterGives) {
  const std::vector<std::string_view> scripts = {
      kSurroundings,
      "print('fine')",
      "import sys\nprint('out', end='')\nsys.exit('a last word')",
      "import sys\nsys.exit(300)",
      "import sys\nsys.exit(None)",
      "def f():\n  raise ValueError('bad')\ntry:\n  f()\nexcept ValueError as e:\n  raise "
      "KeyError(1) from e",
      "x = (1,\n",
      "import nowhere_to_be_found",
      "import traceback\ndef f():\n  traceback.print_stack()\nf()",
      "import atexit, sys\nclass Bad:\n  def __call__(self): 1/0\n  __repr__ = lambda self: "
      "'bad'\natexit.register(print, 'at exit')\natexit.register(Bad())\n"
      "class A:\n  def __del__(self): print('del', self.n)\na = A(); a.n = 1\nsys.exit(4)",
      "import threading, time\ndef f():\n  time.sleep(0.2); print('thread')\n"
      "threading.Thread(target=f).start(); print('main')",
      "import threading\ndef f(): raise ValueError('in a thread')\nt = threading.Thread(target=f, "
      "name='t')\n"
      "t.start(); t.join()",
      "import os, signal\nprint('x'); os.kill(os.getpid(), signal.SIGTERM)",
      "import os\nprint('x', end=''); os._exit(9)",
      "import warnings, logging\nwarnings.warn('careful'); logging.warning('%d', 1); "
      "logging.info('no')",
      "def f(n): return f(n + 1)\nf(0)",
      "import sys\nsys.stdout.close()",
      "import sys\nsys.excepthook = lambda *a: print('mine', a[0])\nraise ValueError",
      "raise KeyboardInterrupt",
      "import os\nif os.fork() == 0:\n  print('child')\nelse:\n  os.wait(); print('parent')",
      "import multiprocessing as m\ndef f(x): return x * x\nif __name__ == '__main__':\n"
      "  print(m.get_context('spawn').Pool(2).map(f, range(5)), "
      "m.get_context('fork').Pool(2).map(f, [7]))",
      "import pickle, sys\nclass A: pass\nprint(pickle.loads(pickle.dumps(A())).__class__, "
      "sys.modules['__main__'])",
      "from pyspark.sql import SparkSession, functions as F\nfrom pyspark import SparkContext, "
      "SparkConf\n"
      "print(SparkContext(conf=SparkConf().setAppName('other')).getConf().get('spark.app.name'))\n"
      "print(SparkSession.builder._options, F.lit(1))",
      "from pyspark import SparkContext\nSparkContext().parallelize([1])",
      "import numpy, pandas, pyarrow\nprint(numpy.ones((3, 3)) @ numpy.ones((3, 3)))\n"
      "print(pyarrow.Table.from_pandas(pandas.DataFrame({'a': [1, 2]})).to_pandas())",
  };
  for (const std::string_view script : scripts) {
    const ScriptRequest request = Request(script);
    const Ran cold = RunWith(*cold_, request);
    Ran warm = RunWith(*runner_, request);
    EXPECT_EQ(warm, cold) << script;
  }
}

TEST_F(WarmScriptRunnerTest, NothingGoesFromOneScriptToTheNext) {
  // OWLET_WARM_SCRIPTS: 1,000 with `./x test --all`.
  const char* many = std::getenv("OWLET_WARM_SCRIPTS");
  const int scripts = many == nullptr ? 200 : std::atoi(many);
  constexpr std::string_view kScript = R"(
import builtins, json, os, signal, sys, tempfile
import numpy, pandas, pyspark.sql.connect.session as session
left = [hasattr(m, 'mark') for m in (builtins, sys, numpy, pandas, session, json)]
left += [os.environ.get('TRACE'), signal.getsignal(signal.SIGUSR1), sys.getrecursionlimit(), 'mark' in sys.modules]
left += [os.getcwd() == os.path.dirname(__file__), os.path.exists('/proc/self/fd/17'), tempfile.tempdir]
print(left, sys.argv[1:])
for m in (builtins, sys, numpy, pandas, session, json):
    m.mark = 1
os.environ['TRACE'] = '1'
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
sys.setrecursionlimit(5000)
sys.modules['mark'] = sys.modules.pop('pandas')
os.chdir('/'); os.dup2(1, 17); tempfile.tempdir = '/nowhere'; os.umask(0)
print(numpy.random.randint(1 << 60), file=sys.stderr)
)";
  std::set<std::string> random_numbers;
  std::string first;
  for (int i = 0; i < scripts; ++i) {
    const Ran ran = Run(kScript);
    ASSERT_TRUE(ran.end.Succeeded()) << testing::PrintToString(ran);
    if (i == 0) first = ran.out;
    ASSERT_EQ(ran.out, first) << i;
    random_numbers.insert(ran.err);
  }
  EXPECT_THAT(first,
              StartsWith("[False, False, False, False, False, False, None, <Handlers.SIG_DFL"));
  EXPECT_EQ(random_numbers.size(), static_cast<std::size_t>(scripts));
}

TEST_F(WarmScriptRunnerTest, AScriptThatBreaksThingsCostsOnlyItself) {
  std::jthread other([this] {
    const Ran ran =
        RunWith(*runner_, Request("import time\ntime.sleep(4)\nprint('unharmed')", "other"));
    EXPECT_TRUE(ran.end.Succeeded());
    EXPECT_EQ(ran.out, "unharmed\n");
  });
  const std::vector<std::pair<std::string_view, ProcessEnd>> scripts = {
      {"import os\nos._exit(7)", {.exit_code = 7}},
      {"import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nwhile True: pass",
       {.signal = SIGKILL}},
      {"import os, signal\nos.killpg(os.getpgid(os.getppid()), signal.SIGKILL)\nwhile True: pass",
       {.signal = SIGKILL}},
      {"import os\nos.closerange(0, 1000)", {.exit_code = 0}},
      {"import ctypes\nctypes.string_at(0)", {.signal = SIGSEGV}},
      {"import sys\nsys.modules.clear()", {.exit_code = 0}},
      {"import os\nfor _ in range(3): os.fork()\nos.abort()", {.signal = SIGABRT}},
  };
  for (const auto& [script, end] : scripts) {
    const Ran ran = Run(script);
    EXPECT_EQ(ran.end, end) << script << testing::PrintToString(ran);
    EXPECT_EQ(HowItRuns(Request("")), "warm") << script;
  }
}

TEST_F(WarmScriptRunnerTest, AWarmProcessThatIsKilledIsReplacedAndScriptsGoOn) {
  // The keeper's parent, named in its status; a script that runs meanwhile does not notice.
  std::jthread other([this] {
    EXPECT_EQ(
        RunWith(*runner_, Request("import time\ntime.sleep(2)\nprint('unharmed')", "other")).out,
        "unharmed\n");
  });
  const std::string kill_it = R"(
import os, re, signal, time
time.sleep(0.5)
warm = int(re.search(r'PPid:\s*(\d+)', open(f'/proc/{os.getppid()}/status').read())[1])
os.kill(warm, signal.SIGKILL)
print('done')
)";
  const Ran ran = Run(kill_it);
  EXPECT_TRUE(ran.end.Succeeded());
  EXPECT_EQ(ran.out, "done\n");
  other.join();
  ASSERT_TRUE(runner_->WaitUntilWarm(seconds(100)));
  EXPECT_EQ(HowItRuns(Request("")), "warm");
}

TEST_F(WarmScriptRunnerTest, AWarmProcessThatDoesNotAnswerIsReplaced) {
  const Ran ran = Run(R"(
import os, re, signal
warm = int(re.search(r'PPid:\s*(\d+)', open(f'/proc/{os.getppid()}/status').read())[1])
os.kill(warm, signal.SIGSTOP)
)");
  EXPECT_TRUE(ran.end.Succeeded());
  EXPECT_EQ(HowItRuns(Request("")), "cold");
  ASSERT_TRUE(runner_->WaitUntilWarm(seconds(100)));
  EXPECT_EQ(HowItRuns(Request("")), "warm");
}

TEST_F(WarmScriptRunnerTest, StopEndsTheScriptsGroupAfterItsGrace) {
  std::stop_source stop;
  std::jthread later([this, &stop] {
    while (Read(folder_ / "main.out").find("ready") == std::string::npos) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    stop.request_stop();
  });
  const Ran ran = RunWith(*runner_, Request(R"(
import os, signal, sys, time
if os.fork() == 0:
    time.sleep(1000)
signal.signal(signal.SIGTERM, lambda *_: sys.exit('asked to end'))
print('ready')
time.sleep(1000)
)"),
                          stop.get_token());
  EXPECT_EQ(ran.end, (ProcessEnd{.exit_code = 1, .cancelled = true}));
  EXPECT_EQ(ran.err, "asked to end\n");
  EXPECT_EQ(HowItRuns(Request("")), "warm");
}

TEST_F(WarmScriptRunnerTest, WhatIsReadAtImportOnlyGetsAFreshInterpreter) {
  EXPECT_EQ(HowItRuns(Request("")), "warm");
  for (const char* name : {"PYTHONHASHSEED", "PYTHONWARNINGS", "OMP_NUM_THREADS", "LD_LIBRARY_PATH",
                           "SPARK_TESTING", "LC_ALL", "GRPC_VERBOSITY"}) {
    ScriptRequest request = Request("");
    request.environment[name] = name == std::string_view("PYTHONWARNINGS") ? "error" : "1";
    EXPECT_EQ(HowItRuns(request), "cold") << name;
  }
  ScriptRequest request = Request("");
  request.environment["AWS_REGION"] = "eu-west-1";
  request.environment["TZ"] = "Europe/Berlin";
  EXPECT_EQ(HowItRuns(request), "warm");
}

TEST_F(WarmScriptRunnerTest, ModulesThatAScriptBringsAreItsOwn) {
  Write("packages/first.py", "NAME = 'first'");
  ScriptRequest request = Request("import first, sys\nprint(first.NAME, sys.path[:2])");
  request.environment["PYTHONPATH"] = (folder_ / "work/packages").string();
  const Ran warm = RunWith(*runner_, request);
  EXPECT_EQ(warm, RunWith(*cold_, request));
  EXPECT_THAT(warm.out, StartsWith("first "));
  EXPECT_EQ(HowItRuns(request), "warm");
  Write("packages/pandas/other.py", "");  // no package: it hides nothing
  EXPECT_EQ(HowItRuns(request), "warm");
  Write("packages/pandas/__init__.py", "NAME = 'my own'");
  EXPECT_EQ(RunWith(*runner_, Request("import pandas\nprint(pandas.__file__)")).end.exit_code, 0);
  request = Request("import pandas\nprint(pandas.NAME)");
  request.environment["PYTHONPATH"] = (folder_ / "work/packages").string();
  EXPECT_EQ(RunWith(*runner_, request).out, "my own\n");
  Write("dateutil.py", "NAME = 'beside the script'");
  EXPECT_EQ(Run("import dateutil\nprint(dateutil.NAME)").out, "beside the script\n");
}

TEST_F(WarmScriptRunnerTest, ItsEndEndsTheWarmProcess) {
  const Ran ran =
      Run("import os, re\n"
          "print(re.search(r'PPid:\\s*(\\d+)', open(f'/proc/{os.getppid()}/status').read())[1])");
  const pid_t warm = std::atoi(ran.out.c_str());
  ASSERT_GT(warm, 1);
  EXPECT_EQ(kill(warm, 0), 0);
  runner_.reset();
  EXPECT_EQ(kill(warm, 0), -1);
}

TEST(WarmScriptRunnerWithoutPySparkTest, ScriptsRunCold) {
  std::string pattern = (std::filesystem::temp_directory_path() / "owlet-warm-XXXXXX").string();
  const std::filesystem::path folder = mkdtemp(pattern.data());
  std::ofstream(folder / "python") << "#!/bin/sh\nexec /usr/bin/python3 -I -S \"$@\"\n";
  std::filesystem::permissions(folder / "python", std::filesystem::perms::owner_all);
  {
    auto cold = ProcessScriptRunner::Open(
        {.interpreter = (folder / "python").string(), .folder = folder / "launcher"});
    ASSERT_TRUE(cold.has_value());
    WarmScriptRunner runner(std::move(*cold));
    runner.Start();
    EXPECT_FALSE(runner.WaitUntilWarm(seconds(100)));
    std::ofstream(folder / "main.py") << "print(1)";
    const auto end = runner.RunScript({.script = folder / "main.py",
                                       .folder = folder,
                                       .environment = {{"LANG", "C.UTF-8"}},
                                       .stdout_file = folder / "out",
                                       .stderr_file = folder / "err"},
                                      {});
    ASSERT_TRUE(end.has_value());
    EXPECT_TRUE(end->Succeeded());
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace owlet::python
