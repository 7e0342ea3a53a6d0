#include "core/engine/local_scan.h"

#include <fmt/format.h>
#include <nanoarrow/nanoarrow.h>

#include <duckdb.hpp>
#include <duckdb/catalog/catalog.hpp>
#include <duckdb/parser/parsed_data/create_table_function_info.hpp>

#include "core/engine/arrow_ipc.h"
#include "core/engine/arrow_reader.h"
#include "core/engine/duckdb_types.h"
#include "core/engine/error_carrying.h"
#include "core/engine/statement_state.h"

namespace owlet::engine {

using duckdb::idx_t;

namespace {

struct LocalBindData final : duckdb::TableFunctionData {
  IpcStream stream;
  plan::Schema schema;
};

struct LocalScanState final : duckdb::GlobalTableFunctionState {
  explicit LocalScanState(const ArrowSchema* schema) {
    if (ArrowArrayViewInitFromSchema(&view, schema, nullptr) != NANOARROW_OK) {
      throw duckdb::InternalException("an Arrow schema was checked but does not read");
    }
  }
  ~LocalScanState() override { ArrowArrayViewReset(&view); }

  ArrowArrayView view;
  std::size_t batch = 0;
  bool batch_open = false;
  std::int64_t row = 0;
  duckdb::vector<duckdb::column_t> columns;
};

duckdb::unique_ptr<duckdb::FunctionData> BindLocal(duckdb::ClientContext& context,
                                                   duckdb::TableFunctionBindInput& input,
                                                   duckdb::vector<duckdb::LogicalType>& types,
                                                   duckdb::vector<duckdb::string>& names) {
  const auto leaf = input.inputs[0].GetValue<std::int64_t>();
  const LocalLeaf& local = *StatementState::Of(context).locals().at(static_cast<std::size_t>(leaf));
  auto bound = duckdb::make_uniq<LocalBindData>();
  auto stream = DecodeIpc(*local.arrow_ipc);
  if (!stream) RaiseDialectError(std::move(stream).error());
  bound->stream = *std::move(stream);
  bound->schema = local.schema;
  for (std::size_t i = 0; i < bound->schema.size(); ++i) {
    types.push_back(ToLogicalType(bound->schema[i].type));
    names.push_back(fmt::format("f{}", i));
  }
  if (types.empty()) {  // rows without columns still count
    types.push_back(duckdb::LogicalType::BOOLEAN);
    names.emplace_back("f0");
  }
  return bound;
}

duckdb::unique_ptr<duckdb::GlobalTableFunctionState> InitLocal(
    duckdb::ClientContext&, duckdb::TableFunctionInitInput& input) {
  const auto& bound = input.bind_data->Cast<LocalBindData>();
  auto state = duckdb::make_uniq<LocalScanState>(bound.stream.schema.get());
  state->columns = input.column_ids;
  return state;
}

void ScanLocal(duckdb::ClientContext& context, duckdb::TableFunctionInput& input,
               duckdb::DataChunk& output) {
  const auto& bound = input.bind_data->Cast<LocalBindData>();
  auto& state = input.global_state->Cast<LocalScanState>();
  for (; state.batch < bound.stream.batches.size(); ++state.batch, state.batch_open = false) {
    const ArrowArray& array = *bound.stream.batches[state.batch];
    if (!state.batch_open) {
      ArrowError error{};
      if (ArrowArrayViewSetArray(&state.view, &array, &error) != NANOARROW_OK) {
        RaiseDialectError({Reason::kInvalidArgument, error.message});
      }
      state.batch_open = true;
      state.row = 0;
    }
    if (state.row == array.length) continue;
    const auto count = std::min<std::int64_t>(STANDARD_VECTOR_SIZE, array.length - state.row);
    for (std::size_t i = 0; i < state.columns.size(); ++i) {
      const duckdb::column_t column = state.columns[i];
      if (column >= bound.schema.size()) continue;  // the row id: nobody looks at it
      CopyArrow({state.view.children[column], bound.stream.schema->children[column], state.row,
                 static_cast<idx_t>(count)},
                bound.schema[column].type, output.data[i], 0);
    }
    output.SetCardinality(static_cast<idx_t>(count));
    StatementState::Of(context).CountRows(static_cast<std::uint64_t>(count));
    state.row += count;
    return;
  }
}

}  // namespace

void RegisterLocalScan(duckdb::ClientContext& context) {
  duckdb::TableFunction function("owlet_local", {duckdb::LogicalType::BIGINT}, ScanLocal, BindLocal,
                                 InitLocal);
  function.projection_pushdown = true;
  duckdb::CreateTableFunctionInfo info(function);
  duckdb::Catalog::GetSystemCatalog(context).CreateTableFunction(context, info);
}

}  // namespace owlet::engine
