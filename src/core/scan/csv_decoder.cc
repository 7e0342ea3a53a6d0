#include "core/scan/csv_decoder.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <charconv>

#include "base/ascii.h"
#include "core/scan/text_values.h"

namespace owlet::scan {

using plan::Type;
using plan::TypeId;

namespace {

std::optional<std::int64_t> ParseInteger(std::string_view text, TypeId id) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (id == TypeId::kTinyint && (value < INT8_MIN || value > INT8_MAX)) return std::nullopt;
  if (id == TypeId::kSmallint && (value < INT16_MIN || value > INT16_MAX)) return std::nullopt;
  if (id == TypeId::kInteger && (value < INT32_MIN || value > INT32_MAX)) return std::nullopt;
  return value;
}

bool HasBlankEnds(std::string_view text) { return Trim(text).size() != text.size(); }

}  // namespace

CsvDecoder::CsvDecoder(plan::Schema schema, std::vector<std::size_t> fields,
                       std::shared_ptr<const CsvOptions> options)
    : schema_(std::move(schema)),
      fields_(std::move(fields)),
      options_(std::move(options)),
      splitter_(*options_) {
  for (std::size_t i = 0; i < schema_.size(); ++i) {
    const bool corrupt = options_->style == CsvOptions::Style::kSpark &&
                         schema_[i].name == options_->corrupt_column &&
                         schema_[i].type.id() == TypeId::kVarchar;
    if (corrupt) corrupt_field_ = i;
    places_.push_back(num_values_);
    if (!corrupt) ++num_values_;
  }
  // Spark prunes columns before it counts values: only a reader of all sees a wrong number.
  const auto read = [&](std::size_t field) {
    return std::find(fields_.begin(), fields_.end(), field) != fields_.end();
  };
  all_read_ = true;
  for (std::size_t i = 0; i < schema_.size(); ++i) {
    all_read_ = all_read_ && (i == corrupt_field_ || read(i));
  }
}

bool CsvDecoder::AppendText(std::string_view text, const Type& type, ColumnData& out,
                            StringArena& arena) const {
  const bool hive = options_->style != CsvOptions::Style::kSpark;
  const auto append = [&](std::optional<std::int64_t> value) {
    if (value) out.AppendInteger(*value);
    return value.has_value();
  };
  switch (type.id()) {
    case TypeId::kBoolean: {
      const std::string word = ToLowerAscii(text);
      if (word != "true" && word != "false") return false;
      return append(word == "true" ? 1 : 0);
    }
    case TypeId::kTinyint:
    case TypeId::kSmallint:
    case TypeId::kInteger:
    case TypeId::kBigint:
      return append(ParseInteger(hive ? Trim(text) : text, type.id()));
    case TypeId::kReal:
    case TypeId::kDouble: {
      std::optional<double> value;
      if (!hive && text == options_->nan) {
        value = std::numeric_limits<double>::quiet_NaN();
      } else if (!hive && text == options_->positive_infinity) {
        value = std::numeric_limits<double>::infinity();
      } else if (!hive && text == options_->negative_infinity) {
        value = -std::numeric_limits<double>::infinity();
      } else {
        value = ParseDouble(text);
      }
      if (value) out.AppendDouble(*value);
      return value.has_value();
    }
    case TypeId::kDecimal: {
      if (!hive && HasBlankEnds(text)) return false;
      const auto value = ParseDecimal(text, type.precision(), type.scale());
      if (value) out.AppendDecimal(*value);
      return value.has_value();
    }
    case TypeId::kDate: {
      // OpenCSV in Athena: the number of days.
      if (options_->style == CsvOptions::Style::kOpenCsv) {
        if (auto days = ParseInteger(Trim(text), TypeId::kInteger)) return append(days);
      }
      const auto days = options_->formats.ParseDate(text);
      return append(days ? std::optional<std::int64_t>(*days) : std::nullopt);
    }
    case TypeId::kTimestampLocalZone:
      return append(options_->formats.ParseTimestamp(text));
    case TypeId::kTimestamp: {
      if (options_->style == CsvOptions::Style::kOpenCsv) {  // milliseconds
        if (auto millis = ParseInteger(Trim(text), TypeId::kBigint)) return append(*millis * 1000);
      }
      return append(options_->formats.ParseTimestampNtz(text));
    }
    default:
      if (type.IsNested()) return AppendNested(text, type, out, arena, 0);
      out.AppendString(arena.Add(text));
      return true;
  }
}

// LazySimpleSerDe: items by the collection delimiter, keys by the map key delimiter.
bool CsvDecoder::AppendNested(std::string_view text, const Type& type, ColumnData& out,
                              StringArena& arena, int depth) const {
  if (options_->style != CsvOptions::Style::kLazySimple) return false;
  const char item_delimiter = depth == 0   ? options_->collection_delimiter
                              : depth == 1 ? options_->map_key_delimiter
                                           : static_cast<char>(depth + 2);
  const char key_delimiter =
      depth == 0 ? options_->map_key_delimiter : static_cast<char>(depth + 3);
  const auto append_item = [&](std::string_view item, const Type& item_type, ColumnData& column) {
    const std::size_t before = column.size();
    if (item == options_->null_value) {
      column.AppendNull();
      return;
    }
    const bool good = item_type.IsNested() ? AppendNested(item, item_type, column, arena, depth + 1)
                                           : AppendText(item, item_type, column, arena);
    if (!good) {
      column.Truncate(before);
      column.AppendNull();
    }
  };
  std::size_t field = 0;
  const std::size_t row = out.size();
  for (std::string_view rest = text; !text.empty();) {
    const std::size_t end = rest.find(item_delimiter);
    const std::string_view item = rest.substr(0, end);
    if (type.id() == TypeId::kArray) {
      append_item(item, type.element(), out.children[0]);
    } else if (type.id() == TypeId::kMap) {
      const std::size_t colon = item.find(key_delimiter);
      append_item(item.substr(0, colon), type.key(), out.children[0]);
      if (colon == std::string_view::npos) {
        out.children[1].AppendNull();
      } else {
        append_item(item.substr(colon + 1), type.value(), out.children[1]);
      }
    } else if (field < type.fields().size()) {
      append_item(item, type.fields()[field].type, out.children[field]);
      ++field;
    }
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  if (type.id() == TypeId::kRow) {
    for (ColumnData& child : out.children) {
      if (child.size() == row) child.AppendNull();
    }
    out.AppendRow();
  } else {
    out.AppendList();
  }
  return true;
}

bool CsvDecoder::Append(const CsvSplitter::Value& value, const Type& type, ColumnData& out,
                        StringArena& arena) const {
  const std::size_t row = out.size();
  std::string_view text = value.text;
  std::string unescaped;
  if (options_->style == CsvOptions::Style::kSpark) {
    if (text.empty() && !value.quoted) {
      out.AppendNull();
      return true;
    }
    if (text.empty()) text = options_->empty_value;
    if (text == options_->null_value) {
      out.AppendNull();
      return true;
    }
  } else if (options_->style == CsvOptions::Style::kLazySimple) {
    if (text == options_->null_value) {
      out.AppendNull();
      return true;
    }
    if (options_->escape != 0 && text.find(options_->escape) != std::string_view::npos) {
      for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == options_->escape && i + 1 < text.size()) ++i;
        unescaped += text[i];
      }
      text = unescaped;
    }
  } else if (text.empty() && type.id() != TypeId::kVarchar) {
    out.AppendNull();
    return true;
  }
  if (AppendText(text, type, out, arena)) return true;
  out.Truncate(row);
  out.AppendNull();
  return false;
}

Status CsvDecoder::Decode(std::string_view record, ColumnBatch& batch) {
  if (!options_->multi_line) {
    if (splitter_.IsBlank(record)) return {};
    splitter_.Split(record);
    return DecodeOne(record, batch);
  }
  bool header = options_->header;
  while (!record.empty()) {
    const std::size_t line_end = record.find('\n');
    const std::string_view line = record.substr(0, line_end);
    if (splitter_.IsBlank(line)) {
      record.remove_prefix(line_end == std::string_view::npos ? record.size() : line_end + 1);
      continue;
    }
    const std::size_t used = splitter_.Split(record);
    if (!header) OWLET_CHECK_OK(DecodeOne(Trim(record.substr(0, used)), batch));
    header = false;
    record.remove_prefix(used);
  }
  return {};
}

Status CsvDecoder::DecodeOne(std::string_view record, ColumnBatch& batch) {
  const auto& values = splitter_.values();
  const bool spark = options_->style == CsvOptions::Style::kSpark;
  bool malformed = spark && all_read_ && values.size() != num_values_;
  const bool valid = simdjson::validate_utf8(record.data(), record.size());
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    const std::size_t field = fields_[i];
    ColumnData& column = batch.columns[i];
    if (field == corrupt_field_) continue;
    if (places_[field] >= values.size()) {
      column.AppendNull();
      continue;
    }
    CsvSplitter::Value value = values[places_[field]];
    std::string repaired;
    if (!valid) {
      repaired = RepairUtf8(value.text);
      value.text = repaired;
    }
    const bool good = Append(value, schema_[field].type, column, *batch.arena);
    if (!good && options_->style == CsvOptions::Style::kOpenCsv) {
      return Fail(Reason::kExecutionError,
                  fmt::format("Error parsing field value '{}' for field {}: it is no {}",
                              value.text, field, "value of its column's type"),
                  "HIVE_BAD_DATA");
    }
    malformed = malformed || (!good && spark);
  }
  if (malformed && options_->mode == ParseMode::kFailFast) {
    return Fail(Reason::kExecutionError, RepairUtf8(record), "MALFORMED_RECORD_IN_PARSING");
  }
  if (malformed && options_->mode == ParseMode::kDropMalformed) {
    for (ColumnData& column : batch.columns) column.Truncate(batch.rows);
    return {};
  }
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    if (fields_[i] != corrupt_field_) continue;
    if (malformed) {
      batch.columns[i].AppendString(batch.arena->Add(RepairUtf8(record)));
    } else {
      batch.columns[i].AppendNull();
    }
  }
  ++batch.rows;
  return {};
}

}  // namespace owlet::scan
