#pragma once

#include <source_location>
#include <string_view>

namespace owlet {

/// Ends the process with a message: an invariant of owlet's own is broken.
[[noreturn]] void CheckFailed(std::string_view condition, std::source_location where);

}  // namespace owlet

/// For broken invariants only. Never reachable from input: a user's mistake is an Error.
#define OWLET_CHECK(condition)                                           \
  do {                                                                   \
    if (!(condition)) [[unlikely]]                                       \
      ::owlet::CheckFailed(#condition, std::source_location::current()); \
  } while (false)
