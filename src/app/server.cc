#include "app/server.h"

#include <aws/athena/operations.h>
#include <aws/emr/operations.h>
#include <aws/glue/operations.h>
#include <aws/iam/operations.h>
#include <aws/s3/operations.h>
#include <aws/sts/operations.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>

#include "app/server_file.h"
#include "app/token_identity.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory_budget.h"
#include "core/access/accounts.h"
#include "core/access/authenticator.h"
#include "core/access/policy_authorizer.h"
#include "core/access/web_identity.h"
#include "core/catalog/catalog.h"
#include "core/engine/engine.h"
#include "core/engine/python_engine.h"
#include "core/jobs/clusters.h"
#include "core/jobs/query_executions.h"
#include "core/jobs/statement_runner.h"
#include "core/jobs/workgroups.h"
#include "core/kv/data_folder.h"
#include "core/kv/key_value_store.h"
#include "core/python/warm_script_runner.h"
#include "core/store/lifecycle.h"
#include "core/store/object_store.h"
#include "net/http_server.h"
#include "net/tls.h"
#include "protocol/athena/athena_service.h"
#include "protocol/common/service_router.h"
#include "protocol/emr/emr_service.h"
#include "protocol/glue/glue_service.h"
#include "protocol/iam/iam_service.h"
#include "protocol/s3/access_log.h"
#include "protocol/s3/s3_service.h"
#include "protocol/s3/website.h"
#include "protocol/spark_connect/server.h"
#include "protocol/sts/sts_service.h"
#include "protocol/upkeep/upkeep_service.h"

namespace owlet::app {

// In the order of construction: what stands below uses what stands above.
struct Server::Parts {
  explicit Parts(kv::DataFolder opened) : folder(std::move(opened)) {}

  kv::DataFolder folder;
  SystemClock clock;
  std::shared_ptr<MemoryBudget> memory;
  std::unique_ptr<kv::KeyValueStore> kv;
  std::unique_ptr<access::Accounts> accounts;
  std::unique_ptr<access::PolicyAuthorizer> authorizer;
  std::unique_ptr<access::KeySets> oidc_keys;
  std::unique_ptr<access::Authenticator> authenticator;
  std::unique_ptr<store::ObjectStore> objects;
  std::unique_ptr<catalog::Catalog> catalog;
  std::unique_ptr<store::LifecycleSweeper> lifecycle;
  std::unique_ptr<engine::Engine> engine;
  std::unique_ptr<jobs::Workgroups> workgroups;
  std::unique_ptr<jobs::StatementRunner> statements;
  std::unique_ptr<jobs::QueryExecutions> queries;
  std::unique_ptr<TokenIdentity> tokens;
  std::unique_ptr<python::WarmScriptRunner> scripts;
  std::unique_ptr<jobs::Clusters> clusters;
  std::unique_ptr<upkeep::UpkeepService> upkeep;
  std::unique_ptr<net::HttpService> s3, website, glue, athena, emr, iam, sts;
  std::unique_ptr<s3::AccessLog> access_log;
  protocol::ServiceRouter router;
  std::unique_ptr<net::HttpServer> http;
  std::unique_ptr<spark_connect::Server> spark;
  std::string region;
  std::string spark_host;
  std::filesystem::path tls_authority;

  Status OpenCore(const Settings& settings);
  Status OpenJobs(const Settings& settings);
  Status Listen(const Settings& settings);
  Result<std::shared_ptr<const net::TlsIdentity>> MakeIdentity(const Settings& settings);
};

namespace {

/// All names under which clients may know this server: this machine's, and AWS's own for those that
/// cannot be given another.
std::vector<std::string> CertificateNames(const Settings& settings, const std::string& host) {
  std::vector<std::string> names = {"localhost",      "*.localhost", "s3.localhost",
                                    "*.s3.localhost", "127.0.0.1",   "::1"};
  if (!IsLoopback(host) && host != "0.0.0.0" && host != "::") names.push_back(host);
  if (!settings.domain.empty()) {
    names.push_back(settings.domain);
    names.push_back("*." + settings.domain);
  }
  for (const std::string_view service : {"s3", "sts", "iam"}) {
    names.push_back(fmt::format("{}.amazonaws.com", service));
  }
  names.emplace_back("*.s3.amazonaws.com");
  names.push_back(fmt::format("*.s3.{}.amazonaws.com", settings.region));
  for (const std::string_view service :
       {"s3", "athena", "glue", "elasticmapreduce", "emr-serverless", "sts"}) {
    names.push_back(fmt::format("{}.{}.amazonaws.com", service, settings.region));
  }
  return names;
}

}  // namespace

Result<std::shared_ptr<const net::TlsIdentity>> Server::Parts::MakeIdentity(
    const Settings& settings) {
  OWLET_TRY(const auto address, SplitAddress(settings.listen));
  OWLET_TRY(
      const net::LocalAuthority files,
      net::EnsureLocalAuthority(folder.root() / "tls", CertificateNames(settings, address.first)));
  tls_authority = files.authority;
  return net::TlsIdentity::Load(files.certificate, files.key);
}

Status Server::Parts::OpenCore(const Settings& settings) {
  region = settings.region;
  // Not all of the machine: Python, the disk's cache and others live there too.
  const std::uint64_t machine = MachineMemory() / 100 * 80;
  memory = std::make_shared<MemoryBudget>(
      settings.memory_limit_bytes > 0 ? std::min(settings.memory_limit_bytes, machine) : machine);
  const std::uint64_t index = memory->limit(MemoryShare::kIndex);
  const std::uint64_t writes = std::min<std::uint64_t>(index / 2, 32ULL << 20);
  OWLET_TRY(kv, kv::KeyValueStore::Open({.folder = folder.kv(),
                                         .block_cache_bytes = index - writes,
                                         .write_buffer_bytes = writes}));
  access::Accounts::Options known{
      .main = {.account_id = settings.account_id, .root_key = settings.root_key}};
  for (const OtherAccount& other : settings.other_accounts) {
    known.others.push_back({.account_id = other.id, .root_key = other.root_key});
  }
  OWLET_TRY(accounts, access::Accounts::Open(*kv, clock, std::move(known)));
  OWLET_CHECK_OK(accounts->main().MakeEmrDefaultRoles());
  authorizer = std::make_unique<access::PolicyAuthorizer>(*accounts, clock, settings.account_id);
  oidc_keys = std::make_unique<access::KeySets>(settings.oidc_keys);
  authenticator = std::make_unique<access::Authenticator>(
      *accounts, clock,
      access::Authenticator::Options{.everybody_is_root = settings.anonymous,
                                     .account_id = settings.account_id});
  OWLET_TRY(
      objects,
      store::ObjectStore::Open(
          {.blobs = folder.blobs(),
           .region = settings.region,
           .account_id = settings.account_id,
           .default_ownership =
               store::ParseOwnership(settings.object_ownership).value_or(store::ObjectOwnership())},
          *kv, *authorizer, clock));
  lifecycle = std::make_unique<store::LifecycleSweeper>(
      *objects, std::chrono::seconds(settings.lifecycle_day_seconds));
  catalog = std::make_unique<catalog::Catalog>(catalog::Catalog::Options{.region = settings.region},
                                               *kv, *authorizer, clock);
  OWLET_TRY(auto functions,
            python::FunctionWorkers::Open(
                {.interpreter = settings.python.empty() ? "python3" : settings.python,
                 .folder = folder.work() / "functions"}));
  OWLET_TRY(engine, engine::OpenWithPython({.spill_folder = folder.spill(),
                                            .memory = memory,
                                            .threads = settings.threads,
                                            .cache_folder = folder.cache(),
                                            .cache_bytes = settings.cache_limit_bytes},
                                           std::move(functions), *objects, *catalog));
  return {};
}

Status Server::Parts::OpenJobs(const Settings& settings) {
  OWLET_TRY(workgroups, jobs::Workgroups::Open(*kv, *authorizer, clock, region));
  statements =
      std::make_unique<jobs::StatementRunner>(*objects, *catalog, *engine, *workgroups, clock);
  OWLET_TRY(queries,
            jobs::QueryExecutions::Open({}, *kv, *objects, *workgroups, *statements, clock));
  OWLET_TRY(const auto spark_address, SplitAddress(settings.spark_listen));
  tokens = std::make_unique<TokenIdentity>(settings.account_id, *accounts,
                                           IsLoopback(spark_address.first));
  OWLET_TRY(auto cold, python::ProcessScriptRunner::Open(
                           {.interpreter = settings.python.empty() ? "python3" : settings.python,
                            .folder = folder.work() / "launcher"}));
  scripts = std::make_unique<python::WarmScriptRunner>(std::move(cold));
  OWLET_TRY(clusters, jobs::Clusters::Open({.work_folder = folder.work() / "steps",
                                            .region = settings.region,
                                            .account_id = settings.account_id},
                                           *kv, *objects, accounts->main(), *authorizer, *scripts,
                                           *tokens, clock));
  return {};
}

Status Server::Parts::Listen(const Settings& settings) {
  const protocol::ServiceEnvironment environment{
      .authenticator = authenticator.get(), .clock = &clock, .default_region = settings.region};
  s3 = s3::MakeService(*objects, environment, settings.domain);
  glue = glue::MakeGlueService(*catalog, environment);
  athena = athena::MakeAthenaService(*queries, *workgroups, *catalog, environment);
  emr = emr::MakeEmrService(*clusters, environment);
  iam = iam::MakeIamService(*accounts, *authorizer, environment);
  sts = sts::MakeStsService(*accounts, *authorizer, *oidc_keys, environment);
  upkeep = std::make_unique<upkeep::UpkeepService>(*objects, environment);
  website = std::make_unique<s3::WebsiteFront>(*objects, *s3, settings.domain);
  router.Add(aws::s3::kService, *website);
  router.Add(aws::glue::kService, *glue);
  router.Add(aws::athena::kService, *athena);
  router.Add(aws::emr::kService, *emr);
  router.Add(aws::iam::kService, *iam);
  router.Add(aws::sts::kService, *sts);
  router.Add(upkeep::UpkeepService::kSchema, *upkeep);

  access_log = std::make_unique<s3::AccessLog>(
      *objects, *accounts, clock,
      s3::AccessLog::Options{.domain = settings.domain, .region = settings.region});
  OWLET_TRY(const auto address, SplitAddress(settings.listen));
  net::ServerOptions http_options;
  http_options.host = address.first;
  http_options.port = address.second;
  http_options.memory = memory;
  if (settings.tls) {
    OWLET_TRY(http_options.tls, MakeIdentity(settings));
  }
  OWLET_TRY(http,
            net::HttpServer::Start(http_options, router, [this](const net::RequestLogEntry& entry) {
              access_log->Note(entry);
              log::info("{} {} {} {} {} in {} out {} {:.1f} ms{}", entry.request.remote_address,
                        entry.request.method, entry.request.raw_path,
                        entry.operation.empty() ? "-" : entry.operation, entry.status,
                        entry.bytes_received, entry.bytes_sent,
                        static_cast<double>(entry.duration.count()) / 1000.0,
                        entry.broken ? " broken" : "");
            }));

  OWLET_TRY(const auto spark_address, SplitAddress(settings.spark_listen));
  spark_host = spark_address.first;
  spark_connect::ServerOptions spark_options;
  spark_options.memory = memory;
  spark_options.spill_folder = folder.spill();
  spark_options.address = JoinAddress(spark_address.first, spark_address.second);
  OWLET_TRY(spark, spark_connect::Server::Start(spark_options, *engine, *catalog, *tokens, clock));
  clusters->Start({.endpoint_url = "http://" + http->address(), .spark_port = spark->port()});
  return {};
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Result<std::unique_ptr<Server>> Server::Start(const Settings& settings) {
  OWLET_CHECK_OK(CheckSettings(settings));
  OWLET_TRY(kv::DataFolder folder, kv::DataFolder::Open(settings.data));
  RemoveServerFile(settings.data);  // of a server that was killed
  auto parts = std::make_unique<Parts>(std::move(folder));
  OWLET_CHECK_OK(parts->OpenCore(settings));
  OWLET_CHECK_OK(parts->OpenJobs(settings));
  OWLET_CHECK_OK(parts->Listen(settings));
  access::Principal user = access::Principal::Root(settings.account_id);
  user.server_user = true;
  const std::string user_token = parts->tokens->Issue(std::move(user));
  std::unique_ptr<Server> server(new Server(std::move(parts)));
  OWLET_CHECK_OK(WriteServerFile(settings.data, {.pid = getpid(),
                                                 .address = server->address(),
                                                 .spark_address = server->spark_address(),
                                                 .access_key_id = server->root_key().first,
                                                 .secret_access_key = server->root_key().second,
                                                 .region = settings.region,
                                                 .user_token = user_token}));
  return server;
}

Server::~Server() { Stop(); }

std::string Server::address() const { return parts_->http->address(); }

std::string Server::spark_address() const {
  return JoinAddress(parts_->spark_host, parts_->spark->port());
}

const std::filesystem::path& Server::authority() const { return parts_->tls_authority; }

const std::pair<std::string, std::string>& Server::root_key() const {
  return parts_->accounts->main().root_key();
}

std::vector<Server::RootKey> Server::other_root_keys() const {
  std::vector<RootKey> keys;
  for (const auto& account : parts_->accounts->all()) {
    if (account.get() == &parts_->accounts->main()) continue;
    keys.push_back({account->account_id(), account->root_key().first, account->root_key().second});
  }
  return keys;
}

void Server::WarmUp() { parts_->scripts->Start(); }

void Server::Stop() {
  if (parts_ == nullptr) return;
  RemoveServerFile(parts_->folder.root());
  if (parts_->clusters != nullptr) parts_->clusters->Stop();
  if (parts_->queries != nullptr) parts_->queries->Stop();
  if (parts_->spark != nullptr) parts_->spark->Stop();
  if (parts_->upkeep != nullptr) parts_->upkeep->Stop();
  if (parts_->http != nullptr) parts_->http->Stop(std::chrono::seconds(5));
  if (parts_->access_log != nullptr) parts_->access_log->Stop();
  parts_.reset();
}

}  // namespace owlet::app
