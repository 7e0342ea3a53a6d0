#include "core/python/function_workers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

namespace owlet::python {
namespace {

using testing::HasSubstr;

class FunctionWorkersTest : public testing::Test {
 protected:
  FunctionWorkersTest() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "owlet-functions-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~FunctionWorkersTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  // The pickle of builtins.abs, and of a name that is not there.
  static constexpr const char* kAbs = "cbuiltins\nabs\n.";
  static constexpr const char* kMissing = "cbuiltins\nno_such_function\n.";
  static UserFunction Function(std::string command) {
    return {R"({"kind":101,"result":"\"long\"","inputs":["\"long\""],"names":[""],"zone":"UTC"})",
            std::move(command)};
  }

  std::filesystem::path folder_;
};

TEST_F(FunctionWorkersTest, LoadsFunctionsAndIsTakenAgain) {
  auto workers = FunctionWorkers::Open({.interpreter = OWLET_TEST_PYTHON, .folder = folder_});
  ASSERT_TRUE(workers.has_value()) << workers.error().message;
  auto worker = (*workers)->Take();
  ASSERT_TRUE(worker.has_value()) << worker.error().message;
  const FunctionWorker* first = worker->get();
  const auto loaded = (*worker)->Load(Function(kAbs), {});
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
  (*worker)->Forget(*loaded);
  (*workers)->GiveBack(std::move(*worker));
  const auto again = (*workers)->Take();
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->get(), first);
}

TEST_F(FunctionWorkersTest, SaysWhyAFunctionCannotBeRead) {
  auto workers = FunctionWorkers::Open({.interpreter = OWLET_TEST_PYTHON, .folder = folder_});
  ASSERT_TRUE(workers.has_value()) << workers.error().message;
  auto worker = (*workers)->Take();
  ASSERT_TRUE(worker.has_value()) << worker.error().message;
  const auto loaded = (*worker)->Load(Function(kMissing), {});
  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(loaded.error().reason, Reason::kPythonError);
  EXPECT_THAT(loaded.error().message, HasSubstr("no_such_function"));
  EXPECT_TRUE((*worker)->usable());
}

TEST_F(FunctionWorkersTest, EndsACallThatIsCancelled) {
  auto workers = FunctionWorkers::Open({.interpreter = OWLET_TEST_PYTHON, .folder = folder_});
  ASSERT_TRUE(workers.has_value()) << workers.error().message;
  auto worker = (*workers)->Take();
  ASSERT_TRUE(worker.has_value()) << worker.error().message;
  const auto loaded = (*worker)->Load(Function(kAbs), [] { return true; });
  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(loaded.error().reason, Reason::kCancelled);
  EXPECT_FALSE((*worker)->usable());
}

TEST_F(FunctionWorkersTest, NamesAnInterpreterThatIsNotThere) {
  auto workers = FunctionWorkers::Open({.interpreter = "/no/such/python", .folder = folder_});
  ASSERT_TRUE(workers.has_value()) << workers.error().message;
  const auto worker = (*workers)->Take();
  ASSERT_FALSE(worker.has_value());
  EXPECT_EQ(worker.error().reason, Reason::kEntityNotFound);
}

}  // namespace
}  // namespace owlet::python
