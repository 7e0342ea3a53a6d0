#include "core/engine/json_type.h"

#include <fmt/format.h>

#include "core/scan/json_inference.h"
#include "core/scan/scan_options.h"

namespace owlet::engine {

Result<plan::Type> JsonTypeOf(std::string_view text, std::string_view time_zone) {
  constexpr std::string_view kName = "value";
  OWLET_TRY(const auto options, scan::JsonOptions::Parse({}, time_zone, "_corrupt_record"));
  scan::JsonShape shape;
  OWLET_CHECK_OK(shape.Add(fmt::format("{{\"{}\":{}}}", kName, text), options));
  for (const plan::Field& field : shape.ToSchema(options)) {
    if (field.name == kName) return field.type;
  }
  return plan::Type::Varchar();
}

}  // namespace owlet::engine
