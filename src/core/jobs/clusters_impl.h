#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "core/jobs/clusters.h"
#include "core/jobs/step_run.h"

// What the .cc files of Clusters share; nobody else includes this.

namespace owlet::jobs {

/// One mutex guards all that is known; it is held while a change goes to the disk, so that what
/// others see is never ahead of it.
class Clusters::Impl {
 public:
  struct Services {
    kv::KeyValueStore& store;
    store::ObjectStore& objects;
    access::IdentityStore& identities;
    const access::Authorizer& authorizer;
    python::ScriptRunner& runner;
    SessionTokens& tokens;
    const Clock& clock;
  };

  /// A cluster with its steps, oldest first.
  struct Entry {
    Cluster cluster;
    std::vector<Step> steps;
    std::map<std::uint64_t, std::stop_source> running;  // by the step's number
    std::size_t first_open = 0;                         // all steps before it are final
    Timestamp idle_since = {};
  };

  Impl(Options options, const Services& services);

  [[nodiscard]] Status Load() EXCLUDES(mutex_);
  void Start(ServerAddresses addresses) EXCLUDES(mutex_);
  void Stop() EXCLUDES(mutex_);

  // What the public functions need.
  [[nodiscard]] std::string Arn(std::string_view cluster) const;
  [[nodiscard]] Status Decide(const access::Principal& who, std::string_view action,
                              std::string_view resource,
                              const access::AccessContext& context = {}) const;
  /// The entry, when it is there and the caller may do that.
  [[nodiscard]] Result<Entry*> FindEntry(const access::Principal& who, std::string_view cluster,
                                         std::string_view action) REQUIRES(mutex_);
  [[nodiscard]] Status CheckSteps(const std::vector<StepRequest>& steps) const REQUIRES(mutex_);
  [[nodiscard]] Status AppendSteps(Entry& entry, std::vector<StepRequest> steps) REQUIRES(mutex_);
  /// The role that the steps have, from the request's profile.
  [[nodiscard]] Result<std::string> CheckRoles(const access::Principal& who,
                                               ClusterRequest& request) const;
  [[nodiscard]] std::size_t CountActive(const Entry& entry) const;

  /// Writes the cluster and those of its steps.
  [[nodiscard]] Status Save(const Entry& entry, const std::vector<const Step*>& steps = {})
      REQUIRES(mutex_);
  /// For changes that nobody waits for: what could not be written is logged.
  void SaveOrLog(const Entry& entry, const std::vector<const Step*>& steps = {}) REQUIRES(mutex_);

  // Transitions (cluster_states.cc). They change memory only.
  /// Ends the cluster: steps that wait are cancelled, those that run are killed.
  void ShutDown(Entry& entry, ClusterState final_state, std::string_view code,
                std::string_view reason) REQUIRES(mutex_);
  /// RUNNING, WAITING, or the end, by what is left to do.
  void Settle(Entry& entry) REQUIRES(mutex_);
  void CancelPending(Entry& entry, std::string_view reason) REQUIRES(mutex_);
  void ApplyFailure(Entry& entry, const Step& step) REQUIRES(mutex_);

  void Work() EXCLUDES(mutex_);
  /// Terminates clusters that were idle for too long; the time until the next one is.
  [[nodiscard]] std::optional<Timestamp> EndIdle() REQUIRES(mutex_);
  void WatchIdle() EXCLUDES(mutex_);
  /// A step that may run now, already marked as RUNNING.
  struct Job {
    Cluster cluster;
    Step step;
    std::stop_source stop;
  };
  [[nodiscard]] std::optional<Job> TakeJob() REQUIRES(mutex_);
  void Finish(const Job& job, StepOutcome outcome) EXCLUDES(mutex_);

  const Options options_;
  const Services services_;

  Mutex mutex_;
  std::condition_variable work_;     // there may be a step to run
  std::condition_variable changed_;  // a step has ended
  std::condition_variable idle_;     // an idle cluster's deadline may have changed
  std::map<std::string, Entry, std::less<>> clusters_ GUARDED_BY(mutex_);
  std::optional<StepRun::Services> run_services_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::vector<std::jthread> threads_;
};

}  // namespace owlet::jobs
