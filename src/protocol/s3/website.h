#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/store/object_store.h"
#include "net/http.h"

namespace owlet::s3 {

/// The bucket that a host name of S3's website endpoints names:
/// "bucket.s3-website.us-east-1.amazonaws.com" or "bucket.s3-website-us-east-1.amazonaws.com", and
/// here also "bucket.s3-website.localhost" and "bucket.s3-website.<domain>".
[[nodiscard]] std::optional<std::string> WebsiteBucketOf(std::string_view host,
                                                         std::string_view domain);

/// Buckets as websites: requests to a website endpoint are answered as a web server does, with
/// index and error documents, redirects of the whole site, of objects and by routing rules; readers
/// are anonymous. Every other request goes on to `s3`, which also reads the objects. Thread-safe.
///
/// Source: Amazon S3 User Guide, "Hosting a static website using Amazon S3".
class WebsiteFront final : public net::HttpService {
 public:
  /// Both must outlive it.
  WebsiteFront(const store::ObjectStore& store, net::HttpService& s3, std::string domain)
      : store_(store), s3_(s3), domain_(std::move(domain)) {}

  [[nodiscard]] net::Dispatch OnRequest(std::shared_ptr<const net::HttpRequest> request) override;
  [[nodiscard]] net::HttpResponse OnFailure(const net::HttpRequest& request,
                                            const Error& error) override;

 private:
  [[nodiscard]] net::HttpResponse Answer(const net::HttpRequest& request,
                                         const std::string& bucket) const;
  [[nodiscard]] net::HttpResponse Read(const net::HttpRequest& request, std::string_view bucket,
                                       std::string_view key) const;

  const store::ObjectStore& store_;
  net::HttpService& s3_;
  const std::string domain_;
};

}  // namespace owlet::s3
