#include "base/uuid.h"

#include <gtest/gtest.h>

namespace owlet {
namespace {

TEST(Uuid, IsNewEachTimeAndOfVersion4) {
  const std::string one = NewUuid();
  EXPECT_TRUE(IsUuid(one)) << one;
  EXPECT_EQ(one[14], '4');
  EXPECT_NE(one, NewUuid());
}

TEST(Uuid, RefusesOtherTexts) {
  for (const char* text : {"", "8a6f0c1e", "8a6f0c1e-0000-4000-8000-00000000000g",
                           "8a6f0c1e+0000-4000-8000-000000000000"}) {
    EXPECT_FALSE(IsUuid(text)) << text;
  }
}

}  // namespace
}  // namespace owlet
