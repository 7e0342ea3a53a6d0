#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "app/api_client.h"
#include "app/attached_server.h"
#include "app/commands.h"
#include "base/log.h"

namespace owlet::app {

namespace {

using Json = nlohmann::json;
/// A cell is NULL or its text.
using Row = std::vector<std::optional<std::string>>;

/// What a statement gave: the header of a SELECT, and rows.
struct Answer {
  std::vector<std::string> names;
  std::vector<Row> rows;
  std::int64_t scanned_bytes = 0;
  std::int64_t engine_ms = 0;
};

/// Results go beside the data of whoever asks, into a bucket of their own.
constexpr const char* kResultBucket = "owlet-query-results";

Result<Json> WaitForEnd(const ApiClient& client, const std::string& id) {
  // The first answers come at once; a long query is asked for less often.
  std::chrono::milliseconds pause{1};
  while (true) {
    OWLET_TRY(const Json reply,
              client.Call("athena", "AmazonAthena.GetQueryExecution", {{"QueryExecutionId", id}}));
    const Json& execution = reply.at("QueryExecution");
    const std::string state = execution.at("Status").value("State", "");
    if (state == "SUCCEEDED") return execution;
    if (state == "FAILED" || state == "CANCELLED") {
      return Fail(Reason::kExecutionError,
                  execution.at("Status").value("StateChangeReason", "the query was " + state));
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::milliseconds(100));
  }
}

Row ReadRow(const Json& row) {
  Row cells;
  for (const Json& cell : row.at("Data")) {
    const auto text = cell.find("VarCharValue");
    cells.push_back(text == cell.end() ? std::nullopt : std::optional(text->get<std::string>()));
  }
  return cells;
}

Result<Answer> RunStatement(const ApiClient& client, const SqlOptions& options) {
  OWLET_CHECK_OK(client.EnsureBucket(kResultBucket));
  OWLET_TRY(const Json started,
            client.Call("athena", "AmazonAthena.StartQueryExecution",
                        {{"QueryString", options.statement},
                         {"QueryExecutionContext", {{"Database", options.database}}},
                         {"ResultConfiguration",
                          {{"OutputLocation", fmt::format("s3://{}/", kResultBucket)}}}}));
  const std::string id = started.at("QueryExecutionId");
  OWLET_TRY(const Json execution, WaitForEnd(client, id));
  Answer answer;
  const Json statistics = execution.value("Statistics", Json::object());
  answer.scanned_bytes = statistics.value("DataScannedInBytes", std::int64_t{0});
  answer.engine_ms = statistics.value("EngineExecutionTimeInMillis", std::int64_t{0});
  const bool select = execution.value("StatementType", "") == "DML";
  Json request = {{"QueryExecutionId", id}};
  bool first = true;
  while (true) {
    OWLET_TRY(const Json page, client.Call("athena", "AmazonAthena.GetQueryResults", request));
    const Json& set = page.at("ResultSet");
    if (first) {
      for (const Json& column : set.at("ResultSetMetadata").value("ColumnInfo", Json::array())) {
        answer.names.push_back(column.value("Name", ""));
      }
    }
    for (const Json& row : set.at("Rows")) {
      const bool header = first && select;
      first = false;
      if (!header) answer.rows.push_back(ReadRow(row));
    }
    if (!page.contains("NextToken")) return answer;
    request["NextToken"] = page["NextToken"];
  }
}

std::string Printable(const std::optional<std::string>& cell) {
  return cell ? *cell : std::string("NULL");
}

void PrintTable(const Answer& answer) {
  std::vector<std::size_t> widths;
  for (const std::string& name : answer.names) widths.push_back(name.size());
  for (const Row& row : answer.rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], Printable(row[i]).size());
    }
  }
  const auto line = [&](const auto& cells, auto text) {
    std::string out;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const bool last = i + 1 == cells.size();
      out += last ? text(cells[i]) : fmt::format("{:<{}}  ", text(cells[i]), widths[i]);
    }
    fmt::print("{}\n", out);
  };
  if (!answer.names.empty()) {
    line(answer.names, [](const std::string& name) { return name; });
    std::vector<std::string> rules;
    for (std::size_t i = 0; i < answer.names.size(); ++i) rules.emplace_back(widths[i], '-');
    line(rules, [](const std::string& rule) { return rule; });
  }
  for (const Row& row : answer.rows) line(row, Printable);
}

void PrintCsv(const Answer& answer) {
  const auto quote = [](const std::string& text) {
    std::string out = "\"";
    for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + "\"";
  };
  for (std::size_t i = 0; i < answer.names.size(); ++i) {
    fmt::print("{}{}", i == 0 ? "" : ",", quote(answer.names[i]));
  }
  fmt::print("\n");
  for (const Row& row : answer.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      fmt::print("{}{}", i == 0 ? "" : ",", row[i] ? quote(*row[i]) : "");
    }
    fmt::print("\n");
  }
}

/// One object a line.
void PrintJson(const Answer& answer) {
  for (const Row& row : answer.rows) {
    nlohmann::ordered_json object;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string name = i < answer.names.size() ? answer.names[i] : fmt::format("_col{}", i);
      object[name] = row[i] ? nlohmann::ordered_json(*row[i]) : nlohmann::ordered_json(nullptr);
    }
    fmt::print("{}\n", object.dump());
  }
}

int RunAndPrint(const Settings& settings, const SqlOptions& options) {
  log::StartQuiet();
  const auto server = AttachedServer::Attach(settings);
  if (!server) {
    fmt::print(stderr, "owlet: {}\n", server.error().message);
    return kFailed;
  }
  const ApiClient client(server->file());
  const auto answer = RunStatement(client, options);
  if (!answer) {
    fmt::print(stderr, "owlet: {}\n", answer.error().message);
    return kFailed;
  }
  if (options.format == "csv") {
    PrintCsv(*answer);
  } else if (options.format == "json") {
    PrintJson(*answer);
  } else {
    PrintTable(*answer);
  }
  if (isatty(STDERR_FILENO) != 0) {
    fmt::print(stderr, "({} rows, {} bytes scanned, {} ms)\n", answer->rows.size(),
               answer->scanned_bytes, answer->engine_ms);
  }
  return kDone;
}

}  // namespace

int Sql(const Settings& settings, const SqlOptions& options) {
  return RunAndPrint(settings, options);
}

int Explain(const Settings& settings, const SqlOptions& options) {
  SqlOptions explained = options;
  explained.statement = "EXPLAIN " + options.statement;
  explained.format = "table";
  return RunAndPrint(settings, explained);
}

}  // namespace owlet::app
