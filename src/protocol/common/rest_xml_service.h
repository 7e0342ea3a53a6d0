#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "net/http.h"
#include "protocol/common/operation.h"
#include "protocol/common/rest_binding.h"
#include "protocol/common/s3_address.h"
#include "protocol/common/service_environment.h"
#include "protocol/common/service_error.h"

namespace owlet::protocol {

/// Names in lower case and values of the headers after a body ("x-amz-checksum-crc32").
using Trailers = std::vector<std::pair<std::string, std::string>>;

/// Takes the body of one upload (PutObject, UploadPart) while it arrives: the object's own bytes,
/// without the frames of aws-chunked. Append is called in order, never concurrently. What came is
/// not to be shown before Finish, which is called only when the body's signature and length are
/// right; destroyed without it when they are not or the client went away.
template <class Reply>
class UploadBody {
 public:
  virtual ~UploadBody() = default;
  [[nodiscard]] virtual Status Append(std::span<const std::byte> bytes) = 0;
  [[nodiscard]] virtual Result<Answer<Reply>> Finish(const Trailers& trailers) = 0;
};

/// S3: reads path, query and headers, finds the operation (s3_dispatch.h), checks signature, input
/// and body, calls the handler, writes the reply. Operations of the model without a handler answer
/// NotImplemented with their name. Thread-safe once all handlers are registered.
///
/// Three kinds of handlers, one for each operation:
///   On<Op>        Result<Reply>(context, request), as in json_service.h. A handler of GetObject or
///                 HeadObject returns Result<Answer<Reply>>, with status, further headers and body.
///   OnUpload<Op>  Result<std::unique_ptr<UploadBody<Reply>>>(context, request), called when the
///                 header is complete: an error refuses the request with its body unread.
///   OnRaw         a net::Dispatch for what the model does not have (kPostObject, kPreflight).
class RestXmlService final : public net::HttpService {
 public:
  struct Options {
    /// For all errors, those of this class too: their conditions are S3's codes.
    ErrorMap map_error;
    /// The host name of virtual-host style, beside localhost and amazonaws.com.
    std::string domain = {};
    /// Of XML bodies; S3's largest is CompleteMultipartUpload with 10,000 parts.
    std::uint64_t body_limit = std::uint64_t{8} << 20;
    std::size_t max_depth = 100;
    /// Adds to every reply, errors too: the headers of CORS.
    std::function<void(const net::HttpRequest&, net::HttpResponse&)> decorate = {};
    /// Refuses a request once it is read, before its handler: the expected owner of a bucket.
    std::function<Status(const net::HttpRequest&, const S3Address&)> admit = {};
  };

  /// A request up to its body.
  struct Incoming {
    RequestContext context;
    S3Address address;
    RestRequest rest;
    access::Authentication authentication;
    std::string operation;
  };

  using RawHandler = std::function<net::Dispatch(const Incoming& incoming)>;

  /// `schema` and what `environment` points to must outlive it.
  RestXmlService(const ServiceSchema& schema, Options options, ServiceEnvironment environment);

  template <class Operation, class Handler>
  void On(Handler handler) {
    operations_.On<Operation>(std::move(handler));
  }

  template <class Operation, class Handler>
  void OnUpload(Handler handler) {
    using Reply = typename Operation::Reply;
    uploads_[Operation::kSchema.name] = {
        .schema = &Operation::kSchema,
        .open = [handler = std::move(handler)](const RequestContext& context,
                                               const std::function<Status(void*)>& fill)
            -> Result<std::unique_ptr<AnyUpload>> {
          typename Operation::Request request{};
          OWLET_CHECK_OK(fill(&request));
          OWLET_TRY(std::unique_ptr<UploadBody<Reply>> body, handler(context, std::move(request)));
          return std::make_unique<TypedUpload<Reply>>(std::move(body));
        }};
  }

  void OnRaw(std::string_view operation, RawHandler handler) {
    raw_[operation] = std::move(handler);
  }

  [[nodiscard]] net::Dispatch OnRequest(std::shared_ptr<const net::HttpRequest> request) override;
  [[nodiscard]] net::HttpResponse OnFailure(const net::HttpRequest& request,
                                            const Error& error) override;

  /// The reply to an error, for handlers of OnRaw.
  [[nodiscard]] net::HttpResponse ErrorReply(const net::HttpRequest& request,
                                             const Error& error) const;

  /// An upload without its reply's type.
  class AnyUpload {
   public:
    virtual ~AnyUpload() = default;
    [[nodiscard]] virtual Status Append(std::span<const std::byte> bytes) = 0;
    [[nodiscard]] virtual Status Finish(const Trailers& trailers,
                                        const OperationSet::Take& take) = 0;
  };

 private:
  template <class Reply>
  class TypedUpload final : public AnyUpload {
   public:
    explicit TypedUpload(std::unique_ptr<UploadBody<Reply>> body) : body_(std::move(body)) {}
    Status Append(std::span<const std::byte> bytes) override { return body_->Append(bytes); }
    Status Finish(const Trailers& trailers, const OperationSet::Take& take) override {
      OWLET_TRY(Answer<Reply> answer, body_->Finish(trailers));
      take(&answer.reply, std::move(answer.parts));
      return {};
    }

   private:
    std::unique_ptr<UploadBody<Reply>> body_;
  };

  struct UploadEntry {
    const OperationSchema* schema = nullptr;
    std::function<Result<std::unique_ptr<AnyUpload>>(const RequestContext&,
                                                     const std::function<Status(void*)>& fill)>
        open;
  };

  class CallHandler;
  class UploadHandler;

  [[nodiscard]] Result<Incoming> Read(std::shared_ptr<const net::HttpRequest> request) const;
  [[nodiscard]] Result<net::Dispatch> Open(const std::shared_ptr<const Incoming>& incoming) const;
  [[nodiscard]] Status Fill(const OperationSchema& operation, const Incoming& incoming,
                            std::string_view body, void* object) const;
  [[nodiscard]] net::HttpResponse Call(const Incoming& incoming, std::string_view body) const;
  [[nodiscard]] net::HttpResponse Reply(const OperationSchema& operation, const Incoming& incoming,
                                        const void* object, ReplyParts parts) const;

  const ServiceSchema& schema_;
  Options options_;
  ServiceEnvironment environment_;
  OperationSet operations_;
  std::map<std::string_view, UploadEntry> uploads_;
  std::map<std::string_view, RawHandler> raw_;
};

/// <Error> as S3 sends it, with Resource, RequestId and HostId.
[[nodiscard]] net::HttpResponse S3ErrorResponse(const ServiceError& error,
                                                const net::HttpRequest& request);

/// x-amz-request-id and x-amz-id-2.
void AddS3RequestIds(std::string_view request_id, net::HttpResponse& response);

/// Whether the checksums that a request's headers promise (Content-MD5, x-amz-checksum-*) are those
/// of its whole body. Errors: kDigestMismatch "BadDigest", kInvalidArgument "InvalidDigest" or
/// "InvalidRequest", the last also where the operation demands one and there is none.
[[nodiscard]] Status CheckBodyChecksums(const OperationSchema& operation,
                                        const net::HttpRequest& request, const Trailers& trailers,
                                        std::string_view body);

}  // namespace owlet::protocol
