#include "core/scan/json_inference.h"

#include <simdjson.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "base/mutex.h"
#include "core/scan/block_queue.h"
#include "core/scan/json_recorder.h"
#include "core/scan/json_text.h"
#include "core/scan/record_reader.h"
#include "core/scan/text_values.h"

namespace owlet::scan {

using plan::Type;
using plan::TypeId;

namespace {

constexpr int kLongDigits = 20;  // decimal(20, 0) holds every bigint: Spark's DecimalType.forType
constexpr int kMostDigits = 38;
constexpr std::size_t kRowsAtOnce = 256;

struct Digits {
  int precision = 0;
  int scale = 0;
};

/// The precision and scale that java.math.BigDecimal has for a number's text.
std::optional<Digits> DigitsOf(std::string_view text) {
  int digits = 0, scale = 0, power = 0;
  bool point = false, any = false;
  std::size_t i = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  for (; i < text.size() && text[i] != 'e' && text[i] != 'E'; ++i) {
    if (text[i] == '.' && !point) {
      point = true;
      continue;
    }
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    any = true;
    if (digits > 0 || text[i] != '0') ++digits;
    if (point) ++scale;
  }
  if (!any) return std::nullopt;
  if (i < text.size()) {
    if (!ParseDouble(text)) return std::nullopt;
    power = std::atoi(std::string(text.substr(i + 1)).c_str());
  }
  scale -= power;
  if (scale < 0) {  // Spark asks for max(precision, scale); a negative scale is no decimal to it
    digits -= scale;
    scale = 0;
  }
  return Digits{std::max(std::max(digits, 1), scale), scale};
}

}  // namespace

void JsonShape::BecomeString() {
  kind_ = Kind::kString;
  fields_.clear();
  element_.reset();
}

void JsonShape::MergeScalar(Kind kind, int precision, int scale) {
  if (kind == Kind::kNone) return;
  if (kind_ == Kind::kNone) {
    kind_ = kind;
    precision_ = precision;
    scale_ = scale;
    return;
  }
  const auto is_number = [](Kind k) {
    return k == Kind::kBigint || k == Kind::kDecimal || k == Kind::kDouble;
  };
  if (!is_number(kind_) || !is_number(kind)) {
    if (kind_ != kind) BecomeString();
    return;
  }
  if (kind_ == kind && kind != Kind::kDecimal) return;
  if (kind_ == Kind::kDouble || kind == Kind::kDouble) {
    kind_ = Kind::kDouble;
    return;
  }
  // A decimal and a decimal, or a bigint as one.
  if (kind_ == Kind::kBigint) precision_ = kLongDigits, scale_ = 0;
  if (kind == Kind::kBigint) precision = kLongDigits, scale = 0;
  const int whole = std::max(precision_ - scale_, precision - scale);
  scale_ = std::max(scale_, scale);
  precision_ = whole + scale_;
  kind_ = precision_ > kMostDigits ? Kind::kDouble : Kind::kDecimal;
}

void JsonShape::MergeNumber(std::string_view text, bool integer, const JsonOptions& options) {
  if (integer && text.size() <= 18) return MergeScalar(Kind::kBigint);
  const auto digits = DigitsOf(text);
  if (integer && ParseDecimal(text, 19, 0)) {
    const plan::Int128 value = *ParseDecimal(text, 19, 0);
    if (value >= INT64_MIN && value <= INT64_MAX) return MergeScalar(Kind::kBigint);
  }
  if ((integer || options.prefers_decimal) && digits && digits->precision <= kMostDigits) {
    return MergeScalar(Kind::kDecimal, digits->precision, digits->scale);
  }
  MergeScalar(Kind::kDouble);
}

void JsonShape::Infer(JsonText& json, const JsonOptions& options) {
  const JsonKind kind = json.Peek();
  switch (kind) {
    case JsonKind::kNull:
      static_cast<void>(json.TakeScalar());
      return;
    case JsonKind::kString: {
      const std::string_view text = json.TakeString();
      if (text.empty()) return;  // as good as null to Spark
      if (options.prefers_decimal) {
        const auto digits = DigitsOf(text);
        if (digits && digits->precision <= kMostDigits) {
          return MergeScalar(Kind::kDecimal, digits->precision, digits->scale);
        }
      }
      const bool time = options.infer_timestamp && options.formats.ParseTimestamp(text);
      return MergeScalar(time ? Kind::kTimestamp : Kind::kString);
    }
    case JsonKind::kTrue:
    case JsonKind::kFalse:
      static_cast<void>(json.TakeScalar());
      return MergeScalar(options.primitives_as_string ? Kind::kString : Kind::kBoolean);
    case JsonKind::kInteger:
    case JsonKind::kNumber:
    case JsonKind::kNonNumeric: {
      const std::string_view text = json.TakeScalar();
      if (options.primitives_as_string) return MergeScalar(Kind::kString);
      if (kind == JsonKind::kNonNumeric) return MergeScalar(Kind::kDouble);
      return MergeNumber(text, kind == JsonKind::kInteger, options);
    }
    case JsonKind::kObject: {
      if (kind_ == Kind::kNone) kind_ = Kind::kStruct;
      const bool fits = kind_ == Kind::kStruct;
      if (!fits) BecomeString();
      json.EnterObject();
      std::string_view name;
      while (json.NextMember(name)) {
        if (!fits) {
          json.Skip();
          continue;
        }
        auto field = fields_.find(name);
        if (field == fields_.end()) field = fields_.emplace(std::string(name), JsonShape()).first;
        field->second.Infer(json, options);
      }
      return;
    }
    case JsonKind::kArray: {
      if (kind_ == Kind::kNone) {
        kind_ = Kind::kArray;
        element_ = std::make_unique<JsonShape>();
      }
      const bool fits = kind_ == Kind::kArray;
      if (!fits) BecomeString();
      json.EnterArray();
      while (json.NextElement()) {
        if (fits) {
          element_->Infer(json, options);
        } else {
          json.Skip();
        }
      }
      return;
    }
    case JsonKind::kEnd:
    case JsonKind::kBad:
      json.Skip();
  }
}

Status JsonShape::Add(std::string_view record, const JsonOptions& options) {
  JsonText check(record, options.leniency);
  JsonKind kind = check.Peek();
  if (kind == JsonKind::kEnd) return {};
  // The record is read to its end first: a broken one must leave nothing behind.
  bool good = simdjson::validate_utf8(record.data(), record.size()) &&
              (kind == JsonKind::kObject || kind == JsonKind::kArray);
  if (good && kind == JsonKind::kArray) {
    check.EnterArray();
    while (good && check.NextElement()) {
      good = check.Peek() == JsonKind::kObject;
      check.Skip();
    }
  } else {
    check.Skip();
  }
  kind_ = Kind::kStruct;
  if (!good || !check.ok()) {
    if (options.mode == ParseMode::kFailFast) {
      Error error{
          Reason::kExecutionError,
          "Malformed records are detected in record parsing: " + options.corrupt_column + ".",
          "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION"};
      error.parameters = {{"badRecord", options.corrupt_column}, {"failFastMode", "FAILFAST"}};
      return Fail(std::move(error));
    }
    if (options.mode == ParseMode::kPermissive) {
      fields_[options.corrupt_column].MergeScalar(Kind::kString);
    }
    return {};
  }
  JsonText json(record, options.leniency);
  if (kind == JsonKind::kObject) {
    Infer(json, options);
    return {};
  }
  static_cast<void>(json.Peek());
  json.EnterArray();
  while (json.NextElement()) Infer(json, options);
  return {};
}

void JsonShape::Merge(JsonShape other) {
  if (other.kind_ == Kind::kNone) return;
  if (kind_ == Kind::kNone) {
    *this = std::move(other);
  } else if (kind_ == Kind::kStruct && other.kind_ == Kind::kStruct) {
    for (auto& [name, shape] : other.fields_) fields_[name].Merge(std::move(shape));
  } else if (kind_ == Kind::kArray && other.kind_ == Kind::kArray) {
    element_->Merge(std::move(*other.element_));
  } else if (kind_ == Kind::kStruct || kind_ == Kind::kArray || other.kind_ == Kind::kStruct ||
             other.kind_ == Kind::kArray) {
    BecomeString();
  } else {
    MergeScalar(other.kind_, other.precision_, other.scale_);
  }
}

// Spark's canonicalizeType: what was never seen is a string, a struct without fields is no column.
std::optional<Type> JsonShape::ToType(const JsonOptions& options) const {
  switch (kind_) {
    case Kind::kNone:
      if (options.drop_field_if_all_null) return std::nullopt;
      return Type::Varchar();
    case Kind::kBoolean:
      return Type(TypeId::kBoolean);
    case Kind::kBigint:
      return Type(TypeId::kBigint);
    case Kind::kDecimal:
      return Type::Decimal(precision_, scale_);
    case Kind::kDouble:
      return Type(TypeId::kDouble);
    case Kind::kTimestamp:
      return Type(TypeId::kTimestampLocalZone);
    case Kind::kString:
      return Type::Varchar();
    case Kind::kArray: {
      auto element = element_->ToType(options);
      if (!element) return std::nullopt;
      return Type::Array(*std::move(element));
    }
    case Kind::kStruct: {
      plan::Schema fields = ToSchema(options);
      if (fields.empty()) return std::nullopt;
      return Type::Row(std::move(fields));
    }
  }
  return std::nullopt;
}

plan::Schema JsonShape::ToSchema(const JsonOptions& options) const {
  plan::Schema schema;
  for (const auto& [name, shape] : fields_) {
    if (auto type = shape.ToType(options))
      schema.push_back({.name = name, .type = *std::move(type)});
  }
  return schema;
}

void JsonShape::AddValue(std::string_view text, const JsonOptions& options) {
  JsonText json(text, options.leniency);
  Infer(json, options);
}

JsonShape* JsonShape::FindField(std::string_view name) {
  const auto found = fields_.find(name);
  return found == fields_.end() ? nullptr : &found->second;
}

KindSet JsonShape::KnownKinds() const {
  const KindSet nothing = KindBit(TokenKind::kNull) | KindBit(TokenKind::kEmpty);
  const KindSet integer = KindBit(TokenKind::kInteger);
  switch (kind_) {
    case Kind::kString:
      return kEveryKind;
    case Kind::kBoolean:
      return nothing | KindBit(TokenKind::kFalse) | KindBit(TokenKind::kTrue);
    case Kind::kBigint:
      return nothing | integer;
    case Kind::kDecimal:
      return precision_ - scale_ >= kLongDigits ? nothing | integer : nothing;
    case Kind::kDouble:
      return nothing | integer | KindBit(TokenKind::kLongInteger) | KindBit(TokenKind::kNumber);
    default:
      return nothing;
  }
}

KindSet JsonShape::OpenKinds() const {
  if (kind_ == Kind::kStruct) return KindBit(TokenKind::kObject);
  if (kind_ == Kind::kArray) return KindBit(TokenKind::kArray);
  return 0;
}

JsonSchemaReader::JsonSchemaReader(const JsonOptions& options, JsonRecorder* recorder,
                                   const JsonKernel& kernel)
    : options_(options),
      kernel_(kernel),
      shapes_(1),
      recorder_(recorder),
      tokens_(kRowsAtOnce * kMostOpen) {
  walk_.members = members_.data();
  walk_.tokens = tokens_.data();
  walk_.context = this;
  walk_.find = FindMember;
  walk_.judge = [](void*, std::uint32_t, JsonToken) { return Verdict::kOdd; };
}

std::uint32_t JsonSchemaReader::FindMember(void* self, const char* name, std::size_t size) {
  auto& reader = *static_cast<JsonSchemaReader*>(self);
  const std::string_view text(name, size);
  const std::uint32_t known = reader.members_.Find(text);
  if (known != JsonMember::kStart) return known;
  JsonShape* const shape = reader.shape_.FindField(text);
  if (shape == nullptr) return JsonMember::kStart;
  return reader.AddMember(std::string(text), shape);
}

std::uint32_t JsonSchemaReader::AddMember(const std::string& name, JsonShape* shape) {
  const std::uint32_t added = members_.Add(name);
  if (added == JsonMember::kStart) return added;
  members_[added].accepted = shape->KnownKinds();
  shapes_.push_back(shape);
  return added;
}

// A recorder needs a slot for each member before a walk meets it.
void JsonSchemaReader::LearnMembers() {
  if (recorder_ == nullptr || shapes_.size() == shape_.fields().size() + 1) return;
  for (const auto& [name, shape] : shape_.fields()) {
    if (members_.Find(name) != JsonMember::kStart) continue;
    const std::uint32_t added = AddMember(name, shape_.FindField(name));
    if (added == JsonMember::kStart || !recorder_->AddMember(name)) continue;
    members_[added].slot = static_cast<std::uint32_t>(slots_.size());
    slots_.push_back(shapes_[added]);
  }
}

// What the members accept follows from what the shape has come to know.
void JsonSchemaReader::LearnKinds() {
  for (std::uint32_t i = 1; i < members_.size(); ++i) {
    JsonMember& member = members_[i];
    const KindSet open = shapes_[i]->OpenKinds();
    const bool known =
        std::ranges::any_of(open_, [&](std::size_t slot) { return slots_[slot] == shapes_[i]; });
    member.accepted = shapes_[i]->KnownKinds();
    if (open == 0) continue;
    if (!known && open_.size() < kMostOpen) {
      if (member.slot == JsonMember::kNoSlot) {
        member.slot = static_cast<std::uint32_t>(slots_.size());
        slots_.push_back(shapes_[i]);
      }
      open_.push_back(member.slot);
    } else if (!known) {
      continue;
    }
    member.accepted |= open;
  }
}

void JsonSchemaReader::AddOpenValues(std::string_view text) {
  for (const std::size_t slot : open_) {
    if (slot >= walk_.slots) continue;
    const JsonToken* token = walk_.tokens + slot;
    for (std::size_t row = 0; row < walk_.rows; ++row, token += walk_.slots) {
      if (token->kind() != TokenKind::kObject && token->kind() != TokenKind::kArray) continue;
      slots_[slot]->AddValue(token->In(text.data()), options_);
    }
  }
}

Status JsonSchemaReader::AddLines(std::string_view text) {
  std::size_t position = 0;
  std::size_t learned = std::string_view::npos;  // the line that was taken in last
  if (recorder_ != nullptr) recorder_->Begin(text);
  while (position < text.size()) {
    walk_.text = text.data();
    walk_.size = text.size();
    walk_.position = position;
    walk_.slots = slots_.size();
    walk_.rows = 0;
    walk_.max_rows = walk_.slots > 0 ? kRowsAtOnce : ~std::size_t{0};
    if (recorder_ != nullptr) {
      walk_.tokens = recorder_->Room(walk_.slots * kRowsAtOnce);
    } else {
      tokens_.resize(std::max(tokens_.size(), walk_.slots * kRowsAtOnce));
      walk_.tokens = tokens_.data();
    }
    const WalkEnd end = kernel_.walk(walk_);
    AddOpenValues(text);
    if (recorder_ != nullptr) recorder_->Take(walk_.rows, walk_.slots);
    position = walk_.position;
    if (end != WalkEnd::kOdd) continue;
    LineSplitter lines(text.substr(position), {});
    std::string_view line;
    static_cast<void>(lines.Next(line));
    if (learned != position) OWLET_CHECK_OK(Add(line));
    // What was only new about a line is known now: its values are wanted too.
    const bool again = recorder_ != nullptr && learned != position;
    learned = position;
    if (again) continue;
    if (recorder_ != nullptr) recorder_->Reject();
    position = text.size() - lines.rest().size();
  }
  return {};
}

Status JsonSchemaReader::Add(std::string_view record) {
  OWLET_CHECK_OK(shape_.Add(record, options_));
  LearnMembers();
  LearnKinds();
  return {};
}

Status JsonSchemaReader::AddBlock(const LineBlock& block) {
  const std::string_view text = block.text;
  if (options_.line_separator.empty() && simdjson::validate_utf8(text.data(), text.size())) {
    return AddLines(text);
  }
  if (recorder_ != nullptr) recorder_->Reject();
  LineSplitter lines(text, options_.line_separator);
  for (std::string_view line; lines.Next(line);) OWLET_CHECK_OK(Add(line));
  return {};
}

Result<plan::Schema> InferJsonSchema(const std::vector<InputFile>& files,
                                     const JsonOptions& options, int threads,
                                     const std::stop_token& stop, ColumnCache* cache,
                                     const std::string& cache_form) {
  if (options.multi_line || !options.line_separator.empty()) cache = nullptr;
  const std::uint64_t scan = cache != nullptr ? cache->BeginScan() : 0;
  BlockQueue::Form form{.records_are_lines = !options.multi_line,
                        .separator = options.line_separator,
                        .whole_files = false,
                        .shared = true,
                        .at_end = {}};
  if (cache != nullptr) {
    form.at_end = [&](std::size_t file, std::uint64_t version, std::uint64_t end) {
      if (version == files[file].version) cache->KeepPlainSize(files[file], cache_form, end);
    };
  }
  BlockQueue queue(files, std::move(form));
  std::atomic<bool> ended = false;
  Mutex mutex;
  JsonShape whole;
  std::optional<Error> failure;
  const auto read = [&](JsonSchemaReader& reader, JsonRecorder* recorder) -> Status {
    BlockQueue::Reader blocks(queue);
    while (!ended) {
      if (stop.stop_requested()) return Fail(Reason::kCancelled, "schema inference was stopped");
      OWLET_TRY(const auto block, blocks.Next());
      if (!block) return {};
      OWLET_CHECK_OK(options.multi_line ? reader.Add(block->text) : reader.AddBlock(*block));
      const InputFile& file = files[block->file];
      if (recorder != nullptr && block->version == file.version) recorder->Keep(file, *block);
    }
    return {};
  };
  const auto work = [&] {
    std::optional<JsonRecorder> recorder;
    if (cache != nullptr) recorder.emplace(*cache, cache_form, scan);
    JsonRecorder* const records = recorder ? &*recorder : nullptr;
    JsonSchemaReader reader(options, records);
    auto status = read(reader, records);
    MutexLock lock(mutex);
    whole.Merge(std::move(reader.shape()));
    if (!status && !failure) {
      failure = std::move(status).error();
      ended = true;
    }
  };
  {
    std::vector<std::jthread> helpers;
    const std::size_t count = std::min(queue.MostThreads(), static_cast<std::size_t>(threads));
    for (std::size_t i = 1; i < count; ++i) helpers.emplace_back(work);
    work();
  }
  if (failure) return Fail(*std::move(failure));
  return whole.ToSchema(options);
}

}  // namespace owlet::scan
