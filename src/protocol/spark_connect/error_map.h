#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace spark::connect {
class FetchErrorDetailsResponse;
}
namespace grpc {
class Status;
}

namespace owlet::spark_connect {

/// An error as Spark's client wants it: the Java classes it knows (most specific first), the full
/// message, the condition with its parameters and SQLSTATE.
struct SparkError {
  std::vector<std::string> classes;
  std::string message;
  std::string condition;
  std::string sql_state;
  std::vector<std::pair<std::string, std::string>> parameters;
  /// The fragment of the statement the error stands in, for SQL text, with its byte offsets, and
  /// Spark's drawing of it.
  std::string fragment;
  std::string summary;
  int start_index = -1;
  int stop_index = -1;
};

/// `statement` is the SQL text that the error's span points into, or "".
[[nodiscard]] SparkError ToSparkError(const Error& error, std::string_view statement);

/// INTERNAL with google.rpc.Status and ErrorInfo in the trailer, as Spark's server sends it; a
/// cancelled operation is CANCELLED, a refused one RESOURCE_EXHAUSTED.
[[nodiscard]] ::grpc::Status ToStatus(const Error& error, const SparkError& spark,
                                      const std::string& error_id);

/// The answer of FetchErrorDetails.
void FillErrorDetails(const SparkError& error, ::spark::connect::FetchErrorDetailsResponse* out);

}  // namespace owlet::spark_connect
