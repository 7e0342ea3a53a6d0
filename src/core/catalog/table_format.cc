#include "core/catalog/table_format.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <string_view>

#include "core/catalog/names.h"

namespace owlet::catalog {
namespace {

constexpr char kLazySimple[] = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe";
constexpr char kTextInput[] = "org.apache.hadoop.mapred.TextInputFormat";
constexpr char kTextOutput[] = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat";

/// A SerDe's class is told by its last name: packages have moved over the years.
struct KnownSerDe {
  std::string_view name;
  FormatKind kind;
};
constexpr std::array kSerDes{
    KnownSerDe{"parquethiveserde", FormatKind::kParquet},
    KnownSerDe{"orcserde", FormatKind::kOrc},
    KnownSerDe{"avroserde", FormatKind::kAvro},
    KnownSerDe{"lazysimpleserde", FormatKind::kTextDelimited},
    KnownSerDe{"opencsvserde", FormatKind::kCsvOpenCsv},
    KnownSerDe{"csvserde", FormatKind::kCsvOpenCsv},
    KnownSerDe{"regexserde", FormatKind::kRegex},
    KnownSerDe{"grokserde", FormatKind::kGrok},
    KnownSerDe{"cloudtrailserde", FormatKind::kCloudTrail},
    KnownSerDe{"ionhiveserde", FormatKind::kIon},
    KnownSerDe{"columnarserde", FormatKind::kRcFile},
    KnownSerDe{"lazybinarycolumnarserde", FormatKind::kRcFile},
};

/// Glue's `classification` and Spark's provider, for tables that name no SerDe.
struct KnownName {
  std::string_view name;
  FormatKind kind;
};
constexpr std::array kNames{
    KnownName{"parquet", FormatKind::kParquet},   KnownName{"orc", FormatKind::kOrc},
    KnownName{"avro", FormatKind::kAvro},         KnownName{"json", FormatKind::kJsonOpenX},
    KnownName{"csv", FormatKind::kTextDelimited}, KnownName{"text", FormatKind::kTextDelimited},
};

std::string LastName(std::string_view java_class) {
  const std::size_t dot = java_class.rfind('.');
  return FoldName(dot == std::string_view::npos ? java_class : java_class.substr(dot + 1));
}

std::optional<FormatKind> KindOfSerDe(std::string_view library) {
  const std::string name = LastName(library);
  if (name == "jsonserde") {
    return FoldName(library).starts_with("org.openx") ? FormatKind::kJsonOpenX
                                                      : FormatKind::kJsonHive;
  }
  for (const KnownSerDe& known : kSerDes) {
    if (name == known.name) return known.kind;
  }
  return std::nullopt;
}

std::optional<FormatKind> KindOfInputFormat(std::string_view input_format) {
  const std::string name = LastName(input_format);
  if (name.find("parquet") != std::string::npos) return FormatKind::kParquet;
  if (name.starts_with("orc")) return FormatKind::kOrc;
  if (name.starts_with("avro")) return FormatKind::kAvro;
  if (name.starts_with("sequencefile")) return FormatKind::kSequenceFile;
  if (name.starts_with("rcfile")) return FormatKind::kRcFile;
  return std::nullopt;
}

std::string Find(const Properties& properties, std::string_view name,
                 std::string_view otherwise = {}) {
  for (const auto& [key, value] : properties) {
    if (FoldName(key) == name) return value;
  }
  return std::string(otherwise);
}

/// A delimiter as Hive reads it: a number is that byte ("1" is \001, "9" a tab), else the first
/// character; in properties the escapes \t, \n, \\ and \001 may still be text.
Result<std::string> Delimiter(const Properties& properties, std::string_view name,
                              std::string_view otherwise) {
  const std::string text = Find(properties, name, otherwise);
  int byte = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), byte);
  if (error == std::errc() && end == text.data() + text.size() && byte >= -128 && byte < 256) {
    return std::string(1, static_cast<char>(byte));
  }
  if (text.size() > 1 && text[0] == '\\') {
    if (text == "\\t") return std::string("\t");
    if (text == "\\n") return std::string("\n");
    if (text == "\\r") return std::string("\r");
    if (text == "\\\\") return std::string("\\");
    const std::size_t start = text.starts_with("\\u") ? 2 : 1;
    const int base = start == 2 ? 16 : 8;
    const auto [stop, bad] =
        std::from_chars(text.data() + start, text.data() + text.size(), byte, base);
    if (bad == std::errc() && stop == text.data() + text.size() && byte >= 0 && byte < 128) {
      return std::string(1, static_cast<char>(byte));
    }
  }
  // LazySimpleSerDe takes one character; a longer one is MultiDelimitSerDe's, given as it is.
  return text;
}

bool Flag(const Properties& properties, std::string_view name, bool otherwise) {
  const std::string text = FoldName(Find(properties, name));
  return text.empty() ? otherwise : text == "true";
}

Result<std::int64_t> Lines(const Properties& properties, std::string_view name) {
  const std::string text = Find(properties, name, "0");
  std::int64_t lines = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), lines);
  if (error != std::errc() || end != text.data() + text.size() || lines < 0) {
    return Fail(Reason::kInvalidArgument, fmt::format("{} is no number of lines: {}", name, text));
  }
  return lines;
}

std::string Compression(const Properties& properties) {
  for (const std::string_view name :
       {"write.compression", "parquet.compression", "parquet.compress", "orc.compress",
        "avro.compress", "compression"}) {
    std::string value = FoldName(Find(properties, name));
    if (!value.empty()) return value;
  }
  return {};
}

Status ReadTextOptions(const Properties& properties, TableFormat& format) {
  OWLET_TRY(format.field_delimiter,
            Delimiter(properties, "field.delim",
                      Find(properties, "serialization.format", format.field_delimiter)));
  OWLET_TRY(format.collection_delimiter,
            Delimiter(properties, "collection.delim",
                      Find(properties, "colelction.delim", format.collection_delimiter)));
  OWLET_TRY(format.map_key_delimiter,
            Delimiter(properties, "mapkey.delim", format.map_key_delimiter));
  OWLET_TRY(format.line_delimiter, Delimiter(properties, "line.delim", format.line_delimiter));
  OWLET_TRY(format.escape, Delimiter(properties, "escape.delim", format.escape));
  format.null_text = Find(properties, "serialization.null.format", format.null_text);
  return {};
}

void ReadCsvOptions(const Properties& properties, TableFormat& format) {
  const auto first = [&](std::string_view name, std::string_view otherwise) {
    const std::string text = Find(properties, name, otherwise);
    return text == "\\t" ? std::string("\t") : text.substr(0, 1);
  };
  format.separator = first("separatorchar", format.separator);
  format.quote = first("quotechar", format.quote);
  format.csv_escape = first("escapechar", format.csv_escape);
}

void ReadJsonOptions(const Properties& properties, TableFormat& format) {
  format.ignore_malformed = Flag(properties, "ignore.malformed.json", false);
  format.case_insensitive = Flag(properties, "case.insensitive", true);
  format.dots_in_keys = Flag(properties, "dots.in.keys", false);
  format.explicit_null = Flag(properties, "explicit.null", false);
  for (const auto& [key, value] : properties) {
    if (FoldName(key).starts_with("mapping.")) format.mappings[FoldName(key.substr(8))] = value;
  }
}

Result<FormatKind> Kind(const Table& table, const StorageDescriptor& storage) {
  if (table.IsIceberg()) return FormatKind::kIceberg;
  if (storage.serde && !storage.serde->library.empty()) {
    if (LastName(storage.serde->library) == "lazysimpleserde") {
      // The SerDe of text also stands before a sequence file.
      return KindOfInputFormat(storage.input_format).value_or(FormatKind::kTextDelimited);
    }
    if (const auto kind = KindOfSerDe(storage.serde->library)) return *kind;
    return Fail(Reason::kNotImplemented,
                fmt::format("Table {}.{} uses a SerDe that is not supported: {}", table.database,
                            table.name, storage.serde->library));
  }
  if (const auto kind = KindOfInputFormat(storage.input_format)) return *kind;
  for (const std::string_view name : {"classification", "spark.sql.sources.provider"}) {
    const std::string value = FoldName(Find(table.parameters, name));
    for (const KnownName& known : kNames) {
      if (value == known.name) return known.kind;
    }
  }
  return FormatKind::kTextDelimited;
}

Result<TableFormat> Read(const Table& table, const StorageDescriptor& storage) {
  TableFormat format;
  OWLET_TRY(format.kind, Kind(table, storage));
  // The SerDe's parameters win over the table's, as Hive merges them.
  Properties properties = table.parameters;
  if (storage.serde) {
    for (const auto& [key, value] : storage.serde->parameters) properties[key] = value;
  }
  OWLET_TRY(format.skip_header_lines, Lines(properties, "skip.header.line.count"));
  OWLET_TRY(format.skip_footer_lines, Lines(properties, "skip.footer.line.count"));
  format.compression = Compression(properties);
  format.timestamp_formats = Find(properties, "timestamp.formats");
  switch (format.kind) {
    case FormatKind::kTextDelimited:
    case FormatKind::kSequenceFile:
    case FormatKind::kRcFile:
      // Glue's crawlers and awswrangler name the delimiter "field.delim", others "delimiter".
      if (properties.contains("delimiter") && !properties.contains("field.delim")) {
        properties["field.delim"] = properties["delimiter"];
      }
      OWLET_CHECK_OK(ReadTextOptions(properties, format));
      break;
    case FormatKind::kCsvOpenCsv:
      ReadCsvOptions(properties, format);
      break;
    case FormatKind::kJsonOpenX:
    case FormatKind::kJsonHive:
      ReadJsonOptions(properties, format);
      break;
    case FormatKind::kRegex:
    case FormatKind::kGrok:
      format.regex =
          Find(properties, format.kind == FormatKind::kRegex ? "input.regex" : "input.format");
      format.regex_case_insensitive = Flag(properties, "input.regex.case.insensitive", false);
      break;
    case FormatKind::kAvro:
      format.avro_schema = Find(properties, "avro.schema.literal");
      break;
    case FormatKind::kParquet:
      format.by_position = Flag(properties, "parquet.column.index.access", false);
      break;
    case FormatKind::kOrc:
      // Athena reads ORC by position unless told otherwise.
      format.by_position = Flag(properties, "orc.column.index.access", true);
      break;
    case FormatKind::kCloudTrail:
    case FormatKind::kIon:
    case FormatKind::kIceberg:
      break;
  }
  return format;
}

}  // namespace

Result<TableFormat> ReadTableFormat(const Table& table) {
  return Read(table, table.storage.value_or(StorageDescriptor{}));
}

Result<TableFormat> ReadTableFormat(const Table& table, const Partition& partition) {
  if (!partition.storage ||
      (!partition.storage->serde && partition.storage->input_format.empty())) {
    return ReadTableFormat(table);
  }
  return Read(table, *partition.storage);
}

std::optional<StorageClasses> FindStorageClasses(std::string_view name) {
  struct Known {
    std::string_view name;
    std::string_view input;
    std::string_view output;
    std::string_view serde;
  };
  static constexpr std::array kKnown{
      Known{"textfile", kTextInput, kTextOutput, kLazySimple},
      Known{"csv", kTextInput, kTextOutput, kLazySimple},
      Known{"json", kTextInput, kTextOutput, "org.openx.data.jsonserde.JsonSerDe"},
      Known{"jsonfile", kTextInput, kTextOutput, "org.apache.hadoop.hive.serde2.JsonSerDe"},
      Known{"parquet", "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
            "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
            "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
      Known{"orc", "org.apache.hadoop.hive.ql.io.orc.OrcInputFormat",
            "org.apache.hadoop.hive.ql.io.orc.OrcOutputFormat",
            "org.apache.hadoop.hive.ql.io.orc.OrcSerde"},
      Known{"avro", "org.apache.hadoop.hive.ql.io.avro.AvroContainerInputFormat",
            "org.apache.hadoop.hive.ql.io.avro.AvroContainerOutputFormat",
            "org.apache.hadoop.hive.serde2.avro.AvroSerDe"},
      Known{"sequencefile", "org.apache.hadoop.mapred.SequenceFileInputFormat",
            "org.apache.hadoop.hive.ql.io.HiveSequenceFileOutputFormat", kLazySimple},
      Known{"rcfile", "org.apache.hadoop.hive.ql.io.RCFileInputFormat",
            "org.apache.hadoop.hive.ql.io.RCFileOutputFormat",
            "org.apache.hadoop.hive.serde2.columnar.LazyBinaryColumnarSerDe"},
      Known{"ion", "com.amazon.ionhiveserde.formats.IonInputFormat",
            "com.amazon.ionhiveserde.formats.IonOutputFormat",
            "com.amazon.ionhiveserde.IonHiveSerDe"},
  };
  const std::string folded = FoldName(name);
  for (const Known& known : kKnown) {
    if (folded == known.name) {
      return StorageClasses{std::string(known.input), std::string(known.output),
                            std::string(known.serde)};
    }
  }
  return std::nullopt;
}

}  // namespace owlet::catalog
