#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/emr/handlers.h"
#include "protocol/emr/wire_model.h"

namespace owlet::emr {
namespace {

constexpr std::size_t kLabelsOfAPage = 100;

/// EMR's releases and the Spark in each (EMR Release Guide), newest first. The steps run on the
/// one Spark that owlet speaks, whatever the cluster's label.
struct Release {
  std::string_view label;
  std::string_view spark;
};
constexpr auto kReleases = std::to_array<Release>({
    {"emr-7.10.0", "3.5.5"}, {"emr-7.9.0", "3.5.5"},  {"emr-7.8.0", "3.5.4"},
    {"emr-7.7.0", "3.5.3"},  {"emr-7.6.0", "3.5.3"},  {"emr-7.5.0", "3.5.2"},
    {"emr-7.4.0", "3.5.2"},  {"emr-7.3.0", "3.5.1"},  {"emr-7.2.0", "3.5.1"},
    {"emr-7.1.0", "3.5.0"},  {"emr-7.0.0", "3.5.0"},  {"emr-6.15.0", "3.4.1"},
    {"emr-6.14.0", "3.4.1"}, {"emr-6.13.0", "3.4.1"}, {"emr-6.12.0", "3.4.0"},
    {"emr-6.11.0", "3.3.2"}, {"emr-6.10.0", "3.3.1"}, {"emr-6.9.0", "3.3.0"},
    {"emr-6.8.0", "3.3.0"},  {"emr-6.7.0", "3.2.1"},  {"emr-6.6.0", "3.2.0"},
    {"emr-6.5.0", "3.1.2"},  {"emr-6.4.0", "3.1.2"},  {"emr-6.3.0", "3.1.1"},
    {"emr-6.2.0", "3.0.1"},  {"emr-6.1.0", "3.0.0"},  {"emr-6.0.0", "2.4.4"},
    {"emr-5.36.0", "2.4.8"}, {"emr-5.35.0", "2.4.8"}, {"emr-5.34.0", "2.4.8"},
    {"emr-5.33.0", "2.4.7"}, {"emr-5.32.0", "2.4.7"}, {"emr-5.31.0", "2.4.6"},
    {"emr-5.30.0", "2.4.5"},
});

}  // namespace

Result<aws::emr::ListReleaseLabelsOutput> ListReleaseLabels(
    const Call& call, const aws::emr::ListReleaseLabelsInput& request) {
  OWLET_CHECK_OK(call.clusters.Decide(call.context.principal, "ListReleaseLabels"));
  std::vector<std::string> labels;
  for (const Release& release : kReleases) {
    if (request.filters) {
      const std::string prefix = request.filters->prefix.value_or("");
      const std::string application = request.filters->application.value_or("");
      if (!release.label.starts_with(prefix)) continue;
      // "Spark" or "Spark 3.5": the name and the start of a version.
      if (!application.empty() &&
          !fmt::format("Spark {}", release.spark).starts_with(application) &&
          !fmt::format("spark-{}", release.spark).starts_with(application)) {
        continue;
      }
    }
    labels.emplace_back(release.label);
  }
  const auto limit = static_cast<std::size_t>(request.max_results.value_or(kLabelsOfAPage));
  OWLET_TRY(auto page, TakePage(std::move(labels), request.next_token, limit));
  aws::emr::ListReleaseLabelsOutput reply;
  reply.release_labels = std::move(page.items);
  reply.next_token = page.marker;
  return reply;
}

Result<aws::emr::DescribeReleaseLabelOutput> DescribeReleaseLabel(
    const Call& call, const aws::emr::DescribeReleaseLabelInput& request) {
  OWLET_CHECK_OK(call.clusters.Decide(call.context.principal, "DescribeReleaseLabel"));
  const std::string label = request.release_label.value_or(std::string(kReleases.front().label));
  const auto found = std::ranges::find(kReleases, label, &Release::label);
  if (found == kReleases.end()) {
    return Fail(Reason::kInvalidArgument, fmt::format("The release label {} is not valid.", label));
  }
  aws::emr::DescribeReleaseLabelOutput reply;
  reply.release_label = label;
  aws::emr::SimplifiedApplication spark;
  spark.name = "Spark";
  spark.version = std::string(found->spark);
  reply.applications = {std::move(spark)};
  reply.available_os_releases.emplace();
  return reply;
}

Result<aws::emr::GetBlockPublicAccessConfigurationOutput> GetBlockPublicAccessConfiguration(
    const Call& call, const aws::emr::GetBlockPublicAccessConfigurationInput&) {
  OWLET_CHECK_OK(call.clusters.Decide(call.context.principal, "GetBlockPublicAccessConfiguration"));
  // What a new account has: all is blocked but SSH. There is nothing here that it could open.
  aws::emr::GetBlockPublicAccessConfigurationOutput reply;
  reply.block_public_access_configuration.block_public_security_group_rules = true;
  aws::emr::PortRange ssh;
  ssh.min_range = 22;
  ssh.max_range = 22;
  reply.block_public_access_configuration.permitted_public_security_group_rule_ranges = {ssh};
  reply.block_public_access_configuration_metadata.created_by_arn =
      fmt::format("arn:aws:iam::{}:root", call.context.principal.account_id);
  return reply;
}

}  // namespace owlet::emr
