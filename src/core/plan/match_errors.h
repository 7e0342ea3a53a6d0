#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/plan/functions.h"

// The words of both dialects for a call that fits no overload. `sqlExpr` is given empty and
// `inputSql` as an argument's index: the resolver prints them (functions.h).

namespace owlet::plan {

[[nodiscard]] std::unexpected<Error> UnknownFunction(std::string_view name,
                                                     const SessionSettings& session);
[[nodiscard]] std::unexpected<Error> WrongArgumentCount(std::string_view name, std::size_t actual,
                                                        std::vector<std::size_t> expected,
                                                        const SessionSettings& session,
                                                        bool at_least = false);
/// Spark's DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE; `required` with its quotes.
[[nodiscard]] std::unexpected<Error> UnexpectedInput(std::size_t index, std::string required,
                                                     const Type& actual);
/// Spark's DATATYPE_MISMATCH.DATA_DIFF_TYPES.
[[nodiscard]] std::unexpected<Error> DifferentTypes(std::string_view name,
                                                    std::span<const Argument> arguments);
/// CASE, IF, COALESCE, IN, ARRAY: `seen` are the types up to the one that does not fit.
[[nodiscard]] std::unexpected<Error> NoCommonType(std::string_view name, std::span<const Type> seen,
                                                  std::span<const Argument> arguments,
                                                  const SessionSettings& session);
[[nodiscard]] std::unexpected<Error> WrongCondition(std::string_view name, const Type& actual,
                                                    std::size_t index,
                                                    const SessionSettings& session);
/// A unary or binary operator; `inputs` are what it takes, for Spark's BINARY_OP_WRONG_TYPE.
[[nodiscard]] std::unexpected<Error> WrongOperands(std::string_view op,
                                                   std::span<const Argument> arguments,
                                                   std::string_view inputs,
                                                   const SessionSettings& session);
/// Trino's FUNCTION_NOT_FOUND for wrong parameters; `expected` are the overloads' texts.
[[nodiscard]] std::unexpected<Error> UnexpectedParameters(std::string_view name,
                                                          std::span<const Argument> arguments,
                                                          std::vector<std::string> expected);

}  // namespace owlet::plan
