#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/plan/types.h"

namespace owlet::scan {

enum class AvroKind : std::uint8_t {
  kNull,
  kBoolean,
  kInt,
  kLong,
  kFloat,
  kDouble,
  kBytes,
  kString,
  kRecord,
  kEnum,
  kArray,
  kMap,
  kUnion,
  kFixed,
};

/// Logical types that change how a value is read; Avro says that others are ignored.
enum class AvroLogical : std::uint8_t {
  kNone,
  kDecimal,
  kDate,
  kTimestampMillis,
  kTimestampMicros,
  kTimestampNanos,
  kLocalTimestampMillis,
  kLocalTimestampMicros,
  kLocalTimestampNanos,
};

struct AvroType;

struct AvroField {
  std::string name;
  std::vector<std::string> aliases = {};
  const AvroType* type = nullptr;
  std::optional<std::string> default_json = std::nullopt;  // the default as JSON text
};

/// A type of a schema; what it points to belongs to the schema.
struct AvroType {
  AvroKind kind = AvroKind::kNull;
  AvroLogical logical = AvroLogical::kNone;
  int precision = 0;  // of decimals
  int scale = 0;
  std::string name = {};                       // of records, enums and fixed: with its namespace
  std::vector<AvroField> fields = {};          // of records
  std::vector<std::string> symbols = {};       // of enums
  std::vector<const AvroType*> branches = {};  // of unions; the item of arrays, the value of maps
  std::size_t size = 0;                        // of fixed
};

/// A parsed Avro schema (Avro 1.11's specification). Immutable, thread-safe.
class AvroSchema {
 public:
  /// kInvalidArgument for a text that is no schema.
  [[nodiscard]] static Result<std::shared_ptr<const AvroSchema>> Parse(std::string_view json);

  [[nodiscard]] const AvroType& root() const { return *root_; }

  /// The columns of a record as Spark's SchemaConverters has them: a union of null and one type is
  /// nullable, of int and long a long, of float and double a double, any other a struct of member0,
  /// member1 ... kAnalysisError for a root that is no record and for recursive types.
  [[nodiscard]] Result<plan::Schema> SparkColumns() const;

 private:
  friend class AvroSchemaParser;
  std::vector<std::unique_ptr<AvroType>> types_;
  const AvroType* root_ = nullptr;
};

/// The branches of a union without null.
[[nodiscard]] std::vector<const AvroType*> ValueBranches(const AvroType& type);

/// Whether Spark reads this union as a struct of its members.
[[nodiscard]] bool IsMemberUnion(const AvroType& type);

}  // namespace owlet::scan
