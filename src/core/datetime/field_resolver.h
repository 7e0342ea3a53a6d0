#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/datetime/java_pattern.h"

namespace owlet::datetime {

/// The local time that parsed fields mean, by java.time's strict resolution
/// (java.time.format.Parsed), with Spark's defaults for what is missing. Nothing: `failure` has the
/// sentence.
[[nodiscard]] std::optional<std::int64_t> ResolveFields(const JavaPattern::FieldValues& values,
                                                        JavaPattern::Failure& failure);

}  // namespace owlet::datetime
