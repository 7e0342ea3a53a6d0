#include "protocol/spark_connect/error_map.h"

#include <fmt/format.h>
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <grpcpp/support/status.h>
#include <spark/connect/base.pb.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "protocol/spark_connect/error_conditions.h"

namespace owlet::spark_connect {

namespace {

constexpr std::string_view kParseException = "org.apache.spark.sql.catalyst.parser.ParseException";
constexpr std::string_view kAnalysisException = "org.apache.spark.sql.AnalysisException";
constexpr std::string_view kRuntimeException = "org.apache.spark.SparkRuntimeException";
constexpr std::string_view kSparkException = "org.apache.spark.SparkException";

using Classes = std::vector<std::string>;

Classes List(std::initializer_list<std::string_view> names) {
  return Classes(names.begin(), names.end());
}

/// The classes of errors that the data raises, by condition; the client turns each into its own
/// exception class (ArithmeticException, NumberFormatException ...).
Classes ExecutionClasses(const Error& error) {
  const std::string_view condition = error.condition;
  const auto is = [&](std::initializer_list<std::string_view> names) {
    return std::ranges::find(names, condition) != names.end();
  };
  if (is({"DIVIDE_BY_ZERO", "ARITHMETIC_OVERFLOW", "BINARY_ARITHMETIC_OVERFLOW", "CAST_OVERFLOW",
          "NUMERIC_VALUE_OUT_OF_RANGE", "REMAINDER_BY_ZERO", "INTERVAL_DIVIDED_BY_ZERO"}) ||
      condition.starts_with("NUMERIC_VALUE_OUT_OF_RANGE") ||
      condition.starts_with("INTERVAL_ARITHMETIC_OVERFLOW")) {
    return List({"org.apache.spark.SparkArithmeticException", "java.lang.ArithmeticException"});
  }
  if (is({"CAST_INVALID_INPUT"})) {
    const std::string_view target = error.Parameter("targetType");
    if (target.starts_with("\"DATE") || target.starts_with("\"TIME")) {
      return List({"org.apache.spark.SparkDateTimeException", "java.time.DateTimeException"});
    }
    return List({"org.apache.spark.SparkNumberFormatException", "java.lang.NumberFormatException",
                 "java.lang.IllegalArgumentException"});
  }
  if (is({"CANNOT_PARSE_TIMESTAMP", "DATETIME_FIELD_OUT_OF_BOUNDS", "INVALID_TIMEZONE"}) ||
      condition.starts_with("DATETIME_FIELD")) {
    return List({"org.apache.spark.SparkDateTimeException", "java.time.DateTimeException"});
  }
  if (condition.starts_with("FAILED_READ_FILE")) return List({kSparkException});
  if (condition.starts_with("INVALID_ARRAY_INDEX")) {
    return List({"org.apache.spark.SparkArrayIndexOutOfBoundsException",
                 "java.lang.ArrayIndexOutOfBoundsException"});
  }
  if (is({"INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER",
          "INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_WEEK_BASED_PATTERN"})) {
    return List(
        {"org.apache.spark.SparkIllegalArgumentException", "java.lang.IllegalArgumentException"});
  }
  if (condition.starts_with("INCONSISTENT_BEHAVIOR_CROSS_VERSION")) {
    return List({"org.apache.spark.SparkUpgradeException"});
  }
  if (condition.starts_with("INVALID_PARAMETER_VALUE")) {
    return List({kRuntimeException, "org.apache.spark.SparkIllegalArgumentException",
                 "java.lang.IllegalArgumentException"});
  }
  return List({kRuntimeException, "java.lang.RuntimeException"});
}

Classes ClassesOf(const Error& error) {
  if (error.condition == "DATA_SOURCE_NOT_FOUND") {
    return List(
        {"org.apache.spark.SparkClassNotFoundException", "java.lang.ClassNotFoundException"});
  }
  switch (error.reason) {
    case Reason::kSyntaxError:
      return List({kParseException, kAnalysisException});
    case Reason::kAnalysisError:
    case Reason::kTableNotFound:
    case Reason::kDatabaseNotFound:
    case Reason::kPartitionNotFound:
    case Reason::kEntityExists:
    case Reason::kBucketNotFound:
    case Reason::kObjectNotFound:
    case Reason::kInvalidBucketName:
    case Reason::kEntityInUse:
    case Reason::kBucketNotEmpty:
      return List({kAnalysisException});
    case Reason::kExecutionError:
      return ExecutionClasses(error);
    case Reason::kAccessDenied:
      return List({"java.nio.file.AccessDeniedException", "java.nio.file.FileSystemException",
                   "java.io.IOException"});
    case Reason::kPythonError:
      return List({"org.apache.spark.api.python.PythonException"});
    case Reason::kEntityNotFound:
      return List(
          {"org.apache.spark.SparkNoSuchElementException", "java.util.NoSuchElementException"});
    case Reason::kInvalidArgument:
      return List(
          {"org.apache.spark.SparkIllegalArgumentException", "java.lang.IllegalArgumentException"});
    case Reason::kNotImplemented:
    case Reason::kMethodNotAllowed:
      return List({"org.apache.spark.SparkUnsupportedOperationException",
                   "java.lang.UnsupportedOperationException"});
    case Reason::kMalformedRequest:
      return List({"org.apache.spark.sql.connect.common.InvalidPlanInput"});
    case Reason::kRequestTooLarge:
    case Reason::kMissingCredentials:
    case Reason::kUnknownAccessKey:
    case Reason::kSignatureMismatch:
    case Reason::kRequestExpired:
    case Reason::kClockSkew:
    case Reason::kExpiredToken:
    case Reason::kBucketAlreadyExists:
    case Reason::kUploadNotFound:
    case Reason::kPartNotFound:
    case Reason::kPartOrder:
    case Reason::kPartTooSmall:
    case Reason::kDigestMismatch:
    case Reason::kChecksumMismatch:
    case Reason::kIncompleteBody:
    case Reason::kRangeNotSatisfiable:
    case Reason::kPreconditionFailed:
    case Reason::kNotModified:
    case Reason::kKeyTooLong:
    case Reason::kVersionMismatch:
    case Reason::kLimitExceeded:
    case Reason::kCancelled:
    case Reason::kTimeout:
    case Reason::kOverloaded:
    case Reason::kStorageFull:
    case Reason::kReadOnly:
    case Reason::kCorruption:
    case Reason::kUnavailable:
    case Reason::kInternal:
      return List({kSparkException});
    case Reason::kOutOfMemory:
      return List({"org.apache.spark.memory.SparkOutOfMemoryError", kSparkException});
  }
  return List({kSparkException});
}

/// Where in the statement an error stands, as Spark draws it: the lines of the fragment, at most
/// kContext characters before and behind it, and carets under it.
std::string ContextSummary(const SourceSpan& span, std::string_view statement) {
  constexpr std::size_t kContext = 32;
  const std::size_t stop = std::min<std::size_t>(span.stop, statement.size());
  std::size_t first = span.start;
  while (first > 0 && statement[first - 1] != '\n' && span.start - first < kContext) --first;
  std::size_t last = stop;
  while (last < statement.size() && statement[last] != '\n' && last - stop < kContext) ++last;
  const bool cut_start = first > 0 && statement[first - 1] != '\n';
  const bool cut_stop = last < statement.size() && statement[last] != '\n';

  std::string text = fmt::format("== SQL (line {}, position {}) ==\n", span.line, span.column);
  std::string line = cut_start ? "..." : "";
  std::string carets(line.size(), ' ');
  for (std::size_t at = first; at <= last; ++at) {
    if (at < last && statement[at] != '\n') {
      line += statement[at];
      carets += at >= span.start && at < stop ? '^' : ' ';
      continue;
    }
    if (at == last && cut_stop) {
      line += "...";
      carets += "   ";
    }
    while (carets.ends_with(' ')) carets.pop_back();
    text += fmt::format("{}\n{}\n", line, carets);
    line.clear();
    carets.clear();
  }
  return text;
}

/// A refusal as Hadoop's S3 connector tells it: the path, then what S3 said. What is no object is
/// the catalog's, whose client says the same of Glue.
std::string RefusalText(const std::string& refusal) {
  constexpr std::string_view kObject = "on resource: \"arn:aws:s3:::";
  const std::size_t start = refusal.find(kObject);
  if (start == std::string::npos) {
    return refusal + " (Service: Glue, Status Code: 400, Error Code: AccessDeniedException)";
  }
  const std::size_t path = start + kObject.size();
  return fmt::format(
      "s3://{}: software.amazon.awssdk.services.s3.model.S3Exception: {} (Service: S3, Status "
      "Code: 403):AccessDenied",
      refusal.substr(path, refusal.find('"', path) - path), refusal);
}

}  // namespace

SparkError ToSparkError(const Error& error, std::string_view statement) {
  SparkError out;
  out.classes = ClassesOf(error);
  if (error.reason == Reason::kAccessDenied) {
    out.message = RefusalText(error.message);
    return out;
  }
  out.message = error.message;
  out.condition = error.condition;
  if (out.condition.empty() && error.reason == Reason::kNotImplemented) {
    out.condition = "UNSUPPORTED_FEATURE";
  }
  out.parameters = error.parameters;
  if (const ErrorCondition* condition = FindErrorCondition(out.condition)) {
    out.sql_state = condition->sql_state;
    // A condition without parameters that has some in its template was worded by hand: keep that.
    const bool worded = error.parameters.empty() && (condition->message.contains('<') ||
                                                     error.reason == Reason::kNotImplemented);
    if (!worded) out.message = FormatErrorCondition(*condition, error.parameters);
    if (worded && !out.message.starts_with("[")) {
      out.message =
          fmt::format("[{}] {} SQLSTATE: {}", out.condition, error.message, out.sql_state);
    }
  }
  if (!error.span || statement.empty() || error.span->start >= statement.size()) return out;
  if (error.reason == Reason::kSyntaxError) {
    out.message = fmt::format("\n{} (line {}, pos {})\n\n== SQL ==\n{}\n{}^^^\n", out.message,
                              error.span->line, error.span->column - 1, statement,
                              std::string(error.span->column - 1, '-'));
    return out;
  }
  const std::size_t stop = std::min<std::size_t>(error.span->stop, statement.size());
  out.start_index = static_cast<int>(error.span->start);
  out.stop_index = static_cast<int>(stop) - 1;
  out.fragment = statement.substr(error.span->start, stop - error.span->start);
  out.summary = ContextSummary(*error.span, statement);
  out.message += error.reason == Reason::kExecutionError
                     ? "\n" + out.summary
                     : fmt::format("; line {} pos {}", error.span->line, error.span->column - 1);
  return out;
}

::grpc::Status ToStatus(const Error& error, const SparkError& spark, const std::string& error_id) {
  ::grpc::StatusCode code = ::grpc::StatusCode::INTERNAL;
  if (error.reason == Reason::kUnavailable) code = ::grpc::StatusCode::UNAVAILABLE;
  google::rpc::ErrorInfo info;
  info.set_reason(spark.classes.front());
  info.set_domain("org.apache.spark");
  auto& metadata = *info.mutable_metadata();
  metadata["classes"] = nlohmann::json(spark.classes).dump();
  metadata["errorId"] = error_id;
  if (!spark.condition.empty()) {
    metadata["errorClass"] = spark.condition;
    metadata["sqlState"] = spark.sql_state;
    nlohmann::json parameters = nlohmann::json::object();
    for (const auto& [name, value] : spark.parameters) parameters[name] = value;
    // Headers are small: the full set travels with FetchErrorDetails.
    std::string text = parameters.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    if (text.size() <= 1024) metadata["messageParameters"] = std::move(text);
  }
  google::rpc::Status status;
  status.set_code(static_cast<int>(code));
  constexpr std::size_t kMessageInTrailer = 2048;
  status.set_message(spark.message.substr(0, kMessageInTrailer));
  status.add_details()->PackFrom(info);
  return {code, status.message(), status.SerializeAsString()};
}

void FillErrorDetails(const SparkError& error, ::spark::connect::FetchErrorDetailsResponse* out) {
  out->set_root_error_idx(0);
  auto* root = out->add_errors();
  for (const std::string& name : error.classes) root->add_error_type_hierarchy(name);
  root->set_message(error.message);
  if (error.condition.empty()) return;
  auto* throwable = root->mutable_spark_throwable();
  throwable->set_error_class(error.condition);
  if (!error.sql_state.empty()) throwable->set_sql_state(error.sql_state);
  for (const auto& [name, value] : error.parameters) {
    (*throwable->mutable_message_parameters())[name] = value;
  }
  if (error.start_index >= 0) {
    auto* context = throwable->add_query_contexts();
    context->set_context_type(
        ::spark::connect::FetchErrorDetailsResponse_QueryContext_ContextType_SQL);
    context->set_start_index(error.start_index);
    context->set_stop_index(error.stop_index);
    context->set_fragment(error.fragment);
    context->set_summary(error.summary);
  }
}

}  // namespace owlet::spark_connect
