#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "core/plan/resolver_binder.h"

// What Trino asks of a window before it looks at the rows: ORDER BY, frames, null treatment.

namespace owlet::plan {

namespace {

constexpr std::array<std::string_view, 8> kRankings = {
    "row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile", "lag", "lead"};
constexpr std::array<std::string_view, 5> kTreatsNulls = {"lead", "lag", "first_value",
                                                          "last_value", "nth_value"};

bool IsOneOf(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

bool HasOffset(const FrameEdge& edge) {
  return edge.bound == FrameBound::kPreceding || edge.bound == FrameBound::kFollowing;
}

/// Why these two ends make no frame; "" when they do.
std::string WrongEnds(const WindowFrame& frame) {
  const FrameBound start = frame.start.bound;
  const FrameBound end = frame.end.bound;
  if (start == FrameBound::kUnboundedFollowing) {
    return "Window frame start cannot be UNBOUNDED FOLLOWING";
  }
  if (end == FrameBound::kUnboundedPreceding) {
    return "Window frame end cannot be UNBOUNDED PRECEDING";
  }
  if (start == FrameBound::kCurrentRow && end == FrameBound::kPreceding) {
    return "Window frame starting from CURRENT ROW cannot end with PRECEDING";
  }
  if (start == FrameBound::kFollowing && end == FrameBound::kPreceding) {
    return "Window frame starting from FOLLOWING cannot end with PRECEDING";
  }
  if (start == FrameBound::kFollowing && end == FrameBound::kCurrentRow) {
    return "Window frame starting from FOLLOWING cannot end with CURRENT ROW";
  }
  return "";
}

bool IsMeasured(const Type& type) {
  switch (type.id()) {
    case TypeId::kDate:
    case TypeId::kTime:
    case TypeId::kTimeWithZone:
    case TypeId::kTimestamp:
    case TypeId::kTimestampWithZone:
    case TypeId::kIntervalDayTime:
    case TypeId::kIntervalYearMonth:
      return true;
    default:
      return type.IsNumeric();
  }
}

bool IsWhole(const Type& type) {
  return type.IsInteger() || (type.id() == TypeId::kDecimal && type.scale() == 0);
}

}  // namespace

Status Binder::CheckTrinoWindow(const FunctionCall& call, const WindowCall& window,
                                const ExpressionPtr& function) const {
  if (call.ignore_nulls && !IsOneOf(kTreatsNulls, call.name)) {
    return TrinoError(
        "NULL_TREATMENT_NOT_ALLOWED", function->origin,
        fmt::format("Cannot specify null treatment clause for {} function", call.name));
  }
  const bool ranking = IsOneOf(kRankings, call.name);
  if (ranking && window.frame) {
    return TrinoError("INVALID_WINDOW_FRAME", window.frame->origin,
                      fmt::format("Cannot specify window frame for {} function", call.name));
  }
  if ((call.name == "lag" || call.name == "lead") && window.order_by.empty()) {
    return TrinoError("MISSING_ORDER_BY", window.specification,
                      fmt::format("{} function requires an ORDER BY window clause", call.name));
  }
  if (!window.frame) return {};
  const WindowFrame& frame = *window.frame;
  if (const std::string wrong = WrongEnds(frame); !wrong.empty()) {
    return TrinoError("INVALID_WINDOW_FRAME", frame.origin, wrong);
  }
  if (!HasOffset(frame.start) && !HasOffset(frame.end)) return {};
  if (frame.unit == FrameUnit::kRows) return {};
  const char* unit = frame.unit == FrameUnit::kRange ? "RANGE" : "GROUPS";
  if (window.order_by.empty()) {
    return TrinoError(
        "MISSING_ORDER_BY", window.specification,
        fmt::format("Window frame of type {} PRECEDING or FOLLOWING requires ORDER BY", unit));
  }
  if (frame.unit == FrameUnit::kRange && window.order_by.size() > 1) {
    return TrinoError("INVALID_ORDER_BY", window.specification,
                      fmt::format("Window frame of type RANGE PRECEDING or FOLLOWING requires "
                                  "single sort item in ORDER BY (actual: {})",
                                  window.order_by.size()));
  }
  return {};
}

Status Binder::CheckTrinoFrame(const WindowCall& window, const BoundWindow& bound) const {
  if (!window.frame) return {};
  const SessionSettings& session = statement_.session();
  if (window.frame->unit == FrameUnit::kRange) {
    const bool offset = HasOffset(window.frame->start) || HasOffset(window.frame->end);
    if (!offset || bound.order_by.empty()) return {};
    const BoundPtr& key = bound.order_by[0].expression;
    if (IsMeasured(key->type)) return {};
    return TrinoError("TYPE_MISMATCH", window.order_by[0].expression->origin,
                      fmt::format("Window frame of type RANGE PRECEDING or FOLLOWING requires "
                                  "that sort item type be numeric, datetime or interval (actual: "
                                  "{})",
                                  TypeText(key->type, session)));
  }
  const char* unit = window.frame->unit == FrameUnit::kRows ? "ROWS" : "GROUPS";
  for (const auto& [edge, name] :
       {std::pair(&bound.start, "start"), std::pair(&bound.end, "end")}) {
    if (!edge->value || IsWhole(edge->value->type)) continue;
    return TrinoError("TYPE_MISMATCH", edge->value->origin,
                      fmt::format("Window frame {} {} value type must be exact numeric type with "
                                  "scale 0 (actual {})",
                                  unit, name, TypeText(edge->value->type, session)));
  }
  for (const BoundFrameEdge* edge : {&bound.start, &bound.end}) {
    const auto* literal = edge->value ? std::get_if<Literal>(&edge->value->node) : nullptr;
    const auto* number = literal ? std::get_if<std::int64_t>(&literal->value) : nullptr;
    if (number == nullptr || *number >= 0) continue;
    return Fail(Error{.reason = Reason::kExecutionError,
                      .message = "Window frame offset value must not be negative or null",
                      .condition = "INVALID_WINDOW_FRAME"});
  }
  return {};
}

}  // namespace owlet::plan
