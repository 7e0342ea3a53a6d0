#include "protocol/emr/emr_service.h"

#include <aws/emr/operations.h>

#include <utility>

#include "protocol/common/json_service.h"
#include "protocol/emr/error_map.h"
#include "protocol/emr/handlers.h"

namespace owlet::emr {
namespace {

namespace operations = aws::emr::operations;

/// A handler with its Call around it.
template <class Operation, auto Handler>
void Register(protocol::JsonService& service, jobs::Clusters& clusters) {
  service.On<Operation>(
      [&clusters](const protocol::RequestContext& context,
                  const typename Operation::Request& request) -> Result<typename Operation::Reply> {
        return Handler(Call{.clusters = clusters, .context = context}, request);
      });
}

}  // namespace

std::unique_ptr<net::HttpService> MakeEmrService(jobs::Clusters& clusters,
                                                 protocol::ServiceEnvironment environment) {
  auto service = std::make_unique<protocol::JsonService>(
      aws::emr::kService, protocol::JsonService::Options{.map_error = MapError},
      std::move(environment));
  Register<operations::RunJobFlow, RunJobFlow>(*service, clusters);
  Register<operations::AddJobFlowSteps, AddJobFlowSteps>(*service, clusters);
  Register<operations::DescribeStep, DescribeStep>(*service, clusters);
  Register<operations::ListSteps, ListSteps>(*service, clusters);
  Register<operations::CancelSteps, CancelSteps>(*service, clusters);
  Register<operations::DescribeCluster, DescribeCluster>(*service, clusters);
  Register<operations::ListClusters, ListClusters>(*service, clusters);
  Register<operations::TerminateJobFlows, TerminateJobFlows>(*service, clusters);
  Register<operations::ListInstances, ListInstances>(*service, clusters);
  Register<operations::ListInstanceGroups, ListInstanceGroups>(*service, clusters);
  Register<operations::ListInstanceFleets, ListInstanceFleets>(*service, clusters);
  Register<operations::ListBootstrapActions, ListBootstrapActions>(*service, clusters);
  Register<operations::SetTerminationProtection, SetTerminationProtection>(*service, clusters);
  Register<operations::SetKeepJobFlowAliveWhenNoSteps, SetKeepJobFlowAliveWhenNoSteps>(*service,
                                                                                       clusters);
  Register<operations::SetUnhealthyNodeReplacement, SetUnhealthyNodeReplacement>(*service,
                                                                                 clusters);
  Register<operations::SetVisibleToAllUsers, SetVisibleToAllUsers>(*service, clusters);
  Register<operations::ModifyCluster, ModifyCluster>(*service, clusters);
  Register<operations::AddTags, AddTags>(*service, clusters);
  Register<operations::RemoveTags, RemoveTags>(*service, clusters);
  Register<operations::PutAutoTerminationPolicy, PutAutoTerminationPolicy>(*service, clusters);
  Register<operations::GetAutoTerminationPolicy, GetAutoTerminationPolicy>(*service, clusters);
  Register<operations::RemoveAutoTerminationPolicy, RemoveAutoTerminationPolicy>(*service,
                                                                                 clusters);
  Register<operations::PutManagedScalingPolicy, PutManagedScalingPolicy>(*service, clusters);
  Register<operations::GetManagedScalingPolicy, GetManagedScalingPolicy>(*service, clusters);
  Register<operations::RemoveManagedScalingPolicy, RemoveManagedScalingPolicy>(*service, clusters);
  Register<operations::ListReleaseLabels, ListReleaseLabels>(*service, clusters);
  Register<operations::DescribeReleaseLabel, DescribeReleaseLabel>(*service, clusters);
  Register<operations::GetBlockPublicAccessConfiguration, GetBlockPublicAccessConfiguration>(
      *service, clusters);
  return service;
}

}  // namespace owlet::emr
