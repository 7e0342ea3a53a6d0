#define PCRE2_CODE_UNIT_WIDTH 8
#include "core/engine/regex_decoder.h"

#include <fmt/format.h>
#include <pcre2.h>

#include <vector>

#include "core/catalog/format_options.h"
#include "core/engine/file_listing.h"
#include "core/scan/csv_decoder.h"

namespace owlet::engine {

namespace {

// Groups are handed over as a delimited record; lines of logs do not hold Unicode's separators of
// records and groups.
constexpr char kSeparator = '\x1e';
constexpr std::string_view kNull = "\x1d\x1d";

using Code = std::unique_ptr<pcre2_code, decltype(&pcre2_code_free)>;
using MatchData = std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)>;
using MatchContext = std::unique_ptr<pcre2_match_context, decltype(&pcre2_match_context_free)>;

class RegexDecoder final : public scan::RecordDecoder {
 public:
  RegexDecoder(std::shared_ptr<const Code> code, std::size_t num_columns,
               std::unique_ptr<scan::CsvDecoder> values)
      : code_(std::move(code)),
        data_(pcre2_match_data_create_from_pattern(code_->get(), nullptr), pcre2_match_data_free),
        context_(pcre2_match_context_create(nullptr), pcre2_match_context_free),
        num_columns_(num_columns),
        values_(std::move(values)) {
    constexpr std::uint32_t kMostSteps = 1'000'000;  // of one line
    pcre2_set_match_limit(context_.get(), kMostSteps);
  }

  Status Decode(std::string_view line, scan::ColumnBatch& batch) override {
    const int groups = pcre2_match(code_->get(), reinterpret_cast<PCRE2_SPTR>(line.data()),
                                   line.size(), 0, 0, data_.get(), context_.get());
    const PCRE2_SIZE* places = pcre2_get_ovector_pointer(data_.get());
    record_.clear();
    for (std::size_t column = 0; column < num_columns_; ++column) {
      if (column > 0) record_ += kSeparator;
      const std::size_t group = column + 1;
      if (groups <= static_cast<int>(group) || places[2 * group] == PCRE2_UNSET) {
        record_ += kNull;
      } else {
        record_ += line.substr(places[2 * group], places[2 * group + 1] - places[2 * group]);
      }
    }
    return values_->Decode(record_, batch);
  }

 private:
  std::shared_ptr<const Code> code_;
  MatchData data_;
  MatchContext context_;
  std::size_t num_columns_;
  std::unique_ptr<scan::CsvDecoder> values_;
  std::string record_;
};

}  // namespace

Result<std::function<std::unique_ptr<scan::RecordDecoder>()>> MakeRegexDecoder(
    const plan::Schema& schema, const std::vector<std::size_t>& fields,
    const plan::Options& options) {
  const std::string text = FindOption(options, catalog::kRegexOption).value_or("");
  const bool any_case = FindOption(options, catalog::kRegexCaseOption).value_or("") == "true";
  int error = 0;
  std::size_t offset = 0;
  auto code = std::make_shared<const Code>(
      pcre2_compile(
          reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(),
          PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_DOTALL | (any_case ? PCRE2_CASELESS : 0U),
          &error, &offset, nullptr),
      &pcre2_code_free);
  if (text.empty() || !*code) {
    return Fail(Reason::kExecutionError,
                text.empty()
                    ? std::string("This table does not have serde property "
                                  "\"input.regex\"!")
                    : fmt::format("input.regex is no regular expression at {}: {}", offset, text),
                "HIVE_INVALID_METADATA");
  }
  std::uint32_t groups = 0;
  pcre2_pattern_info(code->get(), PCRE2_INFO_CAPTURECOUNT, &groups);
  if (groups < schema.size()) {
    return Fail(Reason::kExecutionError,
                fmt::format("Number of matching groups doesn't match the number of columns: {} and "
                            "{}",
                            groups, schema.size()),
                "HIVE_CURSOR_ERROR");
  }
  auto csv = std::make_shared<scan::CsvOptions>();
  csv->style = scan::CsvOptions::Style::kLazySimple;
  csv->corrupt_column.clear();
  csv->quote = '\0';
  csv->escape = '\0';
  csv->separator = std::string(1, kSeparator);
  csv->null_value = kNull;
  return [code, schema, fields, csv]() -> std::unique_ptr<scan::RecordDecoder> {
    return std::make_unique<RegexDecoder>(code, schema.size(),
                                          std::make_unique<scan::CsvDecoder>(schema, fields, csv));
  };
}

}  // namespace owlet::engine
