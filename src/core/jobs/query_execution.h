#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"

// What is known of one query execution, in the shape of Athena's API: values, kept as they are in
// the key-value store.

namespace owlet::jobs {

enum class QueryState : std::uint8_t { kQueued, kRunning, kSucceeded, kFailed, kCancelled };
[[nodiscard]] inline bool IsFinal(QueryState state) { return state >= QueryState::kSucceeded; }

/// Where and how results are put.
struct ResultSettings {
  std::string output_location = {};  // "s3://bucket/folder/"; "" for none
  std::string encryption = {};       // "SSE_S3" ...; "" for none
  std::string kms_key = {};
  std::string expected_bucket_owner = {};
  std::string acl = {};

  bool operator==(const ResultSettings&) const = default;
};

/// What StartQueryExecution was given, after the workgroup's settings were applied.
struct QueryRequest {
  std::string text;
  std::string database = {};  // "" for default
  std::string catalog = {};   // as given
  std::string workgroup = "primary";
  ResultSettings results = {};
  std::vector<std::string> parameters = {};  // SQL literals for each `?`
  std::string client_token = {};
  /// Take the result of the same request when it is no older.
  std::optional<std::int32_t> reuse_minutes = std::nullopt;

  bool operator==(const QueryRequest&) const = default;
};

/// A column of a result as GetQueryResults describes it.
struct ResultColumn {
  std::string name;
  std::string type;  // "varchar", "decimal", "row" ...
  std::int32_t precision = 0;
  std::int32_t scale = 0;
  bool case_sensitive = false;

  bool operator==(const ResultColumn&) const = default;
};

/// What the result object is: rows in CSV, text lines, or nothing but a count.
enum class ResultForm : std::uint8_t { kRows, kText, kManifest };

struct QueryStatistics {
  std::int64_t queue_ms = 0;
  std::int64_t preprocessing_ms = 0;
  std::int64_t planning_ms = 0;
  std::int64_t engine_ms = 0;
  std::int64_t service_ms = 0;
  std::int64_t total_ms = 0;
  std::int64_t scanned_bytes = 0;
  std::int64_t scanned_rows = 0;
  std::int64_t output_bytes = 0;
  std::int64_t output_rows = 0;
  std::string manifest_location = {};
  bool reused = false;

  bool operator==(const QueryStatistics&) const = default;
};

/// Why an execution failed, in Athena's numbers (its guide's "error catalog").
struct QueryFailure {
  std::string message;
  std::int32_t category = 2;  // 1 system, 2 user, 3 other
  std::int32_t type = 1000;
  bool retryable = false;

  bool operator==(const QueryFailure&) const = default;
};

struct QueryExecution {
  std::string id;
  QueryRequest request;
  std::string statement_type = {};     // DDL, DML, UTILITY
  std::string substatement_type = {};  // SELECT, CREATE_TABLE ...
  QueryState state = QueryState::kQueued;
  std::optional<QueryFailure> failure = std::nullopt;  // of kFailed; its message of kCancelled too
  Timestamp submitted = {};
  std::optional<Timestamp> completed = std::nullopt;
  QueryStatistics statistics = {};
  /// The result object: "s3://bucket/folder/<id>.csv".
  std::string output_location = {};
  ResultForm form = ResultForm::kRows;
  std::vector<ResultColumn> columns = {};
  std::optional<std::int64_t> update_count = std::nullopt;

  bool operator==(const QueryExecution&) const = default;
};

}  // namespace owlet::jobs
