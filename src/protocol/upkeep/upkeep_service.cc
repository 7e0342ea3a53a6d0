#include "protocol/upkeep/upkeep_service.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/access/authenticator.h"
#include "protocol/common/http_request_view.h"
#include "protocol/common/service_error.h"

namespace owlet::upkeep {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t kBodyLimit = 64 << 10;

net::HttpResponse Refuse(const net::HttpRequest& request, protocol::ServiceError error) {
  return protocol::JsonErrorResponse(error, protocol::kJsonContentType, "message",
                                     request.request_id);
}

protocol::ServiceError DescribeError(const Error& error) {
  if (error.reason == Reason::kNotImplemented) {
    return {.status = 501, .code = "NotImplemented", .message = error.message};
  }
  if (error.reason == Reason::kInvalidArgument || error.reason == Reason::kMalformedRequest) {
    return {.status = 400, .code = "ValidationException", .message = error.message};
  }
  return {.status = 500, .code = "InternalServerException", .message = error.message};
}

}  // namespace

const protocol::ServiceSchema UpkeepService::kSchema = {
    .name = "upkeep",
    .full_name = "owlet's upkeep",
    .signing_name = "owlet",
    .protocol = "json",
    .target_prefix = "OwletUpkeep",
    .api_version = "2026-11-22",
    .xml_namespace = {},
    .operations = {},
    .errors = {},
    .shapes = {},
};

net::Dispatch UpkeepService::OnRequest(std::shared_ptr<const net::HttpRequest> request) {
  return net::CollectBody(
      kBodyLimit, [this, request](const std::string& body) { return Answer(*request, body); },
      [request](const Error& error) { return Refuse(*request, DescribeError(error)); });
}

net::HttpResponse UpkeepService::Answer(const net::HttpRequest& request,
                                        const std::string& body) const {
  const std::string_view target = request.headers.Get("X-Amz-Target");
  const std::string_view operation = target.substr(target.find('.') + 1);
  const auto who = environment_.authenticator->Authenticate(protocol::ViewOf(request),
                                                            kSchema.signing_name, body);
  if (!who || !who->principal.IsRoot()) {
    return Refuse(request, {.status = 403,
                            .code = "AccessDeniedException",
                            .message = who ? "only the root user looks after the data folder"
                                           : who.error().message});
  }
  const auto report = Act(operation, body);
  net::HttpResponse response;
  if (report) {
    const Json json = {
        {"Extents", report->extents}, {"Bytes", report->bytes}, {"Damaged", report->damaged}};
    response = net::HttpResponse::Text(
        200, std::string(protocol::kJsonContentType),
        json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  } else {
    response = Refuse(request, DescribeError(report.error()));
  }
  response.operation = fmt::format("upkeep.{}", operation);
  return response;
}

Result<store::ScrubReport> UpkeepService::Act(std::string_view operation,
                                              const std::string& body) const {
  const Json input = Json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!input.is_object()) return Fail(Reason::kMalformedRequest, "the body is no JSON object");
  if (operation == "Scrub") return store_.Scrub({}, stop_.get_token());
  if (operation != "Backup") {
    return Fail(Reason::kNotImplemented, fmt::format("there is no upkeep named {}", operation));
  }
  const auto folder = input.find("Folder");
  if (folder == input.end() || !folder->is_string()) {
    return Fail(Reason::kInvalidArgument, "Folder must be given");
  }
  const std::filesystem::path path = folder->get<std::string>();
  if (!path.is_absolute()) return Fail(Reason::kInvalidArgument, "Folder must be an absolute path");
  return store_.Backup(path, stop_.get_token());
}

}  // namespace owlet::upkeep
