#include "protocol/spark_connect/partition_spec.h"

#include <fmt/format.h>

#include "base/ascii.h"
#include "core/plan/literal_text.h"

namespace owlet::spark_connect {

Result<std::string> PartitionText(const plan::ExpressionPtr& value) {
  const auto* literal = value == nullptr ? nullptr : std::get_if<plan::Literal>(&value->node);
  if (literal == nullptr) {
    return Fail(Reason::kNotImplemented, "a PARTITION clause with a value that is no constant",
                "UNSUPPORTED_FEATURE");
  }
  if (literal->IsNull()) return std::string(catalog::kDefaultPartition);
  if (const auto* days = std::get_if<std::int64_t>(&literal->value);
      days != nullptr && literal->type.id() == plan::TypeId::kDate) {
    return plan::DateText(*days);
  }
  return plan::SparkLiteralText(*literal, false);
}

Result<std::vector<std::optional<std::string>>> ReadPartitionSpec(const catalog::Table& table,
                                                                  const sql::PartitionSpec& spec) {
  std::vector<std::optional<std::string>> values(table.partition_keys.size());
  for (const sql::PartitionTerm& term : spec) {
    bool found = false;
    for (std::size_t i = 0; i < values.size() && !found; ++i) {
      if (!EqualsIgnoringCase(table.partition_keys[i].name, term.column)) continue;
      found = true;
      if (term.comparison != "=") {
        return Fail(Reason::kNotImplemented, "a PARTITION clause with a comparison",
                    "UNSUPPORTED_FEATURE");
      }
      if (term.value != nullptr) {
        OWLET_TRY(values[i], PartitionText(term.value));
      }
    }
    if (!found) {
      return Fail(Error{
          .reason = Reason::kAnalysisError,
          .message = fmt::format("{} is no partition column of {}", term.column, table.name),
          .condition = "PARTITIONS_NOT_FOUND",
          .parameters = {{"partitionList", fmt::format("`{}`", term.column)},
                         {"tableName",
                          fmt::format("`spark_catalog`.`{}`.`{}`", table.database, table.name)}}});
    }
  }
  return values;
}

}  // namespace owlet::spark_connect
