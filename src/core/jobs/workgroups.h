#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "core/access/authorizer.h"
#include "core/access/principal.h"
#include "core/jobs/workgroup.h"
#include "core/kv/key_value_store.h"

namespace owlet::jobs {

/// Athena's workgroups with the prepared statements and named queries in them. `primary` is always
/// there. Kept in the key-value store's column kQueries. Every call decides for the principal first
/// ("athena:GetWorkGroup" ... on the workgroup's ARN). Errors: kAccessDenied, kEntityNotFound,
/// kEntityExists, kEntityInUse, kInvalidArgument. Thread-safe; the three must outlive it.
class Workgroups {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Workgroups>> Open(
      kv::KeyValueStore& store, const access::Authorizer& authorizer, const Clock& clock,
      std::string region = "us-east-1");

  [[nodiscard]] Status Create(const access::Principal& principal, Workgroup workgroup);
  [[nodiscard]] Result<Workgroup> Get(const access::Principal& principal,
                                      std::string_view name) const;
  /// Sorted by name.
  [[nodiscard]] Result<std::vector<Workgroup>> List(const access::Principal& principal) const;
  [[nodiscard]] Status Update(const access::Principal& principal, std::string_view name,
                              std::string_view action,
                              const std::function<Status(Workgroup&)>& change);
  /// kEntityInUse when it has queries or statements and not `recursive`.
  [[nodiscard]] Status Delete(const access::Principal& principal, std::string_view name,
                              bool recursive);

  [[nodiscard]] Status CreatePrepared(const access::Principal& principal,
                                      PreparedStatement statement);
  [[nodiscard]] Status UpdatePrepared(const access::Principal& principal,
                                      PreparedStatement statement);
  /// SQL's PREPARE: replaces one of that name.
  [[nodiscard]] Status PutPrepared(const access::Principal& principal, PreparedStatement statement);
  [[nodiscard]] Result<PreparedStatement> GetPrepared(const access::Principal& principal,
                                                      std::string_view workgroup,
                                                      std::string_view name) const;
  [[nodiscard]] Status DeletePrepared(const access::Principal& principal,
                                      std::string_view workgroup, std::string_view name);
  [[nodiscard]] Result<std::vector<PreparedStatement>> ListPrepared(
      const access::Principal& principal, std::string_view workgroup) const;

  /// The new query's id.
  [[nodiscard]] Result<std::string> CreateNamed(const access::Principal& principal,
                                                NamedQuery query);
  [[nodiscard]] Result<NamedQuery> GetNamed(const access::Principal& principal,
                                            std::string_view id) const;
  /// Name, description and text become the new ones.
  [[nodiscard]] Status UpdateNamed(const access::Principal& principal, const NamedQuery& query);
  [[nodiscard]] Status DeleteNamed(const access::Principal& principal, std::string_view id);
  [[nodiscard]] Result<std::vector<NamedQuery>> ListNamed(const access::Principal& principal,
                                                          std::string_view workgroup) const;

  /// "arn:aws:athena:us-east-1:000000000000:workgroup/name".
  [[nodiscard]] std::string Arn(const access::Principal& principal, std::string_view name) const;
  [[nodiscard]] Status Decide(const access::Principal& principal, std::string_view action,
                              std::string_view workgroup) const;

 private:
  Workgroups(kv::KeyValueStore& store, const access::Authorizer& authorizer, const Clock& clock,
             std::string region)
      : store_(store), authorizer_(authorizer), clock_(clock), region_(std::move(region)) {}
  [[nodiscard]] Result<Workgroup> Read(std::string_view name) const;
  [[nodiscard]] Result<NamedQuery> ReadNamed(std::string_view id) const;

  kv::KeyValueStore& store_;
  const access::Authorizer& authorizer_;
  const Clock& clock_;
  std::string region_;
};

}  // namespace owlet::jobs
