// How clusters and steps go from state to state, and the threads that run the steps.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/log.h"
#include "core/jobs/clusters_impl.h"

namespace owlet::jobs {

void Clusters::Impl::CancelPending(Entry& entry, std::string_view reason) {
  for (std::size_t i = entry.first_open; i < entry.steps.size(); ++i) {
    Step& step = entry.steps[i];
    if (step.state != StepState::kPending) continue;
    step.state = StepState::kCancelled;
    step.reason = reason;
    step.ended = services_.clock.Now();
  }
}

void Clusters::Impl::ShutDown(Entry& entry, ClusterState final_state, std::string_view code,
                              std::string_view reason) {
  if (IsFinal(entry.cluster.state) || entry.cluster.state == ClusterState::kTerminating) return;
  entry.cluster.reason_code = code;
  entry.cluster.reason = reason;
  entry.cluster.state = ClusterState::kTerminating;
  CancelPending(entry, "Job terminated");
  for (auto& [number, stop] : entry.running) stop.request_stop();
  if (entry.running.empty()) {
    entry.cluster.state = final_state;
    entry.cluster.ended = services_.clock.Now();
  }
}

void Clusters::Impl::Settle(Entry& entry) {
  while (entry.first_open < entry.steps.size() && IsFinal(entry.steps[entry.first_open].state)) {
    ++entry.first_open;
  }
  Cluster& cluster = entry.cluster;
  if (IsFinal(cluster.state)) return;
  if (cluster.state == ClusterState::kTerminating) {
    if (!entry.running.empty()) return;
    const bool failed = cluster.reason_code == "STEP_FAILURE";
    cluster.state = failed ? ClusterState::kTerminatedWithErrors : ClusterState::kTerminated;
    cluster.ended = services_.clock.Now();
    return;
  }
  if (!cluster.ready) cluster.ready = services_.clock.Now();
  if (entry.first_open < entry.steps.size()) {
    cluster.state = ClusterState::kRunning;
    cluster.reason_code.clear();
    cluster.reason = "Running step";
    return;
  }
  if (!cluster.request.keep_alive) {
    const bool errors = std::ranges::any_of(
        entry.steps, [](const Step& step) { return step.state != StepState::kCompleted; });
    ShutDown(entry, ClusterState::kTerminated, "ALL_STEPS_COMPLETED",
             errors ? "Steps completed with errors" : "Steps completed");
    return;
  }
  cluster.state = ClusterState::kWaiting;
  cluster.reason_code.clear();
  cluster.reason = entry.steps.empty() ? "Cluster ready to run steps."
                                       : "Cluster ready after last step completed.";
  entry.idle_since = services_.clock.Now();
  idle_.notify_all();
}

void Clusters::Impl::ApplyFailure(Entry& entry, const Step& step) {
  switch (step.request.action_on_failure) {
    case ActionOnFailure::kContinue:
      return;
    case ActionOnFailure::kTerminateCluster:
    case ActionOnFailure::kTerminateJobFlow:
      // A protected cluster stays, and its other steps are cancelled, as if that were asked for.
      if (!entry.cluster.request.termination_protected) {
        ShutDown(entry, ClusterState::kTerminatedWithErrors, "STEP_FAILURE",
                 "Shut down as step failed");
        return;
      }
      [[fallthrough]];
    case ActionOnFailure::kCancelAndWait:
      CancelPending(entry, "An earlier step failed");
      return;
  }
}

std::optional<Clusters::Impl::Job> Clusters::Impl::TakeJob() {
  if (!run_services_ || stopping_) return std::nullopt;
  for (auto& [id, entry] : clusters_) {
    if (entry.cluster.state != ClusterState::kRunning) continue;
    const auto concurrency = static_cast<std::size_t>(entry.cluster.request.step_concurrency);
    if (entry.running.size() >= concurrency) continue;
    for (std::size_t i = entry.first_open; i < entry.steps.size(); ++i) {
      Step& step = entry.steps[i];
      if (step.state != StepState::kPending) continue;
      Job job;
      step.state = StepState::kRunning;
      step.started = services_.clock.Now();
      entry.running.emplace(step.number, job.stop);
      // On disk before it runs: a restart must not run it a second time.
      SaveOrLog(entry, {&step});
      job.cluster = entry.cluster;
      job.step = step;
      return job;
    }
  }
  return std::nullopt;
}

void Clusters::Impl::Finish(const Job& job, StepOutcome outcome) {
  MutexLock lock(mutex_);
  Entry& entry = clusters_.find(job.cluster.id)->second;
  Step& step = *std::ranges::find(entry.steps, job.step.number, &Step::number);
  entry.running.erase(step.number);
  const bool asked = step.state == StepState::kCancelPending;
  step.ended = services_.clock.Now();
  if (!outcome.cancelled && !outcome.failure) {
    step.state = StepState::kCompleted;
  } else if (outcome.cancelled && asked) {
    step.state = StepState::kCancelled;
    step.reason = "Cancelled by user";
  } else if (outcome.cancelled && entry.cluster.state == ClusterState::kTerminating) {
    step.state = StepState::kInterrupted;
    step.reason = "The cluster was terminated while the step ran";
  } else if (outcome.cancelled) {
    step.state = StepState::kFailed;
    step.failure = StepFailure{.reason = "The server was stopped while the step ran."};
  } else {
    step.state = StepState::kFailed;
    step.failure = std::move(outcome.failure);
  }
  if (step.state == StepState::kFailed) ApplyFailure(entry, step);
  Settle(entry);
  std::vector<const Step*> changed = {&step};
  for (const Step& each : entry.steps) {
    if (each.state == StepState::kCancelled && &each != &step) changed.push_back(&each);
  }
  SaveOrLog(entry, changed);
  work_.notify_all();
  changed_.notify_all();
}

void Clusters::Impl::Work() {
  while (true) {
    std::optional<Job> job;
    std::optional<StepRun::Services> services;
    {
      MutexLock lock(mutex_);
      while (!stopping_ && !(job = TakeJob())) lock.Wait(work_);
      if (stopping_ && !job) return;
      services.emplace(*run_services_);
    }
    StepOutcome outcome;
    {
      StepRun run(*services, job->cluster, job->step);
      outcome = run.Run(job->stop.get_token());
    }
    Finish(*job, std::move(outcome));
  }
}

std::optional<Timestamp> Clusters::Impl::EndIdle() {
  std::optional<Timestamp> next;
  const Timestamp now = services_.clock.Now();
  for (auto& [id, entry] : clusters_) {
    const auto& timeout = entry.cluster.request.idle_timeout_seconds;
    if (entry.cluster.state != ClusterState::kWaiting || !timeout) continue;
    const Timestamp end = entry.idle_since + std::chrono::seconds(*timeout);
    if (end > now) {
      next = std::min(next.value_or(end), end);
    } else if (!entry.cluster.request.termination_protected) {
      ShutDown(entry, ClusterState::kTerminated, "USER_REQUEST",
               "Terminated by the auto-termination policy: the cluster was idle");
      SaveOrLog(entry);
    }
  }
  return next;
}

void Clusters::Impl::WatchIdle() {
  MutexLock lock(mutex_);
  while (!stopping_) {
    const auto next = EndIdle();
    if (next) {
      lock.WaitFor(idle_, *next - services_.clock.Now() + std::chrono::milliseconds(1));
    } else {
      lock.Wait(idle_);
    }
  }
}

void Clusters::Impl::Start(ServerAddresses addresses) {
  {
    MutexLock lock(mutex_);
    if (run_services_) return;
    run_services_.emplace(StepRun::Services{.objects = services_.objects,
                                            .identities = services_.identities,
                                            .runner = services_.runner,
                                            .tokens = services_.tokens,
                                            .clock = services_.clock,
                                            .addresses = std::move(addresses),
                                            .region = options_.region,
                                            .work_folder = options_.work_folder});
  }
  for (std::size_t i = 0; i < options_.max_running; ++i) threads_.emplace_back([this] { Work(); });
  threads_.emplace_back([this] { WatchIdle(); });
}

void Clusters::Impl::Stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    for (auto& [id, entry] : clusters_) {
      for (auto& [number, stop] : entry.running) stop.request_stop();
    }
  }
  work_.notify_all();
  idle_.notify_all();
  changed_.notify_all();
  threads_.clear();
}

}  // namespace owlet::jobs
