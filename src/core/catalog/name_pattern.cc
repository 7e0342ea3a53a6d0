#define PCRE2_CODE_UNIT_WIDTH 8
#include "core/catalog/name_pattern.h"

#include <fmt/format.h>
#include <pcre2.h>

namespace owlet::catalog {

struct NamePattern::Code {
  std::unique_ptr<pcre2_code, decltype(&pcre2_code_free)> compiled;
};

namespace {

/// Clients write both "ab.*" and Hive's "ab*", where the star stands for any text: it does so
/// behind anything that a regular expression would rarely repeat by itself.
std::string WithHiveStars(std::string_view text) {
  std::string expression;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char before = i == 0 ? '\0' : text[i - 1];
    const bool repeats = before == '.' || before == ')' || before == ']' || before == '\\';
    if (text[i] == '*' && !repeats) expression += '.';
    expression += text[i];
  }
  return expression;
}

}  // namespace

Result<NamePattern> NamePattern::Parse(std::string_view pattern) {
  const std::string text = WithHiveStars(pattern);
  int error = 0;
  std::size_t offset = 0;
  std::unique_ptr<pcre2_code, decltype(&pcre2_code_free)> compiled(
      pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(),
                    PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_CASELESS, &error, &offset, nullptr),
      &pcre2_code_free);
  if (!compiled) {
    return Fail(Reason::kInvalidArgument,
                fmt::format("Invalid regular expression at position {}: {}", offset, pattern));
  }
  return NamePattern(std::make_shared<const Code>(std::move(compiled)));
}

bool NamePattern::Matches(std::string_view name) const {
  // A limit keeps an unkind expression from holding a thread.
  const std::unique_ptr<pcre2_match_context, decltype(&pcre2_match_context_free)> context(
      pcre2_match_context_create(nullptr), &pcre2_match_context_free);
  pcre2_set_match_limit(context.get(), 100'000);
  const std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)> data(
      pcre2_match_data_create(1, nullptr), &pcre2_match_data_free);
  return pcre2_match(code_->compiled.get(), reinterpret_cast<PCRE2_SPTR>(name.data()), name.size(),
                     0, 0, data.get(), context.get()) >= 0;
}

}  // namespace owlet::catalog
