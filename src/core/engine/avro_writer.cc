#include <bzlib.h>
#include <fmt/format.h>
#include <snappy.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <nlohmann/json.hpp>
#include <random>

#include "base/ascii.h"
#include "core/engine/file_listing.h"
#include "core/engine/row_encoder.h"
#include "core/engine/text_formats.h"

// Avro object container files, as Spark's avro source writes them, and as Trino does for tables.

namespace owlet::engine {

using nlohmann::ordered_json;
using plan::Literal;
using plan::Type;
using plan::TypeId;

namespace {

constexpr std::size_t kBlockSize = 64 << 10;
constexpr std::size_t kSyncSize = 16;

// ---- Schemas. Spark and Trino differ in the order of unions, in decimals and in timestamps.

std::size_t FixedSize(int precision) {
  // The bytes that any number of so many digits needs in two's complement.
  plan::Int128 most = 1;
  for (int i = 0; i < precision; ++i) most *= 10;
  std::size_t bits = 1;
  for (most -= 1; most > 0; most >>= 1) ++bits;
  return (bits + 7) / 8;
}

class SchemaWriter {
 public:
  explicit SchemaWriter(bool trino) : trino_(trino) {}

  Result<ordered_json> Record(const std::string& name, const std::string& space,
                              const std::vector<plan::Field>& fields) {
    ordered_json record{{"type", "record"}, {"name", name}};
    if (!space.empty()) record["namespace"] = space;
    record["fields"] = ordered_json::array();
    const std::string inner = space.empty() ? name : space + "." + name;
    for (const plan::Field& field : fields) {
      OWLET_TRY(ordered_json type, Nullable(field.type, field.nullable, field.name, inner));
      ordered_json entry{{"name", field.name}, {"type", std::move(type)}};
      if (trino_) entry["default"] = nullptr;
      record["fields"].push_back(std::move(entry));
    }
    return record;
  }

 private:
  Result<ordered_json> Nullable(const Type& type, bool nullable, const std::string& name,
                                const std::string& space) {
    OWLET_TRY(ordered_json plain, Plain(type, name, space));
    if (trino_) return ordered_json::array({"null", std::move(plain)});
    if (!nullable) return plain;
    return ordered_json::array({std::move(plain), "null"});
  }

  [[nodiscard]] ordered_json Decimal(const Type& type, const std::string& name,
                                     const std::string& space) const {
    ordered_json decimal{{"type", trino_ ? "bytes" : "fixed"}};
    if (!trino_) {
      decimal["name"] = "fixed";
      decimal["namespace"] = space + "." + name;
      decimal["size"] = FixedSize(type.precision());
    }
    decimal["logicalType"] = "decimal";
    decimal["precision"] = type.precision();
    decimal["scale"] = type.scale();
    return decimal;
  }

  static ordered_json Logical(const char* type, const char* logical) {
    return {{"type", type}, {"logicalType", logical}};
  }

  Result<ordered_json> Plain(const Type& type, const std::string& name, const std::string& space) {
    switch (type.id()) {
      case TypeId::kBoolean:
        return "boolean";
      case TypeId::kTinyint:
      case TypeId::kSmallint:
      case TypeId::kInteger:
        return "int";
      case TypeId::kBigint:
        return "long";
      case TypeId::kReal:
        return "float";
      case TypeId::kDouble:
        return "double";
      case TypeId::kVarbinary:
        return "bytes";
      case TypeId::kDate:
        return Logical("int", "date");
      case TypeId::kTimestamp:
        return Logical("long", trino_ ? "timestamp-millis" : "local-timestamp-micros");
      case TypeId::kTimestampLocalZone:
        return Logical("long", "timestamp-micros");
      case TypeId::kDecimal:
        return Decimal(type, name, space);
      case TypeId::kVarchar:
      case TypeId::kChar:
        if (trino_ && type.precision() != Type::kUnbounded) {
          ordered_json text = Logical("string", type.id() == TypeId::kChar ? "char" : "varchar");
          text["maxLength"] = type.precision();
          return text;
        }
        return "string";
      case TypeId::kArray: {
        OWLET_TRY(ordered_json items,
                  Nullable(type.element(), type.fields()[0].nullable, name, space));
        return ordered_json{{"type", "array"}, {"items", std::move(items)}};
      }
      case TypeId::kMap: {
        if (!type.key().IsCharacter()) break;
        OWLET_TRY(ordered_json values,
                  Nullable(type.value(), type.fields()[1].nullable, name, space));
        return ordered_json{{"type", "map"}, {"values", std::move(values)}};
      }
      case TypeId::kRow:
        return trino_ ? Record(fmt::format("record_{}", records_++), "", type.fields())
                      : Record(name, space, type.fields());
      default:
        break;
    }
    return Fail(Reason::kNotImplemented,
                fmt::format("Column '{}' has a type that Avro does not have", name),
                "NOT_SUPPORTED");
  }

  const bool trino_;
  int records_ = 0;
};

// ---- Bytes.

void PutLong(std::int64_t value, std::string& out) {
  auto bits = (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
  for (; bits >= 0x80; bits >>= 7) out += static_cast<char>(bits | 0x80);
  out += static_cast<char>(bits);
}

void PutBytes(std::string_view bytes, std::string& out) {
  PutLong(static_cast<std::int64_t>(bytes.size()), out);
  out += bytes;
}

template <class Number>
void PutFixed(Number value, std::string& out) {
  char raw[sizeof(value)];
  std::memcpy(raw, &value, sizeof(value));  // little-endian, as the machines we run on
  out.append(raw, sizeof(value));
}

std::string Unscaled(plan::Int128 value, std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = size; i-- > 0; value >>= 8) bytes[i] = static_cast<char>(value & 0xff);
  return bytes;
}

/// As few bytes as the value needs.
std::string ShortUnscaled(plan::Int128 value) {
  std::size_t size = 1;
  while (size < sizeof(value)) {
    const plan::Int128 rest = value >> (size * 8 - 1);
    if (rest == 0 || rest == -1) break;
    ++size;
  }
  return Unscaled(value, size);
}

class ValueWriter {
 public:
  explicit ValueWriter(bool trino) : trino_(trino) {}

  void Put(const Literal& value, const plan::Field& field, std::string& out) const {
    if (trino_ || field.nullable) {
      const std::int64_t null_branch = trino_ ? 0 : 1;
      PutLong(value.IsNull() ? null_branch : 1 - null_branch, out);
      if (value.IsNull()) return;
    }
    PutValue(value, field.type, out);
  }

 private:
  void PutValue(const Literal& value, const Type& type, std::string& out) const {
    switch (type.id()) {
      case TypeId::kBoolean:
        out += static_cast<char>(std::get<bool>(value.value) ? 1 : 0);
        return;
      case TypeId::kTimestamp: {
        constexpr std::int64_t kThousand = 1000;
        const auto micros = std::get<std::int64_t>(value.value);
        const std::int64_t millis = micros / kThousand - (micros % kThousand < 0 ? 1 : 0);
        PutLong(trino_ ? millis : micros, out);
        return;
      }
      case TypeId::kReal:
        return PutFixed(static_cast<float>(std::get<double>(value.value)), out);
      case TypeId::kDouble:
        return PutFixed(std::get<double>(value.value), out);
      case TypeId::kDecimal: {
        const auto unscaled = std::get<plan::Int128>(value.value);
        if (trino_) return PutBytes(ShortUnscaled(unscaled), out);
        out += Unscaled(unscaled, FixedSize(type.precision()));
        return;
      }
      case TypeId::kVarchar:
      case TypeId::kChar:
      case TypeId::kVarbinary:
        return PutBytes(std::get<std::string>(value.value), out);
      case TypeId::kArray:
      case TypeId::kMap:
        return PutItems(std::get<std::vector<Literal>>(value.value), type, out);
      case TypeId::kRow: {
        const auto& cells = std::get<std::vector<Literal>>(value.value);
        for (std::size_t i = 0; i < cells.size(); ++i) Put(cells[i], type.fields()[i], out);
        return;
      }
      default:
        PutLong(std::get<std::int64_t>(value.value), out);
    }
  }

  void PutItems(const std::vector<Literal>& items, const Type& type, std::string& out) const {
    const bool map = type.id() == TypeId::kMap;
    const std::size_t count = map ? items.size() / 2 : items.size();
    if (count > 0) PutLong(static_cast<std::int64_t>(count), out);
    for (std::size_t i = 0; i < count; ++i) {
      if (map) PutBytes(std::get<std::string>(items[2 * i].value), out);
      Put(items[map ? 2 * i + 1 : i], type.fields()[map ? 1 : 0], out);
    }
    PutLong(0, out);
  }

  const bool trino_;
};

// ---- Blocks.

Status PackZlib(std::string_view plain, int level, std::string& packed) {
  z_stream stream{};
  constexpr int kMemory = 8;
  if (deflateInit2(&stream, level, Z_DEFLATED, -MAX_WBITS, kMemory, Z_DEFAULT_STRATEGY) != Z_OK) {
    return Fail(Reason::kOutOfMemory, "deflate");
  }
  packed.resize(deflateBound(&stream, plain.size()));
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int code = deflate(&stream, Z_FINISH);
  packed.resize(packed.size() - stream.avail_out);
  deflateEnd(&stream);
  if (code != Z_STREAM_END) return Fail(Reason::kInternal, "deflate did not end");
  return {};
}

Status PackBzip2(std::string_view plain, std::string& packed) {
  packed.resize(plain.size() + plain.size() / 100 + 600);  // what the library asks for
  auto size = static_cast<unsigned>(packed.size());
  constexpr int kBlocks = 9;
  if (BZ2_bzBuffToBuffCompress(packed.data(), &size, const_cast<char*>(plain.data()),
                               static_cast<unsigned>(plain.size()), kBlocks, 0, 0) != BZ_OK) {
    return Fail(Reason::kInternal, "bzip2 failed");
  }
  packed.resize(size);
  return {};
}

Status Pack(const std::string& codec, std::string_view plain, std::string& packed) {
  if (codec == "deflate") return PackZlib(plain, Z_DEFAULT_COMPRESSION, packed);
  if (codec == "bzip2") return PackBzip2(plain, packed);
  if (codec == "snappy") {
    snappy::Compress(plain.data(), plain.size(), &packed);
    const auto sum =
        crc32(0, reinterpret_cast<const Bytef*>(plain.data()), static_cast<uInt>(plain.size()));
    for (int shift = 24; shift >= 0; shift -= 8) packed += static_cast<char>(sum >> shift & 0xff);
    return {};
  }
  if (codec == "zstandard") {
    packed.resize(ZSTD_compressBound(plain.size()));
    constexpr int kLevel = 3;
    const std::size_t size =
        ZSTD_compress(packed.data(), packed.size(), plain.data(), plain.size(), kLevel);
    if (ZSTD_isError(size) != 0) return Fail(Reason::kInternal, ZSTD_getErrorName(size));
    packed.resize(size);
    return {};
  }
  packed = plain;
  return {};
}

struct AvroTarget {
  bool trino = false;
  std::string schema_json;
  std::string codec;
  plan::Schema schema;
};

class AvroFileWriter final : public RowEncoder {
 public:
  explicit AvroFileWriter(std::shared_ptr<const AvroTarget> target)
      : target_(std::move(target)), values_(target_->trino) {
    std::random_device random;
    std::ranges::generate(sync_, [&] { return static_cast<char>(random()); });
  }

  void Begin(std::string& out) override {
    out.append("Obj\x01", 4);
    PutLong(2, out);
    PutBytes("avro.schema", out);
    PutBytes(target_->schema_json, out);
    PutBytes("avro.codec", out);
    PutBytes(target_->codec, out);
    PutLong(0, out);
    out.append(sync_.data(), kSyncSize);
  }

  Status Append(const std::vector<Literal>& cells, std::string& out) override {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      values_.Put(cells[i], target_->schema[i], block_);
    }
    ++rows_;
    return block_.size() < kBlockSize ? Status() : EndBlock(out);
  }

  Status Finish(std::string& out) override { return rows_ > 0 ? EndBlock(out) : Status(); }

 private:
  Status EndBlock(std::string& out) {
    OWLET_CHECK_OK(Pack(target_->codec, block_, packed_));
    PutLong(rows_, out);
    PutBytes(packed_, out);
    out.append(sync_.data(), kSyncSize);
    rows_ = 0;
    block_.clear();
    return {};
  }

  const std::shared_ptr<const AvroTarget> target_;
  const ValueWriter values_;
  std::array<char, kSyncSize> sync_{};
  std::string block_;
  std::string packed_;
  std::int64_t rows_ = 0;
};

Result<std::string> AvroCodec(const plan::Options& options, bool trino) {
  std::string codec = ToLowerAscii(FindOption(options, "compression").value_or(""));
  if (codec.empty()) return std::string(trino ? "deflate" : "snappy");
  if (codec == "uncompressed" || codec == "none" || codec == "null") return std::string("null");
  if (codec == "zstd" || codec == "zstandard") return std::string("zstandard");
  if (codec == "gzip" && trino) return std::string("deflate");  // Trino's GZIP is Avro's deflate
  if (codec == "snappy" || codec == "deflate" || codec == "bzip2") return codec;
  return Fail(Reason::kInvalidArgument, fmt::format("Avro has no codec {}", codec),
              "CODEC_NOT_AVAILABLE");
}

}  // namespace

Result<RowFormat> MakeAvroFormat(const plan::Schema& schema, const plan::Options& options) {
  auto target = std::make_shared<AvroTarget>();
  target->trino = FindOption(options, kSerDeOption).has_value();
  target->schema = schema;
  if (FindOption(options, "avroSchema") && !target->trino) {
    return Fail(Reason::kNotImplemented, "writing Avro files of a given avroSchema");
  }
  OWLET_TRY(target->codec, AvroCodec(options, target->trino));
  const std::string name = FindOption(options, "recordName").value_or("topLevelRecord");
  const std::string space = FindOption(options, "recordNamespace").value_or("");
  SchemaWriter writer(target->trino);
  OWLET_TRY(const ordered_json json,
            writer.Record(target->trino ? "baseRecord" : name, target->trino ? "" : space, schema));
  target->schema_json = json.dump();
  RowFormat format;
  format.extension = ".avro";
  format.make_encoder = [shared = std::shared_ptr<const AvroTarget>(std::move(target))] {
    return std::make_unique<AvroFileWriter>(shared);
  };
  return format;
}

}  // namespace owlet::engine
