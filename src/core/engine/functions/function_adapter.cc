#include "core/engine/functions/function_adapter.h"

#include <cstdlib>

#include "base/check.h"

namespace owlet::engine {

namespace {

using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::LogicalTypeId;
using duckdb::PhysicalType;

Int128 FromHuge(duckdb::hugeint_t value) {
  return (static_cast<Int128>(value.upper) << 64) | static_cast<Int128>(value.lower);
}

duckdb::hugeint_t ToHuge(Int128 value) {
  duckdb::hugeint_t huge;
  huge.upper = static_cast<std::int64_t>(value >> 64);
  huge.lower = static_cast<std::uint64_t>(value);
  return huge;
}

int WidthOf(const LogicalType& type) {
  return static_cast<int>(duckdb::GetTypeIdSize(type.InternalType()));
}

class VectorCells final : public Cells {
 public:
  VectorCells(duckdb::DataChunk& arguments, duckdb::Vector& result)
      : arguments_(arguments), result_(result), formats_(arguments.ColumnCount()) {
    for (idx_t i = 0; i < arguments.ColumnCount(); ++i) {
      arguments.data[i].ToUnifiedFormat(arguments.size(), formats_[i]);
    }
  }

  void MoveTo(idx_t row) { row_ = row; }

  [[nodiscard]] std::size_t size() const override { return formats_.size(); }
  [[nodiscard]] bool IsNull(std::size_t index) const override {
    return !formats_[index].validity.RowIsValid(At(index));
  }
  [[nodiscard]] bool Boolean(std::size_t index) const override { return Get<bool>(index); }
  [[nodiscard]] std::int64_t Integer(std::size_t index) const override {
    switch (TypeOf(index).InternalType()) {
      case PhysicalType::BOOL:
        return Get<bool>(index) ? 1 : 0;
      case PhysicalType::INT8:
        return Get<std::int8_t>(index);
      case PhysicalType::INT16:
        return Get<std::int16_t>(index);
      case PhysicalType::INT32:
        return Get<std::int32_t>(index);
      case PhysicalType::INT128:
        return static_cast<std::int64_t>(FromHuge(Get<duckdb::hugeint_t>(index)));
      default:
        return Get<std::int64_t>(index);
    }
  }
  [[nodiscard]] double Double(std::size_t index) const override {
    return IsReal(index) ? static_cast<double>(Get<float>(index)) : Get<double>(index);
  }
  [[nodiscard]] bool IsReal(std::size_t index) const override {
    return TypeOf(index).InternalType() == PhysicalType::FLOAT;
  }
  [[nodiscard]] std::string_view Text(std::size_t index) const override {
    const auto& text = reinterpret_cast<const duckdb::string_t*>(formats_[index].data)[At(index)];
    return {text.GetData(), text.GetSize()};
  }
  [[nodiscard]] Int128 Unscaled(std::size_t index) const override {
    if (TypeOf(index).InternalType() == PhysicalType::INT128) {
      return FromHuge(Get<duckdb::hugeint_t>(index));
    }
    return Integer(index);
  }
  [[nodiscard]] plan::Interval Interval(std::size_t index) const override {
    const auto value = Get<duckdb::interval_t>(index);
    return {value.months, value.days, value.micros};
  }
  [[nodiscard]] int Precision(std::size_t index) const override {
    const auto& type = TypeOf(index);
    if (type.id() == LogicalTypeId::DECIMAL) return duckdb::DecimalType::GetWidth(type);
    constexpr int kDigits[] = {0, 3, 5, 0, 10, 0, 0, 0, 19};
    return kDigits[WidthOf(type)];
  }
  [[nodiscard]] int Scale(std::size_t index) const override {
    const auto& type = TypeOf(index);
    return type.id() == LogicalTypeId::DECIMAL ? duckdb::DecimalType::GetScale(type) : 0;
  }
  [[nodiscard]] int IntegerWidth(std::size_t index) const override {
    return WidthOf(TypeOf(index));
  }
  [[nodiscard]] std::vector<std::optional<std::string>> Texts(std::size_t index) const override {
    const auto list = Get<duckdb::list_entry_t>(index);
    auto& child = duckdb::ListVector::GetEntry(arguments_.data[index]);
    duckdb::UnifiedVectorFormat format;
    child.ToUnifiedFormat(duckdb::ListVector::GetListSize(arguments_.data[index]), format);
    std::vector<std::optional<std::string>> texts;
    for (idx_t i = list.offset; i < list.offset + list.length; ++i) {
      const auto at = format.sel->get_index(i);
      if (!format.validity.RowIsValid(at)) {
        texts.emplace_back();
        continue;
      }
      const auto& text = reinterpret_cast<const duckdb::string_t*>(format.data)[at];
      texts.emplace_back(text.GetString());
    }
    return texts;
  }
  [[nodiscard]] std::vector<std::optional<double>> Doubles(std::size_t index) const override {
    const auto list = Get<duckdb::list_entry_t>(index);
    auto& child = duckdb::ListVector::GetEntry(arguments_.data[index]);
    duckdb::UnifiedVectorFormat format;
    child.ToUnifiedFormat(duckdb::ListVector::GetListSize(arguments_.data[index]), format);
    std::vector<std::optional<double>> numbers;
    for (idx_t i = list.offset; i < list.offset + list.length; ++i) {
      const auto at = format.sel->get_index(i);
      numbers.emplace_back();
      if (format.validity.RowIsValid(at)) {
        numbers.back() = reinterpret_cast<const double*>(format.data)[at];
      }
    }
    return numbers;
  }
  [[nodiscard]] std::string Printed(std::size_t index) const override {
    return arguments_.data[index].GetValue(row_).ToString();
  }
  [[nodiscard]] char Family(std::size_t index) const override {
    switch (TypeOf(index).id()) {
      case LogicalTypeId::BOOLEAN:
        return 'b';
      case LogicalTypeId::TINYINT:
      case LogicalTypeId::SMALLINT:
      case LogicalTypeId::INTEGER:
      case LogicalTypeId::BIGINT:
        return 'i';
      case LogicalTypeId::FLOAT:
      case LogicalTypeId::DOUBLE:
        return 'f';
      case LogicalTypeId::DECIMAL:
        return 'n';
      case LogicalTypeId::VARCHAR:
        return 't';
      case LogicalTypeId::BLOB:
        return 'x';
      case LogicalTypeId::DATE:
        return 'd';
      case LogicalTypeId::TIMESTAMP:
        return 's';
      default:
        return 'o';
    }
  }

  [[nodiscard]] int ResultPrecision() const override {
    const auto& type = result_.GetType();
    return type.id() == LogicalTypeId::DECIMAL ? duckdb::DecimalType::GetWidth(type) : 19;
  }
  [[nodiscard]] int ResultScale() const override {
    const auto& type = result_.GetType();
    return type.id() == LogicalTypeId::DECIMAL ? duckdb::DecimalType::GetScale(type) : 0;
  }
  [[nodiscard]] int ResultWidth() const override { return WidthOf(result_.GetType()); }

  void SetNull() override { duckdb::FlatVector::SetNull(result_, row_, true); }
  void SetBoolean(bool value) override { Put(value); }
  void SetInteger(std::int64_t value) override { SetUnscaled(value); }
  void SetDouble(double value) override {
    if (result_.GetType().InternalType() == PhysicalType::FLOAT) {
      Put(static_cast<float>(value));
    } else {
      Put(value);
    }
  }
  void SetText(std::string_view value) override {
    Put(duckdb::StringVector::AddStringOrBlob(result_, value.data(), value.size()));
  }
  void SetUnscaled(Int128 value) override {
    switch (result_.GetType().InternalType()) {
      case PhysicalType::INT8:
        return Put(static_cast<std::int8_t>(value));
      case PhysicalType::INT16:
        return Put(static_cast<std::int16_t>(value));
      case PhysicalType::INT32:
        return Put(static_cast<std::int32_t>(value));
      case PhysicalType::INT128:
        return Put(ToHuge(value));
      default:
        return Put(static_cast<std::int64_t>(value));
    }
  }
  void SetTexts(std::span<const std::optional<std::string>> values) override {
    Append(values.size(), [&](duckdb::Vector& child, idx_t at, std::size_t i) {
      if (!values[i]) {
        duckdb::FlatVector::SetNull(child, at, true);
        return;
      }
      duckdb::FlatVector::GetData<duckdb::string_t>(child)[at] =
          duckdb::StringVector::AddStringOrBlob(child, values[i]->data(), values[i]->size());
    });
  }
  void SetIntegers(std::span<const std::int64_t> values) override {
    Append(values.size(), [&](duckdb::Vector& child, idx_t at, std::size_t i) {
      duckdb::FlatVector::GetData<std::int64_t>(child)[at] = values[i];
    });
  }
  void SetDoubles(std::span<const double> values) override {
    Append(values.size(), [&](duckdb::Vector& child, idx_t at, std::size_t i) {
      duckdb::FlatVector::GetData<double>(child)[at] = values[i];
    });
  }
  void SetTextLists(std::span<const std::vector<std::optional<std::string>>> values) override {
    duckdb::vector<duckdb::Value> lists;
    for (const auto& texts : values) {
      duckdb::vector<duckdb::Value> list;
      for (const auto& text : texts) {
        list.push_back(text ? duckdb::Value(*text) : duckdb::Value(LogicalType::VARCHAR));
      }
      lists.push_back(duckdb::Value::LIST(LogicalType::VARCHAR, std::move(list)));
    }
    result_.SetValue(
        row_, duckdb::Value::LIST(LogicalType::LIST(LogicalType::VARCHAR), std::move(lists)));
  }
  void SetTextMap(
      std::span<const std::pair<std::string, std::optional<std::string>>> values) override {
    Append(values.size(), [&](duckdb::Vector& child, idx_t at, std::size_t i) {
      auto& keys = *duckdb::StructVector::GetEntries(child)[0];
      auto& items = *duckdb::StructVector::GetEntries(child)[1];
      duckdb::FlatVector::GetData<duckdb::string_t>(keys)[at] =
          duckdb::StringVector::AddString(keys, values[i].first.data(), values[i].first.size());
      if (!values[i].second) {
        duckdb::FlatVector::SetNull(items, at, true);
        return;
      }
      duckdb::FlatVector::GetData<duckdb::string_t>(items)[at] = duckdb::StringVector::AddString(
          items, values[i].second->data(), values[i].second->size());
    });
  }

 private:
  [[nodiscard]] const LogicalType& TypeOf(std::size_t index) const {
    return arguments_.data[index].GetType();
  }
  [[nodiscard]] idx_t At(std::size_t index) const { return formats_[index].sel->get_index(row_); }
  template <class T>
  [[nodiscard]] T Get(std::size_t index) const {
    return reinterpret_cast<const T*>(formats_[index].data)[At(index)];
  }
  template <class T>
  void Put(T value) {
    duckdb::FlatVector::GetData<T>(result_)[row_] = value;
  }
  template <class Fill>
  void Append(std::size_t count, Fill fill) {
    const idx_t offset = duckdb::ListVector::GetListSize(result_);
    duckdb::ListVector::Reserve(result_, offset + count);
    auto& child = duckdb::ListVector::GetEntry(result_);
    for (std::size_t i = 0; i < count; ++i) fill(child, offset + i, i);
    duckdb::ListVector::SetListSize(result_, offset + count);
    Put(duckdb::list_entry_t{offset, count});
  }

  duckdb::DataChunk& arguments_;
  duckdb::Vector& result_;
  std::vector<duckdb::UnifiedVectorFormat> formats_;
  idx_t row_ = 0;
};

/// What the function's table row says, kept where DuckDB's bind finds it.
struct FunctionInfo : public duckdb::ScalarFunctionInfo {
  explicit FunctionInfo(CellFunction function_in) : function(std::move(function_in)) {}
  CellFunction function;
};

LogicalType ResultType(duckdb::ClientContext& context, const CellFunction& function,
                       const duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  if (function.result == "$result") {
    return arguments[static_cast<std::size_t>(function.typed_null)]->return_type;
  }
  if (function.result.starts_with("$")) {
    return arguments[static_cast<std::size_t>(function.result[1] - '1')]->return_type;
  }
  return duckdb::TransformStringToLogicalType(std::string(function.result), context);
}

duckdb::unique_ptr<duckdb::FunctionData> BindCells(
    duckdb::ClientContext& context, duckdb::ScalarFunction& bound,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  const auto& info = bound.GetExtraFunctionInfo().Cast<FunctionInfo>();
  bound.SetReturnType(ResultType(context, info.function, arguments));
  for (auto& argument : arguments) {
    bound.arguments.push_back(LogicalType::NormalizeType(argument->return_type));
  }
  bound.varargs = LogicalType(LogicalTypeId::INVALID);
  return nullptr;
}

void CallCells(const CellFunction& function, duckdb::DataChunk& arguments, duckdb::Vector& result) {
  const bool constant = arguments.AllConstant();
  const idx_t count = constant ? 1 : arguments.size();
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  VectorCells cells(arguments, result);
  for (idx_t row = 0; row < count; ++row) {
    cells.MoveTo(row);
    bool null = false;
    if (!function.calls_on_null) {
      for (std::size_t i = 0; i < cells.size() && !null; ++i) {
        null = static_cast<int>(i) != function.typed_null && cells.IsNull(i);
      }
    }
    if (null) {
      cells.SetNull();
    } else {
      function.call(cells);
    }
  }
  if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
}

}  // namespace

duckdb::ScalarFunction AdaptFunction(const std::string& name, const CellFunction& function) {
  auto call = [function](duckdb::DataChunk& arguments, duckdb::ExpressionState&,
                         duckdb::Vector& result) { CallCells(function, arguments, result); };
  duckdb::ScalarFunction adapted(name, {}, LogicalType::ANY, std::move(call), BindCells);
  adapted.varargs = LogicalType::ANY;
  adapted.SetNullHandling(duckdb::FunctionNullHandling::SPECIAL_HANDLING);
  adapted.SetFallible();
  adapted.SetExtraFunctionInfo(duckdb::make_shared_ptr<FunctionInfo>(function));
  return adapted;
}

}  // namespace owlet::engine
