#include "core/jobs/hive_column.h"

#include "base/ascii.h"
#include "core/catalog/hive_types.h"

namespace owlet::jobs {

Result<catalog::Column> HiveColumn(const sql::ColumnDefinition& definition) {
  std::string type = catalog::CanonicalHiveType(definition.type_text);
  if (!catalog::ParseHiveType(type)) {
    OWLET_TRY(type, catalog::FormatHiveType(definition.type));
  }
  return catalog::Column{.name = ToLowerAscii(definition.name),
                         .type = ToLowerAscii(type),
                         .comment = definition.comment.value_or("")};
}

}  // namespace owlet::jobs
