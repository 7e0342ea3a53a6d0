#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/clock.h"
#include "core/jobs/query_execution.h"

namespace owlet::jobs {

inline constexpr char kPrimaryWorkgroup[] = "primary";
inline constexpr char kEngineVersion[] = "Athena engine version 3";

/// Settings that queries of a workgroup share.
struct Workgroup {
  std::string name;
  std::string description = {};
  bool enabled = true;
  Timestamp created = {};
  ResultSettings results = {};
  /// The client's result settings are ignored.
  bool enforce_configuration = true;
  bool publish_metrics = true;
  std::optional<std::int64_t> bytes_scanned_cutoff = std::nullopt;
  bool requester_pays = false;
  std::string selected_engine_version = "AUTO";
  std::string additional_configuration = {};
  std::string execution_role = {};
  std::map<std::string, std::string> tags = {};

  bool operator==(const Workgroup&) const = default;
};

struct PreparedStatement {
  std::string name;
  std::string workgroup;
  std::string text;
  std::string description = {};
  Timestamp modified = {};
};

struct NamedQuery {
  std::string id;
  std::string name;
  std::string workgroup;
  std::string database;
  std::string text;
  std::string description = {};
};

}  // namespace owlet::jobs
