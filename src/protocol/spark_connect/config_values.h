#pragma once

#include <string>

#include "base/result.h"
#include "protocol/spark_connect/session.h"

namespace owlet::spark_connect {

/// Whether SQL's SET may give the setting that value, as Spark checks it: not one that is fixed
/// when a cluster starts, and of the type that the default has. CANNOT_MODIFY_STATIC_CONFIG,
/// INVALID_CONF_VALUE.*.
[[nodiscard]] Status CheckConfigValue(const std::string& key, const std::string& value);

/// The text with `${setting}` and its kin (`${spark:..}`, `${hiveconf:..}`, `${hivevar:..}`)
/// replaced by the session's settings, as far as they are there.
[[nodiscard]] std::string SubstituteSettings(const Session& session, const std::string& text);

}  // namespace owlet::spark_connect
