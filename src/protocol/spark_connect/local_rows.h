#pragma once

#include <string>
#include <vector>

#include "core/plan/literal.h"
#include "core/plan/resolved.h"

namespace owlet::spark_connect {

/// Rows that the server itself makes (SHOW TABLES, a rendered table), as a plan like any other.
struct LocalRows {
  plan::Schema schema;
  std::vector<std::vector<plan::Literal>> rows;
};

[[nodiscard]] plan::NodePtr ToNode(const LocalRows& rows);

/// One string column with one row.
[[nodiscard]] LocalRows OneText(const std::string& column, const std::string& text);

}  // namespace owlet::spark_connect
