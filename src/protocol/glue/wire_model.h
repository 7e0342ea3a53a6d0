#pragma once

#include <aws/glue/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "core/access/principal.h"
#include "core/catalog/catalog.h"
#include "core/catalog/model.h"

// Between the catalog's structs and Glue's: pure functions. What Glue answers always stands there
// always; what was not given is left out.

namespace owlet::glue {

[[nodiscard]] std::string CatalogIdOf(const access::Principal& principal);
/// kEntityNotFound when a request names another catalog than the caller's own.
[[nodiscard]] Status CheckCatalogId(const access::Principal& principal,
                                    const std::optional<std::string>& catalog_id);

[[nodiscard]] aws::glue::Database ToWire(const catalog::Database& database,
                                         const std::string& catalog_id);
[[nodiscard]] aws::glue::Table ToWire(const catalog::Table& table, const std::string& catalog_id);
[[nodiscard]] aws::glue::Partition ToWire(const catalog::Partition& partition,
                                          const catalog::TableName& table,
                                          const std::string& catalog_id);

// kNotImplemented for links to other catalogs, federated entities and multi-dialect views.
[[nodiscard]] Result<catalog::Database> FromWire(const aws::glue::DatabaseInput& input);
[[nodiscard]] Result<catalog::Table> FromWire(const std::string& database,
                                              const aws::glue::TableInput& input);
[[nodiscard]] catalog::Partition FromWire(const aws::glue::PartitionInput& input);

/// A VersionId as a number. kInvalidArgument.
[[nodiscard]] Result<std::uint64_t> ParseVersionId(std::string_view text);

}  // namespace owlet::glue
