#include "protocol/common/s3_address.h"

#include "base/ascii.h"
#include "net/uri.h"
#include "protocol/common/text_encoding.h"

namespace owlet::protocol {
namespace {

std::string_view WithoutPort(std::string_view host) {
  if (host.starts_with('[')) return host;  // an IPv6 address is nobody's bucket
  return host.substr(0, host.find(':'));
}

/// The part of `host` before ".<domain>", or nothing.
std::string_view BucketBefore(std::string_view host, std::string_view domain) {
  if (domain.empty() || host.size() <= domain.size() + 1) return {};
  const std::size_t dot = host.size() - domain.size() - 1;
  return host[dot] == '.' && host.substr(dot + 1) == domain ? host.substr(0, dot)
                                                            : std::string_view();
}

/// Of "bucket.s3.amazonaws.com", "bucket.s3.eu-west-1.amazonaws.com",
/// "bucket.s3-eu-west-1.amazonaws.com", "bucket.s3.dualstack.eu-west-1.amazonaws.com".
std::string_view BucketOfAws(std::string_view host) {
  if (!host.ends_with(".amazonaws.com") && !host.ends_with(".amazonaws.com.cn")) return {};
  // A bucket's name may hold ".s3." itself, so the last one counts.
  for (const std::string_view mark : {".s3.", ".s3-"}) {
    const std::size_t at = host.rfind(mark);
    if (at != std::string_view::npos) return host.substr(0, at);
  }
  return {};
}

std::string BucketOfHost(std::string_view raw_host, std::string_view domain) {
  const std::string host = ToLowerAscii(WithoutPort(raw_host));
  std::string_view bucket = BucketBefore(host, domain);
  if (bucket.empty()) bucket = BucketBefore(host, "localhost");
  if (bucket.empty()) bucket = BucketOfAws(host);
  // "s3.localhost" and "s3.us-east-1.localhost" are what tools call the endpoint itself.
  if (bucket == "s3" || (bucket.starts_with("s3.") && host.ends_with("localhost"))) return {};
  if (bucket.ends_with(".s3")) bucket.remove_suffix(3);
  return std::string(bucket);
}

}  // namespace

Result<S3Address> ParseS3Address(const net::HttpRequest& request, std::string_view domain) {
  const auto decode = [](std::string_view raw) -> Result<std::string> {
    auto decoded = net::DecodePath(raw);
    if (!decoded || !IsUtf8(*decoded))
      return Fail(Reason::kMalformedRequest, "Couldn't parse the specified URI.", "InvalidURI");
    return decoded;
  };
  std::string_view path = request.raw_path;
  if (path.starts_with('/')) path.remove_prefix(1);
  S3Address address;
  address.bucket = BucketOfHost(request.headers.Get("Host"), domain);
  address.virtual_host = !address.bucket.empty();
  if (!address.virtual_host) {
    const std::size_t slash = path.find('/');
    OWLET_TRY(address.bucket, decode(path.substr(0, slash)));
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  }
  OWLET_TRY(address.key, decode(path));
  if (address.bucket.empty() && !address.key.empty())
    return Fail(Reason::kInvalidBucketName, "The specified bucket is not valid.",
                "InvalidBucketName");
  return address;
}

}  // namespace owlet::protocol
