#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/scan/avro_schema.h"
#include "core/scan/byte_source.h"

namespace owlet::scan {

/// What stands before the blocks of an Avro object container file.
struct AvroHeader {
  std::shared_ptr<const AvroSchema> schema;  // the writer's
  std::string codec;                         // "null", "deflate", "snappy", "zstandard", "bzip2"
  std::array<char, 16> sync{};
  std::uint64_t size = 0;  // the first block begins here
};

/// The blocks of one Avro file that begin in a range of its bytes, in order: every block belongs to
/// exactly one of the ranges that a file is cut into. Bytes are read once. Not thread-safe.
class AvroFileReader {
 public:
  AvroFileReader(std::unique_ptr<ByteSource> source, std::string name, std::uint64_t file_size)
      : source_(std::move(source)), name_(std::move(name)), file_size_(file_size) {}

  /// Reads the header and finds the first block of [begin, end). kExecutionError
  /// HIVE_CANNOT_OPEN_SPLIT for a file that is no Avro file; kNotImplemented for a codec.
  [[nodiscard]] Status Open(std::uint64_t begin, std::uint64_t end);
  [[nodiscard]] const AvroHeader& header() const { return header_; }

  struct Block {
    std::uint64_t num_rows = 0;
    std::string_view bytes;  // plain; good until the next call
  };
  /// The next block, or nothing at the end of the range. kExecutionError HIVE_BAD_DATA.
  [[nodiscard]] Result<std::optional<Block>> Next();

 private:
  [[nodiscard]] std::unexpected<Error> Bad(const std::string& what) const;
  /// Makes `size` bytes at the place readable, if the file has so many.
  [[nodiscard]] Result<bool> Need(std::size_t size);
  [[nodiscard]] Result<std::int64_t> ReadLong();
  [[nodiscard]] Result<std::string_view> ReadBytes();
  [[nodiscard]] Status ReadHeader();
  [[nodiscard]] Status Seek(std::uint64_t place);
  [[nodiscard]] Result<std::string_view> Unpack(std::string_view packed);
  [[nodiscard]] std::uint64_t place() const { return buffer_start_ + at_; }

  std::unique_ptr<ByteSource> source_;
  std::string name_;
  std::uint64_t file_size_;
  std::uint64_t end_ = 0;
  AvroHeader header_;
  std::string buffer_;  // the file's bytes from buffer_start_ on
  std::uint64_t buffer_start_ = 0;
  std::size_t at_ = 0;  // in buffer_
  std::string plain_;
};

}  // namespace owlet::scan
