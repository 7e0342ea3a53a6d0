#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace owlet {

void CheckFailed(std::string_view condition, std::source_location where) {
  std::fprintf(stderr, "owlet: a check failed: %.*s (%s:%u in %s)\n",
               static_cast<int>(condition.size()), condition.data(), where.file_name(),
               where.line(), where.function_name());
  std::abort();
}

}  // namespace owlet
