#include "core/scan/json_decoder.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <charconv>

#include "base/ascii.h"
#include "base/encoding.h"
#include "core/scan/text_values.h"

namespace owlet::scan {

using plan::Type;
using plan::TypeId;

namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

std::optional<std::int64_t> ParseInteger(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool FitsInteger(std::int64_t value, TypeId id) {
  switch (id) {
    case TypeId::kTinyint:
      return value >= -128 && value <= 255;  // Jackson takes unsigned bytes too
    case TypeId::kSmallint:
      return value >= INT16_MIN && value <= INT16_MAX;
    case TypeId::kInteger:
      return value >= INT32_MIN && value <= INT32_MAX;
    default:
      return true;
  }
}

std::int64_t NarrowByte(std::int64_t value, TypeId id) {
  return id == TypeId::kTinyint ? static_cast<std::int8_t>(value) : value;
}

std::optional<double> NonNumeric(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text != "INF" && text != "Infinity") return std::nullopt;
  const double infinity = std::numeric_limits<double>::infinity();
  return negative ? -infinity : infinity;
}

bool IsText(TypeId id) {
  return id == TypeId::kVarchar || id == TypeId::kChar || id == TypeId::kJson;
}

/// Nothing when the text begins with no character.
std::string_view FirstCharacter(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t size = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  const std::string_view character = text.substr(0, size);
  const bool valid = character.size() == size && simdjson::validate_utf8(character.data(), size);
  return valid ? character : std::string_view();
}

std::size_t ValidPrefix(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size()) {
    const std::size_t next = FirstCharacter(text.substr(size)).size();
    if (next == 0) break;
    size += next;
  }
  return size;
}

}  // namespace

std::string RepairUtf8(std::string_view text) {
  std::string repaired;
  while (!text.empty()) {
    // The longest valid prefix by halving would be quadratic at worst: go character by character.
    const std::string_view character = FirstCharacter(text);
    if (!character.empty()) {
      repaired += character;
      text.remove_prefix(character.size());
    } else {
      repaired += "\xEF\xBF\xBD";
      text.remove_prefix(1);
    }
  }
  return repaired;
}

JsonDecoder::JsonDecoder(const plan::Schema& schema, std::shared_ptr<const JsonOptions> options,
                         std::vector<ColumnFilter> filters)
    : shared_options_(std::move(options)),
      options_(*shared_options_),
      root_(MakeNode(Type::Row(schema), true)),
      filters_(std::move(filters)) {
  corrupt_column_ = kNone;
  for (std::size_t i = 0; i < schema.size() && !options_.hive; ++i) {
    if (schema[i].name == options_.corrupt_column && schema[i].type.id() == TypeId::kVarchar) {
      corrupt_column_ = i;
      root_.names[i] = std::string(1, '\0');  // no member's name
    }
  }
}

JsonDecoder::Node JsonDecoder::MakeNode(const Type& type, bool top) const {
  Node node{type, {}, {}, {}};
  if (!type.IsNested()) return node;
  for (const plan::Field& field : type.fields()) {
    std::string name = field.name;
    if (options_.hive) {
      if (top) {
        if (const auto mapped = FindOption(options_.mappings, name)) name = *mapped;
      }
      name = ToLowerAscii(name);
    }
    node.names.push_back(std::move(name));
    node.children.push_back(MakeNode(field.type, false));
  }
  return node;
}

std::size_t JsonDecoder::FindField(Node& node, std::size_t place, std::string_view name) const {
  // Records of one file mostly have the same members in the same places.
  if (place < node.expected.size()) {
    const std::size_t field = node.expected[place];
    if (field != kNone && node.names[field] == name) return field;
  }
  const auto found = std::find(node.names.begin(), node.names.end(), name);
  const std::size_t field =
      found == node.names.end() ? kNone : static_cast<std::size_t>(found - node.names.begin());
  if (place < 1024) {
    if (place >= node.expected.size()) node.expected.resize(place + 1, kNone);
    node.expected[place] = field;
  }
  return field;
}

JsonDecoder::Outcome JsonDecoder::Value(JsonText& json, Node& node, ColumnData& out) {
  const JsonKind kind = json.Peek();
  if (kind == JsonKind::kNull) {
    if (json.TakeScalar().empty()) return Outcome::kBad;
    out.AppendNull();
    return Outcome::kGood;
  }
  switch (node.type.id()) {
    case TypeId::kArray:
      if (kind == JsonKind::kArray) return Array(json, node, out);
      break;
    case TypeId::kMap:
      if (kind == JsonKind::kObject) return Map(json, node, out);
      break;
    case TypeId::kRow:
      if (kind == JsonKind::kObject) {
        const std::size_t row = out.size();
        const Outcome outcome = Row(json, node, out.children, row);
        if (outcome != Outcome::kBad) out.AppendRow();
        return outcome;
      }
      break;
    default:
      return options_.hive ? HiveScalar(json, kind, node.type, out)
                           : Scalar(json, kind, node.type, out);
  }
  json.Skip();
  return Outcome::kBad;
}

JsonDecoder::Outcome JsonDecoder::Scalar(JsonText& json, JsonKind kind, const Type& type,
                                         ColumnData& out) {
  const bool is_string = kind == JsonKind::kString;
  if (IsText(type.id())) {
    const std::string_view text = is_string ? json.TakeString() : json.Skip();
    if (!json.ok()) return Outcome::kBad;
    out.AppendString(arena_->Add(text));
    return Outcome::kGood;
  }
  const std::string_view text = is_string ? json.TakeString() : json.Skip();
  if (!json.ok()) return Outcome::kBad;
  const bool is_number = kind == JsonKind::kInteger || kind == JsonKind::kNumber;
  const auto append_integer = [&](std::optional<std::int64_t> value) {
    if (!value) return Outcome::kBad;
    out.AppendInteger(*value);
    return Outcome::kGood;
  };
  switch (type.id()) {
    case TypeId::kBoolean:
      if (kind != JsonKind::kTrue && kind != JsonKind::kFalse) return Outcome::kBad;
      return append_integer(kind == JsonKind::kTrue ? 1 : 0);
    case TypeId::kTinyint:
    case TypeId::kSmallint:
    case TypeId::kInteger:
    case TypeId::kBigint: {
      const auto value = kind == JsonKind::kInteger ? ParseInteger(text) : std::nullopt;
      if (!value || !FitsInteger(*value, type.id())) return Outcome::kBad;
      return append_integer(NarrowByte(*value, type.id()));
    }
    case TypeId::kReal:
    case TypeId::kDouble: {
      std::optional<double> value;
      if (is_number) value = ParseDouble(text);
      if ((is_string || kind == JsonKind::kNonNumeric) && options_.leniency.non_numeric_numbers) {
        value = NonNumeric(text);
      }
      if (!value) return Outcome::kBad;
      out.AppendDouble(*value);
      return Outcome::kGood;
    }
    case TypeId::kDecimal: {
      const auto value = is_number || is_string ? ParseDecimal(text, type.precision(), type.scale())
                                                : std::nullopt;
      if (!value) return Outcome::kBad;
      out.AppendDecimal(*value);
      return Outcome::kGood;
    }
    case TypeId::kDate: {
      if (!is_string) return Outcome::kBad;
      const auto days = options_.formats.ParseDate(text);
      return days ? append_integer(*days) : Outcome::kBad;
    }
    case TypeId::kTimestampLocalZone:
      if (kind == JsonKind::kInteger) {
        const auto seconds = ParseInteger(text);
        if (!seconds || *seconds > INT64_MAX / 1'000'000 || *seconds < INT64_MIN / 1'000'000) {
          return Outcome::kBad;
        }
        return append_integer(*seconds * 1'000'000);
      }
      return append_integer(is_string ? options_.formats.ParseTimestamp(text) : std::nullopt);
    case TypeId::kTimestamp:
      return append_integer(is_string ? options_.formats.ParseTimestampNtz(text) : std::nullopt);
    case TypeId::kVarbinary: {
      const auto bytes = is_string ? DecodeBase64(text) : std::nullopt;
      if (!bytes) return Outcome::kBad;
      out.AppendString(arena_->Add(*bytes));
      return Outcome::kGood;
    }
    default:
      return Outcome::kBad;
  }
}

// Hive's SerDes convert what has the value's text: "5" is a number, 5 is a string.
JsonDecoder::Outcome JsonDecoder::HiveScalar(JsonText& json, JsonKind kind, const Type& type,
                                             ColumnData& out) {
  const std::string_view text = kind == JsonKind::kString ? json.TakeString() : json.Skip();
  if (!json.ok()) return Outcome::kBad;
  if (kind == JsonKind::kObject || kind == JsonKind::kArray) {
    if (!IsText(type.id())) return Outcome::kBad;
    out.AppendString(arena_->Add(text));
    return Outcome::kGood;
  }
  switch (type.id()) {
    case TypeId::kBoolean: {
      const std::string word = ToLowerAscii(text);
      if (word != "true" && word != "false") return Outcome::kBad;
      out.AppendInteger(word == "true" ? 1 : 0);
      return Outcome::kGood;
    }
    case TypeId::kTinyint:
    case TypeId::kSmallint:
    case TypeId::kInteger:
    case TypeId::kBigint: {
      auto value = ParseInteger(text);
      if (!value && kind != JsonKind::kString) {
        if (const auto real = ParseDouble(text); real && std::abs(*real) < 9e18) {
          value = static_cast<std::int64_t>(*real);
        }
      }
      if (!value || !FitsInteger(*value, type.id())) return Outcome::kBad;
      out.AppendInteger(NarrowByte(*value, type.id()));
      return Outcome::kGood;
    }
    case TypeId::kReal:
    case TypeId::kDouble: {
      const auto value = ParseDouble(text);
      if (!value) return Outcome::kBad;
      out.AppendDouble(*value);
      return Outcome::kGood;
    }
    case TypeId::kDecimal: {
      const auto value = ParseDecimal(text, type.precision(), type.scale());
      if (!value) return Outcome::kBad;
      out.AppendDecimal(*value);
      return Outcome::kGood;
    }
    case TypeId::kDate: {
      const auto days = ParseSparkDate(text);
      if (!days) return Outcome::kBad;
      out.AppendInteger(*days);
      return Outcome::kGood;
    }
    case TypeId::kTimestamp:
    case TypeId::kTimestampLocalZone: {
      std::optional<std::int64_t> micros;
      if (kind == JsonKind::kInteger) {
        const auto millis = ParseInteger(text);
        if (millis && *millis <= INT64_MAX / 1000 && *millis >= INT64_MIN / 1000) {
          micros = *millis * 1000;
        }
      } else {
        micros = ParseSparkTimestamp(text, TimeZone());
      }
      if (!micros) return Outcome::kBad;
      out.AppendInteger(*micros);
      return Outcome::kGood;
    }
    case TypeId::kVarbinary: {
      const auto bytes = DecodeBase64(text);
      out.AppendString(arena_->Add(bytes ? std::string_view(*bytes) : text));
      return Outcome::kGood;
    }
    default:
      out.AppendString(arena_->Add(text));
      return Outcome::kGood;
  }
}

JsonDecoder::Outcome JsonDecoder::Array(JsonText& json, Node& node, ColumnData& out) {
  ColumnData& items = out.children[0];
  const std::size_t start = items.size();
  Outcome outcome = Outcome::kGood;
  json.EnterArray();
  while (json.NextElement()) {
    if (outcome == Outcome::kBad) {
      json.Skip();
      continue;
    }
    const Outcome item = Value(json, node.children[0], items);
    if (item == Outcome::kBad) {
      // Hive makes the item NULL; Spark gives the whole array up.
      if (options_.hive && json.ok()) {
        items.AppendNull();
      } else {
        outcome = Outcome::kBad;
      }
    } else if (item == Outcome::kPartial) {
      outcome = Outcome::kPartial;
    }
  }
  if (!json.ok() || outcome == Outcome::kBad) {
    items.Truncate(start);
    return Outcome::kBad;
  }
  out.AppendList();
  return outcome;
}

JsonDecoder::Outcome JsonDecoder::Map(JsonText& json, Node& node, ColumnData& out) {
  ColumnData& keys = out.children[0];
  ColumnData& values = out.children[1];
  const std::size_t start = keys.size();
  Outcome outcome = Outcome::kGood;
  json.EnterObject();
  std::string_view name;
  while (json.NextMember(name)) {
    if (outcome == Outcome::kBad || !IsText(node.children[0].type.id())) {
      outcome = Outcome::kBad;
      json.Skip();
      continue;
    }
    keys.AppendString(arena_->Add(name));
    const Outcome value = Value(json, node.children[1], values);
    if (value == Outcome::kBad) {
      if (options_.hive && json.ok()) {
        values.AppendNull();
      } else {
        outcome = Outcome::kBad;
      }
    } else if (value == Outcome::kPartial) {
      outcome = Outcome::kPartial;
    }
  }
  if (!json.ok() || outcome == Outcome::kBad) {
    keys.Truncate(start);
    values.Truncate(start);
    return Outcome::kBad;
  }
  out.AppendList();
  return outcome;
}

// Of two members with one name the later counts, if it fits. False when it does not.
bool JsonDecoder::SecondValue(JsonText& json, Node& node, ColumnData& column, std::size_t row) {
  const std::string_view text = json.Skip();
  if (!json.ok()) return false;
  ColumnData tried(node.type);
  JsonText first(text, options_.leniency);
  if (Value(first, node, tried) == Outcome::kBad) {
    if (!options_.hive) return false;
    column.Truncate(row);
    column.AppendNull();
    return true;
  }
  column.Truncate(row);
  JsonText second(text, options_.leniency);
  return Value(second, node, column) == Outcome::kGood;
}

// Appends one value to each of `columns`, which have `row` values before.
JsonDecoder::Outcome JsonDecoder::Row(JsonText& json, Node& node, std::vector<ColumnData>& columns,
                                      std::size_t row) {
  Outcome outcome = Outcome::kGood;
  std::string_view name;
  json.EnterObject();
  for (std::size_t place = 0; json.NextMember(name); ++place) {
    if (options_.hive) {
      folded_ = ToLowerAscii(name);
      name = folded_;
    }
    const std::size_t field = FindField(node, place, name);
    if (field == kNone) {
      json.Skip();
      continue;
    }
    ColumnData& column = columns[field];
    if (column.size() > row) {
      if (!SecondValue(json, node.children[field], column, row)) outcome = Outcome::kPartial;
      if (!json.ok()) break;
      continue;
    }
    const Outcome value = Value(json, node.children[field], column);
    if (!json.ok()) break;
    if (value == Outcome::kBad) column.AppendNull();
    if (value != Outcome::kGood) outcome = Outcome::kPartial;
    if (value == Outcome::kGood && &node == &root_ && !filters_.empty() &&
        !filters_[field].Passes(column, row)) {
      for (ColumnData& each : columns) each.Truncate(row);
      return Outcome::kDropped;
    }
  }
  if (!json.ok()) {
    for (ColumnData& column : columns) column.Truncate(row);
    return Outcome::kBad;
  }
  for (ColumnData& column : columns) {
    if (column.size() == row) column.AppendNull();
  }
  return outcome;
}

/// Rows of an object, or of an array of objects; `malformed` has one entry a row.
JsonDecoder::Outcome JsonDecoder::Root(JsonText& json, ColumnBatch& batch,
                                       std::vector<bool>& malformed) {
  const JsonKind kind = json.Peek();
  if (kind == JsonKind::kObject) {
    const Outcome outcome = Row(json, root_, batch.columns, batch.rows + malformed.size());
    if (outcome == Outcome::kGood || outcome == Outcome::kPartial) {
      malformed.push_back(outcome == Outcome::kPartial);
    }
    return outcome;
  }
  if (kind != JsonKind::kArray || options_.hive) return Outcome::kBad;
  std::string_view ignored;
  json.EnterArray();
  while (json.NextElement()) {
    if (json.Peek() != JsonKind::kObject) return Outcome::kBad;
    const Outcome outcome = Row(json, root_, batch.columns, batch.rows + malformed.size());
    if (outcome == Outcome::kBad) return outcome;
    if (outcome == Outcome::kDropped) {
      // The other rows of the record stand in the same text: it is read to its end.
      while (json.NextMember(ignored)) json.Skip();
      continue;
    }
    malformed.push_back(outcome == Outcome::kPartial);
  }
  return json.ok() ? Outcome::kGood : Outcome::kBad;
}

bool JsonDecoder::has_corrupt_column() const { return corrupt_column_ != kNone; }

std::optional<std::size_t> JsonDecoder::FieldOf(std::string_view name) const {
  const std::string folded = options_.hive ? ToLowerAscii(name) : std::string(name);
  const auto found = std::find(root_.names.begin(), root_.names.end(), folded);
  if (found == root_.names.end()) return std::nullopt;
  return static_cast<std::size_t>(found - root_.names.begin());
}

bool JsonDecoder::DecodeField(std::size_t field, std::string_view text, ColumnData& out,
                              StringArena& arena) {
  arena_ = &arena;
  JsonText json(text, options_.leniency);
  const Outcome outcome = Value(json, root_.children[field], out);
  if (outcome == Outcome::kBad) out.AppendNull();
  return outcome == Outcome::kGood;
}

// A record that is no UTF-8 is bad, unless a filter refuses it before the broken character.
JsonDecoder::Outcome JsonDecoder::RootOfBroken(std::string_view record, ColumnBatch& batch,
                                               std::vector<bool>& malformed) {
  if (filters_.empty()) return Outcome::kBad;
  JsonText json(record.substr(0, ValidPrefix(record)), options_.leniency);
  const bool dropped =
      json.Peek() == JsonKind::kObject && Root(json, batch, malformed) == Outcome::kDropped;
  malformed.clear();
  return dropped ? Outcome::kDropped : Outcome::kBad;
}

Status JsonDecoder::Decode(std::string_view record, ColumnBatch& batch) {
  arena_ = batch.arena.get();
  JsonText json(record, options_.leniency);
  if (json.Peek() == JsonKind::kEnd) return {};
  std::vector<bool> malformed;
  const bool valid = simdjson::validate_utf8(record.data(), record.size());
  const Outcome outcome =
      valid ? Root(json, batch, malformed) : RootOfBroken(record, batch, malformed);
  if (outcome == Outcome::kDropped) {
    ++batch.records_left_out;
    return {};
  }
  if (outcome == Outcome::kBad) {
    for (ColumnData& column : batch.columns) {
      column.Truncate(batch.rows);
      column.AppendNull();
    }
    malformed.assign(1, true);
    if (options_.hive && !options_.ignore_malformed) {
      return Fail(Reason::kExecutionError,
                  "Row is not a valid JSON Object: " + RepairUtf8(record.substr(0, 200)),
                  "HIVE_CURSOR_ERROR");
    }
  } else if (options_.hive) {
    malformed.assign(malformed.size(), false);
  }
  const bool any_bad = std::find(malformed.begin(), malformed.end(), true) != malformed.end();
  if (any_bad && options_.mode == ParseMode::kFailFast) {
    return Fail(Reason::kExecutionError, RepairUtf8(record), "MALFORMED_RECORD_IN_PARSING");
  }
  if (any_bad && options_.mode == ParseMode::kDropMalformed) {
    for (ColumnData& column : batch.columns) column.Truncate(batch.rows);
    return {};
  }
  if (corrupt_column_ != kNone) {
    ColumnData& column = batch.columns[corrupt_column_];
    column.Truncate(batch.rows);
    std::string_view text;
    if (any_bad) text = arena_->Add(valid ? std::string(record) : RepairUtf8(record));
    for (std::size_t i = 0; i < malformed.size(); ++i) {
      if (any_bad) {
        column.AppendString(text);
      } else {
        column.AppendNull();
      }
    }
  }
  batch.rows += malformed.size();
  return {};
}

}  // namespace owlet::scan
