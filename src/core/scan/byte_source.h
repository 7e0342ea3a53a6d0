#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace owlet::scan {

/// An object's bytes. ReadAt is thread-safe; every byte read counts for the statement that reads.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Fills `out` from `offset`; less than asked only at the end.
  [[nodiscard]] virtual Result<std::size_t> ReadAt(std::uint64_t offset,
                                                   std::span<std::byte> out) = 0;
  /// The state of the file that is read, as InputFile::version names it; 0: nothing of it may be
  /// kept.
  [[nodiscard]] virtual std::uint64_t version() const { return 0; }
  /// Counts bytes that need not be read, since what they say is known, as if they were.
  virtual void CountKnown(std::uint64_t /*bytes*/) {}
};

struct CachedFile;  // column_cache.h

/// A file of a scan, opened when its turn comes. `version` names one state of it: what was inferred
/// from that state stays true of it.
struct InputFile {
  std::string name;  // "s3://bucket/key"
  std::uint64_t size = 0;
  std::uint64_t version = 0;
  std::function<Result<std::unique_ptr<ByteSource>>()> open;
  /// What a scan reads of it instead of the text; null: nothing.
  std::shared_ptr<const CachedFile> cached = nullptr;
};

enum class Compression : std::uint8_t { kNone, kGzip, kDeflate, kBzip2, kZstd, kLz4, kSnappy };

/// By the suffix of the name, as Hadoop does: .gz .deflate .bz2 .zst .lz4 .snappy.
[[nodiscard]] Compression CompressionOf(std::string_view name);

/// Bytes in order. Not thread-safe.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  /// Fills `out` from its beginning; fewer bytes, or none, only at the end.
  [[nodiscard]] virtual Result<std::size_t> Read(std::span<std::byte> out) = 0;
};

/// The plain bytes of `source` from `offset` on.
[[nodiscard]] std::unique_ptr<ByteStream> ReadPlain(std::unique_ptr<ByteSource> source,
                                                    std::uint64_t offset);

/// The bytes that `compressed` stands for. Errors: kExecutionError for bytes that are no such
/// stream or end too early, naming `name`.
[[nodiscard]] std::unique_ptr<ByteStream> Decompress(Compression compression,
                                                     std::unique_ptr<ByteStream> compressed,
                                                     std::string name);

}  // namespace owlet::scan
