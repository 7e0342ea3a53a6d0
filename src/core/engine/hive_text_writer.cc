#include <fmt/format.h>

#include <cmath>

#include "base/ascii.h"
#include "base/encoding.h"
#include "core/engine/compressor.h"
#include "core/engine/file_listing.h"
#include "core/engine/row_encoder.h"
#include "core/engine/text_formats.h"
#include "core/engine/text_writer.h"
#include "core/plan/literal_text.h"

// Rows as Hive's text SerDes keep them: LazySimpleSerDe, OpenCSVSerde and the two JSON SerDes, in
// the forms that Trino writes.

namespace owlet::engine {

using plan::Literal;
using plan::Type;
using plan::TypeId;

namespace {

/// A value that is no list, map or row, as text.
std::string ScalarText(const Literal& value) {
  switch (value.type.id()) {
    case TypeId::kBoolean:
      return std::get<bool>(value.value) ? "true" : "false";
    case TypeId::kReal:
      return JavaFloat(static_cast<float>(std::get<double>(value.value)));
    case TypeId::kDouble:
      return JavaDouble(std::get<double>(value.value));
    case TypeId::kDecimal:
      return plan::DecimalText(std::get<plan::Int128>(value.value), value.type.scale());
    case TypeId::kDate:
      return plan::DateText(std::get<std::int64_t>(value.value));
    case TypeId::kTimestamp:
    case TypeId::kTimestampLocalZone:
      return plan::TimestampText(std::get<std::int64_t>(value.value));
    case TypeId::kVarbinary:
      return EncodeBase64(std::get<std::string>(value.value));
    default:
      if (const auto* number = std::get_if<std::int64_t>(&value.value)) {
        return std::to_string(*number);
      }
      return std::get<std::string>(value.value);
  }
}

/// LazySimpleSerDe: a separator for each level of nesting.
class LazySimple final : public RowEncoder {
 public:
  explicit LazySimple(const plan::Options& options) {
    const auto option = [&](const char* name, const char* otherwise) {
      return FindOption(options, name).value_or(otherwise);
    };
    separators_ = {option("field.delim", "\x01"), option("collection.delim", "\x02"),
                   option("mapkey.delim", "\x03")};
    for (char c = 4; c < 25; ++c) {
      // Hive leaves out the bytes that are used for lines and blanks.
      if (c != '\t' && c != '\n' && c != '\f' && c != '\r') separators_.emplace_back(1, c);
    }
    null_ = option("serialization.null.format", "\\N");
    escape_ = option("escape.delim", "");
  }

  void Begin(std::string&) override {}
  Status Append(const std::vector<Literal>& cells, std::string& out) override {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) out += separators_[0];
      OWLET_CHECK_OK(Put(cells[i], 1, out));
    }
    out += '\n';
    return {};
  }
  Status Finish(std::string&) override { return {}; }

 private:
  Status Put(const Literal& value, std::size_t level, std::string& out) const {
    if (value.IsNull()) {
      out += null_;
      return {};
    }
    if (!value.type.IsNested()) {
      PutText(ScalarText(value), out);
      return {};
    }
    const bool map = value.type.id() == TypeId::kMap;
    if (level + 1 >= separators_.size()) {
      return Fail(Reason::kExecutionError, "Too many levels of nesting for LazySimpleSerDe",
                  "HIVE_INVALID_METADATA");
    }
    const auto& items = std::get<std::vector<Literal>>(value.value);
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i > 0) out += separators_[map && i % 2 == 1 ? level + 1 : level];
      OWLET_CHECK_OK(Put(items[i], map ? level + 2 : level + 1, out));
    }
    return {};
  }

  void PutText(std::string_view text, std::string& out) const {
    if (escape_.empty()) {
      out += text;
      return;
    }
    for (const char c : text) {
      bool special = c == escape_[0];
      for (const std::string& separator : separators_) special = special || c == separator[0];
      if (special) out += escape_;
      out += c;
    }
  }

  std::vector<std::string> separators_;
  std::string null_;
  std::string escape_;
};

/// OpenCSVSerde: every value in quotes, NULL as nothing.
class OpenCsv final : public RowEncoder {
 public:
  explicit OpenCsv(const plan::Options& options)
      : separator_(FindOption(options, "separatorChar").value_or(",")),
        quote_(FindOption(options, "quoteChar").value_or("\"")) {}

  void Begin(std::string&) override {}
  Status Append(const std::vector<Literal>& cells, std::string& out) override {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) out += separator_;
      if (cells[i].IsNull()) continue;
      out += quote_;
      for (const char c : ScalarText(cells[i])) {
        if (!quote_.empty() && c == quote_[0]) out += quote_;
        out += c;
      }
      out += quote_;
    }
    out += '\n';
    return {};
  }
  Status Finish(std::string&) override { return {}; }

 private:
  std::string separator_;
  std::string quote_;
};

void PutJsonText(std::string_view text, std::string& out) {
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    static constexpr std::string_view kPlain = "\"\\\b\f\n\r\t";
    static constexpr std::string_view kLetters = "\"\\bfnrt";
    if (const std::size_t known = kPlain.find(c); known != std::string_view::npos) {
      out += '\\';
      out += kLetters[known];
    } else if (byte < 0x20) {
      out += fmt::format("\\u{:04X}", byte);
    } else {
      out += c;
    }
  }
  out += '"';
}

/// Bytes as the characters of the same numbers, as Hive's JSON SerDe has binary.
std::string Latin1(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      text += c;
    } else {
      text += static_cast<char>(0xC0 | byte >> 6);
      text += static_cast<char>(0x80 | (byte & 0x3F));
    }
  }
  return text;
}

/// The JSON SerDes of Hive and of OpenX: they differ in NULLs, times, decimals and binary.
class HiveJson final : public RowEncoder {
 public:
  HiveJson(const plan::Schema& schema, bool openx) : row_(Type::Row(schema)), openx_(openx) {}

  void Begin(std::string&) override {}
  Status Append(const std::vector<Literal>& cells, std::string& out) override {
    OWLET_CHECK_OK(PutRow(cells, row_, out));
    out += '\n';
    return {};
  }
  Status Finish(std::string&) override { return {}; }

 private:
  Status PutRow(const std::vector<Literal>& cells, const Type& type, std::string& out) const {
    out += '{';
    bool first = true;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (openx_ && cells[i].IsNull()) continue;
      if (!first) out += ',';
      first = false;
      PutJsonText(type.fields()[i].name, out);
      out += ':';
      OWLET_CHECK_OK(Put(cells[i], out));
    }
    out += '}';
    return {};
  }

  Status PutDouble(double value, bool real, std::string& out) const {
    if (!std::isfinite(value)) {
      return Fail(Reason::kExecutionError,
                  "Invalid value to Insert: " +
                      (real ? JavaFloat(static_cast<float>(value)) : JavaDouble(value)),
                  "HIVE_UNSERIALIZABLE_JSON_VALUE");
    }
    constexpr double kMost = 1e18;
    if (openx_ && value == std::trunc(value) && std::fabs(value) < kMost) {
      out += std::to_string(static_cast<std::int64_t>(value));
    } else {
      out += real ? JavaFloat(static_cast<float>(value)) : JavaDouble(value);
    }
    return {};
  }

  Status Put(const Literal& value, std::string& out) const {
    if (value.IsNull()) {
      out += "null";
      return {};
    }
    switch (value.type.id()) {
      case TypeId::kReal:
      case TypeId::kDouble:
        return PutDouble(std::get<double>(value.value), value.type.id() == TypeId::kReal, out);
      case TypeId::kBoolean:
      case TypeId::kTinyint:
      case TypeId::kSmallint:
      case TypeId::kInteger:
      case TypeId::kBigint:
        out += ScalarText(value);
        return {};
      case TypeId::kDecimal:
        if (openx_) PutJsonText(ScalarText(value), out);
        if (!openx_) out += ScalarText(value);
        return {};
      case TypeId::kTimestamp:
      case TypeId::kTimestampLocalZone: {
        const auto micros = std::get<std::int64_t>(value.value);
        std::string text = plan::TimestampText(micros);
        if (openx_) text.replace(text.find(' '), 1, "T").append("Z");
        PutJsonText(text, out);
        return {};
      }
      case TypeId::kVarbinary:
        PutJsonText(openx_ ? ScalarText(value) : Latin1(std::get<std::string>(value.value)), out);
        return {};
      case TypeId::kArray:
      case TypeId::kMap:
        return PutItems(std::get<std::vector<Literal>>(value.value),
                        value.type.id() == TypeId::kMap, out);
      case TypeId::kRow:
        return PutRow(std::get<std::vector<Literal>>(value.value), value.type, out);
      default:
        PutJsonText(ScalarText(value), out);
        return {};
    }
  }

  Status PutItems(const std::vector<Literal>& items, bool map, std::string& out) const {
    out += map ? '{' : '[';
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (map && i % 2 == 0) {
        if (i > 0) out += ',';
        PutJsonText(ScalarText(items[i]), out);
        continue;
      }
      if (map) out += ':';
      if (!map && i > 0) out += ',';
      OWLET_CHECK_OK(Put(items[i], out));
    }
    out += map ? '}' : ']';
    return {};
  }

  Type row_;
  bool openx_;
};

}  // namespace

Result<RowFormat> MakeHiveTextFormat(const plan::Schema& schema, const plan::Options& options) {
  RowFormat format;
  format.file_codec = ToLowerAscii(FindOption(options, "compression").value_or("gzip"));
  OWLET_TRY(format.extension, CodecSuffix(format.file_codec));
  const std::string serde = *FindOption(options, kSerDeOption);
  if (serde == "openx" || serde == "hive-json") {
    format.make_encoder = [schema, openx = serde == "openx"] {
      return std::make_unique<HiveJson>(schema, openx);
    };
  } else if (serde == "regex") {
    return Fail(Reason::kNotImplemented, "Writing not supported for StorageFormat: REGEX",
                "NOT_SUPPORTED");
  } else if (serde == "opencsv") {
    format.make_encoder = [options] { return std::make_unique<OpenCsv>(options); };
  } else {
    format.make_encoder = [options] { return std::make_unique<LazySimple>(options); };
  }
  return format;
}

}  // namespace owlet::engine
