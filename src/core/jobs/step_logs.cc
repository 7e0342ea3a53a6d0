#include "core/jobs/step_logs.h"

#include <zlib.h>

#include <array>
#include <cstddef>
#include <fstream>
#include <memory>
#include <span>
#include <string>
#include <utility>

namespace owlet::jobs {
namespace {

constexpr std::size_t kPiece = 64 << 10;
constexpr int kGzip = 16 + MAX_WBITS;

/// Compresses what it is given into the body of one object.
class GzipObject {
 public:
  static Result<GzipObject> Begin(store::ObjectStore& objects) {
    OWLET_TRY(store::BodyWriter body, objects.NewBody());
    return GzipObject(std::move(body));
  }

  GzipObject(GzipObject&& other) noexcept
      : body_(std::move(other.body_)), stream_(std::move(other.stream_)) {}

  Status Append(std::string_view bytes, int flush = Z_NO_FLUSH) {
    std::array<char, kPiece> out;
    // zlib's interface has no const; it does not write to its input.
    stream_->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_->avail_in = static_cast<uInt>(bytes.size());
    do {
      stream_->next_out = reinterpret_cast<Bytef*>(out.data());
      stream_->avail_out = out.size();
      deflate(stream_.get(), flush);
      const std::size_t made = out.size() - stream_->avail_out;
      OWLET_CHECK_OK(body_.Append(std::as_bytes(std::span(out.data(), made))));
    } while (stream_->avail_out == 0);
    return {};
  }

  Status Commit(store::ObjectStore& objects, const access::Principal& who,
                const store::ObjectPath& target) {
    OWLET_CHECK_OK(Append({}, Z_FINISH));
    OWLET_TRY(store::StagedBody body, body_.Finish());
    OWLET_TRY(const auto info, objects.Put(who, target.bucket, target.key, std::move(body),
                                           {.content_type = "application/x-gzip"}));
    return {};
  }

 private:
  struct EndDeflate {
    void operator()(z_stream* stream) const {
      deflateEnd(stream);
      std::default_delete<z_stream>()(stream);
    }
  };

  explicit GzipObject(store::BodyWriter body)
      : body_(std::move(body)), stream_(std::make_unique<z_stream>().release()) {
    deflateInit2(stream_.get(), Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY);
  }

  store::BodyWriter body_;
  std::unique_ptr<z_stream, EndDeflate> stream_;
};

}  // namespace

Status PublishLogFile(store::ObjectStore& objects, const access::Principal& who,
                      const store::ObjectPath& target, const std::filesystem::path& file) {
  OWLET_TRY(GzipObject log, GzipObject::Begin(objects));
  std::ifstream input(file, std::ios::binary);
  std::string piece(kPiece, '\0');
  while (input) {
    input.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    OWLET_CHECK_OK(
        log.Append(std::string_view(piece.data(), static_cast<std::size_t>(input.gcount()))));
  }
  return log.Commit(objects, who, target);
}

Status PublishLogText(store::ObjectStore& objects, const access::Principal& who,
                      const store::ObjectPath& target, std::string_view text) {
  OWLET_TRY(GzipObject log, GzipObject::Begin(objects));
  OWLET_CHECK_OK(log.Append(text));
  return log.Commit(objects, who, target);
}

}  // namespace owlet::jobs
