#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/access/policy_evaluation.h"

namespace owlet::access {

/// A text with wildcards whose variables are filled in: what a variable's value contains is
/// literal, a `*` in it too. Made anew for each question.
class PolicyPattern {
 public:
  /// Without variables.
  static PolicyPattern Of(std::string_view text);
  /// `${aws:username}`, `${s3:prefix, 'default'}`, `${*}`, `${?}`, `${$}` are filled in; a variable
  /// without a value makes a pattern that matches nothing.
  static PolicyPattern WithVariables(std::string_view text, const AccessQuestion& question);

  [[nodiscard]] bool Matches(std::string_view text, bool ignore_case = false) const;
  /// As ARNs: each of the six parts between colons by itself, the last takes what is left; parts
  /// that the pattern does not have match anything. A pattern that is no ARN matches as a text.
  [[nodiscard]] bool MatchesArn(std::string_view text) const;
  /// As one text, wildcards as the characters they are; nothing matches when a variable had no
  /// value.
  [[nodiscard]] bool Equals(std::string_view text, bool ignore_case = false) const;
  [[nodiscard]] std::string Text() const;

 private:
  void AppendLiteral(std::string_view text);
  void AppendWithWildcards(std::string_view text);

  std::vector<std::uint16_t> units_;
  bool possible_ = true;
};

/// Whether an element of Resource means the resource: as ARNs, variables filled in when the
/// document's version has them.
[[nodiscard]] bool ResourceElementMatches(std::string_view element, const AccessQuestion& question,
                                          bool with_variables);

/// The values of a condition key: of the request's context, or what the principal, its session, its
/// request and the time give (policy_keys.cc). Empty when the key is absent.
[[nodiscard]] std::vector<std::string> ContextValues(const AccessQuestion& question,
                                                     std::string_view key);

/// Whether all conditions of a statement hold. Variables are filled in for version 2012-10-17 only.
[[nodiscard]] bool ConditionsHold(const std::vector<PolicyCondition>& conditions,
                                  const AccessQuestion& question, bool with_variables);

/// Whether owlet knows the operator ("StringLike", without prefix and suffix).
[[nodiscard]] bool IsConditionOperator(std::string_view name);

}  // namespace owlet::access
