#include "core/jobs/statement_runner.h"

#include <fmt/format.h>

#include <variant>

#include "base/ascii.h"
#include "core/jobs/athena_value_text.h"
#include "core/jobs/result_files.h"
#include "core/jobs/statement_run.h"
#include "core/sql/parser.h"

namespace owlet::jobs {
namespace {

std::unexpected<Error> OtherCatalog(std::string_view name) {
  return Fail(Reason::kAnalysisError, fmt::format("Catalog '{}' does not exist", name),
              "CATALOG_NOT_FOUND");
}

bool IsOwnCatalog(std::string_view name) { return EqualsIgnoringCase(name, "awsdatacatalog"); }

}  // namespace

Result<StatementOutcome> StatementRunner::Run(const sql::Statement& statement,
                                              const StatementContext& context) {
  return StatementRun(*this, context).Dispatch(statement);
}

Result<StatementOutcome> StatementRun::Dispatch(const sql::Statement& statement) {
  if (parameters_.empty()) {
    for (const std::string& text : context_.execution.request.parameters) {
      OWLET_TRY(auto parameter, sql::ParseTrinoExpression(text));
      parameters_.push_back(std::move(parameter));
    }
  }
  // PREPARE's own `?` are those of the statement inside.
  const bool prepares = std::holds_alternative<sql::Prepare>(statement.node);
  if (!prepares && statement.num_parameters != parameters_.size() &&
      !std::holds_alternative<sql::Execute>(statement.node)) {
    return Fail(Reason::kAnalysisError,
                fmt::format("Incorrect number of parameters: expected {} but found {}",
                            statement.num_parameters, parameters_.size()),
                "INVALID_PARAMETER_USAGE");
  }
  return std::visit([this](const auto& node) { return Run(node); }, statement.node);
}

Result<StatementOutcome> StatementRun::Run(const sql::NotImplemented& statement) {
  return Fail(Reason::kNotImplemented,
              fmt::format("Queries of this type are not supported: {}", statement.name),
              "NOT_SUPPORTED");
}

Result<StatementOutcome> StatementRun::Text(const std::vector<std::string>& lines,
                                            std::vector<std::string> columns) {
  OWLET_TRY(auto writer,
            ResultFileWriter::Begin(runner_.objects_, principal(), context_.execution, ".txt"));
  for (const std::string& line : lines) OWLET_CHECK_OK(writer.Append(line + "\n"));
  StatementOutcome outcome;
  outcome.form = ResultForm::kText;
  for (std::string& name : columns) {
    outcome.columns.push_back({.name = std::move(name), .type = "string"});
  }
  outcome.output_bytes = static_cast<std::int64_t>(writer.size());
  outcome.output_rows = static_cast<std::int64_t>(lines.size());
  OWLET_TRY(outcome.output_location, writer.Commit(".txt.metadata", outcome.columns));
  return outcome;
}

std::string StatementRun::CurrentDatabase() const {
  std::string_view database = context_.execution.request.database;
  // Clients quote the context's database as they would in a statement (awswrangler does).
  if (database.size() >= 2 && database.front() == database.back() &&
      (database.front() == '`' || database.front() == '"')) {
    database = database.substr(1, database.size() - 2);
  }
  return database.empty() ? "default" : ToLowerAscii(database);
}

Result<catalog::TableName> StatementRun::ResolveName(const sql::Name& name) const {
  if (name.size() == 1) {
    // `db.table` within one pair of backquotes, as SHOW CREATE TABLE writes it, is two names.
    const std::size_t dot = name[0].find('.');
    if (dot != std::string::npos) {
      return ResolveName({name[0].substr(0, dot), name[0].substr(dot + 1)});
    }
    return catalog::TableName{CurrentDatabase(), ToLowerAscii(name[0])};
  }
  if (name.size() == 3 && !IsOwnCatalog(name[0])) return OtherCatalog(name[0]);
  return catalog::TableName{ToLowerAscii(name[name.size() - 2]), ToLowerAscii(name.back())};
}

Result<std::string> StatementRun::ResolveDatabase(const sql::Name& name) const {
  if (name.empty()) return CurrentDatabase();
  if (name.size() == 2 && !IsOwnCatalog(name[0])) return OtherCatalog(name[0]);
  return ToLowerAscii(name.back());
}

Result<catalog::Table> StatementRun::FindTable(const sql::Name& name) const {
  OWLET_TRY(const auto table_name, ResolveName(name));
  auto table = runner_.catalog_.GetTable(principal(), table_name);
  if (table) return table;
  if (table.error().reason == Reason::kDatabaseNotFound ||
      table.error().reason == Reason::kTableNotFound) {
    return Fail(Reason::kTableNotFound,
                fmt::format("FAILED: SemanticException [Error 10001]: Table not found {}.{}",
                            table_name.database, table_name.table));
  }
  return Fail(HiveError(table.error()));
}

Error HiveError(const Error& error) {
  if (error.message.starts_with("FAILED:") || error.reason == Reason::kNotImplemented) return error;
  Error hive = error;
  hive.condition.clear();
  hive.message =
      "FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. " +
      error.message;
  return hive;
}

Status HiveStatus(Status status) {
  if (status) return status;
  return std::unexpected(HiveError(status.error()));
}

Result<std::string> LiteralText(const plan::ExpressionPtr& expression) {
  if (expression != nullptr) {
    if (const auto* literal = std::get_if<plan::Literal>(&expression->node)) {
      if (const auto* text = std::get_if<std::string>(&literal->value)) return *text;
      if (const auto* number = std::get_if<std::int64_t>(&literal->value)) {
        if (literal->type.id() == plan::TypeId::kDate) {
          const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(*number))};
          return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                             static_cast<unsigned>(date.month()),
                             static_cast<unsigned>(date.day()));
        }
        return std::to_string(*number);
      }
      if (const auto* truth = std::get_if<bool>(&literal->value)) return *truth ? "true" : "false";
      if (const auto* number = std::get_if<double>(&literal->value)) return JavaDouble(*number);
      if (const auto* decimal = std::get_if<plan::Int128>(&literal->value)) {
        const bool small = *decimal >= INT64_MIN && *decimal <= INT64_MAX;
        if (small && literal->type.scale() == 0) {
          return std::to_string(static_cast<std::int64_t>(*decimal));
        }
      }
    }
    if (const auto* cast = std::get_if<plan::Cast>(&expression->node)) {
      return LiteralText(cast->input);  // DATE '2024-01-01' and the like
    }
    if (const auto* call = std::get_if<plan::FunctionCall>(&expression->node);
        call != nullptr && call->name == "negate" && call->arguments.size() == 1) {
      OWLET_TRY(const std::string text, LiteralText(call->arguments[0]));
      return "-" + text;
    }
  }
  return Fail(Reason::kInvalidArgument, "A constant is needed here");
}

Result<std::vector<std::string>> LiteralTexts(const plan::ExpressionPtr& expression) {
  std::vector<std::string> texts;
  const auto* call =
      expression == nullptr ? nullptr : std::get_if<plan::FunctionCall>(&expression->node);
  if (call == nullptr || call->name != "array") {
    OWLET_TRY(std::string text, LiteralText(expression));
    texts.push_back(std::move(text));
    return texts;
  }
  for (const auto& argument : call->arguments) {
    OWLET_TRY(std::string text, LiteralText(argument));
    texts.push_back(std::move(text));
  }
  return texts;
}

namespace {

/// A refusal as Athena tells it: of objects by their path, of the catalog by IAM's own sentence.
std::string PermissionText(const std::string& refusal) {
  constexpr std::string_view kObject = "on resource: \"arn:aws:s3:::";
  const std::size_t start = refusal.find(kObject);
  if (start == std::string::npos) {
    return "Insufficient permissions to execute the query. " + refusal;
  }
  const std::size_t path = start + kObject.size();
  return "PERMISSION_DENIED: Permission denied on S3 path: s3://" +
         refusal.substr(path, refusal.find('"', path) - path);
}

}  // namespace

QueryFailure ToFailure(const Error& error) {
  QueryFailure failure;
  if (error.reason == Reason::kAccessDenied) {
    failure.type = 1000;
    failure.message = PermissionText(error.message);
    return failure;
  }
  const bool hive = error.condition == "ParseException" || error.message.starts_with("FAILED:");
  if (!error.condition.empty() && !hive) failure.message = error.condition + ": ";
  if (hive && !error.message.starts_with("FAILED:")) failure.message = "FAILED: ParseException ";
  // Trino tells a place of what it finds in the text, not of what the data does.
  if (error.span && error.reason != Reason::kExecutionError &&
      !error.message.starts_with("line ") && !error.message.starts_with("FAILED:")) {
    failure.message += fmt::format("line {}:{}: ", error.span->line, error.span->column);
  }
  failure.message += error.message;
  switch (error.reason) {
    case Reason::kSyntaxError:
    case Reason::kAnalysisError:
      failure.type = 1006;  // syntax and names
      break;
    case Reason::kExecutionError:
    case Reason::kPythonError:
      failure.type = 1001;  // the data
      break;
    case Reason::kDatabaseNotFound:
    case Reason::kTableNotFound:
    case Reason::kPartitionNotFound:
    case Reason::kEntityExists:
    case Reason::kEntityInUse:
    case Reason::kVersionMismatch:
      failure.type = 1003;  // a DDL task
      break;
    case Reason::kBucketNotFound:
      failure.type = 1306;
      break;
    case Reason::kOutOfMemory:
    case Reason::kLimitExceeded:
    case Reason::kOverloaded:
      failure.type = 0;  // exhausted resources
      failure.category = 1;
      failure.retryable = true;
      break;
    case Reason::kStorageFull:
    case Reason::kReadOnly:
      failure.type = 401;  // the result cannot be written
      failure.category = 1;
      break;
    case Reason::kCorruption:
    case Reason::kUnavailable:
    case Reason::kInternal:
      failure.type = 200;
      failure.category = 1;
      failure.retryable = error.reason == Reason::kUnavailable;
      break;
    default:
      failure.type = 1000;
      break;
  }
  return failure;
}

std::vector<std::string> SplitLines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

}  // namespace owlet::jobs
