#include "core/scan/avro_decoder.h"

#include <fmt/format.h>
#include <strings.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/plan/type_names.h"
#include "core/scan/text_values.h"

namespace owlet::scan {

using nlohmann::json;
using plan::Type;
using plan::TypeId;

/// What is done with one value of the writer's type. `children` are, for records, one a field of
/// the writer; for arrays and maps the item; for unions one a branch.
struct AvroStep {
  const AvroType* type = nullptr;
  bool wanted = false;  // else its bytes are passed over
  Type target;
  std::vector<AvroStep> children = {};
  /// Of records: the place of each child among the target's fields (or the batch's columns).
  std::vector<std::size_t> places = {};
  /// Of records: the fields that the writer has not, with their defaults.
  std::vector<std::pair<std::size_t, json>> missing = {};
  bool members = false;  // a union as a struct of its members
};

namespace {

std::unexpected<Error> BadData(const std::string& what) {
  return Fail(Reason::kExecutionError, what, "HIVE_BAD_DATA");
}

std::unexpected<Error> TooShort() { return BadData("A row of an Avro file ends too early"); }

const char* KindName(AvroKind kind) {
  static constexpr const char* kNames[] = {"null",   "boolean", "int",    "long",   "float",
                                           "double", "bytes",   "string", "record", "enum",
                                           "array",  "map",     "union",  "fixed"};
  return kNames[static_cast<std::size_t>(kind)];
}

bool SameName(const std::string& a, const std::string& b, bool case_sensitive) {
  return case_sensitive ? a == b : strcasecmp(a.c_str(), b.c_str()) == 0;
}

// ---- Making the steps.

class StepMaker {
 public:
  explicit StepMaker(const AvroOptions& options) : options_(options) {}

  /// `reader` may be null.
  Result<AvroStep> Make(const AvroType& writer, const Type& target, const AvroType* reader,
                        const std::string& path) {
    AvroStep step{.type = &writer, .wanted = true, .target = target};
    if (writer.kind == AvroKind::kUnion) return MakeUnion(std::move(step), reader, path);
    reader = ReaderBranch(reader, writer);
    const bool nested = writer.kind == AvroKind::kRecord || writer.kind == AvroKind::kArray ||
                        writer.kind == AvroKind::kMap;
    if (!nested) {
      if (!CanRead(writer, target)) return Mismatch(writer, target, path);
      return step;
    }
    if (writer.kind == AvroKind::kRecord && target.id() == TypeId::kRow) {
      std::vector<std::size_t> all(target.fields().size());
      for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
      OWLET_CHECK_OK(MatchFields(writer, target.fields(), all, reader, path, step));
      return step;
    }
    const bool array = writer.kind == AvroKind::kArray && target.id() == TypeId::kArray;
    const bool map = writer.kind == AvroKind::kMap && target.id() == TypeId::kMap;
    if (!array && !map) return Mismatch(writer, target, path);
    const AvroType* item =
        reader == nullptr || reader->kind != writer.kind ? nullptr : reader->branches[0];
    OWLET_TRY(AvroStep child, Make(*writer.branches[0], array ? target.element() : target.value(),
                                   item, path + (array ? ".element" : ".value")));
    step.children.push_back(std::move(child));
    return step;
  }

  /// Finds each of `wanted` of `fields` among the writer's; the places in the step are those in
  /// `wanted`.
  Status MatchFields(const AvroType& writer, const std::vector<plan::Field>& fields,
                     const std::vector<std::size_t>& wanted, const AvroType* reader,
                     const std::string& path, AvroStep& step) {
    step.children.resize(writer.fields.size());
    step.places.resize(writer.fields.size());
    for (std::size_t i = 0; i < writer.fields.size(); ++i) {
      step.children[i].type = writer.fields[i].type;
      step.children[i].target = Type();
    }
    for (std::size_t place = 0; place < wanted.size(); ++place) {
      const plan::Field& field = fields[wanted[place]];
      const AvroField* read_as = ReaderField(reader, field.name);
      const std::size_t found = options_.by_position && path.empty()
                                    ? wanted[place]
                                    : WriterField(writer, field.name, read_as);
      if (found >= writer.fields.size()) {
        json value;
        if (read_as != nullptr && read_as->default_json) {
          value = json::parse(*read_as->default_json, nullptr, false);
        }
        step.missing.emplace_back(place, std::move(value));
        continue;
      }
      if (step.children[found].wanted) return BadData("Two columns are the field " + field.name);
      OWLET_TRY(step.children[found], Make(*writer.fields[found].type, field.type,
                                           read_as == nullptr ? nullptr : read_as->type,
                                           path.empty() ? field.name : path + "." + field.name));
      step.places[found] = place;
    }
    return {};
  }

 private:
  Result<AvroStep> MakeUnion(AvroStep step, const AvroType* reader, const std::string& path) {
    const auto values = ValueBranches(*step.type);
    step.members = IsMemberUnion(*step.type) && step.target.id() == TypeId::kRow &&
                   step.target.fields().size() == values.size() &&
                   !(values.size() == 1 && values[0]->kind == AvroKind::kRecord);
    std::size_t member = 0;
    for (const AvroType* branch : step.type->branches) {
      if (branch->kind == AvroKind::kNull) {
        step.children.push_back({.type = branch, .wanted = true, .target = step.target});
        continue;
      }
      const Type target = step.members ? step.target.fields()[member++].type : step.target;
      OWLET_TRY(AvroStep child, Make(*branch, target, reader, path));
      step.children.push_back(std::move(child));
    }
    return step;
  }

  /// The branch of the reader's union that a value of the writer's type is read as.
  static const AvroType* ReaderBranch(const AvroType* reader, const AvroType& writer) {
    if (reader == nullptr || reader->kind != AvroKind::kUnion) return reader;
    for (const AvroType* branch : reader->branches) {
      if (branch->kind == writer.kind) return branch;
    }
    return nullptr;
  }

  [[nodiscard]] const AvroField* ReaderField(const AvroType* reader,
                                             const std::string& name) const {
    if (reader != nullptr && reader->kind == AvroKind::kUnion) {
      for (const AvroType* branch : reader->branches) {
        if (branch->kind == AvroKind::kRecord) reader = branch;
      }
    }
    if (reader == nullptr || reader->kind != AvroKind::kRecord) return nullptr;
    for (const AvroField& field : reader->fields) {
      if (SameName(field.name, name, options_.case_sensitive)) return &field;
    }
    return nullptr;
  }

  /// The writer's field by the column's name, else by one of the reader's aliases; else the number
  /// of fields.
  [[nodiscard]] std::size_t WriterField(const AvroType& writer, const std::string& name,
                                        const AvroField* read_as) const {
    const auto find = [&](const std::string& wanted) {
      std::size_t i = 0;
      while (i < writer.fields.size() &&
             !SameName(writer.fields[i].name, wanted, options_.case_sensitive)) {
        ++i;
      }
      return i;
    };
    std::size_t found = find(name);
    if (read_as == nullptr) return found;
    for (std::size_t i = 0; i < read_as->aliases.size() && found == writer.fields.size(); ++i) {
      found = find(read_as->aliases[i]);
    }
    return found;
  }

  static bool CanRead(const AvroType& writer, const Type& target) {
    const TypeId id = target.id();
    switch (writer.kind) {
      case AvroKind::kNull:
        return true;
      case AvroKind::kBoolean:
        return id == TypeId::kBoolean;
      case AvroKind::kInt:
      case AvroKind::kLong:
        return target.IsNumeric() || id == TypeId::kDate || id == TypeId::kTimestamp ||
               id == TypeId::kTimestampLocalZone ||
               (target.IsCharacter() && writer.logical == AvroLogical::kNone);
      case AvroKind::kFloat:
      case AvroKind::kDouble:
        return id == TypeId::kReal || id == TypeId::kDouble;
      case AvroKind::kBytes:
      case AvroKind::kFixed:
        if (writer.logical == AvroLogical::kDecimal && id == TypeId::kDecimal) return true;
        return target.IsCharacter() || id == TypeId::kVarbinary;
      case AvroKind::kString:
      case AvroKind::kEnum:
        return target.IsCharacter() || id == TypeId::kVarbinary;
      default:
        return false;
    }
  }

  static std::unexpected<Error> Mismatch(const AvroType& writer, const Type& target,
                                         const std::string& path) {
    return BadData(fmt::format("Avro's type {} of {} cannot be read as {}", KindName(writer.kind),
                               path, plan::TrinoTypeName(target)));
  }

  const AvroOptions& options_;
};

// ---- Reading bytes.

Result<std::int64_t> ReadLong(std::string_view& bytes) {
  std::uint64_t value = 0;
  std::size_t i = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (i == bytes.size()) return TooShort();
    const auto byte = static_cast<unsigned char>(bytes[i++]);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) {
      bytes.remove_prefix(i);
      return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
    }
  }
  return BadData("A number in an Avro file is too long");
}

Result<std::string_view> Take(std::string_view& bytes, std::uint64_t size) {
  if (size > bytes.size()) return TooShort();
  const std::string_view taken = bytes.substr(0, size);
  bytes.remove_prefix(size);
  return taken;
}

Result<std::string_view> ReadText(std::string_view& bytes) {
  OWLET_TRY(const std::int64_t size, ReadLong(bytes));
  if (size < 0) return BadData("A size in an Avro file is wrong");
  return Take(bytes, static_cast<std::uint64_t>(size));
}

template <class Number>
Result<Number> ReadFixed(std::string_view& bytes) {
  OWLET_TRY(const std::string_view raw, Take(bytes, sizeof(Number)));
  Number value;
  std::memcpy(&value, raw.data(), sizeof(value));  // little-endian, as the machines we run on
  return value;
}

/// A decimal's big-endian two's complement.
plan::Int128 ReadUnscaled(std::string_view raw) {
  // Shifted as signed: C++20 says that this is two's complement.
  plan::Int128 value = !raw.empty() && (raw[0] & 0x80) != 0 ? -1 : 0;
  for (const char c : raw) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

plan::Int128 PowerOfTen(int exponent) {
  plan::Int128 power = 1;
  for (; exponent > 0; --exponent) power *= 10;
  return power;
}

/// To another scale, rounded half up; nothing when it has more digits than the column.
std::optional<plan::Int128> Rescale(plan::Int128 value, int from, const Type& to) {
  if (to.scale() > from) {
    if (__builtin_mul_overflow(value, PowerOfTen(to.scale() - from), &value)) return std::nullopt;
  } else if (to.scale() < from) {
    const plan::Int128 unit = PowerOfTen(from - to.scale());
    const plan::Int128 half = unit / 2;
    value = (value + (value < 0 ? -half : half)) / unit;
  }
  const plan::Int128 most = PowerOfTen(to.precision());
  if (value >= most || value <= -most) return std::nullopt;
  return value;
}

std::string_view Limited(std::string_view text, const Type& target) {
  if (!target.IsCharacter() || target.precision() == Type::kUnbounded) return text;
  std::size_t characters = 0;
  std::size_t i = 0;
  for (; i < text.size(); ++i) {
    const bool starts = (text[i] & 0xC0) != 0x80;
    if (starts && characters++ == static_cast<std::size_t>(target.precision())) break;
  }
  return text.substr(0, i);
}

void AppendText(std::string_view text, const Type& target, StringArena& arena, ColumnData& out) {
  text = Limited(text, target);
  if (target.id() == TypeId::kChar) {
    std::size_t length = 0;
    for (const char c : text) length += (c & 0xC0) != 0x80 ? 1 : 0;
    std::string padded(text);
    const auto width = static_cast<std::size_t>(target.precision());
    padded.append(width > length ? width - length : 0, ' ');
    out.AppendString(arena.Add(padded));
    return;
  }
  out.AppendString(arena.Add(text));
}

std::int64_t ToMicros(std::int64_t value, AvroLogical logical) {
  constexpr std::int64_t kThousand = 1000;
  switch (logical) {
    case AvroLogical::kTimestampMicros:
    case AvroLogical::kLocalTimestampMicros:
      return value;
    case AvroLogical::kTimestampNanos:
    case AvroLogical::kLocalTimestampNanos:
      return value >= 0 ? value / kThousand : -((-value + kThousand - 1) / kThousand);
    default:
      return value * kThousand;  // also a long without a logical type, as old writers left it
  }
}

Status AppendInteger(std::int64_t value, const AvroStep& step, StringArena& arena,
                     ColumnData& out) {
  const auto in_range = [&](std::int64_t least, std::int64_t most) -> Status {
    if (value < least || value > most) {
      return BadData(fmt::format("The Avro value {} does not fit into {}", value,
                                 plan::TrinoTypeName(step.target)));
    }
    out.AppendInteger(value);
    return {};
  };
  switch (step.target.id()) {
    case TypeId::kTinyint:
      return in_range(INT8_MIN, INT8_MAX);
    case TypeId::kSmallint:
      return in_range(INT16_MIN, INT16_MAX);
    case TypeId::kInteger:
    case TypeId::kDate:
      return in_range(INT32_MIN, INT32_MAX);
    case TypeId::kReal:
    case TypeId::kDouble:
      out.AppendDouble(static_cast<double>(value));
      return {};
    case TypeId::kDecimal: {
      const auto scaled = Rescale(value, 0, step.target);
      if (!scaled) return in_range(1, 0);
      out.AppendDecimal(*scaled);
      return {};
    }
    case TypeId::kTimestamp:
    case TypeId::kTimestampLocalZone:
      out.AppendInteger(ToMicros(value, step.type->logical));
      return {};
    case TypeId::kVarchar:
    case TypeId::kChar:
      AppendText(std::to_string(value), step.target, arena, out);
      return {};
    default:
      out.AppendInteger(value);
      return {};
  }
}

Status AppendBytes(std::string_view raw, const AvroStep& step, StringArena& arena,
                   ColumnData& out) {
  if (step.target.id() == TypeId::kDecimal) {
    const auto scaled = Rescale(ReadUnscaled(raw), step.type->scale, step.target);
    if (raw.size() > sizeof(plan::Int128) || !scaled) {
      return BadData("An Avro decimal does not fit into " + plan::TrinoTypeName(step.target));
    }
    out.AppendDecimal(*scaled);
    return {};
  }
  AppendText(raw, step.target, arena, out);
  return {};
}

/// A default of the reader's schema as its column's value.
Status AppendDefault(const json& value, const Type& type, StringArena& arena, ColumnData& out) {
  const auto number = [&](double otherwise) {
    return value.is_number() ? value.get<double>() : otherwise;
  };
  const bool integer = value.is_number_integer();
  switch (type.id()) {
    case TypeId::kBoolean:
      if (!value.is_boolean()) break;
      out.AppendInteger(value.get<bool>() ? 1 : 0);
      return {};
    case TypeId::kTinyint:
    case TypeId::kSmallint:
    case TypeId::kInteger:
    case TypeId::kBigint:
    case TypeId::kDate:
      if (!integer) break;
      out.AppendInteger(value.get<std::int64_t>());
      return {};
    case TypeId::kTimestamp:
    case TypeId::kTimestampLocalZone:
      if (!integer) break;
      out.AppendInteger(ToMicros(value.get<std::int64_t>(), AvroLogical::kTimestampMillis));
      return {};
    case TypeId::kReal:
    case TypeId::kDouble:
      if (!value.is_number()) break;
      out.AppendDouble(number(0));
      return {};
    case TypeId::kVarchar:
    case TypeId::kChar:
    case TypeId::kVarbinary:
      if (!value.is_string()) break;
      AppendText(value.get<std::string>(), type, arena, out);
      return {};
    case TypeId::kArray:
      if (!value.is_array()) break;
      for (const json& item : value) {
        OWLET_CHECK_OK(AppendDefault(item, type.element(), arena, out.children[0]));
      }
      out.AppendList();
      return {};
    case TypeId::kMap:
      if (!value.is_object()) break;
      for (const auto& [key, item] : value.items()) {
        AppendText(key, type.key(), arena, out.children[0]);
        OWLET_CHECK_OK(AppendDefault(item, type.value(), arena, out.children[1]));
      }
      out.AppendList();
      return {};
    case TypeId::kRow:
      if (!value.is_object()) break;
      for (std::size_t i = 0; i < type.fields().size(); ++i) {
        const auto found = value.find(type.fields()[i].name);
        OWLET_CHECK_OK(AppendDefault(found == value.end() ? json() : *found, type.fields()[i].type,
                                     arena, out.children[i]));
      }
      out.AppendRow();
      return {};
    default:
      break;
  }
  out.AppendNull();
  return {};
}

// ---- Reading values. `out` is null where the value is passed over.

Status Read(const AvroStep& step, std::string_view& bytes, StringArena& arena, ColumnData* out);

Status Skip(const AvroType& type, std::string_view& bytes);

/// Calls `each` for every item of an array or map; a negative count tells the bytes of the block.
template <class Each>
Status ReadItems(std::string_view& bytes, Each each) {
  for (;;) {
    OWLET_TRY(std::int64_t count, ReadLong(bytes));
    if (count == 0) return {};
    if (count < 0) {
      if (count == std::numeric_limits<std::int64_t>::min()) return TooShort();
      count = -count;
      OWLET_TRY([[maybe_unused]] const std::int64_t size, ReadLong(bytes));
    }
    // Items without bytes (null) could be counted without end.
    constexpr std::int64_t kMost = 1 << 28;
    if (count > kMost) return BadData("An Avro array has too many items");
    for (; count > 0; --count) OWLET_CHECK_OK(each());
  }
}

Status Skip(const AvroType& type, std::string_view& bytes) {
  switch (type.kind) {
    case AvroKind::kNull:
      return {};
    case AvroKind::kBoolean:
    case AvroKind::kFloat:
    case AvroKind::kDouble:
    case AvroKind::kFixed: {
      const std::size_t size = type.kind == AvroKind::kBoolean  ? 1
                               : type.kind == AvroKind::kFloat  ? 4
                               : type.kind == AvroKind::kDouble ? 8
                                                                : type.size;
      OWLET_TRY([[maybe_unused]] const auto taken, Take(bytes, size));
      return {};
    }
    case AvroKind::kInt:
    case AvroKind::kLong:
    case AvroKind::kEnum: {
      OWLET_TRY([[maybe_unused]] const auto value, ReadLong(bytes));
      return {};
    }
    case AvroKind::kBytes:
    case AvroKind::kString: {
      OWLET_TRY([[maybe_unused]] const auto text, ReadText(bytes));
      return {};
    }
    case AvroKind::kRecord:
      for (const AvroField& field : type.fields) OWLET_CHECK_OK(Skip(*field.type, bytes));
      return {};
    case AvroKind::kArray:
      return ReadItems(bytes, [&] { return Skip(*type.branches[0], bytes); });
    case AvroKind::kMap:
      return ReadItems(bytes, [&]() -> Status {
        OWLET_TRY([[maybe_unused]] const auto key, ReadText(bytes));
        return Skip(*type.branches[0], bytes);
      });
    case AvroKind::kUnion: {
      OWLET_TRY(const std::int64_t branch, ReadLong(bytes));
      if (branch < 0 || static_cast<std::size_t>(branch) >= type.branches.size()) {
        return BadData("An Avro union has no such branch");
      }
      return Skip(*type.branches[static_cast<std::size_t>(branch)], bytes);
    }
  }
  return {};
}

Status ReadUnion(const AvroStep& step, std::string_view& bytes, StringArena& arena,
                 ColumnData& out) {
  OWLET_TRY(const std::int64_t branch, ReadLong(bytes));
  if (branch < 0 || static_cast<std::size_t>(branch) >= step.children.size()) {
    return BadData("An Avro union has no such branch");
  }
  const auto chosen = static_cast<std::size_t>(branch);
  const AvroStep& child = step.children[chosen];
  if (!step.members || child.type->kind == AvroKind::kNull) return Read(child, bytes, arena, &out);
  std::size_t member = 0;
  for (std::size_t i = 0; i < step.children.size(); ++i) {
    if (step.children[i].type->kind == AvroKind::kNull) continue;
    if (i == chosen) {
      OWLET_CHECK_OK(Read(child, bytes, arena, &out.children[member]));
    } else {
      out.children[member].AppendNull();
    }
    ++member;
  }
  out.AppendRow();
  return {};
}

Status ReadRecord(const AvroStep& step, std::string_view& bytes, StringArena& arena,
                  std::vector<ColumnData>& columns) {
  for (std::size_t i = 0; i < step.children.size(); ++i) {
    const AvroStep& child = step.children[i];
    if (child.wanted) {
      OWLET_CHECK_OK(Read(child, bytes, arena, &columns[step.places[i]]));
    } else {
      OWLET_CHECK_OK(Skip(*child.type, bytes));
    }
  }
  for (const auto& [place, value] : step.missing) {
    OWLET_CHECK_OK(AppendDefault(value, columns[place].type(), arena, columns[place]));
  }
  return {};
}

Status ReadNested(const AvroStep& step, std::string_view& bytes, StringArena& arena,
                  ColumnData& out) {
  switch (step.type->kind) {
    case AvroKind::kRecord:
      OWLET_CHECK_OK(ReadRecord(step, bytes, arena, out.children));
      out.AppendRow();
      return {};
    case AvroKind::kArray:
      OWLET_CHECK_OK(
          ReadItems(bytes, [&] { return Read(step.children[0], bytes, arena, &out.children[0]); }));
      out.AppendList();
      return {};
    default:
      OWLET_CHECK_OK(ReadItems(bytes, [&]() -> Status {
        OWLET_TRY(const std::string_view key, ReadText(bytes));
        AppendText(key, step.target.key(), arena, out.children[0]);
        return Read(step.children[0], bytes, arena, &out.children[1]);
      }));
      out.AppendList();
      return {};
  }
}

Status Read(const AvroStep& step, std::string_view& bytes, StringArena& arena, ColumnData* out) {
  switch (step.type->kind) {
    case AvroKind::kNull:
      out->AppendNull();
      return {};
    case AvroKind::kBoolean: {
      OWLET_TRY(const std::string_view raw, Take(bytes, 1));
      out->AppendInteger(raw[0] != 0 ? 1 : 0);
      return {};
    }
    case AvroKind::kInt:
    case AvroKind::kLong: {
      OWLET_TRY(const std::int64_t value, ReadLong(bytes));
      return AppendInteger(value, step, arena, *out);
    }
    case AvroKind::kFloat: {
      OWLET_TRY(const float value, ReadFixed<float>(bytes));
      out->AppendDouble(value);
      return {};
    }
    case AvroKind::kDouble: {
      OWLET_TRY(const double value, ReadFixed<double>(bytes));
      out->AppendDouble(value);
      return {};
    }
    case AvroKind::kBytes:
    case AvroKind::kString: {
      OWLET_TRY(const std::string_view text, ReadText(bytes));
      return AppendBytes(text, step, arena, *out);
    }
    case AvroKind::kFixed: {
      OWLET_TRY(const std::string_view raw, Take(bytes, step.type->size));
      return AppendBytes(raw, step, arena, *out);
    }
    case AvroKind::kEnum: {
      OWLET_TRY(const std::int64_t symbol, ReadLong(bytes));
      if (symbol < 0 || static_cast<std::size_t>(symbol) >= step.type->symbols.size()) {
        return BadData("An Avro enum has no such symbol");
      }
      AppendText(step.type->symbols[static_cast<std::size_t>(symbol)], step.target, arena, *out);
      return {};
    }
    case AvroKind::kUnion:
      return ReadUnion(step, bytes, arena, *out);
    default:
      return ReadNested(step, bytes, arena, *out);
  }
}

}  // namespace

AvroDecoder::AvroDecoder(std::shared_ptr<const AvroSchema> writer, std::unique_ptr<AvroStep> root)
    : writer_(std::move(writer)), root_(std::move(root)) {}
AvroDecoder::~AvroDecoder() = default;
AvroDecoder::AvroDecoder(AvroDecoder&&) noexcept = default;
AvroDecoder& AvroDecoder::operator=(AvroDecoder&&) noexcept = default;

Result<AvroDecoder> AvroDecoder::Make(std::shared_ptr<const AvroSchema> writer,
                                      const plan::Schema& table,
                                      const std::vector<std::size_t>& wanted,
                                      const AvroOptions& options) {
  if (writer->root().kind != AvroKind::kRecord) {
    return BadData("The rows of an Avro file are no records");
  }
  auto root = std::make_unique<AvroStep>();
  root->type = &writer->root();
  root->wanted = true;
  const AvroType* reader = options.reader_schema ? &options.reader_schema->root() : nullptr;
  OWLET_CHECK_OK(StepMaker(options).MatchFields(writer->root(), table, wanted, reader, "", *root));
  return AvroDecoder(std::move(writer), std::move(root));
}

Status AvroDecoder::Decode(std::string_view& bytes, ColumnBatch& batch) const {
  OWLET_CHECK_OK(ReadRecord(*root_, bytes, *batch.arena, batch.columns));
  ++batch.rows;
  return {};
}

}  // namespace owlet::scan
