#pragma once

namespace owlet::engine {

/// By how much HyperLogLog's raw estimate is too large for 2^`index_bits` buckets.
[[nodiscard]] double HyperLogLogBias(double raw, int index_bits);

}  // namespace owlet::engine
