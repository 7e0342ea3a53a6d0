// Shows the wire code to a test in another language: reads one JSON object a line, answers one.
//   {"service", "operation", "request": {"method", "path", "query", "headers", "body"}}
//     -> {"operation": as dispatched, "value": the struct, "violations": sentence} or {"error":
//     code}
//   {"service", "operation", "reply": the struct}
//     -> {"status", "headers", "body"}
// A struct is an object by the model's member names; bytes are base64, times are seconds.

#include <aws/athena/operations.h>
#include <aws/emr/operations.h>
#include <aws/emr_serverless/operations.h>
#include <aws/glue/operations.h>
#include <aws/iam/operations.h>
#include <aws/s3/operations.h>
#include <aws/sts/operations.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "base/encoding.h"
#include "protocol/common/form_reader.h"
#include "protocol/common/json_reader.h"
#include "protocol/common/json_writer.h"
#include "protocol/common/query_service.h"
#include "protocol/common/rest_binding.h"
#include "protocol/common/s3_dispatch.h"
#include "protocol/common/scalar_text.h"

namespace owlet::protocol {
namespace {

using nlohmann::json;

constexpr std::size_t kDepth = 100;

json Show(const Shape& shape, const void* value);

json ShowStructure(const Shape& shape, const void* object) {
  json shown = json::object();
  for (const Member& member : shape.members) {
    if (const void* value = Get(member, object))
      shown[std::string(member.name)] = Show(*member.shape, value);
  }
  return shown;
}

json Show(const Shape& shape, const void* value) {
  switch (shape.kind) {
    case Kind::kStructure:
      return ShowStructure(shape, value);
    case Kind::kList: {
      json list = json::array();
      for (std::size_t i = 0; i < shape.list->size(value); ++i)
        list.push_back(Show(*shape.element, shape.list->at(value, i)));
      return list;
    }
    case Kind::kMap: {
      std::pair<const Shape*, json> state{shape.element, json::object()};
      shape.map->each(
          value,
          [](void* opaque, const std::string& key, const void* element) {
            auto& to = *static_cast<std::pair<const Shape*, json>*>(opaque);
            to.second[key] = Show(*to.first, element);
          },
          &state);
      return state.second;
    }
    case Kind::kInteger:
      return *static_cast<const std::int32_t*>(value);
    case Kind::kLong:
      return *static_cast<const std::int64_t*>(value);
    case Kind::kFloat:
    case Kind::kDouble:
      return *static_cast<const double*>(value);
    case Kind::kBoolean:
      return *static_cast<const bool*>(value);
    case Kind::kBlob:
      return EncodeBase64(*static_cast<const std::string*>(value));
    case Kind::kTimestamp:
      return static_cast<double>(static_cast<const Timestamp*>(value)->time_since_epoch().count()) /
             1e6;
    case Kind::kDocument:
      return json::parse(static_cast<const Document*>(value)->json);
    case Kind::kString:
      return *static_cast<const std::string*>(value);
  }
  return nullptr;
}

void Fill(const Shape& shape, const json& from, void* value) {
  switch (shape.kind) {
    case Kind::kStructure:
      for (const Member& member : shape.members) {
        if (const auto found = from.find(std::string(member.name)); found != from.end())
          Fill(*member.shape, *found, Emplace(member, value));
      }
      return;
    case Kind::kList:
      for (const json& item : from) Fill(*shape.element, item, shape.list->append(value));
      return;
    case Kind::kMap:
      for (const auto& [key, item] : from.items())
        Fill(*shape.element, item, shape.map->emplace(value, key));
      return;
    case Kind::kDocument:
      static_cast<Document*>(value)->json = from.dump();
      return;
    case Kind::kTimestamp:
      *static_cast<Timestamp*>(value) = TimestampFromSeconds(from.get<double>());
      return;
    default:
      if (!ReadScalarText(shape, from.is_string() ? from.get<std::string>() : from.dump(), value))
        throw std::runtime_error("no value of " + std::string(shape.name));
  }
}

const ServiceSchema& ServiceOf(const std::string& name) {
  for (const ServiceSchema* service :
       {&aws::athena::kService, &aws::emr::kService, &aws::emr_serverless::kService,
        &aws::glue::kService, &aws::iam::kService, &aws::s3::kService, &aws::sts::kService}) {
    if (service->name == name) return *service;
  }
  throw std::runtime_error("no service " + name);
}

net::HttpRequest RequestOf(const json& from) {
  net::HttpRequest request;
  request.method = from.at("method");
  request.raw_path = from.at("path");
  request.raw_query = from.at("query");
  request.request_id = "probe";
  for (const auto& [name, value] : from.at("headers").items())
    request.headers.Add(name, value.get<std::string>());
  return request;
}

json ReadRequest(const ServiceSchema& service, const OperationSchema& operation, const json& from) {
  const net::HttpRequest http = RequestOf(from);
  const std::string body = *DecodeBase64(from.at("body").get<std::string>());
  json answer = {{"operation", operation.name}};
  if (operation.input == nullptr) return answer;
  const auto object = operation.make_input();
  RestValidation validation;
  Status status;
  if (service.protocol == "json") {
    status = ReadJson(*operation.input, body, kDepth, validation.body, object.get());
  } else if (service.protocol == "query") {
    const auto form = net::ParseQuery(body);
    if (!form) return {{"error", "MalformedQueryString"}};
    status = ReadForm(*operation.input, *form, validation.body, object.get());
  } else if (service.protocol == "rest-json") {
    RestRequest rest = {.http = &http, .query = *net::ParseQuery(http.raw_query)};
    const OperationName* found = FindByUri(service, http.method, http.raw_path, rest.labels);
    answer["operation"] = found == nullptr ? "" : found->name;
    status = ReadRest(operation, rest, body, BodyFormat::kJson, kDepth, validation, object.get());
  } else {
    const auto address = ParseS3Address(http, "");
    RestRequest rest = {.http = &http, .query = *net::ParseQuery(http.raw_query)};
    rest.labels = {{"Bucket", address->bucket}, {"Key", address->key}};
    answer["operation"] = FindS3Operation(service, http, *address, rest.query);
    status = ReadRest(operation, rest, body, BodyFormat::kXml, kDepth, validation, object.get());
  }
  if (!status) return {{"error", status.error().condition}, {"message", status.error().message}};
  answer["value"] = ShowStructure(*operation.input, object.get());
  if (!validation.outside.ok()) answer["violations"] = validation.outside.Message();
  if (!validation.body.ok()) answer["violations"] = validation.body.Message();
  return answer;
}

json WriteReply(const ServiceSchema& service, const OperationSchema& operation, const json& from) {
  const auto object = operation.make_output();
  if (operation.output != nullptr) Fill(*operation.output, from, object.get());
  net::HttpResponse response;
  if (service.protocol == "json") {
    std::string body;
    if (operation.output != nullptr) WriteJson(*operation.output, object.get(), body);
    response = net::HttpResponse::Text(200, "application/x-amz-json-1.1", body);
  } else if (service.protocol == "query") {
    OperationSet operations;
    operations.Add(operation, [&](const RequestContext&, const auto&, const auto& take) -> Status {
      take(object.get(), {});
      return {};
    });
    net::QueryParameters parameters;
    parameters.Add("Action", std::string(operation.name));
    response = AnswerQuery(service, {}, operations, {.request_id = "probe"}, parameters);
  } else {
    const BodyFormat format =
        service.protocol == "rest-json" ? BodyFormat::kJson : BodyFormat::kXml;
    response = WriteRest(operation, object.get(), {}, format, service.xml_namespace);
  }
  std::string body;
  for (const auto& piece : response.body) body += std::get<std::string>(piece);
  json headers = json::object();
  for (const auto& [name, value] : response.headers.fields()) headers[name] = value;
  return {{"status", response.status}, {"headers", headers}, {"body", EncodeBase64(body)}};
}

json Respond(const json& from) {
  const ServiceSchema& service = ServiceOf(from.at("service"));
  const OperationName* name = service.Find(from.at("operation").get<std::string>());
  if (name == nullptr || name->typed == nullptr) return {{"error", "no typed operation"}};
  if (from.contains("reply")) return WriteReply(service, *name->typed, from["reply"]);
  return ReadRequest(service, *name->typed, from.at("request"));
}

}  // namespace
}  // namespace owlet::protocol

int main() {
  std::string line;
  while (std::getline(std::cin, line))
    std::cout << owlet::protocol::Respond(nlohmann::json::parse(line))
                     .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)
              << std::endl;
}
