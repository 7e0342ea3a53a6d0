#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/clock.h"

namespace owlet::plan {

/// Whose rules hold: names, types, functions, coercions, error conditions.
enum class Dialect : std::uint8_t { kSpark, kTrino };

/// What the meaning of one statement depends on beside its text. A value: taken from the client's
/// session when the statement starts, constant while it runs.
struct SessionSettings {
  Dialect dialect = Dialect::kSpark;
  std::string time_zone = "UTC";  // an IANA name or an offset
  bool ansi = true;               // Spark: spark.sql.ansi.enabled
  bool case_sensitive = false;    // Spark: spark.sql.caseSensitive; Trino never is
  std::string current_catalog = "awsdatacatalog";
  std::string current_database = "default";
  std::string user;
  /// Where Spark's paths without a scheme and hdfs:// lie: "hdfs://<the cluster's id>".
  std::string file_system = {};
  Timestamp query_start;                         // current_timestamp: one value a statement
  std::map<std::string, std::string> conf = {};  // all of Spark's SQL settings that were set
};

}  // namespace owlet::plan
