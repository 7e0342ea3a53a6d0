#pragma once

#include <aws/emr/types.h>

#include "base/result.h"
#include "core/jobs/clusters.h"
#include "protocol/common/operation.h"

// One function for each operation of EMR that owlet has; each bears its name. All are thread-safe.

namespace owlet::emr {

/// What a handler works with.
struct Call {
  jobs::Clusters& clusters;
  const protocol::RequestContext& context;
};

// run_job_flow.cc
[[nodiscard]] Result<aws::emr::RunJobFlowOutput> RunJobFlow(
    const Call& call, const aws::emr::RunJobFlowInput& request);

// steps.cc
[[nodiscard]] Result<aws::emr::AddJobFlowStepsOutput> AddJobFlowSteps(
    const Call& call, const aws::emr::AddJobFlowStepsInput& request);
[[nodiscard]] Result<aws::emr::DescribeStepOutput> DescribeStep(
    const Call& call, const aws::emr::DescribeStepInput& request);
[[nodiscard]] Result<aws::emr::ListStepsOutput> ListSteps(const Call& call,
                                                          const aws::emr::ListStepsInput& request);
[[nodiscard]] Result<aws::emr::CancelStepsOutput> CancelSteps(
    const Call& call, const aws::emr::CancelStepsInput& request);

// clusters.cc
[[nodiscard]] Result<aws::emr::DescribeClusterOutput> DescribeCluster(
    const Call& call, const aws::emr::DescribeClusterInput& request);
[[nodiscard]] Result<aws::emr::ListClustersOutput> ListClusters(
    const Call& call, const aws::emr::ListClustersInput& request);
[[nodiscard]] Result<protocol::Nothing> TerminateJobFlows(
    const Call& call, const aws::emr::TerminateJobFlowsInput& request);

// instances.cc
[[nodiscard]] Result<aws::emr::ListInstancesOutput> ListInstances(
    const Call& call, const aws::emr::ListInstancesInput& request);
[[nodiscard]] Result<aws::emr::ListInstanceGroupsOutput> ListInstanceGroups(
    const Call& call, const aws::emr::ListInstanceGroupsInput& request);
[[nodiscard]] Result<aws::emr::ListInstanceFleetsOutput> ListInstanceFleets(
    const Call& call, const aws::emr::ListInstanceFleetsInput& request);
[[nodiscard]] Result<aws::emr::ListBootstrapActionsOutput> ListBootstrapActions(
    const Call& call, const aws::emr::ListBootstrapActionsInput& request);

// cluster_settings.cc
[[nodiscard]] Result<protocol::Nothing> SetTerminationProtection(
    const Call& call, const aws::emr::SetTerminationProtectionInput& request);
[[nodiscard]] Result<protocol::Nothing> SetKeepJobFlowAliveWhenNoSteps(
    const Call& call, const aws::emr::SetKeepJobFlowAliveWhenNoStepsInput& request);
[[nodiscard]] Result<protocol::Nothing> SetUnhealthyNodeReplacement(
    const Call& call, const aws::emr::SetUnhealthyNodeReplacementInput& request);
[[nodiscard]] Result<protocol::Nothing> SetVisibleToAllUsers(
    const Call& call, const aws::emr::SetVisibleToAllUsersInput& request);
[[nodiscard]] Result<aws::emr::ModifyClusterOutput> ModifyCluster(
    const Call& call, const aws::emr::ModifyClusterInput& request);
[[nodiscard]] Result<aws::emr::AddTagsOutput> AddTags(const Call& call,
                                                      const aws::emr::AddTagsInput& request);
[[nodiscard]] Result<aws::emr::RemoveTagsOutput> RemoveTags(
    const Call& call, const aws::emr::RemoveTagsInput& request);
[[nodiscard]] Result<aws::emr::PutAutoTerminationPolicyOutput> PutAutoTerminationPolicy(
    const Call& call, const aws::emr::PutAutoTerminationPolicyInput& request);
[[nodiscard]] Result<aws::emr::GetAutoTerminationPolicyOutput> GetAutoTerminationPolicy(
    const Call& call, const aws::emr::GetAutoTerminationPolicyInput& request);
[[nodiscard]] Result<aws::emr::RemoveAutoTerminationPolicyOutput> RemoveAutoTerminationPolicy(
    const Call& call, const aws::emr::RemoveAutoTerminationPolicyInput& request);
[[nodiscard]] Result<aws::emr::PutManagedScalingPolicyOutput> PutManagedScalingPolicy(
    const Call& call, const aws::emr::PutManagedScalingPolicyInput& request);
[[nodiscard]] Result<aws::emr::GetManagedScalingPolicyOutput> GetManagedScalingPolicy(
    const Call& call, const aws::emr::GetManagedScalingPolicyInput& request);
[[nodiscard]] Result<aws::emr::RemoveManagedScalingPolicyOutput> RemoveManagedScalingPolicy(
    const Call& call, const aws::emr::RemoveManagedScalingPolicyInput& request);

// account.cc
[[nodiscard]] Result<aws::emr::ListReleaseLabelsOutput> ListReleaseLabels(
    const Call& call, const aws::emr::ListReleaseLabelsInput& request);
[[nodiscard]] Result<aws::emr::DescribeReleaseLabelOutput> DescribeReleaseLabel(
    const Call& call, const aws::emr::DescribeReleaseLabelInput& request);
[[nodiscard]] Result<aws::emr::GetBlockPublicAccessConfigurationOutput>
GetBlockPublicAccessConfiguration(const Call& call,
                                  const aws::emr::GetBlockPublicAccessConfigurationInput& request);

}  // namespace owlet::emr
