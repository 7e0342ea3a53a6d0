#include <fmt/format.h>

#include <unordered_map>

#include "core/engine/functions/function_adapter.h"

// Maps made of entries, value by value, with Trino's rules for keys that come twice or are NULL;
// combinations of an array's elements.

namespace owlet::engine {

namespace {

using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::LogicalTypeId;
using duckdb::Value;

struct SameValue {
  bool operator()(const Value& a, const Value& b) const {
    return duckdb::ValueOperations::NotDistinctFrom(a, b);
  }
};
struct HashValue {
  std::size_t operator()(const Value& value) const { return value.Hash(); }
};

std::int64_t OriginOf(const duckdb::DataChunk& arguments, idx_t index) {
  if (index >= arguments.ColumnCount()) return -1;
  const Value value = arguments.data[index].GetValue(0);
  return value.IsNull() ? -1 : value.GetValue<std::int64_t>();
}

enum class Repeated : std::uint8_t {
  kFirstStays,  // map_agg
  kRaises,      // map_from_entries
  kGathers,     // multimap_from_entries, multimap_agg: an array of all
  kCounts,      // histogram: of plain elements
};

/// The keys in the order in which they come, each with its values.
class Entries {
 public:
  explicit Entries(Repeated repeated) : repeated_(repeated) {}

  void Add(Value key, Value value, std::int64_t origin) {
    const auto [at, added] = places_.try_emplace(key, keys_.size());
    if (added) {
      keys_.push_back(std::move(key));
      values_.emplace_back();
    } else if (repeated_ == Repeated::kRaises) {
      RaiseTrino("INVALID_FUNCTION_ARGUMENT",
                 fmt::format("Duplicate map keys ({}) are not allowed", key.ToString()), origin);
    } else if (repeated_ == Repeated::kFirstStays) {
      return;
    }
    values_[at->second].push_back(std::move(value));
  }

  Value Finish(const LogicalType& type) {
    const LogicalType& value_type = duckdb::MapType::ValueType(type);
    duckdb::vector<Value> values;
    for (auto& of_key : values_) {
      if (repeated_ == Repeated::kCounts) {
        values.push_back(Value::BIGINT(static_cast<std::int64_t>(of_key.size())));
      } else if (repeated_ == Repeated::kGathers) {
        values.push_back(
            Value::LIST(duckdb::ListType::GetChildType(value_type), std::move(of_key)));
      } else {
        values.push_back(std::move(of_key[0]));
      }
    }
    return Value::MAP(duckdb::MapType::KeyType(type), value_type, std::move(keys_),
                      std::move(values));
  }

 private:
  Repeated repeated_;
  std::unordered_map<Value, std::size_t, HashValue, SameValue> places_;
  duckdb::vector<Value> keys_;
  std::vector<duckdb::vector<Value>> values_;
};

/// (entries or elements[, origin]). With an origin a NULL entry or key is an error; an aggregate
/// passes none and leaves NULL keys out.
template <Repeated kRepeated>
void MakeMap(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const LogicalType& type = result.GetType();
  const bool strict = arguments.ColumnCount() > 1;
  for (idx_t row = 0; row < arguments.size(); ++row) {
    const Value list = arguments.data[0].GetValue(row);
    const auto& items =
        list.IsNull() ? duckdb::vector<Value>() : duckdb::ListValue::GetChildren(list);
    const std::int64_t origin = OriginOf(arguments, 1);
    Entries entries(kRepeated);
    for (const Value& item : items) {
      if (item.IsNull()) {
        if (!strict) continue;
        RaiseTrino("INVALID_FUNCTION_ARGUMENT", "map entry cannot be null", origin);
      }
      if (kRepeated == Repeated::kCounts) {
        entries.Add(item, item, origin);
        continue;
      }
      const auto& pair = duckdb::StructValue::GetChildren(item);
      if (pair[0].IsNull()) {
        if (!strict) continue;
        RaiseTrino("INVALID_FUNCTION_ARGUMENT", "map key cannot be null", origin);
      }
      entries.Add(pair[0], pair[1], origin);
    }
    result.SetValue(row, list.IsNull() ? Value(type) : entries.Finish(type));
  }
}

template <Repeated kRepeated>
duckdb::unique_ptr<duckdb::FunctionData> BindMap(
    duckdb::ClientContext&, duckdb::ScalarFunction& bound,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  for (auto& argument : arguments) {
    bound.arguments.push_back(LogicalType::NormalizeType(argument->return_type));
  }
  bound.varargs = LogicalType(LogicalTypeId::INVALID);
  const LogicalType& list = bound.arguments[0];
  const LogicalType item = list.id() == LogicalTypeId::LIST ? duckdb::ListType::GetChildType(list)
                                                            : LogicalType::INTEGER;
  if (kRepeated == Repeated::kCounts) {
    bound.SetReturnType(LogicalType::MAP(item, LogicalType::BIGINT));
  } else if (item.id() != LogicalTypeId::STRUCT) {
    bound.SetReturnType(LogicalType::MAP(LogicalType::INTEGER, LogicalType::INTEGER));
  } else {
    const LogicalType key = duckdb::StructType::GetChildType(item, 0);
    const LogicalType value = duckdb::StructType::GetChildType(item, 1);
    bound.SetReturnType(
        LogicalType::MAP(key, kRepeated == Repeated::kGathers ? LogicalType::LIST(value) : value));
  }
  return nullptr;
}

/// combinations(array, size, origin): all choices of so many elements, in order.
void Combinations(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  constexpr std::int64_t kMaximumSize = 5;
  constexpr std::size_t kMaximumChoices = 100000;
  const LogicalType& inner = duckdb::ListType::GetChildType(result.GetType());
  for (idx_t row = 0; row < arguments.size(); ++row) {
    const Value list = arguments.data[0].GetValue(row);
    const Value wanted = arguments.data[1].GetValue(row);
    if (list.IsNull() || wanted.IsNull()) {
      result.SetValue(row, Value(result.GetType()));
      continue;
    }
    const std::int64_t origin = OriginOf(arguments, 2);
    const auto size = wanted.GetValue<std::int64_t>();
    if (size < 0) {
      RaiseTrino("INVALID_FUNCTION_ARGUMENT",
                 fmt::format("combination size must not be negative: {}", size), origin);
    }
    if (size > kMaximumSize) {
      RaiseTrino("INVALID_FUNCTION_ARGUMENT",
                 fmt::format("combination size must not exceed {}: {}", kMaximumSize, size),
                 origin);
    }
    const auto& items = duckdb::ListValue::GetChildren(list);
    const auto count = static_cast<std::size_t>(size);
    duckdb::vector<Value> choices;
    std::vector<std::size_t> chosen(count);
    for (std::size_t i = 0; i < count; ++i) chosen[i] = i;
    for (bool more = count <= items.size(); more;) {
      if (choices.size() >= kMaximumChoices) {
        RaiseTrino("INVALID_FUNCTION_ARGUMENT", "combinations exceed max size", origin);
      }
      duckdb::vector<Value> choice;
      for (const std::size_t index : chosen) choice.push_back(items[index]);
      choices.push_back(Value::LIST(duckdb::ListType::GetChildType(inner), std::move(choice)));
      more = false;
      for (std::size_t i = count; i-- > 0;) {
        if (chosen[i] + count - i >= items.size()) continue;
        ++chosen[i];
        for (std::size_t k = i + 1; k < count; ++k) chosen[k] = chosen[k - 1] + 1;
        more = true;
        break;
      }
    }
    result.SetValue(row, Value::LIST(inner, std::move(choices)));
  }
}

duckdb::unique_ptr<duckdb::FunctionData> BindCombinations(
    duckdb::ClientContext&, duckdb::ScalarFunction& bound,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  for (auto& argument : arguments) {
    bound.arguments.push_back(LogicalType::NormalizeType(argument->return_type));
  }
  bound.varargs = LogicalType(LogicalTypeId::INVALID);
  bound.SetReturnType(LogicalType::LIST(bound.arguments[0]));
  return nullptr;
}

duckdb::ScalarFunction Special(const std::string& name, duckdb::scalar_function_t call,
                               duckdb::bind_scalar_function_t bind) {
  duckdb::ScalarFunction function(name, {}, LogicalType::ANY, std::move(call), bind);
  function.varargs = LogicalType::ANY;
  function.SetNullHandling(duckdb::FunctionNullHandling::SPECIAL_HANDLING);
  function.SetFallible();
  return function;
}

template <Repeated kRepeated>
duckdb::ScalarFunction MapFunction(const std::string& name) {
  return Special(name, MakeMap<kRepeated>, BindMap<kRepeated>);
}

}  // namespace

void AddMapFunctions(const AddScalar& add) {
  add("trino", MapFunction<Repeated::kFirstStays>("map_first"));
  add("trino", MapFunction<Repeated::kRaises>("map_unique"));
  add("trino", MapFunction<Repeated::kGathers>("map_gathering"));
  add("trino", MapFunction<Repeated::kCounts>("map_counting"));
  add("trino", Special("combinations", Combinations, BindCombinations));
}

}  // namespace owlet::engine
