#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "protocol/emr/handlers.h"
#include "protocol/emr/wire_model.h"

namespace owlet::emr {
namespace {

std::unexpected<Error> Invalid(std::string message) {
  return Fail(Reason::kInvalidArgument, std::move(message), "ValidationException");
}

/// Groups as given, or those that MasterInstanceType, SlaveInstanceType and InstanceCount mean.
Result<std::vector<jobs::InstanceGroup>> GroupsOf(const aws::emr::JobFlowInstancesConfig& wanted) {
  std::vector<jobs::InstanceGroup> groups;
  if (wanted.instance_groups) {
    bool has_master = false;
    for (const aws::emr::InstanceGroupConfig& group : *wanted.instance_groups) {
      jobs::InstanceGroup& added = groups.emplace_back();
      added.name = group.name.value_or("");
      added.market = group.market.value_or("ON_DEMAND");
      added.role = group.instance_role;
      added.bid_price = group.bid_price.value_or("");
      added.instance_type = group.instance_type;
      added.count = group.instance_count;
      if (group.configurations) added.configurations = FromWire(*group.configurations);
      has_master = has_master || group.instance_role == "MASTER";
      if (group.instance_count < (group.instance_role == "TASK" ? 0 : 1)) {
        return Invalid(fmt::format("Instance count of the {} group must be positive: {}",
                                   group.instance_role, group.instance_count));
      }
    }
    if (!has_master) return Invalid("Master instance group is required");
    return groups;
  }
  const std::int32_t count = wanted.instance_count.value_or(1);
  if (count < 1) return Invalid(fmt::format("InstanceCount must be positive: {}", count));
  const std::string master =
      wanted.master_instance_type.value_or(wanted.slave_instance_type.value_or("m5.xlarge"));
  groups.push_back({.name = "master", .role = "MASTER", .instance_type = master, .count = 1});
  if (count > 1) {
    groups.push_back({.name = "core",
                      .role = "CORE",
                      .instance_type = wanted.slave_instance_type.value_or(master),
                      .count = count - 1});
  }
  return groups;
}

std::vector<jobs::InstanceFleet> FleetsOf(const aws::emr::JobFlowInstancesConfig& wanted) {
  std::vector<jobs::InstanceFleet> fleets;
  for (const aws::emr::InstanceFleetConfig& fleet : *wanted.instance_fleets) {
    jobs::InstanceFleet& added = fleets.emplace_back();
    added.name = fleet.name.value_or("");
    added.type = fleet.instance_fleet_type;
    added.on_demand_capacity = fleet.target_on_demand_capacity.value_or(0);
    added.spot_capacity = fleet.target_spot_capacity.value_or(0);
    if (!fleet.instance_type_configs) continue;
    for (const aws::emr::InstanceTypeConfig& type : *fleet.instance_type_configs) {
      added.instance_types.push_back(type.instance_type);
    }
  }
  return fleets;
}

Status TakeInstances(const aws::emr::JobFlowInstancesConfig& wanted,
                     jobs::ClusterRequest& request) {
  if (wanted.instance_fleets && wanted.instance_groups) {
    return Invalid("Instance groups and instance fleets cannot be mixed in one cluster.");
  }
  if (wanted.instance_fleets && !wanted.instance_fleets->empty()) {
    request.instance_fleets = FleetsOf(wanted);
  } else {
    OWLET_TRY(request.instance_groups, GroupsOf(wanted));
  }
  request.key_name = wanted.ec2_key_name.value_or("");
  request.subnet_id = wanted.ec2_subnet_id.value_or("");
  if (wanted.ec2_subnet_ids) request.subnet_ids = *wanted.ec2_subnet_ids;
  if (request.subnet_id.empty() && !request.subnet_ids.empty()) {
    request.subnet_id = request.subnet_ids.front();
  }
  if (wanted.placement) {
    request.availability_zone = wanted.placement->availability_zone.value_or("");
  }
  request.keep_alive = wanted.keep_job_flow_alive_when_no_steps.value_or(false);
  request.termination_protected = wanted.termination_protected.value_or(false);
  request.unhealthy_node_replacement = wanted.unhealthy_node_replacement.value_or(false);
  request.master_security_group = wanted.emr_managed_master_security_group.value_or("");
  request.slave_security_group = wanted.emr_managed_slave_security_group.value_or("");
  request.service_security_group = wanted.service_access_security_group.value_or("");
  return {};
}

Status TakeLists(const aws::emr::RunJobFlowInput& wanted, jobs::ClusterRequest& request) {
  if (wanted.applications) {
    for (const aws::emr::Application& application : *wanted.applications) {
      request.applications.push_back(
          {.name = application.name.value_or(""),
           .version = application.version.value_or(""),
           .arguments = application.args.value_or(std::vector<std::string>{})});
    }
  }
  if (wanted.configurations) request.configurations = FromWire(*wanted.configurations);
  if (wanted.bootstrap_actions) {
    for (const aws::emr::BootstrapActionConfig& action : *wanted.bootstrap_actions) {
      request.bootstrap_actions.push_back(
          {.name = action.name,
           .script_path = action.script_bootstrap_action.path,
           .arguments = action.script_bootstrap_action.args.value_or(std::vector<std::string>{})});
    }
  }
  if (wanted.tags) {
    for (const aws::emr::Tag& tag : *wanted.tags) {
      request.tags[tag.key.value_or("")] = tag.value.value_or("");
    }
  }
  if (wanted.auto_termination_policy) {
    request.idle_timeout_seconds = wanted.auto_termination_policy->idle_timeout.value_or(3600);
  }
  if (wanted.managed_scaling_policy) {
    OWLET_TRY(request.managed_scaling, FromWire(*wanted.managed_scaling_policy));
  }
  return {};
}

}  // namespace

Result<aws::emr::RunJobFlowOutput> RunJobFlow(const Call& call,
                                              const aws::emr::RunJobFlowInput& wanted) {
  jobs::ClusterRequest request;
  request.name = wanted.name;
  request.log_uri = wanted.log_uri.value_or("");
  if (!request.log_uri.empty() && !request.log_uri.starts_with("s3://") &&
      !request.log_uri.starts_with("s3n://") && !request.log_uri.starts_with("s3a://")) {
    return Invalid(fmt::format("Specified LogUri is not a valid S3 location: {}", request.log_uri));
  }
  request.release_label = wanted.release_label.value_or("");
  request.instance_profile = wanted.job_flow_role.value_or("");
  request.service_role = wanted.service_role.value_or("");
  request.auto_scaling_role = wanted.auto_scaling_role.value_or("");
  request.security_configuration = wanted.security_configuration.value_or("");
  request.scale_down_behavior = wanted.scale_down_behavior.value_or("");
  request.custom_ami_id = wanted.custom_ami_id.value_or("");
  request.os_release_label = wanted.os_release_label.value_or("");
  request.ebs_root_volume_size = wanted.ebs_root_volume_size.value_or(0);
  request.visible_to_all_users = wanted.visible_to_all_users.value_or(true);
  request.step_concurrency = wanted.step_concurrency_level.value_or(1);
  if (request.step_concurrency < 1 || request.step_concurrency > 256) {
    return Invalid("StepConcurrencyLevel must be between 1 and 256");
  }
  OWLET_CHECK_OK(TakeInstances(wanted.instances, request));
  OWLET_CHECK_OK(TakeLists(wanted, request));
  std::vector<jobs::StepRequest> steps;
  if (wanted.steps) {
    OWLET_TRY(steps, FromWire(*wanted.steps));
    for (jobs::StepRequest& step : steps) {
      step.execution_role_arn = wanted.step_execution_role_arn.value_or("");
    }
  }
  OWLET_TRY(const jobs::Cluster cluster,
            call.clusters.Create(call.context.principal, std::move(request), std::move(steps)));
  return aws::emr::RunJobFlowOutput{.job_flow_id = cluster.id, .cluster_arn = cluster.arn};
}

}  // namespace owlet::emr
