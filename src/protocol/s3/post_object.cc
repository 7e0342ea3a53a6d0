#include "protocol/s3/post_object.h"

#include <fmt/format.h>

#include <memory>
#include <pugixml.hpp>
#include <utility>

#include "base/percent_encoding.h"
#include "protocol/common/xml_writer.h"
#include "protocol/s3/attribute_fields.h"
#include "protocol/s3/conditions.h"
#include "protocol/s3/form_data.h"
#include "protocol/s3/post_policy.h"
#include "protocol/s3/tag_set.h"

namespace owlet::s3 {
namespace {

using protocol::RestXmlService;

std::optional<std::string> Field(const FormFields& fields, const std::string& name) {
  if (!fields.Has(name)) return std::nullopt;
  return std::string(fields.Get(name));
}

/// The field "tagging": the XML of a tag set.
Result<Tags> TagsOf(std::string_view xml) {
  pugi::xml_document document;
  if (!document.load_buffer(xml.data(), xml.size())) {
    return Fail(Reason::kMalformedRequest, "The tagging field is not well-formed XML",
                "MalformedXML");
  }
  std::vector<std::pair<std::string, std::string>> tags;
  for (const pugi::xml_node& tag : document.document_element().child("TagSet").children("Tag")) {
    tags.emplace_back(tag.child("Key").text().as_string(), tag.child("Value").text().as_string());
  }
  return CheckTags(std::move(tags), kMaxObjectTags);
}

/// The object's own headers from the form's fields.
Result<store::ObjectAttributes> AttributesOfForm(const FormFields& fields,
                                                 const store::BucketTerms& bucket, Timestamp now,
                                                 std::string& customer_key) {
  store::ObjectAttributes attributes{
      .content_type = std::string(fields.Get("content-type")),
      .content_encoding = std::string(fields.Get("content-encoding")),
      .content_disposition = std::string(fields.Get("content-disposition")),
      .cache_control = std::string(fields.Get("cache-control")),
      .expires = std::string(fields.Get("expires")),
      .website_redirect = std::string(fields.Get("x-amz-website-redirect-location")),
      .storage_class = std::string(fields.Get("x-amz-storage-class"))};
  OWLET_CHECK_OK(CheckStorageClass(Field(fields, "x-amz-storage-class")));
  if (attributes.storage_class == "STANDARD") attributes.storage_class.clear();
  constexpr std::string_view kMeta = "x-amz-meta-";
  for (const auto& [name, value] : fields.values) {
    if (name.starts_with(kMeta)) attributes.user.emplace(name.substr(kMeta.size()), value);
  }
  OWLET_CHECK_OK(CheckUserMetadata(attributes.user));
  if (fields.Has("tagging")) {
    OWLET_TRY(attributes.tags, TagsOf(fields.Get("tagging")));
  }
  const AclRequest acl{.canned = std::string(fields.Get("acl"))};
  OWLET_CHECK_OK(CheckAclAllowed(acl, bucket));
  attributes.canned_acl = acl.canned;
  const std::string prefix = "x-amz-server-side-encryption";
  OWLET_TRY(customer_key, ParseCustomerKey(Field(fields, prefix + "-customer-algorithm"),
                                           Field(fields, prefix + "-customer-key"),
                                           Field(fields, prefix + "-customer-key-md5")));
  OWLET_TRY(attributes.encryption,
            ChooseEncryption({.algorithm = Field(fields, prefix),
                              .kms_key_id = Field(fields, prefix + "-aws-kms-key-id")},
                             customer_key, bucket));
  OWLET_CHECK_OK(ReadLockHeaders({.mode = Field(fields, "x-amz-object-lock-mode"),
                                  .until = std::nullopt,
                                  .legal_hold = Field(fields, "x-amz-object-lock-legal-hold")},
                                 now, bucket, attributes));
  return attributes;
}

class FormUpload final : public net::RequestHandler {
 public:
  FormUpload(store::ObjectStore& store, const access::Authenticator& authenticator,
             const RestXmlService& service, const RestXmlService::Incoming& incoming,
             store::BucketName bucket, std::string_view boundary)
      : store_(store),
        authenticator_(authenticator),
        service_(service),
        context_(incoming.context),
        bucket_(std::move(bucket)),
        reader_(
            boundary, [this](const FormFields& fields) { return Begin(fields); },
            [this](std::span<const std::byte> bytes) { return Take(bytes); }) {}

  Status OnBody(std::span<const std::byte> chunk) override { return reader_.Append(chunk); }

  net::HttpResponse OnEnd() override {
    const auto put = End();
    if (!put) return OnError(put.error());
    net::HttpResponse response = Reply(*put);
    protocol::AddS3RequestIds(context_.request_id, response);
    response.operation = "s3.PostObject";
    return response;
  }

  net::HttpResponse OnError(const Error& error) override {
    net::HttpResponse response = service_.ErrorReply(*context_.http, error);
    response.operation = "s3.PostObject";
    return response;
  }

 private:
  /// The fields are complete: who sends them, and may they?
  Status Begin(const FormFields& fields) {
    fields_ = fields;
    std::string key(fields.Get("key"));
    if (key.empty()) {
      return Fail(Reason::kInvalidArgument,
                  "Bucket POST must contain a field named 'key'.  If it "
                  "is specified, please check the order of the fields.");
    }
    constexpr std::string_view kFileName = "${filename}";
    if (const std::size_t at = key.find(kFileName); at != std::string::npos) {
      key.replace(at, kFileName.size(), fields.file_name);
    }
    OWLET_TRY(key_, store::ObjectKey::Parse(key));
    const std::string algorithm(fields.Get("x-amz-algorithm"));
    OWLET_TRY(principal_,
              authenticator_.AuthenticateForm(
                  {.policy = fields.Get("policy"),
                   .access_key_id = fields.Get("awsaccesskeyid"),
                   .signature = fields.Get(algorithm.empty() ? "signature" : "x-amz-signature"),
                   .credential = fields.Get("x-amz-credential"),
                   .session_token = fields.Get("x-amz-security-token")}));
    if (fields.Has("policy")) {
      OWLET_TRY(range_,
                CheckPostPolicy(fields.Get("policy"), fields, bucket_.text(), key, context_.now));
    }
    OWLET_TRY(const auto bucket, store_.CheckPut(principal_, bucket_, *key_));
    std::string customer_key;
    OWLET_TRY(attributes_, AttributesOfForm(fields, bucket, context_.now, customer_key));
    OWLET_TRY(writer_, store_.NewBody(std::nullopt, attributes_.encryption, customer_key));
    return {};
  }

  Status Take(std::span<const std::byte> bytes) {
    if (writer_->size() + bytes.size() > range_.most) {
      return Fail(Reason::kRequestTooLarge, "Your proposed upload exceeds the maximum allowed size",
                  "EntityTooLarge");
    }
    return writer_->Append(bytes);
  }

  Result<store::ObjectInfo> End() {
    OWLET_CHECK_OK(reader_.Finish());
    if (writer_->size() < range_.least) {
      return Fail(Reason::kPartTooSmall,
                  "Your proposed upload is smaller than the minimum allowed size",
                  "EntityTooSmall");
    }
    OWLET_TRY(auto body, writer_->Finish());
    return store_.Put(principal_, bucket_, *key_, std::move(body), attributes_);
  }

  net::HttpResponse Reply(const store::ObjectInfo& info) const {
    net::HttpResponse response;
    const std::string etag = Quote(info.etag);
    response.headers.Set("ETag", etag);
    if (!info.version_id.empty()) response.headers.Set("x-amz-version-id", info.version_id);
    const std::string location = fmt::format("{}://{}/{}/{}", context_.http->tls ? "https" : "http",
                                             context_.http->headers.Get("Host"), bucket_.text(),
                                             PercentEncode(info.key, /*keep_slash=*/true));
    response.headers.Set("Location", location);
    std::string_view redirect = fields_.Get("success_action_redirect");
    if (redirect.empty()) redirect = fields_.Get("redirect");
    if (redirect.starts_with("http://") || redirect.starts_with("https://")) {
      response.status = 303;
      response.headers.Set("Location",
                           fmt::format("{}{}bucket={}&key={}&etag={}", redirect,
                                       redirect.find('?') == std::string_view::npos ? '?' : '&',
                                       PercentEncode(bucket_.text(), false),
                                       PercentEncode(info.key, false), PercentEncode(etag, false)));
      return response;
    }
    const std::string_view status = fields_.Get("success_action_status");
    response.status = status == "200" ? 200 : status == "201" ? 201 : 204;
    if (response.status != 201) return response;
    std::string body(protocol::kXmlDeclaration);
    body += "<PostResponse>";
    protocol::AppendXmlElement("Location", location, body);
    protocol::AppendXmlElement("Bucket", bucket_.text(), body);
    protocol::AppendXmlElement("Key", info.key, body);
    protocol::AppendXmlElement("ETag", etag, body);
    body += "</PostResponse>";
    response.headers.Set("Content-Type", "application/xml");
    response.body.emplace_back(std::move(body));
    return response;
  }

  store::ObjectStore& store_;
  const access::Authenticator& authenticator_;
  const RestXmlService& service_;
  protocol::RequestContext context_;
  store::BucketName bucket_;
  FormDataReader reader_;
  FormFields fields_;
  std::optional<store::ObjectKey> key_;
  access::Principal principal_;
  PostSizeRange range_;
  store::ObjectAttributes attributes_;
  std::optional<store::BodyWriter> writer_;
};

}  // namespace

net::Dispatch PostObject(store::ObjectStore& store, const access::Authenticator& authenticator,
                         const RestXmlService& service, const RestXmlService::Incoming& incoming) {
  const net::HttpRequest& request = *incoming.context.http;
  const auto boundary = BoundaryOf(request.headers.Get("Content-Type"));
  if (!boundary) {
    return service.ErrorReply(
        request, {.reason = Reason::kMalformedRequest,
                  .message = "Bucket POST must be of the enclosure-type multipart/form-data",
                  .condition = "MalformedPOSTRequest"});
  }
  auto bucket = store::BucketName::Parse(incoming.address.bucket);
  if (bucket) {
    const auto terms = store.FindBucketTerms(*bucket);
    if (!terms) return service.ErrorReply(request, terms.error());
    return std::make_unique<FormUpload>(store, authenticator, service, incoming, *std::move(bucket),
                                        *boundary);
  }
  return service.ErrorReply(request, bucket.error());
}

}  // namespace owlet::s3
