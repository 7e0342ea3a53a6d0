#include <fmt/format.h>

#include "core/engine/functions/function_adapter.h"

// Functions over arrays, maps and rows of any type, value by value: Trino's three-valued
// comparison, Spark's map constructor.

namespace owlet::engine {

namespace {

using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::LogicalTypeId;
using duckdb::Value;

/// The parts of a nested value in order; of a map its entries.
const duckdb::vector<Value>& PartsOf(const Value& value) {
  switch (value.type().id()) {
    case LogicalTypeId::LIST:
      return duckdb::ListValue::GetChildren(value);
    case LogicalTypeId::MAP:
      return duckdb::MapValue::GetChildren(value);
    default:
      return duckdb::StructValue::GetChildren(value);
  }
}

bool IsNested(const Value& value) {
  const auto id = value.type().id();
  return id == LogicalTypeId::LIST || id == LogicalTypeId::STRUCT || id == LogicalTypeId::MAP;
}

/// Unknown when a NULL decides.
std::optional<bool> Equal(const Value& left, const Value& right);

std::optional<bool> EqualMaps(const Value& left, const Value& right) {
  const auto& a = PartsOf(left);
  const auto& b = PartsOf(right);
  if (a.size() != b.size()) return false;
  bool unknown = false;
  for (const Value& entry : a) {
    const auto& pair = duckdb::StructValue::GetChildren(entry);
    bool found = false;
    for (const Value& other : b) {
      const auto& other_pair = duckdb::StructValue::GetChildren(other);
      if (!Equal(pair[0], other_pair[0]).value_or(false)) continue;
      found = true;
      const auto same = Equal(pair[1], other_pair[1]);
      if (same == false) return false;
      unknown = unknown || !same;
    }
    if (!found) return false;
  }
  return unknown ? std::nullopt : std::optional(true);
}

std::optional<bool> Equal(const Value& left, const Value& right) {
  if (left.IsNull() || right.IsNull()) return std::nullopt;
  if (!IsNested(left)) return left == right;
  if (left.type().id() == LogicalTypeId::MAP) return EqualMaps(left, right);
  const auto& a = PartsOf(left);
  const auto& b = PartsOf(right);
  if (a.size() != b.size()) return false;
  bool unknown = false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto same = Equal(a[i], b[i]);
    if (same == false) return false;
    unknown = unknown || !same;
  }
  return unknown ? std::nullopt : std::optional(true);
}

/// -1, 0, 1: arrays and rows by their first different part.
int Compare(const Value& left, const Value& right, std::int64_t origin) {
  if (left.IsNull() || right.IsNull()) {
    RaiseTrino("NOT_SUPPORTED", "ARRAY comparison not supported for arrays with null elements",
               origin);
  }
  if (!IsNested(left)) return left < right ? -1 : left == right ? 0 : 1;
  const auto& a = PartsOf(left);
  const auto& b = PartsOf(right);
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (const int order = Compare(a[i], b[i], origin); order != 0) return order;
  }
  return a.size() < b.size() ? -1 : a.size() > b.size() ? 1 : 0;
}

std::int64_t OriginOf(const duckdb::DataChunk& arguments, idx_t index) {
  const Value value = arguments.data[index].GetValue(0);
  return value.IsNull() ? -1 : value.GetValue<std::int64_t>();
}

void TrinoEquals(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  for (idx_t row = 0; row < arguments.size(); ++row) {
    const auto same = Equal(arguments.data[0].GetValue(row), arguments.data[1].GetValue(row));
    result.SetValue(row, same ? Value::BOOLEAN(*same) : Value(LogicalType::BOOLEAN));
  }
}

void TrinoCompare(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  for (idx_t row = 0; row < arguments.size(); ++row) {
    const Value left = arguments.data[0].GetValue(row);
    const Value right = arguments.data[1].GetValue(row);
    if (left.IsNull() || right.IsNull()) {
      result.SetValue(row, Value(LogicalType::BOOLEAN));
      continue;
    }
    const int order = Compare(left, right, OriginOf(arguments, 3));
    const std::string op = arguments.data[2].GetValue(row).ToString();
    const bool holds = op == "<"    ? order < 0
                       : op == "<=" ? order <= 0
                       : op == ">"  ? order > 0
                                    : order >= 0;
    result.SetValue(row, Value::BOOLEAN(holds));
  }
}

duckdb::unique_ptr<duckdb::FunctionData> BindMap(
    duckdb::ClientContext&, duckdb::ScalarFunction& bound,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  for (auto& argument : arguments) {
    bound.arguments.push_back(LogicalType::NormalizeType(argument->return_type));
  }
  bound.varargs = LogicalType(LogicalTypeId::INVALID);
  bound.SetReturnType(arguments.size() < 2
                          ? LogicalType::MAP(LogicalType::INTEGER, LogicalType::INTEGER)
                          : LogicalType::MAP(bound.arguments[0], bound.arguments[1]));
  return nullptr;
}

void MakeMap(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto& type = result.GetType();
  const idx_t count = arguments.ColumnCount() == 0 ? 1 : arguments.size();
  for (idx_t row = 0; row < count; ++row) {
    duckdb::vector<Value> keys;
    duckdb::vector<Value> values;
    for (idx_t i = 0; i + 1 < arguments.ColumnCount(); i += 2) {
      Value key = arguments.data[i].GetValue(row);
      if (key.IsNull()) RaiseSpark("NULL_MAP_KEY", "Cannot use null as map key.", {}, -1);
      for (const Value& known : keys) {
        if (!(known == key)) continue;
        RaiseSpark(
            "DUPLICATED_MAP_KEY", fmt::format("Duplicate map key {} was found.", key.ToString()),
            {{"key", key.ToString()}, {"mapKeyDedupPolicy", "\"spark.sql.mapKeyDedupPolicy\""}},
            -1);
      }
      keys.push_back(std::move(key));
      values.push_back(arguments.data[i + 1].GetValue(row));
    }
    result.SetValue(row,
                    Value::MAP(duckdb::MapType::KeyType(type), duckdb::MapType::ValueType(type),
                               std::move(keys), std::move(values)));
  }
  if (arguments.ColumnCount() == 0) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
}

duckdb::ScalarFunction Special(duckdb::ScalarFunction function) {
  function.SetNullHandling(duckdb::FunctionNullHandling::SPECIAL_HANDLING);
  function.SetFallible();
  return function;
}

}  // namespace

void AddNestedFunctions(const AddScalar& add) {
  add("trino", Special({"equals",
                        {LogicalType::ANY, LogicalType::ANY, LogicalType::INTEGER},
                        LogicalType::BOOLEAN,
                        TrinoEquals}));
  add("trino",
      Special({"compare",
               {LogicalType::ANY, LogicalType::ANY, LogicalType::VARCHAR, LogicalType::INTEGER},
               LogicalType::BOOLEAN,
               TrinoCompare}));
  duckdb::ScalarFunction map("make_map", {}, LogicalType::ANY, MakeMap, BindMap);
  map.varargs = LogicalType::ANY;
  add("spark", Special(std::move(map)));
}

}  // namespace owlet::engine
