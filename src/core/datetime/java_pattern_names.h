#pragma once

#include <array>
#include <span>
#include <string_view>

#include "core/datetime/java_pattern.h"

namespace owlet::datetime {

/// The English names of a field's values, the first value's first. `long_form`: "January", not
/// "Jan". Empty for a field without names.
[[nodiscard]] std::span<const std::string_view> FieldNames(JavaPattern::Field field,
                                                           bool long_form);

/// The value of the first name: an era and a half of the day begin at 0, the others at 1.
[[nodiscard]] int FirstNamedValue(JavaPattern::Field field);

}  // namespace owlet::datetime
