#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <duckdb.hpp>
#include <memory>

#include "core/engine/functions/function_adapter.h"
#include "core/engine/functions/hyper_log_log.h"
#include "core/engine/functions/numeric_histogram.h"
#include "core/engine/functions/quantile_digest.h"
#include "core/engine/functions/t_digest.h"

// Trino's aggregates over sketches: each group owns one, made by its first value and given out as
// bytes.

namespace owlet::engine {

namespace {

using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::Vector;

/// The arguments of one row; read only where no argument is NULL.
class Row {
 public:
  Row(Vector inputs[], idx_t num_inputs, idx_t count) : formats_(num_inputs) {
    for (idx_t i = 0; i < num_inputs; ++i) inputs[i].ToUnifiedFormat(count, formats_[i]);
  }
  [[nodiscard]] bool MoveTo(idx_t row) {
    row_ = row;
    for (const auto& format : formats_) {
      if (!format.validity.RowIsValid(format.sel->get_index(row))) return false;
    }
    return true;
  }
  template <class T>
  [[nodiscard]] T Get(std::size_t index) const {
    const auto& format = formats_[index];
    return duckdb::UnifiedVectorFormat::GetData<T>(format)[format.sel->get_index(row_)];
  }
  [[nodiscard]] std::string_view Bytes(std::size_t index) const {
    const auto& format = formats_[index];
    const auto& bytes =
        duckdb::UnifiedVectorFormat::GetData<duckdb::string_t>(format)[format.sel->get_index(row_)];
    return {bytes.GetData(), bytes.GetSize()};
  }

 private:
  std::vector<duckdb::UnifiedVectorFormat> formats_;
  idx_t row_ = 0;
};

[[noreturn]] void RaiseBadSketch() {
  RaiseTrino("GENERIC_INTERNAL_ERROR", "Invalid format tag", -1);
}

/// DuckDB's side of an aggregate whose state is one `Kind::Sketch`.
template <class Kind>
struct SketchAggregate {
  using Sketch = typename Kind::Sketch;
  struct State {
    Sketch* sketch;  // owned; DuckDB moves states about as plain bytes
  };

  static void Initialize(const duckdb::AggregateFunction&, duckdb::data_ptr_t at) {
    const State fresh{nullptr};
    std::memcpy(at, &fresh, sizeof(State));
  }

  static void AddRow(const Row& row, State& state) {
    std::unique_ptr<Sketch> sketch(state.sketch);
    state.sketch = nullptr;
    Kind::Add(row, sketch);
    state.sketch = sketch.release();
  }

  static void Update(Vector inputs[], duckdb::AggregateInputData&, idx_t num_inputs, Vector& states,
                     idx_t count) {
    duckdb::UnifiedVectorFormat format;
    states.ToUnifiedFormat(count, format);
    const auto* pointers = duckdb::UnifiedVectorFormat::GetData<State*>(format);
    Row row(inputs, num_inputs, count);
    for (idx_t i = 0; i < count; ++i) {
      if (row.MoveTo(i)) AddRow(row, *pointers[format.sel->get_index(i)]);
    }
  }

  static void SimpleUpdate(Vector inputs[], duckdb::AggregateInputData&, idx_t num_inputs,
                           duckdb::data_ptr_t at, idx_t count) {
    Row row(inputs, num_inputs, count);
    for (idx_t i = 0; i < count; ++i) {
      if (row.MoveTo(i)) AddRow(row, *reinterpret_cast<State*>(at));
    }
  }

  static void Combine(Vector& source, Vector& target, duckdb::AggregateInputData&, idx_t count) {
    duckdb::UnifiedVectorFormat format;
    source.ToUnifiedFormat(count, format);
    const auto* from = duckdb::UnifiedVectorFormat::GetData<State*>(format);
    auto* into = duckdb::FlatVector::GetData<State*>(target);
    for (idx_t i = 0; i < count; ++i) {
      Sketch* const other = from[format.sel->get_index(i)]->sketch;
      if (other == nullptr) continue;
      if (into[i]->sketch == nullptr) {
        into[i]->sketch = std::make_unique<Sketch>(*other).release();
      } else {
        Kind::Merge(*into[i]->sketch, *other);
      }
    }
  }

  static void Finalize(Vector& states, duckdb::AggregateInputData&, Vector& result, idx_t count,
                       idx_t offset) {
    duckdb::UnifiedVectorFormat format;
    states.ToUnifiedFormat(count, format);
    const auto* pointers = duckdb::UnifiedVectorFormat::GetData<State*>(format);
    result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
    for (idx_t i = 0; i < count; ++i) {
      Sketch* const sketch = pointers[format.sel->get_index(i)]->sketch;
      if (sketch == nullptr) {
        duckdb::FlatVector::SetNull(result, offset + i, true);
      } else {
        Kind::Put(*sketch, result, offset + i);
      }
    }
  }

  static void Destroy(Vector& states, duckdb::AggregateInputData&, idx_t count) {
    duckdb::UnifiedVectorFormat format;
    states.ToUnifiedFormat(count, format);
    const auto* pointers = duckdb::UnifiedVectorFormat::GetData<State*>(format);
    for (idx_t i = 0; i < count; ++i) {
      State& state = *pointers[format.sel->get_index(i)];
      const std::unique_ptr<Sketch> ended(state.sketch);
      state.sketch = nullptr;
    }
  }

  static duckdb::AggregateFunction Make(const std::string& name,
                                        duckdb::vector<LogicalType> arguments,
                                        const LogicalType& result) {
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
            nullptr,
            Destroy};
  }
};

void PutBytes(const std::string& bytes, Vector& result, idx_t at) {
  duckdb::FlatVector::GetData<duckdb::string_t>(result)[at] =
      duckdb::StringVector::AddStringOrBlob(result, bytes.data(), bytes.size());
}

void MergeHyperLogLog(HyperLogLog& into, const HyperLogLog& other) {
  if (into.Merge(other)) return;
  RaiseTrino("GENERIC_INTERNAL_ERROR",
             fmt::format("Cannot merge HLLs with different number of buckets: {} vs {}",
                         1 << into.index_bits(), 1 << other.index_bits()),
             -1);
}

/// (hash, index bits)
struct Hashes {
  using Sketch = HyperLogLog;
  static void Add(const Row& row, std::unique_ptr<Sketch>& sketch) {
    if (!sketch) sketch = std::make_unique<Sketch>(row.Get<std::int32_t>(1));
    sketch->Add(static_cast<std::uint64_t>(row.Get<std::int64_t>(0)));
  }
  static void Merge(Sketch& into, Sketch& other) { MergeHyperLogLog(into, other); }
  static void Put(Sketch& sketch, Vector& result, idx_t at) {
    PutBytes(sketch.Serialize(), result, at);
  }
};

/// (bytes of a HyperLogLog)
struct HyperLogLogs : Hashes {
  static void Add(const Row& row, std::unique_ptr<Sketch>& sketch) {
    auto parsed = HyperLogLog::Parse(row.Bytes(0));
    if (!parsed) RaiseBadSketch();
    if (!sketch) {
      sketch = std::make_unique<Sketch>(*std::move(parsed));
    } else {
      MergeHyperLogLog(*sketch, *parsed);
    }
  }
};

/// (value, weight)
template <bool kWhole>
struct WeightedValues {
  using Sketch = TDigest;
  static void Add(const Row& row, std::unique_ptr<Sketch>& sketch) {
    const auto value = row.Get<double>(0);
    const auto weight = row.Get<double>(1);
    if (!std::isfinite(value)) {
      RaiseTrino("GENERIC_INTERNAL_ERROR",
                 std::isnan(value) ? "value is NaN" : "value must be finite", -1);
    }
    if (!(weight > 0) || !std::isfinite(weight)) {
      RaiseTrino("INVALID_FUNCTION_ARGUMENT",
                 kWhole ? "percentile weight must be > 0" : "weight must be > 0", -1);
    }
    if (!sketch) sketch = std::make_unique<Sketch>();
    sketch->Add(value, weight);
  }
  static void Merge(Sketch& into, Sketch& other) { into.Merge(other); }
  static void Put(Sketch& sketch, Vector& result, idx_t at) {
    PutBytes(kWhole ? sketch.SerializeWhole() : sketch.Serialize(), result, at);
  }
};

/// (bytes of a t-digest)
struct TDigests : WeightedValues<false> {
  static void Add(const Row& row, std::unique_ptr<Sketch>& sketch) {
    auto parsed = TDigest::Parse(row.Bytes(0));
    if (!parsed) RaiseBadSketch();
    if (!sketch) {
      sketch = std::make_unique<Sketch>(*std::move(parsed));
    } else {
      sketch->Merge(*parsed);
    }
  }
};

/// (value, weight, accuracy)
struct WholeValues {
  using Sketch = QuantileDigest;
  static void Add(const Row& row, std::unique_ptr<Sketch>& sketch) {
    const auto weight = row.Get<std::int64_t>(1);
    const auto accuracy = row.Get<double>(2);
    if (weight < 1) RaiseTrino("INVALID_FUNCTION_ARGUMENT", "weight must be > 0", -1);
    if (!(accuracy > 0 && accuracy < 1)) {
      RaiseTrino("INVALID_FUNCTION_ARGUMENT",
                 "Percentile accuracy must be exclusively between 0 and 1", -1);
    }
    if (!sketch) sketch = std::make_unique<Sketch>(accuracy);
    sketch->Add(row.Get<std::int64_t>(0), static_cast<double>(weight));
  }
  static void Merge(Sketch& into, Sketch& other) { into.Merge(other); }
  static void Put(Sketch& sketch, Vector& result, idx_t at) {
    PutBytes(sketch.Serialize(), result, at);
  }
};

/// (bytes of a q-digest)
struct QuantileDigests : WholeValues {
  static void Add(const Row& row, std::unique_ptr<Sketch>& sketch) {
    auto parsed = QuantileDigest::Parse(row.Bytes(0));
    if (!parsed) RaiseBadSketch();
    if (!sketch) {
      sketch = std::make_unique<Sketch>(*std::move(parsed));
    } else {
      sketch->Merge(*parsed);
    }
  }
};

/// (buckets, value, weight); a list of (value, weight)
struct HistogramValues {
  using Sketch = NumericHistogram;
  static void Add(const Row& row, std::unique_ptr<Sketch>& sketch) {
    if (!sketch) {
      constexpr std::int64_t kMaximum = 100'000;
      const auto buckets = row.Get<std::int64_t>(0);
      if (buckets < 2) {
        RaiseTrino("INVALID_FUNCTION_ARGUMENT",
                   "numeric_histogram bucket count must be greater than one", -1);
      }
      sketch = std::make_unique<Sketch>(static_cast<std::size_t>(std::min(buckets, kMaximum)));
    }
    sketch->Add(row.Get<double>(1), row.Get<double>(2));
  }
  static void Merge(Sketch& into, Sketch& other) { into.Merge(other); }
  static void Put(Sketch& sketch, Vector& result, idx_t at) {
    const auto buckets = sketch.Buckets();
    const idx_t offset = duckdb::ListVector::GetListSize(result);
    duckdb::ListVector::Reserve(result, offset + buckets.size());
    auto& entries = duckdb::StructVector::GetEntries(duckdb::ListVector::GetEntry(result));
    for (std::size_t i = 0; i < buckets.size(); ++i) {
      duckdb::FlatVector::GetData<double>(*entries[0])[offset + i] = buckets[i].first;
      duckdb::FlatVector::GetData<double>(*entries[1])[offset + i] = buckets[i].second;
    }
    duckdb::ListVector::SetListSize(result, offset + buckets.size());
    duckdb::FlatVector::GetData<duckdb::list_entry_t>(result)[at] = {offset, buckets.size()};
  }
};

}  // namespace

void AddSketchAggregates(const AddAggregate& add) {
  const LogicalType blob = LogicalType::BLOB;
  const LogicalType bigint = LogicalType::BIGINT;
  const LogicalType number = LogicalType::DOUBLE;
  add("trino",
      SketchAggregate<Hashes>::Make("hll_of_hashes", {bigint, LogicalType::INTEGER}, blob));
  add("trino", SketchAggregate<HyperLogLogs>::Make("hll_merge", {blob}, blob));
  add("trino", SketchAggregate<WeightedValues<false>>::Make("tdigest_agg", {number, number}, blob));
  add("trino",
      SketchAggregate<WeightedValues<true>>::Make("tdigest_whole", {number, number}, blob));
  add("trino", SketchAggregate<TDigests>::Make("tdigest_merge", {blob}, blob));
  add("trino", SketchAggregate<WholeValues>::Make("qdigest_agg", {bigint, bigint, number}, blob));
  add("trino", SketchAggregate<QuantileDigests>::Make("qdigest_merge", {blob}, blob));
  add("trino", SketchAggregate<HistogramValues>::Make(
                   "numeric_histogram", {bigint, number, number},
                   LogicalType::LIST(LogicalType::STRUCT({{"k", number}, {"v", number}}))));
}

}  // namespace owlet::engine
