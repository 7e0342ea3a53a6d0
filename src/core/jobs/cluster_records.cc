#include "core/jobs/cluster_records.h"

#include <array>
#include <chrono>

#include "core/jobs/cluster_records.pb.h"
#include "core/kv/key_value_store.h"

namespace owlet::jobs {
namespace {

constexpr std::array<std::string_view, 7> kClusterStates = {
    "STARTING",   "BOOTSTRAPPING",         "RUNNING", "WAITING", "TERMINATING",
    "TERMINATED", "TERMINATED_WITH_ERRORS"};
constexpr std::array<std::string_view, 7> kStepStates = {
    "PENDING", "CANCEL_PENDING", "RUNNING", "COMPLETED", "CANCELLED", "FAILED", "INTERRUPTED"};
constexpr std::array<std::string_view, 4> kActions = {"CONTINUE", "CANCEL_AND_WAIT",
                                                      "TERMINATE_CLUSTER", "TERMINATE_JOB_FLOW"};

template <class Enum, std::size_t kCount>
Enum Parse(const std::array<std::string_view, kCount>& names, std::string_view name) {
  for (std::size_t i = 0; i < kCount; ++i) {
    if (names[i] == name) return static_cast<Enum>(i);
  }
  return static_cast<Enum>(0);
}

std::int64_t ToMicros(Timestamp time) { return time.time_since_epoch().count(); }
Timestamp FromMicros(std::int64_t micros) { return Timestamp(std::chrono::microseconds(micros)); }

template <class Repeated>
void WriteTexts(const std::vector<std::string>& texts, Repeated& record) {
  for (const std::string& text : texts) *record.Add() = text;
}
template <class Repeated>
std::vector<std::string> ReadTexts(const Repeated& record) {
  return {record.begin(), record.end()};
}
template <class Map>
std::map<std::string, std::string> ReadMap(const Map& record) {
  return {record.begin(), record.end()};
}

void Write(const Configuration& configuration, records::Configuration& record) {
  record.set_classification(configuration.classification);
  record.mutable_properties()->insert(configuration.properties.begin(),
                                      configuration.properties.end());
  for (const Configuration& inner : configuration.configurations) {
    Write(inner, *record.add_configurations());
  }
}
Configuration Read(const records::Configuration& record) {
  Configuration configuration{.classification = record.classification(),
                              .properties = ReadMap(record.properties())};
  for (const auto& inner : record.configurations()) {
    configuration.configurations.push_back(Read(inner));
  }
  return configuration;
}

void Write(const InstanceGroup& group, records::InstanceGroup& record) {
  record.set_id(group.id);
  record.set_name(group.name);
  record.set_market(group.market);
  record.set_role(group.role);
  record.set_bid_price(group.bid_price);
  record.set_instance_type(group.instance_type);
  record.set_count(group.count);
  WriteTexts(group.instance_ids, *record.mutable_instance_ids());
  for (const Configuration& each : group.configurations) {
    Write(each, *record.add_configurations());
  }
}
InstanceGroup Read(const records::InstanceGroup& record) {
  InstanceGroup group{.id = record.id(),
                      .name = record.name(),
                      .market = record.market(),
                      .role = record.role(),
                      .bid_price = record.bid_price(),
                      .instance_type = record.instance_type(),
                      .count = record.count(),
                      .instance_ids = ReadTexts(record.instance_ids())};
  for (const auto& each : record.configurations()) group.configurations.push_back(Read(each));
  return group;
}

void Write(const InstanceFleet& fleet, records::InstanceFleet& record) {
  record.set_id(fleet.id);
  record.set_name(fleet.name);
  record.set_type(fleet.type);
  record.set_on_demand_capacity(fleet.on_demand_capacity);
  record.set_spot_capacity(fleet.spot_capacity);
  WriteTexts(fleet.instance_types, *record.mutable_instance_types());
  WriteTexts(fleet.instance_ids, *record.mutable_instance_ids());
}
InstanceFleet Read(const records::InstanceFleet& record) {
  return {.id = record.id(),
          .name = record.name(),
          .type = record.type(),
          .on_demand_capacity = record.on_demand_capacity(),
          .spot_capacity = record.spot_capacity(),
          .instance_types = ReadTexts(record.instance_types()),
          .instance_ids = ReadTexts(record.instance_ids())};
}

void Write(const ManagedScaling& scaling, records::ManagedScaling& record) {
  record.set_unit_type(scaling.unit_type);
  record.set_minimum(scaling.minimum);
  record.set_maximum(scaling.maximum);
  if (scaling.maximum_on_demand) record.set_maximum_on_demand(*scaling.maximum_on_demand);
  if (scaling.maximum_core) record.set_maximum_core(*scaling.maximum_core);
}
ManagedScaling Read(const records::ManagedScaling& record) {
  ManagedScaling scaling{
      .unit_type = record.unit_type(), .minimum = record.minimum(), .maximum = record.maximum()};
  if (record.has_maximum_on_demand()) scaling.maximum_on_demand = record.maximum_on_demand();
  if (record.has_maximum_core()) scaling.maximum_core = record.maximum_core();
  return scaling;
}

void Write(const ClusterRequest& request, records::Cluster& record) {
  record.set_name(request.name);
  record.set_log_uri(request.log_uri);
  record.set_release_label(request.release_label);
  record.set_instance_profile(request.instance_profile);
  record.set_service_role(request.service_role);
  record.set_auto_scaling_role(request.auto_scaling_role);
  record.set_security_configuration(request.security_configuration);
  record.set_scale_down_behavior(request.scale_down_behavior);
  record.set_custom_ami_id(request.custom_ami_id);
  record.set_os_release_label(request.os_release_label);
  record.set_key_name(request.key_name);
  record.set_subnet_id(request.subnet_id);
  WriteTexts(request.subnet_ids, *record.mutable_subnet_ids());
  record.set_availability_zone(request.availability_zone);
  record.set_master_security_group(request.master_security_group);
  record.set_slave_security_group(request.slave_security_group);
  record.set_service_security_group(request.service_security_group);
  record.set_ebs_root_volume_size(request.ebs_root_volume_size);
  record.set_keep_alive(request.keep_alive);
  record.set_termination_protected(request.termination_protected);
  record.set_unhealthy_node_replacement(request.unhealthy_node_replacement);
  record.set_visible_to_all_users(request.visible_to_all_users);
  record.set_step_concurrency(request.step_concurrency);
  if (request.idle_timeout_seconds) record.set_idle_timeout_seconds(*request.idle_timeout_seconds);
  if (request.managed_scaling) Write(*request.managed_scaling, *record.mutable_managed_scaling());
  for (const auto& group : request.instance_groups) Write(group, *record.add_instance_groups());
  for (const auto& fleet : request.instance_fleets) Write(fleet, *record.add_instance_fleets());
  for (const Application& application : request.applications) {
    records::Application& added = *record.add_applications();
    added.set_name(application.name);
    added.set_version(application.version);
    WriteTexts(application.arguments, *added.mutable_arguments());
  }
  for (const auto& each : request.configurations) Write(each, *record.add_configurations());
  for (const BootstrapAction& action : request.bootstrap_actions) {
    records::BootstrapAction& added = *record.add_bootstrap_actions();
    added.set_name(action.name);
    added.set_script_path(action.script_path);
    WriteTexts(action.arguments, *added.mutable_arguments());
  }
  record.mutable_tags()->insert(request.tags.begin(), request.tags.end());
}

ClusterRequest ReadRequest(const records::Cluster& record) {
  ClusterRequest request{.name = record.name(),
                         .log_uri = record.log_uri(),
                         .release_label = record.release_label(),
                         .instance_profile = record.instance_profile(),
                         .service_role = record.service_role(),
                         .auto_scaling_role = record.auto_scaling_role(),
                         .security_configuration = record.security_configuration(),
                         .scale_down_behavior = record.scale_down_behavior(),
                         .custom_ami_id = record.custom_ami_id(),
                         .os_release_label = record.os_release_label(),
                         .key_name = record.key_name(),
                         .subnet_id = record.subnet_id(),
                         .subnet_ids = ReadTexts(record.subnet_ids()),
                         .availability_zone = record.availability_zone(),
                         .master_security_group = record.master_security_group(),
                         .slave_security_group = record.slave_security_group(),
                         .service_security_group = record.service_security_group(),
                         .ebs_root_volume_size = record.ebs_root_volume_size(),
                         .keep_alive = record.keep_alive(),
                         .termination_protected = record.termination_protected(),
                         .unhealthy_node_replacement = record.unhealthy_node_replacement(),
                         .visible_to_all_users = record.visible_to_all_users(),
                         .step_concurrency = record.step_concurrency(),
                         .tags = ReadMap(record.tags())};
  if (record.has_idle_timeout_seconds()) {
    request.idle_timeout_seconds = record.idle_timeout_seconds();
  }
  if (record.has_managed_scaling()) request.managed_scaling = Read(record.managed_scaling());
  for (const auto& group : record.instance_groups()) request.instance_groups.push_back(Read(group));
  for (const auto& fleet : record.instance_fleets()) request.instance_fleets.push_back(Read(fleet));
  for (const auto& application : record.applications()) {
    request.applications.push_back({.name = application.name(),
                                    .version = application.version(),
                                    .arguments = ReadTexts(application.arguments())});
  }
  for (const auto& each : record.configurations()) request.configurations.push_back(Read(each));
  for (const auto& action : record.bootstrap_actions()) {
    request.bootstrap_actions.push_back({.name = action.name(),
                                         .script_path = action.script_path(),
                                         .arguments = ReadTexts(action.arguments())});
  }
  return request;
}

}  // namespace

std::string_view StateName(ClusterState state) {
  return kClusterStates[static_cast<std::size_t>(state)];
}
std::string_view StateName(StepState state) { return kStepStates[static_cast<std::size_t>(state)]; }
std::string_view ActionName(ActionOnFailure action) {
  return kActions[static_cast<std::size_t>(action)];
}

std::string EncodeCluster(const Cluster& cluster) {
  records::Cluster record;
  record.set_id(cluster.id);
  record.set_arn(cluster.arn);
  record.set_role_name(cluster.role_name);
  record.set_state(std::string(StateName(cluster.state)));
  record.set_reason_code(cluster.reason_code);
  record.set_reason(cluster.reason);
  record.set_created(ToMicros(cluster.created));
  if (cluster.ready) record.set_ready(ToMicros(*cluster.ready));
  if (cluster.ended) record.set_ended(ToMicros(*cluster.ended));
  record.set_steps_made(cluster.steps_made);
  Write(cluster.request, record);
  return record.SerializeAsString();
}

Result<Cluster> DecodeCluster(std::string_view bytes) {
  records::Cluster record;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Fail(Reason::kCorruption, "a cluster's record cannot be read");
  }
  Cluster cluster{.id = record.id(),
                  .arn = record.arn(),
                  .request = ReadRequest(record),
                  .role_name = record.role_name(),
                  .state = Parse<ClusterState>(kClusterStates, record.state()),
                  .reason_code = record.reason_code(),
                  .reason = record.reason(),
                  .created = FromMicros(record.created()),
                  .steps_made = record.steps_made()};
  if (record.has_ready()) cluster.ready = FromMicros(record.ready());
  if (record.has_ended()) cluster.ended = FromMicros(record.ended());
  return cluster;
}

std::string EncodeStep(const Step& step) {
  records::Step record;
  record.set_id(step.id);
  record.set_number(step.number);
  record.set_name(step.request.name);
  record.set_action_on_failure(std::string(ActionName(step.request.action_on_failure)));
  record.set_jar(step.request.jar);
  record.set_main_class(step.request.main_class);
  WriteTexts(step.request.arguments, *record.mutable_arguments());
  record.mutable_properties()->insert(step.request.properties.begin(),
                                      step.request.properties.end());
  record.set_execution_role_arn(step.request.execution_role_arn);
  record.set_state(std::string(StateName(step.state)));
  record.set_reason_code(step.reason_code);
  record.set_reason(step.reason);
  if (step.failure) {
    record.mutable_failure()->set_reason(step.failure->reason);
    record.mutable_failure()->set_message(step.failure->message);
    record.mutable_failure()->set_log_file(step.failure->log_file);
  }
  record.set_created(ToMicros(step.created));
  if (step.started) record.set_started(ToMicros(*step.started));
  if (step.ended) record.set_ended(ToMicros(*step.ended));
  return record.SerializeAsString();
}

Result<Step> DecodeStep(std::string_view bytes) {
  records::Step record;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Fail(Reason::kCorruption, "a step's record cannot be read");
  }
  Step step{
      .id = record.id(),
      .number = record.number(),
      .request = {.name = record.name(),
                  .action_on_failure = Parse<ActionOnFailure>(kActions, record.action_on_failure()),
                  .jar = record.jar(),
                  .main_class = record.main_class(),
                  .arguments = ReadTexts(record.arguments()),
                  .properties = ReadMap(record.properties()),
                  .execution_role_arn = record.execution_role_arn()},
      .state = Parse<StepState>(kStepStates, record.state()),
      .reason_code = record.reason_code(),
      .reason = record.reason(),
      .created = FromMicros(record.created())};
  if (record.has_failure()) {
    step.failure = StepFailure{.reason = record.failure().reason(),
                               .message = record.failure().message(),
                               .log_file = record.failure().log_file()};
  }
  if (record.has_started()) step.started = FromMicros(record.started());
  if (record.has_ended()) step.ended = FromMicros(record.ended());
  return step;
}

namespace cluster_keys {

std::string ClusterKey(std::string_view cluster) {
  return std::string(kClusterPrefix).append(cluster);
}
std::string StepPrefix(std::string_view cluster) {
  return std::string("s").append(cluster).append(1, '\0');
}
std::string StepKey(std::string_view cluster, std::uint64_t number) {
  std::string key = StepPrefix(cluster);
  kv::AppendBigEndian(key, number);
  return key;
}

}  // namespace cluster_keys

}  // namespace owlet::jobs
