#include "core/engine/arrow_ipc.h"

#include <gmock/gmock.h>

#include "core/engine/arrow_types.h"

namespace owlet::engine {
namespace {

using plan::Type;
using plan::TypeId;

TEST(ArrowIpcTest, SchemasComeBackAsTheyWere) {
  const plan::Schema schema = {
      {.name = "n", .type = Type(TypeId::kUnknown)},
      {.name = "d", .type = Type::Decimal(38, 10)},
      {.name = "t", .type = Type(TypeId::kTimestampLocalZone)},
      {.name = "u", .type = Type::Timestamp()},
      {.name = "l", .type = Type::Array(Type::Varchar(), false), .nullable = false},
      {.name = "m", .type = Type::Map(Type::Varchar(), Type(TypeId::kBigint))},
      {.name = "r", .type = Type::Row({{.name = "x", .type = Type(TypeId::kTinyint)}})},
      {.name = "y",
       .type = Type::IntervalYearMonth(plan::IntervalField::kYear, plan::IntervalField::kMonth)},
      {.name = "i",
       .type = Type::IntervalDayTime(plan::IntervalField::kDay, plan::IntervalField::kSecond)}};
  const auto encoder = IpcEncoder::Make(schema, "Europe/Zurich");
  ASSERT_TRUE(encoder);
  const auto bytes = encoder->EncodeEmpty();
  ASSERT_TRUE(bytes);
  const auto stream = DecodeIpc(*bytes);
  ASSERT_TRUE(stream);
  ASSERT_EQ(stream->batches.size(), 1U);
  plan::Schema back = FromArrowSchema(*stream->schema).value();
  EXPECT_EQ(back, schema);
}

TEST(ArrowIpcTest, RefusesWhatIsNoStream) {
  EXPECT_EQ(DecodeIpc("this is no Arrow stream").error().reason, Reason::kInvalidArgument);
}

}  // namespace
}  // namespace owlet::engine
