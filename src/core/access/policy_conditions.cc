#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <functional>

#include "base/ascii.h"
#include "base/encoding.h"
#include "core/access/policy_pattern.h"
#include "core/access/request_time.h"

namespace owlet::access {
namespace {

/// A condition value after its variables are filled in, against one value of the request.
using Test = bool (*)(const PolicyPattern& wanted, const std::string& actual);

std::optional<double> ToNumber(const std::string& text) {
  double number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

// A date, or seconds since 1970.
std::optional<double> ToSeconds(const std::string& text) {
  if (const auto time = ParsePolicyTime(text)) {
    return static_cast<double>(time->time_since_epoch().count()) / 1e6;
  }
  return ToNumber(text);
}

template <std::optional<double> (*Convert)(const std::string&), class Compare>
bool Ordered(const PolicyPattern& wanted, const std::string& actual) {
  const std::optional<double> right = Convert(wanted.Text());
  const std::optional<double> left = Convert(actual);
  return left && right && Compare()(*left, *right);
}

struct Network {
  std::array<unsigned char, 16> bytes{};
  int family = AF_UNSPEC;
  unsigned bits = 0;
};

std::optional<Network> ToNetwork(const std::string& text) {
  Network network;
  const std::size_t slash = text.find('/');
  const std::string address = text.substr(0, slash);
  network.family = address.find(':') == std::string::npos ? AF_INET : AF_INET6;
  if (::inet_pton(network.family, address.c_str(), network.bytes.data()) != 1) return std::nullopt;
  const unsigned most = network.family == AF_INET ? 32 : 128;
  network.bits = most;
  if (slash != std::string::npos) {
    const auto bits = ToNumber(text.substr(slash + 1));
    if (!bits || *bits < 0 || *bits > most) return std::nullopt;
    network.bits = static_cast<unsigned>(*bits);
  }
  return network;
}

bool InNetwork(const PolicyPattern& wanted, const std::string& actual) {
  const auto network = ToNetwork(wanted.Text());
  const auto address = ToNetwork(actual);
  if (!network || !address || network->family != address->family) return false;
  for (unsigned bit = 0; bit < network->bits; ++bit) {
    const unsigned mask = 0x80U >> (bit % 8);
    if ((network->bytes[bit / 8] & mask) != (address->bytes[bit / 8] & mask)) return false;
  }
  return true;
}

bool TextEquals(const PolicyPattern& wanted, const std::string& actual) {
  return wanted.Equals(actual);
}
bool TextEqualsIgnoringCase(const PolicyPattern& wanted, const std::string& actual) {
  return wanted.Equals(actual, true);
}
bool TextLike(const PolicyPattern& wanted, const std::string& actual) {
  return wanted.Matches(actual);
}
bool ArnLike(const PolicyPattern& wanted, const std::string& actual) {
  return wanted.MatchesArn(actual);
}
bool BinaryEquals(const PolicyPattern& wanted, const std::string& actual) {
  const auto left = DecodeBase64(wanted.Text());
  const auto right = DecodeBase64(actual);
  return left && right && *left == *right;
}

struct Operator {
  std::string_view name;
  Test test;
  bool negated = false;
  /// Policy variables are for texts and ARNs.
  bool has_variables = false;
};

using Less = std::less<double>;
using LessEqual = std::less_equal<double>;
using Greater = std::greater<double>;
using GreaterEqual = std::greater_equal<double>;
using Equal = std::equal_to<double>;

constexpr std::array kOperators = {
    Operator{"StringEquals", TextEquals, false, true},
    Operator{"StringNotEquals", TextEquals, true, true},
    Operator{"StringEqualsIgnoreCase", TextEqualsIgnoringCase, false, true},
    Operator{"StringNotEqualsIgnoreCase", TextEqualsIgnoringCase, true, true},
    Operator{"StringLike", TextLike, false, true},
    Operator{"StringNotLike", TextLike, true, true},
    Operator{"ArnEquals", ArnLike, false, true},
    Operator{"ArnNotEquals", ArnLike, true, true},
    Operator{"ArnLike", ArnLike, false, true},
    Operator{"ArnNotLike", ArnLike, true, true},
    Operator{"Bool", TextEqualsIgnoringCase},
    Operator{"BinaryEquals", BinaryEquals},
    Operator{"IpAddress", InNetwork},
    Operator{"NotIpAddress", InNetwork, true},
    Operator{"NumericEquals", Ordered<ToNumber, Equal>},
    Operator{"NumericNotEquals", Ordered<ToNumber, Equal>, true},
    Operator{"NumericLessThan", Ordered<ToNumber, Less>},
    Operator{"NumericLessThanEquals", Ordered<ToNumber, LessEqual>},
    Operator{"NumericGreaterThan", Ordered<ToNumber, Greater>},
    Operator{"NumericGreaterThanEquals", Ordered<ToNumber, GreaterEqual>},
    Operator{"DateEquals", Ordered<ToSeconds, Equal>},
    Operator{"DateNotEquals", Ordered<ToSeconds, Equal>, true},
    Operator{"DateLessThan", Ordered<ToSeconds, Less>},
    Operator{"DateLessThanEquals", Ordered<ToSeconds, LessEqual>},
    Operator{"DateGreaterThan", Ordered<ToSeconds, Greater>},
    Operator{"DateGreaterThanEquals", Ordered<ToSeconds, GreaterEqual>},
};

const Operator* FindOperator(std::string_view name) {
  const auto found = std::ranges::find_if(
      kOperators, [&](const Operator& each) { return EqualsIgnoringCase(each.name, name); });
  return found == kOperators.end() ? nullptr : &*found;
}

bool Holds(const PolicyCondition& condition, const AccessQuestion& question, bool with_variables) {
  const std::vector<std::string> actual = ContextValues(question, condition.key);
  if (EqualsIgnoringCase(condition.operation, "Null")) {
    return std::ranges::any_of(condition.values, [&](const std::string& value) {
      return EqualsIgnoringCase(value, actual.empty() ? "true" : "false");
    });
  }
  const Operator* operation = FindOperator(condition.operation);
  if (operation == nullptr) return false;
  using Quantifier = PolicyCondition::Quantifier;
  if (actual.empty()) {
    if (condition.quantifier == Quantifier::kForAllValues || condition.if_exists) return true;
    return condition.quantifier == Quantifier::kNone && operation->negated;
  }
  std::vector<PolicyPattern> wanted;
  for (const std::string& value : condition.values) {
    wanted.push_back(with_variables && operation->has_variables
                         ? PolicyPattern::WithVariables(value, question)
                         : PolicyPattern::Of(value));
  }
  // Of a negated operator all values must differ.
  const auto fits = [&](const std::string& value) {
    const bool matches = std::ranges::any_of(
        wanted, [&](const PolicyPattern& pattern) { return operation->test(pattern, value); });
    return matches != operation->negated;
  };
  const bool all = condition.quantifier == Quantifier::kForAllValues ||
                   (condition.quantifier == Quantifier::kNone && operation->negated);
  return all ? std::ranges::all_of(actual, fits) : std::ranges::any_of(actual, fits);
}

}  // namespace

bool IsConditionOperator(std::string_view name) {
  return EqualsIgnoringCase(name, "Null") || FindOperator(name) != nullptr;
}

bool ConditionsHold(const std::vector<PolicyCondition>& conditions, const AccessQuestion& question,
                    bool with_variables) {
  return std::ranges::all_of(conditions, [&](const PolicyCondition& condition) {
    return Holds(condition, question, with_variables);
  });
}

}  // namespace owlet::access
