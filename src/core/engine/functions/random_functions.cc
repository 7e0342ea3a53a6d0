#include "core/engine/functions/random_functions.h"

#include <atomic>
#include <bit>
#include <cmath>
#include <duckdb/execution/expression_executor_state.hpp>

namespace owlet::engine {

namespace {

using duckdb::idx_t;

/// scala.util.hashing.MurmurHash3.bytesHash of a long, big-endian.
std::uint32_t HashLong(std::uint64_t value, std::uint32_t seed) {
  const auto mix = [](std::uint32_t hash, std::uint32_t block) {
    block = std::rotl(block * 0xcc9e2d51U, 15) * 0x1b873593U;
    return std::rotl(hash ^ block, 13) * 5 + 0xe6546b64U;
  };
  // Its blocks are little-endian words of the bytes.
  const auto high = __builtin_bswap32(static_cast<std::uint32_t>(value >> 32));
  const auto low = __builtin_bswap32(static_cast<std::uint32_t>(value));
  std::uint32_t hash = mix(mix(seed, high), low) ^ 8U;
  hash = (hash ^ hash >> 16) * 0x85ebca6bU;
  hash = (hash ^ hash >> 13) * 0xc2b2ae35U;
  return hash ^ hash >> 16;
}

/// Spark's XORShiftRandom.
class Generator {
 public:
  explicit Generator(std::int64_t seed) {
    constexpr std::uint32_t kArraySeed = 0x3c074a61;
    const auto value = static_cast<std::uint64_t>(seed);
    const std::uint32_t low = HashLong(value, kArraySeed);
    state_ = static_cast<std::uint64_t>(HashLong(value, low)) << 32 | low;
  }

  double NextDouble() {
    const std::uint64_t high = Next(26) << 27;
    return static_cast<double>(high + Next(27)) * 0x1.0p-53;
  }
  /// java.util.Random's: two at a time, by the polar method.
  double NextGaussian() {
    if (have_spare_) {
      have_spare_ = false;
      return spare_;
    }
    for (;;) {
      const double a = 2 * NextDouble() - 1;
      const double b = 2 * NextDouble() - 1;
      const double s = a * a + b * b;
      if (s >= 1 || s == 0) continue;
      const double factor = std::sqrt(-2 * std::log(s) / s);
      spare_ = b * factor;
      have_spare_ = true;
      return a * factor;
    }
  }

 private:
  std::uint64_t Next(int bits) {
    std::uint64_t next = state_ ^ state_ << 21;
    next ^= next >> 35;
    next ^= next << 4;
    state_ = next;
    return next & ((std::uint64_t{1} << bits) - 1);
  }

  std::uint64_t state_ = 0;
  bool have_spare_ = false;
  double spare_ = 0;
};

/// How many threads have drawn numbers for a call: shared by them.
struct RandomData final : duckdb::FunctionData {
  [[nodiscard]] duckdb::unique_ptr<duckdb::FunctionData> Copy() const override {
    return duckdb::make_uniq<RandomData>(*this);
  }
  [[nodiscard]] bool Equals(const duckdb::FunctionData& other) const override {
    return threads == other.Cast<RandomData>().threads;
  }
  std::shared_ptr<std::atomic<std::int64_t>> threads =
      std::make_shared<std::atomic<std::int64_t>>(0);
};

struct RandomState final : duckdb::FunctionLocalState {
  std::optional<Generator> generator;
  std::int64_t partition = 0;
};

template <bool kGaussian>
void Draw(duckdb::DataChunk& arguments, duckdb::ExpressionState& state, duckdb::Vector& result) {
  auto& local = duckdb::ExecuteFunctionState::GetFunctionState(state)->Cast<RandomState>();
  const idx_t count = arguments.size();
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  auto* values = duckdb::FlatVector::GetData<double>(result);
  for (idx_t row = 0; row < count; ++row) {
    if (!local.generator) {
      const duckdb::Value seed = arguments.data[0].GetValue(row);
      local.generator.emplace((seed.IsNull() ? 0 : seed.GetValue<std::int64_t>()) +
                              local.partition);
    }
    values[row] = kGaussian ? local.generator->NextGaussian() : local.generator->NextDouble();
  }
}

duckdb::ScalarFunction Make(const std::string& name, duckdb::scalar_function_t draw) {
  duckdb::ScalarFunction function(
      name, {duckdb::LogicalType::BIGINT}, duckdb::LogicalType::DOUBLE, std::move(draw),
      [](duckdb::ClientContext&, duckdb::ScalarFunction&,
         duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>&)
          -> duckdb::unique_ptr<duckdb::FunctionData> { return duckdb::make_uniq<RandomData>(); });
  function.SetNullHandling(duckdb::FunctionNullHandling::SPECIAL_HANDLING);
  function.SetVolatile();
  function.SetInitStateCallback(
      [](duckdb::ExpressionState&, const duckdb::BoundFunctionExpression&,
         duckdb::FunctionData* data) -> duckdb::unique_ptr<duckdb::FunctionLocalState> {
        auto state = duckdb::make_uniq<RandomState>();
        state->partition = (*data->Cast<RandomData>().threads)++;
        return state;
      });
  return function;
}

}  // namespace

void AddRandomFunctions(const AddScalar& add) {
  add("spark", Make("rand", Draw<false>));
  add("spark", Make("randn", Draw<true>));
}

}  // namespace owlet::engine
