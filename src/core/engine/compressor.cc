#include "core/engine/compressor.h"

#include <bzlib.h>
#include <zlib.h>
#include <zstd.h>

#include <array>
#include <memory>
#include <span>

namespace owlet::engine {

namespace {

constexpr std::size_t kBlock = 64 << 10;

Status AppendBytes(store::BodyWriter& writer, const char* data, std::size_t size) {
  return writer.Append(std::as_bytes(std::span(data, size)));
}

/// Turns bytes into other bytes; an empty text with `last` ends the stream.
class Codec {
 public:
  virtual ~Codec() = default;
  virtual Status Write(std::string_view text, bool last, store::BodyWriter& writer) = 0;
};

class Plain final : public Codec {
 public:
  Status Write(std::string_view text, bool, store::BodyWriter& writer) override {
    return AppendBytes(writer, text.data(), text.size());
  }
};

class Zlib final : public Codec {
 public:
  explicit Zlib(bool gzip) {
    constexpr int kGzipWindow = 15 + 16, kZlibWindow = 15, kMemory = 8;
    deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzip ? kGzipWindow : kZlibWindow,
                 kMemory, Z_DEFAULT_STRATEGY);
  }
  ~Zlib() override { deflateEnd(&stream_); }
  Zlib(const Zlib&) = delete;
  Zlib& operator=(const Zlib&) = delete;

  Status Write(std::string_view text, bool last, store::BodyWriter& writer) override {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream_.avail_in = static_cast<uInt>(text.size());
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(out_.data());
      stream_.avail_out = static_cast<uInt>(out_.size());
      deflate(&stream_, last ? Z_FINISH : Z_NO_FLUSH);
      OWLET_CHECK_OK(AppendBytes(writer, out_.data(), out_.size() - stream_.avail_out));
    } while (stream_.avail_out == 0);
    return {};
  }

 private:
  z_stream stream_{};
  std::array<char, kBlock> out_;
};

class Bzip2 final : public Codec {
 public:
  Bzip2() { BZ2_bzCompressInit(&stream_, 9, 0, 0); }
  ~Bzip2() override { BZ2_bzCompressEnd(&stream_); }
  Bzip2(const Bzip2&) = delete;
  Bzip2& operator=(const Bzip2&) = delete;

  Status Write(std::string_view text, bool last, store::BodyWriter& writer) override {
    stream_.next_in = const_cast<char*>(text.data());
    stream_.avail_in = static_cast<unsigned>(text.size());
    int code = BZ_RUN_OK;
    do {
      stream_.next_out = out_.data();
      stream_.avail_out = static_cast<unsigned>(out_.size());
      code = BZ2_bzCompress(&stream_, last ? BZ_FINISH : BZ_RUN);
      OWLET_CHECK_OK(AppendBytes(writer, out_.data(), out_.size() - stream_.avail_out));
    } while (last ? code != BZ_STREAM_END : stream_.avail_in > 0);
    return {};
  }

 private:
  bz_stream stream_{};
  std::array<char, kBlock> out_;
};

class Zstd final : public Codec {
 public:
  Zstd() : stream_(ZSTD_createCCtx(), ZSTD_freeCCtx) {}
  Status Write(std::string_view text, bool last, store::BodyWriter& writer) override {
    ZSTD_inBuffer in{text.data(), text.size(), 0};
    std::size_t left = 0;
    do {
      ZSTD_outBuffer out{out_.data(), out_.size(), 0};
      left = ZSTD_compressStream2(stream_.get(), &out, &in, last ? ZSTD_e_end : ZSTD_e_continue);
      if (ZSTD_isError(left) != 0) return Fail(Reason::kInternal, ZSTD_getErrorName(left));
      OWLET_CHECK_OK(AppendBytes(writer, out_.data(), out.pos));
    } while (last ? left != 0 : in.pos < in.size);
    return {};
  }

 private:
  std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> stream_;
  std::array<char, kBlock> out_;
};

}  // namespace

struct CompressedBody::State {
  store::BodyWriter writer;
  std::unique_ptr<Codec> codec;
};

CompressedBody::CompressedBody(std::unique_ptr<State> state) : state_(std::move(state)) {}
CompressedBody::~CompressedBody() = default;
CompressedBody::CompressedBody(CompressedBody&&) noexcept = default;
CompressedBody& CompressedBody::operator=(CompressedBody&&) noexcept = default;

Result<std::string> CodecSuffix(const std::string& codec) {
  if (codec.empty() || codec == "none" || codec == "uncompressed") return std::string();
  if (codec == "gzip") return std::string(".gz");
  if (codec == "bzip2") return std::string(".bz2");
  if (codec == "deflate") return std::string(".deflate");
  if (codec == "zstd") return std::string(".zst");
  if (codec == "lz4" || codec == "snappy") return "." + codec;
  Error error{Reason::kInvalidArgument, "The codec " + codec + " is not available.",
              "CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION"};
  error.parameters = {{"codecName", codec},
                      {"availableCodecs",
                       "bzip2, deflate, uncompressed, snappy, none, lz4, gzip, "
                       "zstd"}};
  return Fail(std::move(error));
}

Result<CompressedBody> CompressedBody::Open(store::BodyWriter writer, const std::string& codec) {
  std::unique_ptr<Codec> made;
  if (codec.empty() || codec == "none" || codec == "uncompressed") {
    made = std::make_unique<Plain>();
  } else if (codec == "gzip" || codec == "deflate") {
    made = std::make_unique<Zlib>(codec == "gzip");
  } else if (codec == "bzip2") {
    made = std::make_unique<Bzip2>();
  } else if (codec == "zstd") {
    made = std::make_unique<Zstd>();
  } else {
    return Fail(Reason::kNotImplemented, "writing text files compressed by " + codec);
  }
  return CompressedBody(std::make_unique<State>(std::move(writer), std::move(made)));
}

Status CompressedBody::Append(std::string_view text) {
  return state_->codec->Write(text, false, state_->writer);
}

Result<store::StagedBody> CompressedBody::Finish() {
  OWLET_CHECK_OK(state_->codec->Write({}, true, state_->writer));
  return state_->writer.Finish();
}

}  // namespace owlet::engine
