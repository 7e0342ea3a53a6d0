#include "core/engine/value_reader.h"

#include <nanoarrow/nanoarrow.h>

#include "core/engine/arrow_types.h"

namespace owlet::engine {

using plan::Literal;
using plan::Type;
using plan::TypeId;

namespace {

std::string Text(const ArrowArrayView* view, std::int64_t row) {
  const ArrowBufferView bytes = ArrowArrayViewGetBytesUnsafe(view, row);
  return {bytes.data.as_char, static_cast<std::size_t>(bytes.size_bytes)};
}

Literal Value(const ArrowArrayView* view, std::int64_t row, const Type& type);

plan::LiteralValue Nested(const ArrowArrayView* view, std::int64_t row, const Type& type) {
  std::vector<Literal> values;
  if (type.id() == TypeId::kRow) {
    for (std::size_t i = 0; i < type.fields().size(); ++i) {
      values.push_back(Value(view->children[i], row, type.fields()[i].type));
    }
    return values;
  }
  const std::int64_t begin = ArrowArrayViewListChildOffset(view, row);
  const std::int64_t end = ArrowArrayViewListChildOffset(view, row + 1);
  for (std::int64_t i = begin; i < end; ++i) {
    if (type.id() == TypeId::kArray) {
      values.push_back(Value(view->children[0], i, type.element()));
    } else {
      values.push_back(Value(view->children[0]->children[0], i, type.key()));
      values.push_back(Value(view->children[0]->children[1], i, type.value()));
    }
  }
  return values;
}

Literal Value(const ArrowArrayView* view, std::int64_t row, const Type& type) {
  if (type.id() == TypeId::kUnknown || ArrowArrayViewIsNull(view, row) != 0) {
    return Literal{type, {}};
  }
  switch (type.id()) {
    case TypeId::kBoolean:
      return Literal{type, ArrowArrayViewGetIntUnsafe(view, row) != 0};
    case TypeId::kTinyint:
    case TypeId::kSmallint:
    case TypeId::kInteger:
    case TypeId::kBigint:
    case TypeId::kDate:
    case TypeId::kTime:
    case TypeId::kTimestamp:
    case TypeId::kTimestampLocalZone:
      return Literal{type, ArrowArrayViewGetIntUnsafe(view, row)};
    case TypeId::kReal:
    case TypeId::kDouble:
      return Literal{type, ArrowArrayViewGetDoubleUnsafe(view, row)};
    case TypeId::kDecimal: {
      ArrowDecimal decimal;
      ArrowDecimalInit(&decimal, 128, type.precision(), type.scale());
      ArrowArrayViewGetDecimalUnsafe(view, row, &decimal);
      const auto high = static_cast<std::int64_t>(decimal.words[decimal.high_word_index]);
      return Literal{type, (static_cast<plan::Int128>(high) << 64) |
                               static_cast<plan::Int128>(decimal.words[decimal.low_word_index])};
    }
    case TypeId::kIntervalYearMonth:
      return Literal{type, plan::Interval{.months = static_cast<std::int32_t>(
                                              ArrowArrayViewGetIntUnsafe(view, row))}};
    case TypeId::kIntervalDayTime:
      return Literal{type, plan::Interval{.micros = ArrowArrayViewGetIntUnsafe(view, row)}};
    case TypeId::kCalendarInterval: {
      ArrowInterval interval;
      ArrowIntervalInit(&interval, NANOARROW_TYPE_INTERVAL_MONTH_DAY_NANO);
      ArrowArrayViewGetIntervalUnsafe(view, row, &interval);
      return Literal{type, plan::Interval{interval.months, interval.days, interval.ns / 1000}};
    }
    case TypeId::kTimestampWithZone:
    case TypeId::kTimeWithZone:
      return Literal{type, plan::ZonedInstant{ArrowArrayViewGetIntUnsafe(view->children[0], row),
                                              Text(view->children[1], row)}};
    case TypeId::kArray:
    case TypeId::kMap:
    case TypeId::kRow:
      return Literal{type, Nested(view, row, type)};
    default:
      return Literal{type, Text(view, row)};
  }
}

}  // namespace

struct ValueReader::State {
  plan::Schema schema;
  ArrowArrayView view;
  std::optional<Batch> batch;  // keeps what the view refers to

  ~State() { ArrowArrayViewReset(&view); }
};

ValueReader::ValueReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
ValueReader::~ValueReader() = default;
ValueReader::ValueReader(ValueReader&&) noexcept = default;
ValueReader& ValueReader::operator=(ValueReader&&) noexcept = default;

Result<ValueReader> ValueReader::Make(const plan::Schema& schema) {
  OWLET_TRY(const ArrowSchemaPtr arrow, ToArrowSchema(schema, "UTC"));
  auto state = std::make_unique<State>();
  state->schema = schema;
  ArrowError error{};
  if (ArrowArrayViewInitFromSchema(&state->view, arrow.get(), &error) != NANOARROW_OK) {
    return Fail(Reason::kInternal, error.message);
  }
  return ValueReader(std::move(state));
}

Status ValueReader::Read(const Batch& batch) {
  state_->batch = batch;
  ArrowError error{};
  if (ArrowArrayViewSetArray(&state_->view, &state_->batch->array(), &error) != NANOARROW_OK) {
    return Fail(Reason::kInternal, error.message);
  }
  return {};
}

plan::Literal ValueReader::Cell(std::size_t column, std::int64_t row) const {
  return Value(state_->view.children[column], row, state_->schema[column].type);
}

}  // namespace owlet::engine
