#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "core/access/authorizer.h"
#include "core/access/identity_store.h"
#include "core/access/principal.h"
#include "core/jobs/cluster.h"
#include "core/kv/key_value_store.h"
#include "core/python/script_runner.h"
#include "core/store/object_store.h"

namespace owlet::jobs {

/// Tokens by which a client of Spark Connect acts as an identity. Implementations are thread-safe.
class SessionTokens {
 public:
  virtual ~SessionTokens() = default;
  /// A new token for that identity, good until it is withdrawn.
  [[nodiscard]] virtual std::string Issue(access::Principal principal) = 0;
  virtual void Withdraw(const std::string& token) = 0;
};

/// Where the programs of steps find the server.
struct ServerAddresses {
  std::string endpoint_url;      // "http://127.0.0.1:9000"
  std::uint16_t spark_port = 0;  // of Spark Connect, on loopback
};

/// EMR's clusters and their steps. A cluster here owns no machines: it is a name, a role and a
/// queue of steps, and its steps run as processes of this machine, at most `max_running` of all
/// clusters at once. Everything is kept in memory and written through to the key-value store:
/// a change is on disk when its function returns. After a restart, steps that ran are FAILED, those
/// that waited go on. Clusters that ended more than two months ago are forgotten, as in EMR.
///
/// Steps wait until Start has told the addresses. Each operation is decided for the caller
/// ("elasticmapreduce:…" on the cluster's ARN). Thread-safe; what it is given must outlive it.
///
/// Errors: kInvalidArgument, with condition "ValidationException" where EMR's code is that one and
/// none where it is InvalidRequestException; kAccessDenied, kLimitExceeded, kNotImplemented,
/// kUnavailable (stopping).
class Clusters {
 public:
  struct Options {
    std::filesystem::path work_folder;  // each running step has a folder in it
    std::string region = "us-east-1";
    std::string account_id{access::kDefaultAccount};
    std::size_t max_running = 8;
    std::size_t max_active_steps = 256;     // of one cluster, as in EMR
    std::size_t max_active_clusters = 500;  // as in EMR
  };

  [[nodiscard]] static Result<std::unique_ptr<Clusters>> Open(
      Options options, kv::KeyValueStore& store, store::ObjectStore& objects,
      access::IdentityStore& identities, const access::Authorizer& authorizer,
      python::ScriptRunner& runner, SessionTokens& tokens, const Clock& clock);
  ~Clusters();
  Clusters(const Clusters&) = delete;
  Clusters& operator=(const Clusters&) = delete;

  /// Once, when the servers listen: steps may run from now on.
  void Start(ServerAddresses addresses);
  /// Kills what runs and waits for it; called by the destructor.
  void Stop();

  /// RunJobFlow: the new cluster.
  [[nodiscard]] Result<Cluster> Create(const access::Principal& who, ClusterRequest request,
                                       std::vector<StepRequest> steps);
  /// AddJobFlowSteps: their ids.
  [[nodiscard]] Result<std::vector<std::string>> AddSteps(const access::Principal& who,
                                                          std::string_view cluster,
                                                          std::vector<StepRequest> steps);
  /// `action` is the operation that asks: "DescribeCluster", "ListInstances" ...
  [[nodiscard]] Result<Cluster> Find(const access::Principal& who, std::string_view cluster,
                                     std::string_view action = "DescribeCluster") const;
  [[nodiscard]] Result<Step> FindStep(const access::Principal& who, std::string_view cluster,
                                      std::string_view step) const;
  /// Newest first.
  [[nodiscard]] Result<std::vector<Step>> ListSteps(const access::Principal& who,
                                                    std::string_view cluster) const;
  /// Newest first.
  [[nodiscard]] Result<std::vector<Cluster>> List(const access::Principal& who) const;

  struct CancelOutcome {
    std::string step_id;
    bool submitted = false;
    std::string reason = {};  // of one that was not
  };
  [[nodiscard]] Result<std::vector<CancelOutcome>> CancelSteps(
      const access::Principal& who, std::string_view cluster,
      const std::vector<std::string>& steps);
  /// TerminateJobFlows: all that may be, then an error if one is protected.
  [[nodiscard]] Status Terminate(const access::Principal& who,
                                 const std::vector<std::string>& clusters);
  /// Changes settings of a cluster that has not ended; `action` is the operation's name.
  [[nodiscard]] Result<Cluster> Modify(const access::Principal& who, std::string_view cluster,
                                       std::string_view action,
                                       const std::function<Status(ClusterRequest&)>& change);

  /// Whether an operation that is about no cluster is allowed.
  [[nodiscard]] Status Decide(const access::Principal& who, std::string_view action) const;

  /// Waits until the step is final or `stop` is requested: for the command line and tests.
  [[nodiscard]] Result<Step> Wait(const access::Principal& who, std::string_view cluster,
                                  std::string_view step, std::stop_token stop);

 private:
  class Impl;
  explicit Clusters(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace owlet::jobs
