#include "core/engine/local_scan.h"

#include <fmt/format.h>
#include <nanoarrow/nanoarrow.h>

#include <duckdb.hpp>
#include <duckdb/catalog/catalog.hpp>
#include <duckdb/parser/parsed_data/create_table_function_info.hpp>

#include "core/engine/arrow_ipc.h"
#include "core/engine/duckdb_types.h"
#include "core/engine/error_carrying.h"
#include "core/engine/statement_state.h"

namespace owlet::engine {

using duckdb::idx_t;
using plan::Type;
using plan::TypeId;

namespace {

/// `count` values of `in` from `offset` on.
struct Slice {
  const ArrowArrayView* in;
  const ArrowSchema* schema;
  std::int64_t offset;
  idx_t count;
};

void Copy(const Slice& slice, const Type& type, duckdb::Vector& out, idx_t at);

template <class Out, class Get>
void CopyFixed(const Slice& slice, duckdb::Vector& out, idx_t at, Get get) {
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
void CopyInteger(const Slice& slice, duckdb::Vector& out, idx_t at, std::int64_t divide = 1,
                 std::int64_t multiply = 1) {
  CopyFixed<Out>(slice, out, at, [&](std::int64_t row) {
    return static_cast<Out>(ArrowArrayViewGetIntUnsafe(slice.in, row) / divide * multiply);
  });
}

// How many of a column's own units make a microsecond, or microseconds its unit.
void CopyMicros(const Slice& slice, ArrowTimeUnit unit, duckdb::Vector& out, idx_t at) {
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

void CopyDecimal(const Slice& slice, const Type& type, duckdb::Vector& out, idx_t at) {
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

void CopyBytes(const Slice& slice, duckdb::Vector& out, idx_t at) {
  CopyFixed<duckdb::string_t>(slice, out, at, [&](std::int64_t row) {
    const ArrowBufferView bytes = ArrowArrayViewGetBytesUnsafe(slice.in, row);
    return duckdb::StringVector::AddStringOrBlob(out, bytes.data.as_char,
                                                 static_cast<idx_t>(bytes.size_bytes));
  });
}

void CopyInterval(const Slice& slice, const Type& type, ArrowTimeUnit unit, duckdb::Vector& out,
                  idx_t at) {
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

void CopyList(const Slice& slice, const Type& type, duckdb::Vector& out, idx_t at) {
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
    const Slice items{slice.in->children[0], slice.schema->children[0], from, length};
    const Type item = type.id() == TypeId::kMap ? Type::Row(type.fields()) : type.element();
    Copy(items, item, duckdb::ListVector::GetEntry(out), end);
    lists[at + i] = {end, length};
    end += length;
    duckdb::ListVector::SetListSize(out, end);
  }
}

void CopyStruct(const Slice& slice, const Type& type, duckdb::Vector& out, idx_t at) {
  auto& entries = duckdb::StructVector::GetEntries(out);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    Copy({slice.in->children[i], slice.schema->children[i], slice.offset, slice.count},
         type.fields()[i].type, *entries[i], at);
  }
  for (idx_t i = 0; i < slice.count; ++i) {
    if (ArrowArrayViewIsNull(slice.in, slice.offset + static_cast<std::int64_t>(i)) != 0) {
      duckdb::FlatVector::SetNull(out, at + i, true);
    }
  }
}

// A view knows how values are stored, not in which unit: the schema does.
ArrowTimeUnit UnitOf(const Slice& slice) {
  ArrowSchemaView view;
  if (ArrowSchemaViewInit(&view, slice.schema, nullptr) != NANOARROW_OK) {
    return NANOARROW_TIME_UNIT_MICRO;
  }
  return view.time_unit;
}

void Copy(const Slice& slice, const Type& type, duckdb::Vector& out, idx_t at) {
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

struct LocalBindData final : duckdb::TableFunctionData {
  IpcStream stream;
  plan::Schema schema;
};

struct LocalScanState final : duckdb::GlobalTableFunctionState {
  explicit LocalScanState(const ArrowSchema* schema) {
    if (ArrowArrayViewInitFromSchema(&view, schema, nullptr) != NANOARROW_OK) {
      throw duckdb::InternalException("an Arrow schema was checked but does not read");
    }
  }
  ~LocalScanState() override { ArrowArrayViewReset(&view); }

  ArrowArrayView view;
  std::size_t batch = 0;
  bool batch_open = false;
  std::int64_t row = 0;
  duckdb::vector<duckdb::column_t> columns;
};

duckdb::unique_ptr<duckdb::FunctionData> BindLocal(duckdb::ClientContext& context,
                                                   duckdb::TableFunctionBindInput& input,
                                                   duckdb::vector<duckdb::LogicalType>& types,
                                                   duckdb::vector<duckdb::string>& names) {
  const auto leaf = input.inputs[0].GetValue<std::int64_t>();
  const LocalLeaf& local = *StatementState::Of(context).locals().at(static_cast<std::size_t>(leaf));
  auto bound = duckdb::make_uniq<LocalBindData>();
  auto stream = DecodeIpc(*local.arrow_ipc);
  if (!stream) RaiseDialectError(std::move(stream).error());
  bound->stream = *std::move(stream);
  bound->schema = local.schema;
  for (std::size_t i = 0; i < bound->schema.size(); ++i) {
    types.push_back(ToLogicalType(bound->schema[i].type));
    names.push_back(fmt::format("f{}", i));
  }
  if (types.empty()) {  // rows without columns still count
    types.push_back(duckdb::LogicalType::BOOLEAN);
    names.emplace_back("f0");
  }
  return bound;
}

duckdb::unique_ptr<duckdb::GlobalTableFunctionState> InitLocal(
    duckdb::ClientContext&, duckdb::TableFunctionInitInput& input) {
  const auto& bound = input.bind_data->Cast<LocalBindData>();
  auto state = duckdb::make_uniq<LocalScanState>(bound.stream.schema.get());
  state->columns = input.column_ids;
  return state;
}

void ScanLocal(duckdb::ClientContext& context, duckdb::TableFunctionInput& input,
               duckdb::DataChunk& output) {
  const auto& bound = input.bind_data->Cast<LocalBindData>();
  auto& state = input.global_state->Cast<LocalScanState>();
  for (; state.batch < bound.stream.batches.size(); ++state.batch, state.batch_open = false) {
    const ArrowArray& array = *bound.stream.batches[state.batch];
    if (!state.batch_open) {
      ArrowError error{};
      if (ArrowArrayViewSetArray(&state.view, &array, &error) != NANOARROW_OK) {
        RaiseDialectError({Reason::kInvalidArgument, error.message});
      }
      state.batch_open = true;
      state.row = 0;
    }
    if (state.row == array.length) continue;
    const auto count = std::min<std::int64_t>(STANDARD_VECTOR_SIZE, array.length - state.row);
    for (std::size_t i = 0; i < state.columns.size(); ++i) {
      const duckdb::column_t column = state.columns[i];
      if (column >= bound.schema.size()) continue;  // the row id: nobody looks at it
      Copy({state.view.children[column], bound.stream.schema->children[column], state.row,
            static_cast<idx_t>(count)},
           bound.schema[column].type, output.data[i], 0);
    }
    output.SetCardinality(static_cast<idx_t>(count));
    StatementState::Of(context).CountRows(static_cast<std::uint64_t>(count));
    state.row += count;
    return;
  }
}

}  // namespace

void RegisterLocalScan(duckdb::ClientContext& context) {
  duckdb::TableFunction function("owlet_local", {duckdb::LogicalType::BIGINT}, ScanLocal, BindLocal,
                                 InitLocal);
  function.projection_pushdown = true;
  duckdb::CreateTableFunctionInfo info(function);
  duckdb::Catalog::GetSystemCatalog(context).CreateTableFunction(context, info);
}

}  // namespace owlet::engine
