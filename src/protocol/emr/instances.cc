#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/emr/handlers.h"
#include "protocol/emr/wire_model.h"

// A cluster has no machines: its instances are those it was asked for, all of them this one.

namespace owlet::emr {
namespace {

constexpr std::size_t kInstancesOfAPage = 2000;

bool HasEnded(const jobs::Cluster& cluster) { return jobs::IsFinal(cluster.state); }

template <class Timeline>
Timeline TimelineOf(const jobs::Cluster& cluster) {
  Timeline timeline;
  timeline.creation_date_time = cluster.created;
  timeline.ready_date_time = cluster.ready;
  timeline.end_date_time = cluster.ended;
  return timeline;
}

aws::emr::Instance InstanceOf(const jobs::Cluster& cluster, const std::string& id,
                              const std::string& type, const std::string& market) {
  aws::emr::Instance instance;
  instance.id = "c" + id;
  instance.ec2_instance_id = id;
  instance.public_dns_name = "localhost";
  instance.public_ip_address = "127.0.0.1";
  instance.private_dns_name = "localhost";
  instance.private_ip_address = "127.0.0.1";
  instance.status.emplace();
  instance.status->state = HasEnded(cluster) ? "TERMINATED" : "RUNNING";
  instance.status->state_change_reason.emplace();
  instance.status->timeline = TimelineOf<aws::emr::InstanceTimeline>(cluster);
  instance.market = market;
  instance.instance_type = type;
  instance.ebs_volumes.emplace();
  return instance;
}

bool Wanted(const std::optional<std::vector<std::string>>& filter, std::string_view value) {
  return !filter || filter->empty() || std::ranges::find(*filter, value) != filter->end();
}

}  // namespace

Result<aws::emr::ListInstancesOutput> ListInstances(const Call& call,
                                                    const aws::emr::ListInstancesInput& request) {
  OWLET_TRY(const jobs::Cluster cluster,
            call.clusters.Find(call.context.principal, request.cluster_id, "ListInstances"));
  std::vector<aws::emr::Instance> instances;
  for (const jobs::InstanceGroup& group : cluster.request.instance_groups) {
    if (request.instance_group_id && *request.instance_group_id != group.id) continue;
    if (request.instance_fleet_id || request.instance_fleet_type) continue;
    if (!Wanted(request.instance_group_types, group.role)) continue;
    for (const std::string& id : group.instance_ids) {
      instances.push_back(InstanceOf(cluster, id, group.instance_type, group.market));
      instances.back().instance_group_id = group.id;
    }
  }
  for (const jobs::InstanceFleet& fleet : cluster.request.instance_fleets) {
    if (request.instance_fleet_id && *request.instance_fleet_id != fleet.id) continue;
    if (request.instance_fleet_type && *request.instance_fleet_type != fleet.type) continue;
    if (request.instance_group_id || request.instance_group_types) continue;
    const std::string type =
        fleet.instance_types.empty() ? "m5.xlarge" : fleet.instance_types.front();
    for (std::size_t i = 0; i < fleet.instance_ids.size(); ++i) {
      const bool on_demand = static_cast<std::int64_t>(i) < fleet.on_demand_capacity;
      instances.push_back(
          InstanceOf(cluster, fleet.instance_ids[i], type, on_demand ? "ON_DEMAND" : "SPOT"));
      instances.back().instance_fleet_id = fleet.id;
    }
  }
  std::erase_if(instances, [&](const aws::emr::Instance& instance) {
    return !Wanted(request.instance_states, *instance.status->state);
  });
  OWLET_TRY(auto page, TakePage(std::move(instances), request.marker, kInstancesOfAPage));
  aws::emr::ListInstancesOutput reply;
  reply.instances = std::move(page.items);
  reply.marker = page.marker;
  return reply;
}

Result<aws::emr::ListInstanceGroupsOutput> ListInstanceGroups(
    const Call& call, const aws::emr::ListInstanceGroupsInput& request) {
  OWLET_TRY(const jobs::Cluster cluster,
            call.clusters.Find(call.context.principal, request.cluster_id, "ListInstanceGroups"));
  if (!cluster.request.instance_fleets.empty()) {
    return Fail(Reason::kInvalidArgument,
                "Instance fleets and instance groups are mutually exclusive. The EMR cluster "
                "specified in the request uses instance fleets. The ListInstanceGroups operation "
                "does not support clusters that use instance fleets. Use the ListInstanceFleets "
                "operation instead.");
  }
  aws::emr::ListInstanceGroupsOutput reply;
  reply.instance_groups.emplace();
  for (const jobs::InstanceGroup& group : cluster.request.instance_groups) {
    aws::emr::InstanceGroup& added = reply.instance_groups->emplace_back();
    added.id = group.id;
    added.name = Given(group.name);
    added.market = group.market;
    added.instance_group_type = group.role;
    added.bid_price = Given(group.bid_price);
    added.instance_type = group.instance_type;
    added.requested_instance_count = group.count;
    added.running_instance_count = HasEnded(cluster) ? 0 : group.count;
    added.status.emplace();
    added.status->state = HasEnded(cluster) ? "TERMINATED" : "RUNNING";
    added.status->state_change_reason.emplace();
    added.status->timeline = TimelineOf<aws::emr::InstanceGroupTimeline>(cluster);
    added.configurations = ToWire(group.configurations);
    added.ebs_block_devices.emplace();
    added.shrink_policy.emplace();
  }
  return reply;
}

Result<aws::emr::ListInstanceFleetsOutput> ListInstanceFleets(
    const Call& call, const aws::emr::ListInstanceFleetsInput& request) {
  OWLET_TRY(const jobs::Cluster cluster,
            call.clusters.Find(call.context.principal, request.cluster_id, "ListInstanceFleets"));
  if (cluster.request.instance_fleets.empty()) {
    return Fail(Reason::kInvalidArgument,
                "Instance fleets and instance groups are mutually exclusive. The EMR cluster "
                "specified in the request uses instance groups. The ListInstanceFleets operation "
                "does not support clusters that use instance groups. Use the ListInstanceGroups "
                "operation instead.");
  }
  aws::emr::ListInstanceFleetsOutput reply;
  reply.instance_fleets.emplace();
  for (const jobs::InstanceFleet& fleet : cluster.request.instance_fleets) {
    aws::emr::InstanceFleet& added = reply.instance_fleets->emplace_back();
    added.id = fleet.id;
    added.name = Given(fleet.name);
    added.status.emplace();
    added.status->state = HasEnded(cluster) ? "TERMINATED" : "RUNNING";
    added.status->timeline = TimelineOf<aws::emr::InstanceFleetTimeline>(cluster);
    added.instance_fleet_type = fleet.type;
    added.target_on_demand_capacity = fleet.on_demand_capacity;
    added.target_spot_capacity = fleet.spot_capacity;
    added.provisioned_on_demand_capacity = HasEnded(cluster) ? 0 : fleet.on_demand_capacity;
    added.provisioned_spot_capacity = HasEnded(cluster) ? 0 : fleet.spot_capacity;
    added.instance_type_specifications.emplace();
    for (const std::string& type : fleet.instance_types) {
      added.instance_type_specifications->emplace_back().instance_type = type;
    }
  }
  return reply;
}

Result<aws::emr::ListBootstrapActionsOutput> ListBootstrapActions(
    const Call& call, const aws::emr::ListBootstrapActionsInput& request) {
  OWLET_TRY(const jobs::Cluster cluster,
            call.clusters.Find(call.context.principal, request.cluster_id, "ListBootstrapActions"));
  aws::emr::ListBootstrapActionsOutput reply;
  reply.bootstrap_actions.emplace();
  for (const jobs::BootstrapAction& action : cluster.request.bootstrap_actions) {
    aws::emr::Command& added = reply.bootstrap_actions->emplace_back();
    added.name = action.name;
    added.script_path = action.script_path;
    added.args = action.arguments;
  }
  return reply;
}

}  // namespace owlet::emr
