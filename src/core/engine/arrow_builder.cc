#include "core/engine/arrow_builder.h"

#include <nanoarrow/nanoarrow.h>

#include <cstring>
#include <duckdb/common/types/uuid.hpp>

namespace owlet::engine {

using duckdb::idx_t;
using duckdb::LogicalTypeId;
using plan::Type;
using plan::TypeId;

namespace {

void Check(int code) {
  if (code != NANOARROW_OK) throw duckdb::OutOfMemoryException("no memory for a result's rows");
}

/// What the buffers of an array that is being built hold.
std::int64_t BytesOf(ArrowArray* array) {
  std::int64_t bytes = 0;
  for (std::int64_t i = 0; i < array->n_buffers; ++i)
    bytes += ArrowArrayBuffer(array, i)->size_bytes;
  for (std::int64_t i = 0; i < array->n_children; ++i) bytes += BytesOf(array->children[i]);
  return bytes;
}

/// Rows of a vector, by position in it; all of them when there is no selection.
struct Rows {
  duckdb::Vector& vector;
  idx_t size;  // of the vector
  const duckdb::SelectionVector* selection;
  idx_t count;

  [[nodiscard]] idx_t At(idx_t i) const {
    return selection != nullptr ? selection->get_index(i) : i;
  }
};

void Append(ArrowArray* out, const Rows& rows, const Type& type);

/// Appends validity and one fixed value a row; `convert` gives the Arrow value of DuckDB's.
template <class In, class Out, class Convert>
void AppendFixed(ArrowArray* out, const Rows& rows, Convert convert) {
  duckdb::UnifiedVectorFormat format;
  rows.vector.ToUnifiedFormat(rows.size, format);
  const In* values = duckdb::UnifiedVectorFormat::GetData<In>(format);
  ArrowBitmap* validity = ArrowArrayValidityBitmap(out);
  ArrowBuffer* data = ArrowArrayBuffer(out, 1);
  const auto count = static_cast<std::int64_t>(rows.count);
  Check(ArrowBufferReserve(data, count * static_cast<std::int64_t>(sizeof(Out))));
  Out* target = reinterpret_cast<Out*>(data->data + data->size_bytes);
  const bool all_valid = format.validity.AllValid();
  if (!all_valid || out->null_count > 0) {
    Check(ArrowBitmapReserve(validity, count + out->length));
    // The bitmap starts with the first NULL: what came before is valid.
    if (validity->size_bits < out->length) {
      ArrowBitmapAppendUnsafe(validity, 1, out->length - validity->size_bits);
    }
  }
  for (idx_t i = 0; i < rows.count; ++i) {
    const idx_t at = format.sel->get_index(rows.At(i));
    const bool valid = all_valid || format.validity.RowIsValid(at);
    target[i] = valid ? convert(values[at]) : Out{};
    if (!all_valid || out->null_count > 0) ArrowBitmapAppendUnsafe(validity, valid, 1);
    if (!valid) ++out->null_count;
  }
  data->size_bytes += count * static_cast<std::int64_t>(sizeof(Out));
  out->length += count;
}

template <class Value>
void AppendSame(ArrowArray* out, const Rows& rows) {
  AppendFixed<Value, Value>(out, rows, [](Value value) { return value; });
}

void AppendBoolean(ArrowArray* out, const Rows& rows) {
  duckdb::UnifiedVectorFormat format;
  rows.vector.ToUnifiedFormat(rows.size, format);
  const bool* values = duckdb::UnifiedVectorFormat::GetData<bool>(format);
  for (idx_t i = 0; i < rows.count; ++i) {
    const idx_t at = format.sel->get_index(rows.At(i));
    Check(format.validity.RowIsValid(at) ? ArrowArrayAppendInt(out, values[at] ? 1 : 0)
                                         : ArrowArrayAppendNull(out, 1));
  }
}

void AppendBytes(ArrowArray* out, const Rows& rows) {
  duckdb::UnifiedVectorFormat format;
  rows.vector.ToUnifiedFormat(rows.size, format);
  const auto* values = duckdb::UnifiedVectorFormat::GetData<duckdb::string_t>(format);
  for (idx_t i = 0; i < rows.count; ++i) {
    const idx_t at = format.sel->get_index(rows.At(i));
    if (!format.validity.RowIsValid(at)) {
      Check(ArrowArrayAppendNull(out, 1));
      continue;
    }
    ArrowBufferView bytes;
    bytes.data.data = values[at].GetData();
    bytes.size_bytes = static_cast<std::int64_t>(values[at].GetSize());
    Check(ArrowArrayAppendBytes(out, bytes));
  }
}

void AppendUuid(ArrowArray* out, const Rows& rows) {
  duckdb::UnifiedVectorFormat format;
  rows.vector.ToUnifiedFormat(rows.size, format);
  const auto* values = duckdb::UnifiedVectorFormat::GetData<duckdb::hugeint_t>(format);
  for (idx_t i = 0; i < rows.count; ++i) {
    const idx_t at = format.sel->get_index(rows.At(i));
    if (!format.validity.RowIsValid(at)) {
      Check(ArrowArrayAppendNull(out, 1));
      continue;
    }
    const std::string text = duckdb::UUID::ToString(values[at]);
    ArrowStringView view{text.data(), static_cast<std::int64_t>(text.size())};
    Check(ArrowArrayAppendString(out, view));
  }
}

struct Decimal128 {
  std::uint64_t low;
  std::int64_t high;
};

void AppendDecimal(ArrowArray* out, const Rows& rows) {
  const auto widen = [](std::int64_t value) {
    return Decimal128{static_cast<std::uint64_t>(value), value < 0 ? -1 : 0};
  };
  switch (rows.vector.GetType().InternalType()) {
    case duckdb::PhysicalType::INT16:
      return AppendFixed<std::int16_t, Decimal128>(out, rows, widen);
    case duckdb::PhysicalType::INT32:
      return AppendFixed<std::int32_t, Decimal128>(out, rows, widen);
    case duckdb::PhysicalType::INT64:
      return AppendFixed<std::int64_t, Decimal128>(out, rows, widen);
    default:
      return AppendFixed<duckdb::hugeint_t, Decimal128>(
          out, rows, [](duckdb::hugeint_t value) { return Decimal128{value.lower, value.upper}; });
  }
}

struct MonthDayNano {
  std::int32_t months;
  std::int32_t days;
  std::int64_t nanos;
};

constexpr std::int64_t kMicrosPerDay = 86'400'000'000;

void AppendInterval(ArrowArray* out, const Rows& rows, TypeId id) {
  using duckdb::interval_t;
  if (id == TypeId::kIntervalYearMonth) {
    return AppendFixed<interval_t, std::int32_t>(
        out, rows, [](const interval_t& value) { return value.months; });
  }
  if (id == TypeId::kIntervalDayTime) {
    return AppendFixed<interval_t, std::int64_t>(out, rows, [](const interval_t& value) {
      return value.days * kMicrosPerDay + value.micros;
    });
  }
  AppendFixed<interval_t, MonthDayNano>(out, rows, [](const interval_t& value) {
    return MonthDayNano{value.months, value.days, value.micros * 1000};
  });
}

void AppendList(ArrowArray* out, const Rows& rows, const Type& type) {
  duckdb::UnifiedVectorFormat format;
  rows.vector.ToUnifiedFormat(rows.size, format);
  const auto* lists = duckdb::UnifiedVectorFormat::GetData<duckdb::list_entry_t>(format);
  duckdb::Vector& child = duckdb::ListVector::GetEntry(rows.vector);
  const idx_t child_size = duckdb::ListVector::GetListSize(rows.vector);
  idx_t total = 0;
  for (idx_t i = 0; i < rows.count; ++i) {
    const idx_t at = format.sel->get_index(rows.At(i));
    if (format.validity.RowIsValid(at)) total += lists[at].length;
  }
  duckdb::SelectionVector selection(std::max<idx_t>(total, 1));
  ArrowArray* items = out->children[0];
  std::int64_t end = items->length;
  ArrowBuffer* offsets = ArrowArrayBuffer(out, 1);
  idx_t next = 0;
  for (idx_t i = 0; i < rows.count; ++i) {
    const idx_t at = format.sel->get_index(rows.At(i));
    const bool valid = format.validity.RowIsValid(at);
    if (valid) {
      for (idx_t j = 0; j < lists[at].length; ++j) {
        selection.set_index(next++, lists[at].offset + j);
      }
      end += static_cast<std::int64_t>(lists[at].length);
    }
    if (!valid || out->null_count > 0) {
      ArrowBitmap* validity = ArrowArrayValidityBitmap(out);
      const std::int64_t missing = out->length - validity->size_bits;
      if (missing > 0) Check(ArrowBitmapAppend(validity, 1, missing));
      Check(ArrowBitmapAppend(validity, valid, 1));
    }
    if (!valid) ++out->null_count;
    if (end > std::numeric_limits<std::int32_t>::max()) {
      throw duckdb::OutOfRangeException("too many array elements in one batch of a result");
    }
    Check(ArrowBufferAppendInt32(offsets, static_cast<std::int32_t>(end)));
    ++out->length;
  }
  const Rows item_rows{child, child_size, &selection, total};
  if (type.id() == TypeId::kMap) {
    Append(items, item_rows, Type::Row({type.fields()[0], type.fields()[1]}));
  } else {
    Append(items, item_rows, type.element());
  }
}

void AppendStruct(ArrowArray* out, const Rows& rows, const std::vector<Type>& types) {
  rows.vector.Flatten(rows.size);
  auto& entries = duckdb::StructVector::GetEntries(rows.vector);
  auto& validity_in = duckdb::FlatVector::Validity(rows.vector);
  for (std::size_t i = 0; i < types.size(); ++i) {
    Append(out->children[i], {*entries[i], rows.size, rows.selection, rows.count}, types[i]);
  }
  ArrowBitmap* validity = ArrowArrayValidityBitmap(out);
  for (idx_t i = 0; i < rows.count; ++i) {
    const bool valid = validity_in.RowIsValid(rows.At(i));
    if (!valid || out->null_count > 0) {
      const std::int64_t missing = out->length - validity->size_bits;
      if (missing > 0) Check(ArrowBitmapAppend(validity, 1, missing));
      Check(ArrowBitmapAppend(validity, valid, 1));
    }
    if (!valid) ++out->null_count;
    ++out->length;
  }
}

void Append(ArrowArray* out, const Rows& rows, const Type& type) {
  const LogicalTypeId bound = rows.vector.GetType().id();
  if (type.id() == TypeId::kUnknown || bound == LogicalTypeId::SQLNULL) {
    return Check(ArrowArrayAppendNull(out, static_cast<std::int64_t>(rows.count)));
  }
  switch (type.id()) {
    case TypeId::kUnknown:
      return;
    case TypeId::kBoolean:
      return AppendBoolean(out, rows);
    case TypeId::kTinyint:
      return AppendSame<std::int8_t>(out, rows);
    case TypeId::kSmallint:
      return AppendSame<std::int16_t>(out, rows);
    case TypeId::kInteger:
      return AppendSame<std::int32_t>(out, rows);
    case TypeId::kBigint:
      return AppendSame<std::int64_t>(out, rows);
    case TypeId::kReal:
      return AppendSame<float>(out, rows);
    case TypeId::kDouble:
      return AppendSame<double>(out, rows);
    case TypeId::kDecimal:
      return AppendDecimal(out, rows);
    case TypeId::kUuid:
      return AppendUuid(out, rows);
    case TypeId::kVarchar:
    case TypeId::kChar:
    case TypeId::kJson:
    case TypeId::kVariant:
    case TypeId::kIpAddress:
    case TypeId::kFunction:
    case TypeId::kVarbinary:
    case TypeId::kHyperLogLog:
    case TypeId::kTDigest:
    case TypeId::kQDigest:
      return AppendBytes(out, rows);
    case TypeId::kDate:
      return AppendSame<std::int32_t>(out, rows);
    case TypeId::kTime:
    case TypeId::kTimestamp:
    case TypeId::kTimestampLocalZone:
      return AppendSame<std::int64_t>(out, rows);
    case TypeId::kIntervalYearMonth:
    case TypeId::kIntervalDayTime:
    case TypeId::kCalendarInterval:
      return AppendInterval(out, rows, type.id());
    case TypeId::kTimestampWithZone:
      return AppendStruct(out, rows, {Type::Timestamp(), Type::Varchar()});
    case TypeId::kTimeWithZone:
      return AppendStruct(out, rows, {Type::Time(6), Type::Varchar()});
    case TypeId::kArray:
    case TypeId::kMap:
      return AppendList(out, rows, type);
    case TypeId::kRow: {
      std::vector<Type> types;
      for (const plan::Field& field : type.fields()) types.push_back(field.type);
      return AppendStruct(out, rows, types);
    }
  }
}

/// A bitmap that was begun for NULLs that did not come need not reach the end.
void DropEmptyBitmaps(ArrowArray* array) {
  if (array->null_count == 0 && array->n_buffers > 0) {
    ArrowBitmapReset(ArrowArrayValidityBitmap(array));
  }
  for (std::int64_t i = 0; i < array->n_children; ++i) DropEmptyBitmaps(array->children[i]);
}

}  // namespace

ArrowBuilder::ArrowBuilder(const plan::Schema& schema, ArrowSchemaPtr arrow_schema)
    : schema_(schema), arrow_schema_(std::move(arrow_schema)) {
  Start();
}

void ArrowBuilder::Start() {
  array_ = std::shared_ptr<ArrowArray>(new ArrowArray{}, [](ArrowArray* owned) {
    if (owned->release != nullptr) owned->release(owned);
    delete owned;
  });
  Check(ArrowArrayInitFromSchema(array_.get(), arrow_schema_.get(), nullptr));
  Check(ArrowArrayStartAppending(array_.get()));
  num_rows_ = 0;
}

void ArrowBuilder::Append(duckdb::DataChunk& chunk) {
  for (std::size_t i = 0; i < schema_.size(); ++i) {
    engine::Append(array_->children[i], {chunk.data[i], chunk.size(), nullptr, chunk.size()},
                   schema_[i].type);
  }
  num_rows_ += static_cast<std::int64_t>(chunk.size());
  array_->length = num_rows_;
}

std::int64_t ArrowBuilder::num_bytes() const { return BytesOf(array_.get()); }

Batch ArrowBuilder::Finish() {
  DropEmptyBitmaps(array_.get());
  ArrowError error;
  if (ArrowArrayFinishBuildingDefault(array_.get(), &error) != NANOARROW_OK) {
    throw duckdb::InternalException("a result's rows do not fit their Arrow schema: %s",
                                    error.message);
  }
  Batch batch(std::move(array_), num_rows_);
  Start();
  return batch;
}

}  // namespace owlet::engine
