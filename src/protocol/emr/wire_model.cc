#include "protocol/emr/wire_model.h"

#include <fmt/format.h>

#include <charconv>

namespace owlet::emr {
namespace {

std::vector<aws::emr::Tag> TagsOf(const std::map<std::string, std::string>& tags) {
  std::vector<aws::emr::Tag> result;
  for (const auto& [key, value] : tags) result.push_back({.key = key, .value = value});
  return result;
}

}  // namespace

Result<jobs::StepRequest> FromWire(const aws::emr::StepConfig& step) {
  jobs::StepRequest request{.name = step.name, .jar = step.hadoop_jar_step.jar};
  if (step.action_on_failure) {
    bool known = false;
    for (const auto action :
         {jobs::ActionOnFailure::kContinue, jobs::ActionOnFailure::kCancelAndWait,
          jobs::ActionOnFailure::kTerminateCluster, jobs::ActionOnFailure::kTerminateJobFlow}) {
      if (jobs::ActionName(action) != *step.action_on_failure) continue;
      request.action_on_failure = action;
      known = true;
    }
    if (!known) {
      return Fail(Reason::kInvalidArgument,
                  fmt::format("Invalid ActionOnFailure: {}", *step.action_on_failure),
                  "ValidationException");
    }
  }
  request.main_class = step.hadoop_jar_step.main_class.value_or("");
  if (step.hadoop_jar_step.args) request.arguments = *step.hadoop_jar_step.args;
  if (step.hadoop_jar_step.properties) {
    for (const aws::emr::KeyValue& each : *step.hadoop_jar_step.properties) {
      request.properties[each.key.value_or("")] = each.value.value_or("");
    }
  }
  return request;
}

Result<std::vector<jobs::StepRequest>> FromWire(const std::vector<aws::emr::StepConfig>& steps) {
  std::vector<jobs::StepRequest> requests;
  for (const aws::emr::StepConfig& step : steps) {
    OWLET_TRY(jobs::StepRequest request, FromWire(step));
    requests.push_back(std::move(request));
  }
  return requests;
}

std::vector<jobs::Configuration> FromWire(
    const std::vector<aws::emr::Configuration>& configurations) {
  std::vector<jobs::Configuration> result;
  for (const aws::emr::Configuration& each : configurations) {
    jobs::Configuration& added = result.emplace_back();
    added.classification = each.classification.value_or("");
    if (each.properties) added.properties = *each.properties;
    if (each.configurations) added.configurations = FromWire(*each.configurations);
  }
  return result;
}

std::vector<aws::emr::Configuration> ToWire(
    const std::vector<jobs::Configuration>& configurations) {
  std::vector<aws::emr::Configuration> result;
  for (const jobs::Configuration& each : configurations) {
    aws::emr::Configuration& added = result.emplace_back();
    added.classification = each.classification;
    added.properties = each.properties;
    if (!each.configurations.empty()) added.configurations = ToWire(each.configurations);
  }
  return result;
}

Result<jobs::ManagedScaling> FromWire(const aws::emr::ManagedScalingPolicy& policy) {
  if (!policy.compute_limits) {
    return Fail(Reason::kInvalidArgument, "ManagedScalingPolicy needs ComputeLimits",
                "ValidationException");
  }
  const aws::emr::ComputeLimits& limits = *policy.compute_limits;
  if (limits.minimum_capacity_units < 1 ||
      limits.maximum_capacity_units < limits.minimum_capacity_units) {
    return Fail(Reason::kInvalidArgument,
                "MinimumCapacityUnits must be at least 1 and not above MaximumCapacityUnits",
                "ValidationException");
  }
  return jobs::ManagedScaling{.unit_type = limits.unit_type,
                              .minimum = limits.minimum_capacity_units,
                              .maximum = limits.maximum_capacity_units,
                              .maximum_on_demand = limits.maximum_on_demand_capacity_units,
                              .maximum_core = limits.maximum_core_capacity_units};
}

aws::emr::HadoopStepConfig ConfigOf(const jobs::Step& step) {
  return {.jar = step.request.jar,
          .properties = step.request.properties,
          .main_class = Given(step.request.main_class),
          .args = step.request.arguments};
}

aws::emr::StepStatus StatusOf(const jobs::Step& step) {
  aws::emr::StepStatus status;
  status.state = std::string(jobs::StateName(step.state));
  status.state_change_reason.emplace();
  status.state_change_reason->code = Given(step.reason_code);
  status.state_change_reason->message = Given(step.reason);
  if (step.failure) {
    status.failure_details.emplace();
    status.failure_details->reason = Given(step.failure->reason);
    status.failure_details->message = Given(step.failure->message);
    status.failure_details->log_file = Given(step.failure->log_file);
  }
  status.timeline.emplace();
  status.timeline->creation_date_time = step.created;
  status.timeline->start_date_time = step.started;
  status.timeline->end_date_time = step.ended;
  return status;
}

aws::emr::ClusterStatus StatusOf(const jobs::Cluster& cluster) {
  aws::emr::ClusterStatus status;
  status.state = std::string(jobs::StateName(cluster.state));
  status.state_change_reason.emplace();
  status.state_change_reason->code = Given(cluster.reason_code);
  status.state_change_reason->message = Given(cluster.reason);
  status.timeline.emplace();
  status.timeline->creation_date_time = cluster.created;
  status.timeline->ready_date_time = cluster.ready;
  status.timeline->end_date_time = cluster.ended;
  return status;
}

aws::emr::Cluster ToWire(const jobs::Cluster& cluster) {
  const jobs::ClusterRequest& request = cluster.request;
  aws::emr::Cluster wire;
  wire.id = cluster.id;
  wire.name = request.name;
  wire.cluster_arn = cluster.arn;
  wire.status = StatusOf(cluster);
  wire.ec2_instance_attributes.emplace();
  aws::emr::Ec2InstanceAttributes& machines = *wire.ec2_instance_attributes;
  machines.iam_instance_profile = request.instance_profile;
  machines.ec2_key_name = Given(request.key_name);
  machines.ec2_subnet_id = Given(request.subnet_id);
  machines.requested_ec2_subnet_ids = request.subnet_ids;
  machines.ec2_availability_zone = Given(request.availability_zone);
  machines.requested_ec2_availability_zones.emplace();
  machines.emr_managed_master_security_group = Given(request.master_security_group);
  machines.emr_managed_slave_security_group = Given(request.slave_security_group);
  machines.service_access_security_group = Given(request.service_security_group);
  wire.instance_collection_type =
      request.instance_fleets.empty() ? "INSTANCE_GROUP" : "INSTANCE_FLEET";
  wire.log_uri = Given(request.log_uri);
  wire.release_label = Given(request.release_label);
  wire.auto_terminate = !request.keep_alive;
  wire.termination_protected = request.termination_protected;
  wire.unhealthy_node_replacement = request.unhealthy_node_replacement;
  wire.visible_to_all_users = request.visible_to_all_users;
  wire.applications.emplace();
  for (const jobs::Application& application : request.applications) {
    aws::emr::Application& added = wire.applications->emplace_back();
    added.name = application.name;
    added.version = Given(application.version);
    if (!application.arguments.empty()) added.args = application.arguments;
  }
  wire.tags = TagsOf(request.tags);
  wire.service_role = request.service_role;
  wire.normalized_instance_hours = 0;
  // Everything of the cluster is on this machine.
  wire.master_public_dns_name = "localhost";
  wire.configurations = ToWire(request.configurations);
  wire.security_configuration = Given(request.security_configuration);
  wire.auto_scaling_role = Given(request.auto_scaling_role);
  wire.scale_down_behavior = request.scale_down_behavior.empty() ? "TERMINATE_AT_TASK_COMPLETION"
                                                                 : request.scale_down_behavior;
  wire.custom_ami_id = Given(request.custom_ami_id);
  wire.os_release_label = Given(request.os_release_label);
  if (request.ebs_root_volume_size > 0) wire.ebs_root_volume_size = request.ebs_root_volume_size;
  wire.step_concurrency_level = request.step_concurrency;
  wire.kerberos_attributes = std::nullopt;
  return wire;
}

Result<std::size_t> ParseMarker(const std::optional<std::string>& marker) {
  if (!marker || marker->empty()) return std::size_t{0};
  std::size_t value = 0;
  const char* const end = marker->data() + marker->size();
  const auto [stop, code] = std::from_chars(marker->data(), end, value);
  if (code != std::errc() || stop != end) {
    return Fail(Reason::kInvalidArgument, fmt::format("Marker '{}' is not valid.", *marker));
  }
  return value;
}

}  // namespace owlet::emr
