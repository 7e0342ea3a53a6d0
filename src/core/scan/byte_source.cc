#include "core/scan/byte_source.h"

#include <algorithm>

namespace owlet::scan {

namespace {

class PlainStream final : public ByteStream {
 public:
  PlainStream(std::unique_ptr<ByteSource> source, std::uint64_t offset)
      : source_(std::move(source)), offset_(offset) {}

  Result<std::size_t> Read(std::span<std::byte> out) override {
    OWLET_TRY(const std::size_t size, source_->ReadAt(offset_, out));
    offset_ += size;
    return size;
  }

 private:
  std::unique_ptr<ByteSource> source_;
  std::uint64_t offset_;
};

}  // namespace

std::unique_ptr<ByteStream> ReadPlain(std::unique_ptr<ByteSource> source, std::uint64_t offset) {
  return std::make_unique<PlainStream>(std::move(source), offset);
}

Compression CompressionOf(std::string_view name) {
  static constexpr std::pair<std::string_view, Compression> kSuffixes[] = {
      {".gz", Compression::kGzip},       {".gzip", Compression::kGzip},
      {".bz2", Compression::kBzip2},     {".zst", Compression::kZstd},
      {".zstd", Compression::kZstd},     {".lz4", Compression::kLz4},
      {".snappy", Compression::kSnappy}, {".deflate", Compression::kDeflate}};
  const auto* const found =
      std::find_if(std::begin(kSuffixes), std::end(kSuffixes),
                   [name](const auto& suffix) { return name.ends_with(suffix.first); });
  return found == std::end(kSuffixes) ? Compression::kNone : found->second;
}

}  // namespace owlet::scan
