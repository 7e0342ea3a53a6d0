#include <aws/s3/operations.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/digest.h"
#include "base/encoding.h"
#include "protocol/common/rest_xml_service.h"
#include "protocol/common/s3_dispatch.h"
#include "protocol/common/service_fixture.h"
#include "protocol/common/xml_reader.h"

namespace owlet::protocol {
namespace {

using testing::HasSubstr;

S3Address Address(std::string_view host, std::string_view path) {
  net::HttpRequest request;
  request.headers.Add("Host", std::string(host));
  request.raw_path = path;
  const auto address = ParseS3Address(request, "s3.example.org");
  return address ? *address : S3Address{.bucket = "error", .key = address.error().condition};
}

TEST(S3Address, ReadsPathStyle) {
  EXPECT_EQ(Address("127.0.0.1:9000", "/b/k%2Fx//y").key, "k/x//y");
  EXPECT_EQ(Address("localhost:9000", "/b/").bucket, "b");
  EXPECT_EQ(Address("localhost:9000", "/b").key, "");
  EXPECT_EQ(Address("s3.us-east-1.amazonaws.com", "/b/k").bucket, "b");
  EXPECT_EQ(Address("s3-us-west-2.amazonaws.com", "/b/k").bucket, "b");
  EXPECT_EQ(Address("[::1]:9000", "/b/k").bucket, "b");
  EXPECT_EQ(Address("localhost", "/b/%ZZ").key, "InvalidURI");
  EXPECT_EQ(Address("localhost", "/b/%FF").key, "InvalidURI");
  EXPECT_EQ(Address("localhost", "//k").key, "InvalidBucketName");
}

TEST(S3Address, ReadsVirtualHostStyle) {
  const auto bucket = [](std::string_view host) { return Address(host, "/k").bucket; };
  EXPECT_EQ(bucket("b.localhost:9000"), "b");
  EXPECT_EQ(bucket("my.dotted.bucket.s3.example.org"), "my.dotted.bucket");
  EXPECT_EQ(bucket("B.s3.amazonaws.com"), "b");
  EXPECT_EQ(bucket("b.s3.eu-west-1.amazonaws.com:443"), "b");
  EXPECT_EQ(bucket("b.s3-eu-west-1.amazonaws.com"), "b");
  EXPECT_EQ(bucket("a.s3.b.s3.dualstack.eu-west-1.amazonaws.com"), "a.s3.b");
  EXPECT_EQ(Address("b.localhost", "/k/x").key, "k/x");
  EXPECT_TRUE(Address("b.localhost", "/").virtual_host);
}

std::string Operation(std::string_view method, std::string_view path, std::string_view query,
                      std::vector<std::pair<std::string, std::string>> headers = {}) {
  net::HttpRequest request;
  request.method = method;
  request.raw_path = path;
  for (auto& [name, value] : headers) request.headers.Add(name, value);
  return std::string(FindS3Operation(aws::s3::kService, request, *ParseS3Address(request, ""),
                                     *net::ParseQuery(query)));
}

TEST(FindS3Operation, TellsWhatSharesMethodAndPath) {
  EXPECT_EQ(Operation("GET", "/", ""), "ListBuckets");
  EXPECT_EQ(Operation("GET", "/b", ""), "ListObjects");
  EXPECT_EQ(Operation("GET", "/b", "list-type=2&prefix=uploads"), "ListObjectsV2");
  EXPECT_EQ(Operation("GET", "/b", "uploads"), "ListMultipartUploads");
  EXPECT_EQ(Operation("GET", "/b", "lifecycle"), "GetBucketLifecycleConfiguration");
  EXPECT_EQ(Operation("GET", "/b", "analytics"), "ListBucketAnalyticsConfigurations");
  EXPECT_EQ(Operation("GET", "/b", "analytics&id=1"), "GetBucketAnalyticsConfiguration");
  EXPECT_EQ(Operation("GET", "/b/k", "x-id=GetObject"), "GetObject");
  EXPECT_EQ(Operation("GET", "/b/k", "uploadId=1"), "ListParts");
  EXPECT_EQ(Operation("GET", "/b/k", "partNumber=1"), "GetObject");
  EXPECT_EQ(Operation("GET", "/b/k", "attributes"), "GetObjectAttributes");
  EXPECT_EQ(Operation("PUT", "/b/k", ""), "PutObject");
  EXPECT_EQ(Operation("PUT", "/b/k", "partNumber=1&uploadId=2"), "UploadPart");
  const std::pair<std::string, std::string> source("x-amz-copy-source", "/b/k");
  EXPECT_EQ(Operation("PUT", "/b/k", "", {source}), "CopyObject");
  EXPECT_EQ(Operation("PUT", "/b/k", "partNumber=1&uploadId=2", {source}), "UploadPartCopy");
  EXPECT_EQ(Operation("POST", "/b/k", "uploads"), "CreateMultipartUpload");
  EXPECT_EQ(Operation("POST", "/b/k", "uploadId=1"), "CompleteMultipartUpload");
  EXPECT_EQ(Operation("POST", "/b/k", "select&select-type=2"), "SelectObjectContent");
  EXPECT_EQ(Operation("DELETE", "/b/k", ""), "DeleteObject");
  EXPECT_EQ(Operation("DELETE", "/b/k", "uploadId=1"), "AbortMultipartUpload");
  EXPECT_EQ(Operation("POST", "/b", "delete"), "DeleteObjects");
  EXPECT_EQ(Operation("POST", "/b", ""), "PostObject");
  EXPECT_EQ(Operation("POST", "/b/k", ""), "");
  EXPECT_EQ(Operation("PATCH", "/b/k", ""), "");
  EXPECT_EQ(Operation("OPTIONS", "/b/k", ""), "Preflight");
}

/// Keeps the bytes that it was given.
class TextUpload final : public UploadBody<aws::s3::PutObjectOutput> {
 public:
  explicit TextUpload(std::string& text) : text_(text) {}
  Status Append(std::span<const std::byte> bytes) override {
    text_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return {};
  }
  Result<Answer<aws::s3::PutObjectOutput>> Finish(const Trailers&) override {
    Answer<aws::s3::PutObjectOutput> answer;
    answer.reply.e_tag = "\"e\"";
    return answer;
  }

 private:
  std::string& text_;
};

class S3ServiceTest : public testing::Test, protected ServiceFixture {
 protected:
  RestXmlService s3_{aws::s3::kService,
                     {.map_error =
                          [](const Error& error) {
                            return ServiceError{.status = 400,
                                                .code = error.condition,
                                                .message = error.message,
                                                .fields = error.parameters};
                          }},
                     environment()};
  std::string uploaded_;
};

TEST_F(S3ServiceTest, UploadsAreGivenOnAsTheyArrive) {
  s3_.OnUpload<aws::s3::operations::PutObject>(
      [this](const RequestContext&, const aws::s3::PutObjectRequest& request)
          -> Result<std::unique_ptr<UploadBody<aws::s3::PutObjectOutput>>> {
        EXPECT_EQ(request.bucket, "b");
        if (request.key == "no") return Fail(Reason::kAccessDenied, "no", "AccessDenied");
        EXPECT_EQ(request.metadata->at("color"), "red");
        return std::make_unique<TextUpload>(uploaded_);
      });
  const auto put = Send(s3_, {.method = "PUT",
                              .path = "/b/k",
                              .headers = {{"X-Amz-Meta-Color", "red"}},
                              .body = "some bytes of an object"});
  EXPECT_EQ(put.status, 200) << put.body;
  EXPECT_EQ(put.headers.Get("ETag"), "\"e\"");
  EXPECT_EQ(put.headers.Get("x-amz-request-id"), "R1");
  EXPECT_EQ(put.body, "");
  EXPECT_EQ(put.operation, "s3.PutObject");
  EXPECT_EQ(uploaded_, "some bytes of an object");
  const auto refused = Send(s3_, {.method = "PUT", .path = "/b/no", .body = "x"});
  EXPECT_THAT(refused.body, HasSubstr("<Error><Code>AccessDenied</Code><Message>no</Message>"
                                      "<Resource>/b/no</Resource><RequestId>R1</RequestId>"));
  const auto bad =
      Send(s3_, {.method = "PUT", .path = "/b/k", .headers = {{"x-amz-storage-class", "COLD"}}});
  EXPECT_THAT(bad.body, HasSubstr("<Code>InvalidStorageClass</Code>"));
}

TEST_F(S3ServiceTest, RepliesHaveS3sElements) {
  s3_.On<aws::s3::operations::ListObjectsV2>(
      [](const RequestContext& context,
         const aws::s3::ListObjectsV2Request& request) -> Result<aws::s3::ListObjectsV2Output> {
        aws::s3::ListObjectsV2Output reply;
        reply.name = request.bucket;
        reply.max_keys = request.max_keys;
        reply.contents.emplace();
        reply.contents->push_back({.key = "a&b", .last_modified = context.now, .size = 3});
        return reply;
      });
  s3_.On<aws::s3::operations::GetBucketLocation>(
      [](const RequestContext&,
         const aws::s3::GetBucketLocationRequest&) -> Result<aws::s3::GetBucketLocationOutput> {
        return aws::s3::GetBucketLocationOutput{};
      });
  const auto list = Send(s3_, {.method = "GET", .path = "/b", .query = "list-type=2&max-keys=7"});
  EXPECT_EQ(list.body,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
            "<Contents><Key>a&amp;b</Key><LastModified>2026-01-31T23:59:59.000Z</LastModified>"
            "<Size>3</Size></Contents><Name>b</Name><MaxKeys>7</MaxKeys></ListBucketResult>");
  EXPECT_EQ(list.headers.Get("Content-Type"), "application/xml");
  const auto bad = Send(s3_, {.method = "GET", .path = "/b", .query = "list-type=2&max-keys=x"});
  EXPECT_THAT(bad.body, HasSubstr("<Code>InvalidArgument</Code><Message>Provided max-keys not an "
                                  "integer or within integer range</Message><ArgumentName>max-keys"
                                  "</ArgumentName><ArgumentValue>x</ArgumentValue>"));
  EXPECT_THAT(Send(s3_, {.method = "GET", .path = "/b", .query = "location"}).body,
              HasSubstr("<LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
                        "</LocationConstraint>"));
}

TEST_F(S3ServiceTest, ChecksXmlBodies) {
  s3_.On<aws::s3::operations::DeleteObjects>(
      [](const RequestContext&,
         const aws::s3::DeleteObjectsRequest& request) -> Result<aws::s3::DeleteObjectsOutput> {
        aws::s3::DeleteObjectsOutput reply;
        reply.deleted.emplace();
        for (const auto& object : request.delete_.objects)
          reply.deleted->push_back({.key = object.key});
        return reply;
      });
  const auto send = [&](std::string body, std::string md5) {
    return Send(s3_, {.method = "POST",
                      .path = "/b",
                      .query = "delete",
                      .headers = {{"Content-MD5", std::move(md5)}},
                      .body = std::move(body)})
        .body;
  };
  const auto digest = [](const std::string& body) {
    return EncodeBase64(Digest::Of(DigestKind::kMd5, body));
  };
  const std::string good =
      "<x:Delete xmlns:x='u'><x:Object><x:Key> a </x:Key></x:Object><x:Object><x:Key><![CDATA[<]]>"
      "&#x41;</x:Key></x:Object><Other/></x:Delete>";
  EXPECT_THAT(send(good, digest(good)),
              HasSubstr("<Deleted><Key> a </Key></Deleted><Deleted><Key>&lt;A</Key></Deleted>"));
  EXPECT_THAT(send(good, digest("other")), HasSubstr("<Code>BadDigest</Code>"));
  EXPECT_THAT(send(good, "x"), HasSubstr("<Code>InvalidDigest</Code>"));
  const auto code = [&](const std::string& body) { return send(body, digest(body)); };
  EXPECT_THAT(code("<Delete>"), HasSubstr("<Code>MalformedXML</Code>"));
  EXPECT_THAT(code("<Delete></Delete>"), HasSubstr("<Code>MalformedXML</Code>"));
  EXPECT_THAT(code("<Delete><Object><Key></Key></Object></Delete>"),
              HasSubstr("<Code>MalformedXML</Code>"));
  EXPECT_THAT(code("<Delete><Quiet>perhaps</Quiet></Delete>"),
              HasSubstr("<Code>MalformedXML</Code>"));
  EXPECT_THAT(code(""), HasSubstr("<Code>MissingRequestBodyError</Code>"));
  EXPECT_THAT(code("\xFF"), HasSubstr("<Code>MalformedXML</Code>"));
  const auto unchecked =
      Send(s3_, {.method = "POST", .path = "/b", .query = "delete", .body = good});
  EXPECT_THAT(unchecked.body, HasSubstr("<Code>InvalidRequest</Code>"));
}

TEST_F(S3ServiceTest, NamesWhatIsNotThere) {
  const auto select =
      Send(s3_, {.method = "POST", .path = "/b/k", .query = "select&select-type=2"});
  EXPECT_EQ(select.operation, "s3.SelectObjectContent");
  EXPECT_THAT(select.body, HasSubstr("<Code>NotImplemented</Code><Message>owlet does not implement "
                                     "SelectObjectContent of Amazon Simple Storage Service"));
  EXPECT_THAT(Send(s3_, {.method = "PATCH", .path = "/b/k"}).body,
              HasSubstr("<Code>MethodNotAllowed</Code>"));
}

TEST(ReadXml, BoundsTheDepth) {
  const Shape& shape = *aws::s3::operations::DeleteObjects::kSchema.input->members[1].shape;
  const auto read = [&](std::size_t levels) {
    std::string body;
    for (std::size_t i = 0; i < levels; ++i) body += "<a>";
    for (std::size_t i = 0; i < levels; ++i) body += "</a>";
    aws::s3::Delete object;
    Validation validation;
    return ReadXml(shape, body, 100, validation, &object).has_value();
  };
  EXPECT_TRUE(read(100));
  EXPECT_FALSE(read(101));
  EXPECT_FALSE(read(1'000'000));
}

}  // namespace
}  // namespace owlet::protocol
