#include <algorithm>
#include <string>
#include <utility>

#include "protocol/emr/handlers.h"
#include "protocol/emr/wire_model.h"

namespace owlet::emr {
namespace {

constexpr std::size_t kClustersOfAPage = 50;

}  // namespace

Result<aws::emr::DescribeClusterOutput> DescribeCluster(
    const Call& call, const aws::emr::DescribeClusterInput& request) {
  OWLET_TRY(const jobs::Cluster cluster,
            call.clusters.Find(call.context.principal, request.cluster_id));
  aws::emr::DescribeClusterOutput reply;
  reply.cluster = ToWire(cluster);
  return reply;
}

Result<aws::emr::ListClustersOutput> ListClusters(const Call& call,
                                                  const aws::emr::ListClustersInput& request) {
  OWLET_TRY(std::vector<jobs::Cluster> clusters, call.clusters.List(call.context.principal));
  std::erase_if(clusters, [&](const jobs::Cluster& cluster) {
    if (request.created_after && cluster.created < *request.created_after) return true;
    if (request.created_before && cluster.created > *request.created_before) return true;
    return request.cluster_states && !request.cluster_states->empty() &&
           std::ranges::find(*request.cluster_states, jobs::StateName(cluster.state)) ==
               request.cluster_states->end();
  });
  OWLET_TRY(const auto page, TakePage(std::move(clusters), request.marker, kClustersOfAPage));
  aws::emr::ListClustersOutput reply;
  reply.clusters.emplace();
  for (const jobs::Cluster& cluster : page.items) {
    aws::emr::ClusterSummary& summary = reply.clusters->emplace_back();
    summary.id = cluster.id;
    summary.name = cluster.request.name;
    summary.status = StatusOf(cluster);
    summary.normalized_instance_hours = 0;
    summary.cluster_arn = cluster.arn;
  }
  reply.marker = page.marker;
  return reply;
}

Result<protocol::Nothing> TerminateJobFlows(const Call& call,
                                            const aws::emr::TerminateJobFlowsInput& request) {
  OWLET_CHECK_OK(call.clusters.Terminate(call.context.principal, request.job_flow_ids));
  return protocol::Nothing{};
}

}  // namespace owlet::emr
