#include "core/jobs/clusters.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <system_error>
#include <tuple>
#include <utility>

#include "base/digest.h"
#include "base/file_descriptor.h"
#include "base/log.h"
#include "core/jobs/cluster_records.h"
#include "core/jobs/clusters_impl.h"

namespace owlet::jobs {
namespace {

constexpr auto kColumn = kv::Column::kClusters;
constexpr std::string_view kDefaultProfile = "EMR_EC2_DefaultRole";
constexpr std::string_view kDefaultServiceRole = "EMR_DefaultRole";
constexpr std::chrono::days kHistory(60);
constexpr int kInstanceIdsAtMost = 2000;

/// "j-" and 13 of the alphabet that EMR's ids have.
std::string NewId(std::string_view prefix) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  std::string id(prefix);
  for (const char byte : RandomBytes(13)) {
    id += kLetters[static_cast<unsigned char>(byte) % kLetters.size()];
  }
  return id;
}

/// "i-" and 17 hexadecimal digits, as EC2's.
std::string NewInstanceId() {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string id = "i-";
  for (const char byte : RandomBytes(17)) id += kDigits[static_cast<unsigned char>(byte) % 16];
  return id;
}

std::vector<std::string> NewInstanceIds(std::int32_t count) {
  std::vector<std::string> ids;
  for (std::int32_t i = 0; i < std::min(count, kInstanceIdsAtMost); ++i) {
    ids.push_back(NewInstanceId());
  }
  return ids;
}

std::unexpected<Error> Invalid(std::string message) {
  return Fail(Reason::kInvalidArgument, std::move(message), "ValidationException");
}
std::unexpected<Error> InvalidRequest(std::string message) {
  return Fail(Reason::kInvalidArgument, std::move(message));
}

/// The last part of an ARN, or the name itself.
std::string_view NameOf(std::string_view arn_or_name) {
  return arn_or_name.substr(arn_or_name.rfind('/') + 1);
}

void GiveIds(ClusterRequest& request) {
  for (InstanceGroup& group : request.instance_groups) {
    group.id = NewId("ig-");
    group.instance_ids = NewInstanceIds(group.count);
  }
  for (InstanceFleet& fleet : request.instance_fleets) {
    fleet.id = NewId("if-");
    fleet.instance_ids = NewInstanceIds(fleet.on_demand_capacity + fleet.spot_capacity);
  }
}

}  // namespace

Clusters::Impl::Impl(Options options, const Services& services)
    : options_(std::move(options)), services_(services) {}

std::string Clusters::Impl::Arn(std::string_view cluster) const {
  return fmt::format("arn:aws:elasticmapreduce:{}:{}:cluster/{}", options_.region,
                     options_.account_id, cluster);
}

Status Clusters::Impl::Decide(const access::Principal& who, std::string_view action,
                              std::string_view resource,
                              const access::AccessContext& context) const {
  return services_.authorizer.Decide(who, fmt::format("elasticmapreduce:{}", action), resource,
                                     context);
}

Status Clusters::Impl::Load() {
  MutexLock lock(mutex_);
  const Timestamp now = services_.clock.Now();
  std::vector<std::string> forgotten;
  auto scan = services_.store.Scan(kColumn, cluster_keys::kClusterPrefix,
                                   kv::PrefixEnd(cluster_keys::kClusterPrefix));
  for (; scan.Valid(); scan.Next()) {
    OWLET_TRY(Cluster cluster, DecodeCluster(scan.value()));
    if (cluster.ended && *cluster.ended + kHistory < now) {
      forgotten.push_back(cluster.id);
      continue;
    }
    Entry entry{.cluster = std::move(cluster)};
    const std::string prefix = cluster_keys::StepPrefix(entry.cluster.id);
    auto steps = services_.store.Scan(kColumn, prefix, kv::PrefixEnd(prefix));
    for (; steps.Valid(); steps.Next()) {
      OWLET_TRY(Step step, DecodeStep(steps.value()));
      entry.steps.push_back(std::move(step));
    }
    OWLET_CHECK_OK(steps.status());
    const std::string id = entry.cluster.id;
    clusters_.emplace(id, std::move(entry));
  }
  OWLET_CHECK_OK(scan.status());

  for (auto& [id, entry] : clusters_) {
    if (IsFinal(entry.cluster.state)) continue;
    std::vector<std::size_t> lost;
    for (std::size_t i = 0; i < entry.steps.size(); ++i) {
      Step& step = entry.steps[i];
      if (step.state != StepState::kRunning && step.state != StepState::kCancelPending) continue;
      step.state = StepState::kFailed;
      step.failure = StepFailure{.reason = "The server was stopped while the step ran."};
      step.ended = now;
      lost.push_back(i);
    }
    for (const std::size_t i : lost) ApplyFailure(entry, entry.steps[i]);
    Settle(entry);
    std::vector<const Step*> all;
    for (const Step& step : entry.steps) all.push_back(&step);
    OWLET_CHECK_OK(Save(entry, all));
  }
  if (forgotten.empty()) return {};
  return services_.store.Update([&](kv::Transaction& transaction) -> Status {
    for (const std::string& id : forgotten) {
      const std::string prefix = cluster_keys::StepPrefix(id);
      transaction.Delete(kColumn, cluster_keys::ClusterKey(id));
      transaction.DeleteRange(kColumn, prefix, kv::PrefixEnd(prefix));
    }
    return {};
  });
}

Status Clusters::Impl::Save(const Entry& entry, const std::vector<const Step*>& steps) {
  return services_.store.Update([&](kv::Transaction& transaction) -> Status {
    const std::string& id = entry.cluster.id;
    transaction.Put(kColumn, cluster_keys::ClusterKey(id), EncodeCluster(entry.cluster));
    for (const Step* step : steps) {
      transaction.Put(kColumn, cluster_keys::StepKey(id, step->number), EncodeStep(*step));
    }
    return {};
  });
}

void Clusters::Impl::SaveOrLog(const Entry& entry, const std::vector<const Step*>& steps) {
  if (const Status saved = Save(entry, steps); !saved) {
    log::error("cluster {} is not saved: {}", entry.cluster.id, saved.error().message);
  }
}

Result<Clusters::Impl::Entry*> Clusters::Impl::FindEntry(const access::Principal& who,
                                                         std::string_view cluster,
                                                         std::string_view action) {
  const auto found = clusters_.find(cluster);
  access::AccessContext context;
  if (found != clusters_.end()) {
    for (const auto& [key, value] : found->second.cluster.request.tags) {
      context.Set("aws:ResourceTag/" + key, value);
      context.Set("elasticmapreduce:ResourceTag/" + key, value);
    }
  }
  OWLET_CHECK_OK(Decide(who, action, Arn(cluster), context));
  if (found == clusters_.end()) {
    return InvalidRequest(fmt::format("Cluster id '{}' is not valid.", cluster));
  }
  return &found->second;
}

Status Clusters::Impl::CheckSteps(const std::vector<StepRequest>& steps) const {
  if (stopping_) return Fail(Reason::kUnavailable, "the server is stopping");
  if (steps.size() > options_.max_active_steps) {
    return Invalid(fmt::format("A maximum of {} steps are allowed in each request.",
                               options_.max_active_steps));
  }
  return {};
}

std::size_t Clusters::Impl::CountActive(const Entry& entry) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(entry.steps, [](const Step& step) { return !IsFinal(step.state); }));
}

Status Clusters::Impl::AppendSteps(Entry& entry, std::vector<StepRequest> steps) {
  if (CountActive(entry) + steps.size() > options_.max_active_steps) {
    return Invalid(
        "Maximum number of active steps(State = 'Running', 'Pending' or 'Cancel_Pending') for "
        "cluster exceeded.");
  }
  for (StepRequest& request : steps) {
    entry.steps.push_back({.id = NewId("s-"),
                           .number = entry.cluster.steps_made++,
                           .request = std::move(request),
                           .created = services_.clock.Now()});
  }
  return {};
}

Result<std::string> Clusters::Impl::CheckRoles(const access::Principal& who,
                                               ClusterRequest& request) const {
  if (request.instance_profile.empty()) request.instance_profile = kDefaultProfile;
  if (request.service_role.empty()) request.service_role = kDefaultServiceRole;
  const auto profile = services_.identities.FindInstanceProfile(NameOf(request.instance_profile));
  if (!profile || profile->role_name.empty()) {
    return Invalid(fmt::format("Invalid InstanceProfile: {}.", request.instance_profile));
  }
  const auto service_role = services_.identities.FindRole(NameOf(request.service_role));
  if (!service_role) return Invalid(fmt::format("Invalid ServiceRole: {}.", request.service_role));
  OWLET_TRY(const access::Role role, services_.identities.FindRole(profile->role_name));
  const auto may_pass = [&](const access::Role& passed, const char* service) {
    access::AccessContext context;
    context.Set("iam:PassedToService", service);
    return services_.authorizer.Decide(who, "iam:PassRole", passed.arn, context);
  };
  OWLET_CHECK_OK(may_pass(role, "ec2.amazonaws.com"));
  OWLET_CHECK_OK(may_pass(*service_role, "elasticmapreduce.amazonaws.com"));
  return role.name;
}

Clusters::Clusters(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Clusters::~Clusters() { Stop(); }
void Clusters::Start(ServerAddresses addresses) { impl_->Start(std::move(addresses)); }
void Clusters::Stop() { impl_->Stop(); }

Result<std::unique_ptr<Clusters>> Clusters::Open(Options options, kv::KeyValueStore& store,
                                                 store::ObjectStore& objects,
                                                 access::IdentityStore& identities,
                                                 const access::Authorizer& authorizer,
                                                 python::ScriptRunner& runner,
                                                 SessionTokens& tokens, const Clock& clock) {
  std::error_code error;
  options.work_folder = std::filesystem::absolute(options.work_folder, error);
  // What an earlier run left behind.
  std::filesystem::remove_all(options.work_folder, error);
  OWLET_CHECK_OK(MakeFolder(options.work_folder));
  auto impl = std::make_unique<Impl>(std::move(options), Impl::Services{.store = store,
                                                                        .objects = objects,
                                                                        .identities = identities,
                                                                        .authorizer = authorizer,
                                                                        .runner = runner,
                                                                        .tokens = tokens,
                                                                        .clock = clock});
  OWLET_CHECK_OK(impl->Load());
  return std::unique_ptr<Clusters>(new Clusters(std::move(impl)));
}

Result<Cluster> Clusters::Create(const access::Principal& who, ClusterRequest request,
                                 std::vector<StepRequest> steps) {
  access::AccessContext context;
  std::vector<std::string> tag_keys;
  for (const auto& [key, value] : request.tags) {
    context.Set("aws:RequestTag/" + key, value).Set("elasticmapreduce:RequestTag/" + key, value);
    tag_keys.push_back(key);
  }
  if (!tag_keys.empty()) context.Set("aws:TagKeys", std::move(tag_keys));
  OWLET_CHECK_OK(impl_->Decide(who, "RunJobFlow", impl_->Arn("*"), context));
  if (!request.bootstrap_actions.empty()) {
    return Fail(Reason::kNotImplemented, "BootstrapActions of RunJobFlow are not implemented");
  }
  OWLET_TRY(std::string role_name, impl_->CheckRoles(who, request));
  GiveIds(request);
  MutexLock lock(impl_->mutex_);
  OWLET_CHECK_OK(impl_->CheckSteps(steps));
  const auto active = std::ranges::count_if(
      impl_->clusters_, [](const auto& each) { return !IsFinal(each.second.cluster.state); });
  if (static_cast<std::size_t>(active) >= impl_->options_.max_active_clusters) {
    return Fail(Reason::kLimitExceeded,
                fmt::format("The number of active clusters cannot exceed {}.",
                            impl_->options_.max_active_clusters),
                "ValidationException");
  }
  Impl::Entry entry;
  entry.cluster.id = NewId("j-");
  entry.cluster.arn = impl_->Arn(entry.cluster.id);
  entry.cluster.request = std::move(request);
  entry.cluster.role_name = std::move(role_name);
  entry.cluster.created = impl_->services_.clock.Now();
  OWLET_CHECK_OK(impl_->AppendSteps(entry, std::move(steps)));
  // There are no machines to wait for: a new cluster is ready at once.
  impl_->Settle(entry);
  std::vector<const Step*> all;
  for (const Step& step : entry.steps) all.push_back(&step);
  OWLET_CHECK_OK(impl_->Save(entry, all));
  Cluster cluster = entry.cluster;
  impl_->clusters_.emplace(cluster.id, std::move(entry));
  impl_->work_.notify_all();
  return cluster;
}

Result<std::vector<std::string>> Clusters::AddSteps(const access::Principal& who,
                                                    std::string_view cluster,
                                                    std::vector<StepRequest> steps) {
  MutexLock lock(impl_->mutex_);
  OWLET_TRY(Impl::Entry* const entry, impl_->FindEntry(who, cluster, "AddJobFlowSteps"));
  OWLET_CHECK_OK(impl_->CheckSteps(steps));
  const ClusterState state = entry->cluster.state;
  if (IsFinal(state) || state == ClusterState::kTerminating) {
    return Invalid(
        "A job flow that is shutting down, terminated, or finished may not be modified.");
  }
  Impl::Entry changed = *entry;
  OWLET_CHECK_OK(impl_->AppendSteps(changed, std::move(steps)));
  impl_->Settle(changed);
  std::vector<const Step*> added;
  std::vector<std::string> ids;
  for (std::size_t i = entry->steps.size(); i < changed.steps.size(); ++i) {
    added.push_back(&changed.steps[i]);
    ids.push_back(changed.steps[i].id);
  }
  OWLET_CHECK_OK(impl_->Save(changed, added));
  *entry = std::move(changed);
  impl_->work_.notify_all();
  return ids;
}

Result<Cluster> Clusters::Find(const access::Principal& who, std::string_view cluster,
                               std::string_view action) const {
  MutexLock lock(impl_->mutex_);
  OWLET_TRY(const Impl::Entry* const entry, impl_->FindEntry(who, cluster, action));
  return entry->cluster;
}

Result<Step> Clusters::FindStep(const access::Principal& who, std::string_view cluster,
                                std::string_view step) const {
  MutexLock lock(impl_->mutex_);
  OWLET_TRY(const Impl::Entry* const entry, impl_->FindEntry(who, cluster, "DescribeStep"));
  const auto found = std::ranges::find(entry->steps, step, &Step::id);
  if (found == entry->steps.end()) {
    return InvalidRequest(fmt::format("Step id '{}' is not valid.", step));
  }
  return *found;
}

Result<std::vector<Step>> Clusters::ListSteps(const access::Principal& who,
                                              std::string_view cluster) const {
  MutexLock lock(impl_->mutex_);
  OWLET_TRY(const Impl::Entry* const entry, impl_->FindEntry(who, cluster, "ListSteps"));
  return std::vector<Step>(entry->steps.rbegin(), entry->steps.rend());
}

Result<std::vector<Cluster>> Clusters::List(const access::Principal& who) const {
  OWLET_CHECK_OK(impl_->Decide(who, "ListClusters", "*"));
  std::vector<Cluster> clusters;
  {
    MutexLock lock(impl_->mutex_);
    for (const auto& [id, entry] : impl_->clusters_) clusters.push_back(entry.cluster);
  }
  std::ranges::sort(clusters, [](const Cluster& a, const Cluster& b) {
    return std::tie(b.created, b.id) < std::tie(a.created, a.id);
  });
  return clusters;
}

Result<std::vector<Clusters::CancelOutcome>> Clusters::CancelSteps(
    const access::Principal& who, std::string_view cluster, const std::vector<std::string>& steps) {
  MutexLock lock(impl_->mutex_);
  OWLET_TRY(Impl::Entry* const entry, impl_->FindEntry(who, cluster, "CancelSteps"));
  std::vector<CancelOutcome> outcomes;
  std::vector<const Step*> changed;
  for (const std::string& id : steps) {
    const auto step = std::ranges::find(entry->steps, id, &Step::id);
    if (step == entry->steps.end()) {
      return InvalidRequest(fmt::format("Step id '{}' is not valid.", id));
    }
    CancelOutcome outcome{.step_id = id, .submitted = true};
    if (step->state == StepState::kPending) {
      step->state = StepState::kCancelled;
      step->reason = "Cancelled by user";
      step->ended = impl_->services_.clock.Now();
    } else if (step->state == StepState::kRunning) {
      step->state = StepState::kCancelPending;
      entry->running.at(step->number).request_stop();
    } else {
      outcome.submitted = false;
      outcome.reason =
          fmt::format("Step is in state {} and cannot be cancelled.", StateName(step->state));
    }
    if (outcome.submitted) changed.push_back(&*step);
    outcomes.push_back(std::move(outcome));
  }
  impl_->Settle(*entry);
  OWLET_CHECK_OK(impl_->Save(*entry, changed));
  impl_->work_.notify_all();
  impl_->changed_.notify_all();
  return outcomes;
}

Status Clusters::Terminate(const access::Principal& who, const std::vector<std::string>& clusters) {
  MutexLock lock(impl_->mutex_);
  std::vector<Impl::Entry*> entries;
  for (const std::string& id : clusters) {
    OWLET_TRY(Impl::Entry* const entry, impl_->FindEntry(who, id, "TerminateJobFlows"));
    entries.push_back(entry);
  }
  bool is_protected = false;
  for (Impl::Entry* const entry : entries) {
    if (IsFinal(entry->cluster.state)) continue;
    if (entry->cluster.request.termination_protected) {
      is_protected = true;
      continue;
    }
    impl_->ShutDown(*entry, ClusterState::kTerminated, "USER_REQUEST",
                    "Terminated by user request");
    impl_->Settle(*entry);
    std::vector<const Step*> all;
    for (const Step& step : entry->steps) all.push_back(&step);
    OWLET_CHECK_OK(impl_->Save(*entry, all));
  }
  impl_->changed_.notify_all();
  if (is_protected) {
    return Invalid(
        "Could not shut down one or more job flows since they are termination protected.");
  }
  return {};
}

Result<Cluster> Clusters::Modify(const access::Principal& who, std::string_view cluster,
                                 std::string_view action,
                                 const std::function<Status(ClusterRequest&)>& change) {
  MutexLock lock(impl_->mutex_);
  OWLET_TRY(Impl::Entry* const entry, impl_->FindEntry(who, cluster, action));
  const ClusterState state = entry->cluster.state;
  if (IsFinal(state) || state == ClusterState::kTerminating) {
    return Invalid(
        "A job flow that is shutting down, terminated, or finished may not be modified.");
  }
  Impl::Entry changed = *entry;
  OWLET_CHECK_OK(change(changed.cluster.request));
  // A cluster that waits may have lost its reason to stay.
  if (changed.cluster.request.keep_alive != entry->cluster.request.keep_alive) {
    impl_->Settle(changed);
  }
  OWLET_CHECK_OK(impl_->Save(changed));
  *entry = std::move(changed);
  impl_->work_.notify_all();
  impl_->idle_.notify_all();
  return entry->cluster;
}

Status Clusters::Decide(const access::Principal& who, std::string_view action) const {
  return impl_->Decide(who, action, "*");
}

Result<Step> Clusters::Wait(const access::Principal& who, std::string_view cluster,
                            std::string_view step, std::stop_token stop) {
  const std::stop_callback wake(stop, [this] {
    MutexLock lock(impl_->mutex_);
    impl_->changed_.notify_all();
  });
  while (true) {
    OWLET_TRY(Step found, FindStep(who, cluster, step));
    if (IsFinal(found.state) || stop.stop_requested()) return found;
    MutexLock lock(impl_->mutex_);
    if (impl_->stopping_) return found;
    // It may have ended since: look again under the lock before waiting.
    OWLET_TRY(const Impl::Entry* const entry, impl_->FindEntry(who, cluster, "DescribeStep"));
    const auto now = std::ranges::find(entry->steps, step, &Step::id);
    if (!IsFinal(now->state) && !stop.stop_requested()) lock.Wait(impl_->changed_);
  }
}

}  // namespace owlet::jobs
