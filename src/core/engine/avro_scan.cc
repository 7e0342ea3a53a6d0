#include "core/engine/avro_scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <duckdb.hpp>
#include <duckdb/catalog/catalog.hpp>
#include <duckdb/parser/parsed_data/create_table_function_info.hpp>

#include "base/ascii.h"
#include "core/engine/column_copy.h"
#include "core/engine/duckdb_types.h"
#include "core/engine/error_carrying.h"
#include "core/engine/leaf_values.h"
#include "core/engine/statement_state.h"
#include "core/engine/store_input.h"
#include "core/scan/avro_decoder.h"
#include "core/scan/avro_file.h"

namespace owlet::engine {

using duckdb::idx_t;

namespace {

constexpr std::uint64_t kTaskSize = 32 << 20;
constexpr std::size_t kBatchRows = STANDARD_VECTOR_SIZE;

struct AvroBindData final : duckdb::TableFunctionData {
  explicit AvroBindData(const ScanLeaf& scan_leaf) : leaf(scan_leaf) {}
  const ScanLeaf& leaf;
};

/// A range of one file's bytes.
struct AvroTask {
  std::size_t file = 0;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

struct AvroScanState final : duckdb::GlobalTableFunctionState {
  idx_t MaxThreads() const override { return std::max<std::size_t>(tasks.size(), 1); }

  std::vector<scan::InputFile> files;
  std::vector<AvroTask> tasks;
  std::atomic<std::size_t> next_task = 0;
  scan::AvroOptions options;
  std::vector<std::size_t> fields;  // of file_schema, that are read
  plan::Schema columns;             // their types
  bool spark = false;
  // By output column: a column of the batch, a partition column, or neither (row id).
  struct Output {
    std::optional<std::size_t> column;
    std::optional<std::size_t> partition;
  };
  std::vector<Output> outputs;
};

struct AvroThreadState final : duckdb::LocalTableFunctionState {
  explicit AvroThreadState(const plan::Schema& columns) : batch(columns) {}
  scan::ColumnBatch batch;
  std::optional<std::size_t> task;
  std::unique_ptr<scan::AvroFileReader> reader;
  std::optional<scan::AvroDecoder> decoder;
  scan::AvroFileReader::Block block;  // what is left of it
};

duckdb::unique_ptr<duckdb::FunctionData> BindAvro(duckdb::ClientContext& context,
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
  return duckdb::make_uniq<AvroBindData>(leaf);
}

Status ReadOptions(const plan::TableSource& source, const plan::SessionSettings& session,
                   scan::AvroOptions& options) {
  const bool spark_files = source.dialect == plan::Dialect::kSpark && source.table_name.empty();
  options.case_sensitive = spark_files && session.case_sensitive;
  options.by_position =
      ToLowerAscii(FindOption(source.options, "positionalFieldMatching").value_or("")) == "true";
  const auto schema = FindOption(source.options, kAvroSchemaOption);
  if (schema && !schema->empty()) {
    OWLET_TRY(options.reader_schema, scan::AvroSchema::Parse(*schema));
  }
  return {};
}

duckdb::unique_ptr<duckdb::GlobalTableFunctionState> InitAvro(
    duckdb::ClientContext& context, duckdb::TableFunctionInitInput& input) {
  const ScanLeaf& leaf = input.bind_data->Cast<AvroBindData>().leaf;
  StatementState& statement = StatementState::Of(context);
  auto state = duckdb::make_uniq<AvroScanState>();
  const std::size_t num_fields = leaf.source->file_schema.size();
  for (const duckdb::column_t id : input.column_ids) {
    AvroScanState::Output output;
    if (id < num_fields) {
      output.column = state->fields.size();
      state->fields.push_back(id);
      state->columns.push_back(leaf.source->file_schema[id]);
    } else if (id < num_fields + leaf.source->partition_schema.size()) {
      output.partition = id - num_fields;
    }
    state->outputs.push_back(output);
  }
  const Status read = ReadOptions(*leaf.source, statement.context().session, state->options);
  if (!read) RaiseDialectError(read.error());
  state->spark = leaf.source->dialect == plan::Dialect::kSpark;
  state->files = StoreInputs(leaf.files, statement);
  for (std::size_t file = 0; file < state->files.size(); ++file) {
    const std::uint64_t size = state->files[file].size;
    for (std::uint64_t begin = 0; begin < size; begin += kTaskSize) {
      state->tasks.push_back({file, begin, std::min(begin + kTaskSize, size)});
    }
  }
  return state;
}

duckdb::unique_ptr<duckdb::LocalTableFunctionState> InitAvroThread(
    duckdb::ExecutionContext&, duckdb::TableFunctionInitInput&,
    duckdb::GlobalTableFunctionState* global) {
  return duckdb::make_uniq<AvroThreadState>(global->Cast<AvroScanState>().columns);
}

/// Spark names the file that it could not read.
Error Explain(Error error, const AvroScanState& state, const AvroTask& task) {
  if (!state.spark || error.reason != Reason::kExecutionError) return error;
  const std::string& name = state.files[task.file].name;
  Error explained{Reason::kExecutionError,
                  fmt::format("Encountered error while reading file {}. {}", name, error.message),
                  "FAILED_READ_FILE.NO_HINT"};
  explained.parameters = {{"path", name}};
  return explained;
}

Status OpenTask(const AvroScanState& state, const ScanLeaf& leaf, AvroThreadState& thread) {
  const AvroTask& task = state.tasks[*thread.task];
  const scan::InputFile& file = state.files[task.file];
  OWLET_TRY(auto source, file.open());
  thread.reader = std::make_unique<scan::AvroFileReader>(std::move(source), file.name, file.size);
  OWLET_CHECK_OK(thread.reader->Open(task.begin, task.end));
  OWLET_TRY(auto decoder,
            scan::AvroDecoder::Make(thread.reader->header().schema, leaf.source->file_schema,
                                    state.fields, state.options));
  thread.decoder.emplace(std::move(decoder));
  thread.block = {};
  return {};
}

/// Up to kBatchRows rows of the thread's task; none at its end.
Status FillFromTask(AvroThreadState& thread) {
  while (thread.batch.rows < kBatchRows) {
    if (thread.block.num_rows == 0) {
      // The strings of the batch are copies: a block may go while its rows are still there.
      OWLET_TRY(const auto block, thread.reader->Next());
      if (!block) return {};
      thread.block = *block;
      continue;
    }
    OWLET_CHECK_OK(thread.decoder->Decode(thread.block.bytes, thread.batch));
    --thread.block.num_rows;
  }
  return {};
}

void ScanAvro(duckdb::ClientContext& context, duckdb::TableFunctionInput& input,
              duckdb::DataChunk& output) {
  auto& state = input.global_state->Cast<AvroScanState>();
  auto& thread = input.local_state->Cast<AvroThreadState>();
  const ScanLeaf& leaf = input.bind_data->Cast<AvroBindData>().leaf;
  thread.batch.Clear();
  while (thread.batch.rows == 0) {
    if (context.IsInterrupted()) throw duckdb::InterruptException();
    Status status;
    if (!thread.task) {
      const std::size_t task = state.next_task++;
      if (task >= state.tasks.size()) return;
      thread.task = task;
      status = OpenTask(state, leaf, thread);
    }
    if (status) status = FillFromTask(thread);
    if (!status) {
      RaiseDialectError(Explain(std::move(status).error(), state, state.tasks[*thread.task]));
    }
    if (thread.batch.rows > 0) break;
    thread.task.reset();
  }
  const idx_t count = thread.batch.rows;
  StatementState::Of(context).CountRows(count);
  const ListedFile& file = leaf.files[state.tasks[*thread.task].file];
  for (std::size_t i = 0; i < state.outputs.size(); ++i) {
    const AvroScanState::Output& target = state.outputs[i];
    if (target.column) {
      CopyColumn(thread.batch.columns[*target.column], 0, count, output.data[i], 0,
                 thread.batch.arena);
    } else if (target.partition) {
      output.data[i].Reference(ToDuckDbValue(file.partition[*target.partition]));
    }
  }
  output.SetCardinality(count);
}

duckdb::OperatorPartitionData AvroPartition(duckdb::ClientContext&,
                                            duckdb::TableFunctionGetPartitionInput& input) {
  const auto& thread = input.local_state->Cast<AvroThreadState>();
  return duckdb::OperatorPartitionData(thread.task.value_or(0));
}

duckdb::unique_ptr<duckdb::NodeStatistics> AvroCardinality(duckdb::ClientContext&,
                                                           const duckdb::FunctionData* data) {
  constexpr std::uint64_t kBytesPerRow = 50;
  std::uint64_t bytes = 0;
  for (const ListedFile& file : data->Cast<AvroBindData>().leaf.files) bytes += file.size;
  return duckdb::make_uniq<duckdb::NodeStatistics>(bytes / kBytesPerRow + 1);
}

}  // namespace

void RegisterAvroScan(duckdb::ClientContext& context) {
  duckdb::TableFunction function("owlet_avro", {duckdb::LogicalType::BIGINT}, ScanAvro, BindAvro,
                                 InitAvro, InitAvroThread);
  function.projection_pushdown = true;
  function.get_partition_data = AvroPartition;
  function.cardinality = AvroCardinality;
  duckdb::CreateTableFunctionInfo info(function);
  duckdb::Catalog::GetSystemCatalog(context).CreateTableFunction(context, info);
}

Result<plan::Schema> ReadAvroSchema(const scan::InputFile& file) {
  OWLET_TRY(auto source, file.open());
  scan::AvroFileReader reader(std::move(source), file.name, file.size);
  OWLET_CHECK_OK(reader.Open(0, 0));
  return reader.header().schema->SparkColumns();
}

}  // namespace owlet::engine
