#include "core/access/policy_pattern.h"

#include "base/ascii.h"

namespace owlet::access {
namespace {

std::uint16_t Unit(char c, bool ignore_case) {
  return static_cast<unsigned char>(ignore_case ? ToLowerAscii(c) : c);
}

std::string_view PrincipalTypeName(PrincipalKind kind) {
  switch (kind) {
    case PrincipalKind::kAnonymous:
      return "Anonymous";
    case PrincipalKind::kRoot:
      return "Account";
    case PrincipalKind::kUser:
      return "User";
    case PrincipalKind::kAssumedRole:
      return "AssumedRole";
  }
  return {};
}

// ARN of the role behind a session: what aws:PrincipalArn gives for it.
std::string RoleArn(const Principal& principal) {
  if (principal.kind != PrincipalKind::kAssumedRole) return principal.arn;
  return "arn:aws:iam::" + principal.account_id + ":role/" + principal.name;
}

std::string PrincipalValue(const Principal& principal, std::string_view key) {
  if (EqualsIgnoringCase(key, "aws:username")) {
    return principal.kind == PrincipalKind::kUser ? principal.name : std::string();
  }
  if (EqualsIgnoringCase(key, "aws:userid")) return principal.user_id;
  if (EqualsIgnoringCase(key, "aws:PrincipalArn")) return RoleArn(principal);
  if (EqualsIgnoringCase(key, "aws:PrincipalAccount")) return principal.account_id;
  if (EqualsIgnoringCase(key, "aws:PrincipalType")) {
    return std::string(PrincipalTypeName(principal.kind));
  }
  return {};
}

}  // namespace

AccessContext& AccessContext::Set(std::string key, std::string value) {
  return Set(std::move(key), std::vector<std::string>{std::move(value)});
}

AccessContext& AccessContext::Set(std::string key, std::vector<std::string> values) {
  for (auto& [name, old] : entries_) {
    if (!EqualsIgnoringCase(name, key)) continue;
    old = std::move(values);
    return *this;
  }
  entries_.emplace_back(std::move(key), std::move(values));
  return *this;
}

const std::vector<std::string>* AccessContext::Find(std::string_view key) const {
  for (const auto& [name, values] : entries_) {
    if (EqualsIgnoringCase(name, key)) return &values;
  }
  return nullptr;
}

std::vector<std::string> ContextValues(const AccessQuestion& question, std::string_view key) {
  if (const auto* values = question.context.Find(key)) return *values;
  std::string value = PrincipalValue(question.principal, key);
  if (value.empty()) return {};
  return {std::move(value)};
}

void PolicyPattern::AppendLiteral(std::string_view text) {
  for (const char c : text) units_.push_back(Unit(c, false));
}

void PolicyPattern::AppendWithWildcards(std::string_view text) {
  for (const char c : text) {
    units_.push_back(c == '*' ? kAnyRun : c == '?' ? kAnyOne : Unit(c, false));
  }
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
  if (!possible_) return false;
  // Greedy with one point of return: the last run is the only one that need grow.
  std::size_t unit = 0;
  std::size_t position = 0;
  std::size_t run = std::string_view::npos;
  std::size_t run_position = 0;
  const auto same = [&](std::uint16_t wanted, char c) {
    if (wanted == kAnyOne) return true;
    if (wanted == kAnyRun) return false;
    return (ignore_case ? Unit(static_cast<char>(wanted), true) : wanted) == Unit(c, ignore_case);
  };
  while (position < text.size()) {
    if (unit < units_.size() && same(units_[unit], text[position])) {
      ++unit;
      ++position;
    } else if (unit < units_.size() && units_[unit] == kAnyRun) {
      run = unit++;
      run_position = position;
    } else if (run != std::string_view::npos) {
      unit = run + 1;
      position = ++run_position;
    } else {
      return false;
    }
  }
  while (unit < units_.size() && units_[unit] == kAnyRun) ++unit;
  return unit == units_.size();
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

bool WildcardMatch(std::string_view pattern, std::string_view text) {
  return PolicyPattern::Of(pattern).Matches(text);
}

}  // namespace owlet::access
