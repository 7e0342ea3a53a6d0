#include "core/access/payload.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "core/access/aws_chunked.h"

namespace owlet::access {
namespace {

/// A body without frames; with a digest when one was promised.
class PlainReader final : public PayloadReader {
 public:
  explicit PlainReader(const PayloadTerms& terms) : sha256_hex_(terms.sha256_hex) {
    if (terms.form == PayloadForm::kSha256) digest_.emplace(DigestKind::kSha256);
  }

  Status Append(std::span<const std::byte> raw, const Sink& sink) override {
    if (digest_) digest_->Append(raw);
    return sink(raw);
  }

  Status Finish() override {
    if (!digest_) return {};
    const std::string computed = EncodeHex(digest_->Finish());
    if (computed == sha256_hex_) return {};
    Error error{.reason = Reason::kDigestMismatch,
                .message =
                    "The provided 'x-amz-content-sha256' header does not match what was "
                    "computed.",
                .condition = "XAmzContentSHA256Mismatch"};
    error.parameters = {{"ClientComputedContentSHA256", sha256_hex_},
                        {"S3ComputedContentSHA256", computed}};
    return Fail(std::move(error));
  }

  const std::vector<std::pair<std::string, std::string>>& trailers() const override {
    return trailers_;
  }

 private:
  std::string sha256_hex_;
  std::optional<Digest> digest_;
  std::vector<std::pair<std::string, std::string>> trailers_;
};

}  // namespace

std::unique_ptr<PayloadReader> MakePayloadReader(const PayloadTerms& terms) {
  switch (terms.form) {
    case PayloadForm::kUnsigned:
    case PayloadForm::kSha256:
      return std::make_unique<PlainReader>(terms);
    case PayloadForm::kSignedChunks:
    case PayloadForm::kSignedChunksTrailer:
    case PayloadForm::kUnsignedChunksTrailer:
      break;
  }
  return std::make_unique<AwsChunkedReader>(terms);
}

}  // namespace owlet::access
