#include <fmt/format.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/emr/handlers.h"
#include "protocol/emr/wire_model.h"

namespace owlet::emr {
namespace {

using Change = std::function<Status(jobs::ClusterRequest&)>;

/// The same change of several clusters.
Result<protocol::Nothing> ModifyAll(const Call& call, const std::vector<std::string>& clusters,
                                    std::string_view action, const Change& change) {
  for (const std::string& id : clusters) {
    OWLET_TRY(const auto found, call.clusters.Find(call.context.principal, id, action));
  }
  for (const std::string& id : clusters) {
    OWLET_TRY(const auto changed, call.clusters.Modify(call.context.principal, id, action, change));
  }
  return protocol::Nothing{};
}

Status ModifyOne(const Call& call, const std::string& cluster, std::string_view action,
                 const Change& change) {
  OWLET_TRY(const auto changed,
            call.clusters.Modify(call.context.principal, cluster, action, change));
  return {};
}

}  // namespace

Result<protocol::Nothing> SetTerminationProtection(
    const Call& call, const aws::emr::SetTerminationProtectionInput& request) {
  return ModifyAll(call, request.job_flow_ids, "SetTerminationProtection",
                   [&](jobs::ClusterRequest& cluster) -> Status {
                     cluster.termination_protected = request.termination_protected;
                     return {};
                   });
}

Result<protocol::Nothing> SetKeepJobFlowAliveWhenNoSteps(
    const Call& call, const aws::emr::SetKeepJobFlowAliveWhenNoStepsInput& request) {
  return ModifyAll(call, request.job_flow_ids, "SetKeepJobFlowAliveWhenNoSteps",
                   [&](jobs::ClusterRequest& cluster) -> Status {
                     cluster.keep_alive = request.keep_job_flow_alive_when_no_steps;
                     return {};
                   });
}

Result<protocol::Nothing> SetUnhealthyNodeReplacement(
    const Call& call, const aws::emr::SetUnhealthyNodeReplacementInput& request) {
  return ModifyAll(call, request.job_flow_ids, "SetUnhealthyNodeReplacement",
                   [&](jobs::ClusterRequest& cluster) -> Status {
                     cluster.unhealthy_node_replacement = request.unhealthy_node_replacement;
                     return {};
                   });
}

Result<protocol::Nothing> SetVisibleToAllUsers(const Call& call,
                                               const aws::emr::SetVisibleToAllUsersInput& request) {
  return ModifyAll(call, request.job_flow_ids, "SetVisibleToAllUsers",
                   [&](jobs::ClusterRequest& cluster) -> Status {
                     cluster.visible_to_all_users = request.visible_to_all_users;
                     return {};
                   });
}

Result<aws::emr::ModifyClusterOutput> ModifyCluster(const Call& call,
                                                    const aws::emr::ModifyClusterInput& request) {
  OWLET_TRY(const jobs::Cluster cluster,
            call.clusters.Modify(
                call.context.principal, request.cluster_id, "ModifyCluster",
                [&](jobs::ClusterRequest& settings) -> Status {
                  const std::int32_t level =
                      request.step_concurrency_level.value_or(settings.step_concurrency);
                  if (level < 1 || level > 256) {
                    return Fail(
                        Reason::kInvalidArgument,
                        fmt::format("StepConcurrencyLevel must be between 1 and 256: {}", level),
                        "ValidationException");
                  }
                  settings.step_concurrency = level;
                  return {};
                }));
  aws::emr::ModifyClusterOutput reply;
  reply.step_concurrency_level = cluster.request.step_concurrency;
  return reply;
}

Result<aws::emr::AddTagsOutput> AddTags(const Call& call, const aws::emr::AddTagsInput& request) {
  OWLET_CHECK_OK(
      ModifyOne(call, request.resource_id, "AddTags", [&](jobs::ClusterRequest& cluster) -> Status {
        for (const aws::emr::Tag& tag : request.tags) {
          cluster.tags[tag.key.value_or("")] = tag.value.value_or("");
        }
        return {};
      }));
  return aws::emr::AddTagsOutput{};
}

Result<aws::emr::RemoveTagsOutput> RemoveTags(const Call& call,
                                              const aws::emr::RemoveTagsInput& request) {
  OWLET_CHECK_OK(ModifyOne(call, request.resource_id, "RemoveTags",
                           [&](jobs::ClusterRequest& cluster) -> Status {
                             for (const std::string& key : request.tag_keys) {
                               cluster.tags.erase(key);
                             }
                             return {};
                           }));
  return aws::emr::RemoveTagsOutput{};
}

Result<aws::emr::PutAutoTerminationPolicyOutput> PutAutoTerminationPolicy(
    const Call& call, const aws::emr::PutAutoTerminationPolicyInput& request) {
  OWLET_CHECK_OK(ModifyOne(call, request.cluster_id, "PutAutoTerminationPolicy",
                           [&](jobs::ClusterRequest& cluster) -> Status {
                             const std::int64_t seconds =
                                 request.auto_termination_policy
                                     ? request.auto_termination_policy->idle_timeout.value_or(3600)
                                     : 3600;
                             if (seconds < 60 || seconds > 604800) {
                               return Fail(Reason::kInvalidArgument,
                                           "IdleTimeout must be between 60 and 604800 seconds",
                                           "ValidationException");
                             }
                             cluster.idle_timeout_seconds = seconds;
                             return {};
                           }));
  return aws::emr::PutAutoTerminationPolicyOutput{};
}

Result<aws::emr::GetAutoTerminationPolicyOutput> GetAutoTerminationPolicy(
    const Call& call, const aws::emr::GetAutoTerminationPolicyInput& request) {
  OWLET_TRY(
      const jobs::Cluster cluster,
      call.clusters.Find(call.context.principal, request.cluster_id, "GetAutoTerminationPolicy"));
  aws::emr::GetAutoTerminationPolicyOutput reply;
  if (cluster.request.idle_timeout_seconds) {
    reply.auto_termination_policy.emplace();
    reply.auto_termination_policy->idle_timeout = cluster.request.idle_timeout_seconds;
  }
  return reply;
}

Result<aws::emr::RemoveAutoTerminationPolicyOutput> RemoveAutoTerminationPolicy(
    const Call& call, const aws::emr::RemoveAutoTerminationPolicyInput& request) {
  OWLET_CHECK_OK(ModifyOne(call, request.cluster_id, "RemoveAutoTerminationPolicy",
                           [](jobs::ClusterRequest& cluster) -> Status {
                             cluster.idle_timeout_seconds.reset();
                             return {};
                           }));
  return aws::emr::RemoveAutoTerminationPolicyOutput{};
}

Result<aws::emr::PutManagedScalingPolicyOutput> PutManagedScalingPolicy(
    const Call& call, const aws::emr::PutManagedScalingPolicyInput& request) {
  OWLET_TRY(jobs::ManagedScaling scaling, FromWire(request.managed_scaling_policy));
  OWLET_CHECK_OK(ModifyOne(call, request.cluster_id, "PutManagedScalingPolicy",
                           [&](jobs::ClusterRequest& cluster) -> Status {
                             cluster.managed_scaling = scaling;
                             return {};
                           }));
  return aws::emr::PutManagedScalingPolicyOutput{};
}

Result<aws::emr::GetManagedScalingPolicyOutput> GetManagedScalingPolicy(
    const Call& call, const aws::emr::GetManagedScalingPolicyInput& request) {
  OWLET_TRY(
      const jobs::Cluster cluster,
      call.clusters.Find(call.context.principal, request.cluster_id, "GetManagedScalingPolicy"));
  aws::emr::GetManagedScalingPolicyOutput reply;
  if (const auto& scaling = cluster.request.managed_scaling) {
    reply.managed_scaling_policy.emplace();
    aws::emr::ComputeLimits& limits = reply.managed_scaling_policy->compute_limits.emplace();
    limits.unit_type = scaling->unit_type;
    limits.minimum_capacity_units = scaling->minimum;
    limits.maximum_capacity_units = scaling->maximum;
    limits.maximum_on_demand_capacity_units = scaling->maximum_on_demand;
    limits.maximum_core_capacity_units = scaling->maximum_core;
  }
  return reply;
}

Result<aws::emr::RemoveManagedScalingPolicyOutput> RemoveManagedScalingPolicy(
    const Call& call, const aws::emr::RemoveManagedScalingPolicyInput& request) {
  OWLET_CHECK_OK(ModifyOne(call, request.cluster_id, "RemoveManagedScalingPolicy",
                           [](jobs::ClusterRequest& cluster) -> Status {
                             cluster.managed_scaling.reset();
                             return {};
                           }));
  return aws::emr::RemoveManagedScalingPolicyOutput{};
}

}  // namespace owlet::emr
