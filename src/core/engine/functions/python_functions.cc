#include "core/plan/python_functions.h"

#include <fmt/format.h>

#include <duckdb/execution/expression_executor.hpp>
#include <duckdb/execution/expression_executor_state.hpp>
#include <duckdb/planner/expression/bound_function_expression.hpp>
#include <nlohmann/json.hpp>

#include "core/engine/arrow_builder.h"
#include "core/engine/arrow_ipc.h"
#include "core/engine/arrow_reader.h"
#include "core/engine/duckdb_types.h"
#include "core/engine/error_carrying.h"
#include "core/engine/functions/function_adapter.h"
#include "core/engine/python_call.h"
#include "core/engine/statement_state.h"
#include "core/plan/type_names.h"
#include "core/python/function_workers.h"

// spark.python_call(number, arguments...): a user's Python function over a batch of rows, computed
// by a worker process that each thread of the statement has for itself.

namespace owlet::engine {

namespace {

using duckdb::idx_t;

struct PythonBindData final : duckdb::FunctionData {
  explicit PythonBindData(std::size_t number_in) : number(number_in) {}
  [[nodiscard]] duckdb::unique_ptr<duckdb::FunctionData> Copy() const override {
    return duckdb::make_uniq<PythonBindData>(number);
  }
  [[nodiscard]] bool Equals(const duckdb::FunctionData& other) const override {
    return number == other.Cast<PythonBindData>().number;
  }
  std::size_t number;
};

template <class T>
T Raising(Result<T> result) {
  if (!result) RaiseDialectError(std::move(result).error());
  return *std::move(result);
}

/// What a thread of the statement calls the function through. The worker goes back to the others
/// when the thread is done.
class PythonState final : public duckdb::FunctionLocalState {
 public:
  ~PythonState() override {
    if (!worker_) return;
    worker_->Forget(number_);
    workers_->GiveBack(std::move(worker_));
  }

  void Call(duckdb::ClientContext& context, std::size_t number, duckdb::DataChunk& arguments,
            duckdb::Vector& result) {
    if (!worker_) Start(context, number);
    const python::FunctionWorker::Cancelled cancelled = [&context, this] {
      return context.IsInterrupted() || statement_->context().stop.stop_requested();
    };
    ArrowBuilder builder(schema_, arrow_schema_);
    if (call_->inputs.empty()) {  // the rows of a function without arguments still count
      duckdb::DataChunk rows;
      rows.Initialize(duckdb::Allocator::DefaultAllocator(), {duckdb::LogicalType::BOOLEAN});
      rows.data[0].SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
      duckdb::ConstantVector::SetNull(rows.data[0], true);
      rows.SetCardinality(arguments.size());
      builder.Append(rows);
    } else {
      builder.Append(arguments);
    }
    const std::string sent = Raising(encoder_->Encode(builder.Finish()));
    const std::string received = Worded(worker_->Call(number_, sent, cancelled));
    Read(Raising(DecodeIpc(received)), arguments.size(), result);
  }

 private:
  void Start(duckdb::ClientContext& context, std::size_t number) {
    statement_ = &StatementState::Of(context);
    call_ = &statement_->pythons().at(number);
    workers_ = statement_->python_workers();
    if (!workers_) {
      RaiseDialectError({.reason = Reason::kNotImplemented,
                         .message = "Python functions of the user: no Python is configured"});
    }
    for (std::size_t i = 0; i < call_->inputs.size(); ++i) {
      schema_.push_back({fmt::format("_{}", i), call_->inputs[i], true, ""});
    }
    if (schema_.empty()) schema_.push_back({"_0", plan::Type(plan::TypeId::kBoolean), true, ""});
    arrow_schema_ = Raising(ToArrowSchema(schema_, "UTC"));
    encoder_ = Raising(IpcEncoder::Make(schema_, "UTC"));
    worker_ = Raising(workers_->Take());
    const python::FunctionWorker::Cancelled cancelled = [&context] {
      return context.IsInterrupted();
    };
    number_ = Worded(worker_->Load(
        {.description = DescribePythonCall(*call_, statement_->context().session.time_zone),
         .command = call_->function->command},
        cancelled));
  }

  /// Spark's words for what the user's Python raised.
  template <class T>
  static T Worded(Result<T> result) {
    if (!result && result.error().reason == Reason::kPythonError) {
      Error error = std::move(result).error();
      error.message = fmt::format(
          "[PYTHON_EXCEPTION] An exception was thrown from the Python worker: {} SQLSTATE: 38000",
          error.message);
      RaiseDialectError(std::move(error));
    }
    return Raising(std::move(result));
  }

  void Read(const IpcStream& stream, idx_t num_rows, duckdb::Vector& result) const {
    const bool one_column = stream.schema->n_children == 1 && stream.batches.size() == 1 &&
                            stream.batches[0]->length == static_cast<std::int64_t>(num_rows);
    if (!one_column) {
      RaiseDialectError({.reason = Reason::kInternal,
                         .message = "the Python worker gave another number of rows"});
    }
    ArrowArrayView view;
    if (ArrowArrayViewInitFromSchema(&view, stream.schema.get(), nullptr) != NANOARROW_OK) {
      RaiseDialectError(
          {.reason = Reason::kInternal, .message = "the Python worker's schema does not read"});
    }
    const std::unique_ptr<ArrowArrayView, void (*)(ArrowArrayView*)> owned(&view,
                                                                           ArrowArrayViewReset);
    ArrowError error{};
    if (ArrowArrayViewSetArray(&view, stream.batches[0].get(), &error) != NANOARROW_OK) {
      RaiseDialectError({.reason = Reason::kInternal, .message = error.message});
    }
    result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
    CopyArrow({view.children[0], stream.schema->children[0], 0, num_rows}, call_->result, result,
              0);
  }

  StatementState* statement_ = nullptr;  // lives as long as its connection, thus longer
  const PythonCall* call_ = nullptr;
  plan::Schema schema_;
  ArrowSchemaPtr arrow_schema_;
  std::optional<IpcEncoder> encoder_;
  std::shared_ptr<python::FunctionWorkers> workers_;
  std::unique_ptr<python::FunctionWorker> worker_;
  std::uint32_t number_ = 0;
};

duckdb::unique_ptr<duckdb::FunctionData> BindPython(
    duckdb::ClientContext& context, duckdb::ScalarFunction& bound,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  const auto number =
      static_cast<std::size_t>(duckdb::ExpressionExecutor::EvaluateScalar(context, *arguments.at(0))
                                   .GetValue<std::int64_t>());
  const PythonCall& call = StatementState::Of(context).pythons().at(number);
  bound.arguments = {duckdb::LogicalType::BIGINT};
  for (const plan::Type& input : call.inputs) bound.arguments.push_back(ToLogicalType(input));
  bound.varargs = duckdb::LogicalType(duckdb::LogicalTypeId::INVALID);
  bound.SetReturnType(ToLogicalType(call.result));
  duckdb::Function::EraseArgument(bound, arguments, 0);
  return duckdb::make_uniq<PythonBindData>(number);
}

void CallPython(duckdb::DataChunk& arguments, duckdb::ExpressionState& state,
                duckdb::Vector& result) {
  const auto& function = state.expr.Cast<duckdb::BoundFunctionExpression>();
  auto& local = duckdb::ExecuteFunctionState::GetFunctionState(state)->Cast<PythonState>();
  local.Call(state.GetContext(), function.bind_info->Cast<PythonBindData>().number, arguments,
             result);
}

}  // namespace

std::string DescribePythonCall(const PythonCall& call, const std::string& time_zone) {
  nlohmann::json inputs = nlohmann::json::array();
  if (plan::IsAggregate(*call.function)) {
    for (const plan::Field& field : call.inputs.at(0).element().fields()) {
      inputs.push_back(plan::SparkTypeJson(field.type));
    }
  } else {
    for (const plan::Type& input : call.inputs) inputs.push_back(plan::SparkTypeJson(input));
  }
  std::vector<std::string> names = call.function->argument_names;
  names.resize(inputs.size());
  return nlohmann::json{{"kind", call.function->eval_type},
                        {"result", plan::SparkTypeJson(call.result)},
                        {"inputs", std::move(inputs)},
                        {"names", std::move(names)},
                        {"zone", time_zone}}
      .dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

void AddPythonFunctions(const AddScalar& add) {
  duckdb::ScalarFunction function("python_call", {}, duckdb::LogicalType::ANY, CallPython,
                                  BindPython);
  function.varargs = duckdb::LogicalType::ANY;
  function.SetNullHandling(duckdb::FunctionNullHandling::SPECIAL_HANDLING);
  function.SetFallible();
  // Once for each row that reaches it, as in Spark: never folded, doubled or moved.
  function.SetVolatile();
  function.SetInitStateCallback(
      [](duckdb::ExpressionState&, const duckdb::BoundFunctionExpression&,
         duckdb::FunctionData*) -> duckdb::unique_ptr<duckdb::FunctionLocalState> {
        return duckdb::make_uniq<PythonState>();
      });
  add("spark", std::move(function));
}

}  // namespace owlet::engine
