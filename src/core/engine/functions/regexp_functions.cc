#define PCRE2_CODE_UNIT_WIDTH 8
#include <fmt/format.h>
#include <pcre2.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <memory>

#include "core/engine/functions/cells.h"

// Regular expressions of both dialects (Java's and Joni's) by PCRE2, which has their lookaround,
// back references and named groups. Replacements are read here: $1, ${name}, \$.

namespace owlet::engine {

namespace {

struct FreeCode {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
};
struct FreeMatch {
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};

struct Compiled {
  std::unique_ptr<pcre2_code, FreeCode> code;
  std::unique_ptr<pcre2_match_data, FreeMatch> match;
  std::uint32_t groups = 0;
  std::string trino_error;  // in the words of Joni, the library that Trino uses
};

/// PCRE2's complaint as Joni words it, where Joni has the same.
std::string JoniError(int code) {
  switch (code) {
    case 106:
      return "premature end of char-class";
    case 109:
      return "target of repeat operator is not specified";
    case 114:
      return "end pattern with unmatched parenthesis";
    case 122:
      return "unmatched close parenthesis";
    case 101:
      return "end pattern at escape";
    case 108:
      return "empty range in char class";
    default:
      break;
  }
  PCRE2_UCHAR buffer[256];
  pcre2_get_error_message(code, buffer, sizeof(buffer));
  return reinterpret_cast<const char*>(buffer);
}

/// The pattern compiled for this thread; kept, as a query uses few.
Compiled& Compile(std::string_view pattern) {
  thread_local std::map<std::string, Compiled, std::less<>> known;
  if (const auto found = known.find(pattern); found != known.end()) return found->second;
  constexpr std::size_t kMostKept = 500;
  if (known.size() >= kMostKept) known.clear();
  Compiled compiled;
  int code = 0;
  PCRE2_SIZE at = 0;
  compiled.code.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                                    PCRE2_UTF | PCRE2_NO_UTF_CHECK, &code, &at, nullptr));
  if (compiled.code) {
    pcre2_jit_compile(compiled.code.get(), PCRE2_JIT_COMPLETE);
    compiled.match.reset(pcre2_match_data_create_from_pattern(compiled.code.get(), nullptr));
    pcre2_pattern_info(compiled.code.get(), PCRE2_INFO_CAPTURECOUNT, &compiled.groups);
  } else {
    compiled.trino_error = JoniError(code);
  }
  return known.emplace(std::string(pattern), std::move(compiled)).first->second;
}

class Matcher {
 public:
  Matcher(std::string_view text, std::string_view pattern, bool spark, std::int64_t origin)
      : text_(text), compiled_(Compile(pattern)), spark_(spark), origin_(origin) {
    if (compiled_.code) return;
    if (spark) {
      RaiseSpark("INVALID_PARAMETER_VALUE.PATTERN",
                 fmt::format("The value of parameter(s) `regexp` is invalid: '{}'.", pattern),
                 {{"parameter", "`regexp`"},
                  {"functionName", "`rlike`"},
                  {"value", fmt::format("'{}'", pattern)}},
                 origin);
    }
    RaiseTrino("INVALID_FUNCTION_ARGUMENT", compiled_.trino_error, origin);
  }

  /// The next match, from where the last one ended; one behind an empty match.
  bool Next() {
    if (from_ > text_.size()) return false;
    const int count =
        pcre2_match(compiled_.code.get(), reinterpret_cast<PCRE2_SPTR>(text_.data()), text_.size(),
                    from_, PCRE2_NO_UTF_CHECK, compiled_.match.get(), nullptr);
    if (count < 0) {
      if (count == PCRE2_ERROR_NOMATCH) return false;
      Fail(fmt::format("regular expression gave up (error {})", count));
    }
    from_ = End(0);
    if (End(0) == Start(0)) {
      do {
        ++from_;
      } while (from_ < text_.size() && (static_cast<unsigned char>(text_[from_]) & 0xC0) == 0x80);
    }
    return true;
  }

  [[nodiscard]] std::size_t Start(std::uint32_t group) const { return Vector()[group * 2]; }
  [[nodiscard]] std::size_t End(std::uint32_t group) const { return Vector()[group * 2 + 1]; }
  [[nodiscard]] std::optional<std::string_view> Group(std::uint32_t group) const {
    if (Start(group) == PCRE2_UNSET) return std::nullopt;
    return text_.substr(Start(group), End(group) - Start(group));
  }
  [[nodiscard]] bool spark() const { return spark_; }
  [[nodiscard]] std::uint32_t groups() const { return compiled_.groups; }
  [[nodiscard]] std::optional<std::uint32_t> Named(const std::string& name) const {
    const int number = pcre2_substring_number_from_name(compiled_.code.get(),
                                                        reinterpret_cast<PCRE2_SPTR>(name.c_str()));
    return number < 0 ? std::nullopt : std::optional(static_cast<std::uint32_t>(number));
  }

  [[noreturn]] void Fail(std::string message) const {
    if (!spark_) RaiseTrino("INVALID_FUNCTION_ARGUMENT", std::move(message), origin_);
    RaiseSpark("INTERNAL_ERROR", message, {{"message", message}}, origin_);
  }

  std::uint32_t CheckedGroup(std::int64_t index) const {
    if (index >= 0 && index <= static_cast<std::int64_t>(groups())) {
      return static_cast<std::uint32_t>(index);
    }
    if (!spark_) {
      RaiseTrino(
          "INVALID_FUNCTION_ARGUMENT",
          index < 0 ? "Group cannot be negative"
                    : fmt::format("Pattern has {} groups. Cannot access group {}", groups(), index),
          origin_);
    }
    RaiseSpark(
        "INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX",
        fmt::format("The value of parameter(s) `idx` is invalid: Expects group index between "
                    "0 and {}, but got {}.",
                    groups(), index),
        {{"parameter", "`idx`"},
         {"functionName", "`regexp_extract`"},
         {"groupCount", std::to_string(groups())},
         {"groupIndex", std::to_string(index)}},
        origin_);
  }

 private:
  [[nodiscard]] const PCRE2_SIZE* Vector() const {
    return pcre2_get_ovector_pointer(compiled_.match.get());
  }

  std::string_view text_;
  Compiled& compiled_;
  bool spark_;
  std::int64_t origin_;
  std::size_t from_ = 0;
};

CellCall Like(bool spark) {
  return [spark](Cells& cells) {
    Matcher matcher(cells.Text(0), cells.Text(1), spark, cells.Integer(2));
    cells.SetBoolean(matcher.Next());
  };
}

CellCall Extract(bool spark) {
  return [spark](Cells& cells) {
    Matcher matcher(cells.Text(0), cells.Text(1), spark, cells.Integer(3));
    const std::uint32_t group = matcher.CheckedGroup(cells.Integer(2));
    if (!matcher.Next()) return spark ? cells.SetText("") : cells.SetNull();
    const auto text = matcher.Group(group);
    if (!text && !spark) return cells.SetNull();
    cells.SetText(text.value_or(""));
  };
}

CellCall ExtractAll(bool spark) {
  return [spark](Cells& cells) {
    Matcher matcher(cells.Text(0), cells.Text(1), spark, cells.Integer(3));
    const std::uint32_t group = matcher.CheckedGroup(cells.Integer(2));
    std::vector<std::optional<std::string>> found;
    while (matcher.Next()) {
      const auto text = matcher.Group(group);
      if (text || spark) {
        found.emplace_back(std::string(text.value_or("")));
      } else {
        found.emplace_back();
      }
    }
    cells.SetTexts(found);
  };
}

void AppendReplacement(const Matcher& matcher, std::string_view with, std::string& result) {
  for (std::size_t at = 0; at < with.size(); ++at) {
    const char c = with[at];
    if (c == '\\') {
      if (++at >= with.size()) matcher.Fail("character to be escaped is missing");
      result += with[at];
      continue;
    }
    if (c != '$') {
      result += c;
      continue;
    }
    ++at;
    std::uint32_t group = 0;
    if (at < with.size() && with[at] == '{') {
      const auto end = with.find('}', at);
      if (end == std::string_view::npos)
        matcher.Fail("named capturing group is missing trailing '}'");
      const std::string name(with.substr(at + 1, end - at - 1));
      const auto number = matcher.Named(name);
      if (!number) matcher.Fail(fmt::format("No group with name {{{}}}", name));
      group = *number;
      at = end;
    } else if (at < with.size() && std::isdigit(static_cast<unsigned char>(with[at])) != 0) {
      group = static_cast<std::uint32_t>(with[at] - '0');
      if (group > matcher.groups()) {
        matcher.Fail(matcher.spark()
                         ? fmt::format("No group {}", group)
                         : fmt::format("Illegal replacement sequence: unknown group {}", group));
      }
      // More digits belong to the number while there is such a group.
      while (at + 1 < with.size() && std::isdigit(static_cast<unsigned char>(with[at + 1])) != 0) {
        const std::uint32_t longer = group * 10 + static_cast<std::uint32_t>(with[at + 1] - '0');
        if (longer > matcher.groups()) break;
        group = longer;
        ++at;
      }
    } else {
      matcher.Fail(matcher.spark() || at >= with.size()
                       ? "Illegal group reference"
                       : fmt::format("Illegal replacement sequence: ${}", with[at]));
    }
    result += matcher.Group(group).value_or("");
  }
}

CellCall Replace(bool spark) {
  return [spark](Cells& cells) {
    const std::string_view text = cells.Text(0);
    Matcher matcher(text, cells.Text(1), spark, cells.Integer(3));
    std::string result;
    std::size_t from = 0;
    while (matcher.Next()) {
      result += text.substr(from, matcher.Start(0) - from);
      AppendReplacement(matcher, cells.Text(2), result);
      from = matcher.End(0);
    }
    result += text.substr(from);
    cells.SetText(result);
  };
}

CellCall Count(bool spark) {
  return [spark](Cells& cells) {
    Matcher matcher(cells.Text(0), cells.Text(1), spark, cells.Integer(2));
    std::int64_t count = 0;
    while (matcher.Next()) ++count;
    cells.SetInteger(count);
  };
}

std::int64_t Characters(std::string_view text) {
  return std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

void SparkPosition(Cells& cells) {
  const std::string_view text = cells.Text(0);
  Matcher matcher(text, cells.Text(1), true, cells.Integer(2));
  if (!matcher.Next()) return cells.SetInteger(0);
  cells.SetInteger(1 + Characters(text.substr(0, matcher.Start(0))));
}

/// (text, pattern, first character to look at, which of the matches, origin).
void TrinoPosition(Cells& cells) {
  const std::string_view text = cells.Text(0);
  const std::int64_t start = cells.Integer(2);
  Matcher matcher(text, cells.Text(1), false, cells.Integer(4));
  if (start < 1) matcher.Fail("start position cannot be smaller than 1");
  if (cells.Integer(3) < 1) matcher.Fail("occurrence cannot be smaller than 1");
  std::int64_t left = cells.Integer(3);
  while (matcher.Next()) {
    const std::int64_t position = 1 + Characters(text.substr(0, matcher.Start(0)));
    if (position >= start && --left == 0) return cells.SetInteger(position);
  }
  cells.SetInteger(-1);
}

/// What a replacement by a lambda needs, an array for each match: the text before it, the match and
/// its groups; at the end one of the text that is left alone.
void Pieces(Cells& cells) {
  const std::string_view text = cells.Text(0);
  Matcher matcher(text, cells.Text(1), false, cells.Integer(2));
  std::vector<std::vector<std::optional<std::string>>> pieces;
  std::size_t from = 0;
  while (matcher.Next()) {
    std::vector<std::optional<std::string>> piece;
    piece.emplace_back(std::string(text.substr(from, matcher.Start(0) - from)));
    for (std::uint32_t group = 0; group <= matcher.groups(); ++group) {
      const auto found = matcher.Group(group);
      piece.push_back(found ? std::optional(std::string(*found)) : std::nullopt);
    }
    pieces.push_back(std::move(piece));
    from = matcher.End(0);
  }
  pieces.push_back({std::string(text.substr(from))});
  cells.SetTextLists(pieces);
}

/// Java's split: an empty match at the start makes no empty part; limit > 0 bounds the parts.
void SparkSplit(Cells& cells) {
  const std::string_view text = cells.Text(0);
  const std::int64_t limit = cells.Integer(2);
  Matcher matcher(text, cells.Text(1), true, -1);
  std::vector<std::optional<std::string>> parts;
  std::size_t from = 0;
  while ((limit <= 0 || static_cast<std::int64_t>(parts.size()) < limit - 1) && matcher.Next()) {
    if (matcher.End(0) == 0) continue;
    if (matcher.Start(0) == matcher.End(0) && matcher.Start(0) >= text.size()) break;
    parts.emplace_back(std::string(text.substr(from, matcher.Start(0) - from)));
    from = matcher.End(0);
  }
  parts.emplace_back(std::string(text.substr(from)));
  cells.SetTexts(parts);
}

void TrinoSplit(Cells& cells) {
  const std::string_view text = cells.Text(0);
  Matcher matcher(text, cells.Text(1), false, cells.Integer(2));
  std::vector<std::optional<std::string>> parts;
  std::size_t from = 0;
  while (matcher.Next()) {
    parts.emplace_back(std::string(text.substr(from, matcher.Start(0) - from)));
    from = matcher.End(0);
  }
  parts.emplace_back(std::string(text.substr(from)));
  cells.SetTexts(parts);
}

}  // namespace

CellFunctions RegexpFunctions() {
  return {
      {"spark.rlike", "BOOLEAN", Like(true)},
      {"trino.rlike", "BOOLEAN", Like(false)},
      {"spark.regexp_extract", "VARCHAR", Extract(true)},
      {"trino.regexp_extract", "VARCHAR", Extract(false)},
      {"spark.regexp_extract_all", "VARCHAR[]", ExtractAll(true)},
      {"trino.regexp_extract_all", "VARCHAR[]", ExtractAll(false)},
      {"spark.regexp_replace", "VARCHAR", Replace(true)},
      {"trino.regexp_replace", "VARCHAR", Replace(false)},
      {"spark.regexp_count", "BIGINT", Count(true)},
      {"trino.regexp_count", "BIGINT", Count(false)},
      {"spark.regexp_position", "BIGINT", SparkPosition},
      {"trino.regexp_position", "BIGINT", TrinoPosition},
      {"trino.regexp_pieces", "VARCHAR[][]", Pieces},
      {"spark.split", "VARCHAR[]", SparkSplit},
      {"trino.regexp_split", "VARCHAR[]", TrinoSplit},
  };
}

}  // namespace owlet::engine
