#include "core/scan/column_batch.h"

#include <algorithm>
#include <cstring>

namespace owlet::scan {

using plan::TypeId;

std::string_view StringArena::Add(std::string_view text) {
  char* const copy = Allocate(text.size());
  if (!text.empty()) std::memcpy(copy, text.data(), text.size());
  return {copy, text.size()};
}

char* StringArena::Allocate(std::size_t size) {
  size_bytes_ += size;
  if (size > left_) {
    const std::size_t block = std::max(size, kBlock);
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(block));
    next_ = blocks_.back().get();
    left_ = block;
  }
  char* const start = next_;
  next_ += size;
  left_ -= size;
  return start;
}

ColumnData::Storage ColumnData::StorageOf(const plan::Type& type) {
  switch (type.id()) {
    case TypeId::kUnknown:
      return Storage::kNone;
    case TypeId::kBoolean:
    case TypeId::kTinyint:
    case TypeId::kSmallint:
    case TypeId::kInteger:
    case TypeId::kBigint:
    case TypeId::kDate:
    case TypeId::kTime:
    case TypeId::kTimestamp:
    case TypeId::kTimestampLocalZone:
    case TypeId::kIntervalYearMonth:
    case TypeId::kIntervalDayTime:
      return Storage::kInteger;
    case TypeId::kReal:
    case TypeId::kDouble:
      return Storage::kDouble;
    case TypeId::kDecimal:
      return Storage::kDecimal;
    case TypeId::kArray:
    case TypeId::kMap:
      return Storage::kList;
    case TypeId::kRow:
      return Storage::kRow;
    default:
      return Storage::kString;
  }
}

ColumnData::ColumnData(plan::Type type) : type_(std::move(type)), storage_(StorageOf(type_)) {
  if (type_.IsNested()) {
    for (const plan::Field& field : type_.fields()) children.emplace_back(field.type);
  }
  if (storage_ == Storage::kList) offsets.push_back(0);
}

void ColumnData::AppendNull() {
  valid.push_back(0);
  switch (storage_) {
    case Storage::kInteger:
      integers.push_back(0);
      break;
    case Storage::kDouble:
      doubles.push_back(0);
      break;
    case Storage::kDecimal:
      decimals.push_back(0);
      break;
    case Storage::kString:
      strings.emplace_back();
      break;
    case Storage::kList:
      offsets.push_back(offsets.back());
      break;
    case Storage::kRow:
      for (ColumnData& child : children) child.AppendNull();
      break;
    case Storage::kNone:
      break;
  }
}

void ColumnData::Truncate(std::size_t rows) {
  const auto cut = [rows](auto& values) {
    if (values.size() > rows) values.resize(rows);
  };
  cut(valid);
  cut(integers);
  cut(doubles);
  cut(decimals);
  cut(strings);
  if (storage_ == Storage::kList) {
    offsets.resize(std::min(offsets.size(), rows + 1));
    for (ColumnData& child : children) child.Truncate(offsets.back());
  } else {
    for (ColumnData& child : children) child.Truncate(rows);
  }
}

ColumnBatch::ColumnBatch(const plan::Schema& schema) : arena(std::make_shared<StringArena>()) {
  for (const plan::Field& field : schema) columns.emplace_back(field.type);
}

void ColumnBatch::Clear() {
  for (ColumnData& column : columns) column.Clear();
  rows = 0;
  records_left_out = 0;
  arena = std::make_shared<StringArena>();
}

}  // namespace owlet::scan
