#include <fmt/format.h>

#include "app/commands.h"

namespace owlet::app {

int Version() {
  fmt::print("owlet {} (DuckDB {})\n", OWLET_VERSION, OWLET_DUCKDB_VERSION);
  return kDone;
}

}  // namespace owlet::app
