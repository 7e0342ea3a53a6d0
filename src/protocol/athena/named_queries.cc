#include <string>
#include <utility>

#include "protocol/athena/error_map.h"
#include "protocol/athena/handlers.h"

namespace owlet::athena {
namespace {

namespace wire = aws::athena;

wire::NamedQuery ToWire(const jobs::NamedQuery& query) {
  wire::NamedQuery result;
  result.name = query.name;
  if (!query.description.empty()) result.description = query.description;
  result.database = query.database;
  result.query_string = query.text;
  result.named_query_id = query.id;
  result.work_group = query.workgroup;
  return result;
}

}  // namespace

Result<wire::CreateNamedQueryOutput> CreateNamedQuery(const Call& call,
                                                      const wire::CreateNamedQueryInput& request) {
  OWLET_TRY(
      const std::string id,
      call.workgroups.CreateNamed(
          call.principal(), {.id = {},
                             .name = request.name,
                             .workgroup = request.work_group.value_or(jobs::kPrimaryWorkgroup),
                             .database = request.database,
                             .text = request.query_string,
                             .description = request.description.value_or("")}));
  return wire::CreateNamedQueryOutput{.named_query_id = id};
}

Result<wire::GetNamedQueryOutput> GetNamedQuery(const Call& call,
                                                const wire::GetNamedQueryInput& request) {
  OWLET_TRY(const auto query, call.workgroups.GetNamed(call.principal(), request.named_query_id));
  return wire::GetNamedQueryOutput{.named_query = ToWire(query)};
}

Result<wire::UpdateNamedQueryOutput> UpdateNamedQuery(const Call& call,
                                                      const wire::UpdateNamedQueryInput& request) {
  OWLET_TRY(auto query, call.workgroups.GetNamed(call.principal(), request.named_query_id));
  query.name = request.name;
  query.text = request.query_string;
  if (request.description) query.description = *request.description;
  OWLET_CHECK_OK(call.workgroups.UpdateNamed(call.principal(), query));
  return wire::UpdateNamedQueryOutput{};
}

Result<wire::DeleteNamedQueryOutput> DeleteNamedQuery(const Call& call,
                                                      const wire::DeleteNamedQueryInput& request) {
  OWLET_CHECK_OK(call.workgroups.DeleteNamed(call.principal(), request.named_query_id));
  return wire::DeleteNamedQueryOutput{};
}

Result<wire::ListNamedQueriesOutput> ListNamedQueries(const Call& call,
                                                      const wire::ListNamedQueriesInput& request) {
  OWLET_TRY(const auto queries,
            call.workgroups.ListNamed(call.principal(),
                                      request.work_group.value_or(jobs::kPrimaryWorkgroup)));
  OWLET_TRY(const Slice slice, SliceOf(queries.size(), request.next_token,
                                       static_cast<std::size_t>(request.max_results.value_or(50))));
  wire::ListNamedQueriesOutput response;
  auto& ids = response.named_query_ids.emplace();
  for (std::size_t i = slice.begin; i < slice.end; ++i) ids.push_back(queries[i].id);
  if (!slice.next.empty()) response.next_token = slice.next;
  return response;
}

Result<wire::BatchGetNamedQueryOutput> BatchGetNamedQuery(
    const Call& call, const wire::BatchGetNamedQueryInput& request) {
  wire::BatchGetNamedQueryOutput response;
  auto& found = response.named_queries.emplace();
  auto& missing = response.unprocessed_named_query_ids.emplace();
  for (const std::string& id : request.named_query_ids) {
    const auto query = call.workgroups.GetNamed(call.principal(), id);
    if (query) {
      found.push_back(ToWire(*query));
      continue;
    }
    const auto error = MapError(query.error());
    missing.push_back(
        {.named_query_id = id, .error_code = error.code, .error_message = error.message});
  }
  return response;
}

}  // namespace owlet::athena
