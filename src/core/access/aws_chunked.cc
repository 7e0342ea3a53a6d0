#include "core/access/aws_chunked.h"

#include <algorithm>
#include <charconv>

#include "base/ascii.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "core/access/sigv4.h"

namespace owlet::access {
namespace {

constexpr std::size_t kMaxLineBytes = 1024;
constexpr std::size_t kMaxTrailerBytes = 16 * 1024;
// S3's rule for signed chunks: all but the last have at least so many bytes.
constexpr std::uint64_t kMinSignedChunk = 8192;

std::unexpected<Error> Broken(const std::string& what) {
  return Fail(Reason::kMalformedRequest, "The aws-chunked body is broken: " + what,
              "InvalidRequest");
}

std::unexpected<Error> Incomplete() {
  return Fail(Reason::kIncompleteBody,
              "You did not provide the number of bytes specified by the "
              "x-amz-decoded-content-length HTTP header.",
              "IncompleteBody");
}

std::unexpected<Error> BadSignature(const std::string& of) {
  return Fail(Reason::kSignatureMismatch,
              "The signature of " + of + " does not match the signature you provided.",
              "SignatureDoesNotMatch");
}

}  // namespace

class AwsChunkedReader::Parser {
 public:
  explicit Parser(const PayloadTerms& terms)
      : terms_(terms),
        signs_chunks_(terms.form != PayloadForm::kUnsignedChunksTrailer),
        has_trailer_(terms.form != PayloadForm::kSignedChunks),
        previous_signature_(terms.seed_signature) {}

  Status Append(std::span<const std::byte> raw, const Sink& sink);
  Status Finish();

  std::vector<std::pair<std::string, std::string>> trailers;

 private:
  enum class State { kChunkHead, kData, kDataEnd, kTrailer, kDone };

  Status TakeLine();
  Status TakeChunkHead();
  Status TakeTrailer();
  Status EndChunk();
  Status CheckTrailerSignature();
  [[nodiscard]] bool checks() const { return signs_chunks_ && terms_.check_signatures; }

  PayloadTerms terms_;
  bool signs_chunks_;
  bool has_trailer_;
  std::string previous_signature_;

  State state_ = State::kChunkHead;
  std::string line_;
  std::uint64_t chunk_left_ = 0;
  std::uint64_t chunk_size_ = 0;
  std::uint64_t decoded_ = 0;
  bool small_chunk_seen_ = false;
  std::string chunk_signature_;
  std::optional<Digest> chunk_digest_;
  std::string trailer_text_;  // "name:value\n" of each, as it is signed
  std::string trailer_signature_;
};

Status AwsChunkedReader::Parser::Append(std::span<const std::byte> raw, const Sink& sink) {
  while (!raw.empty()) {
    if (state_ == State::kDone) return Broken("bytes after its end");
    if (state_ == State::kData) {
      const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(raw.size(), chunk_left_));
      const auto piece = raw.first(size);
      if (checks()) chunk_digest_->Append(piece);
      decoded_ += size;
      chunk_left_ -= size;
      OWLET_CHECK_OK(sink(piece));
      raw = raw.subspan(size);
      if (chunk_left_ == 0) {
        OWLET_CHECK_OK(EndChunk());
        state_ = State::kDataEnd;
      }
      continue;
    }
    const auto* text = reinterpret_cast<const char*>(raw.data());
    const std::size_t end = std::string_view(text, raw.size()).find('\n');
    const std::size_t size = end == std::string_view::npos ? raw.size() : end + 1;
    if (line_.size() + size > kMaxLineBytes) return Broken("a line is too long");
    line_.append(text, size);
    raw = raw.subspan(size);
    if (end == std::string_view::npos) return {};
    line_.pop_back();
    if (line_.ends_with('\r')) line_.pop_back();
    OWLET_CHECK_OK(TakeLine());
    line_.clear();
  }
  return {};
}

Status AwsChunkedReader::Parser::TakeLine() {
  switch (state_) {
    case State::kDataEnd:
      if (!line_.empty()) return Broken("a chunk is longer than its size says");
      state_ = State::kChunkHead;
      return {};
    case State::kChunkHead:
      return TakeChunkHead();
    case State::kTrailer:
      return TakeTrailer();
    case State::kData:
    case State::kDone:
      break;
  }
  return Broken("a line where none is expected");
}

Status AwsChunkedReader::Parser::TakeChunkHead() {
  const std::string_view line = line_;
  const std::size_t semicolon = line.find(';');
  const std::string_view digits = TrimBlanks(line.substr(0, semicolon));
  const auto parsed =
      std::from_chars(digits.data(), digits.data() + digits.size(), chunk_size_, 16);
  if (digits.empty() || parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size()) {
    return Broken("a chunk's size is not a hexadecimal number");
  }
  chunk_signature_.clear();
  constexpr std::string_view kSignature = "chunk-signature=";
  if (semicolon != std::string_view::npos) {
    const std::string_view extension = TrimBlanks(line.substr(semicolon + 1));
    if (extension.starts_with(kSignature)) chunk_signature_ = extension.substr(kSignature.size());
  }
  if (checks() && chunk_signature_.empty()) return BadSignature("a chunk");
  if (terms_.decoded_length && chunk_size_ > *terms_.decoded_length - decoded_) return Incomplete();
  if (chunk_size_ > 0 && signs_chunks_ && small_chunk_seen_) {
    return Fail(Reason::kMalformedRequest,
                "Only the last chunk is allowed to have a size less than 8192 bytes",
                "InvalidChunkSizeError");
  }
  small_chunk_seen_ = chunk_size_ < kMinSignedChunk;
  if (checks()) chunk_digest_.emplace(DigestKind::kSha256);
  chunk_left_ = chunk_size_;
  if (chunk_size_ > 0) {
    state_ = State::kData;
    return {};
  }
  state_ = State::kTrailer;
  return EndChunk();
}

Status AwsChunkedReader::Parser::EndChunk() {
  if (!checks()) return {};
  std::string text = "AWS4-HMAC-SHA256-PAYLOAD\n";
  text.append(terms_.timestamp).append("\n").append(terms_.scope).append("\n");
  text.append(previous_signature_).append("\n").append(kEmptySha256).append("\n");
  text.append(EncodeHex(chunk_digest_->Finish()));
  chunk_digest_.reset();
  std::string expected = SignatureOf(terms_.signing_key, text);
  if (!EqualInConstantTime(expected, chunk_signature_)) return BadSignature("a chunk");
  previous_signature_ = std::move(expected);
  return {};
}

Status AwsChunkedReader::Parser::TakeTrailer() {
  if (line_.empty()) {
    state_ = State::kDone;
    return {};
  }
  const std::size_t colon = line_.find(':');
  if (colon == std::string::npos) return Broken("a trailer without a colon");
  std::string name = ToLowerAscii(TrimBlanks(std::string_view(line_).substr(0, colon)));
  std::string value(TrimBlanks(std::string_view(line_).substr(colon + 1)));
  if (name == "x-amz-trailer-signature") {
    trailer_signature_ = std::move(value);
    return {};
  }
  const bool announced =
      std::ranges::find(terms_.trailer_names, name) != terms_.trailer_names.end();
  if (!has_trailer_ || !announced) {
    return Fail(Reason::kMalformedRequest,
                "The request contained trailing data that was not well-formed or did not conform "
                "to our published schema.",
                "MalformedTrailerError");
  }
  if (trailer_text_.size() + line_.size() > kMaxTrailerBytes) return Broken("too many trailers");
  trailer_text_.append(name).append(":").append(value).append("\n");
  trailers.emplace_back(std::move(name), std::move(value));
  return {};
}

Status AwsChunkedReader::Parser::CheckTrailerSignature() {
  if (!checks() || !has_trailer_) return {};
  std::string text = "AWS4-HMAC-SHA256-TRAILER\n";
  text.append(terms_.timestamp).append("\n").append(terms_.scope).append("\n");
  text.append(previous_signature_).append("\n").append(Sha256Hex(trailer_text_));
  const std::string expected = SignatureOf(terms_.signing_key, text);
  if (!EqualInConstantTime(expected, trailer_signature_)) return BadSignature("the trailer");
  return {};
}

Status AwsChunkedReader::Parser::Finish() {
  // Some clients leave out the last empty line: the frames are complete without it.
  const bool complete = state_ == State::kDone || (state_ == State::kTrailer && line_.empty());
  if (!complete) return Incomplete();
  if (terms_.decoded_length && decoded_ != *terms_.decoded_length) return Incomplete();
  for (const std::string& name : terms_.trailer_names) {
    const bool came =
        std::ranges::any_of(trailers, [&](const auto& trailer) { return trailer.first == name; });
    if (!came && has_trailer_) {
      return Fail(Reason::kMalformedRequest,
                  "The request's trailer " + name + " was announced but did not come",
                  "MalformedTrailerError");
    }
  }
  return CheckTrailerSignature();
}

AwsChunkedReader::AwsChunkedReader(const PayloadTerms& terms)
    : parser_(std::make_unique<Parser>(terms)) {}

AwsChunkedReader::~AwsChunkedReader() = default;

Status AwsChunkedReader::Append(std::span<const std::byte> raw, const Sink& sink) {
  return parser_->Append(raw, sink);
}

Status AwsChunkedReader::Finish() { return parser_->Finish(); }

const std::vector<std::pair<std::string, std::string>>& AwsChunkedReader::trailers() const {
  return parser_->trailers;
}

}  // namespace owlet::access
