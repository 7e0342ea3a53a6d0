#include "core/scan/json_walk.h"

#include "core/scan/kernels/kernels.h"

namespace owlet::scan {

namespace {

constexpr JsonKernel kKernels[] = {
#if defined(__x86_64__)
    {"avx512",
     [] { return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"); },
     WalkAvx512},
    {"avx2", [] { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi"); },
     WalkAvx2},
#elif defined(__aarch64__)
    {"neon", [] { return true; }, WalkNeon},
#endif
    {"plain", [] { return true; }, WalkPlain},
};

}  // namespace

std::span<const JsonKernel> JsonKernels() { return kKernels; }

const JsonKernel& BestJsonKernel() {
  static const JsonKernel& best = []() -> const JsonKernel& {
    for (const JsonKernel& kernel : kKernels) {
      if (kernel.supported()) return kernel;
    }
    return kKernels[std::size(kKernels) - 1];
  }();
  return best;
}

}  // namespace owlet::scan
