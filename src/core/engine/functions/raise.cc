#include <fmt/format.h>

#include "core/engine/error_carrying.h"
#include "core/engine/functions/cells.h"

namespace owlet::engine {

void CheckValueSize(std::int64_t count, std::int64_t bytes) {
  constexpr std::int64_t kMostBytes = 256LL << 20;
  if (bytes <= 0 || count <= kMostBytes / bytes) return;
  RaiseDialectError({.reason = Reason::kOutOfMemory,
                     .message = "one value would take more than 256 MiB of memory"});
}

void RaiseTrino(std::string condition, std::string message, std::int64_t origin) {
  RaiseDialectError({.reason = Reason::kExecutionError,
                     .message = std::move(message),
                     .condition = std::move(condition)},
                    static_cast<int>(origin));
}

void RaiseSpark(std::string condition, std::string message,
                std::vector<std::pair<std::string, std::string>> parameters, std::int64_t origin) {
  RaiseDialectError({.reason = Reason::kExecutionError,
                     .message = std::move(message),
                     .condition = std::move(condition),
                     .parameters = std::move(parameters)},
                    static_cast<int>(origin));
}

void RaiseSparkOverflow(std::string_view what, std::string_view alternative, std::int64_t origin) {
  const std::string hint =
      alternative.empty()
          ? ""
          : fmt::format(" Use '{}' to tolerate overflow and return NULL instead.", alternative);
  RaiseSpark(
      "ARITHMETIC_OVERFLOW", fmt::format("{}.{}", what, hint),
      {{"message", std::string(what)}, {"alternative", hint}, {"config", std::string(kAnsiConfig)}},
      origin);
}

}  // namespace owlet::engine
