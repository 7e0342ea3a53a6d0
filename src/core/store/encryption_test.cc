#include "core/store/encryption.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/digest.h"
#include "base/encoding.h"
#include "core/store/object_store.h"

namespace owlet::store {
namespace {

namespace fs = std::filesystem;

TEST(ExtentKeyTest, SizesAddUp) {
  for (const std::uint64_t plain : {0ULL, 1ULL, 65535ULL, 65536ULL, 65537ULL, 1000000ULL}) {
    EXPECT_EQ(PlainSize(SealedSize(plain)), plain);
  }
}

TEST(ExtentKeyTest, OnlyTheRightKeyOpens) {
  const ExtentKey key = ExtentKey::Fresh();
  const std::string kek(32, 'k');
  const std::string sealed = key.Seal(kek);
  EXPECT_FALSE(ExtentKey::Unseal(sealed, std::string(32, 'x')));
  const auto opened = ExtentKey::Unseal(sealed, kek);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->OpenPiece(7, key.SealPiece(7, "bytes")).value(), "bytes");
  EXPECT_FALSE(opened->OpenPiece(8, key.SealPiece(7, "bytes")));
}

class EncryptionTest : public testing::Test {
 protected:
  EncryptionTest() {
    fs::remove_all(folder_);
    store_ = ObjectStore::Open({.blobs = folder_}, *kv_, allow_, clock_).value();
    EXPECT_TRUE(store_->CreateBucket(root_, bucket_));
  }
  ~EncryptionTest() override {
    store_.reset();
    fs::remove_all(folder_);
  }

  void Put(std::string_view bytes, const Encryption& encryption, std::string_view key = {}) {
    BodyWriter writer = store_->NewBody(std::nullopt, encryption, key).value();
    // In uneven steps, across the pieces' borders.
    for (std::size_t at = 0; at < bytes.size(); at += 10'007) {
      ASSERT_TRUE(writer.Append(std::as_bytes(std::span(bytes.substr(at, 10'007)))));
    }
    ObjectAttributes attributes;
    attributes.encryption = encryption;
    ASSERT_TRUE(store_->Put(root_, bucket_, key_, writer.Finish().value(), attributes));
  }
  Result<ObjectReader> Open(std::string customer_key = {}) {
    return store_->Open(root_, bucket_, key_, {}, {.customer_key = std::move(customer_key)});
  }
  std::string OnDisk() {
    std::string all;
    for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      all.append(std::istreambuf_iterator<char>(file), {});
    }
    return all;
  }

  fs::path folder_ = fs::temp_directory_path() / ("owlet-encryption-" + std::to_string(getpid()));
  std::unique_ptr<kv::KeyValueStore> kv_ = kv::KeyValueStore::OpenInMemory().value();
  access::AllowAll allow_;
  ManualClock clock_{Timestamp(std::chrono::seconds(1'700'000'000))};
  access::Principal root_ = access::Principal::Root();
  BucketName bucket_ = BucketName::Parse("bucket").value();
  ObjectKey key_ = ObjectKey::Parse("k").value();
  std::unique_ptr<ObjectStore> store_;
};

TEST_F(EncryptionTest, BytesOfAllSizesComeBackAndAreNotOnDisk) {
  for (const std::size_t size : {0U, 1U, 65535U, 65536U, 65537U, 300'001U}) {
    std::string bytes;
    while (bytes.size() < size) bytes += "some words that would be seen ";
    bytes.resize(size);
    Put(bytes, {.mode = EncryptionMode::kS3});
    const auto reader = Open();
    ASSERT_TRUE(reader) << reader.error().message;
    EXPECT_EQ(reader->ReadAll().value(), bytes) << size;
    EXPECT_EQ(reader->info().etag, EncodeHex(Digest::Of(DigestKind::kMd5, bytes)));
    EXPECT_EQ(OnDisk().find("words that would"), std::string::npos);
    if (size < 70'000) continue;
    std::string piece(100, '\0');
    ASSERT_TRUE(reader->ReadAt(65'500, std::as_writable_bytes(std::span(piece))));
    EXPECT_EQ(piece, bytes.substr(65'500, 100));
  }
}

TEST_F(EncryptionTest, TheClientsKeyIsNeededAndNoOtherOpens) {
  const std::string key(32, 'c');
  const Encryption encryption{.mode = EncryptionMode::kCustomer,
                              .customer_key_md5 = EncodeBase64(Digest::Of(DigestKind::kMd5, key))};
  Put("secret", encryption, key);
  EXPECT_EQ(Open().error().condition, "InvalidRequest");
  EXPECT_EQ(Open(std::string(32, 'd')).error().condition, "InvalidRequest");
  EXPECT_EQ(Open(key)->ReadAll().value(), "secret");
}

TEST_F(EncryptionTest, ACopyMayBeEncryptedOtherwise) {
  const std::string bytes(200'000, 'x');
  Put(bytes, {.mode = EncryptionMode::kKms, .kms_key_id = "one"});
  const ObjectReader source = Open().value();
  auto plain = store_->ShareBody(source, 10, 100'000);
  ASSERT_TRUE(plain);
  ASSERT_TRUE(store_->Put(root_, bucket_, key_, *std::move(plain)));
  const ObjectReader copy = Open().value();
  EXPECT_FALSE(copy.encrypted());
  EXPECT_EQ(copy.ReadAll().value(), bytes.substr(0, 100'000));
}

TEST_F(EncryptionTest, AFlippedBitIsFound) {
  Put(std::string(200'000, 'x'), {.mode = EncryptionMode::kS3});
  for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
    if (!entry.is_regular_file()) continue;
    std::fstream file(entry.path(), std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(100);
    file.put('!');
  }
  EXPECT_EQ(Open()->ReadAll().error().reason, Reason::kCorruption);
}

}  // namespace
}  // namespace owlet::store
