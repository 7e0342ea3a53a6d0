#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <regex>

#include "app/api_client.h"
#include "app/attached_server.h"
#include "app/commands.h"
#include "app/end_signals.h"
#include "app/progress_line.h"
#include "app/statement_output.h"
#include "base/log.h"

namespace owlet::app {

namespace {

using Json = nlohmann::json;

/// What Athena says of a statement that ended.
struct Facts {
  std::size_t num_rows = 0;
  std::int64_t scanned_bytes = 0;
  std::int64_t engine_ms = 0;
};

/// Results go beside the data of whoever asks, into a bucket of their own.
constexpr const char* kResultBucket = "owlet-query-results";

/// The statement's text: the argument, or all of standard input.
Result<std::string> StatementText(const std::string& argument) {
  std::string text = argument;
  if (argument == "-" || (argument.empty() && isatty(STDIN_FILENO) == 0)) {
    std::array<char, 4096> buffer;
    text.clear();
    while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), stdin)) {
      text.append(buffer.data(), size);
    }
  }
  if (text.find_first_not_of(" \t\r\n;") == std::string::npos) {
    return Fail(Reason::kInvalidArgument, "the statement is empty");
  }
  return text;
}

/// Runs statements on a server as a client of Athena does. A signal stops the statement.
class StatementClient {
 public:
  StatementClient(ServerFile server, const EndSignals& signals)
      : client_(std::move(server)), signals_(signals) {}

  Result<Facts> Run(const std::string& statement, const std::string& database,
                    StatementOutput& output);
  /// The signal that stopped the statement, or 0.
  [[nodiscard]] int stopped_by() const { return stopped_by_; }

 private:
  Result<Json> Call(const char* operation, const Json& input) const {
    return client_.Call("athena", std::string("AmazonAthena.") + operation, input);
  }
  Result<Json> WaitForEnd(const std::string& id);
  Result<std::size_t> PrintRows(const std::string& id, bool select, StatementOutput& output) const;

  const ApiClient client_;
  const EndSignals& signals_;
  int stopped_by_ = 0;
};

Result<Json> StatementClient::WaitForEnd(const std::string& id) {
  // The first answers come at once; a long query is asked for less often.
  std::chrono::milliseconds pause{1};
  ProgressLine progress;
  while (true) {
    OWLET_TRY(const Json reply, Call("GetQueryExecution", {{"QueryExecutionId", id}}));
    const Json& execution = reply.at("QueryExecution");
    const std::string state = execution.at("Status").value("State", "");
    if (state == "SUCCEEDED") return execution;
    if (state == "FAILED" || state == "CANCELLED") {
      return Fail(Reason::kExecutionError,
                  execution.at("Status").value("StateChangeReason", "the query was " + state));
    }
    progress.Show(state);
    if (const auto signal = signals_.WaitFor(pause); signal && stopped_by_ == 0) {
      stopped_by_ = signal->si_signo;
      OWLET_CHECK_OK(Call("StopQueryExecution", {{"QueryExecutionId", id}}));
    }
    pause = std::min(pause * 2, std::chrono::milliseconds(100));
  }
}

OutputRow ReadRow(const Json& row) {
  OutputRow cells;
  for (const Json& cell : row.at("Data")) {
    const auto text = cell.find("VarCharValue");
    cells.push_back(text == cell.end() ? std::nullopt : std::optional(text->get<std::string>()));
  }
  return cells;
}

Result<std::size_t> StatementClient::PrintRows(const std::string& id, bool select,
                                               StatementOutput& output) const {
  std::size_t num_rows = 0;
  Json request = {{"QueryExecutionId", id}};
  for (bool first = true;; first = false) {
    OWLET_TRY(const Json page, Call("GetQueryResults", request));
    const Json& set = page.at("ResultSet");
    if (first) {
      std::vector<OutputColumn> columns;
      for (const Json& column : set.at("ResultSetMetadata").value("ColumnInfo", Json::array())) {
        columns.push_back({column.value("Name", ""), column.value("Type", "")});
      }
      output.Begin(std::move(columns));
    }
    bool header = first && select;  // a SELECT's first row repeats the names
    for (const Json& row : set.at("Rows")) {
      if (!header) {
        output.Add(ReadRow(row));
        ++num_rows;
      }
      header = false;
    }
    if (!page.contains("NextToken")) break;
    request["NextToken"] = page["NextToken"];
  }
  output.End();
  return num_rows;
}

Result<Facts> StatementClient::Run(const std::string& statement, const std::string& database,
                                   StatementOutput& output) {
  OWLET_CHECK_OK(client_.EnsureBucket(kResultBucket));
  OWLET_TRY(const Json started,
            Call("StartQueryExecution",
                 {{"QueryString", statement},
                  {"QueryExecutionContext", {{"Database", database}}},
                  {"ResultConfiguration",
                   {{"OutputLocation", fmt::format("s3://{}/", kResultBucket)}}}}));
  const std::string id = started.at("QueryExecutionId");
  OWLET_TRY(const Json execution, WaitForEnd(id));
  const Json statistics = execution.value("Statistics", Json::object());
  Facts facts;
  facts.scanned_bytes = statistics.value("DataScannedInBytes", std::int64_t{0});
  facts.engine_ms = statistics.value("EngineExecutionTimeInMillis", std::int64_t{0});
  const bool select = execution.value("StatementType", "") == "DML";
  OWLET_TRY(facts.num_rows, PrintRows(id, select, output));
  return facts;
}

/// Places in the first line count from the statement's own start, not from `prefix` before it.
std::string MoveColumns(const std::string& message, std::size_t prefix) {
  static const std::regex kPlace("\\bline 1:(\\d{1,9})");
  std::smatch found;
  if (prefix == 0 || !std::regex_search(message, found, kPlace)) return message;
  const std::size_t column = std::stoul(found[1]);
  if (column <= prefix) return message;
  return fmt::format("{}line 1:{}{}", found.prefix().str(), column - prefix, found.suffix().str());
}

int RunAndPrint(const Settings& settings, const SqlOptions& options, const std::string& prefix) {
  log::StartQuiet();
  const EndSignals signals;
  const auto statement = StatementText(options.statement);
  if (!statement) {
    fmt::print(stderr, "owlet: {}\n", statement.error().message);
    return kMisused;
  }
  const auto server = AttachedServer::Attach(settings);
  if (!server) {
    fmt::print(stderr, "owlet: {}\n", server.error().message);
    return kNoServer;
  }
  signal(SIGPIPE, SIG_DFL);  // `owlet sql … | head` ends with head
  StatementClient client(server->file(), signals);
  StatementOutput output(options.format, stdout);
  const auto facts = client.Run(prefix + *statement, options.database, output);
  if (!facts) {
    if (client.stopped_by() != 0) return kSignalled + client.stopped_by();
    fmt::print(stderr, "owlet: {}\n", MoveColumns(facts.error().message, prefix.size()));
    return facts.error().reason == Reason::kUnavailable ? kNoServer : kFailed;
  }
  if (isatty(STDERR_FILENO) != 0) {
    fmt::print(stderr, "({} rows, {} bytes scanned, {} ms)\n", facts->num_rows,
               facts->scanned_bytes, facts->engine_ms);
  }
  return kDone;
}

}  // namespace

int Sql(const Settings& settings, const SqlOptions& options) {
  return RunAndPrint(settings, options, "");
}

int Explain(const Settings& settings, const SqlOptions& options) {
  SqlOptions explained = options;
  explained.format = "text";
  return RunAndPrint(settings, explained, "EXPLAIN ");
}

}  // namespace owlet::app
