#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/sql/statement.h"

// Which kind of statement a text is, as Athena sees it.

namespace owlet::sql {

enum class AthenaGrammar : std::uint8_t { kTrino, kHive };

/// Athena chooses the grammar by the first keywords, before it parses: CREATE TABLE .. AS, CREATE
/// VIEW and the like are Trino's, other DDL Hive's. Never fails: unknown words are Trino's.
[[nodiscard]] AthenaGrammar ClassifyAthena(std::string_view text);

/// GetQueryExecution's StatementType and SubstatementType.
struct AthenaStatementType {
  std::string type;          // "DDL", "DML", "UTILITY"
  std::string substatement;  // "SELECT", "CREATE_TABLE", "CREATE_TABLE_AS_SELECT" ...
};
[[nodiscard]] AthenaStatementType AthenaTypeOf(const Statement& statement);
/// The same by the first keywords alone, for texts that do not parse.
[[nodiscard]] AthenaStatementType AthenaTypeOfText(std::string_view text);

}  // namespace owlet::sql
