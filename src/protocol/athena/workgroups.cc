#include <optional>
#include <string>
#include <utility>

#include "protocol/athena/handlers.h"

namespace owlet::athena {
namespace {

namespace wire = aws::athena;

std::optional<std::string> Given(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

wire::EngineVersion EngineVersionOf(const jobs::Workgroup& workgroup) {
  return {.selected_engine_version = workgroup.selected_engine_version,
          .effective_engine_version = jobs::kEngineVersion};
}

wire::WorkGroup ToWire(const jobs::Workgroup& workgroup) {
  wire::WorkGroup result;
  result.name = workgroup.name;
  result.state = workgroup.enabled ? "ENABLED" : "DISABLED";
  result.description = workgroup.description;
  result.creation_time = workgroup.created;
  auto& configuration = result.configuration.emplace();
  auto& results = configuration.result_configuration.emplace();
  results.output_location = Given(workgroup.results.output_location);
  results.expected_bucket_owner = Given(workgroup.results.expected_bucket_owner);
  if (!workgroup.results.encryption.empty()) {
    results.encryption_configuration =
        wire::EncryptionConfiguration{.encryption_option = workgroup.results.encryption,
                                      .kms_key = Given(workgroup.results.kms_key)};
  }
  if (!workgroup.results.acl.empty()) {
    results.acl_configuration = wire::AclConfiguration{.s3_acl_option = workgroup.results.acl};
  }
  configuration.enforce_work_group_configuration = workgroup.enforce_configuration;
  configuration.publish_cloud_watch_metrics_enabled = workgroup.publish_metrics;
  configuration.bytes_scanned_cutoff_per_query = workgroup.bytes_scanned_cutoff;
  configuration.requester_pays_enabled = workgroup.requester_pays;
  configuration.engine_version = EngineVersionOf(workgroup);
  configuration.additional_configuration = Given(workgroup.additional_configuration);
  configuration.execution_role = Given(workgroup.execution_role);
  return result;
}

void SetResults(const wire::ResultConfiguration& given, jobs::ResultSettings& results) {
  results.output_location = given.output_location.value_or("");
  results.expected_bucket_owner = given.expected_bucket_owner.value_or("");
  if (given.encryption_configuration) {
    results.encryption = given.encryption_configuration->encryption_option;
    results.kms_key = given.encryption_configuration->kms_key.value_or("");
  }
  if (given.acl_configuration) results.acl = given.acl_configuration->s3_acl_option;
}

/// What is stored as text must stay what it was told to be: these have no effect here, or a wrong
/// one.
Status CheckManagedResults(const std::optional<bool>& enabled) {
  if (!enabled.value_or(false)) return {};
  return Fail(Reason::kNotImplemented, "owlet does not implement managed query results");
}

Status Update(const wire::ResultConfigurationUpdates& updates, jobs::ResultSettings& results) {
  if (updates.remove_output_location.value_or(false)) results.output_location.clear();
  if (updates.output_location) results.output_location = *updates.output_location;
  if (updates.remove_encryption_configuration.value_or(false)) {
    results.encryption.clear();
    results.kms_key.clear();
  }
  if (updates.encryption_configuration) {
    results.encryption = updates.encryption_configuration->encryption_option;
    results.kms_key = updates.encryption_configuration->kms_key.value_or("");
  }
  if (updates.remove_expected_bucket_owner.value_or(false)) results.expected_bucket_owner.clear();
  if (updates.expected_bucket_owner) {
    results.expected_bucket_owner = *updates.expected_bucket_owner;
  }
  if (updates.remove_acl_configuration.value_or(false)) results.acl.clear();
  if (updates.acl_configuration) results.acl = updates.acl_configuration->s3_acl_option;
  return {};
}

Status Update(const wire::WorkGroupConfigurationUpdates& updates, jobs::Workgroup& workgroup) {
  if (updates.managed_query_results_configuration_updates) {
    OWLET_CHECK_OK(
        CheckManagedResults(updates.managed_query_results_configuration_updates->enabled));
  }
  if (updates.enforce_work_group_configuration) {
    workgroup.enforce_configuration = *updates.enforce_work_group_configuration;
  }
  if (updates.publish_cloud_watch_metrics_enabled) {
    workgroup.publish_metrics = *updates.publish_cloud_watch_metrics_enabled;
  }
  if (updates.remove_bytes_scanned_cutoff_per_query.value_or(false)) {
    workgroup.bytes_scanned_cutoff.reset();
  }
  if (updates.bytes_scanned_cutoff_per_query) {
    workgroup.bytes_scanned_cutoff = updates.bytes_scanned_cutoff_per_query;
  }
  if (updates.requester_pays_enabled) workgroup.requester_pays = *updates.requester_pays_enabled;
  if (updates.engine_version) {
    workgroup.selected_engine_version =
        updates.engine_version->selected_engine_version.value_or("AUTO");
  }
  if (updates.additional_configuration) {
    workgroup.additional_configuration = *updates.additional_configuration;
  }
  if (updates.execution_role) workgroup.execution_role = *updates.execution_role;
  if (!updates.result_configuration_updates) return {};
  return Update(*updates.result_configuration_updates, workgroup.results);
}

}  // namespace

Result<wire::CreateWorkGroupOutput> CreateWorkGroup(const Call& call,
                                                    const wire::CreateWorkGroupInput& request) {
  jobs::Workgroup workgroup{.name = request.name, .description = request.description.value_or("")};
  if (const auto& given = request.configuration) {
    if (given->managed_query_results_configuration) {
      OWLET_CHECK_OK(CheckManagedResults(given->managed_query_results_configuration->enabled));
    }
    if (given->result_configuration) SetResults(*given->result_configuration, workgroup.results);
    workgroup.enforce_configuration = given->enforce_work_group_configuration.value_or(true);
    workgroup.publish_metrics = given->publish_cloud_watch_metrics_enabled.value_or(false);
    workgroup.bytes_scanned_cutoff = given->bytes_scanned_cutoff_per_query;
    workgroup.requester_pays = given->requester_pays_enabled.value_or(false);
    if (given->engine_version) {
      workgroup.selected_engine_version =
          given->engine_version->selected_engine_version.value_or("AUTO");
    }
    workgroup.additional_configuration = given->additional_configuration.value_or("");
    workgroup.execution_role = given->execution_role.value_or("");
  }
  if (request.tags) {
    for (const auto& tag : *request.tags) {
      workgroup.tags[tag.key.value_or("")] = tag.value.value_or("");
    }
  }
  OWLET_CHECK_OK(call.workgroups.Create(call.principal(), std::move(workgroup)));
  return wire::CreateWorkGroupOutput{};
}

Result<wire::GetWorkGroupOutput> GetWorkGroup(const Call& call,
                                              const wire::GetWorkGroupInput& request) {
  OWLET_TRY(const auto workgroup, call.workgroups.Get(call.principal(), request.work_group));
  return wire::GetWorkGroupOutput{.work_group = ToWire(workgroup)};
}

Result<wire::ListWorkGroupsOutput> ListWorkGroups(const Call& call,
                                                  const wire::ListWorkGroupsInput& request) {
  OWLET_TRY(const auto workgroups, call.workgroups.List(call.principal()));
  OWLET_TRY(const Slice slice, SliceOf(workgroups.size(), request.next_token,
                                       static_cast<std::size_t>(request.max_results.value_or(50))));
  wire::ListWorkGroupsOutput response;
  auto& list = response.work_groups.emplace();
  for (std::size_t i = slice.begin; i < slice.end; ++i) {
    const jobs::Workgroup& workgroup = workgroups[i];
    list.push_back({.name = workgroup.name,
                    .state = workgroup.enabled ? "ENABLED" : "DISABLED",
                    .description = workgroup.description,
                    .creation_time = workgroup.created,
                    .engine_version = EngineVersionOf(workgroup)});
  }
  response.next_token = Given(slice.next);
  return response;
}

Result<wire::UpdateWorkGroupOutput> UpdateWorkGroup(const Call& call,
                                                    const wire::UpdateWorkGroupInput& request) {
  OWLET_CHECK_OK(call.workgroups.Update(
      call.principal(), request.work_group, "athena:UpdateWorkGroup",
      [&](jobs::Workgroup& workgroup) {
        if (request.description) {
          workgroup.description = *request.description;
        }
        if (request.state) {
          workgroup.enabled = *request.state == "ENABLED";
        }
        return request.configuration_updates ? Update(*request.configuration_updates, workgroup)
                                             : Status{};
      }));
  return wire::UpdateWorkGroupOutput{};
}

Result<wire::DeleteWorkGroupOutput> DeleteWorkGroup(const Call& call,
                                                    const wire::DeleteWorkGroupInput& request) {
  OWLET_CHECK_OK(call.workgroups.Delete(call.principal(), request.work_group,
                                        request.recursive_delete_option.value_or(false)));
  return wire::DeleteWorkGroupOutput{};
}

Result<wire::ListEngineVersionsOutput> ListEngineVersions(const Call&,
                                                          const wire::ListEngineVersionsInput&) {
  wire::ListEngineVersionsOutput response;
  response.engine_versions = std::vector<wire::EngineVersion>{
      {.selected_engine_version = "AUTO", .effective_engine_version = jobs::kEngineVersion},
      {.selected_engine_version = jobs::kEngineVersion,
       .effective_engine_version = jobs::kEngineVersion}};
  return response;
}

}  // namespace owlet::athena
