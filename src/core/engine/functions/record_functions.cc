#include <fmt/format.h>

#include <duckdb/execution/expression_executor.hpp>
#include <duckdb/planner/expression/bound_function_expression.hpp>
#include <numeric>

#include "core/engine/column_copy.h"
#include "core/engine/error_carrying.h"
#include "core/engine/functions/function_adapter.h"
#include "core/engine/functions/value_literal.h"
#include "core/engine/text_writer.h"
#include "core/plan/type_names.h"
#include "core/scan/csv_decoder.h"
#include "core/scan/json_decoder.h"

// Spark's from_json, from_csv, to_json and to_csv: records as the readers and writers of files know
// them, one a value. The plan's type comes as the JSON text of the function's second argument, for
// DuckDB's types do not say all of it.

namespace owlet::engine {

namespace {

using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::LogicalTypeId;

/// What all rows of a call share.
struct RecordData : public duckdb::FunctionData {
  plan::Type type;
  plan::Options options;
  std::string zone;
  std::int64_t origin = -1;

  [[nodiscard]] duckdb::unique_ptr<duckdb::FunctionData> Copy() const override {
    return duckdb::make_uniq<RecordData>(*this);
  }
  [[nodiscard]] bool Equals(const duckdb::FunctionData& other_in) const override {
    const auto& other = other_in.Cast<RecordData>();
    return type == other.type && options == other.options && zone == other.zone &&
           origin == other.origin;
  }
};

template <class T>
T Must(Result<T> result, std::int64_t origin) {
  if (!result) RaiseDialectError(std::move(result).error(), static_cast<int>(origin));
  return std::move(*result);
}

duckdb::Value Constant(duckdb::ClientContext& context, duckdb::Expression& expression) {
  if (!expression.IsFoldable()) {
    throw duckdb::BinderException("options must be constant");
  }
  return duckdb::ExpressionExecutor::EvaluateScalar(context, expression);
}

/// (value, type's JSON, zone, origin[, options]): what stands behind the value is read once.
/// `from`: the value is a text of the record, and the result of the type.
template <bool kFrom>
duckdb::unique_ptr<duckdb::FunctionData> BindRecord(
    duckdb::ClientContext& context, duckdb::ScalarFunction& bound,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  auto data = duckdb::make_uniq<RecordData>();
  // The typed NULL in place 4 gives DuckDB's type.
  data->origin = Constant(context, *arguments[3]).GetValue<std::int64_t>();
  const std::string json = Constant(context, *arguments[1]).ToString();
  data->type = Must(plan::ParseSparkTypeJson(json), data->origin);
  data->zone = Constant(context, *arguments[2]).ToString();
  if (arguments.size() > 5) {
    const duckdb::Value options = Constant(context, *arguments[5]);
    if (!options.IsNull()) {
      for (const auto& entry : duckdb::MapValue::GetChildren(options)) {
        const auto& pair = duckdb::StructValue::GetChildren(entry);
        if (!pair[1].IsNull()) data->options[pair[0].ToString()] = pair[1].ToString();
      }
    }
  }
  bound.SetReturnType(kFrom ? arguments[4]->return_type : LogicalType::VARCHAR);
  for (auto& argument : arguments) bound.arguments.push_back(argument->return_type);
  bound.varargs = LogicalType(LogicalTypeId::INVALID);
  return data;
}

const RecordData& DataOf(duckdb::ExpressionState& state) {
  return state.expr.Cast<duckdb::BoundFunctionExpression>().bind_info->Cast<RecordData>();
}

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

/// Decodes the texts of one chunk: a record gives the fields of a row, or is the one field of a
/// record around it.
class ChunkDecoder {
 public:
  ChunkDecoder(const plan::Schema& schema, std::unique_ptr<scan::RecordDecoder> decoder,
               std::int64_t origin)
      : batch_(schema), decoder_(std::move(decoder)), origin_(origin) {}

  /// False: the row is NULL as a whole.
  bool Add(std::string_view record) {
    const std::size_t before = batch_.rows;
    const Status done = decoder_->Decode(record, batch_);
    if (!done) RaiseDialectError(done.error(), static_cast<int>(origin_));
    if (batch_.rows == before) {
      AddNull();
      return false;
    }
    // Several records in one text: the first is the value.
    for (scan::ColumnData& column : batch_.columns) column.Truncate(before + 1);
    batch_.rows = before + 1;
    return true;
  }
  void AddNull() {
    for (scan::ColumnData& column : batch_.columns) column.AppendNull();
    ++batch_.rows;
  }
  [[nodiscard]] const scan::ColumnBatch& batch() const { return batch_; }

 private:
  scan::ColumnBatch batch_;
  std::unique_ptr<scan::RecordDecoder> decoder_;
  std::int64_t origin_;
};

/// Fills `result`, a struct, from the decoded columns.
void FillStruct(const ChunkDecoder& decoder, const std::vector<bool>& present,
                duckdb::Vector& result) {
  const auto& entries = duckdb::StructVector::GetEntries(result);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    CopyColumn(decoder.batch().columns[i], 0, present.size(), *entries[i], 0,
               decoder.batch().arena);
  }
  for (idx_t row = 0; row < present.size(); ++row) {
    if (!present[row]) duckdb::FlatVector::SetNull(result, row, true);
  }
}

template <class MakeDecoder>
void FromRecords(duckdb::DataChunk& arguments, const RecordData& data, duckdb::Vector& result,
                 const MakeDecoder& make) {
  const bool row_root = data.type.id() == plan::TypeId::kRow;
  const plan::Schema schema =
      row_root ? plan::Schema(data.type.fields()) : plan::Schema{{"value", data.type, true, ""}};
  ChunkDecoder decoder(schema, make(schema), data.origin);
  duckdb::UnifiedVectorFormat texts;
  arguments.data[0].ToUnifiedFormat(arguments.size(), texts);
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  std::vector<bool> present;
  for (idx_t row = 0; row < arguments.size(); ++row) {
    const idx_t at = texts.sel->get_index(row);
    std::string_view text;
    if (texts.validity.RowIsValid(at)) {
      const auto& value = reinterpret_cast<const duckdb::string_t*>(texts.data)[at];
      text = {value.GetData(), value.GetSize()};
    }
    if (IsBlank(text)) {
      decoder.AddNull();
      present.push_back(false);
    } else if (row_root) {
      present.push_back(decoder.Add(text));
    } else {
      present.push_back(decoder.Add(fmt::format("{{\"value\":{}}}", text)));
    }
  }
  if (row_root) {
    FillStruct(decoder, present, result);
  } else {
    CopyColumn(decoder.batch().columns[0], 0, present.size(), result, 0, decoder.batch().arena);
  }
  if (arguments.AllConstant()) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
}

void FromJson(duckdb::DataChunk& arguments, duckdb::ExpressionState& state,
              duckdb::Vector& result) {
  const RecordData& data = DataOf(state);
  auto options = std::make_shared<scan::JsonOptions>(
      Must(scan::JsonOptions::Parse(data.options, data.zone, "_corrupt_record"), data.origin));
  FromRecords(arguments, data, result, [&](const plan::Schema& schema) {
    return std::make_unique<scan::JsonDecoder>(schema, options);
  });
}

void FromCsv(duckdb::DataChunk& arguments, duckdb::ExpressionState& state, duckdb::Vector& result) {
  const RecordData& data = DataOf(state);
  auto options = std::make_shared<scan::CsvOptions>(
      Must(scan::CsvOptions::Parse(data.options, data.zone, "_corrupt_record"), data.origin));
  FromRecords(arguments, data, result, [&](const plan::Schema& schema) {
    std::vector<std::size_t> fields(schema.size());
    std::iota(fields.begin(), fields.end(), std::size_t{0});
    return std::make_unique<scan::CsvDecoder>(schema, std::move(fields), options);
  });
}

/// `format` is the writer's.
template <bool kJson>
void ToText(duckdb::DataChunk& arguments, duckdb::ExpressionState& state, duckdb::Vector& result) {
  const RecordData& data = DataOf(state);
  const bool row_root = data.type.id() == plan::TypeId::kRow;
  const plan::Schema schema =
      row_root ? plan::Schema(data.type.fields()) : plan::Schema{{"v", data.type, true, ""}};
  const TextWriter writer =
      Must(TextWriter::Make(kJson ? "json" : "csv", schema, data.options, data.zone), data.origin);
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  for (idx_t row = 0; row < arguments.size(); ++row) {
    const duckdb::Value value = arguments.data[0].GetValue(row);
    if (value.IsNull()) {
      duckdb::FlatVector::SetNull(result, row, true);
      continue;
    }
    plan::Literal literal = ToLiteral(value, data.type);
    std::string text;
    if (row_root) {
      writer.AppendRow(std::get<std::vector<plan::Literal>>(literal.value), text);
    } else {
      writer.AppendRow({std::move(literal)}, text);
    }
    if (text.ends_with('\n')) text.pop_back();
    std::string_view shown = text;
    if (!row_root) {  // what stands between {"v": and }
      constexpr std::size_t kHead = 5;
      shown = shown.substr(kHead, shown.size() - kHead - 1);
    }
    duckdb::FlatVector::GetData<duckdb::string_t>(result)[row] =
        duckdb::StringVector::AddString(result, shown.data(), shown.size());
  }
  if (arguments.AllConstant()) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
}

duckdb::ScalarFunction Record(const std::string& name, duckdb::scalar_function_t call,
                              duckdb::bind_scalar_function_t bind) {
  duckdb::ScalarFunction function(name, {}, LogicalType::ANY, std::move(call), bind);
  function.varargs = LogicalType::ANY;
  function.SetNullHandling(duckdb::FunctionNullHandling::SPECIAL_HANDLING);
  function.SetFallible();
  return function;
}

}  // namespace

void AddRecordFunctions(const AddScalar& add) {
  add("spark", Record("from_json", FromJson, BindRecord<true>));
  add("spark", Record("from_csv", FromCsv, BindRecord<true>));
  add("spark", Record("to_json", ToText<true>, BindRecord<false>));
  add("spark", Record("to_csv", ToText<false>, BindRecord<false>));
}

}  // namespace owlet::engine
