#include "core/engine/text_scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <duckdb.hpp>
#include <duckdb/catalog/catalog.hpp>
#include <duckdb/parser/parsed_data/create_table_function_info.hpp>
#include <duckdb/planner/table_filter_state.hpp>
#include <duckdb/storage/table/column_segment.hpp>

#include "core/engine/column_copy.h"
#include "core/engine/duckdb_types.h"
#include "core/engine/error_carrying.h"
#include "core/engine/leaf_values.h"
#include "core/engine/scan_filter.h"
#include "core/engine/statement_state.h"
#include "core/engine/store_input.h"
#include "core/engine/text_formats.h"

namespace owlet::engine {

using duckdb::idx_t;

namespace {

struct TextBindData final : duckdb::TableFunctionData {
  explicit TextBindData(const ScanLeaf& scan_leaf) : leaf(scan_leaf) {}
  const ScanLeaf& leaf;
};

struct TextScanState final : duckdb::GlobalTableFunctionState {
  explicit TextScanState(scan::TextScan scan) : scanner(std::move(scan)) {}
  idx_t MaxThreads() const override { return scanner.most_threads(); }

  scan::TextScanner scanner;
  // By column that the statement reads: one of the scan, a partition column behind them, or
  // neither.
  struct Output {
    std::optional<std::size_t> column;
    std::optional<std::size_t> partition;
  };
  std::vector<Output> outputs;
  duckdb::vector<duckdb::LogicalType> types;
  duckdb::optional_ptr<duckdb::TableFilterSet> filters;
  std::vector<idx_t> projected;  // those of the outputs that are given out; empty: all of them
};

struct TextThreadState final : duckdb::LocalTableFunctionState {
  TextThreadState(duckdb::ClientContext& context, TextScanState& state)
      : cursor(state.scanner), batch(state.scanner.scan().columns) {
    if (!state.projected.empty()) read.Initialize(context, state.types);
    if (!state.filters) return;
    for (const auto& [column, filter] : state.filters->filters) {
      filters.push_back(
          {column, filter.get(), duckdb::TableFilterState::Initialize(context, *filter)});
    }
  }

  struct Filter {
    idx_t column;
    const duckdb::TableFilter* filter;
    duckdb::unique_ptr<duckdb::TableFilterState> state;
  };

  scan::TextScanner::Cursor cursor;
  scan::ColumnBatch batch;
  std::size_t given = 0;  // rows of the batch that were given out
  std::vector<Filter> filters;
  duckdb::DataChunk read;  // with the columns that only filters need
};

duckdb::unique_ptr<duckdb::FunctionData> BindText(duckdb::ClientContext& context,
                                                  duckdb::TableFunctionBindInput& input,
                                                  duckdb::vector<duckdb::LogicalType>& types,
                                                  duckdb::vector<duckdb::string>& names) {
  const auto number = input.inputs[0].GetValue<std::int64_t>();
  const ScanLeaf& leaf = *StatementState::Of(context).scans().at(static_cast<std::size_t>(number));
  const auto add = [&](const plan::Field& field) {
    names.push_back(fmt::format("f{}", names.size()));
    types.push_back(ToLogicalType(field.type));
  };
  for (const plan::Field& field : leaf.source->file_schema) add(field);
  for (const plan::Field& field : leaf.source->partition_schema) add(field);
  if (types.empty()) {
    names.emplace_back("f0");
    types.push_back(duckdb::LogicalType::BOOLEAN);
  }
  return duckdb::make_uniq<TextBindData>(leaf);
}

duckdb::unique_ptr<duckdb::GlobalTableFunctionState> InitText(
    duckdb::ClientContext& context, duckdb::TableFunctionInitInput& input) {
  const auto& bind_data = input.bind_data->Cast<TextBindData>();
  const ScanLeaf& leaf = bind_data.leaf;
  StatementState& statement = StatementState::Of(context);
  const std::size_t num_fields = leaf.source->file_schema.size();
  std::vector<std::size_t> fields;
  std::vector<scan::ColumnFilter> filters;
  std::vector<TextScanState::Output> outputs;
  duckdb::vector<duckdb::LogicalType> types;
  for (const duckdb::column_t id : input.column_ids) {
    TextScanState::Output output;
    types.push_back(duckdb::LogicalType::BOOLEAN);
    if (id < num_fields) {
      output.column = fields.size();
      fields.push_back(id);
      types.back() = ToLogicalType(leaf.source->file_schema[id].type);
      filters.emplace_back();
      if (input.filters) {
        const auto found = input.filters->filters.find(outputs.size());
        if (found != input.filters->filters.end()) filters.back() = ToColumnFilter(*found->second);
      }
    } else if (id < num_fields + leaf.source->partition_schema.size()) {
      output.partition = id - num_fields;
      types.back() = ToLogicalType(leaf.source->partition_schema[*output.partition].type);
    }
    outputs.push_back(output);
  }
  auto scan = MakeTextScan(*leaf.source, statement.context().session, fields, std::move(filters),
                           StoreInputs(leaf.files, statement), statement.columns());
  if (!scan) RaiseDialectError(std::move(scan).error());
  auto state = duckdb::make_uniq<TextScanState>(*std::move(scan));
  state->outputs = std::move(outputs);
  state->types = std::move(types);
  state->filters = input.filters;
  if (input.CanRemoveFilterColumns()) {
    state->projected.assign(input.projection_ids.begin(), input.projection_ids.end());
  }
  return state;
}

duckdb::unique_ptr<duckdb::LocalTableFunctionState> InitTextThread(
    duckdb::ExecutionContext& context, duckdb::TableFunctionInitInput&,
    duckdb::GlobalTableFunctionState* global) {
  return duckdb::make_uniq<TextThreadState>(context.client, global->Cast<TextScanState>());
}

/// Makes the thread's batch hold rows that were not given out; false when the scan is done.
bool FillBatch(duckdb::ClientContext& context, TextThreadState& thread) {
  while (thread.given == thread.batch.rows) {
    if (context.IsInterrupted()) throw duckdb::InterruptException();
    thread.given = 0;
    auto more = thread.cursor.Next(thread.batch);
    if (!more) RaiseDialectError(std::move(more).error());
    if (!*more) return false;
    StatementState::Of(context).CountRows(thread.batch.rows + thread.batch.records_left_out);
  }
  return true;
}

/// Leaves out of `chunk` the rows that a filter refuses: the scan itself may only have tried to.
void FilterRows(TextThreadState& thread, duckdb::DataChunk& chunk) {
  if (thread.filters.empty()) return;
  duckdb::SelectionVector chosen(STANDARD_VECTOR_SIZE);
  for (idx_t i = 0; i < chunk.size(); ++i) chosen.set_index(i, i);
  idx_t count = chunk.size();
  for (TextThreadState::Filter& filter : thread.filters) {
    if (count == 0) break;
    duckdb::Vector& column = chunk.data[filter.column];
    duckdb::UnifiedVectorFormat format;
    column.ToUnifiedFormat(chunk.size(), format);
    duckdb::ColumnSegment::FilterSelection(chosen, column, format, *filter.filter, *filter.state,
                                           chunk.size(), count);
  }
  if (count < chunk.size()) chunk.Slice(chosen, count);
}

void ScanText(duckdb::ClientContext& context, duckdb::TableFunctionInput& input,
              duckdb::DataChunk& output) {
  auto& state = input.global_state->Cast<TextScanState>();
  auto& thread = input.local_state->Cast<TextThreadState>();
  const ScanLeaf& leaf = input.bind_data->Cast<TextBindData>().leaf;
  duckdb::DataChunk& chunk = state.projected.empty() ? output : thread.read;
  do {
    chunk.Reset();
    if (!FillBatch(context, thread)) return;
    const idx_t count =
        std::min<std::size_t>(STANDARD_VECTOR_SIZE, thread.batch.rows - thread.given);
    const ListedFile& file = leaf.files[thread.cursor.file()];
    for (std::size_t i = 0; i < state.outputs.size(); ++i) {
      const TextScanState::Output& target = state.outputs[i];
      if (target.column) {
        CopyColumn(thread.batch.columns[*target.column], thread.given, count, chunk.data[i], 0,
                   thread.batch.arena);
      } else if (target.partition) {
        chunk.data[i].Reference(ToDuckDbValue(file.partition[*target.partition]));
      }
    }
    thread.given += count;
    chunk.SetCardinality(count);
    FilterRows(thread, chunk);
  } while (chunk.size() == 0);
  if (!state.projected.empty()) {
    for (std::size_t i = 0; i < state.projected.size(); ++i) {
      output.data[i].Reference(chunk.data[state.projected[i]]);
    }
    output.SetCardinality(chunk.size());
  }
}

duckdb::OperatorPartitionData TextPartition(duckdb::ClientContext&,
                                            duckdb::TableFunctionGetPartitionInput& input) {
  return duckdb::OperatorPartitionData(input.local_state->Cast<TextThreadState>().cursor.order());
}

bool FiltersColumn(const duckdb::FunctionData& data, idx_t column) {
  const plan::TableSource& source = *data.Cast<TextBindData>().leaf.source;
  const std::size_t num_fields = source.file_schema.size();
  if (column >= num_fields + source.partition_schema.size()) return false;
  const plan::Field& field = column < num_fields ? source.file_schema[column]
                                                 : source.partition_schema[column - num_fields];
  return !field.type.IsNested();
}

duckdb::unique_ptr<duckdb::NodeStatistics> TextCardinality(duckdb::ClientContext&,
                                                           const duckdb::FunctionData* data) {
  constexpr std::uint64_t kBytesPerRow = 100;
  std::uint64_t bytes = 0;
  for (const ListedFile& file : data->Cast<TextBindData>().leaf.files) bytes += file.size;
  return duckdb::make_uniq<duckdb::NodeStatistics>(bytes / kBytesPerRow + 1);
}

bool FiltersBy(duckdb::ClientContext&, const duckdb::LogicalGet&, duckdb::Expression& condition) {
  return IsColumnFilter(condition);
}

/// A scan that needs no column reads none, instead of the first.
duckdb::virtual_column_map_t NoColumn(duckdb::ClientContext&,
                                      duckdb::optional_ptr<duckdb::FunctionData>) {
  duckdb::virtual_column_map_t columns;
  columns.insert(
      {duckdb::COLUMN_IDENTIFIER_EMPTY, duckdb::TableColumn("", duckdb::LogicalType::BOOLEAN)});
  return columns;
}

}  // namespace

void RegisterTextScan(duckdb::ClientContext& context) {
  duckdb::TableFunction function("owlet_text", {duckdb::LogicalType::BIGINT}, ScanText, BindText,
                                 InitText, InitTextThread);
  function.projection_pushdown = true;
  function.filter_pushdown = true;
  function.filter_prune = true;
  function.pushdown_expression = FiltersBy;
  function.get_virtual_columns = NoColumn;
  function.supports_pushdown_type = FiltersColumn;
  function.get_partition_data = TextPartition;
  function.cardinality = TextCardinality;
  duckdb::CreateTableFunctionInfo info(function);
  duckdb::Catalog::GetSystemCatalog(context).CreateTableFunction(context, info);
}

}  // namespace owlet::engine
