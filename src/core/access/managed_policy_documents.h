#pragma once

#include <span>
#include <string_view>

namespace owlet::access {

/// A policy that AWS provides: what its documentation says of it.
struct ProvidedDocument {
  std::string_view path;
  std::string_view name;
  std::string_view description;
  std::string_view document;
};

/// Those that set-ups of S3, Athena, Glue and EMR attach, with the statements that AWS documents.
[[nodiscard]] std::span<const ProvidedDocument> ProvidedDocuments();

}  // namespace owlet::access
