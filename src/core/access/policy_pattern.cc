#include "core/access/policy_pattern.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/ascii.h"

namespace owlet::access {
namespace {

constexpr std::uint16_t kAnyRun = 256;
constexpr std::uint16_t kAnyOne = 257;
constexpr std::size_t kArnParts = 6;

std::uint16_t LiteralUnit(char c) { return static_cast<unsigned char>(c); }
std::uint16_t UnitOf(char c) { return c == '*' ? kAnyRun : c == '?' ? kAnyOne : LiteralUnit(c); }
std::uint16_t UnitOf(std::uint16_t unit) { return unit; }

/// `pattern` is a text with wildcards or the units of one: the first kind needs no copy.
template <class Pattern>
bool MatchUnits(const Pattern& pattern, std::string_view text, bool ignore_case) {
  // Greedy with one point of return: the last run is the only one that need grow.
  std::size_t unit = 0;
  std::size_t position = 0;
  std::size_t run = std::string_view::npos;
  std::size_t run_position = 0;
  const auto same = [&](std::uint16_t wanted, char c) {
    if (wanted == kAnyOne) return true;
    if (wanted == kAnyRun) return false;
    if (!ignore_case) return wanted == LiteralUnit(c);
    return ToLowerAscii(static_cast<char>(wanted)) == ToLowerAscii(c);
  };
  while (position < text.size()) {
    if (unit < pattern.size() && same(UnitOf(pattern[unit]), text[position])) {
      ++unit;
      ++position;
    } else if (unit < pattern.size() && UnitOf(pattern[unit]) == kAnyRun) {
      run = unit++;
      run_position = position;
    } else if (run != std::string_view::npos) {
      unit = run + 1;
      position = ++run_position;
    } else {
      return false;
    }
  }
  while (unit < pattern.size() && UnitOf(pattern[unit]) == kAnyRun) ++unit;
  return unit == pattern.size();
}

/// Takes what stands before the next colon off `rest`; the last part takes all.
std::string_view TakePart(std::string_view& rest, bool last) {
  const std::size_t colon = last ? std::string_view::npos : rest.find(':');
  const std::string_view part = rest.substr(0, colon);
  rest = colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
  return part;
}

std::span<const std::uint16_t> TakePart(std::span<const std::uint16_t>& rest, bool last) {
  const auto colon = last ? rest.end() : std::ranges::find(rest, LiteralUnit(':'));
  const auto length = static_cast<std::size_t>(colon - rest.begin());
  const auto part = rest.first(length);
  rest = rest.subspan(std::min(rest.size(), length + 1));
  return part;
}

template <class Pattern>
bool StartsAsArn(const Pattern& pattern) {
  constexpr std::string_view kStart = "arn:";
  if (pattern.size() < kStart.size()) return false;
  for (std::size_t i = 0; i < kStart.size(); ++i) {
    if (UnitOf(pattern[i]) != LiteralUnit(kStart[i])) return false;
  }
  return true;
}

template <class Pattern>
bool MatchArnUnits(Pattern pattern, std::string_view text) {
  if (!StartsAsArn(pattern)) return MatchUnits(pattern, text, false);
  if (!text.starts_with("arn:")) return false;
  for (std::size_t part = 0; part < kArnParts; ++part) {
    if (part > 1 && pattern.empty()) return true;
    const bool last = part + 1 == kArnParts;
    const std::string_view actual = TakePart(text, last);
    if (!MatchUnits(TakePart(pattern, last), actual, false)) return false;
  }
  return true;
}

}  // namespace

void PolicyPattern::AppendLiteral(std::string_view text) {
  for (const char c : text) units_.push_back(LiteralUnit(c));
}

void PolicyPattern::AppendWithWildcards(std::string_view text) {
  for (const char c : text) units_.push_back(UnitOf(c));
}

PolicyPattern PolicyPattern::Of(std::string_view text) {
  PolicyPattern pattern;
  pattern.AppendWithWildcards(text);
  return pattern;
}

PolicyPattern PolicyPattern::WithVariables(std::string_view text, const AccessQuestion& question) {
  PolicyPattern pattern;
  while (true) {
    const std::size_t start = text.find("${");
    const std::size_t end = start == std::string_view::npos ? start : text.find('}', start);
    pattern.AppendWithWildcards(text.substr(0, end == std::string_view::npos ? end : start));
    if (end == std::string_view::npos) return pattern;
    std::string_view name = text.substr(start + 2, end - start - 2);
    text.remove_prefix(end + 1);
    if (name == "*" || name == "?" || name == "$") {
      pattern.AppendLiteral(name);
      continue;
    }
    std::optional<std::string_view> fallback;
    if (const std::size_t comma = name.find(','); comma != std::string_view::npos) {
      fallback = TrimBlanks(name.substr(comma + 1));
      if (fallback->size() >= 2 && fallback->front() == '\'' && fallback->back() == '\'') {
        fallback = fallback->substr(1, fallback->size() - 2);
      }
      name = name.substr(0, comma);
    }
    const std::vector<std::string> values = ContextValues(question, TrimBlanks(name));
    if (values.size() == 1) {
      pattern.AppendLiteral(values[0]);
    } else if (fallback) {
      pattern.AppendLiteral(*fallback);
    } else {
      pattern.possible_ = false;
    }
  }
}

bool PolicyPattern::Matches(std::string_view text, bool ignore_case) const {
  return possible_ && MatchUnits(units_, text, ignore_case);
}

bool PolicyPattern::MatchesArn(std::string_view text) const {
  return possible_ && MatchArnUnits(std::span<const std::uint16_t>(units_), text);
}

std::string PolicyPattern::Text() const {
  std::string text;
  for (const std::uint16_t unit : units_) {
    text.push_back(unit == kAnyRun ? '*' : unit == kAnyOne ? '?' : static_cast<char>(unit));
  }
  return text;
}

bool PolicyPattern::Equals(std::string_view text, bool ignore_case) const {
  if (!possible_) return false;
  return ignore_case ? EqualsIgnoringCase(Text(), text) : Text() == text;
}

bool ResourceElementMatches(std::string_view element, const AccessQuestion& question,
                            bool with_variables) {
  if (!with_variables || element.find("${") == std::string_view::npos) {
    return MatchArnUnits(element, question.resource);
  }
  return PolicyPattern::WithVariables(element, question).MatchesArn(question.resource);
}

bool WildcardMatch(std::string_view pattern, std::string_view text, bool ignore_case) {
  return MatchUnits(pattern, text, ignore_case);
}

}  // namespace owlet::access
