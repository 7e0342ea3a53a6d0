#include "core/scan/json_inference.h"

#include <simdjson.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "base/mutex.h"
#include "core/scan/json_text.h"
#include "core/scan/record_reader.h"
#include "core/scan/text_values.h"

namespace owlet::scan {

using plan::Type;
using plan::TypeId;

namespace {

constexpr int kLongDigits = 20;  // decimal(20, 0) holds every bigint: Spark's DecimalType.forType
constexpr int kMostDigits = 38;

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

Result<plan::Schema> InferJsonSchema(const std::vector<InputFile>& files,
                                     const JsonOptions& options, int threads) {
  constexpr std::uint64_t kTaskBytes = 8 << 20;
  const std::vector<ScanTask> tasks = PlanTasks(files, !options.multi_line, kTaskBytes);
  std::atomic<std::size_t> next = 0;
  Mutex mutex;
  JsonShape whole;
  std::optional<Error> failure;
  const auto run_task = [&](const ScanTask& task, JsonShape& shape) -> Status {
    OWLET_TRY(LineBlocks blocks, LineBlocks::Open(files[task.file], task));
    if (options.multi_line) {
      OWLET_TRY(const std::string_view record, blocks.Rest());
      return shape.Add(record, options);
    }
    for (;;) {
      OWLET_TRY(const auto block, blocks.Next());
      if (!block) return {};
      LineSplitter lines(*block, options.line_separator);
      for (std::string_view line; lines.Next(line);) OWLET_CHECK_OK(shape.Add(line, options));
    }
  };
  const auto work = [&] {
    JsonShape shape;
    std::optional<Error> error;
    for (std::size_t i = next++; i < tasks.size() && !error; i = next++) {
      if (auto status = run_task(tasks[i], shape); !status) error = std::move(status).error();
    }
    MutexLock lock(mutex);
    whole.Merge(std::move(shape));
    if (error && !failure) {
      failure = std::move(error);
      next = tasks.size();
    }
  };
  {
    std::vector<std::jthread> helpers;
    const std::size_t count =
        std::min<std::size_t>(tasks.size(), static_cast<std::size_t>(threads));
    for (std::size_t i = 1; i < count; ++i) helpers.emplace_back(work);
    work();
  }
  if (failure) return Fail(*std::move(failure));
  return whole.ToSchema(options);
}

}  // namespace owlet::scan
