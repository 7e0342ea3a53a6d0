#include "core/store/object_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>

#include "base/digest.h"
#include "base/encoding.h"

namespace owlet::store {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

std::string RandomText(std::size_t size, unsigned seed = 1) {
  std::mt19937_64 random(seed);
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; i += 8) {
    const std::uint64_t word = random();
    std::memcpy(text.data() + i, &word, std::min<std::size_t>(8, size - i));
  }
  return text;
}

std::string Md5Hex(std::string_view text) { return EncodeHex(Digest::Of(DigestKind::kMd5, text)); }

BucketName Bucket(std::string_view name) { return BucketName::Parse(name).value(); }
ObjectKey Key(std::string_view key) { return ObjectKey::Parse(key).value(); }

class ObjectStoreTest : public testing::Test {
 protected:
  ObjectStoreTest() {
    folder_ =
        fs::temp_directory_path() / ("owlet-store-" + std::to_string(getpid()) + "-" +
                                     testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    Reopen();
    EXPECT_TRUE(store_->CreateBucket(root_, bucket_));
  }
  ~ObjectStoreTest() override {
    store_.reset();
    fs::remove_all(folder_);
  }

  void Reopen() {
    store_.reset();
    auto store = ObjectStore::Open({.blobs = folder_}, *kv_, allow_, clock_);
    ASSERT_TRUE(store) << store.error().message;
    store_ = *std::move(store);
  }

  StagedBody Stage(std::string_view bytes, std::optional<ChecksumAlgorithm> checksum = {}) {
    BodyWriter writer = store_->NewBody(checksum).value();
    EXPECT_TRUE(writer.Append(std::as_bytes(std::span(bytes))));
    return writer.Finish().value();
  }
  ObjectInfo Put(std::string_view key, std::string_view bytes) {
    clock_.Advance(std::chrono::seconds(1));
    auto info = store_->PutBytes(root_, bucket_, Key(key), bytes);
    EXPECT_TRUE(info) << info.error().message;
    return info.value();
  }
  std::string Get(std::string_view key) {
    auto reader = store_->Open(root_, bucket_, Key(key));
    if (!reader) return std::string(ReasonName(reader.error().reason));
    auto bytes = reader->ReadAll();
    return bytes ? *bytes : bytes.error().message;
  }
  std::vector<std::string> Keys(ListRequest request = {}) {
    std::vector<std::string> keys;
    const ListPage page = store_->List(root_, bucket_, request).value();
    for (const ObjectInfo& info : page.objects) keys.push_back(info.key);
    return keys;
  }
  std::size_t CountFiles() {
    std::size_t count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
      count += entry.is_regular_file();
    }
    return count;
  }
  UploadInfo Upload(std::string_view key, UploadOptions options = {}) {
    return store_->CreateUpload(root_, bucket_, Key(key), std::move(options)).value();
  }
  PartInfo Part(const UploadInfo& upload, std::uint32_t number, std::string_view bytes) {
    return store_
        ->PutPart(root_, bucket_, Key(upload.key), upload.upload_id, number,
                  Stage(bytes, upload.checksum_algorithm))
        .value();
  }

  fs::path folder_;
  std::unique_ptr<kv::KeyValueStore> kv_ = kv::KeyValueStore::OpenInMemory().value();
  access::AllowAll allow_;
  ManualClock clock_{Timestamp(std::chrono::seconds(1'700'000'000))};
  access::Principal root_;
  BucketName bucket_ = Bucket("bucket");
  std::unique_ptr<ObjectStore> store_;
};

TEST_F(ObjectStoreTest, BodiesOfAllSizesComeBack) {
  for (const std::size_t size : {0U, 1U, 65535U, 65536U, 65537U, 300'000U, 3'000'000U}) {
    const std::string bytes = RandomText(size);
    const ObjectInfo info = Put("k", bytes);
    EXPECT_EQ(info.size, size);
    EXPECT_EQ(info.etag, Md5Hex(bytes));
    EXPECT_EQ(Get("k"), bytes) << size;
    EXPECT_EQ(CountFiles(), size > 65536U ? 1U : 0U) << size;
  }
}

TEST_F(ObjectStoreTest, AReaderKeepsWhatItOpened) {
  const std::string first = RandomText(200'000, 1);
  Put("k", first);
  std::optional<ObjectReader> reader = store_->Open(root_, bucket_, Key("k")).value();
  Put("k", RandomText(200'000, 2));
  ASSERT_TRUE(store_->Delete(root_, bucket_, Key("k")));
  EXPECT_EQ(reader->ReadAll().value(), first);
  EXPECT_EQ(CountFiles(), 1U);
  reader.reset();
  EXPECT_EQ(CountFiles(), 0U);
}

TEST_F(ObjectStoreTest, RangesCrossExtents) {
  const UploadInfo upload = Upload("k");
  const std::string a = RandomText(5 << 20, 1), b = RandomText(100, 2);
  const PartInfo one = Part(upload, 1, a), two = Part(upload, 2, b);
  ASSERT_TRUE(store_->CompleteUpload(root_, bucket_, Key("k"), upload.upload_id,
                                     {{1, one.etag, {}}, {2, two.etag, {}}}, {}));
  const std::string whole = a + b;
  const ObjectReader reader = store_->Open(root_, bucket_, Key("k")).value();
  std::string piece(200, '\0');
  const std::size_t from = a.size() - 150;
  EXPECT_EQ(reader.ReadAt(from, std::as_writable_bytes(std::span(piece))).value(), 200U);
  EXPECT_EQ(piece, whole.substr(from, 200));
  EXPECT_EQ(reader.ReadAt(whole.size() - 10, std::as_writable_bytes(std::span(piece))).value(),
            10U);
  EXPECT_EQ(reader.ReadAt(whole.size(), std::as_writable_bytes(std::span(piece))).value(), 0U);
  const auto slices = reader.Slices(from, 200).value();
  ASSERT_EQ(slices.size(), 2U);
  EXPECT_EQ(std::get<FileSlice>(slices[0]).size, 150U);
  EXPECT_EQ(std::get<std::string>(slices[1]), b.substr(0, 50));
  std::string streamed;
  ASSERT_TRUE(reader.Stream(0, whole.size(), [&](std::span<const std::byte> bytes) -> Status {
    streamed.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return {};
  }));
  EXPECT_EQ(streamed, whole);
}

TEST_F(ObjectStoreTest, DamagedBytesAreNeverHandedOn) {
  const std::string bytes = RandomText(200'000);
  Put("k", bytes);
  for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
    if (!entry.is_regular_file()) continue;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(1000);
    file.put(static_cast<char>(bytes[1000] + 1));
  }
  auto read = store_->Open(root_, bucket_, Key("k")).value().ReadAll();
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().reason, Reason::kCorruption);
}

TEST_F(ObjectStoreTest, AbandonedBodiesLeaveNothing) {
  {
    BodyWriter writer = store_->NewBody().value();
    const std::string bytes = RandomText(1'000'000);
    ASSERT_TRUE(writer.Append(std::as_bytes(std::span(bytes))));
  }
  {
    const StagedBody body = Stage(RandomText(1'000'000));
  }
  {
    Publication publication = store_->Begin(root_);
    publication.Put(bucket_, Key("k"), Stage(RandomText(1'000'000)));
  }
  EXPECT_EQ(CountFiles(), 0U);
  EXPECT_EQ(Get("k"), "ObjectNotFound");
}

TEST_F(ObjectStoreTest, WrongDigestsAreRefused) {
  const std::string text = "hello";
  const auto finish = [&](ExpectedDigests expected, std::optional<ChecksumAlgorithm> algorithm) {
    BodyWriter writer = store_->NewBody(algorithm).value();
    EXPECT_TRUE(writer.Append(std::as_bytes(std::span(text))));
    return writer.Finish(expected);
  };
  EXPECT_TRUE(finish({.md5 = Digest::Of(DigestKind::kMd5, text), .size = 5}, {}));
  EXPECT_EQ(finish({.md5 = Digest::Of(DigestKind::kMd5, "x")}, {}).error().reason,
            Reason::kDigestMismatch);
  EXPECT_EQ(finish({.size = 6}, {}).error().reason, Reason::kIncompleteBody);
  for (const auto algorithm :
       {ChecksumAlgorithm::kCrc32, ChecksumAlgorithm::kCrc32c, ChecksumAlgorithm::kCrc64Nvme,
        ChecksumAlgorithm::kSha1, ChecksumAlgorithm::kSha256}) {
    const auto good = Stage(text, algorithm).checksum();
    EXPECT_TRUE(finish({.checksum = good}, algorithm));
    Checksum bad = *good;
    bad.value[0] = static_cast<char>(bad.value[0] + 1);
    EXPECT_EQ(finish({.checksum = bad}, algorithm).error().reason, Reason::kChecksumMismatch);
  }
}

TEST_F(ObjectStoreTest, KeysAreOrderedByTheirBytes) {
  const std::vector<std::string> keys = {std::string("a"),
                                         std::string("a\0b", 3),
                                         "a\x01",
                                         "a ",
                                         "a/",
                                         "a/b",
                                         "aa",
                                         "b",
                                         "\xc3\xa4",
                                         "\xe2\x82\xac",
                                         "\xef\xbf\xbd",
                                         "\xf0\x9f\xa6\x89"};
  for (auto key = keys.rbegin(); key != keys.rend(); ++key) Put(*key, *key);
  EXPECT_EQ(Keys(), keys);
  for (const std::string& key : keys) EXPECT_EQ(Get(key), key);
  std::vector<std::string> paged;
  ListRequest request{.limit = 1};
  while (true) {
    const ListPage page = store_->List(root_, bucket_, request).value();
    for (const auto& info : page.objects) paged.push_back(info.key);
    if (!page.truncated) break;
    request.start_after = page.next;
  }
  EXPECT_EQ(paged, keys);
}

TEST_F(ObjectStoreTest, DelimitersRollUp) {
  for (const char* key : {"a", "d/1", "d/2", "d/e/3", "d0", "e/1", "z"}) Put(key, "x");
  ListPage page = store_->List(root_, bucket_, {.delimiter = "/"}).value();
  EXPECT_THAT(page.common_prefixes, ElementsAre("d/", "e/"));
  EXPECT_THAT(Keys({.delimiter = "/"}), ElementsAre("a", "d0", "z"));
  page = store_->List(root_, bucket_, {.prefix = "d/", .delimiter = "/"}).value();
  EXPECT_THAT(page.common_prefixes, ElementsAre("d/e/"));
  EXPECT_THAT(Keys({.prefix = "d/", .delimiter = "/"}), ElementsAre("d/1", "d/2"));

  std::vector<std::string> all;
  ListRequest request{.delimiter = "/", .limit = 1};
  while (true) {
    page = store_->List(root_, bucket_, request).value();
    for (const auto& info : page.objects) all.push_back(info.key);
    for (const auto& prefix : page.common_prefixes) all.push_back(prefix);
    if (!page.truncated) break;
    request.start_after = page.next;
  }
  EXPECT_THAT(all, ElementsAre("a", "d/", "d0", "e/", "z"));
  EXPECT_THAT(Keys({.start_after = "d/2"}), ElementsAre("d/e/3", "d0", "e/1", "z"));
  EXPECT_THAT(Keys({.prefix = "d", .start_after = "a"}), ElementsAre("d/1", "d/2", "d/e/3", "d0"));
  EXPECT_THAT(Keys({.prefix = "d", .start_after = "x"}), IsEmpty());
  EXPECT_THAT(Keys({.prefix = "d/1", .start_after = "d/1"}), IsEmpty());
  EXPECT_TRUE(store_->List(root_, bucket_, {.limit = 0}).value().objects.empty());
}

TEST_F(ObjectStoreTest, WriteConditions) {
  const auto put = [&](WriteConditions conditions) -> std::string {
    auto info = store_->Put(root_, bucket_, Key("k"), Stage("x"), {}, std::move(conditions));
    return info ? "ok" : std::string(ReasonName(info.error().reason));
  };
  EXPECT_EQ(put({.if_match = "*"}), "ObjectNotFound");
  EXPECT_EQ(put({.if_absent = true}), "ok");
  EXPECT_EQ(put({.if_absent = true}), "PreconditionFailed");
  EXPECT_EQ(put({.if_match = Md5Hex("y")}), "PreconditionFailed");
  EXPECT_EQ(put({.if_match = Md5Hex("x")}), "ok");
  EXPECT_EQ(store_->Delete(root_, bucket_, Key("k"), {.conditions = {.if_match = Md5Hex("y")}})
                .error()
                .reason,
            Reason::kPreconditionFailed);
  EXPECT_TRUE(store_->Delete(root_, bucket_, Key("k"), {.conditions = {.if_match = Md5Hex("x")}}));
  EXPECT_TRUE(store_->Delete(root_, bucket_, Key("k")));
}

TEST_F(ObjectStoreTest, ReadConditions) {
  const ObjectInfo info = Put("k", "x");
  const auto head = [&](store::ReadConditions conditions) -> std::string {
    auto found = store_->Head(root_, bucket_, Key("k"), conditions);
    return found ? "ok" : std::string(ReasonName(found.error().reason));
  };
  const Timestamp before = info.modified - std::chrono::seconds(1);
  EXPECT_EQ(head({.if_match = {info.etag}}), "ok");
  EXPECT_EQ(head({.if_match = {"no"}}), "PreconditionFailed");
  EXPECT_EQ(head({.if_none_match = {info.etag}}), "NotModified");
  EXPECT_EQ(head({.if_none_match = {"no"}}), "ok");
  EXPECT_EQ(head({.if_modified_since = info.modified}), "NotModified");
  EXPECT_EQ(head({.if_modified_since = before}), "ok");
  EXPECT_EQ(head({.if_unmodified_since = before}), "PreconditionFailed");
  EXPECT_EQ(head({.if_match = {info.etag}, .if_unmodified_since = before}), "ok");
  EXPECT_EQ(head({.if_none_match = {"no"}, .if_modified_since = info.modified}), "ok");
}

TEST_F(ObjectStoreTest, APublicationIsAllOrNothing) {
  Put("out/old-1", "old");
  Put("out/old-2", "old");
  Put("other", "old");
  const auto publish = [&](bool fail) {
    Publication publication = store_->Begin(root_);
    publication.DeletePrefix(bucket_, "out/");
    publication.Put(bucket_, Key("out/part-0"), Stage(RandomText(100'000)));
    publication.Put(bucket_, Key("out/old-2"), Stage("new"));
    publication.Put(bucket_, Key("out/_SUCCESS"), Stage(""));
    publication.Edit([&](kv::Transaction& transaction) -> Status {
      transaction.Put(kv::Column::kCatalog, "table", "x");
      if (fail) return Fail(Reason::kVersionMismatch, "no");
      return {};
    });
    return publication.Commit();
  };
  auto failed = publish(true);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().reason, Reason::kVersionMismatch);
  EXPECT_THAT(Keys(), ElementsAre("other", "out/old-1", "out/old-2"));
  EXPECT_EQ(CountFiles(), 0U);
  EXPECT_EQ(kv_->Get(kv::Column::kCatalog, "table").value(), std::nullopt);

  ASSERT_TRUE(publish(false));
  EXPECT_THAT(Keys(), ElementsAre("other", "out/_SUCCESS", "out/old-2", "out/part-0"));
  EXPECT_EQ(Get("out/old-2"), "new");
  EXPECT_EQ(kv_->Get(kv::Column::kCatalog, "table").value(), "x");
  ASSERT_TRUE(publish(false));
  EXPECT_EQ(CountFiles(), 1U);
}

TEST_F(ObjectStoreTest, CopiesShareTheirBytes) {
  const std::string bytes = RandomText(500'000);
  Put("a", bytes);
  const auto copy = [&](std::string_view from, std::string_view to) {
    const ObjectReader source = store_->Open(root_, bucket_, Key(from)).value();
    StagedBody body = store_->ShareBody(source, 0, source.size()).value();
    return store_->Put(root_, bucket_, Key(to), std::move(body)).value();
  };
  const ObjectInfo info = copy("a", "b");
  EXPECT_EQ(info.etag, Md5Hex(bytes));
  EXPECT_TRUE(info.checksum);
  EXPECT_EQ(CountFiles(), 1U);
  copy("b", "b");
  ASSERT_TRUE(store_->Delete(root_, bucket_, Key("a")));
  EXPECT_EQ(Get("b"), bytes);
  ASSERT_TRUE(store_->Delete(root_, bucket_, Key("b")));
  EXPECT_EQ(CountFiles(), 0U);
}

TEST_F(ObjectStoreTest, ACopyOutlivesASourceDeletedBeforeItIsPublished) {
  for (const std::size_t size : {10U, 500'000U}) {
    const std::string bytes = RandomText(size);
    Put("a", bytes);
    std::optional<StagedBody> body;
    {
      const ObjectReader source = store_->Open(root_, bucket_, Key("a")).value();
      body = store_->ShareBody(source, 0, source.size()).value();
    }
    ASSERT_TRUE(store_->Delete(root_, bucket_, Key("a")));
    ASSERT_TRUE(store_->Put(root_, bucket_, Key("b"), *std::move(body)));
    body.reset();
    Reopen();
    EXPECT_EQ(Get("b"), bytes);
  }
}

TEST_F(ObjectStoreTest, MultipartUpload) {
  const UploadInfo upload = Upload("m", {.attributes = {.content_type = "text/x"}});
  const std::string a = RandomText(5 << 20, 1), b = RandomText(6 << 20, 2), c = "end";
  Part(upload, 7, "replaced");
  const PartInfo three = Part(upload, 7, c);
  const PartInfo one = Part(upload, 1, a);
  const PartInfo two = Part(upload, 3, b);
  Part(upload, 5, RandomText(100'000));  // not named at the end: goes away
  const auto complete = [&](std::vector<CompletedPart> parts) {
    return store_->CompleteUpload(root_, bucket_, Key("m"), upload.upload_id, parts, {});
  };
  EXPECT_EQ(complete({{3, two.etag, {}}, {1, one.etag, {}}}).error().reason, Reason::kPartOrder);
  EXPECT_EQ(complete({{1, two.etag, {}}}).error().reason, Reason::kPartNotFound);
  EXPECT_EQ(complete({{2, two.etag, {}}}).error().reason, Reason::kPartNotFound);
  EXPECT_EQ(complete({}).error().reason, Reason::kMalformedRequest);
  const std::vector<CompletedPart> good = {
      {1, one.etag, {}}, {3, two.etag, {}}, {7, three.etag, {}}};
  const ObjectInfo info = complete(good).value();
  EXPECT_EQ(info.etag,
            EncodeHex(Digest::Of(DigestKind::kMd5, Digest::Of(DigestKind::kMd5, a) +
                                                       Digest::Of(DigestKind::kMd5, b) +
                                                       Digest::Of(DigestKind::kMd5, c))) +
                "-3");
  EXPECT_EQ(info.parts.size(), 3U);
  EXPECT_EQ(info.checksum, Stage(a + b + c).checksum());
  EXPECT_EQ(Get("m"), a + b + c);
  EXPECT_EQ(store_->Head(root_, bucket_, Key("m")).value().attributes.content_type, "text/x");
  EXPECT_EQ(CountFiles(), 2U);
  // The reply was lost: asked again.
  EXPECT_EQ(complete(good).value().etag, info.etag);
  EXPECT_EQ(store_->AbortUpload(root_, bucket_, Key("m"), upload.upload_id).error().reason,
            Reason::kUploadNotFound);
  EXPECT_TRUE(store_->ListUploads(root_, bucket_, {}).value().uploads.empty());
}

TEST_F(ObjectStoreTest, SmallPartsAreRefusedButTheLast) {
  const UploadInfo upload = Upload("m");
  const PartInfo one = Part(upload, 1, "small"), two = Part(upload, 2, "last");
  auto done = store_->CompleteUpload(root_, bucket_, Key("m"), upload.upload_id,
                                     {{1, one.etag, {}}, {2, two.etag, {}}}, {});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().reason, Reason::kPartTooSmall);
  EXPECT_TRUE(
      store_->CompleteUpload(root_, bucket_, Key("m"), upload.upload_id, {{2, two.etag, {}}}, {}));
}

TEST_F(ObjectStoreTest, MultipartChecksums) {
  const std::string a = RandomText(5 << 20, 1), b = "rest";
  for (const auto type : {ChecksumType::kComposite, ChecksumType::kFullObject}) {
    const UploadInfo upload =
        Upload("m", {.checksum_algorithm = ChecksumAlgorithm::kCrc32c, .checksum_type = type});
    const PartInfo one = Part(upload, 1, a), two = Part(upload, 2, b);
    const ObjectInfo info =
        store_
            ->CompleteUpload(root_, bucket_, Key("m"), upload.upload_id,
                             {{1, one.etag, one.checksum}, {2, two.etag, two.checksum}}, {})
            .value();
    const bool full = type == ChecksumType::kFullObject;
    const std::string text = full ? a + b
                                  : Stage(a, ChecksumAlgorithm::kCrc32c).checksum()->value +
                                        Stage(b, ChecksumAlgorithm::kCrc32c).checksum()->value;
    EXPECT_EQ(info.checksum->Text(),
              Stage(text, ChecksumAlgorithm::kCrc32c).checksum()->Text() + (full ? "" : "-2"));
  }
  EXPECT_FALSE(store_->CreateUpload(root_, bucket_, Key("m"),
                                    {.checksum_algorithm = ChecksumAlgorithm::kSha1,
                                     .checksum_type = ChecksumType::kFullObject}));
}

TEST_F(ObjectStoreTest, AbortAndListings) {
  const UploadInfo a1 = Upload("a");
  clock_.Advance(std::chrono::seconds(1));
  const UploadInfo a2 = Upload("a");
  const UploadInfo b = Upload("b/c");
  Part(a1, 1, RandomText(100'000));
  Part(a1, 2, "x");
  Part(a1, 9, "y");
  EXPECT_EQ(CountFiles(), 1U);
  UploadsPage page = store_->ListUploads(root_, bucket_, {.limit = 2}).value();
  ASSERT_EQ(page.uploads.size(), 2U);
  EXPECT_EQ(page.uploads[0].upload_id, a1.upload_id);
  EXPECT_EQ(page.uploads[1].upload_id, a2.upload_id);
  EXPECT_TRUE(page.truncated);
  page = store_
             ->ListUploads(root_, bucket_,
                           {.key_marker = page.next_key, .upload_id_marker = page.next_upload_id})
             .value();
  ASSERT_EQ(page.uploads.size(), 1U);
  EXPECT_EQ(page.uploads[0].key, "b/c");
  page = store_->ListUploads(root_, bucket_, {.delimiter = "/"}).value();
  EXPECT_THAT(page.common_prefixes, ElementsAre("b/"));

  PartsPage parts = store_->ListParts(root_, bucket_, Key("a"), a1.upload_id, 0, 2).value();
  EXPECT_EQ(parts.parts.size(), 2U);
  EXPECT_TRUE(parts.truncated);
  parts =
      store_->ListParts(root_, bucket_, Key("a"), a1.upload_id, parts.next_part_number, 2).value();
  ASSERT_EQ(parts.parts.size(), 1U);
  EXPECT_EQ(parts.parts[0].number, 9U);
  EXPECT_FALSE(parts.truncated);

  ASSERT_TRUE(store_->AbortUpload(root_, bucket_, Key("a"), a1.upload_id));
  EXPECT_EQ(CountFiles(), 0U);
  EXPECT_FALSE(store_->FindUpload(root_, bucket_, Key("a"), a1.upload_id));
  EXPECT_FALSE(store_->FindUpload(root_, bucket_, Key("b"), b.upload_id));
}

TEST_F(ObjectStoreTest, Buckets) {
  EXPECT_EQ(store_->CreateBucket(root_, bucket_).error().reason, Reason::kBucketAlreadyExists);
  EXPECT_EQ(store_->HeadBucket(root_, Bucket("none")).error().reason, Reason::kBucketNotFound);
  Put("k", RandomText(100'000));
  EXPECT_EQ(store_->DeleteBucket(root_, bucket_).error().reason, Reason::kBucketNotEmpty);
  ASSERT_TRUE(store_->Delete(root_, bucket_, Key("k")));
  Part(Upload("m"), 1, RandomText(100'000));
  EXPECT_EQ(CountFiles(), 1U);
  ASSERT_TRUE(store_->DeleteBucket(root_, bucket_));
  EXPECT_EQ(CountFiles(), 0U);
  EXPECT_TRUE(store_->ListBuckets(root_).value().empty());
  // A bucket of the same name starts empty.
  ASSERT_TRUE(store_->CreateBucket(root_, bucket_, {.region = "eu-west-1"}));
  EXPECT_EQ(store_->HeadBucket(root_, bucket_).value().region, "eu-west-1");
  EXPECT_TRUE(store_->ListUploads(root_, bucket_, {}).value().uploads.empty());
}

TEST_F(ObjectStoreTest, TheSweepRemovesWhatNobodyNames) {
  Put("k", RandomText(100'000));
  {
    fs::create_directories(folder_ / "ab");
    std::ofstream(folder_ / "ab" / "000000000000abcd") << "torn";
    std::ofstream(folder_ / "incoming" / "000000000000abce") << "torn";
    std::ofstream(folder_ / "ab" / "README") << "someone else's";
  }
  Reopen();
  EXPECT_EQ(CountFiles(), 2U);
  EXPECT_EQ(Get("k"), RandomText(100'000));
}

TEST_F(ObjectStoreTest, TagsAndSettings) {
  Put("k", "x");
  const auto tag = [](const ObjectInfo&, ObjectAttributes& attributes) -> Status {
    attributes.tags = {{"a", "1"}};
    return {};
  };
  ASSERT_TRUE(store_->EditObject(root_, bucket_, Key("k"), {.action = "s3:PutObjectTagging"}, tag));
  EXPECT_EQ(store_->Head(root_, bucket_, Key("k")).value().attributes.tags.at("a"), "1");
  EXPECT_EQ(store_->EditObject(root_, bucket_, Key("none"), {}, tag).error().reason,
            Reason::kObjectNotFound);
  const auto get = [&] {
    return store_->GetBucketSetting(root_, bucket_, BucketSetting::kCors, "s3:GetBucketCORS")
        .value();
  };
  EXPECT_EQ(get(), std::nullopt);
  ASSERT_TRUE(
      store_->SetBucketSetting(root_, bucket_, BucketSetting::kCors, "<x/>", "s3:PutBucketCORS"));
  EXPECT_EQ(get(), "<x/>");
}

class DenyAll final : public access::Authorizer {
 public:
  Status Decide(const access::Principal&, std::string_view, std::string_view,
                const access::AccessContext&, const access::ResourceAccess&) const override {
    return Fail(Reason::kAccessDenied, "no");
  }
};

TEST_F(ObjectStoreTest, ARefusalTellsNothing) {
  Put("k", "x");
  const DenyAll deny;
  auto store = ObjectStore::Open({.blobs = folder_}, *kv_, deny, clock_).value();
  const auto denied = [](const auto& result) {
    return !result && result.error().reason == Reason::kAccessDenied;
  };
  // Names of buckets are everybody's: that one is free is no secret.
  EXPECT_EQ(store->HeadBucket(root_, Bucket("none")).error().reason, Reason::kBucketNotFound);
  EXPECT_TRUE(denied(store->Open(root_, bucket_, Key("k"))));
  EXPECT_TRUE(denied(store->Open(root_, bucket_, Key("none"))));
  EXPECT_TRUE(denied(store->List(root_, bucket_, {})));
  EXPECT_TRUE(denied(store->PutBytes(root_, bucket_, Key("k"), "y")));
  EXPECT_TRUE(denied(store->Delete(root_, bucket_, Key("k"))));
  Publication publication = store->Begin(root_);
  publication.DeletePrefix(bucket_, "");
  EXPECT_TRUE(denied(publication.Commit()));
  EXPECT_EQ(Get("k"), "x");
}

}  // namespace
}  // namespace owlet::store
