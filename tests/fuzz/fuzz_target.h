#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

// What libFuzzer calls; replay_main.cc calls it for every file of a corpus.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace owlet::fuzz {

inline std::string_view AsText(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Ends the program where an input breaks what must hold for all of them.
inline void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace owlet::fuzz
