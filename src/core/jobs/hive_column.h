#pragma once

#include "base/result.h"
#include "core/catalog/model.h"
#include "core/sql/statement.h"

namespace owlet::jobs {

/// A column of Hive's DDL as the catalog keeps it: name and type in lower case, the type in the
/// text that Glue shows. kInvalidArgument for a type that Hive cannot write.
[[nodiscard]] Result<catalog::Column> HiveColumn(const sql::ColumnDefinition& definition);

}  // namespace owlet::jobs
