#include "core/scan/avro_file.h"

#include <bzlib.h>
#include <fmt/format.h>
#include <snappy.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstring>

namespace owlet::scan {

namespace {

constexpr std::size_t kReadSize = 256 << 10;
constexpr std::size_t kSyncSize = 16;
/// A block, packed or plain, that is larger is taken for a damaged one.
constexpr std::uint64_t kMaximumBlock = 1ULL << 30;
constexpr std::string_view kMagic("Obj\x01", 4);

/// Calls `step` until it is done, giving it more room each time.
template <class Step>
Status Grow(std::string& out, std::size_t first, Step step) {
  out.resize(std::max<std::size_t>(first, 1024));
  std::size_t used = 0;
  for (;;) {
    OWLET_TRY(const bool done, step(out.data() + used, out.size() - used, used));
    if (done) {
      out.resize(used);
      return {};
    }
    if (used == out.size()) {
      if (out.size() > kMaximumBlock) return Fail(Reason::kExecutionError, "a block is too large");
      out.resize(out.size() * 2);
    }
  }
}

Status Inflate(std::string_view packed, std::string& plain) {
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return Fail(Reason::kOutOfMemory, "inflate");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  const auto step = [&](char* out, std::size_t room, std::size_t& used) -> Result<bool> {
    stream.next_out = reinterpret_cast<Bytef*>(out);
    stream.avail_out = static_cast<uInt>(room);
    const int code = inflate(&stream, Z_NO_FLUSH);
    used += room - stream.avail_out;
    if (code == Z_STREAM_END) return true;
    if (code != Z_OK || (stream.avail_in == 0 && stream.avail_out > 0)) {
      return Fail(Reason::kExecutionError, "a deflated block is damaged");
    }
    return false;
  };
  Status status = Grow(plain, packed.size() * 4, step);
  inflateEnd(&stream);
  return status;
}

Status Bunzip2(std::string_view packed, std::string& plain) {
  bz_stream stream{};
  if (BZ2_bzDecompressInit(&stream, 0, 0) != BZ_OK) return Fail(Reason::kOutOfMemory, "bzip2");
  stream.next_in = const_cast<char*>(packed.data());
  stream.avail_in = static_cast<unsigned>(packed.size());
  const auto step = [&](char* out, std::size_t room, std::size_t& used) -> Result<bool> {
    stream.next_out = out;
    stream.avail_out = static_cast<unsigned>(room);
    const int code = BZ2_bzDecompress(&stream);
    used += room - stream.avail_out;
    if (code == BZ_STREAM_END) return true;
    if (code != BZ_OK || (stream.avail_in == 0 && stream.avail_out > 0)) {
      return Fail(Reason::kExecutionError, "a block of bzip2 is damaged");
    }
    return false;
  };
  Status status = Grow(plain, packed.size() * 4, step);
  BZ2_bzDecompressEnd(&stream);
  return status;
}

Status Unzstd(std::string_view packed, std::string& plain) {
  const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(),
                                                                     ZSTD_freeDCtx);
  ZSTD_inBuffer in{packed.data(), packed.size(), 0};
  const auto step = [&](char* out, std::size_t room, std::size_t& used) -> Result<bool> {
    ZSTD_outBuffer buffer{out, room, 0};
    const std::size_t code = ZSTD_decompressStream(context.get(), &buffer, &in);
    used += buffer.pos;
    if (ZSTD_isError(code) != 0 || (code != 0 && in.pos == in.size && buffer.pos < room)) {
      return Fail(Reason::kExecutionError, "a block of zstandard is damaged");
    }
    return code == 0;
  };
  return Grow(plain, packed.size() * 4, step);
}

Status Unsnappy(std::string_view packed, std::string& plain) {
  constexpr std::size_t kChecksum = 4;
  std::size_t size = 0;
  const std::size_t body = packed.size() < kChecksum ? 0 : packed.size() - kChecksum;
  if (!snappy::GetUncompressedLength(packed.data(), body, &size) || size > kMaximumBlock ||
      !snappy::Uncompress(packed.data(), body, &plain)) {
    return Fail(Reason::kExecutionError, "a block of snappy is damaged");
  }
  std::uint32_t expected = 0;
  for (std::size_t i = 0; i < kChecksum; ++i) {
    expected = expected << 8 | static_cast<unsigned char>(packed[body + i]);
  }
  const auto actual =
      crc32(0, reinterpret_cast<const Bytef*>(plain.data()), static_cast<uInt>(plain.size()));
  if (expected != actual) return Fail(Reason::kExecutionError, "a block's checksum is wrong");
  return {};
}

}  // namespace

std::unexpected<Error> AvroFileReader::Bad(const std::string& what) const {
  return Fail(Reason::kExecutionError, fmt::format("Error reading Avro file {}: {}", name_, what),
              "HIVE_BAD_DATA");
}

Result<bool> AvroFileReader::Need(std::size_t size) {
  if (buffer_.size() - at_ >= size) return true;
  const std::uint64_t left = file_size_ - std::min(file_size_, buffer_start_ + buffer_.size());
  if (buffer_.size() - at_ + left < size) return false;
  buffer_.erase(0, at_);
  buffer_start_ += at_;
  at_ = 0;
  const std::size_t have = buffer_.size();
  const std::size_t more = std::min<std::uint64_t>(left, std::max(size - have, kReadSize));
  buffer_.resize(have + more);
  OWLET_TRY(const std::size_t got,
            source_->ReadAt(buffer_start_ + have,
                            std::as_writable_bytes(std::span(buffer_).subspan(have, more))));
  buffer_.resize(have + got);
  return buffer_.size() >= size;
}

Result<std::int64_t> AvroFileReader::ReadLong() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    OWLET_TRY(const bool there, Need(1));
    if (!there) return Bad("it ends too early");
    const auto byte = static_cast<unsigned char>(buffer_[at_++]);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) {
      return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
    }
  }
  return Bad("a number is too long");
}

Result<std::string_view> AvroFileReader::ReadBytes() {
  OWLET_TRY(const std::int64_t size, ReadLong());
  if (size < 0 || static_cast<std::uint64_t>(size) > file_size_) return Bad("a size is wrong");
  OWLET_TRY(const bool there, Need(static_cast<std::size_t>(size)));
  if (!there) return Bad("it ends too early");
  const std::string_view bytes =
      std::string_view(buffer_).substr(at_, static_cast<std::size_t>(size));
  at_ += bytes.size();
  return bytes;
}

Status AvroFileReader::ReadHeader() {
  const auto none = [&] {
    return Fail(Reason::kExecutionError,
                fmt::format("Error opening Hive split {} (offset=0, length={}): Not an Avro data "
                            "file",
                            name_, file_size_),
                "HIVE_CANNOT_OPEN_SPLIT");
  };
  OWLET_TRY(const bool there, Need(kMagic.size()));
  if (!there || !buffer_.starts_with(kMagic)) return none();
  at_ = kMagic.size();
  std::string schema;
  header_.codec = "null";
  for (;;) {
    OWLET_TRY(std::int64_t count, ReadLong());
    if (count == 0) break;
    if (count < 0) {
      count = -count;
      OWLET_TRY([[maybe_unused]] const std::int64_t bytes, ReadLong());
    }
    for (; count > 0; --count) {
      OWLET_TRY(const std::string_view key_bytes, ReadBytes());
      const std::string key(key_bytes);
      OWLET_TRY(const std::string_view value, ReadBytes());
      if (key == "avro.schema") schema = value;
      if (key == "avro.codec") header_.codec = value;
    }
  }
  OWLET_TRY(const bool synced, Need(kSyncSize));
  if (!synced) return none();
  std::memcpy(header_.sync.data(), buffer_.data() + at_, kSyncSize);
  at_ += kSyncSize;
  header_.size = place();
  auto parsed = AvroSchema::Parse(schema);
  if (!parsed) return Bad(parsed.error().message);
  header_.schema = *std::move(parsed);
  static constexpr std::string_view kCodecs[] = {"null", "deflate", "snappy", "bzip2", "zstandard"};
  if (std::ranges::find(kCodecs, header_.codec) == std::end(kCodecs)) {
    return Fail(Reason::kNotImplemented,
                fmt::format("reading Avro's codec {} ({})", header_.codec, name_));
  }
  return {};
}

Status AvroFileReader::Seek(std::uint64_t target) {
  if (target < buffer_start_ || target > buffer_start_ + buffer_.size()) {
    buffer_.clear();
    buffer_start_ = target;
  }
  at_ = target - buffer_start_;
  return {};
}

Status AvroFileReader::Open(std::uint64_t begin, std::uint64_t end) {
  end_ = end;
  OWLET_CHECK_OK(ReadHeader());
  if (begin + kSyncSize <= header_.size) return {};
  // The marker before the first block of the range begins at or after `begin`.
  OWLET_CHECK_OK(Seek(begin));
  const std::string_view sync(header_.sync.data(), kSyncSize);
  for (;;) {
    OWLET_TRY(const bool there, Need(kSyncSize));
    if (!there || place() >= end_) {
      end_ = 0;
      return {};
    }
    const std::size_t found = std::string_view(buffer_).find(sync, at_);
    if (found != std::string_view::npos) {
      at_ = found + kSyncSize;
      return {};
    }
    at_ = buffer_.size() - kSyncSize + 1;
  }
}

Result<std::string_view> AvroFileReader::Unpack(std::string_view packed) {
  if (header_.codec == "null") return packed;
  const Status status = header_.codec == "deflate"  ? Inflate(packed, plain_)
                        : header_.codec == "snappy" ? Unsnappy(packed, plain_)
                        : header_.codec == "bzip2"  ? Bunzip2(packed, plain_)
                                                    : Unzstd(packed, plain_);
  if (!status) return Bad(status.error().message);
  return std::string_view(plain_);
}

Result<std::optional<AvroFileReader::Block>> AvroFileReader::Next() {
  if (place() >= file_size_ || place() >= end_ + kSyncSize) return std::nullopt;
  OWLET_TRY(const std::int64_t rows, ReadLong());
  OWLET_TRY(const std::int64_t size, ReadLong());
  if (rows < 0 || size < 0 || static_cast<std::uint64_t>(size) > kMaximumBlock) {
    return Bad("a block's size is wrong");
  }
  const auto bytes = static_cast<std::size_t>(size);
  OWLET_TRY(const bool there, Need(bytes + kSyncSize));
  if (!there) return Bad("a block ends too early");
  const std::string_view all = std::string_view(buffer_).substr(at_, bytes + kSyncSize);
  at_ += all.size();
  if (all.substr(bytes) != std::string_view(header_.sync.data(), kSyncSize)) {
    return Bad("Invalid sync!");
  }
  OWLET_TRY(const std::string_view plain, Unpack(all.substr(0, bytes)));
  return Block{static_cast<std::uint64_t>(rows), plain};
}

}  // namespace owlet::scan
