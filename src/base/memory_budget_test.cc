#include "base/memory_budget.h"

#include <gtest/gtest.h>

namespace owlet {
namespace {

constexpr std::uint64_t kMegabyte = 1ULL << 20;

TEST(MemoryBudget, SharesAreWithinTheWhole) {
  const MemoryBudget budget(1000 * kMegabyte);
  std::uint64_t sum = 0;
  for (int i = 0; i < kMemoryShares; ++i) sum += budget.limit(static_cast<MemoryShare>(i));
  EXPECT_LE(sum, budget.limit());
  EXPECT_GT(budget.limit(MemoryShare::kEngine), budget.limit(MemoryShare::kIndex));
}

TEST(MemoryBudget, RefusesWhatDoesNotFitAndGetsBackWhatEnds) {
  MemoryBudget budget(100 * kMegabyte);
  const std::uint64_t limit = budget.limit(MemoryShare::kReplay);
  {
    auto first = budget.Reserve(MemoryShare::kReplay, limit - 10);
    ASSERT_TRUE(first);
    const auto second = budget.Reserve(MemoryShare::kReplay, 11);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().reason, Reason::kOutOfMemory);
    EXPECT_TRUE(first->Resize(limit));
    EXPECT_FALSE(first->Resize(limit + 1));
    EXPECT_EQ(budget.used(MemoryShare::kReplay), limit);
    // Other shares are others' business.
    EXPECT_TRUE(budget.Reserve(MemoryShare::kUploads, 1));
    MemoryBudget::Reservation moved = std::move(*first);
    EXPECT_TRUE(moved.Resize(5));
    EXPECT_EQ(budget.used(MemoryShare::kReplay), 5u);
  }
  EXPECT_EQ(budget.used(MemoryShare::kReplay), 0u);
  EXPECT_EQ(budget.used(MemoryShare::kUploads), 0u);
}

TEST(MemoryBudget, SmallRequestsGoOnWhereLargeOnesAreRefused) {
  MemoryBudget budget(1000 * kMegabyte);
  const std::uint64_t limit = budget.limit(MemoryShare::kEngine);
  ASSERT_TRUE(budget.Take(MemoryShare::kEngine, limit));
  EXPECT_FALSE(budget.Take(MemoryShare::kEngine, kMegabyte));
  EXPECT_TRUE(budget.Take(MemoryShare::kEngine, 1000));
  EXPECT_FALSE(budget.Take(MemoryShare::kEngine, ~std::uint64_t{0}));
  budget.Give(MemoryShare::kEngine, limit + 1000);
  EXPECT_EQ(budget.used(MemoryShare::kEngine), 0u);
}

TEST(MemoryBudget, WritesSizesAsTrinoDoes) {
  EXPECT_EQ(FormatDataSize(0), "0B");
  EXPECT_EQ(FormatDataSize(1536), "1.5kB");
  EXPECT_EQ(FormatDataSize(281 * kMegabyte + kMegabyte * 6 / 10), "281.6MB");
  EXPECT_GT(MachineMemory(), 64 * kMegabyte);
}

}  // namespace
}  // namespace owlet
