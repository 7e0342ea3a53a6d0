#pragma once

#include <aws/emr/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "core/jobs/cluster.h"

// Between the API's shapes and those of core/jobs.

namespace owlet::emr {

[[nodiscard]] Result<jobs::StepRequest> FromWire(const aws::emr::StepConfig& step);
[[nodiscard]] Result<std::vector<jobs::StepRequest>> FromWire(
    const std::vector<aws::emr::StepConfig>& steps);
[[nodiscard]] std::vector<jobs::Configuration> FromWire(
    const std::vector<aws::emr::Configuration>& configurations);
/// kInvalidArgument: the limits contradict each other.
[[nodiscard]] Result<jobs::ManagedScaling> FromWire(const aws::emr::ManagedScalingPolicy& policy);

[[nodiscard]] aws::emr::StepStatus StatusOf(const jobs::Step& step);
[[nodiscard]] aws::emr::HadoopStepConfig ConfigOf(const jobs::Step& step);
[[nodiscard]] aws::emr::ClusterStatus StatusOf(const jobs::Cluster& cluster);
[[nodiscard]] aws::emr::Cluster ToWire(const jobs::Cluster& cluster);
[[nodiscard]] std::vector<aws::emr::Configuration> ToWire(
    const std::vector<jobs::Configuration>& configurations);

/// Nothing for "".
[[nodiscard]] inline std::optional<std::string> Given(std::string text) {
  if (text.empty()) return std::nullopt;
  return text;
}

/// The part [from, from + limit) of `all` and the marker of the next one. Markers are decimal
/// offsets. kInvalidArgument.
template <class T>
struct Page {
  std::vector<T> items;
  std::optional<std::string> marker;
};
[[nodiscard]] Result<std::size_t> ParseMarker(const std::optional<std::string>& marker);
template <class T>
[[nodiscard]] Result<Page<T>> TakePage(std::vector<T> all, const std::optional<std::string>& marker,
                                       std::size_t limit) {
  OWLET_TRY(const std::size_t from, ParseMarker(marker));
  Page<T> page;
  for (std::size_t i = from; i < all.size() && i < from + limit; ++i) {
    page.items.push_back(std::move(all[i]));
  }
  if (from + limit < all.size()) page.marker = std::to_string(from + limit);
  return page;
}

}  // namespace owlet::emr
