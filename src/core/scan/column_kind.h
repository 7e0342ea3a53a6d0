#pragma once

#include <cstdint>

namespace owlet::scan {

/// What the values of a kept column are. A column of a plain kind has values of that one kind of
/// standard JSON, which are read alike whatever the options are, or NULLs; others hold for the
/// type and the options that their name spells. Nothing is kept of a kOther one.
enum class ColumnKind : std::uint8_t { kNulls, kBoolean, kInteger, kString, kTyped, kOther };

}  // namespace owlet::scan
