#include "protocol/spark_connect/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/uuid.h"
#include "core/plan/inline_tables.h"
#include "protocol/spark_connect/config_defaults.h"

namespace owlet::spark_connect {

namespace {

std::string LowerCase(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

constexpr std::string_view kGlobalDatabase = "global_temp";

}  // namespace

void GlobalViews::Put(const std::string& name, TempView view) {
  MutexLock lock(mutex_);
  views_[LowerCase(name)] = std::move(view);
}

std::optional<TempView> GlobalViews::Find(const std::string& name) const {
  MutexLock lock(mutex_);
  const auto found = views_.find(LowerCase(name));
  if (found == views_.end()) return std::nullopt;
  return found->second;
}

bool GlobalViews::Drop(const std::string& name) {
  MutexLock lock(mutex_);
  return views_.erase(LowerCase(name)) > 0;
}

std::vector<std::string> GlobalViews::Names() const {
  MutexLock lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, view] : views_) names.push_back(name);
  return names;
}

Session::Session(std::string id, access::Principal principal, GlobalViews& global_views,
                 const Clock& clock, KeptMemory memory)
    : id_(std::move(id)),
      server_side_id_(NewUuid()),
      principal_(std::make_shared<const access::Principal>(std::move(principal))),
      global_views_(global_views),
      clock_(clock),
      memory_(std::move(memory)) {}

std::optional<std::string> Session::Config(const std::string& key) const {
  {
    MutexLock lock(mutex_);
    const auto found = config_.find(key);
    if (found != config_.end()) return found->second;
  }
  const ConfigDefault* known = FindConfigDefault(key);
  if (known == nullptr || !known->value) return std::nullopt;
  return std::string(*known->value);
}

bool Session::IsKnownConfig(const std::string& key) const {
  if (FindConfigDefault(key) != nullptr) return true;
  MutexLock lock(mutex_);
  return config_.contains(key);
}

void Session::SetConfig(const std::string& key, std::string value) {
  MutexLock lock(mutex_);
  config_[key] = std::move(value);
}

void Session::UnsetConfig(const std::string& key) {
  MutexLock lock(mutex_);
  config_.erase(key);
}

std::map<std::string, std::string> Session::AllConfig() const {
  MutexLock lock(mutex_);
  return config_;
}

// A step of a cluster acts as its role under the name of the cluster's first instance; who has no
// cluster shares the server's.
std::string Session::FileSystemId() const {
  return principal_->kind == access::PrincipalKind::kAssumedRole ? principal_->session_name
                                                                 : "local";
}

plan::SessionSettings Session::Settings() const {
  plan::SessionSettings settings;
  settings.dialect = plan::Dialect::kSpark;
  settings.time_zone = Config("spark.sql.session.timeZone").value_or("UTC");
  settings.ansi = LowerCase(Config("spark.sql.ansi.enabled").value_or("true")) == "true";
  settings.case_sensitive =
      LowerCase(Config("spark.sql.caseSensitive").value_or("false")) == "true";
  settings.file_system = "hdfs://" + FileSystemId();
  settings.user = principal_->name.empty() ? "root" : principal_->name;
  settings.query_start = clock_.Now();
  MutexLock lock(mutex_);
  settings.current_database = current_database_;
  settings.conf = config_;
  return settings;
}

void Session::SetCurrentDatabase(std::string name) {
  MutexLock lock(mutex_);
  current_database_ = std::move(name);
}

void Session::PutView(const std::string& name, TempView view) {
  MutexLock lock(mutex_);
  views_[LowerCase(name)] = std::move(view);
}

std::optional<TempView> Session::FindView(const std::vector<std::string>& name) const {
  if (name.size() == 2 && LowerCase(name[0]) == kGlobalDatabase) return global_views_.Find(name[1]);
  if (name.size() != 1) return std::nullopt;
  MutexLock lock(mutex_);
  const auto found = views_.find(LowerCase(name[0]));
  if (found == views_.end()) return std::nullopt;
  return found->second;
}

bool Session::DropView(const std::string& name) {
  MutexLock lock(mutex_);
  return views_.erase(LowerCase(name)) > 0;
}

std::vector<std::string> Session::ViewNames() const {
  MutexLock lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, view] : views_) names.push_back(name);
  return names;
}

void Session::SetCached(const std::string& name, bool cached) {
  MutexLock lock(mutex_);
  if (cached) {
    cached_.insert(LowerCase(name));
  } else {
    cached_.erase(LowerCase(name));
  }
}

bool Session::IsCached(const std::string& name) const {
  MutexLock lock(mutex_);
  return cached_.contains(LowerCase(name));
}

void Session::SetPersisted(const std::string& relation, const std::string& level) {
  MutexLock lock(mutex_);
  std::erase_if(persisted_, [&](const auto& entry) { return entry.first == relation; });
  if (level.empty()) return;
  persisted_.emplace_back(relation, level);
  if (persisted_.size() > kMaximumPersisted) persisted_.erase(persisted_.begin());
}

std::string Session::Persisted(const std::string& relation) const {
  MutexLock lock(mutex_);
  for (const auto& [known, level] : persisted_) {
    if (known == relation) return level;
  }
  return "";
}

void Session::ForgetCached() {
  MutexLock lock(mutex_);
  cached_.clear();
}

plan::RelationPtr Session::InlineViews(const plan::RelationPtr& relation) const {
  const plan::RelationPtr called = plan::InlineFunctions(
      relation, [this](const std::string& name) { return FindPythonFunction(name); });
  return plan::InlineTables(called, [this](const std::vector<std::string>& name) {
    const auto view = FindView(name);
    return view ? view->query : nullptr;
  });
}

void Session::PutPythonFunction(const std::string& name, plan::PythonFunction function) {
  auto kept = std::make_shared<const plan::PythonFunction>(std::move(function));
  MutexLock lock(mutex_);
  functions_[LowerCase(name)] = std::move(kept);
}

std::shared_ptr<const plan::PythonFunction> Session::FindPythonFunction(
    const std::string& name) const {
  MutexLock lock(mutex_);
  if (functions_.empty()) return nullptr;
  const auto found = functions_.find(LowerCase(name));
  return found == functions_.end() ? nullptr : found->second;
}

std::string Session::PutRemoteRelation(plan::RelationPtr relation) {
  std::string id = NewUuid();
  MutexLock lock(mutex_);
  remote_relations_[id] = std::move(relation);
  return id;
}

void Session::DropRemoteRelation(const std::string& id) {
  MutexLock lock(mutex_);
  remote_relations_.erase(id);
}

Result<plan::RelationPtr> Session::FindRemoteRelation(const std::string& id) {
  MutexLock lock(mutex_);
  const auto found = remote_relations_.find(id);
  if (found == remote_relations_.end()) {
    return Fail(Reason::kAnalysisError, fmt::format("no checkpointed relation has the id {}", id));
  }
  return found->second;
}

bool Session::HasArtifact(const std::string& name) const {
  MutexLock lock(mutex_);
  return artifacts_.contains(name);
}

Status Session::PutArtifact(const std::string& name, std::string data) {
  MutexLock lock(mutex_);
  const auto old = artifacts_.find(name);
  const std::size_t old_bytes = old == artifacts_.end() ? 0 : old->second.bytes;
  if (artifact_bytes_ - old_bytes + data.size() > kArtifactBytes) {
    return Fail(Reason::kOverloaded,
                fmt::format("the session's artifacts would take more than {} bytes: write the data "
                            "to a file and read it from there",
                            kArtifactBytes));
  }
  Artifact artifact;
  artifact.bytes = data.size();
  if (auto reservation = memory_.budget->Reserve(MemoryShare::kReplay, data.size())) {
    artifact.reservation = std::move(*reservation);
    artifact.data = std::make_shared<const std::string>(std::move(data));
  } else {
    artifact.file = std::make_unique<SpillFile>(memory_.folder);
    OWLET_CHECK_OK(artifact.file->Append(data));
  }
  artifact_bytes_ = artifact_bytes_ - old_bytes + artifact.bytes;
  artifacts_.insert_or_assign(name, std::move(artifact));
  return {};
}

Result<std::shared_ptr<const std::string>> Session::FindCachedData(const std::string& hash) {
  MutexLock lock(mutex_);
  const auto found = artifacts_.find("cache/" + hash);
  if (found == artifacts_.end()) {
    return Fail(
        Reason::kMalformedRequest,
        fmt::format("the session has no artifact cache/{}: send it with AddArtifacts", hash));
  }
  const Artifact& artifact = found->second;
  if (artifact.data != nullptr) return artifact.data;
  OWLET_TRY(std::string data, artifact.file->Read({0, artifact.bytes}));
  return std::make_shared<const std::string>(std::move(data));
}

Result<std::shared_ptr<Operation>> Session::AddOperation(std::string id, std::set<std::string> tags,
                                                         bool reattachable) {
  MutexLock lock(mutex_);
  if (operations_.contains(id)) {
    return Fail(Error{.reason = Reason::kEntityExists,
                      .message = fmt::format("the operation {} exists already", id),
                      .condition = "INVALID_HANDLE.OPERATION_ALREADY_EXISTS",
                      .parameters = {{"handle", id}}});
  }
  // Clients release what they have read; one that died leaves its finished operations behind.
  if (operations_.size() >= kMaximumOperations) {
    std::erase_if(operations_, [](const auto& entry) { return entry.second->log().finished(); });
  }
  if (operations_.size() >= kMaximumOperations) {
    return Fail(Reason::kOverloaded,
                fmt::format("the session runs {} operations already", kMaximumOperations));
  }
  auto operation = std::make_shared<Operation>(id, std::move(tags), reattachable, memory_);
  operations_[std::move(id)] = operation;
  return operation;
}

std::shared_ptr<Operation> Session::FindOperation(const std::string& id) const {
  MutexLock lock(mutex_);
  const auto found = operations_.find(id);
  return found == operations_.end() ? nullptr : found->second;
}

void Session::RemoveOperation(const std::string& id) {
  MutexLock lock(mutex_);
  operations_.erase(id);
}

std::vector<std::shared_ptr<Operation>> Session::Operations() const {
  MutexLock lock(mutex_);
  std::vector<std::shared_ptr<Operation>> all;
  for (const auto& [id, operation] : operations_) all.push_back(operation);
  return all;
}

void Session::InterruptAll() {
  for (const auto& operation : Operations()) operation->Interrupt();
}

std::string Session::KeepError(SparkError error) {
  std::string id = NewUuid();
  MutexLock lock(mutex_);
  if (errors_.size() >= kKeptErrors) errors_.erase(errors_.begin());
  errors_.emplace_back(id, std::move(error));
  return id;
}

std::optional<SparkError> Session::FindError(const std::string& error_id) const {
  MutexLock lock(mutex_);
  for (const auto& [id, error] : errors_) {
    if (id == error_id) return error;
  }
  return std::nullopt;
}

bool SessionRegistry::IsBusy(const Session& session) {
  return std::ranges::any_of(session.Operations(),
                             [](const auto& operation) { return !operation->log().finished(); });
}

void SessionRegistry::Sweep() {
  const Timestamp now = clock_.Now();
  if (now - last_sweep_ < kSweepInterval) return;
  last_sweep_ = now;
  for (auto entry = sessions_.begin(); entry != sessions_.end();) {
    if (now - entry->second.last_used < kIdleTime || IsBusy(*entry->second.session)) {
      ++entry;
      continue;
    }
    closed_.push_back(entry->first);
    entry = sessions_.erase(entry);
  }
  if (closed_.size() > kMaximumSessions) {
    closed_.erase(closed_.begin(), closed_.end() - std::ptrdiff_t{kMaximumSessions});
  }
}

Status SessionRegistry::MakeRoom() {
  if (sessions_.size() < kMaximumSessions) return {};
  auto oldest = sessions_.end();
  for (auto entry = sessions_.begin(); entry != sessions_.end(); ++entry) {
    if (!IsBusy(*entry->second.session) &&
        (oldest == sessions_.end() || entry->second.last_used < oldest->second.last_used)) {
      oldest = entry;
    }
  }
  if (oldest == sessions_.end()) {
    return Fail(Reason::kOverloaded,
                fmt::format("the server has {} busy sessions already", kMaximumSessions));
  }
  sessions_.erase(oldest);
  return {};
}

Result<std::shared_ptr<Session>> SessionRegistry::Find(const std::string& user_id,
                                                       const std::string& session_id,
                                                       const std::string& client_observed_id,
                                                       const access::Principal& principal) {
  if (!IsUuid(session_id)) {
    return Fail(Error{.reason = Reason::kMalformedRequest,
                      .message = "the session id must be a UUID: " + session_id,
                      .condition = "INVALID_HANDLE.FORMAT",
                      .parameters = {{"handle", session_id}}});
  }
  MutexLock lock(mutex_);
  Sweep();
  const Key key{user_id, session_id};
  auto found = sessions_.find(key);
  if (found == sessions_.end()) {
    if (std::ranges::find(closed_, key) != closed_.end()) {
      return Fail(Error{.reason = Reason::kMalformedRequest,
                        .message = "the session is closed: " + session_id,
                        .condition = "INVALID_HANDLE.SESSION_CLOSED",
                        .parameters = {{"handle", session_id}}});
    }
    OWLET_CHECK_OK(MakeRoom());
    auto session = std::make_shared<Session>(session_id, principal, global_views_, clock_, memory_);
    found = sessions_.emplace(key, Entry{std::move(session), clock_.Now()}).first;
  }
  const std::shared_ptr<Session>& session = found->second.session;
  if (session->principal()->arn != principal.arn) {
    return Fail(Reason::kAccessDenied, "the session belongs to another identity");
  }
  if (!client_observed_id.empty() && client_observed_id != session->server_side_id()) {
    return Fail(Error{.reason = Reason::kMalformedRequest,
                      .message = "the server was restarted: the session's state is gone",
                      .condition = "INVALID_HANDLE.SESSION_CHANGED",
                      .parameters = {{"handle", session_id}}});
  }
  found->second.last_used = clock_.Now();
  return session;
}

std::shared_ptr<Session> SessionRegistry::Release(const std::string& user_id,
                                                  const std::string& session_id,
                                                  bool allow_reconnect) {
  std::shared_ptr<Session> session;
  {
    MutexLock lock(mutex_);
    const Key key{user_id, session_id};
    const auto found = sessions_.find(key);
    if (found == sessions_.end()) return nullptr;
    session = found->second.session;
    sessions_.erase(found);
    if (!allow_reconnect) {
      if (closed_.size() >= kMaximumSessions) closed_.erase(closed_.begin());
      closed_.push_back(key);
    }
  }
  session->InterruptAll();
  return session;
}

void SessionRegistry::InterruptAll() {
  std::vector<std::shared_ptr<Session>> all;
  {
    MutexLock lock(mutex_);
    for (const auto& [key, entry] : sessions_) all.push_back(entry.session);
  }
  for (const auto& session : all) session->InterruptAll();
}

}  // namespace owlet::spark_connect
