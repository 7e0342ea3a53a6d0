#include "core/plan/functions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "base/check.h"
#include "core/plan/coercion.h"
#include "core/plan/functions/tables.h"
#include "core/plan/match_errors.h"
#include "core/plan/signature.h"
#include "core/plan/type_rules.h"

namespace owlet::plan {

namespace {

struct Overload {
  const FunctionEntry* entry = nullptr;
  Signature signature;
};

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

/// Operators whose two operands Spark brings together before it looks at their types, with what
/// each takes (Spark's words).
const std::map<std::string_view, std::string_view>& SparkOperatorInputs() {
  static const std::map<std::string_view, std::string_view> inputs = {
      {"+",
       "(\"NUMERIC\" or \"INTERVAL DAY TO SECOND\" or \"INTERVAL YEAR TO MONTH\" or "
       "\"INTERVAL\")"},
      {"-",
       "(\"NUMERIC\" or \"INTERVAL DAY TO SECOND\" or \"INTERVAL YEAR TO MONTH\" or "
       "\"INTERVAL\")"},
      {"*", "\"NUMERIC\""},
      {"/", "(\"DOUBLE\" or \"DECIMAL\")"},
      {"%", "\"NUMERIC\""},
      {"mod", "\"NUMERIC\""},
      {"pmod", "\"NUMERIC\""},
      {"div",
       "(\"BIGINT\" or \"DECIMAL\" or \"INTERVAL YEAR TO MONTH\" or \"INTERVAL DAY TO "
       "SECOND\")"},
      {"try_add", "\"NUMERIC\""},
      {"try_subtract", "\"NUMERIC\""},
      {"try_multiply", "\"NUMERIC\""},
      {"try_divide", "(\"DOUBLE\" or \"DECIMAL\")"},
      {"try_mod", "\"NUMERIC\""},
      {"=", "\"ORDERABLE\""},
      {"<>", "\"ORDERABLE\""},
      {"<", "\"ORDERABLE\""},
      {"<=", "\"ORDERABLE\""},
      {">", "\"ORDERABLE\""},
      {">=", "\"ORDERABLE\""},
      {"<=>", "\"ORDERABLE\""},
      {"and", "\"BOOLEAN\""},
      {"or", "\"BOOLEAN\""},
      {"&", "\"INTEGRAL\""},
      {"|", "\"INTEGRAL\""},
      {"^", "\"INTEGRAL\""},
  };
  return inputs;
}

bool IsTrinoOperator(std::string_view name) {
  static const std::set<std::string_view> operators = {"+",
                                                       "-",
                                                       "*",
                                                       "/",
                                                       "%",
                                                       "negate",
                                                       "=",
                                                       "<>",
                                                       "<",
                                                       "<=",
                                                       ">",
                                                       ">=",
                                                       "and",
                                                       "or",
                                                       "not",
                                                       "between",
                                                       "nullif",
                                                       "like",
                                                       "is distinct from"};
  return operators.contains(name);
}

}  // namespace

struct FunctionTable::Impl {
  Dialect dialect;
  std::map<std::string, std::vector<Overload>, std::less<>> overloads;

  void Read(FunctionRows rows) {
    for (const FunctionEntry& entry : rows) {
      auto signature = ParseSignature(entry.signature);
      OWLET_CHECK(signature.has_value());
      overloads[std::string(entry.name)].push_back({&entry, std::move(*signature)});
    }
  }
};

namespace {

/// One overload tried against one call.
struct Attempt {
  int cost = 0;
  FunctionMatch match;
};

/// A call being fitted: what the tries have in common.
class Matcher {
 public:
  Matcher(std::string_view name, std::span<const Argument> arguments,
          const SessionSettings& session, const TypeLambda& type_lambda)
      : name_(name), arguments_(arguments), session_(session), type_lambda_(type_lambda) {
    for (const Argument& argument : arguments) types_.push_back(argument.type);
  }

  void UseOperandTypes() {
    auto [left, right] = spark::OperandTypes(name_, arguments_[0], arguments_[1], session_.ansi);
    types_ = {std::move(left), std::move(right)};
    exact_ = true;
  }

  Result<std::optional<Attempt>> Try(const Overload& overload) const {
    if (!overload.signature.whole_rule.empty()) {
      OWLET_TRY(RuleMatch rule,
                MatchByRule(overload.signature.whole_rule, name_, arguments_, session_));
      return Attempt{1000, FunctionMatch{overload.entry, std::move(rule.argument_types),
                                         std::move(rule.result), rule.nullable}};
    }
    if (!overload.signature.Accepts(arguments_.size())) return std::nullopt;
    Bindings bindings;
    int cost = overload.signature.repeated ? 1 : 0;
    for (std::size_t i = 0; i < arguments_.size(); ++i) {
      const TypePattern& parameter = overload.signature.Parameter(i);
      const bool lambda = parameter.kind == TypePattern::Kind::kLambda;
      if (lambda != (arguments_[i].lambda_parameters >= 0)) return std::nullopt;
      if (lambda) {
        if (arguments_[i].lambda_parameters + 1 != static_cast<int>(parameter.children.size())) {
          return std::nullopt;
        }
        continue;
      }
      const auto part = Bind(parameter, types_[i], session_, bindings);
      if (!part || (exact_ && *part >= 10)) return std::nullopt;
      cost += *part;
    }
    Attempt attempt{cost, {}};
    attempt.match.entry = overload.entry;
    attempt.match.argument_types.resize(arguments_.size());
    OWLET_TRY(const bool fits, BindLambdas(overload.signature, bindings, attempt));
    if (!fits) return std::nullopt;
    for (std::size_t i = 0; i < arguments_.size(); ++i) {
      const TypePattern& parameter = overload.signature.Parameter(i);
      if (parameter.kind == TypePattern::Kind::kLambda) continue;
      Type wanted =
          parameter.kind == TypePattern::Kind::kAny ? types_[i] : Instantiate(parameter, bindings);
      // A nested argument that differs only in what may be NULL needs no cast.
      const bool same = wanted.SameIgnoringNulls(arguments_[i].type) ||
                        (wanted == Type::Varchar() && arguments_[i].type.id() == TypeId::kVarchar);
      attempt.match.argument_types[i] = same ? arguments_[i].type : std::move(wanted);
    }
    if (!overload.signature.result_rule.empty()) {
      OWLET_TRY(attempt.match.result,
                ResultByRule(overload.signature.result_rule, attempt.match.argument_types,
                             arguments_, session_));
    } else {
      attempt.match.result = Instantiate(overload.signature.result, bindings);
    }
    attempt.match.nullable = IsNullable(overload.entry->nullability);
    return attempt;
  }

 private:
  /// Types the lambdas' bodies, left to right: what one gives may be a later one's parameter
  /// (reduce). A state that grows is bound again with the wider type.
  Result<bool> BindLambdas(const Signature& signature, Bindings& bindings, Attempt& attempt) const {
    constexpr int kMaximumRounds = 4;
    for (int round = 0; round < kMaximumRounds; ++round) {
      const auto before = bindings.types;
      for (std::size_t i = 0; i < arguments_.size(); ++i) {
        const TypePattern& parameter = signature.Parameter(i);
        if (parameter.kind != TypePattern::Kind::kLambda) continue;
        std::vector<Field> fields;
        std::vector<Type> parameter_types;
        for (std::size_t k = 0; k + 1 < parameter.children.size(); ++k) {
          Type type = Instantiate(parameter.children[k], bindings);
          parameter_types.push_back(type);
          fields.push_back({"", std::move(type), !parameter.children[k].not_null, ""});
        }
        OWLET_TRY(Type result, type_lambda_(i, fields));
        const auto part = Bind(parameter.children.back(), result, session_, bindings);
        if (!part) return false;
        attempt.cost += *part;
        attempt.match.argument_types[i] = Type::Function(
            std::move(parameter_types), Instantiate(parameter.children.back(), bindings));
      }
      const bool settled = std::ranges::all_of(bindings.types, [&](const auto& item) {
        const auto old = before.find(item.first);
        return old == before.end() || old->second.SameIgnoringNulls(item.second);
      });
      if (settled) return true;
    }
    return false;
  }

  bool IsNullable(Nullability nullability) const {
    const auto nullable = [](const Argument& argument) {
      return argument.lambda_parameters < 0 && argument.nullable;
    };
    switch (nullability) {
      case Nullability::kAlways:
        return true;
      case Nullability::kNever:
        return false;
      case Nullability::kAllArguments:
        return std::ranges::all_of(arguments_, nullable);
      case Nullability::kFirstArgument:
        return !arguments_.empty() && nullable(arguments_[0]);
      case Nullability::kAnyArgument:
        return std::ranges::any_of(arguments_, nullable);
    }
    return true;
  }

  std::string_view name_;
  std::span<const Argument> arguments_;
  const SessionSettings& session_;
  const TypeLambda& type_lambda_;
  std::vector<Type> types_;
  bool exact_ = false;  // operands are final: no further coercion
};

/// Why no overload fits, in Spark's words: the count, or the first argument of the wrong type.
std::unexpected<Error> SparkMismatch(std::string_view name,
                                     const std::vector<const Overload*>& overloads,
                                     std::span<const Argument> arguments,
                                     const SessionSettings& session) {
  std::set<std::size_t> counts;
  bool any_count = false;
  for (const Overload* overload : overloads) {
    if (overload->signature.Accepts(arguments.size())) any_count = true;
    counts.insert(overload->signature.parameters.size());
  }
  if (!any_count) {
    return WrongArgumentCount(name, arguments.size(), {counts.begin(), counts.end()}, session);
  }
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    std::vector<std::string> wanted;
    bool fits = false;
    for (const Overload* overload : overloads) {
      if (!overload->signature.Accepts(arguments.size())) continue;
      const TypePattern& parameter = overload->signature.Parameter(i);
      Bindings bindings;
      if (arguments[i].lambda_parameters >= 0
              ? parameter.kind == TypePattern::Kind::kLambda
              : Bind(parameter, arguments[i].type, session, bindings).has_value()) {
        fits = true;
        break;
      }
      std::string text = PatternText(parameter, Dialect::kSpark);
      if (std::ranges::find(wanted, text) == wanted.end()) wanted.push_back(std::move(text));
    }
    if (fits) continue;
    std::string required =
        wanted.size() == 1 ? wanted[0] : fmt::format("({})", fmt::join(wanted, " or "));
    return UnexpectedInput(i, std::move(required), arguments[i].type);
  }
  return DifferentTypes(name, arguments);
}

std::unexpected<Error> TrinoMismatch(std::string_view name,
                                     const std::vector<const Overload*>& overloads,
                                     std::span<const Argument> arguments,
                                     const SessionSettings& session) {
  if (IsTrinoOperator(name) && !arguments.empty()) {
    return WrongOperands(name, arguments, "", session);
  }
  std::vector<std::string> expected;
  for (const Overload* overload : overloads) {
    std::string text = std::string(name) + "(";
    for (const TypePattern& parameter : overload->signature.parameters) {
      if (text.back() != '(') text += ", ";
      text += PatternText(parameter, Dialect::kTrino);
    }
    expected.push_back(text + ")");
  }
  return UnexpectedParameters(name, arguments, std::move(expected));
}

}  // namespace

FunctionTable::FunctionTable(std::unique_ptr<const Impl> impl) : impl_(std::move(impl)) {}

const FunctionTable& FunctionTable::Of(Dialect dialect) {
  static const FunctionTable spark([] {
    auto impl = std::make_unique<Impl>();
    impl->dialect = Dialect::kSpark;
    for (const auto rows :
         {SparkOperators(), SparkStrings(), SparkMath(), SparkDateTimes(), SparkAggregates(),
          SparkCollections(), SparkLambdas(), SparkConversions(), SparkOthers()}) {
      impl->Read(rows);
    }
    return impl;
  }());
  static const FunctionTable trino([] {
    auto impl = std::make_unique<Impl>();
    impl->dialect = Dialect::kTrino;
    for (const auto rows : {TrinoOperators(), TrinoStrings(), TrinoMath(), TrinoDateTimes(),
                            TrinoAggregates(), TrinoCollections(), TrinoOthers()}) {
      impl->Read(rows);
    }
    return impl;
  }());
  return dialect == Dialect::kSpark ? spark : trino;
}

std::optional<FunctionKind> FunctionTable::Find(std::string_view name) const {
  const auto found = impl_->overloads.find(Lower(name));
  if (found == impl_->overloads.end()) return std::nullopt;
  return found->second.front().entry->kind;
}

Result<FunctionMatch> FunctionTable::Match(std::string_view name,
                                           std::span<const Argument> arguments,
                                           const SessionSettings& session,
                                           const TypeLambda& type_lambda) const {
  const std::string key = Lower(name);
  const auto found = impl_->overloads.find(key);
  if (found == impl_->overloads.end()) return UnknownFunction(name, session);

  Matcher matcher(key, arguments, session, type_lambda);
  const auto inputs = SparkOperatorInputs().find(key);
  const bool spark_operator = impl_->dialect == Dialect::kSpark &&
                              inputs != SparkOperatorInputs().end() && arguments.size() == 2;
  if (spark_operator) matcher.UseOperandTypes();

  std::optional<Attempt> best;
  std::vector<const Overload*> candidates;
  for (const Overload& overload : found->second) {
    const AnsiMode mode = overload.entry->ansi;
    if (mode != AnsiMode::kAny && (mode == AnsiMode::kOn) != session.ansi) continue;
    // A rule decides for itself, and says in its own words what is wrong: only when no pattern
    // fits.
    if (!overload.signature.whole_rule.empty() && best) continue;
    candidates.push_back(&overload);
    OWLET_TRY(auto attempt, matcher.Try(overload));
    if (attempt && (!best || attempt->cost < best->cost)) best = std::move(attempt);
  }
  if (best) return std::move(best->match);
  if (spark_operator) return WrongOperands(key, arguments, inputs->second, session);
  if (impl_->dialect == Dialect::kSpark) return SparkMismatch(key, candidates, arguments, session);
  return TrinoMismatch(key, candidates, arguments, session);
}

std::vector<std::string_view> FunctionTable::Names() const {
  std::vector<std::string_view> names;
  for (const auto& [name, overloads] : impl_->overloads) {
    const bool operator_name = name.empty() ||
                               std::isalpha(static_cast<unsigned char>(name[0])) == 0 ||
                               name.find_first_of(" .") != std::string::npos;
    if (!operator_name) names.push_back(name);
  }
  return names;
}

}  // namespace owlet::plan
