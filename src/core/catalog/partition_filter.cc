#include "core/catalog/partition_filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "core/catalog/names.h"

namespace owlet::catalog {
namespace {

using Values = std::vector<std::string>;
/// Three-valued: no value is SQL's unknown.
using Truth = std::optional<bool>;
using Condition = std::function<Truth(const Values&)>;

constexpr int kMaxDepth = 200;
constexpr std::size_t kMaxBytes = 2048 * 16;

/// A number as exact decimal text: sign, digits before and behind the point without outer zeros.
struct Number {
  bool negative = false;
  std::string integer;
  std::string fraction;
};

std::optional<Number> ParseNumber(std::string_view text) {
  Number number;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    number.negative = text[0] == '-';
    text.remove_prefix(1);
  }
  const auto digits = [](std::string_view part) {
    return std::ranges::all_of(part, [](char c) { return c >= '0' && c <= '9'; });
  };
  const std::size_t point = text.find('.');
  std::string_view integer = text.substr(0, point);
  std::string_view fraction =
      point == std::string_view::npos ? std::string_view{} : text.substr(point + 1);
  if (integer.empty() && fraction.empty()) return std::nullopt;
  if (!digits(integer) || !digits(fraction)) return std::nullopt;
  while (!integer.empty() && integer.front() == '0') integer.remove_prefix(1);
  while (!fraction.empty() && fraction.back() == '0') fraction.remove_suffix(1);
  number.integer = integer;
  number.fraction = fraction;
  if (number.integer.empty() && number.fraction.empty()) number.negative = false;
  return number;
}

int CompareNumbers(const Number& a, const Number& b) {
  if (a.negative != b.negative) return a.negative ? -1 : 1;
  int order = 0;
  if (a.integer.size() != b.integer.size()) {
    order = a.integer.size() < b.integer.size() ? -1 : 1;
  } else if (const int integers = a.integer.compare(b.integer); integers != 0) {
    order = integers;
  } else {
    order = a.fraction.compare(b.fraction);
  }
  return a.negative ? -order : order;
}

bool IsNumberType(std::string_view type) {
  static constexpr std::string_view kNames[] = {"tinyint", "smallint", "int",   "integer",
                                                "bigint",  "long",     "float", "double"};
  const std::string folded = FoldName(type);
  return std::ranges::find(kNames, folded) != std::end(kNames) || folded.starts_with("decimal");
}

/// SQL's LIKE: % and _; a backslash takes the next character as it is.
bool Like(std::string_view text, std::string_view pattern) {
  std::size_t t = 0;
  std::size_t p = 0;
  std::size_t star = std::string_view::npos;
  std::size_t mark = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '%') {
      star = p++;
      mark = t;
      continue;
    }
    const bool escaped = p + 1 < pattern.size() && pattern[p] == '\\';
    const bool same = p < pattern.size() &&
                      ((!escaped && pattern[p] == '_') || pattern[escaped ? p + 1 : p] == text[t]);
    if (same) {
      p += escaped ? 2 : 1;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '%') ++p;
  return p == pattern.size();
}

enum class TokenKind : std::uint8_t { kEnd, kWord, kQuotedName, kString, kNumber, kSymbol };

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string text;
};

std::unexpected<Error> Unsupported(std::string_view expression) {
  return Fail(Reason::kInvalidArgument, fmt::format("Unsupported expression '{}'", expression));
}

bool IsWordCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$' || static_cast<unsigned char>(c) >= 0x80;
}

/// The text between quotes that stand at `at`; doubled quotes are one. Moves `at` behind them.
std::optional<std::string> ReadQuoted(std::string_view text, std::size_t& at) {
  const char quote = text[at++];
  std::string value;
  while (at < text.size()) {
    if (text[at] != quote) {
      value += text[at++];
    } else if (at + 1 < text.size() && text[at + 1] == quote) {
      value += quote;
      at += 2;
    } else {
      ++at;
      return value;
    }
  }
  return std::nullopt;
}

Result<std::vector<Token>> Tokenize(std::string_view text) {
  std::vector<Token> tokens;
  std::size_t at = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      ++at;
    } else if (c == '\'' || c == '"' || c == '`') {
      auto value = ReadQuoted(text, at);
      if (!value) return Unsupported(text);
      tokens.push_back(
          {c == '\'' ? TokenKind::kString : TokenKind::kQuotedName, *std::move(value)});
    } else if ((c >= '0' && c <= '9') ||
               ((c == '-' || c == '+' || c == '.') && at + 1 < text.size() && text[at + 1] >= '0' &&
                text[at + 1] <= '9')) {
      const std::size_t start = at++;
      while (at < text.size() && ((text[at] >= '0' && text[at] <= '9') || text[at] == '.')) ++at;
      tokens.push_back({TokenKind::kNumber, std::string(text.substr(start, at - start))});
    } else if (IsWordCharacter(c)) {
      const std::size_t start = at;
      while (at < text.size() && IsWordCharacter(text[at])) ++at;
      tokens.push_back({TokenKind::kWord, FoldName(text.substr(start, at - start))});
    } else {
      static constexpr std::string_view kPairs[] = {"<>", "!=", "<=", ">=", "=="};
      const auto pair = std::ranges::find(kPairs, text.substr(at, 2));
      const std::string symbol = pair != std::end(kPairs) ? std::string(*pair) : std::string(1, c);
      if (pair == std::end(kPairs) &&
          std::string_view("=<>(),").find(c) == std::string_view::npos) {
        return Unsupported(text);
      }
      tokens.push_back({TokenKind::kSymbol, symbol});
      at += symbol.size();
    }
  }
  tokens.push_back({});
  return tokens;
}

/// A key of the table, or a literal.
struct Operand {
  std::optional<std::size_t> key;
  std::string text;
};

class FilterParser {
 public:
  FilterParser(std::string_view expression, std::vector<Token> tokens,
               const std::vector<Column>& keys)
      : expression_(expression), tokens_(std::move(tokens)), keys_(keys) {}

  Result<Condition> Parse() {
    OWLET_TRY(Condition condition, Or(0));
    if (Peek().kind != TokenKind::kEnd) return Unsupported(expression_);
    return condition;
  }

 private:
  [[nodiscard]] const Token& Peek() const { return tokens_[position_]; }

  bool AcceptWord(std::string_view word) {
    if (Peek().kind != TokenKind::kWord || Peek().text != word) return false;
    ++position_;
    return true;
  }
  bool AcceptSymbol(std::string_view symbol) {
    if (Peek().kind != TokenKind::kSymbol || Peek().text != symbol) return false;
    ++position_;
    return true;
  }

  Result<Condition> Or(int depth) {
    if (depth > kMaxDepth) return Unsupported(expression_);
    OWLET_TRY(Condition left, And(depth));
    while (AcceptWord("or")) {
      OWLET_TRY(Condition right, And(depth));
      left = [left = std::move(left), right = std::move(right)](const Values& values) -> Truth {
        const Truth a = left(values);
        if (a == true) return true;
        const Truth b = right(values);
        if (b == true) return true;
        return a && b ? Truth(false) : std::nullopt;
      };
    }
    return left;
  }

  Result<Condition> And(int depth) {
    OWLET_TRY(Condition left, Not(depth));
    while (AcceptWord("and")) {
      OWLET_TRY(Condition right, Not(depth));
      left = [left = std::move(left), right = std::move(right)](const Values& values) -> Truth {
        const Truth a = left(values);
        if (a == false) return false;
        const Truth b = right(values);
        if (b == false) return false;
        return a && b ? Truth(true) : std::nullopt;
      };
    }
    return left;
  }

  static Condition Negate(Condition condition) {
    return [condition = std::move(condition)](const Values& values) -> Truth {
      const Truth truth = condition(values);
      return truth ? Truth(!*truth) : std::nullopt;
    };
  }

  Result<Condition> Not(int depth) {
    if (depth > kMaxDepth) return Unsupported(expression_);
    if (AcceptWord("not")) {
      OWLET_TRY(Condition condition, Not(depth + 1));
      return Negate(std::move(condition));
    }
    if (AcceptSymbol("(")) {
      OWLET_TRY(Condition condition, Or(depth + 1));
      if (!AcceptSymbol(")")) return Unsupported(expression_);
      return condition;
    }
    return Predicate();
  }

  Result<Operand> ReadOperand() {
    const Token token = Peek();
    if (token.kind == TokenKind::kEnd || token.kind == TokenKind::kSymbol) {
      return Unsupported(expression_);
    }
    ++position_;
    if (token.kind == TokenKind::kString || token.kind == TokenKind::kNumber) {
      return Operand{.key = std::nullopt, .text = token.text};
    }
    // DATE '2024-01-01', TIMESTAMP '...': the text counts.
    const bool typed = token.text == "date" || token.text == "timestamp";
    if (token.kind == TokenKind::kWord && typed && Peek().kind == TokenKind::kString) {
      return Operand{.key = std::nullopt, .text = tokens_[position_++].text};
    }
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      if (FoldName(keys_[i].name) == FoldName(token.text)) return Operand{.key = i, .text = {}};
    }
    return Fail(Reason::kInvalidArgument,
                fmt::format("Unknown column '{}' in the partition expression", token.text));
  }

  /// -1, 0, 1, or nothing when a value is NULL or no number where the key is one.
  using Comparison = std::function<std::optional<int>(const Values&)>;

  Comparison Compare(const Operand& left, const Operand& right) const {
    const std::size_t typed = left.key ? *left.key : right.key.value_or(0);
    const bool numeric = IsNumberType(keys_[typed].type);
    return [left, right, numeric](const Values& values) -> std::optional<int> {
      const std::string& a = left.key ? values[*left.key] : left.text;
      const std::string& b = right.key ? values[*right.key] : right.text;
      if ((left.key && a == kDefaultPartition) || (right.key && b == kDefaultPartition)) {
        return std::nullopt;
      }
      if (!numeric) return a.compare(b);
      const auto x = ParseNumber(a);
      const auto y = ParseNumber(b);
      if (!x || !y) return std::nullopt;
      return CompareNumbers(*x, *y);
    };
  }

  static Condition When(Comparison comparison, std::function<bool(int)> holds) {
    return [comparison = std::move(comparison), holds = std::move(holds)](const Values& values) {
      const auto order = comparison(values);
      return order ? Truth(holds(*order)) : std::nullopt;
    };
  }

  Result<Condition> Predicate() {
    OWLET_TRY(const Operand left, ReadOperand());
    const bool negated = AcceptWord("not");
    Result<Condition> condition = Unsupported(expression_);
    if (AcceptWord("in")) {
      condition = In(left);
    } else if (AcceptWord("between")) {
      condition = Between(left);
    } else if (AcceptWord("like")) {
      condition = LikePattern(left);
    } else if (!negated && AcceptWord("is")) {
      return IsNull(left);
    } else if (!negated) {
      return ComparisonOf(left);
    }
    if (!condition) return condition;
    return negated ? Negate(*std::move(condition)) : *std::move(condition);
  }

  Result<Condition> ComparisonOf(const Operand& left) {
    if (Peek().kind != TokenKind::kSymbol) return Unsupported(expression_);
    const std::string symbol = tokens_[position_++].text;
    OWLET_TRY(const Operand right, ReadOperand());
    Comparison comparison = Compare(left, right);
    if (symbol == "=" || symbol == "==") return When(comparison, [](int o) { return o == 0; });
    if (symbol == "<>" || symbol == "!=") return When(comparison, [](int o) { return o != 0; });
    if (symbol == "<") return When(comparison, [](int o) { return o < 0; });
    if (symbol == "<=") return When(comparison, [](int o) { return o <= 0; });
    if (symbol == ">") return When(comparison, [](int o) { return o > 0; });
    if (symbol == ">=") return When(comparison, [](int o) { return o >= 0; });
    return Unsupported(expression_);
  }

  Result<Condition> In(const Operand& left) {
    if (!AcceptSymbol("(")) return Unsupported(expression_);
    std::vector<Comparison> comparisons;
    do {
      OWLET_TRY(const Operand right, ReadOperand());
      comparisons.push_back(Compare(left, right));
    } while (AcceptSymbol(","));
    if (!AcceptSymbol(")")) return Unsupported(expression_);
    return Condition([comparisons = std::move(comparisons)](const Values& values) -> Truth {
      bool unknown = false;
      for (const Comparison& comparison : comparisons) {
        const auto order = comparison(values);
        if (order == 0) return true;
        unknown = unknown || !order;
      }
      return unknown ? std::nullopt : Truth(false);
    });
  }

  Result<Condition> Between(const Operand& left) {
    OWLET_TRY(const Operand low, ReadOperand());
    if (!AcceptWord("and")) return Unsupported(expression_);
    OWLET_TRY(const Operand high, ReadOperand());
    return Condition(
        [from = Compare(left, low), to = Compare(left, high)](const Values& values) -> Truth {
          const auto a = from(values);
          const auto b = to(values);
          if ((a && *a < 0) || (b && *b > 0)) return false;
          return a && b ? Truth(true) : std::nullopt;
        });
  }

  Result<Condition> LikePattern(const Operand& left) {
    OWLET_TRY(const Operand pattern, ReadOperand());
    if (!left.key || pattern.key) return Unsupported(expression_);
    return Condition([key = *left.key, text = pattern.text](const Values& values) -> Truth {
      if (values[key] == kDefaultPartition) return std::nullopt;
      return Like(values[key], text);
    });
  }

  Result<Condition> IsNull(const Operand& left) {
    const bool negated = AcceptWord("not");
    if (!AcceptWord("null") || !left.key) return Unsupported(expression_);
    return Condition([key = *left.key, negated](const Values& values) -> Truth {
      return (values[key] == kDefaultPartition) != negated;
    });
  }

  std::string_view expression_;
  std::vector<Token> tokens_;
  const std::vector<Column>& keys_;
  std::size_t position_ = 0;
};

}  // namespace

Result<std::function<bool(const Values& values)>> CompilePartitionFilter(
    std::string_view expression, const std::vector<Column>& keys) {
  if (expression.size() > kMaxBytes) {
    return Fail(Reason::kInvalidArgument, "The partition expression is too long");
  }
  OWLET_TRY(std::vector<Token> tokens, Tokenize(expression));
  if (tokens.size() == 1) return std::function<bool(const Values&)>();
  if (keys.empty()) return Unsupported(expression);
  OWLET_TRY(Condition condition, FilterParser(expression, std::move(tokens), keys).Parse());
  return [condition = std::move(condition), count = keys.size()](const Values& values) {
    return values.size() == count && condition(values) == true;
  };
}

}  // namespace owlet::catalog
