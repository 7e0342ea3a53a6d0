#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/percent_encoding.h"
#include "base/result.h"

namespace owlet::net {

/// The path's bytes without percent-encoding; '+' stays a plus. kMalformedRequest on a bad escape.
[[nodiscard]] Result<std::string> DecodePath(std::string_view raw_path);

/// A query's (or a form body's) parameters in their order, decoded. A name may come more than once;
/// `a` and `a=` both have the value "".
class QueryParameters {
 public:
  void Add(std::string name, std::string value);
  /// The first of that name.
  [[nodiscard]] std::optional<std::string_view> Find(std::string_view name) const;
  /// The first of that name, or "".
  [[nodiscard]] std::string_view Get(std::string_view name) const;
  [[nodiscard]] bool Has(std::string_view name) const { return Find(name).has_value(); }
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& fields() const {
    return fields_;
  }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

/// Reads `a=1&b&c=%20`; '+' is a space. kMalformedRequest on a bad escape.
[[nodiscard]] Result<QueryParameters> ParseQuery(std::string_view raw_query);

}  // namespace owlet::net
