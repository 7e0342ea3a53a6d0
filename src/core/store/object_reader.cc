#include "core/store/object_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "base/crc.h"
#include "core/store/local_disk.h"
#include "core/store/store_impl.h"

namespace owlet::store {
namespace {

constexpr std::size_t kStreamPiece = 256 << 10;

Error Damaged(const ObjectInfo& info) {
  return {.reason = Reason::kCorruption,
          .message = fmt::format("the bytes on disk are not those written: {}", info.key)};
}

bool IsWhole(const PinnedSlice& slice) {
  return slice.offset == 0 && slice.size == slice.ExtentSize();
}

}  // namespace

Status PinnedSlice::ReadAt(std::uint64_t place, std::span<std::byte> out) const {
  if (!key) return extent->ReadAt(place, out);
  const std::uint64_t plain_size = ExtentSize();
  std::string sealed;
  while (!out.empty()) {
    const std::uint64_t index = place / kSealedPiece;
    const std::uint64_t begin = index * kSealedPiece;
    const std::uint64_t plain = std::min(kSealedPiece, plain_size - begin);
    sealed.resize(static_cast<std::size_t>(plain + kSealOverhead));
    OWLET_CHECK_OK(extent->ReadAt(index * (kSealedPiece + kSealOverhead),
                                  std::as_writable_bytes(std::span(sealed))));
    OWLET_TRY(const std::string piece, key->OpenPiece(index, sealed));
    const auto skip = static_cast<std::size_t>(place - begin);
    const std::size_t count = std::min(out.size(), piece.size() - skip);
    const auto bytes = std::as_bytes(std::span(piece)).subspan(skip, count);
    std::ranges::copy(bytes, out.begin());
    out = out.subspan(count);
    place += count;
  }
  return {};
}

bool ObjectReader::encrypted() const {
  if (extents_ == nullptr) return false;
  return std::ranges::any_of(extents_->slices(),
                             [](const PinnedSlice& slice) { return slice.key.has_value(); });
}

PinnedExtents::PinnedExtents(std::vector<PinnedSlice> slices) : slices_(std::move(slices)) {
  starts_.reserve(slices_.size() + 1);
  std::uint64_t start = 0;
  for (const PinnedSlice& slice : slices_) {
    starts_.push_back(start);
    start += slice.size;
  }
  starts_.push_back(start);
}

std::size_t PinnedExtents::Find(std::uint64_t offset) const {
  OWLET_CHECK(offset < starts_.back());
  const auto behind = std::ranges::upper_bound(starts_, offset);
  return static_cast<std::size_t>(behind - starts_.begin()) - 1;
}

Result<std::size_t> ObjectReader::ReadAt(std::uint64_t offset, std::span<std::byte> out) const {
  if (offset >= size() || out.empty()) return std::size_t{0};
  const auto total = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size() - offset));
  if (extents_ == nullptr) return file_->ReadAt(offset, out.first(total));
  std::size_t done = 0;
  for (std::size_t i = extents_->Find(offset); done < total; ++i) {
    const PinnedSlice& slice = extents_->slices()[i];
    const std::uint64_t skip = offset + done - extents_->starts()[i];
    const auto piece = out.subspan(
        done, static_cast<std::size_t>(std::min<std::uint64_t>(total - done, slice.size - skip)));
    OWLET_CHECK_OK(slice.ReadAt(slice.offset + skip, piece));
    if (!slice.key && piece.size() == slice.extent->size() && !slice.extent->in_kv() &&
        Crc32c(0, piece) != slice.extent->crc32c()) {
      return Fail(Damaged(*info_));
    }
    done += piece.size();
  }
  return total;
}

Result<std::string> ObjectReader::ReadAll(std::uint64_t limit) const {
  if (size() > limit) {
    return Fail(Reason::kRequestTooLarge,
                fmt::format("{} has {} bytes, more than {}", info_->key, size(), limit));
  }
  std::string bytes(static_cast<std::size_t>(size()), '\0');
  OWLET_TRY(const std::size_t read, ReadAt(0, std::as_writable_bytes(std::span(bytes))));
  OWLET_CHECK(read == bytes.size() || extents_ == nullptr);
  bytes.resize(read);
  return bytes;
}

Status ObjectReader::Stream(std::uint64_t offset, std::uint64_t length,
                            const std::function<Status(std::span<const std::byte>)>& sink) const {
  CheckedBytes bytes(*this, offset, length);
  while (true) {
    OWLET_TRY(const auto piece, bytes.Next());
    if (piece.empty()) return {};
    OWLET_CHECK_OK(sink(piece));
  }
}

Result<bool> ObjectReader::Prove(std::uint64_t offset, std::uint64_t length) const {
  constexpr std::uint64_t kProvedAtOnce = 8 << 20;
  OWLET_CHECK(offset <= size() && length <= size() - offset);
  if (length == 0 || extents_ == nullptr) return true;
  const std::uint64_t end = offset + length;
  bool all = true;
  for (std::size_t i = extents_->Find(offset);
       i < extents_->slices().size() && extents_->starts()[i] < end; ++i) {
    const PinnedSlice& slice = extents_->slices()[i];
    if (slice.key || slice.extent->IsProven()) continue;
    if (slice.extent->size() <= kProvedAtOnce) {
      if (!slice.extent->Prove()) return Fail(Damaged(*info_));
    } else if (IsWhole(slice) && extents_->starts()[i] >= offset &&
               extents_->starts()[i + 1] <= end) {
      all = false;
    }
  }
  return all;
}

CheckedBytes::CheckedBytes(ObjectReader reader, std::uint64_t offset, std::uint64_t size)
    : reader_(std::move(reader)), offset_(offset), end_(offset + size) {
  OWLET_CHECK(offset <= reader_.size() && size <= reader_.size() - offset);
  if (size == 0) return;
  buffer_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kStreamPiece, size)));
  if (reader_.extents_ != nullptr) index_ = reader_.extents_->Find(offset);
}

Result<std::span<const std::byte>> CheckedBytes::Next() {
  if (offset_ == end_) return std::span<const std::byte>();
  if (reader_.extents_ == nullptr) {
    const auto wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(buffer_.size(), end_ - offset_));
    OWLET_TRY(const std::size_t read,
              reader_.file_->ReadAt(offset_, std::span(buffer_).first(wanted)));
    offset_ = read == 0 ? end_ : offset_ + read;  // it may have been cut meanwhile
    return std::span<const std::byte>(buffer_).first(read);
  }
  const PinnedExtents& extents = *reader_.extents_;
  if (offset_ == extents.starts()[index_ + 1]) ++index_;
  while (extents.slices()[index_].size == 0) ++index_;
  const PinnedSlice& slice = extents.slices()[index_];
  const std::uint64_t start = extents.starts()[index_];
  const std::uint64_t stop = std::min(end_, extents.starts()[index_ + 1]);
  if (offset_ == start) {
    compare_ = IsWhole(slice) && stop == start + slice.size && !slice.extent->in_kv() && !slice.key;
    crc_ = 0;
  }
  const auto piece = std::span(buffer_).first(
      static_cast<std::size_t>(std::min<std::uint64_t>(buffer_.size(), stop - offset_)));
  OWLET_CHECK_OK(slice.ReadAt(slice.offset + (offset_ - start), piece));
  offset_ += piece.size();
  if (!compare_) return piece;
  crc_ = Crc32c(crc_, piece);
  if (offset_ != stop) return piece;
  // Before the last bytes are handed on.
  if (crc_ != slice.extent->crc32c()) return Fail(Damaged(reader_.info()));
  slice.extent->SetProven();
  return piece;
}

Result<std::vector<BodySlice>> ObjectReader::Slices(std::uint64_t offset,
                                                    std::uint64_t length) const {
  OWLET_CHECK(offset <= size() && length <= size() - offset && !encrypted());
  std::vector<BodySlice> pieces;
  if (length == 0) return pieces;
  if (extents_ == nullptr) {
    pieces.emplace_back(
        FileSlice{.fd = file_->fd(), .offset = offset, .size = length, .keep_alive = file_});
    return pieces;
  }
  const std::uint64_t end = offset + length;
  for (std::size_t i = extents_->Find(offset); offset < end; ++i) {
    const PinnedSlice& slice = extents_->slices()[i];
    const std::uint64_t inside = slice.offset + (offset - extents_->starts()[i]);
    const std::uint64_t count = std::min(end, extents_->starts()[i + 1]) - offset;
    if (slice.extent->in_kv()) {
      pieces.emplace_back(slice.extent->bytes().substr(static_cast<std::size_t>(inside),
                                                       static_cast<std::size_t>(count)));
    } else {
      OWLET_TRY(const int fd, slice.extent->File());
      pieces.emplace_back(
          FileSlice{.fd = fd, .offset = inside, .size = count, .keep_alive = slice.extent});
    }
    offset += count;
  }
  return pieces;
}

}  // namespace owlet::store
