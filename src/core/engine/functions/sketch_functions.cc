#include <bit>
#include <cmath>
#include <limits>

#include "core/engine/functions/cells.h"
#include "core/engine/functions/hyper_log_log.h"
#include "core/engine/functions/quantile_digest.h"
#include "core/engine/functions/t_digest.h"

// What Trino reads out of sketches.

namespace owlet::engine {

namespace {

[[noreturn]] void RaiseBadSketch() {
  RaiseTrino("GENERIC_INTERNAL_ERROR", "Invalid format tag", -1);
}

void HyperLogLogCardinality(Cells& cells) {
  const auto sketch = HyperLogLog::Parse(cells.Text(0));
  if (!sketch) RaiseBadSketch();
  cells.SetInteger(sketch->Cardinality());
}

void EmptyHyperLogLog(Cells& cells) {
  constexpr int kDefaultIndexBits = 12;
  cells.SetText(HyperLogLog(kDefaultIndexBits).Serialize());
}

/// (standard error, origin): how many bits number the buckets that keep within it.
void HyperLogLogBits(Cells& cells) {
  constexpr double kLowest = 0.0040625;
  constexpr double kHighest = 0.26;
  const double error = cells.Double(0);
  if (!(error >= kLowest && error <= kHighest)) {
    RaiseTrino("INVALID_FUNCTION_ARGUMENT",
               "Max standard error must be in [0.0040625, 0.26]: " + cells.Printed(0),
               cells.Integer(1));
  }
  const auto buckets = static_cast<std::uint32_t>(std::ceil(1.0816 / (error * error)));
  cells.SetInteger(std::bit_width(buckets - 1));
}

void TDigestValue(Cells& cells) {
  auto digest = TDigest::Parse(cells.Text(0));
  if (!digest) RaiseBadSketch();
  const double quantile = cells.Double(1);
  if (!(quantile >= 0 && quantile <= 1)) {
    RaiseTrino("INVALID_FUNCTION_ARGUMENT", "Quantile should be within bounds [0, 1]",
               cells.Integer(2));
  }
  cells.SetDouble(digest->ValuesAt({quantile})[0]);
}

std::int64_t Rounded(double value) {
  constexpr double kLimit = 9223372036854775807.0;
  const double rounded = std::floor(value + 0.5);
  return rounded >= kLimit ? std::numeric_limits<std::int64_t>::max()
                           : static_cast<std::int64_t>(rounded);
}

/// As approx_percentile of whole numbers rounds.
void RoundedTDigestValue(Cells& cells) {
  auto digest = TDigest::Parse(cells.Text(0));
  if (!digest) RaiseBadSketch();
  cells.SetInteger(Rounded(digest->ValuesAt({cells.Double(1)})[0]));
}

/// (digest, quantiles, origin): one value a quantile, in the order of the quantiles.
std::vector<double> ValuesOf(const Cells& cells) {
  auto digest = TDigest::Parse(cells.Text(0));
  if (!digest) RaiseBadSketch();
  std::vector<double> values;
  for (const auto& quantile : cells.Doubles(1)) {
    if (!quantile) {
      RaiseTrino("INVALID_FUNCTION_ARGUMENT", "Percentile cannot be null", cells.Integer(2));
    }
    if (!(*quantile >= 0 && *quantile <= 1)) {
      RaiseTrino("INVALID_FUNCTION_ARGUMENT", "Percentile must be between 0 and 1",
                 cells.Integer(2));
    }
    values.push_back(digest->ValuesAt({*quantile})[0]);
  }
  return values;
}

void TDigestValues(Cells& cells) { cells.SetDoubles(ValuesOf(cells)); }

void RoundedTDigestValues(Cells& cells) {
  std::vector<std::int64_t> rounded;
  for (const double value : ValuesOf(cells)) rounded.push_back(Rounded(value));
  cells.SetIntegers(rounded);
}

void QuantileDigestValues(Cells& cells) {
  const auto digest = QuantileDigest::Parse(cells.Text(0));
  if (!digest) RaiseBadSketch();
  std::vector<std::int64_t> values;
  for (const auto& quantile : cells.Doubles(1)) {
    if (!quantile || !(*quantile >= 0 && *quantile <= 1)) {
      RaiseTrino("INVALID_FUNCTION_ARGUMENT", "Quantile should be within bounds [0, 1]",
                 cells.Integer(2));
    }
    values.push_back(digest->ValuesAt({*quantile})[0]);
  }
  cells.SetIntegers(values);
}

void QuantileDigestValue(Cells& cells) {
  const auto digest = QuantileDigest::Parse(cells.Text(0));
  if (!digest) RaiseBadSketch();
  const double quantile = cells.Double(1);
  if (!(quantile >= 0 && quantile <= 1)) {
    RaiseTrino("INVALID_FUNCTION_ARGUMENT", "Quantile should be within bounds [0, 1]",
               cells.Integer(2));
  }
  cells.SetInteger(digest->ValuesAt({quantile})[0]);
}

void QuantileAtValue(Cells& cells) {
  const auto digest = QuantileDigest::Parse(cells.Text(0));
  if (!digest) RaiseBadSketch();
  const auto quantile = digest->QuantileAt(cells.Integer(1));
  if (!quantile) return cells.SetNull();
  cells.SetDouble(*quantile);
}

void SortableBits(Cells& cells) { cells.SetInteger(QuantileDigest::SortableBits(cells.Double(0))); }
void FromSortableBits(Cells& cells) {
  cells.SetDouble(QuantileDigest::FromSortableBits(cells.Integer(0)));
}

}  // namespace

CellFunctions SketchFunctions() {
  return {
      {"trino.hll_cardinality", "BIGINT", HyperLogLogCardinality},
      {"trino.hll_empty", "BLOB", EmptyHyperLogLog},
      {"trino.hll_bits", "INTEGER", HyperLogLogBits},
      {"trino.tdigest_value", "DOUBLE", TDigestValue},
      {"trino.tdigest_rounded", "BIGINT", RoundedTDigestValue},
      {"trino.tdigest_longs", "BIGINT[]", RoundedTDigestValues},
      {"trino.tdigest_values", "DOUBLE[]", TDigestValues},
      {"trino.qdigest_values", "BIGINT[]", QuantileDigestValues},
      {"trino.qdigest_value", "BIGINT", QuantileDigestValue},
      {"trino.qdigest_quantile", "DOUBLE", QuantileAtValue},
      {"trino.sortable_bits", "BIGINT", SortableBits},
      {"trino.from_sortable_bits", "DOUBLE", FromSortableBits},
  };
}

}  // namespace owlet::engine
