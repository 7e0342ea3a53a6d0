#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>

#include "store_workload.h"
#include "strict_disk.h"

namespace owlet::fault {
namespace {

namespace fs = std::filesystem;

std::uint32_t Rounds(std::uint32_t otherwise) {
  const char* given = std::getenv("OWLET_FAULT_ROUNDS");
  return given ? static_cast<std::uint32_t>(std::stoul(given)) : otherwise;
}

class StoreFaultTest : public testing::Test {
 protected:
  StoreFaultTest()
      : folder_(fs::temp_directory_path() /
                ("owlet-fault-" + std::to_string(getpid()) + "-" +
                 testing::UnitTest::GetInstance()->current_test_info()->name())) {
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "data");
  }
  ~StoreFaultTest() override { fs::remove_all(folder_); }

  /// Lets a child work on data/ for a moment of random length, then kills it.
  template <class Before>
  void WorkAndDie(std::uint32_t round, int shortest_ms, Before&& before) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      before();
      OpenStore store(folder_ / "data");
      PrepareBucket(store);
      RunWorkload(store, folder_ / "log", round);
    }
    std::mt19937 random(round);
    std::this_thread::sleep_for(
        std::chrono::milliseconds(shortest_ms + static_cast<int>(random() % 120)));
    ASSERT_EQ(kill(child, SIGKILL), 0);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
        << "the child ended by itself: " << status;
  }

  fs::path folder_;
};

TEST_F(StoreFaultTest, AKillLosesNothingAcknowledgedAndShowsNothingTorn) {
  std::size_t acknowledged = 0;
  for (std::uint32_t round = 1; round <= Rounds(50); ++round) {
    WorkAndDie(round, 60, [] {});
    OpenStore store(folder_ / "data");
    PrepareBucket(store);
    acknowledged = VerifyWorkload(store, folder_ / "log");
    ASSERT_FALSE(HasFailure()) << "in round " << round;
  }
  EXPECT_GT(acknowledged, 50U);
}

TEST_F(StoreFaultTest, ADiskThatLosesWhatWasNotSyncedLosesNothingAcknowledged) {
  std::size_t acknowledged = 0;
  for (std::uint32_t round = 1; round <= Rounds(10); ++round) {
    const fs::path data = folder_ / "data";
    const fs::path notes = folder_ / "notes";
    // Each round starts from nothing: what the notes know is all that the disk has.
    fs::remove_all(data);
    fs::remove_all(notes);
    fs::remove(folder_ / "log");
    fs::create_directories(data);
    // Long enough for the notes, which cost more than the syncs themselves.
    WorkAndDie(round, 700, [&] { RecordSyncs(data, notes); });
    const fs::path disk = folder_ / "disk";
    fs::remove_all(disk);
    RebuildDisk(data, notes, disk);
    OpenStore store(disk);
    PrepareBucket(store);
    acknowledged += VerifyWorkload(store, folder_ / "log");
    ASSERT_FALSE(HasFailure()) << "in round " << round;
  }
  EXPECT_GT(acknowledged, 10U);
}

}  // namespace
}  // namespace owlet::fault
