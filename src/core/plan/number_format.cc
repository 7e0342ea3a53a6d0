#include "core/plan/number_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace owlet::plan {

namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::unexpected<Error> Invalid(std::string kind, std::string_view format,
                               std::vector<std::pair<std::string, std::string>> parameters = {}) {
  parameters.insert(parameters.begin(), {"format", fmt::format("'{}'", format)});
  return Fail(Error{.reason = Reason::kAnalysisError,
                    .message = fmt::format("The format is invalid: '{}'.", format),
                    .condition = "INVALID_FORMAT." + kind,
                    .parameters = std::move(parameters)});
}

constexpr int kMostDigits = 38;

/// A sign goes behind the blanks that stand for digits which are not there.
void AddBlank(std::string& out) {
  const bool behind_sign =
      !out.empty() && (out.back() == '+' || out.back() == '-' || out.back() == '<');
  if (behind_sign) {
    out.insert(out.size() - 1, 1, ' ');
  } else {
    out += ' ';
  }
}

}  // namespace

Result<NumberFormat> NumberFormat::Parse(std::string_view given) {
  std::string format(given);
  std::ranges::transform(format, format.begin(), [](unsigned char c) { return std::toupper(c); });
  if (format.empty()) return Invalid("EMPTY", format);
  if (std::ranges::none_of(format, [](char c) { return c == '0' || c == '9'; })) {
    return Invalid("WRONG_NUM_DIGIT", format);
  }
  const auto count = [&](std::string_view characters) {
    return std::ranges::count_if(format, [&](char c) { return characters.contains(c); });
  };
  const auto too_many = [&](std::string_view token) {
    return Invalid("WRONG_NUM_TOKEN", format, {{"token", std::string(token)}});
  };
  if (count(".D") > 1) return too_many(". or D");
  if (count("S") > 1) return too_many("S");
  if (count("$") > 1) return too_many("$");
  if (count("M") > 1) return too_many("MI");
  if (count("P") > 1) return too_many("PR");
  NumberFormat out;
  std::size_t at = 0;
  const auto next = [&](std::string_view token) {
    if (!std::string_view(format).substr(at).starts_with(token)) return false;
    at += token.size();
    return true;
  };
  if (next("MI")) {
    out.leading_ = Sign::kMinus;
  } else if (next("S")) {
    out.leading_ = Sign::kPlusMinus;
  }
  out.currency_ = next("$");
  Group group;
  for (; at < format.size() && std::string_view("09,G").contains(format[at]); ++at) {
    if (format[at] == '0' || format[at] == '9') {
      if (group.digits == 0) group.exact = format[at] == '0';
      ++group.digits;
      group.zeros.push_back(group.exact);
      continue;
    }
    if (group.digits == 0) return Invalid("CONT_THOUSANDS_SEPS", format);
    out.groups_.push_back(std::exchange(group, {}));
  }
  if (group.digits == 0 && !out.groups_.empty()) return Invalid("CONT_THOUSANDS_SEPS", format);
  if (group.digits > 0) out.groups_.push_back(std::move(group));
  for (const Group& whole : out.groups_) out.whole_digits_ += whole.digits;
  out.point_ = next(".") || next("D");
  for (; at < format.size() && std::string_view("09,G").contains(format[at]); ++at) {
    if (!IsDigit(format[at])) return Invalid("THOUSANDS_SEPS_MUST_BEFORE_DEC", format);
    ++out.fraction_digits_;
  }
  if (at < format.size() && format[at] == '$') {
    return Invalid(out.point_ ? "CUR_MUST_BEFORE_DEC" : "CUR_MUST_BEFORE_DIGIT", format);
  }
  if (next("PR")) {
    out.brackets_ = true;
  } else if (next("MI")) {
    out.trailing_ = Sign::kMinus;
  } else if (next("S")) {
    out.trailing_ = Sign::kPlusMinus;
  }
  if (at < format.size() || out.precision() > kMostDigits) {
    const std::string token = at < format.size() ? fmt::format("character '{}'", format[at])
                                                 : std::string("digit sequence");
    return Invalid("UNEXPECTED_TOKEN", format, {{"token", token}});
  }
  return out;
}

std::optional<std::string> NumberFormat::ReadWhole(std::string_view digits) const {
  std::vector<std::string_view> parts;
  while (!digits.empty()) {
    const std::size_t comma = std::min(digits.find(','), digits.size());
    parts.push_back(digits.substr(0, comma));
    digits.remove_prefix(std::min(comma + 1, digits.size()));
  }
  if (parts.size() > groups_.size()) return std::nullopt;
  std::string whole;
  const std::size_t missing = groups_.size() - parts.size();
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    const Group& group = groups_[i];
    if (i < missing) {
      if (group.exact) return std::nullopt;
      continue;
    }
    const auto size = static_cast<int>(parts[i - missing].size());
    const bool all = group.exact || i > missing;
    if (size > group.digits || (all && size < group.digits)) return std::nullopt;
    whole += parts[i - missing];
  }
  return whole;
}

std::optional<Int128> NumberFormat::Read(std::string_view text) const {
  while (!currency_ && text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  bool negative = false;
  const auto take = [&](char c) {
    if (!text.starts_with(c)) return false;
    text.remove_prefix(1);
    return true;
  };
  const bool opened = brackets_ && take('<');
  if (leading_ != Sign::kNone && take('-')) {
    negative = true;
  } else if (leading_ == Sign::kPlusMinus) {
    take('+');
  }
  if (currency_ && !take('$')) return std::nullopt;
  if (brackets_) {
    const bool closed = text.ends_with('>');
    if (closed != opened) return std::nullopt;
    if (closed) text.remove_suffix(1);
    negative = opened;
  }
  if (trailing_ != Sign::kNone && text.ends_with('-')) {
    negative = true;
    text.remove_suffix(1);
  } else if (trailing_ == Sign::kPlusMinus && text.ends_with('+')) {
    text.remove_suffix(1);
  }
  std::size_t end = 0;
  while (end < text.size() && (IsDigit(text[end]) || text[end] == ',')) ++end;
  const auto whole = ReadWhole(text.substr(0, end));
  if (!whole) return std::nullopt;
  std::string_view fraction = text.substr(end);
  if (!fraction.empty()) {
    if (!point_ || fraction[0] != '.') return std::nullopt;
    fraction.remove_prefix(1);
  }
  if (!std::ranges::all_of(fraction, IsDigit) ||
      static_cast<int>(fraction.size()) > fraction_digits_ ||
      whole->size() + fraction.size() == 0) {
    return std::nullopt;
  }
  std::string digits = *whole + std::string(fraction);
  digits.append(static_cast<std::size_t>(fraction_digits_) - fraction.size(), '0');
  Int128 value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return negative ? -value : value;
}

void NumberFormat::WriteWhole(std::string_view digits, std::string& out) const {
  // The digits stand at the right; what is left of them is 0 or blank.
  std::size_t place = digits.size() > static_cast<std::size_t>(whole_digits_)
                          ? 0
                          : static_cast<std::size_t>(whole_digits_) - digits.size();
  std::size_t at = 0;
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    if (i > 0) {
      if (!out.empty() && IsDigit(out.back())) {
        out += ',';
      } else {
        AddBlank(out);
      }
    }
    for (int digit = 0; digit < groups_[i].digits; ++digit, ++at) {
      if (at >= place) {
        out += digits[at - place];
      } else if (groups_[i].exact) {
        out += '0';
      } else {
        AddBlank(out);
      }
    }
  }
}

std::string NumberFormat::Write(Int128 unscaled, int scale) const {
  const bool negative = unscaled < 0;
  std::string digits;
  for (Int128 rest = negative ? -unscaled : unscaled; rest > 0; rest /= 10) {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
  }
  if (static_cast<int>(digits.size()) < scale) {
    digits.insert(0, static_cast<std::size_t>(scale) - digits.size(), '0');
  }
  const std::size_t whole_size = digits.size() - static_cast<std::size_t>(scale);
  std::string whole = digits.substr(0, whole_size);
  std::string fraction = digits.substr(whole_size);
  while (fraction.ends_with('0')) fraction.pop_back();
  const bool fits = static_cast<int>(whole.size()) <= whole_digits_ &&
                    static_cast<int>(fraction.size()) <= fraction_digits_;
  std::string out;
  if (leading_ == Sign::kPlusMinus) out += negative ? '-' : '+';
  if (leading_ == Sign::kMinus) out += negative ? '-' : ' ';
  if (brackets_ && negative) out += '<';
  if (currency_) out += '$';
  if (!fits) {
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      out += (i > 0 ? " " : "") + std::string(static_cast<std::size_t>(groups_[i].digits), '#');
    }
  } else {
    WriteWhole(whole, out);
  }
  if (point_) {
    if (fits && !out.empty() && out.back() == ' ' && !groups_.empty()) out.back() = '0';
    out += '.';
    fraction.resize(static_cast<std::size_t>(fraction_digits_), '0');
    out += fits ? fraction : std::string(static_cast<std::size_t>(fraction_digits_), '#');
  }
  if (trailing_ == Sign::kPlusMinus) out += negative ? '-' : '+';
  if (trailing_ == Sign::kMinus) out += negative ? '-' : ' ';
  if (brackets_) out += negative ? ">" : "  ";
  return out;
}

}  // namespace owlet::plan
