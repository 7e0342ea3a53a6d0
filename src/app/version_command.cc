#include <fmt/format.h>

#include "app/commands.h"

namespace owlet::app {

std::string VersionText() {
  return fmt::format("owlet {} (DuckDB {})", OWLET_VERSION, OWLET_DUCKDB_VERSION);
}

int Version() {
  fmt::print("{}\n", VersionText());
  return kDone;
}

}  // namespace owlet::app
