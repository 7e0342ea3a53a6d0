#include <fmt/format.h>

#include <charconv>
#include <string>
#include <utility>

#include "protocol/athena/handlers.h"

namespace owlet::athena {
namespace {

namespace wire = aws::athena;

constexpr std::int32_t kDefaultRows = 1000;

Status CheckFinished(const jobs::QueryExecution& execution) {
  switch (execution.state) {
    case jobs::QueryState::kSucceeded:
      return {};
    case jobs::QueryState::kQueued:
    case jobs::QueryState::kRunning:
      return Fail(Reason::kInvalidArgument,
                  fmt::format("Query has not yet finished. Current state: {}",
                              execution.state == jobs::QueryState::kQueued ? "QUEUED" : "RUNNING"));
    case jobs::QueryState::kFailed:
      return Fail(Reason::kInvalidArgument,
                  "Query did not finish successfully. Final query state: FAILED");
    case jobs::QueryState::kCancelled:
      break;
  }
  return Fail(Reason::kInvalidArgument,
              "Query did not finish successfully. Final query state: CANCELLED");
}

wire::ColumnInfo ToWire(const jobs::ResultColumn& column) {
  wire::ColumnInfo info;
  info.catalog_name = "hive";
  info.schema_name = "";
  info.table_name = "";
  info.name = column.name;
  info.label = column.name;
  info.type = column.type;
  info.precision = column.precision;
  info.scale = column.scale;
  info.nullable = "UNKNOWN";
  info.case_sensitive = column.case_sensitive;
  return info;
}

}  // namespace

Result<wire::GetQueryResultsOutput> GetQueryResults(const Call& call,
                                                    const wire::GetQueryResultsInput& request) {
  OWLET_TRY(const auto execution,
            call.executions.Get(call.principal(), request.query_execution_id));
  OWLET_CHECK_OK(CheckFinished(execution));
  // The token is where in the result object the page begins.
  std::uint64_t offset = 0;
  if (request.next_token && !request.next_token->empty()) {
    const std::string& token = *request.next_token;
    const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), offset);
    if (error != std::errc() || end != token.data() + token.size()) {
      return Fail(Reason::kInvalidArgument, "The next token is not valid");
    }
  }
  const auto limit = static_cast<std::size_t>(request.max_results.value_or(kDefaultRows));
  OWLET_TRY(auto page, call.executions.ReadRows(call.principal(), execution, offset, limit));
  wire::GetQueryResultsOutput response;
  response.update_count = execution.update_count.value_or(0);
  auto& set = response.result_set.emplace();
  auto& rows = set.rows.emplace();
  rows.reserve(page.rows.size());
  for (auto& values : page.rows) {
    auto& data = rows.emplace_back().data.emplace();
    data.reserve(values.size());
    for (auto& value : values) data.push_back({.var_char_value = std::move(value)});
  }
  auto& columns = set.result_set_metadata.emplace().column_info.emplace();
  for (const auto& column : execution.columns) columns.push_back(ToWire(column));
  if (page.next != 0) response.next_token = std::to_string(page.next);
  return response;
}

}  // namespace owlet::athena
