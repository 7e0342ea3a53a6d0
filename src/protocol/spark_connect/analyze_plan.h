#pragma once

#include <memory>

#include "base/result.h"
#include "protocol/spark_connect/plan_executor.h"

namespace spark::connect {
class AnalyzePlanRequest;
class AnalyzePlanResponse;
class ConfigRequest;
class ConfigResponse;
}  // namespace spark::connect

namespace owlet::spark_connect {

/// AnalyzePlan: schema, explain, tree_string, is_local, is_streaming, spark_version, ddl_parse,
/// json_to_ddl; input_files, same_semantics and semantic_hash are kNotImplemented. persist and its
/// kin keep the level only: every read is of the current objects. `statement` gets the SQL text
/// that an error's span points into.
[[nodiscard]] Status AnalyzePlan(Services& services, const std::shared_ptr<Session>& session,
                                 const ::spark::connect::AnalyzePlanRequest& request,
                                 ::spark::connect::AnalyzePlanResponse* response,
                                 std::string* statement);

/// Config: set, get, get_with_default, get_option, get_all, unset, is_modifiable.
[[nodiscard]] Status Config(Session& session, const ::spark::connect::ConfigRequest& request,
                            ::spark::connect::ConfigResponse* response);

/// What spark.version says: the newest Spark whose behaviour owlet follows.
inline constexpr const char* kSparkVersion = "4.2.0";

}  // namespace owlet::spark_connect
