#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "core/store/object_info.h"

namespace owlet::store {

/// The default retention of a bucket with object lock, kept as a setting of it.
struct DefaultRetention {
  std::string mode;  // "GOVERNANCE" or "COMPLIANCE"; empty: no default
  int days = 0;
  int years = 0;
};
[[nodiscard]] std::string WriteDefaultRetention(const DefaultRetention& retention);
[[nodiscard]] DefaultRetention ReadDefaultRetention(std::string_view document);

/// Until when an object that is written now is retained.
[[nodiscard]] std::optional<Retention> RetentionFrom(const DefaultRetention& retention,
                                                     Timestamp now);

/// Whether a version's retention may change so: COMPLIANCE only grows, GOVERNANCE shrinks or
/// changes its mode only with the bypass. kAccessDenied.
[[nodiscard]] Status CheckRetentionChange(const std::optional<Retention>& before,
                                          const std::optional<Retention>& after,
                                          bool bypass_governance, Timestamp now);

}  // namespace owlet::store
