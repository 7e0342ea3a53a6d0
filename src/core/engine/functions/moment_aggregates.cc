#include <cmath>
#include <cstring>
#include <optional>

#include "core/engine/functions/function_adapter.h"

// Trino's aggregates over moments of doubles, in the order of its own additions, so that the last
// digits agree: skewness, kurtosis, corr, covar_*, regr_*.

namespace owlet::engine {

namespace {

using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::Vector;

/// Central moments, value by value (Welford, Terriberry).
struct Moments {
  double count = 0;
  double m1 = 0;
  double m2 = 0;
  double m3 = 0;
  double m4 = 0;

  void Add(const double* values) {
    const double before = count++;
    const double delta = values[0] - m1;
    const double delta_n = delta / count;
    const double delta_n2 = delta_n * delta_n;
    const double dm2 = delta * delta_n * before;
    const double old2 = m2;
    const double old3 = m3;
    m1 += delta_n;
    m2 += dm2;
    m3 = old3 + dm2 * delta_n * (count - 2) - 3 * delta_n * old2;
    m4 += dm2 * delta_n2 * (count * (count - 3) + 3) + 6 * delta_n2 * old2 - 4 * delta_n * old3;
  }
  void Merge(const Moments& other) {
    if (other.count == 0) return;
    const double na = count;
    const double nb = other.count;
    const double n = na + nb;
    const double delta = other.m1 - m1;
    const double delta2 = delta * delta;
    const double old2 = m2;
    const double old3 = m3;
    m1 = (na * m1 + nb * other.m1) / n;
    m2 += other.m2 + delta2 * na * nb / n;
    m3 += other.m3 + delta2 * delta * na * nb * (na - nb) / (n * n) +
          3 * delta * (na * other.m2 - nb * old2) / n;
    m4 += other.m4 + delta2 * delta2 * na * nb * (na * na - na * nb + nb * nb) / (n * n * n) +
          6 * delta2 * (na * na * other.m2 + nb * nb * old2) / (n * n) +
          4 * delta * (na * other.m3 - nb * old3) / n;
    count = n;
  }
};

/// Sums of pairs; the first argument is y, the dependent one.
struct Sums {
  double count = 0;
  double x = 0;
  double y = 0;
  double xy = 0;
  double xx = 0;
  double yy = 0;

  void Add(const double* values) {
    const double b = values[0];
    const double a = values[1];
    ++count;
    x += a;
    y += b;
    xy += a * b;
    xx += a * a;
    yy += b * b;
  }
  void Merge(const Sums& other) {
    count += other.count;
    x += other.x;
    y += other.y;
    xy += other.xy;
    xx += other.xx;
    yy += other.yy;
  }
};

using Outcome = std::optional<double>;

Outcome Skewness(const Moments& m) {
  if (m.count < 3) return std::nullopt;
  return std::sqrt(m.count) * m.m3 / std::pow(m.m2, 1.5);
}
Outcome Kurtosis(const Moments& m) {
  const double n = m.count;
  if (n < 4) return std::nullopt;
  return (n - 1) * n * (n + 1) / ((n - 2) * (n - 3)) * m.m4 / (m.m2 * m.m2) -
         3 * (n - 1) * (n - 1) / ((n - 2) * (n - 3));
}
/// A quotient that is a number.
Outcome Finite(double value) { return std::isfinite(value) ? std::optional(value) : std::nullopt; }
Outcome Correlation(const Sums& s) {
  if (s.count == 0) return std::nullopt;
  return Finite((s.count * s.xy - s.x * s.y) /
                std::sqrt((s.count * s.xx - s.x * s.x) * (s.count * s.yy - s.y * s.y)));
}
Outcome CovariancePopulation(const Sums& s) {
  if (s.count == 0) return std::nullopt;
  return (s.xy - s.x * s.y / s.count) / s.count;
}
Outcome CovarianceSample(const Sums& s) {
  if (s.count < 2) return std::nullopt;
  return (s.xy - s.x * s.y / s.count) / (s.count - 1);
}
Outcome Slope(const Sums& s) {
  if (s.count == 0) return std::nullopt;
  return Finite((s.count * s.xy - s.x * s.y) / (s.count * s.xx - s.x * s.x));
}
Outcome Intercept(const Sums& s) {
  if (s.count == 0) return std::nullopt;
  const Outcome slope = Slope(s);
  return slope ? Finite(s.y / s.count - *slope * (s.x / s.count)) : slope;
}
template <class State, int kArguments, Outcome (*kFinish)(const State&)>
struct DoubleAggregate {
  static void Initialize(const duckdb::AggregateFunction&, duckdb::data_ptr_t at) {
    const State fresh;
    std::memcpy(at, &fresh, sizeof(State));
  }

  template <class StateOf>
  static void Rows(Vector inputs[], idx_t count, StateOf state_of) {
    duckdb::UnifiedVectorFormat formats[kArguments];
    for (int i = 0; i < kArguments; ++i) inputs[i].ToUnifiedFormat(count, formats[i]);
    for (idx_t row = 0; row < count; ++row) {
      double values[kArguments];
      bool null = false;
      for (int i = 0; i < kArguments; ++i) {
        const idx_t at = formats[i].sel->get_index(row);
        null = null || !formats[i].validity.RowIsValid(at);
        values[i] = duckdb::UnifiedVectorFormat::GetData<double>(formats[i])[at];
      }
      if (!null) state_of(row).Add(values);
    }
  }

  static void Update(Vector inputs[], duckdb::AggregateInputData&, idx_t, Vector& states,
                     idx_t count) {
    duckdb::UnifiedVectorFormat format;
    states.ToUnifiedFormat(count, format);
    const auto* pointers = duckdb::UnifiedVectorFormat::GetData<State*>(format);
    Rows(inputs, count, [&](idx_t row) -> State& { return *pointers[format.sel->get_index(row)]; });
  }

  static void SimpleUpdate(Vector inputs[], duckdb::AggregateInputData&, idx_t,
                           duckdb::data_ptr_t at, idx_t count) {
    auto& state = *reinterpret_cast<State*>(at);
    Rows(inputs, count, [&](idx_t) -> State& { return state; });
  }

  static void Combine(Vector& source, Vector& target, duckdb::AggregateInputData&, idx_t count) {
    duckdb::UnifiedVectorFormat format;
    source.ToUnifiedFormat(count, format);
    const auto* from = duckdb::UnifiedVectorFormat::GetData<State*>(format);
    auto* into = duckdb::FlatVector::GetData<State*>(target);
    for (idx_t i = 0; i < count; ++i) into[i]->Merge(*from[format.sel->get_index(i)]);
  }

  static void Finalize(Vector& states, duckdb::AggregateInputData&, Vector& result, idx_t count,
                       idx_t offset) {
    duckdb::UnifiedVectorFormat format;
    states.ToUnifiedFormat(count, format);
    const auto* pointers = duckdb::UnifiedVectorFormat::GetData<State*>(format);
    result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
    for (idx_t i = 0; i < count; ++i) {
      const Outcome value = kFinish(*pointers[format.sel->get_index(i)]);
      if (value) {
        duckdb::FlatVector::GetData<double>(result)[offset + i] = *value;
      } else {
        duckdb::FlatVector::SetNull(result, offset + i, true);
      }
    }
  }

  static duckdb::AggregateFunction Make(const std::string& name) {
    return {name,
            duckdb::vector<LogicalType>(kArguments, LogicalType::DOUBLE),
            LogicalType::DOUBLE,
            [](const duckdb::AggregateFunction&) -> idx_t { return sizeof(State); },
            Initialize,
            Update,
            Combine,
            Finalize,
            duckdb::FunctionNullHandling::DEFAULT_NULL_HANDLING,
            SimpleUpdate};
  }
};

}  // namespace

void AddMomentAggregates(const AddAggregate& add) {
  add("trino", DoubleAggregate<Moments, 1, Skewness>::Make("skewness"));
  add("trino", DoubleAggregate<Moments, 1, Kurtosis>::Make("kurtosis"));
  add("trino", DoubleAggregate<Sums, 2, Correlation>::Make("corr"));
  add("trino", DoubleAggregate<Sums, 2, CovariancePopulation>::Make("covar_pop"));
  add("trino", DoubleAggregate<Sums, 2, CovarianceSample>::Make("covar_samp"));
  add("trino", DoubleAggregate<Sums, 2, Slope>::Make("regr_slope"));
  add("trino", DoubleAggregate<Sums, 2, Intercept>::Make("regr_intercept"));
}

}  // namespace owlet::engine
