#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/plan/literal.h"
#include "core/plan/session.h"
#include "core/plan/types.h"

// A dialect's functions as data: names, signatures, and how the engine's SQL says them.

namespace owlet::plan {

enum class FunctionKind : std::uint8_t { kScalar, kAggregate, kWindow, kGenerator };

/// When a result is NULL: never, when any argument is, or when the entry's own rule says so.
enum class Nullability : std::uint8_t {
  kAnyArgument,
  kAlways,
  kNever,
  kAllArguments,
  kFirstArgument
};

/// Spark's spark.sql.ansi.enabled decides between some overloads of one name.
enum class AnsiMode : std::uint8_t { kAny, kOn, kOff };

/// One overload of a function.
///
/// `signature` is text in one little language for both dialects, read once at start-up:
///   "(string, int) -> string"      types by plan names: boolean tinyint smallint int bigint real
///                                  double decimal string char binary date timestamp timestamp_ntz
///                                  ... (type_names.h: SignatureTypeName)
///   "(T, T) -> T"                  a type variable (one capital letter): the common type of its
///                                  arguments; "(N:numeric) -> N" one with a bound: numeric,
///                                  integral, fractional, orderable, comparable, varchar, interval
///   "(array<T>, T) -> boolean"     nested; "array<string!>": elements are never NULL
///   "(decimal(p,s)) -> decimal(p,0)"  precision, scale and length by small letters
///   "(decimal(p,s), decimal(q,t)) -> @multiply"  a result type given by a rule's name
///   "@coalesce"                    a whole overload given by a rule (type_rules.h)
///   "(array<T>, (T) -> boolean) -> array<T>"               a lambda argument
///   "(string...) -> string", "(any...) -> T"               a repeated last argument
/// `lowering` says the call in DuckDB's SQL:
///   "substr"                       that function of system.main, same arguments
///   "spark.conv", "trino.split"    our own C++ function or macro of the dialect's schema
///   "($1 || $2)", "spark.f($*)"    a template. $n an argument; $* all, separated by commas;
///                                  $2* the second and all after it; $zone the session's time
///                                  zone as a text literal; $now the statement's start as a
///                                  TIMESTAMP literal (UTC); $user, $catalog, $schema: text
///                                  literals; $result "CAST(NULL AS <type of the result>)";
///                                  $origin the number of the call's origin in the statement, an
///                                  integer literal, -1 when there is none: the error that the
///                                  function raises carries it (error_carrying.h); $type1 the
///                                  dialect's name of argument 1's type, a text literal; $$ a $.
///                                  $digits1 the precision of argument 1's type; $null1 its NULL;
///                                  $into the DuckDB type of the result; $item and $other names
///                                  of lambda parameters that no other call has; $nullelement1 a
///                                  NULL of the type of argument 1's elements, $intoelement the
///                                  type of the result's; $json and $json1 the result's and
///                                  argument 1's type as Spark's JSON, a text literal.
/// A lambda argument is printed as DuckDB's `lambda x, y: body`; "$2($item.k, $item.v)" is its
/// body with these values for its parameters.
/// An aggregate's or window's text is one call: DISTINCT, ORDER BY and IGNORE NULLS go inside its
/// parentheses, FILTER and OVER behind it. Braces mark the call when more text stands around it:
/// "coalesce({sum($1)}, 0)".
struct FunctionEntry {
  std::string_view name;
  std::string_view signature;
  std::string_view lowering;
  FunctionKind kind = FunctionKind::kScalar;
  Nullability nullability = Nullability::kAnyArgument;
  bool deterministic = true;
  AnsiMode ansi = AnsiMode::kAny;
};

/// An argument as the resolver knows it when it looks for the overload.
struct Argument {
  Type type;
  bool nullable = true;
  std::optional<Literal> constant = std::nullopt;  // some results depend on values: round(x, 2)
  /// Not negative: a lambda of so many parameters, whose type is not known yet.
  int lambda_parameters = -1;
};

/// Types a lambda's body once its parameters' types are known: called by Match during overload
/// choice, with the argument's index.
using TypeLambda =
    std::function<Result<Type>(std::size_t index, std::span<const Field> parameters)>;

struct FunctionMatch {
  const FunctionEntry* entry = nullptr;  // lives as long as the program
  std::vector<Type> argument_types;      // what each argument is cast to where it differs
  Type result;
  bool nullable = true;
};

/// All functions of one dialect. Immutable, thread-safe.
class FunctionTable {
 public:
  static const FunctionTable& Of(Dialect dialect);

  /// Whether the name is known at all, and as what.
  [[nodiscard]] std::optional<FunctionKind> Find(std::string_view name) const;

  /// The overload for these arguments under the dialect's coercion rules. Errors carry the
  /// dialect's condition: Trino FUNCTION_NOT_FOUND / TYPE_MISMATCH (the message without its "line
  /// 1:8: "), Spark UNRESOLVED_ROUTINE / WRONG_NUM_ARGS / DATATYPE_MISMATCH.* with their
  /// parameters, in which the caller fills what only it can print: `sqlExpr` (given empty) and
  /// `inputSql` (given as the argument's index, "0").
  [[nodiscard]] Result<FunctionMatch> Match(std::string_view name,
                                            std::span<const Argument> arguments,
                                            const SessionSettings& session,
                                            const TypeLambda& type_lambda) const;

  /// Names, sorted: for listFunctions, SHOW FUNCTIONS and "did you mean".
  [[nodiscard]] std::vector<std::string_view> Names() const;

 private:
  struct Impl;
  explicit FunctionTable(std::unique_ptr<const Impl> impl);
  std::unique_ptr<const Impl> impl_;
};

/// The type both can become without an explicit cast in that dialect (CASE, UNION, arrays, IN), or
/// nothing: then they do not fit together.
std::optional<Type> CommonType(const Type& left, const Type& right, const SessionSettings& session);

/// Whether a value of `from` may stand where `to` is wanted without being cast by hand.
bool CanCoerce(const Type& from, const Type& to, const SessionSettings& session);

/// Whether CAST(from AS to) is allowed at all.
bool CanCast(const Type& from, const Type& to, const SessionSettings& session);

}  // namespace owlet::plan
