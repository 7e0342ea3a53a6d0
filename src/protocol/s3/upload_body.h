#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/encoding.h"
#include "core/store/object_store.h"
#include "protocol/common/rest_xml_service.h"
#include "protocol/s3/checksum_fields.h"

namespace owlet::s3 {

/// What a request says of the body that follows, and which checksum the store shall compute.
struct BodyPromise {
  store::ExpectedDigests expected;
  std::optional<store::ChecksumAlgorithm> algorithm;
};

/// The algorithm that x-amz-trailer announces, if any. kInvalidArgument.
[[nodiscard]] Result<std::optional<store::ChecksumAlgorithm>> TrailerAlgorithm(
    const net::HttpRequest& http);

/// From PutObject or UploadPart. kInvalidArgument with the condition "InvalidDigest" or
/// "InvalidRequest".
template <class Request>
[[nodiscard]] Result<BodyPromise> PromiseOf(const Request& request, const net::HttpRequest& http) {
  BodyPromise promise;
  if (request.content_md5) {
    promise.expected.md5 = DecodeBase64(*request.content_md5);
    if (!promise.expected.md5 || promise.expected.md5->size() != 16) {
      return Fail(Reason::kInvalidArgument, "The Content-MD5 you specified was invalid.",
                  "InvalidDigest");
    }
  }
  OWLET_TRY(promise.expected.checksum, GivenChecksum(request));
  OWLET_TRY(promise.algorithm, ParseAlgorithm(request.checksum_algorithm));
  OWLET_TRY(const auto in_trailer, TrailerAlgorithm(http));
  if (in_trailer) promise.algorithm = in_trailer;
  if (promise.expected.checksum) promise.algorithm = promise.expected.checksum->algorithm;
  return promise;
}

/// Checks a checksum that the store does not keep: an upload keeps one algorithm for all its parts.
class SideCheck {
 public:
  /// Idle when `promised` is nothing or the one that is kept.
  SideCheck(std::optional<store::ChecksumAlgorithm> promised, store::ChecksumAlgorithm kept);
  void Append(std::span<const std::byte> bytes);
  /// Takes the checksum out of `expected` when it was checked here. kChecksumMismatch.
  [[nodiscard]] Status Finish(store::ExpectedDigests& expected);

 private:
  std::unique_ptr<store::Hasher> hasher_;
};

/// Takes a body into the store, then lets `finish` make something of it.
template <class Reply>
class StoredBody final : public protocol::UploadBody<Reply> {
 public:
  using FinishWith = std::function<Result<Reply>(store::StagedBody body)>;

  /// `kept` is what `writer` computes.
  StoredBody(store::BodyWriter writer, store::ChecksumAlgorithm kept, BodyPromise promise,
             FinishWith finish)
      : writer_(std::move(writer)),
        side_check_(promise.algorithm, kept),
        promise_(std::move(promise)),
        finish_(std::move(finish)) {}

  Status Append(std::span<const std::byte> bytes) override {
    side_check_.Append(bytes);
    return writer_.Append(bytes);
  }

  Result<protocol::Answer<Reply>> Finish(const protocol::Trailers& trailers) override {
    for (const auto& [name, value] : trailers) {
      const auto algorithm = AlgorithmOfHeader(name);
      if (!algorithm) continue;
      OWLET_TRY(promise_.expected.checksum, ParseChecksumText(*algorithm, value));
    }
    OWLET_CHECK_OK(side_check_.Finish(promise_.expected));
    OWLET_TRY(store::StagedBody body, writer_.Finish(promise_.expected));
    OWLET_TRY(Reply reply, finish_(std::move(body)));
    return protocol::Answer<Reply>{.reply = std::move(reply)};
  }

 private:
  store::BodyWriter writer_;
  SideCheck side_check_;
  BodyPromise promise_;
  FinishWith finish_;
};

}  // namespace owlet::s3
