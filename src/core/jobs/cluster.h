#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

// What is known of a cluster and its steps, in the shape of EMR's API: values, kept as they are in
// the key-value store.

namespace owlet::jobs {

enum class ClusterState : std::uint8_t {
  kStarting,
  kBootstrapping,
  kRunning,
  kWaiting,
  kTerminating,
  kTerminated,
  kTerminatedWithErrors,
};
[[nodiscard]] inline bool IsFinal(ClusterState state) { return state >= ClusterState::kTerminated; }

enum class StepState : std::uint8_t {
  kPending,
  kCancelPending,
  kRunning,
  kCompleted,
  kCancelled,
  kFailed,
  kInterrupted,
};
[[nodiscard]] inline bool IsFinal(StepState state) { return state >= StepState::kCompleted; }

enum class ActionOnFailure : std::uint8_t {
  kContinue,
  kCancelAndWait,
  kTerminateCluster,
  kTerminateJobFlow,  // the old name of the same
};

/// Why a step failed.
struct StepFailure {
  std::string reason;
  std::string message;
  std::string log_file;  // the object to look at, or ""

  bool operator==(const StepFailure&) const = default;
};

/// What to run, as AddJobFlowSteps gives it.
struct StepRequest {
  std::string name;
  ActionOnFailure action_on_failure = ActionOnFailure::kTerminateCluster;
  std::string jar;
  std::string main_class = {};
  std::vector<std::string> arguments = {};
  std::map<std::string, std::string> properties = {};
  std::string execution_role_arn = {};

  bool operator==(const StepRequest&) const = default;
};

struct Step {
  std::string id;
  std::uint64_t number = 0;  // order within the cluster
  StepRequest request;
  StepState state = StepState::kPending;
  std::string reason_code = {};
  std::string reason = {};
  std::optional<StepFailure> failure = std::nullopt;
  Timestamp created = {};
  std::optional<Timestamp> started = std::nullopt;
  std::optional<Timestamp> ended = std::nullopt;

  bool operator==(const Step&) const = default;
};

/// Settings of an application ("spark-defaults" ...), as given.
struct Configuration {
  std::string classification;
  std::map<std::string, std::string> properties = {};
  std::vector<Configuration> configurations = {};

  bool operator==(const Configuration&) const = default;
};

struct InstanceGroup {
  std::string id;
  std::string name;
  std::string market = "ON_DEMAND";
  std::string role;  // MASTER, CORE, TASK
  std::string bid_price = {};
  std::string instance_type;
  std::int32_t count = 0;
  std::vector<std::string> instance_ids = {};  // "i-…", one for each
  std::vector<Configuration> configurations = {};

  bool operator==(const InstanceGroup&) const = default;
};

struct InstanceFleet {
  std::string id;
  std::string name;
  std::string type;  // MASTER, CORE, TASK
  std::int32_t on_demand_capacity = 0;
  std::int32_t spot_capacity = 0;
  std::vector<std::string> instance_types = {};
  std::vector<std::string> instance_ids = {};

  bool operator==(const InstanceFleet&) const = default;
};

struct Application {
  std::string name;
  std::string version = {};
  std::vector<std::string> arguments = {};

  bool operator==(const Application&) const = default;
};

struct BootstrapAction {
  std::string name;
  std::string script_path;
  std::vector<std::string> arguments = {};

  bool operator==(const BootstrapAction&) const = default;
};

struct ManagedScaling {
  std::string unit_type;
  std::int32_t minimum = 0;
  std::int32_t maximum = 0;
  std::optional<std::int32_t> maximum_on_demand = std::nullopt;
  std::optional<std::int32_t> maximum_core = std::nullopt;

  bool operator==(const ManagedScaling&) const = default;
};

/// What RunJobFlow was given, less its steps.
struct ClusterRequest {
  std::string name;
  std::string log_uri = {};
  std::string release_label = {};
  std::string instance_profile = {};  // "" for EMR_EC2_DefaultRole
  std::string service_role = {};      // "" for EMR_DefaultRole
  std::string auto_scaling_role = {};
  std::string security_configuration = {};
  std::string scale_down_behavior = {};
  std::string custom_ami_id = {};
  std::string os_release_label = {};
  std::string key_name = {};
  std::string subnet_id = {};
  std::vector<std::string> subnet_ids = {};
  std::string availability_zone = {};
  std::string master_security_group = {};
  std::string slave_security_group = {};
  std::string service_security_group = {};
  std::int32_t ebs_root_volume_size = 0;
  bool keep_alive = false;
  bool termination_protected = false;
  bool unhealthy_node_replacement = false;
  bool visible_to_all_users = true;
  std::int32_t step_concurrency = 1;
  std::optional<std::int64_t> idle_timeout_seconds = std::nullopt;
  std::optional<ManagedScaling> managed_scaling = std::nullopt;
  std::vector<InstanceGroup> instance_groups = {};  // ids are given by Clusters
  std::vector<InstanceFleet> instance_fleets = {};
  std::vector<Application> applications = {};
  std::vector<Configuration> configurations = {};
  std::vector<BootstrapAction> bootstrap_actions = {};
  std::map<std::string, std::string> tags = {};

  bool operator==(const ClusterRequest&) const = default;
};

struct Cluster {
  std::string id;
  std::string arn;
  ClusterRequest request;  // with what was modified since
  std::string role_name;   // of the instance profile: whose rights the steps have
  ClusterState state = ClusterState::kStarting;
  std::string reason_code = {};
  std::string reason = {};
  Timestamp created = {};
  std::optional<Timestamp> ready = std::nullopt;
  std::optional<Timestamp> ended = std::nullopt;
  std::uint64_t steps_made = 0;

  bool operator==(const Cluster&) const = default;
};

[[nodiscard]] std::string_view StateName(ClusterState state);
[[nodiscard]] std::string_view StateName(StepState state);
[[nodiscard]] std::string_view ActionName(ActionOnFailure action);

}  // namespace owlet::jobs
