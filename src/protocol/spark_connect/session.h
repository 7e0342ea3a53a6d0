#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"
#include "core/access/principal.h"
#include "core/plan/resolver.h"
#include "core/plan/session.h"
#include "protocol/spark_connect/error_map.h"
#include "protocol/spark_connect/operation.h"
#include "protocol/spark_connect/relation_proto.h"
#include "protocol/spark_connect/session_variables.h"

namespace owlet::spark_connect {

/// A view that one session (or, global ones, every session) has under a name. What its query names
/// was replaced when it was made, so it means the same for ever.
struct TempView {
  plan::RelationPtr query;
  plan::SessionSettings settings;
};

/// The views `global_temp.*`, shared by all sessions. Thread-safe.
class GlobalViews {
 public:
  void Put(const std::string& name, TempView view);
  [[nodiscard]] std::optional<TempView> Find(const std::string& name) const;
  bool Drop(const std::string& name);
  [[nodiscard]] std::vector<std::string> Names() const;

 private:
  mutable Mutex mutex_;
  std::map<std::string, TempView> views_ GUARDED_BY(mutex_);
};

/// One client's session (user id, session id): its settings, views, artifacts and operations.
/// Thread-safe. Artifacts are kept up to kArtifactBytes, in memory while its budget has room.
class Session final : public PlanReferences {
 public:
  static constexpr std::size_t kArtifactBytes = std::size_t{1} << 30;
  static constexpr std::size_t kKeptErrors = 64;
  static constexpr std::size_t kMaximumOperations = 128;
  static constexpr std::size_t kMaximumPersisted = 256;

  Session(std::string id, access::Principal principal, GlobalViews& global_views,
          const Clock& clock, KeptMemory memory);

  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] const std::string& server_side_id() const { return server_side_id_; }
  [[nodiscard]] const std::shared_ptr<const access::Principal>& principal() const {
    return principal_;
  }

  // Settings.
  [[nodiscard]] std::optional<std::string> Config(const std::string& key) const;
  /// Known to Spark or set by the client.
  [[nodiscard]] bool IsKnownConfig(const std::string& key) const;
  void SetConfig(const std::string& key, std::string value);
  void UnsetConfig(const std::string& key);
  [[nodiscard]] std::map<std::string, std::string> AllConfig() const;
  /// What a statement that starts now runs under.
  [[nodiscard]] plan::SessionSettings Settings() const;
  void SetCurrentDatabase(std::string name);

  // Views. Names compare without case.
  void PutView(const std::string& name, TempView view);
  [[nodiscard]] std::optional<TempView> FindView(const std::vector<std::string>& name) const;
  bool DropView(const std::string& name);
  [[nodiscard]] std::vector<std::string> ViewNames() const;
  /// What CACHE TABLE named: nothing is kept in memory, but the client may ask.
  void SetCached(const std::string& name, bool cached);
  [[nodiscard]] bool IsCached(const std::string& name) const;
  void ForgetCached();
  /// The storage level that DataFrame.persist asked for, by the relation; "" for none. Both are the
  /// protocol's messages as bytes. The oldest are forgotten beyond kMaximumPersisted.
  void SetPersisted(const std::string& relation, const std::string& level);
  [[nodiscard]] std::string Persisted(const std::string& relation) const;
  [[nodiscard]] GlobalViews& global_views() { return global_views_; }
  [[nodiscard]] SessionVariables& variables() { return variables_; }
  /// The relation with this session's views and Python functions in place of their names.
  [[nodiscard]] plan::RelationPtr InlineViews(const plan::RelationPtr& relation) const;
  [[nodiscard]] std::string PutRemoteRelation(plan::RelationPtr relation);
  void DropRemoteRelation(const std::string& id);

  // Python functions. Names compare without case.
  void PutPythonFunction(const std::string& name, plan::PythonFunction function);
  [[nodiscard]] std::shared_ptr<const plan::PythonFunction> FindPythonFunction(
      const std::string& name) const override;

  // Artifacts.
  [[nodiscard]] bool HasArtifact(const std::string& name) const;
  [[nodiscard]] Status PutArtifact(const std::string& name, std::string data);
  [[nodiscard]] Result<std::shared_ptr<const std::string>> FindCachedData(
      const std::string& hash) override;
  [[nodiscard]] Result<plan::RelationPtr> FindRemoteRelation(const std::string& id) override;

  // Operations.
  /// kOverloaded when kMaximumOperations are kept; finished and released ones are not.
  [[nodiscard]] Result<std::shared_ptr<Operation>> AddOperation(std::string id,
                                                                std::set<std::string> tags,
                                                                bool reattachable);
  [[nodiscard]] std::shared_ptr<Operation> FindOperation(const std::string& id) const;
  void RemoveOperation(const std::string& id);
  [[nodiscard]] std::vector<std::shared_ptr<Operation>> Operations() const;
  /// Asks all operations to stop.
  void InterruptAll();

  // Errors, for FetchErrorDetails.
  [[nodiscard]] std::string KeepError(SparkError error);
  [[nodiscard]] std::optional<SparkError> FindError(const std::string& error_id) const;

 private:
  [[nodiscard]] std::string FileSystemId() const;

  const std::string id_;
  const std::string server_side_id_;
  const std::shared_ptr<const access::Principal> principal_;
  struct Artifact {
    std::shared_ptr<const std::string> data;  // null: in the file
    MemoryBudget::Reservation reservation;
    std::size_t bytes = 0;
    std::unique_ptr<SpillFile> file;
  };

  GlobalViews& global_views_;
  SessionVariables variables_;
  const Clock& clock_;
  const KeptMemory memory_;

  mutable Mutex mutex_;
  std::map<std::string, std::string> config_ GUARDED_BY(mutex_);
  std::string current_database_ GUARDED_BY(mutex_) = "default";
  std::map<std::string, TempView> views_ GUARDED_BY(mutex_);
  std::set<std::string> cached_ GUARDED_BY(mutex_);
  std::vector<std::pair<std::string, std::string>> persisted_ GUARDED_BY(mutex_);
  std::map<std::string, plan::RelationPtr> remote_relations_ GUARDED_BY(mutex_);
  std::map<std::string, std::shared_ptr<const plan::PythonFunction>> functions_ GUARDED_BY(mutex_);
  std::map<std::string, Artifact> artifacts_ GUARDED_BY(mutex_);
  std::size_t artifact_bytes_ GUARDED_BY(mutex_) = 0;
  std::map<std::string, std::shared_ptr<Operation>> operations_ GUARDED_BY(mutex_);
  std::vector<std::pair<std::string, SparkError>> errors_ GUARDED_BY(mutex_);
};

/// All sessions of the server. Thread-safe. A session ends when its client releases it, when it was
/// not used for kIdleTime and runs nothing, or when kMaximumSessions are open and it is the one
/// unused for longest that runs nothing.
class SessionRegistry {
 public:
  static constexpr std::size_t kMaximumSessions = 1024;

  /// spark.connect.session.manager.defaultSessionTimeout.
  static constexpr std::chrono::minutes kIdleTime{60};
  static constexpr std::chrono::minutes kSweepInterval{1};

  SessionRegistry(const Clock& clock, KeptMemory memory)
      : clock_(clock), memory_(std::move(memory)) {}

  /// The session of that user and id, made when it is not there. `principal` is who the request's
  /// token says; a session belongs to the one who made it. kMalformedRequest for an id that is no
  /// UUID; INVALID_HANDLE.SESSION_CHANGED when the client knew another server's session;
  /// INVALID_HANDLE.SESSION_CLOSED after a release.
  [[nodiscard]] Result<std::shared_ptr<Session>> Find(const std::string& user_id,
                                                      const std::string& session_id,
                                                      const std::string& client_observed_id,
                                                      const access::Principal& principal);
  /// Null when there was none.
  std::shared_ptr<Session> Release(const std::string& user_id, const std::string& session_id,
                                   bool allow_reconnect);
  void InterruptAll();

 private:
  struct Entry {
    std::shared_ptr<Session> session;
    Timestamp last_used;
  };
  using Key = std::pair<std::string, std::string>;

  [[nodiscard]] static bool IsBusy(const Session& session);
  void Sweep() REQUIRES(mutex_);
  [[nodiscard]] Status MakeRoom() REQUIRES(mutex_);

  const Clock& clock_;
  const KeptMemory memory_;
  GlobalViews global_views_;
  Mutex mutex_;
  std::map<Key, Entry> sessions_ GUARDED_BY(mutex_);
  Timestamp last_sweep_ GUARDED_BY(mutex_);
  std::vector<Key> closed_ GUARDED_BY(mutex_);  // the last kMaximumSessions released ones
};

}  // namespace owlet::spark_connect
