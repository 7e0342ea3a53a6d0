#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "core/access/policy.h"

namespace owlet::access {
namespace {

// S3's list of the keys that bind a statement to somebody when their values are fixed.
constexpr std::array<std::string_view, 13> kBindingKeys = {
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:PrincipalOrgID",
    "aws:SourceIp",
    "aws:SourceArn",
    "aws:SourceAccount",
    "aws:SourceOwner",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:userid",
    "s3:DataAccessPointAccount",
    "s3:DataAccessPointArn",
    "s3:x-amz-server-side-encryption-aws-kms-key-id"};

bool IsFixed(std::string_view key, std::string_view value) {
  if (EqualsIgnoringCase(key, "aws:SourceIp")) {
    // The whole internet is not a fixed network.
    const std::size_t slash = value.find('/');
    return slash == std::string_view::npos || value.substr(slash + 1) != "0";
  }
  // "AROA…:*": all sessions of one role.
  if (EqualsIgnoringCase(key, "aws:userid") && value.ends_with(":*")) value.remove_suffix(2);
  return !value.empty() && value.find_first_of("*?") == std::string_view::npos &&
         value.find("${") == std::string_view::npos;
}

bool Binds(const PolicyCondition& condition) {
  constexpr std::array<std::string_view, 6> kOperators = {
      "StringEquals", "StringLike", "StringEqualsIgnoreCase", "ArnEquals", "ArnLike", "IpAddress"};
  const auto same_key = [&](std::string_view key) {
    return EqualsIgnoringCase(key, condition.key);
  };
  const auto same_operator = [&](std::string_view name) {
    return EqualsIgnoringCase(name, condition.operation);
  };
  return std::ranges::any_of(kBindingKeys, same_key) &&
         std::ranges::any_of(kOperators, same_operator) && !condition.if_exists &&
         condition.quantifier != PolicyCondition::Quantifier::kForAllValues &&
         std::ranges::all_of(condition.values, [&](const std::string& value) {
           return IsFixed(condition.key, value);
         });
}

}  // namespace

bool IsPublicPolicy(const PolicyDocument& policy) {
  return std::ranges::any_of(policy.statements(), [](const PolicyStatement& statement) {
    if (!statement.allow || !statement.principals) return false;
    if (!statement.principals->everybody && !statement.not_principal) return false;
    return std::ranges::none_of(statement.conditions, Binds);
  });
}

std::size_t PolicySize(std::string_view json) {
  return static_cast<std::size_t>(std::ranges::count_if(
      json, [](char c) { return c != ' ' && c != '\t' && c != '\n' && c != '\r'; }));
}

}  // namespace owlet::access
