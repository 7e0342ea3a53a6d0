#include "base/digest.h"

#include <gtest/gtest.h>

#include <random>

#include "base/crc.h"
#include "base/encoding.h"

namespace owlet {
namespace {

std::span<const std::byte> Bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

std::string RandomText(std::size_t size) {
  std::mt19937 random(static_cast<unsigned>(size));
  std::string text(size, '\0');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

// RFC 1321, RFC 3174 and FIPS 180-4's own examples.
TEST(DigestTest, KnownAnswers) {
  EXPECT_EQ(EncodeHex(Digest::Of(DigestKind::kMd5, "abc")), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(EncodeHex(Digest::Of(DigestKind::kSha1, "abc")),
            "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(EncodeHex(Digest::Of(DigestKind::kSha256, "abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

// RFC 4231, test case 2.
TEST(DigestTest, Hmac) {
  EXPECT_EQ(EncodeHex(HmacSha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

// The check values of the CRC catalogue.
TEST(CrcTest, KnownAnswers) {
  EXPECT_EQ(Crc32(0, Bytes("123456789")), 0xcbf43926U);
  EXPECT_EQ(Crc32c(0, Bytes("123456789")), 0xe3069283U);
  EXPECT_EQ(Crc64Nvme(0, Bytes("123456789")), 0xae8b14860a799888ULL);
}

TEST(CrcTest, FoldingAgreesWithTheTable) {
  const std::string text = RandomText(5000);
  for (std::size_t size = 0; size < 700; ++size) {
    for (const std::size_t offset : {0U, 1U, 7U}) {
      const auto bytes = Bytes(std::string_view(text).substr(offset, size));
      ASSERT_EQ(Crc64Nvme(5, bytes), Crc64NvmePortable(5, bytes)) << size << " at " << offset;
    }
  }
  EXPECT_EQ(Crc64Nvme(0, Bytes(text)), Crc64NvmePortable(0, Bytes(text)));
}

TEST(CrcTest, PiecesAndCombinationsAgreeWithTheWhole) {
  const std::string text = RandomText(4000);
  for (const std::size_t cut : {0U, 1U, 63U, 1000U, 3999U, 4000U}) {
    const auto a = Bytes(std::string_view(text).substr(0, cut));
    const auto b = Bytes(std::string_view(text).substr(cut));
    EXPECT_EQ(Crc32(Crc32(0, a), b), Crc32(0, Bytes(text)));
    EXPECT_EQ(Crc32c(Crc32c(0, a), b), Crc32c(0, Bytes(text)));
    EXPECT_EQ(Crc64Nvme(Crc64Nvme(0, a), b), Crc64Nvme(0, Bytes(text)));
    EXPECT_EQ(CombineCrc32(Crc32(0, a), Crc32(0, b), b.size()), Crc32(0, Bytes(text)));
    EXPECT_EQ(CombineCrc32c(Crc32c(0, a), Crc32c(0, b), b.size()), Crc32c(0, Bytes(text)));
    EXPECT_EQ(CombineCrc64Nvme(Crc64Nvme(0, a), Crc64Nvme(0, b), b.size()),
              Crc64Nvme(0, Bytes(text)));
  }
}

// RFC 4648, section 10.
TEST(EncodingTest, Base64) {
  const std::pair<const char*, const char*> kVectors[] = {{"", ""},
                                                          {"f", "Zg=="},
                                                          {"fo", "Zm8="},
                                                          {"foo", "Zm9v"},
                                                          {"foob", "Zm9vYg=="},
                                                          {"fooba", "Zm9vYmE="},
                                                          {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : kVectors) {
    EXPECT_EQ(EncodeBase64(bytes), text);
    EXPECT_EQ(DecodeBase64(text), bytes);
  }
  for (const char* bad : {"Zg", "Zg=", "Z===", "Zg==Zg==", "Zm9 ", "Z\n8="}) {
    EXPECT_EQ(DecodeBase64(bad), std::nullopt) << bad;
  }
}

TEST(EncodingTest, Hex) {
  EXPECT_EQ(EncodeHex(std::string_view("\x00\xfa", 2)), "00fa");
  EXPECT_EQ(DecodeHex("00Fa"), std::string_view("\x00\xfa", 2));
  EXPECT_EQ(DecodeHex("0"), std::nullopt);
  EXPECT_EQ(DecodeHex("0g"), std::nullopt);
}

}  // namespace
}  // namespace owlet
