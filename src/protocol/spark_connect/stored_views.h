#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "core/catalog/model.h"
#include "core/plan/resolver.h"

namespace owlet::spark_connect {

// Views that CREATE VIEW of Spark left in the catalog: the text, and in the parameters the database
// it was written in and the names of its columns then, as Spark keeps them.

/// Puts what the text does not say into the view's parameters.
void DescribeStoredView(const std::string& current_database, const plan::Schema& columns,
                        catalog::Table& view);

/// The view's query under the settings of where it was made: the columns it had then under the
/// view's names. Nothing for a view of another language (Athena's).
[[nodiscard]] Result<std::optional<plan::ViewDefinition>> ReadStoredView(
    const catalog::Table& view, plan::SessionSettings settings);

}  // namespace owlet::spark_connect
