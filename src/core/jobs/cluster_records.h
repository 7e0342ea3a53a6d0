#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "core/jobs/cluster.h"

// Clusters and steps as protobuf (cluster_records.proto), and their keys in the key-value store's
// column kClusters:
//
//   c id                              Cluster
//   s cluster id, 0, number (8 bytes) Step

namespace owlet::jobs {

[[nodiscard]] std::string EncodeCluster(const Cluster& cluster);
[[nodiscard]] Result<Cluster> DecodeCluster(std::string_view bytes);
[[nodiscard]] std::string EncodeStep(const Step& step);
[[nodiscard]] Result<Step> DecodeStep(std::string_view bytes);

namespace cluster_keys {
inline constexpr std::string_view kClusterPrefix = "c";
[[nodiscard]] std::string ClusterKey(std::string_view cluster);
[[nodiscard]] std::string StepPrefix(std::string_view cluster);
[[nodiscard]] std::string StepKey(std::string_view cluster, std::uint64_t number);
}  // namespace cluster_keys

}  // namespace owlet::jobs
