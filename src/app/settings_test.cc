#include "app/settings.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>

namespace owlet::app {
namespace {

/// A file of this process alone: ctest runs every test in a process of its own, side by side.
std::filesystem::path WriteConfig(const std::string& text) {
  const auto file = std::filesystem::path(testing::TempDir()) /
                    ("owlet-settings-" + std::to_string(getpid()) + ".toml");
  std::ofstream(file) << text;
  return file;
}

TEST(Settings, TheEnvironmentIsStrongerThanTheFile) {
  const auto file =
      WriteConfig("region = \"eu-central-1\"\nthreads = 3\nmemory_limit = \"2GiB\"\n");
  setenv("OWLET_REGION", "eu-west-1", 1);
  const auto settings = LoadSettings(file);
  unsetenv("OWLET_REGION");
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->region, "eu-west-1");
  EXPECT_EQ(settings->threads, 3);
  EXPECT_EQ(settings->memory_limit_bytes, 2ULL << 30);
  EXPECT_EQ(settings->listen, "127.0.0.1:9000");
}

TEST(Settings, NamesWhatIsWrongAndWhere) {
  const auto unknown = LoadSettings(WriteConfig("regoin = \"x\"\n"));
  ASSERT_FALSE(unknown);
  EXPECT_NE(unknown.error().message.find("regoin"), std::string::npos);
  const auto broken = LoadSettings(WriteConfig("region = \n"));
  ASSERT_FALSE(broken);
  EXPECT_NE(broken.error().message.find(":1:"), std::string::npos) << broken.error().message;
  EXPECT_FALSE(LoadSettings(WriteConfig("threads = \"many\"\n")));
}

TEST(Settings, RefusesValuesThatNothingCanBeDoneWith) {
  for (const char* line :
       {"threads = -1", "threads = 100000", "region = \"\"", "region = \"a b\"", "account = 12",
        "account = \"12345678901x\"", "memory_limit = \"1KB\"", "listen = \"foo:1\"",
        "memory_limit = \"99999999999999999GB\"", "listen = \"127.0.0.1\"", "data = \"\""}) {
    const auto settings = LoadSettings(WriteConfig(std::string(line) + "\n"));
    ASSERT_FALSE(settings) << line;
    EXPECT_EQ(settings.error().reason, Reason::kInvalidArgument) << line;
  }
  EXPECT_FALSE(LoadSettings(std::filesystem::path(testing::TempDir())));
  const auto missing = LoadSettings("no/such/file.toml");
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("no/such/file.toml: No such file"), std::string::npos)
      << missing.error().message;
}

TEST(Settings, HaveAFlagAndAVariableOfTheirName) {
  const auto entries = SettingEntries();
  const auto found = std::ranges::find_if(
      entries, [](const SettingEntry& entry) { return entry.flag() == "--spark-listen"; });
  ASSERT_NE(found, entries.end());
  EXPECT_EQ(found->variable(), "OWLET_SPARK_LISTEN");
}

TEST(Settings, ServesOtherMachinesOnlyWhenAsked) {
  Settings settings;
  EXPECT_TRUE(CheckSettings(settings));
  settings.listen = "0.0.0.0:9000";
  EXPECT_FALSE(CheckSettings(settings));
  settings.allow_remote = true;
  EXPECT_TRUE(CheckSettings(settings));
  settings.anonymous = true;
  EXPECT_FALSE(CheckSettings(settings));
}

TEST(Settings, ReadsAddressesAndSizes) {
  EXPECT_EQ(SplitAddress("[::1]:9000")->first, "::1");
  EXPECT_EQ(JoinAddress("::1", 9000), "[::1]:9000");
  EXPECT_EQ(SplitAddress("localhost:1")->second, 1);
  EXPECT_FALSE(SplitAddress("9000"));
  EXPECT_FALSE(SplitAddress("127.0.0.1:99999"));
  EXPECT_EQ(*ParseSize("4GB"), 4'000'000'000u);
  EXPECT_FALSE(ParseSize("4 GB"));
}

}  // namespace
}  // namespace owlet::app
