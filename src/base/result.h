#pragma once

#include <expected>
#include <string>
#include <utility>

#include "base/error.h"

namespace owlet {

/// What a function that can fail returns. Declare such functions [[nodiscard]].
template <class T>
using Result = std::expected<T, Error>;

/// A Result without a value.
using Status = std::expected<void, Error>;

/// `return Fail(Reason::kBucketNotFound, "...")` in any function that returns a Result or a Status.
[[nodiscard]] inline std::unexpected<Error> Fail(Reason reason, std::string message,
                                                 std::string condition = {}) {
  return std::unexpected(
      Error{.reason = reason, .message = std::move(message), .condition = std::move(condition)});
}

[[nodiscard]] inline std::unexpected<Error> Fail(Error error) {
  return std::unexpected(std::move(error));
}

}  // namespace owlet

#define OWLET_CONCAT_INNER(a, b) a##b
#define OWLET_CONCAT(a, b) OWLET_CONCAT_INNER(a, b)
#define OWLET_TRY_INNER(result, declaration, ...)                 \
  auto result = (__VA_ARGS__);                                    \
  if (!result) return std::unexpected(std::move(result).error()); \
  declaration = std::move(result).value()

/// OWLET_TRY(auto object, store.Find(key)): the value, or return the error to the caller.
#define OWLET_TRY(declaration, ...) \
  OWLET_TRY_INNER(OWLET_CONCAT(owlet_result_, __LINE__), declaration, __VA_ARGS__)

/// OWLET_CHECK_OK(store.Sync()): return the error to the caller, if there is one.
#define OWLET_CHECK_OK(...)                             \
  if (auto owlet_status = (__VA_ARGS__); !owlet_status) \
  return std::unexpected(std::move(owlet_status).error())
