#include "core/engine/arrow_reader.h"

namespace owlet::engine {

using duckdb::idx_t;
using plan::Type;
using plan::TypeId;

namespace {

template <class Out, class Get>
void CopyFixed(const ArrowSlice& slice, duckdb::Vector& out, idx_t at, Get get) {
  Out* values = duckdb::FlatVector::GetData<Out>(out);
  for (idx_t i = 0; i < slice.count; ++i) {
    const std::int64_t row = slice.offset + static_cast<std::int64_t>(i);
    if (ArrowArrayViewIsNull(slice.in, row) != 0) {
      duckdb::FlatVector::SetNull(out, at + i, true);
    } else {
      values[at + i] = get(row);
    }
  }
}

template <class Out>
void CopyInteger(const ArrowSlice& slice, duckdb::Vector& out, idx_t at, std::int64_t divide = 1,
                 std::int64_t multiply = 1) {
  CopyFixed<Out>(slice, out, at, [&](std::int64_t row) {
    return static_cast<Out>(ArrowArrayViewGetIntUnsafe(slice.in, row) / divide * multiply);
  });
}

// How many of a column's own units make a microsecond, or microseconds its unit.
void CopyMicros(const ArrowSlice& slice, ArrowTimeUnit unit, duckdb::Vector& out, idx_t at) {
  switch (unit) {
    case NANOARROW_TIME_UNIT_SECOND:
      return CopyInteger<std::int64_t>(slice, out, at, 1, 1'000'000);
    case NANOARROW_TIME_UNIT_MILLI:
      return CopyInteger<std::int64_t>(slice, out, at, 1, 1'000);
    case NANOARROW_TIME_UNIT_MICRO:
      return CopyInteger<std::int64_t>(slice, out, at);
    case NANOARROW_TIME_UNIT_NANO:
      return CopyFixed<std::int64_t>(slice, out, at, [&](std::int64_t row) {
        const std::int64_t nanos = ArrowArrayViewGetIntUnsafe(slice.in, row);
        return nanos / 1000 - (nanos % 1000 < 0 ? 1 : 0);
      });
  }
}

void CopyDecimal(const ArrowSlice& slice, const Type& type, duckdb::Vector& out, idx_t at) {
  ArrowDecimal decimal;
  ArrowDecimalInit(&decimal, 128, type.precision(), type.scale());
  const auto get = [&](std::int64_t row) {
    if (slice.in->storage_type == NANOARROW_TYPE_UINT64) {
      return duckdb::hugeint_t(0, ArrowArrayViewGetUIntUnsafe(slice.in, row));
    }
    ArrowArrayViewGetDecimalUnsafe(slice.in, row, &decimal);
    return duckdb::hugeint_t(static_cast<std::int64_t>(decimal.words[decimal.high_word_index]),
                             decimal.words[decimal.low_word_index]);
  };
  const auto low = [&](std::int64_t row) { return static_cast<std::int64_t>(get(row).lower); };
  switch (out.GetType().InternalType()) {
    case duckdb::PhysicalType::INT16:
      return CopyFixed<std::int16_t>(
          slice, out, at, [&](std::int64_t row) { return static_cast<std::int16_t>(low(row)); });
    case duckdb::PhysicalType::INT32:
      return CopyFixed<std::int32_t>(
          slice, out, at, [&](std::int64_t row) { return static_cast<std::int32_t>(low(row)); });
    case duckdb::PhysicalType::INT64:
      return CopyFixed<std::int64_t>(slice, out, at, low);
    default:
      return CopyFixed<duckdb::hugeint_t>(slice, out, at, get);
  }
}

void CopyBytes(const ArrowSlice& slice, duckdb::Vector& out, idx_t at) {
  CopyFixed<duckdb::string_t>(slice, out, at, [&](std::int64_t row) {
    const ArrowBufferView bytes = ArrowArrayViewGetBytesUnsafe(slice.in, row);
    return duckdb::StringVector::AddStringOrBlob(out, bytes.data.as_char,
                                                 static_cast<idx_t>(bytes.size_bytes));
  });
}

void CopyInterval(const ArrowSlice& slice, const Type& type, ArrowTimeUnit unit,
                  duckdb::Vector& out, idx_t at) {
  CopyFixed<duckdb::interval_t>(slice, out, at, [&](std::int64_t row) {
    duckdb::interval_t value{};
    if (type.id() == TypeId::kIntervalYearMonth) {
      value.months = static_cast<std::int32_t>(ArrowArrayViewGetIntUnsafe(slice.in, row));
    } else if (type.id() == TypeId::kIntervalDayTime) {
      value.micros = ArrowArrayViewGetIntUnsafe(slice.in, row);
      if (unit == NANOARROW_TIME_UNIT_SECOND) value.micros *= 1'000'000;
      if (unit == NANOARROW_TIME_UNIT_MILLI) value.micros *= 1'000;
      if (unit == NANOARROW_TIME_UNIT_NANO) value.micros /= 1'000;
    } else {
      ArrowInterval interval;
      ArrowIntervalInit(&interval, NANOARROW_TYPE_INTERVAL_MONTH_DAY_NANO);
      ArrowArrayViewGetIntervalUnsafe(slice.in, row, &interval);
      value = {interval.months, interval.days, interval.ns / 1000};
    }
    return value;
  });
}

void CopyList(const ArrowSlice& slice, const Type& type, duckdb::Vector& out, idx_t at) {
  auto* lists = duckdb::FlatVector::GetData<duckdb::list_entry_t>(out);
  idx_t end = duckdb::ListVector::GetListSize(out);
  for (idx_t i = 0; i < slice.count; ++i) {
    const std::int64_t row = slice.offset + static_cast<std::int64_t>(i);
    if (ArrowArrayViewIsNull(slice.in, row) != 0) {
      duckdb::FlatVector::SetNull(out, at + i, true);
      lists[at + i] = {end, 0};
      continue;
    }
    const std::int64_t from = ArrowArrayViewListChildOffset(slice.in, row);
    const auto length = static_cast<idx_t>(ArrowArrayViewListChildOffset(slice.in, row + 1) - from);
    duckdb::ListVector::Reserve(out, end + length);
    const ArrowSlice items{slice.in->children[0], slice.schema->children[0], from, length};
    const Type item = type.id() == TypeId::kMap ? Type::Row(type.fields()) : type.element();
    CopyArrow(items, item, duckdb::ListVector::GetEntry(out), end);
    lists[at + i] = {end, length};
    end += length;
    duckdb::ListVector::SetListSize(out, end);
  }
}

void CopyStruct(const ArrowSlice& slice, const Type& type, duckdb::Vector& out, idx_t at) {
  auto& entries = duckdb::StructVector::GetEntries(out);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    CopyArrow({slice.in->children[i], slice.schema->children[i], slice.offset, slice.count},
              type.fields()[i].type, *entries[i], at);
  }
  for (idx_t i = 0; i < slice.count; ++i) {
    if (ArrowArrayViewIsNull(slice.in, slice.offset + static_cast<std::int64_t>(i)) != 0) {
      duckdb::FlatVector::SetNull(out, at + i, true);
    }
  }
}

// A view knows how values are stored, not in which unit: the schema does.
ArrowTimeUnit UnitOf(const ArrowSlice& slice) {
  ArrowSchemaView view;
  if (ArrowSchemaViewInit(&view, slice.schema, nullptr) != NANOARROW_OK) {
    return NANOARROW_TIME_UNIT_MICRO;
  }
  return view.time_unit;
}

}  // namespace

void CopyArrow(const ArrowSlice& slice, const Type& type, duckdb::Vector& out, idx_t at) {
  const auto storage = slice.in->storage_type;
  switch (type.id()) {
    case TypeId::kUnknown:
      for (idx_t i = 0; i < slice.count; ++i) duckdb::FlatVector::SetNull(out, at + i, true);
      return;
    case TypeId::kBoolean:
      return CopyInteger<bool>(slice, out, at);
    case TypeId::kTinyint:
      return CopyInteger<std::int8_t>(slice, out, at);
    case TypeId::kSmallint:
      return CopyInteger<std::int16_t>(slice, out, at);
    case TypeId::kInteger:
      return CopyInteger<std::int32_t>(slice, out, at);
    case TypeId::kBigint:
      return CopyInteger<std::int64_t>(slice, out, at);
    case TypeId::kReal:
      return CopyFixed<float>(slice, out, at, [&](std::int64_t row) {
        return static_cast<float>(ArrowArrayViewGetDoubleUnsafe(slice.in, row));
      });
    case TypeId::kDouble:
      return CopyFixed<double>(slice, out, at, [&](std::int64_t row) {
        return ArrowArrayViewGetDoubleUnsafe(slice.in, row);
      });
    case TypeId::kDecimal:
      return CopyDecimal(slice, type, out, at);
    case TypeId::kDate:
      return CopyInteger<std::int32_t>(slice, out, at,
                                       storage == NANOARROW_TYPE_INT64 ? 86'400'000 : 1);
    case TypeId::kTime:
    case TypeId::kTimestamp:
    case TypeId::kTimestampLocalZone:
      return CopyMicros(slice, UnitOf(slice), out, at);
    case TypeId::kIntervalYearMonth:
    case TypeId::kIntervalDayTime:
    case TypeId::kCalendarInterval:
      return CopyInterval(slice, type, UnitOf(slice), out, at);
    case TypeId::kArray:
    case TypeId::kMap:
      return CopyList(slice, type, out, at);
    case TypeId::kRow:
      return CopyStruct(slice, type, out, at);
    default:
      return CopyBytes(slice, out, at);
  }
}

}  // namespace owlet::engine
