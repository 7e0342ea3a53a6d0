#include "protocol/common/rest_xml_service.h"

#include <fmt/format.h>

#include <array>

#include "protocol/common/http_request_view.h"
#include "protocol/common/s3_dispatch.h"

namespace owlet::protocol {
namespace {

/// The code of a header's value that is none of the allowed ones, where it is not InvalidArgument.
std::string_view CodeOfBadHeader(std::string_view message) {
  struct Row {
    std::string_view place;
    std::string_view code;
  };
  constexpr std::array kRows = {
      Row{"'storageClass'", "InvalidStorageClass"},
      Row{"'serverSideEncryption'", "InvalidEncryptionAlgorithmError"},
      Row{"'checksumAlgorithm'", "InvalidRequest"},
      Row{"'checksumType'", "InvalidRequest"},
      Row{"Member must not be null", "InvalidRequest"},
  };
  for (const Row& row : kRows) {
    if (message.find(row.place) != std::string_view::npos) return row.code;
  }
  return "InvalidArgument";
}

Error MalformedXml() {
  return {.reason = Reason::kMalformedRequest,
          .message =
              "The XML you provided was not well-formed or did not validate against our "
              "published schema",
          .condition = "MalformedXML"};
}

/// Takes the frames away from a body and counts on until its end.
class BodyDecoder {
 public:
  explicit BodyDecoder(const access::PayloadTerms& terms)
      : reader_(access::MakePayloadReader(terms)) {}
  Status Append(std::span<const std::byte> raw, const access::PayloadReader::Sink& sink) {
    return reader_->Append(raw, sink);
  }
  Status Finish() { return reader_->Finish(); }
  [[nodiscard]] const Trailers& trailers() const { return reader_->trailers(); }

 private:
  std::unique_ptr<access::PayloadReader> reader_;
};

}  // namespace

/// Collects a bounded body, then calls the handler.
class RestXmlService::CallHandler final : public net::RequestHandler {
 public:
  CallHandler(const RestXmlService& service, std::shared_ptr<const Incoming> incoming)
      : service_(service),
        incoming_(std::move(incoming)),
        decoder_(incoming_->authentication.payload) {}

  Status OnBody(std::span<const std::byte> chunk) override {
    return decoder_.Append(chunk, [this](std::span<const std::byte> bytes) -> Status {
      if (bytes.size() > service_.options_.body_limit - body_.size())
        return Fail(Reason::kRequestTooLarge, "Your request was too big.",
                    "MaxMessageLengthExceeded");
      body_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      return {};
    });
  }

  net::HttpResponse OnEnd() override {
    if (const Status status = decoder_.Finish(); !status) return OnError(status.error());
    const OperationSchema& operation = *service_.operations_.Find(incoming_->operation)->schema;
    const Status checked =
        CheckBodyChecksums(operation, *incoming_->context.http, decoder_.trailers(), body_);
    if (!checked) return OnError(checked.error());
    return service_.Call(*incoming_, body_);
  }

  net::HttpResponse OnError(const Error& error) override {
    return service_.ErrorReply(*incoming_->context.http, error);
  }

 private:
  const RestXmlService& service_;
  std::shared_ptr<const Incoming> incoming_;
  BodyDecoder decoder_;
  std::string body_;
};

/// Hands a body on to the handler's UploadBody.
class RestXmlService::UploadHandler final : public net::RequestHandler {
 public:
  UploadHandler(const RestXmlService& service, std::shared_ptr<const Incoming> incoming,
                const OperationSchema& operation, std::unique_ptr<AnyUpload> upload)
      : service_(service),
        incoming_(std::move(incoming)),
        operation_(operation),
        upload_(std::move(upload)),
        decoder_(incoming_->authentication.payload) {}

  Status OnBody(std::span<const std::byte> chunk) override {
    return decoder_.Append(
        chunk, [this](std::span<const std::byte> bytes) { return upload_->Append(bytes); });
  }

  net::HttpResponse OnEnd() override {
    if (const Status status = decoder_.Finish(); !status) return OnError(status.error());
    net::HttpResponse response;
    const Status status =
        upload_->Finish(decoder_.trailers(), [&](const void* object, ReplyParts parts) {
          response = service_.Reply(operation_, *incoming_, object, std::move(parts));
        });
    return status ? std::move(response) : OnError(status.error());
  }

  net::HttpResponse OnError(const Error& error) override {
    upload_.reset();
    return service_.ErrorReply(*incoming_->context.http, error);
  }

 private:
  const RestXmlService& service_;
  std::shared_ptr<const Incoming> incoming_;
  const OperationSchema& operation_;
  std::unique_ptr<AnyUpload> upload_;
  BodyDecoder decoder_;
};

RestXmlService::RestXmlService(const ServiceSchema& schema, Options options,
                               ServiceEnvironment environment)
    : schema_(schema), options_(std::move(options)), environment_(std::move(environment)) {}

net::Dispatch RestXmlService::OnRequest(std::shared_ptr<const net::HttpRequest> request) {
  auto incoming = Read(request);
  if (!incoming) {
    auto refusal = ErrorReply(*request, incoming.error());
    return refusal;
  }
  const auto shared = std::make_shared<const Incoming>(std::move(*incoming));
  auto dispatch = Open(shared);
  if (!dispatch) {
    auto refusal = ErrorReply(*request, dispatch.error());
    refusal.operation = std::string(schema_.name) + "." + shared->operation;
    return refusal;
  }
  return std::move(*dispatch);
}

Result<RestXmlService::Incoming> RestXmlService::Read(
    std::shared_ptr<const net::HttpRequest> request) const {
  OWLET_TRY(S3Address address, ParseS3Address(*request, options_.domain));
  auto query = net::ParseQuery(request->raw_query);
  if (!query)
    return Fail(Reason::kMalformedRequest, "Couldn't parse the specified URI.", "InvalidURI");
  const std::string operation(FindS3Operation(schema_, *request, address, *query));
  if (operation.empty())
    return Fail(Reason::kMethodNotAllowed,
                "The specified method is not allowed against this resource.", "MethodNotAllowed");
  // A preflight carries no signature, a form has its own inside.
  access::Authentication who;
  if (operation != kPreflight) {
    OWLET_TRY(who, environment_.authenticator->AuthenticateS3(ViewOf(*request)));
  }
  Incoming incoming;
  incoming.context = {.http = request,
                      .principal = who.principal,
                      .request_id = request->request_id,
                      .region = who.region.empty() ? environment_.default_region : who.region,
                      .now = environment_.clock->Now()};
  incoming.rest.http = request.get();
  if (!address.bucket.empty()) incoming.rest.labels.emplace_back("Bucket", address.bucket);
  if (!address.key.empty()) incoming.rest.labels.emplace_back("Key", address.key);
  incoming.rest.query = std::move(*query);
  incoming.address = std::move(address);
  incoming.authentication = std::move(who);
  incoming.operation = operation;
  return incoming;
}

Result<net::Dispatch> RestXmlService::Open(const std::shared_ptr<const Incoming>& incoming) const {
  if (options_.admit) {
    OWLET_CHECK_OK(options_.admit(*incoming->context.http, incoming->address));
  }
  if (const auto raw = raw_.find(incoming->operation); raw != raw_.end())
    return raw->second(*incoming);
  if (operations_.Find(incoming->operation) != nullptr)
    return std::make_unique<CallHandler>(*this, incoming);
  const auto upload = uploads_.find(incoming->operation);
  if (upload == uploads_.end()) {
    ServiceError error = NotImplementedError(schema_, incoming->operation);
    return Fail(Reason::kNotImplemented, std::move(error.message), std::move(error.code));
  }
  const OperationSchema& operation = *upload->second.schema;
  OWLET_TRY(std::unique_ptr<AnyUpload> body,
            upload->second.open(incoming->context, [&](void* request) {
              return Fill(operation, *incoming, {}, request);
            }));
  return std::make_unique<UploadHandler>(*this, incoming, operation, std::move(body));
}

Status RestXmlService::Fill(const OperationSchema& operation, const Incoming& incoming,
                            std::string_view body, void* object) const {
  RestValidation validation;
  OWLET_CHECK_OK(ReadRest(operation, incoming.rest, body, BodyFormat::kXml, options_.max_depth,
                          validation, object));
  if (!validation.outside.ok()) {
    std::string message = validation.outside.Message();
    const std::string_view code = CodeOfBadHeader(message);
    return Fail(Reason::kInvalidArgument, std::move(message), std::string(code));
  }
  if (!validation.body.ok()) return Fail(MalformedXml());
  return {};
}

net::HttpResponse RestXmlService::Call(const Incoming& incoming, std::string_view body) const {
  const OperationSet::Entry& entry = *operations_.Find(incoming.operation);
  net::HttpResponse response;
  const Status status = entry.call(
      incoming.context, [&](void* request) { return Fill(*entry.schema, incoming, body, request); },
      [&](const void* object, ReplyParts parts) {
        response = Reply(*entry.schema, incoming, object, std::move(parts));
      });
  if (status) return response;
  response = ErrorReply(*incoming.context.http, status.error());
  response.operation = std::string(schema_.name) + "." + incoming.operation;
  return response;
}

net::HttpResponse RestXmlService::Reply(const OperationSchema& operation, const Incoming& incoming,
                                        const void* object, ReplyParts parts) const {
  auto response =
      WriteRest(operation, object, std::move(parts), BodyFormat::kXml, schema_.xml_namespace);
  AddS3RequestIds(incoming.context.request_id, response);
  if (options_.decorate) options_.decorate(*incoming.context.http, response);
  response.operation = std::string(schema_.name) + "." + incoming.operation;
  return response;
}

net::HttpResponse RestXmlService::ErrorReply(const net::HttpRequest& request,
                                             const Error& error) const {
  net::HttpResponse response = S3ErrorResponse(options_.map_error(error), request);
  if (options_.decorate) options_.decorate(request, response);
  return response;
}

net::HttpResponse RestXmlService::OnFailure(const net::HttpRequest& request, const Error& error) {
  return ErrorReply(request, error);
}

}  // namespace owlet::protocol
