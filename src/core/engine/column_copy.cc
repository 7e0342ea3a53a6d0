#include "core/engine/column_copy.h"

#include <cstring>

namespace owlet::engine {

using duckdb::idx_t;
using plan::TypeId;
using scan::ColumnData;

namespace {

/// Keeps the bytes of a batch's strings for as long as a vector refers to them.
class ArenaBuffer final : public duckdb::VectorBuffer {
 public:
  explicit ArenaBuffer(std::shared_ptr<scan::StringArena> arena)
      : VectorBuffer(duckdb::VectorBufferType::OPAQUE_BUFFER), arena_(std::move(arena)) {}

 private:
  std::shared_ptr<scan::StringArena> arena_;
};

template <class Out, class In>
void CopyFixed(const std::vector<In>& in, std::size_t from, idx_t count, duckdb::Vector& out,
               idx_t at) {
  Out* values = duckdb::FlatVector::GetData<Out>(out) + at;
  for (idx_t i = 0; i < count; ++i) values[i] = static_cast<Out>(in[from + i]);
}

void CopyDecimals(const ColumnData& in, std::size_t from, idx_t count, duckdb::Vector& out,
                  idx_t at) {
  switch (out.GetType().InternalType()) {
    case duckdb::PhysicalType::INT16:
      return CopyFixed<std::int16_t>(in.decimals, from, count, out, at);
    case duckdb::PhysicalType::INT32:
      return CopyFixed<std::int32_t>(in.decimals, from, count, out, at);
    case duckdb::PhysicalType::INT64:
      return CopyFixed<std::int64_t>(in.decimals, from, count, out, at);
    default: {
      auto* values = duckdb::FlatVector::GetData<duckdb::hugeint_t>(out) + at;
      for (idx_t i = 0; i < count; ++i) {
        const plan::Int128 value = in.decimals[from + i];
        values[i] = duckdb::hugeint_t(static_cast<std::int64_t>(value >> 64),
                                      static_cast<std::uint64_t>(value));
      }
    }
  }
}

void CopyStrings(const ColumnData& in, std::size_t from, idx_t count, duckdb::Vector& out, idx_t at,
                 const std::shared_ptr<scan::StringArena>& arena) {
  auto* values = duckdb::FlatVector::GetData<duckdb::string_t>(out) + at;
  for (idx_t i = 0; i < count; ++i) {
    const std::string_view text = in.strings[from + i];
    values[i] = duckdb::string_t(text.data(), static_cast<std::uint32_t>(text.size()));
  }
  duckdb::StringVector::AddBuffer(out, duckdb::make_buffer<ArenaBuffer>(arena));
}

void CopyLists(const ColumnData& in, std::size_t from, idx_t count, duckdb::Vector& out, idx_t at,
               const std::shared_ptr<scan::StringArena>& arena) {
  auto* lists = duckdb::FlatVector::GetData<duckdb::list_entry_t>(out) + at;
  const idx_t start = duckdb::ListVector::GetListSize(out);
  const std::size_t first = in.offsets[from];
  const idx_t total = in.offsets[from + count] - first;
  for (idx_t i = 0; i < count; ++i) {
    lists[i] = {start + in.offsets[from + i] - first,
                in.offsets[from + i + 1] - in.offsets[from + i]};
  }
  duckdb::ListVector::Reserve(out, start + total);
  duckdb::Vector& items = duckdb::ListVector::GetEntry(out);
  if (in.type().id() == TypeId::kMap) {
    auto& entries = duckdb::StructVector::GetEntries(items);
    CopyColumn(in.children[0], first, total, *entries[0], start, arena);
    CopyColumn(in.children[1], first, total, *entries[1], start, arena);
  } else {
    CopyColumn(in.children[0], first, total, items, start, arena);
  }
  duckdb::ListVector::SetListSize(out, start + total);
}

}  // namespace

void CopyColumn(const ColumnData& in, std::size_t from, idx_t count, duckdb::Vector& out, idx_t at,
                const std::shared_ptr<scan::StringArena>& arena) {
  if (count > 0 && std::memchr(in.valid.data() + from, 0, count) != nullptr) {
    for (idx_t i = 0; i < count; ++i) {
      if (in.valid[from + i] == 0) duckdb::FlatVector::SetNull(out, at + i, true);
    }
  }
  switch (in.type().id()) {
    case TypeId::kUnknown:
      return;
    case TypeId::kBoolean:
      return CopyFixed<bool>(in.integers, from, count, out, at);
    case TypeId::kTinyint:
      return CopyFixed<std::int8_t>(in.integers, from, count, out, at);
    case TypeId::kSmallint:
      return CopyFixed<std::int16_t>(in.integers, from, count, out, at);
    case TypeId::kInteger:
    case TypeId::kDate:
      return CopyFixed<std::int32_t>(in.integers, from, count, out, at);
    case TypeId::kBigint:
    case TypeId::kTime:
    case TypeId::kTimestamp:
    case TypeId::kTimestampLocalZone:
      return CopyFixed<std::int64_t>(in.integers, from, count, out, at);
    case TypeId::kIntervalYearMonth:
    case TypeId::kIntervalDayTime: {
      const bool months = in.type().id() == TypeId::kIntervalYearMonth;
      auto* values = duckdb::FlatVector::GetData<duckdb::interval_t>(out) + at;
      for (idx_t i = 0; i < count; ++i) {
        const std::int64_t value = in.integers[from + i];
        values[i] = months ? duckdb::interval_t{static_cast<std::int32_t>(value), 0, 0}
                           : duckdb::interval_t{0, 0, value};
      }
      return;
    }
    case TypeId::kReal:
      return CopyFixed<float>(in.doubles, from, count, out, at);
    case TypeId::kDouble:
      return CopyFixed<double>(in.doubles, from, count, out, at);
    case TypeId::kDecimal:
      return CopyDecimals(in, from, count, out, at);
    case TypeId::kArray:
    case TypeId::kMap:
      return CopyLists(in, from, count, out, at, arena);
    case TypeId::kRow: {
      auto& entries = duckdb::StructVector::GetEntries(out);
      for (std::size_t i = 0; i < entries.size(); ++i) {
        CopyColumn(in.children[i], from, count, *entries[i], at, arena);
      }
      return;
    }
    default:
      return CopyStrings(in, from, count, out, at, arena);
  }
}

}  // namespace owlet::engine
