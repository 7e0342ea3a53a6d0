#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"

namespace owlet::catalog {

/// The regular expression of Glue's GetTables and Athena's ListTableMetadata, which must match a
/// whole name, without case. Immutable, thread-safe, copies share.
class NamePattern {
 public:
  /// kInvalidArgument for no regular expression.
  [[nodiscard]] static Result<NamePattern> Parse(std::string_view text);
  [[nodiscard]] bool Matches(std::string_view name) const;

 private:
  struct Code;
  explicit NamePattern(std::shared_ptr<const Code> code) : code_(std::move(code)) {}
  std::shared_ptr<const Code> code_;
};

}  // namespace owlet::catalog
