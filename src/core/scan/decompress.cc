#include <bzlib.h>
#include <fmt/format.h>
#include <isa-l/igzip_lib.h>
#include <lz4.h>
#include <lz4frame.h>
#include <snappy.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

#include "core/scan/byte_source.h"

namespace owlet::scan {

namespace {

constexpr std::size_t kInputBlock = 256 << 10;

/// A decoder over a window of compressed bytes that it refills.
class CodecStream : public ByteStream {
 public:
  CodecStream(std::unique_ptr<ByteStream> input, std::string name)
      : input_(std::move(input)), name_(std::move(name)), buffer_(kInputBlock) {}

 protected:
  /// Reads more when the window is empty; false at the end of the input.
  Result<bool> Fill() {
    if (begin_ < end_) return true;
    OWLET_TRY(end_, input_->Read(std::as_writable_bytes(std::span(buffer_))));
    begin_ = 0;
    return end_ > 0;
  }
  [[nodiscard]] std::unexpected<Error> Bad(std::string_view what) const {
    return Fail(Reason::kExecutionError, fmt::format("{} is no {} file", name_, what));
  }
  [[nodiscard]] std::unexpected<Error> Cut() const {
    return Fail(Reason::kExecutionError, fmt::format("{} ends within its compressed data", name_));
  }
  unsigned char* window() { return buffer_.data() + begin_; }
  [[nodiscard]] std::size_t left() const { return end_ - begin_; }
  void Consume(std::size_t size) { begin_ += size; }

  /// Fills `target` exactly; false when the input ends before its first byte.
  Result<bool> ReadExactly(std::span<unsigned char> target) {
    std::size_t done = 0;
    while (done < target.size()) {
      OWLET_TRY(const bool more, Fill());
      if (!more) {
        if (done == 0) return false;
        return Cut();
      }
      const std::size_t size = std::min(left(), target.size() - done);
      std::memcpy(target.data() + done, window(), size);
      Consume(size);
      done += size;
    }
    return true;
  }

 private:
  std::unique_ptr<ByteStream> input_;
  std::string name_;
  std::vector<unsigned char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

/// One or more gzip members, by ISA-L.
class GzipStream final : public CodecStream {
 public:
  GzipStream(std::unique_ptr<ByteStream> input, std::string name)
      : CodecStream(std::move(input), std::move(name)), state_(new inflate_state) {
    isal_inflate_init(state_.get());
    state_->crc_flag = ISAL_GZIP;
  }

  Result<std::size_t> Read(std::span<std::byte> out) override {
    std::size_t done = 0;
    while (done < out.size()) {
      OWLET_TRY(const bool more, Fill());
      if (!more && !in_member_) break;
      in_member_ = true;
      state_->next_in = window();
      state_->avail_in = static_cast<std::uint32_t>(left());
      state_->next_out = reinterpret_cast<std::uint8_t*>(out.data()) + done;
      state_->avail_out = static_cast<std::uint32_t>(out.size() - done);
      const std::size_t room = state_->avail_out;
      const int code = isal_inflate(state_.get());
      Consume(left() - state_->avail_in);
      done += room - state_->avail_out;
      if (code != ISAL_DECOMP_OK) return Bad("gzip");
      if (state_->block_state == ISAL_BLOCK_FINISH) {
        isal_inflate_reset(state_.get());
        state_->crc_flag = ISAL_GZIP;
        in_member_ = false;
      } else if (!more && state_->avail_out == room) {
        return Cut();
      }
    }
    return done;
  }

 private:
  std::unique_ptr<inflate_state> state_;
  bool in_member_ = false;
};

class DeflateStream final : public CodecStream {
 public:
  DeflateStream(std::unique_ptr<ByteStream> input, std::string name)
      : CodecStream(std::move(input), std::move(name)) {
    started_ = inflateInit(&state_) == Z_OK;
  }
  ~DeflateStream() override { inflateEnd(&state_); }

  Result<std::size_t> Read(std::span<std::byte> out) override {
    if (!started_) return Fail(Reason::kOutOfMemory, "no memory to decompress");
    std::size_t done = 0;
    while (done < out.size() && !finished_) {
      OWLET_TRY(const bool more, Fill());
      if (!more) return Cut();
      state_.next_in = window();
      state_.avail_in = static_cast<unsigned>(left());
      state_.next_out = reinterpret_cast<Bytef*>(out.data()) + done;
      state_.avail_out = static_cast<unsigned>(out.size() - done);
      const std::size_t room = state_.avail_out;
      const int code = inflate(&state_, Z_NO_FLUSH);
      Consume(left() - state_.avail_in);
      done += room - state_.avail_out;
      if (code == Z_STREAM_END) {
        finished_ = true;
      } else if (code != Z_OK) {
        return Bad("deflate");
      }
    }
    return done;
  }

 private:
  z_stream state_{};
  bool started_ = false;
  bool finished_ = false;
};

class Bzip2Stream final : public CodecStream {
 public:
  using CodecStream::CodecStream;
  ~Bzip2Stream() override {
    if (in_stream_) BZ2_bzDecompressEnd(&state_);
  }

  Result<std::size_t> Read(std::span<std::byte> out) override {
    std::size_t done = 0;
    while (done < out.size()) {
      OWLET_TRY(const bool more, Fill());
      if (!more) {
        if (in_stream_) return Cut();
        break;
      }
      if (!in_stream_) {
        state_ = bz_stream{};
        if (BZ2_bzDecompressInit(&state_, 0, 0) != BZ_OK) {
          return Fail(Reason::kOutOfMemory, "no memory to decompress");
        }
        in_stream_ = true;
      }
      state_.next_in = reinterpret_cast<char*>(window());
      state_.avail_in = static_cast<unsigned>(left());
      state_.next_out = reinterpret_cast<char*>(out.data()) + done;
      state_.avail_out = static_cast<unsigned>(out.size() - done);
      const std::size_t room = state_.avail_out;
      const int code = BZ2_bzDecompress(&state_);
      Consume(left() - state_.avail_in);
      done += room - state_.avail_out;
      if (code == BZ_STREAM_END) {
        BZ2_bzDecompressEnd(&state_);
        in_stream_ = false;
      } else if (code != BZ_OK) {
        return Bad("bzip2");
      }
    }
    return done;
  }

 private:
  bz_stream state_{};
  bool in_stream_ = false;
};

class ZstdStream final : public CodecStream {
 public:
  ZstdStream(std::unique_ptr<ByteStream> input, std::string name)
      : CodecStream(std::move(input), std::move(name)), state_(ZSTD_createDCtx(), ZSTD_freeDCtx) {}

  Result<std::size_t> Read(std::span<std::byte> out) override {
    ZSTD_outBuffer target{out.data(), out.size(), 0};
    while (target.pos < target.size) {
      OWLET_TRY(const bool more, Fill());
      if (!more) {
        if (in_frame_) return Cut();
        break;
      }
      ZSTD_inBuffer source{window(), left(), 0};
      const std::size_t code = ZSTD_decompressStream(state_.get(), &target, &source);
      Consume(source.pos);
      if (ZSTD_isError(code) != 0) return Bad("zstd");
      in_frame_ = code != 0;
    }
    return target.pos;
  }

 private:
  std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> state_;
  bool in_frame_ = false;
};

class Lz4FrameStream final : public CodecStream {
 public:
  Lz4FrameStream(std::unique_ptr<ByteStream> input, std::string name)
      : CodecStream(std::move(input), std::move(name)) {
    LZ4F_createDecompressionContext(&state_, LZ4F_VERSION);
  }
  ~Lz4FrameStream() override { LZ4F_freeDecompressionContext(state_); }

  Result<std::size_t> Read(std::span<std::byte> out) override {
    std::size_t done = 0;
    while (done < out.size()) {
      OWLET_TRY(const bool more, Fill());
      if (!more) {
        if (in_frame_) return Cut();
        break;
      }
      std::size_t produced = out.size() - done;
      std::size_t consumed = left();
      const std::size_t code =
          LZ4F_decompress(state_, out.data() + done, &produced, window(), &consumed, nullptr);
      if (LZ4F_isError(code) != 0) return Bad("lz4");
      Consume(consumed);
      done += produced;
      in_frame_ = code != 0;
    }
    return done;
  }

 private:
  LZ4F_dctx* state_ = nullptr;
  bool in_frame_ = false;
};

/// Hadoop's block form of lz4 and snappy: the size of a block, then compressed chunks of it, each
/// behind its size; sizes are big-endian.
class HadoopBlockStream final : public CodecStream {
 public:
  HadoopBlockStream(Compression codec, std::unique_ptr<ByteStream> input, std::string name)
      : CodecStream(std::move(input), std::move(name)), codec_(codec) {}

  Result<std::size_t> Read(std::span<std::byte> out) override {
    std::size_t done = 0;
    while (done < out.size()) {
      if (position_ == chunk_.size()) {
        OWLET_TRY(const bool more, NextChunk());
        if (!more) break;
        continue;
      }
      const std::size_t size = std::min(chunk_.size() - position_, out.size() - done);
      std::memcpy(out.data() + done, chunk_.data() + position_, size);
      position_ += size;
      done += size;
    }
    return done;
  }

 private:
  Result<std::optional<std::uint32_t>> ReadSize() {
    unsigned char bytes[4];
    OWLET_TRY(const bool more, ReadExactly(bytes));
    if (!more) return std::optional<std::uint32_t>();
    return std::optional<std::uint32_t>((std::uint32_t{bytes[0]} << 24) |
                                        (std::uint32_t{bytes[1]} << 16) |
                                        (std::uint32_t{bytes[2]} << 8) | bytes[3]);
  }

  Result<bool> NextChunk() {
    constexpr std::uint32_t kMost = 64 << 20;
    if (block_left_ == 0) {
      OWLET_TRY(const auto block, ReadSize());
      if (!block) return false;
      block_left_ = *block;
      if (block_left_ == 0) return true;
    }
    OWLET_TRY(const auto size, ReadSize());
    if (!size) return Cut();
    if (*size > kMost || block_left_ > kMost) return Bad(Name());
    std::vector<unsigned char> packed(*size);
    OWLET_TRY(const bool more, ReadExactly(packed));
    if (!more && *size > 0) return Cut();
    const char* const data = reinterpret_cast<const char*>(packed.data());
    if (codec_ == Compression::kSnappy) {
      std::size_t plain = 0;
      if (!snappy::GetUncompressedLength(data, packed.size(), &plain) || plain > block_left_) {
        return Bad(Name());
      }
      chunk_.resize(plain);
      if (!snappy::RawUncompress(data, packed.size(), chunk_.data())) return Bad(Name());
    } else {
      chunk_.resize(block_left_);
      const int plain = LZ4_decompress_safe(data, chunk_.data(), static_cast<int>(packed.size()),
                                            static_cast<int>(chunk_.size()));
      if (plain < 0) return Bad(Name());
      chunk_.resize(static_cast<std::size_t>(plain));
    }
    block_left_ -= static_cast<std::uint32_t>(chunk_.size());
    position_ = 0;
    return true;
  }

  [[nodiscard]] std::string_view Name() const {
    return codec_ == Compression::kSnappy ? "snappy" : "lz4";
  }

  const Compression codec_;
  std::uint32_t block_left_ = 0;
  std::string chunk_;
  std::size_t position_ = 0;
};

/// The framing that snappy itself defines: chunks of a type, a length and a checksum.
class SnappyFrameStream final : public CodecStream {
 public:
  using CodecStream::CodecStream;

  Result<std::size_t> Read(std::span<std::byte> out) override {
    std::size_t done = 0;
    while (done < out.size()) {
      if (position_ == chunk_.size()) {
        OWLET_TRY(const bool more, NextChunk());
        if (!more) break;
        continue;
      }
      const std::size_t size = std::min(chunk_.size() - position_, out.size() - done);
      std::memcpy(out.data() + done, chunk_.data() + position_, size);
      position_ += size;
      done += size;
    }
    return done;
  }

 private:
  Result<bool> NextChunk() {
    constexpr std::size_t kChecksum = 4;
    chunk_.clear();
    position_ = 0;
    unsigned char head[4];
    OWLET_TRY(const bool more, ReadExactly(head));
    if (!more) return false;
    const std::size_t size = head[1] | (std::size_t{head[2]} << 8) | (std::size_t{head[3]} << 16);
    std::vector<unsigned char> body(size);
    OWLET_TRY(const bool all, ReadExactly(body));
    if (!all && size > 0) return Cut();
    if (head[0] > 1) {  // the stream's name, padding, what may be skipped
      if (head[0] < 0x80) return Bad("snappy");
      return true;
    }
    if (size < kChecksum) return Bad("snappy");
    const char* const data = reinterpret_cast<const char*>(body.data()) + kChecksum;
    if (head[0] == 1) {
      chunk_.assign(data, size - kChecksum);
    } else if (!snappy::Uncompress(data, size - kChecksum, &chunk_)) {
      return Bad("snappy");
    }
    return true;
  }

  std::string chunk_;
  std::size_t position_ = 0;
};

/// Looks at the first bytes to tell a codec's own frames from Hadoop's blocks.
class SniffingStream final : public ByteStream {
 public:
  SniffingStream(Compression codec, std::unique_ptr<ByteStream> input, std::string name)
      : codec_(codec), input_(std::move(input)), name_(std::move(name)) {}

  Result<std::size_t> Read(std::span<std::byte> out) override {
    if (!decoder_) OWLET_CHECK_OK(Open());
    return decoder_->Read(out);
  }

 private:
  /// Gives back the bytes that were looked at, then the rest.
  class Replay final : public ByteStream {
   public:
    Replay(std::string head, std::unique_ptr<ByteStream> rest)
        : head_(std::move(head)), rest_(std::move(rest)) {}
    Result<std::size_t> Read(std::span<std::byte> out) override {
      const std::size_t size = std::min(out.size(), head_.size());
      std::memcpy(out.data(), head_.data(), size);
      head_.erase(0, size);
      OWLET_TRY(const std::size_t more, rest_->Read(out.subspan(size)));
      return size + more;
    }

   private:
    std::string head_;
    std::unique_ptr<ByteStream> rest_;
  };

  Status Open() {
    std::string head(10, '\0');
    OWLET_TRY(const std::size_t size,
              input_->Read(std::as_writable_bytes(std::span(head.data(), head.size()))));
    head.resize(size);
    const bool lz4_frame = head.starts_with("\x04\x22\x4d\x18");
    const bool snappy_frame = head.starts_with(std::string_view("\xff\x06\x00\x00sNaPpY", 10));
    auto input = std::make_unique<Replay>(std::move(head), std::move(input_));
    if (codec_ == Compression::kLz4 && lz4_frame) {
      decoder_ = std::make_unique<Lz4FrameStream>(std::move(input), std::move(name_));
    } else if (codec_ == Compression::kSnappy && snappy_frame) {
      decoder_ = std::make_unique<SnappyFrameStream>(std::move(input), std::move(name_));
    } else {
      decoder_ = std::make_unique<HadoopBlockStream>(codec_, std::move(input), std::move(name_));
    }
    return {};
  }

  const Compression codec_;
  std::unique_ptr<ByteStream> input_;
  std::string name_;
  std::unique_ptr<ByteStream> decoder_;
};

}  // namespace

std::unique_ptr<ByteStream> Decompress(Compression compression,
                                       std::unique_ptr<ByteStream> compressed, std::string name) {
  switch (compression) {
    case Compression::kNone:
      return compressed;
    case Compression::kGzip:
      return std::make_unique<GzipStream>(std::move(compressed), std::move(name));
    case Compression::kDeflate:
      return std::make_unique<DeflateStream>(std::move(compressed), std::move(name));
    case Compression::kBzip2:
      return std::make_unique<Bzip2Stream>(std::move(compressed), std::move(name));
    case Compression::kZstd:
      return std::make_unique<ZstdStream>(std::move(compressed), std::move(name));
    case Compression::kLz4:
    case Compression::kSnappy:
      return std::make_unique<SniffingStream>(compression, std::move(compressed), std::move(name));
  }
  return compressed;
}

}  // namespace owlet::scan
