#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace owlet::spark_connect {

/// A setting that Spark knows: its name, and its default where it has one.
struct ConfigDefault {
  std::string_view key;
  std::optional<std::string_view> value;
};

/// Sorted by key.
std::span<const ConfigDefault> ConfigDefaults();
/// Null for a setting that Spark does not know.
const ConfigDefault* FindConfigDefault(std::string_view key);

}  // namespace owlet::spark_connect
