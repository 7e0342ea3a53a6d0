#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "core/jobs/query_execution.h"
#include "core/jobs/workgroup.h"

// Query executions, workgroups and saved queries as protobuf (query_records.proto), and their keys
// in the key-value store's column kQueries. The first byte of a key tells the kind:
//
//   q id                                   QueryExecution
//   a id                                   empty: the execution is not final yet
//   l workgroup 0 inverted time, 8 bytes, id   empty: an execution of the workgroup, newest first
//   k account 0 token                      the id that a client's token started
//   r digest of the request                the id of its last success
//   w name                                 Workgroup
//   s workgroup 0 name                     PreparedStatement
//   n id                                   NamedQuery

namespace owlet::jobs {

[[nodiscard]] std::string EncodeExecution(const QueryExecution& execution);
[[nodiscard]] Result<QueryExecution> DecodeExecution(std::string_view bytes);
[[nodiscard]] std::string EncodeWorkgroup(const Workgroup& workgroup);
[[nodiscard]] Result<Workgroup> DecodeWorkgroup(std::string_view bytes);
[[nodiscard]] std::string EncodePrepared(const PreparedStatement& statement);
[[nodiscard]] Result<PreparedStatement> DecodePrepared(std::string_view bytes);
[[nodiscard]] std::string EncodeNamedQuery(const NamedQuery& query);
[[nodiscard]] Result<NamedQuery> DecodeNamedQuery(std::string_view bytes);

/// The bytes of the `.metadata` object.
[[nodiscard]] std::string EncodeResultMetadata(const std::string& id,
                                               const std::vector<ResultColumn>& columns);

namespace query_keys {
[[nodiscard]] std::string Execution(std::string_view id);
[[nodiscard]] std::string Active(std::string_view id);
[[nodiscard]] std::string ListPrefix(std::string_view workgroup);
[[nodiscard]] std::string List(std::string_view workgroup, Timestamp submitted,
                               std::string_view id);
[[nodiscard]] std::string Token(std::string_view account, std::string_view token);
[[nodiscard]] std::string Reuse(const QueryRequest& request);
[[nodiscard]] std::string WorkgroupKey(std::string_view name);
[[nodiscard]] std::string PreparedPrefix(std::string_view workgroup);
[[nodiscard]] std::string Prepared(std::string_view workgroup, std::string_view name);
[[nodiscard]] std::string NamedQueryKey(std::string_view id);
}  // namespace query_keys

}  // namespace owlet::jobs
