#include "core/access/aws_chunked.h"

#include <gtest/gtest.h>

#include <random>

#include "base/digest.h"
#include "base/encoding.h"
#include "core/access/sigv4.h"

namespace owlet::access {
namespace {

constexpr std::string_view kSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

struct ReadOutcome {
  Status status;
  std::string body;
  std::vector<std::pair<std::string, std::string>> trailers;
};

ReadOutcome ReadAll(const PayloadTerms& terms, std::string_view raw, std::size_t step) {
  ReadOutcome outcome;
  const auto reader = MakePayloadReader(terms);
  const PayloadReader::Sink sink = [&](std::span<const std::byte> bytes) {
    outcome.body.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return Status();
  };
  for (std::size_t i = 0; i < raw.size() && outcome.status; i += step) {
    outcome.status = reader->Append(std::as_bytes(std::span(raw.substr(i, step))), sink);
  }
  if (outcome.status) outcome.status = reader->Finish();
  outcome.trailers = reader->trailers();
  return outcome;
}

std::string Condition(const Status& status) {
  return status ? "" : std::string(status.error().condition);
}

// "Transferring payload in multiple chunks (chunked upload)" in the S3 API reference: 65 KiB of
// 'a'.
PayloadTerms DocumentedTerms(PayloadForm form, std::string seed) {
  PayloadTerms terms;
  terms.form = form;
  terms.decoded_length = 66560;
  terms.seed_signature = std::move(seed);
  terms.timestamp = "20130524T000000Z";
  const CredentialScope scope{.date = "20130524", .region = "us-east-1", .service = "s3"};
  terms.scope = scope.ToString();
  terms.signing_key = SigningKey(kSecret, scope);
  return terms;
}

std::string Chunk(std::size_t size, const std::string& signature) {
  char head[32];
  std::snprintf(head, sizeof(head), "%zx", size);
  return std::string(head) + ";chunk-signature=" + signature + "\r\n" + std::string(size, 'a') +
         (size > 0 ? "\r\n" : "");
}

std::string DocumentedBody() {
  return Chunk(65536, "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648") +
         Chunk(1024, "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497") +
         Chunk(0, "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9") + "\r\n";
}

constexpr const char* kSeed = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";
constexpr const char* kTrailerSeed =
    "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e";

TEST(AwsChunked, ReadsTheDocumentedExampleInAnySplit) {
  const PayloadTerms terms = DocumentedTerms(PayloadForm::kSignedChunks, kSeed);
  for (const std::size_t step :
       {std::size_t{1}, std::size_t{7}, std::size_t{4096}, std::size_t{100'000}}) {
    const ReadOutcome outcome = ReadAll(terms, DocumentedBody(), step);
    EXPECT_TRUE(outcome.status) << outcome.status.error().message;
    EXPECT_EQ(outcome.body, std::string(66560, 'a'));
  }
}

std::string DocumentedTrailerBody(const std::string& checksum = "sOO8/Q==") {
  return Chunk(65536, "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2") +
         Chunk(1024, "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7") +
         Chunk(0, "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992") +
         "x-amz-checksum-crc32c:" + checksum +
         "\r\nx-amz-trailer-signature:"
         "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n";
}

TEST(AwsChunked, ReadsTheDocumentedExampleWithATrailer) {
  PayloadTerms terms = DocumentedTerms(PayloadForm::kSignedChunksTrailer, kTrailerSeed);
  terms.trailer_names = {"x-amz-checksum-crc32c"};
  const ReadOutcome outcome = ReadAll(terms, DocumentedTrailerBody(), 1000);
  EXPECT_TRUE(outcome.status) << outcome.status.error().message;
  ASSERT_EQ(outcome.trailers.size(), 1U);
  EXPECT_EQ(outcome.trailers[0].second, "sOO8/Q==");
  EXPECT_EQ(Condition(ReadAll(terms, DocumentedTrailerBody("tOO8/Q=="), 1000).status),
            "SignatureDoesNotMatch");
  terms.trailer_names.clear();
  EXPECT_EQ(Condition(ReadAll(terms, DocumentedTrailerBody(), 1000).status),
            "MalformedTrailerError");
}

TEST(AwsChunked, RefusesEveryChangedByteOfTheData) {
  const PayloadTerms terms = DocumentedTerms(PayloadForm::kSignedChunks, kSeed);
  const std::string good = DocumentedBody();
  for (const std::size_t position : {std::size_t{90}, std::size_t{30'000}, std::size_t{66'000}}) {
    std::string changed = good;
    changed[position] = 'b';
    EXPECT_FALSE(ReadAll(terms, changed, 5000).status) << position;
  }
  PayloadTerms unchecked = terms;
  unchecked.check_signatures = false;
  std::string changed = good;
  changed[30'000] = 'b';
  EXPECT_TRUE(ReadAll(unchecked, changed, 5000).status);
}

TEST(AwsChunked, RefusesABodyThatIsCutAnywhere) {
  const PayloadTerms terms = DocumentedTerms(PayloadForm::kSignedChunks, kSeed);
  const std::string good = DocumentedBody();
  const std::size_t end = good.size() - 2;  // the last empty line may be missing
  for (std::size_t length = 0; length < end; length += length + 200 < end ? 200 : 1) {
    EXPECT_EQ(Condition(ReadAll(terms, good.substr(0, length), 10'000).status), "IncompleteBody")
        << length;
  }
}

PayloadTerms UnsignedTerms(std::uint64_t size) {
  PayloadTerms terms;
  terms.form = PayloadForm::kUnsignedChunksTrailer;
  terms.decoded_length = size;
  terms.trailer_names = {"x-amz-checksum-crc32"};
  return terms;
}

TEST(AwsChunked, ReadsUnsignedChunksWithATrailer) {
  const PayloadTerms terms = UnsignedTerms(11);
  const ReadOutcome outcome =
      ReadAll(terms, "5\r\nhello\r\n6\r\n world\r\n0\r\nx-amz-checksum-crc32: DUoRhQ==\r\n\r\n", 3);
  EXPECT_TRUE(outcome.status);
  EXPECT_EQ(outcome.body, "hello world");
  ASSERT_EQ(outcome.trailers.size(), 1U);
  EXPECT_EQ(outcome.trailers[0].first, "x-amz-checksum-crc32");
  EXPECT_EQ(outcome.trailers[0].second, "DUoRhQ==");
}

TEST(AwsChunked, NamesWhatIsBroken) {
  const auto condition = [](std::uint64_t size, std::string_view raw) {
    return Condition(ReadAll(UnsignedTerms(size), raw, 4).status);
  };
  const std::string trailer = "x-amz-checksum-crc32:DUoRhQ==\r\n\r\n";
  EXPECT_EQ(condition(5, "5\r\nhello\r\n0\r\n" + trailer), "");
  EXPECT_EQ(condition(6, "5\r\nhello\r\n0\r\n" + trailer), "IncompleteBody");
  EXPECT_EQ(condition(4, "5\r\nhello\r\n0\r\n" + trailer), "IncompleteBody");
  EXPECT_EQ(condition(5, "5\r\nhello\r\n0\r\n\r\n"), "MalformedTrailerError");
  EXPECT_EQ(condition(5, "5\r\nhello\r\n0\r\nx-amz-meta-a:1\r\n" + trailer),
            "MalformedTrailerError");
  EXPECT_EQ(condition(5, "5\r\nhello!\r\n0\r\n" + trailer), "InvalidRequest");
  EXPECT_EQ(condition(5, "xyz\r\nhello\r\n0\r\n" + trailer), "InvalidRequest");
  EXPECT_EQ(condition(5, "\r\nhello\r\n0\r\n" + trailer), "InvalidRequest");
  EXPECT_EQ(condition(5, "-5\r\nhello\r\n0\r\n" + trailer), "InvalidRequest");
  EXPECT_EQ(condition(5, "10000000000000005\r\nhello\r\n0\r\n" + trailer), "InvalidRequest");
  EXPECT_EQ(condition(5, "ffffffffffffffff\r\nhello"), "IncompleteBody");
  EXPECT_EQ(condition(5, "5\r\nhello\r\n0\r\n" + trailer + "more"), "InvalidRequest");
  EXPECT_EQ(condition(5, std::string(5000, '1')), "InvalidRequest");
  EXPECT_EQ(condition(5, "5\r\nhello\r\n0\r\nno colon\r\n\r\n"), "InvalidRequest");
}

TEST(AwsChunked, SurvivesAnyBytes) {
  std::mt19937 random(42);
  const std::string alphabet = "0159af;=\r\n:xz\0 chunk-signature";
  for (int round = 0; round < 20'000; ++round) {
    std::string raw;
    const std::size_t length = random() % 60;
    for (std::size_t i = 0; i < length; ++i) raw.push_back(alphabet[random() % alphabet.size()]);
    PayloadTerms terms = UnsignedTerms(random() % 10);
    if (random() % 2 == 0) terms.form = PayloadForm::kSignedChunks;
    const ReadOutcome outcome = ReadAll(terms, raw, 1 + random() % 8);
    EXPECT_LE(outcome.body.size(), 10U);
  }
}

TEST(Payload, ChecksTheDigestOfAPlainBody) {
  PayloadTerms terms;
  EXPECT_EQ(ReadAll(terms, "anything", 3).body, "anything");
  terms.form = PayloadForm::kSha256;
  terms.sha256_hex = Sha256Hex("hello");
  EXPECT_TRUE(ReadAll(terms, "hello", 2).status);
  const Status tampered = ReadAll(terms, "hellO", 2).status;
  EXPECT_EQ(Condition(tampered), "XAmzContentSHA256Mismatch");
  EXPECT_EQ(tampered.error().Parameter("S3ComputedContentSHA256"), Sha256Hex("hellO"));
}

}  // namespace
}  // namespace owlet::access
