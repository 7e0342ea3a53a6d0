#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/check.h"
#include "base/crc.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "core/store/publication.h"
#include "core/store/store_impl.h"

namespace owlet::store {
namespace {

constexpr std::uint64_t kMaxObjectSize = 5ULL << 40;
constexpr std::size_t kWriteSize = 256 << 10;
// The disk starts on a large body while the rest of it arrives, so that the sync at the end is
// short.
constexpr std::uint64_t kWritebackStep = 8ULL << 20;

}  // namespace

StagedBody::State::~State() {
  if (fresh) ExtentStore::Forget(*fresh);
}

StagedBody::StagedBody(std::unique_ptr<State> state) : state_(std::move(state)) {}
StagedBody::StagedBody(StagedBody&&) noexcept = default;
StagedBody& StagedBody::operator=(StagedBody&&) noexcept = default;
StagedBody::~StagedBody() = default;
std::uint64_t StagedBody::size() const { return state_->size; }
const std::string& StagedBody::md5() const { return state_->md5; }
const std::optional<Checksum>& StagedBody::checksum() const { return state_->checksum; }

class BodyWriter::Impl {
 public:
  /// An empty `sealing_key` leaves the bytes plain.
  Impl(ExtentStore& extents, ChecksumAlgorithm algorithm, std::string sealing_key)
      : extents_(extents),
        algorithm_(algorithm),
        hasher_(MakeHasher(algorithm)),
        sealing_key_(std::move(sealing_key)) {
    if (!sealing_key_.empty()) key_ = ExtentKey::Fresh();
  }
  ~Impl() {
    if (extent_.file.valid()) ExtentStore::Forget(extent_);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Status Append(std::span<const std::byte> bytes) {
    if (size_ + bytes.size() > kMaxObjectSize) {
      return Fail(Reason::kRequestTooLarge,
                  "Your proposed upload exceeds the maximum allowed object size of 5 TiB");
    }
    md5_.Append(bytes);
    hasher_->Append(bytes);
    size_ += bytes.size();
    if (!key_) return Keep(bytes);
    piece_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    std::size_t done = 0;
    for (; piece_.size() - done >= kSealedPiece; done += kSealedPiece) {
      OWLET_CHECK_OK(KeepSealed(std::string_view(piece_).substr(done, kSealedPiece)));
    }
    piece_.erase(0, done);
    return {};
  }

  [[nodiscard]] std::uint64_t size() const { return size_; }

  Result<std::unique_ptr<StagedBody::State>> Finish(const ExpectedDigests& expected) {
    OWLET_CHECK(hasher_ != nullptr);
    auto state = std::make_unique<StagedBody::State>();
    if (key_ && !piece_.empty()) OWLET_CHECK_OK(KeepSealed(piece_));
    if (key_) state->sealed_key = key_->Seal(sealing_key_);
    state->size = size_;
    state->md5 = md5_.Finish();
    state->checksum = Checksum{.algorithm = algorithm_, .value = hasher_->Finish()};
    hasher_.reset();
    OWLET_CHECK_OK(Compare(*state, expected));
    if (extent_.file.valid() || extent_.size > kMaxBodyInKv) {
      OWLET_CHECK_OK(Flush());
      if (fsync(extent_.file.get()) != 0) return Fail(FileError(errno, "sync", "a body"));
    } else if (extent_.size > 0) {
      OWLET_TRY(extent_.id, extents_.NextId());
      extent_.bytes = std::move(buffer_);
    }
    if (extent_.size > 0) state->fresh = std::move(extent_);
    extent_ = FreshExtent();
    return state;
  }

 private:
  static Status Compare(const StagedBody::State& body, const ExpectedDigests& expected) {
    if (expected.size && *expected.size != body.size) {
      return Fail(Reason::kIncompleteBody,
                  fmt::format("The request body has {} bytes, not the {} that were announced",
                              body.size, *expected.size));
    }
    if (expected.md5 && *expected.md5 != body.md5) {
      Error error{.reason = Reason::kDigestMismatch,
                  .message = "The Content-MD5 you specified did not match what we received."};
      error.parameters = {{"ExpectedDigest", EncodeBase64(*expected.md5)},
                          {"CalculatedDigest", EncodeBase64(body.md5)}};
      return Fail(std::move(error));
    }
    if (expected.checksum && expected.checksum->value != body.checksum->value) {
      return Fail(Reason::kChecksumMismatch,
                  fmt::format("The {} you specified did not match the calculated checksum.",
                              ChecksumName(expected.checksum->algorithm)));
    }
    return {};
  }

  Status KeepSealed(std::string_view plain) {
    const std::string sealed = key_->SealPiece(num_pieces_++, plain);
    return Keep(std::as_bytes(std::span(sealed)));
  }

  /// Bytes as they stand on disk. Large pieces go straight to the file, small ones together.
  Status Keep(std::span<const std::byte> bytes) {
    extent_.crc32c = Crc32c(extent_.crc32c, bytes);
    extent_.size += bytes.size();
    if (buffer_.size() + bytes.size() > kWriteSize) {
      OWLET_CHECK_OK(Flush());
      if (bytes.size() >= kWriteSize) return Write(bytes);
    }
    buffer_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return {};
  }

  Status Flush() {
    if (buffer_.empty()) return {};
    OWLET_CHECK_OK(Write(std::as_bytes(std::span(buffer_))));
    buffer_.clear();
    return {};
  }

  Status Write(std::span<const std::byte> bytes) {
    if (!extent_.file.valid()) {
      OWLET_TRY(FreshExtent file, extents_.NewFile());
      extent_.id = file.id;
      extent_.file = std::move(file.file);
      extent_.unnamed = std::move(file.unnamed);
    }
    while (!bytes.empty()) {
      const ssize_t wrote = write(extent_.file.get(), bytes.data(), bytes.size());
      if (wrote < 0) {
        if (errno == EINTR) continue;
        return Fail(FileError(errno, "write", "a body"));
      }
      bytes = bytes.subspan(static_cast<std::size_t>(wrote));
      written_ += static_cast<std::uint64_t>(wrote);
    }
    if (written_ - writeback_ >= kWritebackStep) {
      // Only a hint: an error shows again at the sync.
      (void)sync_file_range(extent_.file.get(), static_cast<off_t>(writeback_),
                            static_cast<off_t>(written_ - writeback_), SYNC_FILE_RANGE_WRITE);
      writeback_ = written_;
    }
    return {};
  }

  ExtentStore& extents_;
  ChecksumAlgorithm algorithm_;
  std::unique_ptr<Hasher> hasher_;
  std::string sealing_key_;
  std::optional<ExtentKey> key_;
  std::string piece_;  // plain bytes that wait for a whole piece
  std::uint64_t num_pieces_ = 0;
  std::uint64_t size_ = 0;  // of the plain bytes
  Digest md5_{DigestKind::kMd5};
  FreshExtent extent_;
  std::string buffer_;
  std::uint64_t written_ = 0;
  std::uint64_t writeback_ = 0;
};

BodyWriter::BodyWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
BodyWriter::BodyWriter(BodyWriter&&) noexcept = default;
BodyWriter& BodyWriter::operator=(BodyWriter&&) noexcept = default;
BodyWriter::~BodyWriter() = default;
Status BodyWriter::Append(std::span<const std::byte> bytes) { return impl_->Append(bytes); }
std::uint64_t BodyWriter::size() const { return impl_->size(); }

Result<StagedBody> BodyWriter::Finish(const ExpectedDigests& expected) {
  OWLET_TRY(auto state, impl_->Finish(expected));
  return StagedBody(std::move(state));
}

Result<BodyWriter> ObjectStore::NewBody(std::optional<ChecksumAlgorithm> checksum,
                                        const Encryption& encryption,
                                        std::string_view customer_key) {
  std::string sealing_key;
  if (encryption.mode != EncryptionMode::kNone) {
    OWLET_TRY(sealing_key, impl_->SealingKey(encryption, customer_key));
  }
  return BodyWriter(std::make_unique<BodyWriter::Impl>(
      *impl_->extents, checksum.value_or(ChecksumAlgorithm::kCrc64Nvme), std::move(sealing_key)));
}

Result<StagedBody> ObjectStore::ShareBody(const ObjectReader& source, std::uint64_t offset,
                                          std::uint64_t size,
                                          std::optional<ChecksumAlgorithm> checksum,
                                          const Encryption& encryption,
                                          std::string_view customer_key) {
  if (offset > source.size() || size > source.size() - offset) {
    return Fail(Reason::kRangeNotSatisfiable, "The range is not inside the source object");
  }
  const PinnedExtents& extents = *source.extents_;
  const bool sealed = std::ranges::any_of(
      extents.slices(), [](const PinnedSlice& slice) { return slice.key.has_value(); });
  if (sealed || encryption.mode != EncryptionMode::kNone) {
    // Every object's bytes have keys of their own: they are written anew.
    OWLET_TRY(BodyWriter writer, NewBody(checksum, encryption, customer_key));
    OWLET_CHECK_OK(source.Stream(
        offset, size, [&](std::span<const std::byte> bytes) { return writer.Append(bytes); }));
    return writer.Finish();
  }
  auto state = std::make_unique<StagedBody::State>();
  state->size = size;
  for (std::size_t i = size == 0 ? extents.slices().size() : extents.Find(offset);
       i < extents.slices().size() && extents.starts()[i] < offset + size; ++i) {
    const PinnedSlice& slice = extents.slices()[i];
    const std::uint64_t begin = std::max(offset, extents.starts()[i]);
    const std::uint64_t end = std::min(offset + size, extents.starts()[i + 1]);
    state->shared.push_back({.extent = slice.extent,
                             .offset = slice.offset + (begin - extents.starts()[i]),
                             .size = end - begin});
  }
  const ObjectInfo& info = source.info();
  const bool whole = size == source.size();
  const bool same_checksum =
      info.checksum && (!checksum || (*checksum == info.checksum->algorithm &&
                                      info.checksum->type == ChecksumType::kFullObject));
  if (whole) {
    state->etag = info.etag;
    for (const PartInfo& part : info.parts) {
      records::Part& record = state->parts.emplace_back();
      record.set_number(part.number);
      record.set_size(part.size);
      record.set_md5(DecodeHex(part.etag).value_or(""));
      record.set_modified_us(ToMicros(part.modified));
      if (part.checksum && same_checksum) ToRecord(*part.checksum, *record.mutable_checksum());
    }
  }
  if (whole && same_checksum) {
    // What is known of the source is true of the copy.
    state->checksum = info.checksum;
    if (info.parts.empty()) {
      if (auto md5 = DecodeHex(info.etag)) state->md5 = *std::move(md5);
    }
    return StagedBody(std::move(state));
  }
  const auto algorithm = checksum.value_or(ChecksumAlgorithm::kCrc64Nvme);
  const std::unique_ptr<Hasher> hasher = MakeHasher(algorithm);
  Digest md5(DigestKind::kMd5);
  OWLET_CHECK_OK(source.Stream(offset, size, [&](std::span<const std::byte> bytes) -> Status {
    md5.Append(bytes);
    hasher->Append(bytes);
    return {};
  }));
  state->md5 = md5.Finish();
  state->checksum = Checksum{.algorithm = algorithm, .value = hasher->Finish()};
  return StagedBody(std::move(state));
}

}  // namespace owlet::store
