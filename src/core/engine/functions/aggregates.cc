#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <duckdb/catalog/catalog.hpp>
#include <duckdb/catalog/catalog_entry/aggregate_function_catalog_entry.hpp>
#include <duckdb/execution/expression_executor.hpp>

#include "core/engine/error_carrying.h"
#include "core/engine/functions/function_adapter.h"
#include "core/engine/functions/numbers.h"

// Aggregates that DuckDB's differ from: checked sums, averages of decimals at the dialect's scale,
// first and last with a flag, skewness of the population.

namespace owlet::engine {

namespace {

using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::LogicalTypeId;
using duckdb::PhysicalType;
using duckdb::Vector;

enum class Kind : std::uint8_t { kSumBigint, kSumDecimal, kAverageDecimal, kSkewness };

/// A sum of whole numbers, or the moments of doubles. Plain bytes: DuckDB copies it.
struct State {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  std::int64_t count = 0;
  double sum1 = 0;  // of x, x^2, x^3
  double sum2 = 0;
  double sum3 = 0;
  bool overflow = false;

  [[nodiscard]] Int128 Total() const {
    return static_cast<Int128>((static_cast<UInt128>(high) << 64) | low);
  }
  void Add(Int128 value) {
    Int128 total = 0;
    overflow = overflow || __builtin_add_overflow(Total(), value, &total);
    low = static_cast<std::uint64_t>(total);
    high = static_cast<std::uint64_t>(total >> 64);
  }
};

struct BindData : public duckdb::FunctionData {
  BindData(Kind kind_in, bool trino_in, int input_scale_in, int precision_in, int scale_in)
      : kind(kind_in),
        trino(trino_in),
        input_scale(input_scale_in),
        precision(precision_in),
        scale(scale_in) {}
  [[nodiscard]] duckdb::unique_ptr<duckdb::FunctionData> Copy() const override {
    return duckdb::make_uniq<BindData>(*this);
  }
  [[nodiscard]] bool Equals(const duckdb::FunctionData& other_in) const override {
    const auto& other = other_in.Cast<BindData>();
    return kind == other.kind && trino == other.trino && input_scale == other.input_scale &&
           precision == other.precision && scale == other.scale;
  }
  Kind kind;
  bool trino;
  int input_scale;
  int precision;
  int scale;
};

Int128 ReadWhole(const duckdb::UnifiedVectorFormat& format, PhysicalType type, idx_t at) {
  switch (type) {
    case PhysicalType::INT16:
      return duckdb::UnifiedVectorFormat::GetData<std::int16_t>(format)[at];
    case PhysicalType::INT32:
      return duckdb::UnifiedVectorFormat::GetData<std::int32_t>(format)[at];
    case PhysicalType::INT128: {
      const auto value = duckdb::UnifiedVectorFormat::GetData<duckdb::hugeint_t>(format)[at];
      return (static_cast<Int128>(value.upper) << 64) | static_cast<Int128>(value.lower);
    }
    default:
      return duckdb::UnifiedVectorFormat::GetData<std::int64_t>(format)[at];
  }
}

/// Trino's sum fails at the addition that leaves the type, whatever would come after it.
void CheckAddition(const BindData& bind, const State& before, Int128 value) {
  if (bind.kind != Kind::kSumBigint || !bind.trino) return;
  const Int128 limit = Int128{1} << 63;
  const Int128 total = before.Total() + value;
  if (total < limit && total >= -limit) return;
  RaiseTrino("NUMERIC_VALUE_OUT_OF_RANGE",
             fmt::format("bigint addition overflow: {} + {}", UnscaledText(before.Total(), 0),
                         UnscaledText(value, 0)),
             -1);
}

template <class StateOf>
void UpdateRows(Vector inputs[], const BindData& bind, idx_t count, StateOf state_of) {
  duckdb::UnifiedVectorFormat format;
  inputs[0].ToUnifiedFormat(count, format);
  const PhysicalType type = inputs[0].GetType().InternalType();
  for (idx_t row = 0; row < count; ++row) {
    const idx_t at = format.sel->get_index(row);
    if (!format.validity.RowIsValid(at)) continue;
    State& state = state_of(row);
    ++state.count;
    if (type == PhysicalType::DOUBLE) {
      const double value = duckdb::UnifiedVectorFormat::GetData<double>(format)[at];
      state.sum1 += value;
      state.sum2 += value * value;
      state.sum3 += value * value * value;
    } else {
      const Int128 value = ReadWhole(format, type, at);
      CheckAddition(bind, state, value);
      state.Add(value);
    }
  }
}

void Initialize(const duckdb::AggregateFunction&, duckdb::data_ptr_t state) {
  const State fresh;
  std::memcpy(state, &fresh, sizeof(State));
}

void Update(Vector inputs[], duckdb::AggregateInputData& input, idx_t, Vector& states,
            idx_t count) {
  duckdb::UnifiedVectorFormat format;
  states.ToUnifiedFormat(count, format);
  const auto* pointers = duckdb::UnifiedVectorFormat::GetData<State*>(format);
  UpdateRows(inputs, input.bind_data->Cast<BindData>(), count,
             [&](idx_t row) -> State& { return *pointers[format.sel->get_index(row)]; });
}

void SimpleUpdate(Vector inputs[], duckdb::AggregateInputData& input, idx_t,
                  duckdb::data_ptr_t state, idx_t count) {
  auto& one = *reinterpret_cast<State*>(state);
  UpdateRows(inputs, input.bind_data->Cast<BindData>(), count,
             [&](idx_t) -> State& { return one; });
}

void Combine(Vector& source, Vector& target, duckdb::AggregateInputData& input, idx_t count) {
  duckdb::UnifiedVectorFormat format;
  source.ToUnifiedFormat(count, format);
  const auto* from = duckdb::UnifiedVectorFormat::GetData<State*>(format);
  auto* into = duckdb::FlatVector::GetData<State*>(target);
  for (idx_t i = 0; i < count; ++i) {
    const State& add = *from[format.sel->get_index(i)];
    State& state = *into[i];
    CheckAddition(input.bind_data->Cast<BindData>(), state, add.Total());
    state.Add(add.Total());
    state.overflow = state.overflow || add.overflow;
    state.count += add.count;
    state.sum1 += add.sum1;
    state.sum2 += add.sum2;
    state.sum3 += add.sum3;
  }
}

[[noreturn]] void RaiseSumOverflow(const BindData& bind, const State& state) {
  if (bind.kind == Kind::kSumBigint) {
    if (bind.trino) {
      RaiseTrino("NUMERIC_VALUE_OUT_OF_RANGE",
                 fmt::format("bigint addition overflow: {}", UnscaledText(state.Total(), 0)), -1);
    }
    RaiseSparkOverflow("overflow", "try_add", -1);
  }
  if (bind.trino) RaiseTrino("NUMERIC_VALUE_OUT_OF_RANGE", "Decimal overflow", -1);
  RaiseSparkOverflow("Overflow in sum of decimals", "try_sum", -1);
}

std::optional<Int128> WholeResult(const BindData& bind, const State& state) {
  if (state.overflow) return std::nullopt;
  if (bind.kind == Kind::kAverageDecimal) {
    const auto average = DivideRounded(state.Total(), bind.scale - bind.input_scale, state.count);
    if (!average || !FitsPrecision(*average, bind.precision)) return std::nullopt;
    return average;
  }
  if (bind.kind == Kind::kSumBigint) {
    const Int128 limit = Int128{1} << 63;
    if (state.Total() >= limit || state.Total() < -limit) return std::nullopt;
    return state.Total();
  }
  if (!FitsPrecision(state.Total(), bind.precision)) return std::nullopt;
  return state.Total();
}

void PutWhole(Vector& result, idx_t at, Int128 value) {
  switch (result.GetType().InternalType()) {
    case PhysicalType::INT16:
      duckdb::FlatVector::GetData<std::int16_t>(result)[at] = static_cast<std::int16_t>(value);
      break;
    case PhysicalType::INT32:
      duckdb::FlatVector::GetData<std::int32_t>(result)[at] = static_cast<std::int32_t>(value);
      break;
    case PhysicalType::INT128: {
      duckdb::hugeint_t huge;
      huge.upper = static_cast<std::int64_t>(value >> 64);
      huge.lower = static_cast<std::uint64_t>(value);
      duckdb::FlatVector::GetData<duckdb::hugeint_t>(result)[at] = huge;
      break;
    }
    default:
      duckdb::FlatVector::GetData<std::int64_t>(result)[at] = static_cast<std::int64_t>(value);
      break;
  }
}

std::optional<double> Skewness(const State& state, bool trino) {
  const auto n = static_cast<double>(state.count);
  if (trino && state.count < 3) return std::nullopt;
  const double mean = state.sum1 / n;
  const double second = state.sum2 / n - mean * mean;
  const double third = state.sum3 / n - 3 * mean * state.sum2 / n + 2 * mean * mean * mean;
  if (second <= 0) return trino ? std::optional(std::nan("")) : std::nullopt;
  return third / std::pow(second, 1.5);
}

void Finalize(Vector& states, duckdb::AggregateInputData& input, Vector& result, idx_t count,
              idx_t offset) {
  const auto& bind = input.bind_data->Cast<BindData>();
  duckdb::UnifiedVectorFormat format;
  states.ToUnifiedFormat(count, format);
  const auto* pointers = duckdb::UnifiedVectorFormat::GetData<State*>(format);
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  for (idx_t i = 0; i < count; ++i) {
    const State& state = *pointers[format.sel->get_index(i)];
    const idx_t at = offset + i;
    if (state.count == 0) {
      duckdb::FlatVector::SetNull(result, at, true);
      continue;
    }
    if (bind.kind == Kind::kSkewness) {
      const auto value = Skewness(state, bind.trino);
      if (value) {
        duckdb::FlatVector::GetData<double>(result)[at] = *value;
      } else {
        duckdb::FlatVector::SetNull(result, at, true);
      }
      continue;
    }
    const auto value = WholeResult(bind, state);
    if (!value) RaiseSumOverflow(bind, state);
    PutWhole(result, at, *value);
  }
}

template <Kind kKind, bool kTrino>
duckdb::unique_ptr<duckdb::FunctionData> Bind(
    duckdb::ClientContext&, duckdb::AggregateFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  int input_scale = 0;
  int precision = 19;
  int scale = 0;
  if (kKind == Kind::kSumDecimal || kKind == Kind::kAverageDecimal) {
    // (value, CAST(NULL AS result)): the second only says the type.
    const LogicalType result = arguments[1]->return_type;
    const LogicalType type = arguments[0]->return_type;
    input_scale = type.id() == LogicalTypeId::DECIMAL ? duckdb::DecimalType::GetScale(type) : 0;
    precision = duckdb::DecimalType::GetWidth(result);
    scale = duckdb::DecimalType::GetScale(result);
    function.arguments[0] = type;
    function.SetReturnType(result);
    duckdb::Function::EraseArgument(function, arguments, 1);
  }
  return duckdb::make_uniq<BindData>(kKind, kTrino, input_scale, precision, scale);
}

duckdb::AggregateFunction Make(const std::string& name, duckdb::vector<LogicalType> arguments,
                               const LogicalType& result, duckdb::bind_aggregate_function_t bind) {
  return {name,
          std::move(arguments),
          result,
          [](const duckdb::AggregateFunction&) -> idx_t { return sizeof(State); },
          Initialize,
          Update,
          Combine,
          Finalize,
          duckdb::FunctionNullHandling::DEFAULT_NULL_HANDLING,
          SimpleUpdate,
          bind};
}

/// first(x, ignore nulls) and last: DuckDB's own of two names, chosen by the constant.
template <bool kFirst>
duckdb::unique_ptr<duckdb::FunctionData> BindFirst(
    duckdb::ClientContext& context, duckdb::AggregateFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  bool ignore = false;
  if (arguments[1]->IsFoldable()) {
    const auto value = duckdb::ExpressionExecutor::EvaluateScalar(context, *arguments[1]);
    ignore = !value.IsNull() && value.GetValue<bool>();
  }
  if (ignore && !kFirst) {
    RaiseDialectError(
        {.reason = Reason::kNotImplemented, .message = "NotImplemented: last(x, true)"});
  }
  const std::string own = kFirst ? (ignore ? "any_value" : "first") : "last";
  auto& entry =
      duckdb::Catalog::GetSystemCatalog(context).GetEntry<duckdb::AggregateFunctionCatalogEntry>(
          context, "main", own);
  const std::string name = function.name;
  arguments.pop_back();
  function = entry.functions.GetFunctionByArguments(context, {arguments[0]->return_type});
  function.name = name;
  auto bind = function.GetBindCallback();
  return bind == nullptr ? nullptr : bind(context, function, arguments);
}

}  // namespace

void AddAggregates(const AddAggregate& add) {
  using enum Kind;
  add("spark", Make("sum", {LogicalType::BIGINT}, LogicalType::BIGINT, Bind<kSumBigint, false>));
  add("trino", Make("sum", {LogicalType::BIGINT}, LogicalType::BIGINT, Bind<kSumBigint, true>));
  const duckdb::vector<LogicalType> decimals = {LogicalTypeId::DECIMAL, LogicalTypeId::DECIMAL};
  add("spark", Make("sum_decimal", decimals, LogicalTypeId::DECIMAL, Bind<kSumDecimal, false>));
  add("trino", Make("sum_decimal", decimals, LogicalTypeId::DECIMAL, Bind<kSumDecimal, true>));
  add("spark", Make("avg_decimal", decimals, LogicalTypeId::DECIMAL, Bind<kAverageDecimal, false>));
  add("trino", Make("avg_decimal", decimals, LogicalTypeId::DECIMAL, Bind<kAverageDecimal, true>));
  add("spark",
      Make("skewness", {LogicalType::DOUBLE}, LogicalType::DOUBLE, Bind<kSkewness, false>));
  const duckdb::vector<LogicalType> flagged = {LogicalType::ANY, LogicalType::BOOLEAN};
  add("spark", Make("first_value", flagged, LogicalType::ANY, BindFirst<true>));
  add("spark", Make("last_value", flagged, LogicalType::ANY, BindFirst<false>));
}

}  // namespace owlet::engine
