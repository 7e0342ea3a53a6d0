#include <fmt/format.h>
#include <spark/connect/base.pb.h>

#include "base/time_zone.h"
#include "protocol/spark_connect/analyze_plan.h"
#include "protocol/spark_connect/config_defaults.h"

namespace owlet::spark_connect {

namespace proto = ::spark::connect;

namespace {

std::unexpected<Error> UnknownConfig(const std::string& key) {
  return Fail(Error{.reason = Reason::kEntityNotFound,
                    .message = "no such setting: " + key,
                    .condition = "SQL_CONF_NOT_FOUND",
                    .parameters = {{"sqlConf", fmt::format("\"{}\"", key)}}});
}

/// Core settings are fixed when a cluster starts; a session cannot change them.
bool IsStatic(const std::string& key) {
  return key == "spark.sql.warehouse.dir" || key == "spark.sql.catalogImplementation" ||
         key == "spark.sql.extensions" ||
         (key.starts_with("spark.") && !key.starts_with("spark.sql."));
}

Status SetOne(Session& session, const proto::KeyValue& pair, bool silent,
              proto::ConfigResponse* response) {
  if (pair.key() == "spark.sql.session.timeZone" && !TimeZone::Find(pair.value())) {
    return Fail(Error{.reason = Reason::kInvalidArgument,
                      .message = "not a time zone: " + pair.value(),
                      .condition = "INVALID_CONF_VALUE.TIME_ZONE",
                      .parameters = {{"confValue", fmt::format("'{}'", pair.value())},
                                     {"confName", "\"spark.sql.session.timeZone\""}}});
  }
  if (IsStatic(pair.key()) && FindConfigDefault(pair.key()) != nullptr && !silent) {
    return Fail(Error{.reason = Reason::kAnalysisError,
                      .message = "the setting cannot be changed: " + pair.key(),
                      .condition = "CANNOT_MODIFY_CONFIG",
                      .parameters = {{"key", fmt::format("\"{}\"", pair.key())},
                                     {"docroot", "https://spark.apache.org/docs/latest"}}});
  }
  session.SetConfig(pair.key(), pair.value());
  auto* out = response->add_pairs();
  out->set_key(pair.key());
  out->set_value(pair.value());
  return {};
}

void AddPair(proto::ConfigResponse* response, const std::string& key,
             const std::optional<std::string>& value) {
  auto* pair = response->add_pairs();
  pair->set_key(key);
  if (value) pair->set_value(*value);
}

}  // namespace

Status Config(Session& session, const proto::ConfigRequest& request,
              proto::ConfigResponse* response) {
  using O = proto::ConfigRequest_Operation;
  const auto& operation = request.operation();
  switch (operation.op_type_case()) {
    case O::kSet:
      for (const auto& pair : operation.set().pairs()) {
        OWLET_CHECK_OK(SetOne(session, pair, operation.set().silent(), response));
      }
      return {};
    case O::kGet:
      for (const std::string& key : operation.get().keys()) {
        if (!session.IsKnownConfig(key)) return UnknownConfig(key);
        AddPair(response, key, session.Config(key));
      }
      return {};
    case O::kGetWithDefault:
      for (const auto& pair : operation.get_with_default().pairs()) {
        // The caller's default goes before Spark's own.
        const auto set = session.AllConfig();
        const auto found = set.find(pair.key());
        auto value = found != set.end() ? std::optional(found->second) : std::nullopt;
        if (!value) value = pair.has_value() ? pair.value() : session.Config(pair.key());
        AddPair(response, pair.key(), value);
      }
      return {};
    case O::kGetOption:
      for (const std::string& key : operation.get_option().keys()) {
        AddPair(response, key, session.Config(key));
      }
      return {};
    case O::kGetAll: {
      std::map<std::string, std::string> all;
      for (const ConfigDefault& known : ConfigDefaults()) {
        if (known.value) all[std::string(known.key)] = *known.value;
      }
      for (auto& [key, value] : session.AllConfig()) all[key] = value;
      const std::string& prefix = operation.get_all().prefix();
      for (const auto& [key, value] : all) {
        if (key.starts_with(prefix)) AddPair(response, key.substr(prefix.size()), value);
      }
      return {};
    }
    case O::kUnset:
      for (const std::string& key : operation.unset().keys()) session.UnsetConfig(key);
      return {};
    case O::kIsModifiable:
      for (const std::string& key : operation.is_modifiable().keys()) {
        const bool modifiable = FindConfigDefault(key) != nullptr && !IsStatic(key);
        AddPair(response, key, modifiable ? "true" : "false");
      }
      return {};
    case O::OP_TYPE_NOT_SET:
      break;
  }
  return Fail(Reason::kMalformedRequest, "the configuration operation is empty");
}

}  // namespace owlet::spark_connect
