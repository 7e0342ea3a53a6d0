#include "protocol/s3/access_log.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <utility>

#include "base/digest.h"
#include "base/encoding.h"
#include "base/log.h"
#include "base/percent_encoding.h"
#include "core/access/authenticator.h"
#include "net/uri.h"
#include "protocol/common/http_request_view.h"
#include "protocol/common/s3_address.h"
#include "protocol/s3/bucket_documents.h"
#include "protocol/s3/website.h"

namespace owlet::s3 {
namespace {

// What may wait for the next delivery; more is dropped.
constexpr std::size_t kMaxPendingBytes = 32 << 20;
constexpr std::string_view kWriter = "logging.s3.amazonaws.com";

std::string OrDash(std::string_view text) { return text.empty() ? "-" : std::string(text); }

/// In quotes, so that no header can end its field or its line.
std::string Quoted(std::string_view text) {
  if (text.empty()) return "\"-\"";
  std::string out = "\"";
  for (const char c : text) out += c == '"' || static_cast<unsigned char>(c) < ' ' ? '_' : c;
  return out + '"';
}

/// One field without blanks.
std::string Field(std::string_view text) {
  std::string out = OrDash(text);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) <= ' ') c = '_';
  }
  return out;
}

std::string ErrorCodeOf(const net::HttpResponse& response) {
  if (response.status < 300) return "-";
  if (const auto named = response.headers.Find("x-amz-error-code")) return std::string(*named);
  if (response.body.empty()) return "-";
  const auto* text = std::get_if<std::string>(&response.body.front());
  if (text == nullptr) return "-";
  constexpr std::string_view kOpen = "<Code>";
  const std::size_t start = text->find(kOpen);
  const std::size_t end = text->find("</Code>");
  if (start == std::string::npos || end == std::string::npos) return "-";
  return text->substr(start + kOpen.size(), end - start - kOpen.size());
}

/// The whole object's size: behind the slash of Content-Range, else what was sent or received.
std::string ObjectSizeOf(const net::RequestLogEntry& entry, bool has_key) {
  if (!has_key || entry.status >= 300) return "-";
  if (entry.request.method == "PUT" && entry.operation == "s3.PutObject") {
    return std::to_string(entry.bytes_received);
  }
  if (entry.operation != "s3.GetObject" && entry.operation != "s3.HeadObject") return "-";
  const std::string_view range = entry.response.headers.Get("Content-Range");
  if (const std::size_t slash = range.find('/'); slash != std::string_view::npos) {
    return std::string(range.substr(slash + 1));
  }
  const std::string_view length = entry.response.headers.Get("Content-Length");
  return length.empty() ? std::to_string(entry.bytes_sent) : std::string(length);
}

struct OperationName {
  std::string_view operation;
  std::string_view resource;
};
// Where the name does not follow from the operation's own.
constexpr std::array kResources = {
    OperationName{"GetObject", "GET.OBJECT"},
    OperationName{"PutObject", "PUT.OBJECT"},
    OperationName{"HeadObject", "HEAD.OBJECT"},
    OperationName{"DeleteObject", "DELETE.OBJECT"},
    OperationName{"CopyObject", "COPY.OBJECT"},
    OperationName{"PostObject", "POST.OBJECT"},
    OperationName{"DeleteObjects", "POST.MULTI_OBJECT_DELETE"},
    OperationName{"ListObjects", "GET.BUCKET"},
    OperationName{"ListObjectsV2", "GET.BUCKET"},
    OperationName{"ListObjectVersions", "GET.BUCKETVERSIONS"},
    OperationName{"CreateBucket", "PUT.BUCKET"},
    OperationName{"HeadBucket", "HEAD.BUCKET"},
    OperationName{"DeleteBucket", "DELETE.BUCKET"},
    OperationName{"CreateMultipartUpload", "POST.UPLOADS"},
    OperationName{"UploadPart", "PUT.PART"},
    OperationName{"UploadPartCopy", "COPY.PART"},
    OperationName{"CompleteMultipartUpload", "POST.UPLOAD"},
    OperationName{"AbortMultipartUpload", "DELETE.UPLOAD"},
    OperationName{"ListParts", "GET.UPLOAD"},
    OperationName{"ListMultipartUploads", "GET.UPLOADS"},
    OperationName{"GetBucketLocation", "GET.LOCATION"},
    OperationName{"GetBucketLogging", "GET.LOGGING_STATUS"},
    OperationName{"PutBucketLogging", "PUT.LOGGING_STATUS"},
    OperationName{"GetBucketPolicy", "GET.BUCKETPOLICY"},
    OperationName{"PutBucketPolicy", "PUT.BUCKETPOLICY"},
    OperationName{"DeleteBucketPolicy", "DELETE.BUCKETPOLICY"},
    OperationName{"GetObjectAcl", "GET.ACL"},
    OperationName{"PutObjectAcl", "PUT.ACL"},
    OperationName{"GetBucketAcl", "GET.ACL"},
    OperationName{"PutBucketAcl", "PUT.ACL"},
    OperationName{"RestoreObject", "POST.RESTORE"},
    OperationName{"Preflight", "OPTIONS.PREFLIGHT"},
};

/// "LIFECYCLE_CONFIGURATION" of "PutBucketLifecycleConfiguration".
std::string SnakeWithoutVerb(std::string_view operation) {
  std::size_t start = 1;
  while (start < operation.size() && operation[start] >= 'a') ++start;
  std::string_view rest = operation.substr(start);
  if (rest.starts_with("Bucket")) rest.remove_prefix(6);
  std::string out;
  for (const char c : rest) {
    if (c >= 'A' && c <= 'Z' && !out.empty()) out += '_';
    out += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  }
  return out;
}

/// "2026-11-22-22-43-00-0123456789ABCDEF", below the dates and the bucket where asked for.
std::string LogName(Timestamp now) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now);
  std::string unique = EncodeHex(RandomBytes(8));
  for (char& c : unique) {
    if (c >= 'a') c = static_cast<char>(c - 'a' + 'A');
  }
  return fmt::format("{:%Y-%m-%d-%H-%M-%S}-{}",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)), unique);
}

}  // namespace

std::string LoggedOperation(std::string_view operation, std::string_view method, bool has_key) {
  constexpr std::string_view kService = "s3.";
  if (operation.starts_with(kService)) operation.remove_prefix(kService.size());
  if (operation == "Website") return fmt::format("WEBSITE.{}.OBJECT", method);
  if (operation.empty()) return fmt::format("REST.{}.{}", method, has_key ? "OBJECT" : "BUCKET");
  for (const OperationName& row : kResources) {
    if (row.operation == operation) return fmt::format("REST.{}", row.resource);
  }
  return fmt::format("REST.{}.{}", method, SnakeWithoutVerb(operation));
}

AccessLog::AccessLog(store::ObjectStore& store, const access::CredentialSource& credentials,
                     const Clock& clock, Options options)
    : store_(store), credentials_(credentials), clock_(clock), options_(std::move(options)) {
  if (const auto logged = store_.BucketsWith(store::BucketSetting::kLogging)) {
    MutexLock lock(mutex_);
    for (const store::BucketTerms& terms : *logged) {
      if (auto target = TargetOf(terms)) targets_[terms.name] = *std::move(target);
    }
  }
  thread_ = std::jthread([this] {
    while (true) {
      {
        MutexLock lock(mutex_);
        if (!stopped_) lock.WaitFor(wake_, options_.interval);
        if (stopped_) return;
      }
      Deliver();
    }
  });
}

void AccessLog::Stop() {
  {
    MutexLock lock(mutex_);
    if (stopped_) return;
    stopped_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
  Deliver();
}

std::optional<AccessLog::Target> AccessLog::TargetOf(const store::BucketTerms& terms) {
  const std::string* document = terms.Find(store::BucketSetting::kLogging);
  if (document == nullptr) return std::nullopt;
  const auto logging = ReadLoggingDocument(*document);
  if (!logging || !logging->logging_enabled) return std::nullopt;
  const auto& enabled = *logging->logging_enabled;
  return Target{.owner_account = terms.owner_account,
                .bucket = enabled.target_bucket,
                .prefix = enabled.target_prefix,
                .partitioned = enabled.target_object_key_format &&
                               enabled.target_object_key_format->partitioned_prefix.has_value()};
}

void AccessLog::Refresh(std::string_view bucket) {
  const auto name = store::BucketName::Parse(bucket);
  if (!name) return;
  const auto terms = store_.FindBucketTerms(*name);
  auto target = terms ? TargetOf(*terms) : std::nullopt;
  MutexLock lock(mutex_);
  if (target) {
    targets_[std::string(bucket)] = *std::move(target);
  } else {
    targets_.erase(std::string(bucket));
  }
}

void AccessLog::Note(const net::RequestLogEntry& entry) {
  const bool is_s3 = entry.operation.empty() || entry.operation.starts_with("s3.");
  if (!is_s3 || entry.status == 0) return;
  const bool changes = entry.operation == "s3.PutBucketLogging" ||
                       entry.operation == "s3.DeleteBucket" || entry.operation == "s3.CreateBucket";
  {
    MutexLock lock(mutex_);
    if (stopped_ || (!changes && targets_.empty())) return;
  }
  std::string bucket;
  std::string key;
  if (const auto site = WebsiteBucketOf(entry.request.headers.Get("Host"), options_.domain)) {
    bucket = *site;
    const auto path = net::DecodePath(entry.request.raw_path);
    if (path && path->starts_with('/')) key = path->substr(1);
  } else if (const auto address = protocol::ParseS3Address(entry.request, options_.domain)) {
    bucket = address->bucket;
    key = address->key;
  }
  if (bucket.empty()) return;
  if (changes) Refresh(bucket);
  Target target;
  {
    MutexLock lock(mutex_);
    const auto found = targets_.find(bucket);
    if (found == targets_.end()) return;
    target = found->second;
  }
  std::string line = Line(entry, target.owner_account, bucket, key);
  MutexLock lock(mutex_);
  if (pending_bytes_ + line.size() > kMaxPendingBytes) {
    log::warn("a line of the access log of {} is dropped: too many wait", bucket);
    return;
  }
  pending_bytes_ += line.size();
  Pending& pending = pending_[bucket];
  pending.target = std::move(target);
  pending.lines += line;
}

std::string AccessLog::RequesterOf(const net::HttpRequest& request) const {
  const std::string_view authorization = request.headers.Get("Authorization");
  constexpr std::string_view kCredential = "Credential=";
  std::string key_id;
  if (const std::size_t at = authorization.find(kCredential); at != std::string_view::npos) {
    const std::string_view rest = authorization.substr(at + kCredential.size());
    key_id = rest.substr(0, rest.find('/'));
  } else if (authorization.starts_with("AWS ")) {
    key_id = authorization.substr(4, authorization.find(':') - 4);
  } else if (const auto query = net::ParseQuery(request.raw_query)) {
    const std::string_view credential = query->Get("X-Amz-Credential");
    key_id = credential.empty() ? query->Get("AWSAccessKeyId")
                                : credential.substr(0, credential.find('/'));
  }
  if (key_id.empty()) return "-";
  const auto found = credentials_.FindCredentials(key_id);
  if (!found) return "-";
  return found->principal.IsRoot() ? access::CanonicalUserId(found->principal.account_id)
                                   : found->principal.arn;
}

std::string AccessLog::Line(const net::RequestLogEntry& entry, std::string_view owner_account,
                            std::string_view bucket, std::string_view key) const {
  const net::HttpRequest& request = entry.request;
  const bool has_key = !key.empty();
  const auto now = std::chrono::floor<std::chrono::seconds>(clock_.Now());
  const std::string_view authorization = request.headers.Get("Authorization");
  const bool in_query = request.raw_query.find("Signature=") != std::string::npos;
  const bool version4 = authorization.starts_with("AWS4-") ||
                        request.raw_query.find("X-Amz-Signature=") != std::string::npos;
  const bool is_signed = !authorization.empty() || in_query;
  const std::string target =
      request.raw_query.empty() ? request.raw_path : request.raw_path + "?" + request.raw_query;
  const std::string_view remote = request.remote_address;
  const auto milliseconds = entry.duration.count() / 1000;
  std::string version;
  if (const auto query = net::ParseQuery(request.raw_query)) version = query->Get("versionId");
  return fmt::format(
      "{} {} [{:%d/%b/%Y:%H:%M:%S} +0000] {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} "
      "{} {} - -\n",
      access::CanonicalUserId(owner_account), bucket,
      fmt::gmtime(std::chrono::system_clock::to_time_t(now)), remote.substr(0, remote.rfind(':')),
      RequesterOf(request), request.request_id,
      LoggedOperation(entry.operation, request.method, has_key),
      has_key ? PercentEncode(key, /*keep_slash=*/true) : "-",
      Quoted(fmt::format("{} {} HTTP/1.1", request.method, target)), entry.status,
      ErrorCodeOf(entry.response), entry.bytes_sent == 0 ? "-" : std::to_string(entry.bytes_sent),
      ObjectSizeOf(entry, has_key), milliseconds, milliseconds,
      Quoted(request.headers.Get("Referer")), Quoted(request.headers.Get("User-Agent")),
      Field(version), Field(entry.response.headers.Get("x-amz-id-2")),
      is_signed ? (version4 ? "SigV4" : "SigV2") : "-", "-",
      is_signed ? (in_query ? "QueryString" : "AuthHeader") : "-",
      Field(request.headers.Get("Host")), "-");
}

void AccessLog::Deliver() {
  std::map<std::string, Pending, std::less<>> pending;
  {
    MutexLock lock(mutex_);
    pending.swap(pending_);
    pending_bytes_ = 0;
  }
  for (const auto& [bucket, lines] : pending) Write(bucket, lines);
}

void AccessLog::Write(const std::string& bucket, const Pending& pending) {
  const Target& target = pending.target;
  const Timestamp now = clock_.Now();
  std::string key = target.prefix;
  if (target.partitioned) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now);
    key += fmt::format("{}/{}/{}/{:%Y/%m/%d}/", target.owner_account, options_.region, bucket,
                       fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)));
  }
  key += LogName(now);
  const auto name = store::BucketName::Parse(target.bucket);
  const auto object_key = store::ObjectKey::Parse(key);
  if (!name || !object_key) return;
  store::ObjectAttributes attributes;
  attributes.content_type = "text/plain";
  const auto written = store_.PutBytes(access::Principal::Service(kWriter, target.owner_account),
                                       *name, *object_key, pending.lines, std::move(attributes));
  if (!written) {
    log::warn("the access log of {} could not be written to s3://{}/{}: {}", bucket, target.bucket,
              key, written.error().message);
  }
}

}  // namespace owlet::s3
