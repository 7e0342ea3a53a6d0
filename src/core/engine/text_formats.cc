#include "core/engine/text_formats.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "core/catalog/model.h"
#include "core/engine/regex_decoder.h"
#include "core/plan/type_names.h"
#include "core/scan/csv_decoder.h"
#include "core/scan/csv_inference.h"
#include "core/scan/json_columns.h"
#include "core/scan/json_decoder.h"
#include "core/scan/json_inference.h"
#include "core/scan/json_line_decoder.h"

namespace owlet::engine {

namespace {

constexpr const char* kCorruptColumnConf = "spark.sql.columnNameOfCorruptRecord";

std::string CorruptColumn(const plan::SessionSettings& session) {
  const auto set = session.conf.find(kCorruptColumnConf);
  return set != session.conf.end() ? set->second : "_corrupt_record";
}

plan::Schema Project(const plan::Schema& schema, const std::vector<std::size_t>& fields) {
  plan::Schema projected;
  for (const std::size_t field : fields) projected.push_back(schema[field]);
  return projected;
}

// In FAILFAST mode Spark tells of the file that could not be read; the record is the cause below.
Error ExplainSpark(Error error, const scan::InputFile& file) {
  if (error.condition != "MALFORMED_RECORD_IN_PARSING") return error;
  Error explained{Reason::kExecutionError,
                  fmt::format("Encountered error while reading file {}. Malformed records are "
                              "detected in record parsing: {}",
                              file.name, error.message),
                  "FAILED_READ_FILE.NO_HINT"};
  explained.parameters = {{"path", file.name}};
  return explained;
}

Result<scan::JsonOptions> ReadJsonOptions(const plan::Options& options,
                                          const plan::SessionSettings& session) {
  const auto serde = FindOption(options, kSerDeOption);
  if (!serde) {
    return scan::JsonOptions::Parse(options, session.time_zone, CorruptColumn(session));
  }
  scan::JsonOptions hive;
  hive.hive = true;
  hive.ignore_malformed = FindOption(options, "ignore.malformed.json") == "true";
  constexpr std::string_view kMapping = "mapping.";
  for (const auto& [key, value] : options) {
    if (key.starts_with(kMapping)) hive.mappings[key.substr(kMapping.size())] = value;
  }
  return hive;
}

// Lines of standard JSON are the same rows to Spark whatever its options say.
const std::string kCachedJson = "json";

bool ReadsCorruptRecords(const plan::Schema& columns, const scan::JsonOptions& options) {
  return !options.hive && std::ranges::any_of(columns, [&](const plan::Field& field) {
    return field.name == options.corrupt_column;
  });
}

/// All that decides what a value of another than the plain kinds becomes.
std::string Fingerprint(const plan::Options& options, const plan::SessionSettings& session) {
  std::string text = session.time_zone + '\0' + CorruptColumn(session) + '\0';
  for (const auto& [name, value] : options) text += name + '=' + value + '\0';
  return text;
}

void NameCachedColumns(const plan::Options& options, const plan::SessionSettings& session,
                       const scan::JsonOptions& json, scan::TextScan& scan) {
  const std::string fingerprint = Fingerprint(options, session);
  scan.cache_form = json.hive ? "hive" + fingerprint : kCachedJson;
  for (const plan::Field& field : scan.columns) {
    scan::WantedColumn wanted{.member = field.name};
    wanted.typed = field.name + '\0' + plan::SignatureTypeName(field.type) + '\0' + fingerprint;
    if (field.type.SameIgnoringNulls(plan::Type::Varchar()) ||
        field.type.id() != plan::TypeId::kVarchar) {
      wanted.plain = scan::PlainKindOf(field.type.id());
    }
    scan.wanted.push_back(std::move(wanted));
  }
}

Result<scan::CsvOptions> ReadCsvOptions(const plan::Options& options,
                                        const plan::SessionSettings& session) {
  const auto serde = FindOption(options, kSerDeOption);
  if (!serde) return scan::CsvOptions::Parse(options, session.time_zone, CorruptColumn(session));
  return scan::CsvOptions::ParseHive(options, *serde);
}

}  // namespace

Result<scan::TextScan> MakeTextScan(const plan::TableSource& source,
                                    const plan::SessionSettings& session,
                                    const std::vector<std::size_t>& fields,
                                    std::vector<scan::ColumnFilter> filters,
                                    std::vector<scan::InputFile> files,
                                    std::shared_ptr<scan::ColumnCache> columns) {
  scan::TextScan scan;
  scan.files = std::move(files);
  scan.columns = Project(source.file_schema, fields);
  if (source.dialect == plan::Dialect::kSpark) scan.explain = ExplainSpark;
  if (source.format == "json") {
    OWLET_TRY(scan::JsonOptions parsed, ReadJsonOptions(source.options, session));
    const auto options = std::make_shared<const scan::JsonOptions>(std::move(parsed));
    scan.records_are_lines = !options->multi_line;
    scan.line_separator = options->line_separator;
    scan.make_decoder = [options, columns = scan.columns] {
      return std::make_unique<scan::JsonDecoder>(columns, options);
    };
    // Hive's readers look at a record as a whole before anything is left out.
    if (options->hive) filters.clear();
    scan.filters = std::move(filters);
    scan.make_block_decoder = [options, columns = scan.columns, filters = scan.filters] {
      return std::make_unique<scan::JsonLineDecoder>(columns, options, filters);
    };
    if (columns && !ReadsCorruptRecords(scan.columns, *options)) {
      scan.cache = std::move(columns);
      NameCachedColumns(source.options, session, *options, scan);
    }
    return scan;
  }
  if (FindOption(source.options, kSerDeOption) == "regex") {
    OWLET_TRY(scan.make_decoder, MakeRegexDecoder(source.file_schema, fields, source.options));
    OWLET_TRY(const scan::CsvOptions lines, ReadCsvOptions(source.options, session));
    scan.skip_lines = lines.skip_lines;
    scan.skip_last_lines = lines.skip_last_lines;
    return scan;
  }
  if (source.format == "csv") {
    OWLET_TRY(scan::CsvOptions parsed, ReadCsvOptions(source.options, session));
    const auto options = std::make_shared<const scan::CsvOptions>(std::move(parsed));
    scan.records_are_lines = !options->multi_line;
    scan.line_separator = options->line_separator;
    scan.skip_lines = options->skip_lines;
    scan.skip_last_lines = options->skip_last_lines;
    scan.is_blank = [options](std::string_view line) {
      return scan::CsvSplitter(*options).IsBlank(line);
    };
    scan.make_decoder = [options, schema = source.file_schema, fields] {
      return std::make_unique<scan::CsvDecoder>(schema, fields, options);
    };
    return scan;
  }
  if (source.format == "text") {
    OWLET_TRY(const bool whole, scan::BooleanOption(source.options, "wholetext", false));
    scan.records_are_lines = !whole;
    scan.line_separator = FindOption(source.options, "lineSep").value_or("");
    scan.make_decoder = scan::MakeLineDecoder;
    return scan;
  }
  return Fail(Reason::kNotImplemented, "reading files of the format " + source.format);
}

Result<plan::Schema> InferTextSchema(const std::string& format, const plan::Options& options,
                                     const plan::SessionSettings& session,
                                     const std::vector<scan::InputFile>& files, int threads,
                                     const std::stop_token& stop, scan::ColumnCache* columns) {
  if (format == "text") return plan::Schema{{.name = "value", .type = plan::Type::Varchar()}};
  if (format == "json") {
    OWLET_TRY(const scan::JsonOptions json, ReadJsonOptions(options, session));
    return scan::InferJsonSchema(files, json, threads, stop, columns, kCachedJson);
  }
  OWLET_TRY(const scan::CsvOptions csv, ReadCsvOptions(options, session));
  return scan::InferCsvSchema(files, csv, session.case_sensitive, threads);
}

}  // namespace owlet::engine
