#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "core/plan/literal.h"

// The thin side of the dialects' functions: a function sees one row's values and no DuckDB header.
// What DuckDB must know of it (vectors, binding) is in function_adapter.cc.

namespace owlet::engine {

using plan::Int128;

/// One row's arguments and its result. Texts are valid until the call returns. Reading an argument
/// as another type than it has, or a NULL, is a bug of the table that calls it.
class Cells {
 public:
  virtual ~Cells() = default;
  [[nodiscard]] virtual std::size_t size() const = 0;
  [[nodiscard]] virtual bool IsNull(std::size_t index) const = 0;
  [[nodiscard]] virtual bool Boolean(std::size_t index) const = 0;
  /// Any integer; dates in days, times and timestamps in microseconds.
  [[nodiscard]] virtual std::int64_t Integer(std::size_t index) const = 0;
  [[nodiscard]] virtual double Double(std::size_t index) const = 0;          // real and double
  [[nodiscard]] virtual bool IsReal(std::size_t index) const = 0;            // 32 bits
  [[nodiscard]] virtual std::string_view Text(std::size_t index) const = 0;  // VARCHAR, BLOB
  /// The unscaled value of a decimal (or an integer: scale 0).
  [[nodiscard]] virtual Int128 Unscaled(std::size_t index) const = 0;
  [[nodiscard]] virtual plan::Interval Interval(std::size_t index) const = 0;
  /// Of decimals; the digits an integer type can have.
  [[nodiscard]] virtual int Precision(std::size_t index) const = 0;
  [[nodiscard]] virtual int Scale(std::size_t index) const = 0;
  /// Bytes of an argument's integer type: 1, 2, 4, 8.
  [[nodiscard]] virtual int IntegerWidth(std::size_t index) const = 0;
  [[nodiscard]] virtual std::vector<std::optional<std::string>> Texts(std::size_t index) const = 0;
  [[nodiscard]] virtual std::vector<std::optional<double>> Doubles(std::size_t index) const = 0;
  /// An argument as DuckDB prints it, whatever its type.
  [[nodiscard]] virtual std::string Printed(std::size_t index) const = 0;
  [[nodiscard]] virtual char Family(
      std::size_t index) const = 0;  // i f n(decimal) t b d s(timestamp) o

  [[nodiscard]] virtual int ResultPrecision() const = 0;
  [[nodiscard]] virtual int ResultScale() const = 0;
  [[nodiscard]] virtual int ResultWidth() const = 0;

  virtual void SetNull() = 0;
  virtual void SetBoolean(bool value) = 0;
  virtual void SetInteger(std::int64_t value) = 0;  // date, timestamp too
  virtual void SetDouble(double value) = 0;         // real too
  virtual void SetText(std::string_view value) = 0;
  virtual void SetUnscaled(Int128 value) = 0;
  virtual void SetTexts(std::span<const std::optional<std::string>> values) = 0;
  virtual void SetTextLists(
      std::span<const std::vector<std::optional<std::string>>> values) = 0;  // VARCHAR[][]
  virtual void SetTextMap(
      std::span<const std::pair<std::string, std::optional<std::string>>> values) = 0;
  virtual void SetIntegers(std::span<const std::int64_t> values) = 0;  // BIGINT[]
  virtual void SetDoubles(std::span<const double> values) = 0;         // DOUBLE[]
};

using CellCall = std::function<void(Cells&)>;

/// One function of a dialect's schema. `result` is a DuckDB type ("BIGINT", "VARCHAR[]"), "$n" for
/// the type of argument n, or "$result" for the type of a typed NULL argument, which is the one in
/// place `typed_null` and is never read.
struct CellFunction {
  std::string_view name;  // "spark.lpad"; "*.lpad" for both schemas
  std::string_view result;
  CellCall call;
  bool calls_on_null = false;  // else a NULL argument makes NULL
  int typed_null = -1;         // -1: none
};

using CellFunctions = std::vector<CellFunction>;

/// Fails the statement when one value of `count` parts of `bytes` each would take more memory than
/// any value may: DuckDB does not count a function's own memory in its limit.
void CheckValueSize(std::int64_t count, std::int64_t bytes);

/// The error of a dialect while a query runs; `origin` as the lowering passed it.
[[noreturn]] void RaiseTrino(std::string condition, std::string message, std::int64_t origin);
[[noreturn]] void RaiseSpark(std::string condition, std::string message,
                             std::vector<std::pair<std::string, std::string>> parameters,
                             std::int64_t origin);
/// Spark's [ARITHMETIC_OVERFLOW]; `alternative` such as "try_add", or "".
[[noreturn]] void RaiseSparkOverflow(std::string_view what, std::string_view alternative,
                                     std::int64_t origin);
/// "\"spark.sql.ansi.enabled\"", which many of Spark's messages name.
inline constexpr std::string_view kAnsiConfig = "\"spark.sql.ansi.enabled\"";

// The families.
CellFunctions DecimalFunctions();
CellFunctions NumberFunctions();
CellFunctions CastFunctions();
CellFunctions TextFunctions();
CellFunctions RegexpFunctions();
CellFunctions DateTimeFunctions();
CellFunctions DateTimePatternFunctions();
CellFunctions SparkDateTimePatternFunctions();
CellFunctions HashFunctions();
CellFunctions JsonFunctions();
CellFunctions UrlFunctions();
CellFunctions TrinoHashFunctions();
CellFunctions TrinoTextFunctions();
CellFunctions ProbabilityFunctions();
CellFunctions TrinoJsonFunctions();
CellFunctions SparkValueFunctions();
CellFunctions SketchFunctions();

}  // namespace owlet::engine
