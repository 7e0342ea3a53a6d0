#include "protocol/common/service_error.h"

#include <fmt/format.h>

#include "protocol/common/json_writer.h"

namespace owlet::protocol {
namespace {

struct AccessWords {
  int status;
  std::string_view code;
  std::string_view message;  // empty: the error's own
};

std::optional<AccessWords> JsonAccessWords(Reason reason) {
  switch (reason) {
    case Reason::kMissingCredentials:
      return AccessWords{400, "MissingAuthenticationTokenException",
                         "Missing Authentication Token"};
    case Reason::kUnknownAccessKey:
      return AccessWords{400, "UnrecognizedClientException",
                         "The security token included in the request is invalid."};
    case Reason::kSignatureMismatch:
    case Reason::kDigestMismatch:
      return AccessWords{
          400, "InvalidSignatureException",
          "The request signature we calculated does not match the signature you provided. Check "
          "your AWS Secret Access Key and signing method. Consult the service documentation for "
          "details."};
    case Reason::kRequestExpired:
    case Reason::kClockSkew:
      return AccessWords{400, "InvalidSignatureException", {}};
    case Reason::kExpiredToken:
      return AccessWords{400, "ExpiredTokenException",
                         "The security token included in the request is expired"};
    case Reason::kAccessDenied:
      return AccessWords{400, "AccessDeniedException", {}};
    default:
      return std::nullopt;
  }
}

std::optional<AccessWords> QueryAccessWords(Reason reason) {
  switch (reason) {
    case Reason::kMissingCredentials:
      return AccessWords{403, "MissingAuthenticationToken",
                         "Request is missing Authentication Token"};
    case Reason::kUnknownAccessKey:
      return AccessWords{403, "InvalidClientTokenId",
                         "The security token included in the request is invalid."};
    case Reason::kSignatureMismatch:
    case Reason::kDigestMismatch:
      return AccessWords{
          403, "SignatureDoesNotMatch",
          "The request signature we calculated does not match the signature you provided. Check "
          "your AWS Secret Access Key and signing method. Consult the service documentation for "
          "details."};
    case Reason::kRequestExpired:
    case Reason::kClockSkew:
      return AccessWords{403, "SignatureDoesNotMatch", {}};
    case Reason::kExpiredToken:
      return AccessWords{403, "ExpiredToken",
                         "The security token included in the request is expired"};
    case Reason::kAccessDenied:
      return AccessWords{403, "AccessDenied", {}};
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<ServiceError> AccessError(ErrorDialect dialect, const Error& error) {
  const auto words = dialect == ErrorDialect::kJson ? JsonAccessWords(error.reason)
                                                    : QueryAccessWords(error.reason);
  if (!words) return std::nullopt;
  return ServiceError{
      .status = words->status,
      .code = std::string(words->code),
      .message = words->message.empty() ? error.message : std::string(words->message)};
}

ServiceError ServerFailure(const Error& error) {
  switch (error.reason) {
    case Reason::kOverloaded:
    case Reason::kUnavailable:
      return {.status = 503, .code = "ServiceUnavailable", .message = error.message};
    case Reason::kRequestTooLarge:
      return {.status = 413, .code = "RequestEntityTooLarge", .message = error.message};
    case Reason::kMalformedRequest:
      return {.status = 400, .code = "SerializationException", .message = error.message};
    default:
      // What broke inside is for the log, not for the client.
      return {.status = 500,
              .code = "InternalFailure",
              .message = "The request processing has failed because of an unknown error."};
  }
}

ServiceError NotImplementedError(const ServiceSchema& service, std::string_view operation) {
  return {
      .status = 501,
      .code = "NotImplemented",
      .message = fmt::format("owlet does not implement {} of {}", operation, service.full_name)};
}

net::HttpResponse JsonErrorResponse(const ServiceError& error, std::string_view content_type,
                                    std::string_view message_key, std::string_view request_id) {
  std::string body = R"({"__type":)";
  AppendJsonString(error.code, body);
  for (const auto& [name, value] : error.fields) {
    body += ',';
    AppendJsonString(name, body);
    body += ':';
    AppendJsonString(value, body);
  }
  body += ',';
  AppendJsonString(message_key, body);
  body += ':';
  AppendJsonString(error.message, body);
  body += '}';
  auto response = net::HttpResponse::Text(error.status, std::string(content_type), std::move(body));
  response.headers.Set("x-amzn-RequestId", std::string(request_id));
  response.headers.Set("x-amzn-ErrorType", error.code);
  return response;
}

}  // namespace owlet::protocol
