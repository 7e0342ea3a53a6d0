#include "core/engine/parquet_scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <duckdb.hpp>
#include <duckdb/catalog/catalog.hpp>
#include <duckdb/catalog/catalog_entry/table_function_catalog_entry.hpp>
#include <duckdb/common/multi_file/multi_file_function.hpp>
#include <duckdb/execution/expression_executor.hpp>
#include <duckdb/parser/expression/constant_expression.hpp>
#include <duckdb/parser/parsed_data/create_table_function_info.hpp>
#include <duckdb/planner/expression/bound_columnref_expression.hpp>
#include <duckdb/planner/expression/bound_constant_expression.hpp>
#include <duckdb/planner/expression_iterator.hpp>
#include <duckdb/planner/operator/logical_get.hpp>
#include <functional>

#include "core/engine/duckdb_types.h"
#include "core/engine/leaf_values.h"
#include "core/engine/statement_state.h"

namespace owlet::engine {

using duckdb::idx_t;

namespace {

/// The files of a leaf that are left after pruning, by their places in it.
class LeafFileList final : public duckdb::SimpleMultiFileList {
 public:
  LeafFileList(const ScanLeaf& leaf, duckdb::vector<idx_t> places)
      : SimpleMultiFileList(Paths(leaf, places)), leaf_(leaf), places_(std::move(places)) {}

  [[nodiscard]] const ScanLeaf& leaf() const { return leaf_; }
  [[nodiscard]] const duckdb::vector<idx_t>& places() const { return places_; }

  // What it is for is the join order, where a guess by size is enough.
  duckdb::unique_ptr<duckdb::NodeStatistics> GetCardinality(duckdb::ClientContext&) const override {
    constexpr std::uint64_t kBytesPerRow = 50;
    std::uint64_t bytes = 0;
    for (const idx_t place : places_) bytes += leaf_.files[place].size;
    return duckdb::make_uniq<duckdb::NodeStatistics>(bytes / kBytesPerRow + 1);
  }

  duckdb::unique_ptr<duckdb::MultiFileList> Copy() const override {
    return duckdb::make_uniq<LeafFileList>(leaf_, places_);
  }

 private:
  static duckdb::vector<duckdb::OpenFileInfo> Paths(const ScanLeaf& leaf,
                                                    const duckdb::vector<idx_t>& places) {
    duckdb::vector<duckdb::OpenFileInfo> paths;
    for (const idx_t place : places) {
      duckdb::OpenFileInfo info(leaf.files[place].uri);
      info.extended_info = duckdb::make_shared_ptr<duckdb::ExtendedOpenFileInfo>();
      info.extended_info->options["owlet_place"] = duckdb::Value::UBIGINT(place);
      paths.push_back(std::move(info));
    }
    return paths;
  }

  const ScanLeaf& leaf_;
  duckdb::vector<idx_t> places_;
};

/// Which partition column each column of the scan is, if any, while filters are tried.
struct PartitionFilter {
  const duckdb::MultiFilePushdownInfo& info;
  const ScanLeaf& leaf;

  [[nodiscard]] std::optional<std::size_t> PartitionOf(
      const duckdb::BoundColumnRefExpression& column) const {
    if (column.binding.table_index != info.table_index) return std::nullopt;
    const idx_t field = info.column_ids.at(column.binding.column_index);
    const std::size_t files = leaf.source->file_schema.size();
    if (field < files || field >= files + leaf.source->partition_schema.size()) return std::nullopt;
    return field - files;
  }

  [[nodiscard]] bool OnlyPartitions(const duckdb::Expression& expression) const {
    if (expression.GetExpressionClass() == duckdb::ExpressionClass::BOUND_COLUMN_REF) {
      return PartitionOf(expression.Cast<duckdb::BoundColumnRefExpression>()).has_value();
    }
    bool only = !expression.IsVolatile() && !expression.HasSubquery();
    duckdb::ExpressionIterator::EnumerateChildren(
        expression, [&](const duckdb::Expression& child) { only = only && OnlyPartitions(child); });
    return only;
  }

  void Replace(duckdb::unique_ptr<duckdb::Expression>& expression, const ListedFile& file) const {
    if (expression->GetExpressionClass() == duckdb::ExpressionClass::BOUND_COLUMN_REF) {
      const auto place = PartitionOf(expression->Cast<duckdb::BoundColumnRefExpression>());
      expression =
          duckdb::make_uniq<duckdb::BoundConstantExpression>(ToDuckDbValue(file.partition[*place]));
      return;
    }
    duckdb::ExpressionIterator::EnumerateChildren(
        *expression, [&](duckdb::unique_ptr<duckdb::Expression>& child) { Replace(child, file); });
  }

  // A filter that raises an error is left for the rows to raise, if there are any.
  [[nodiscard]] bool Keeps(duckdb::ClientContext& context, const duckdb::Expression& filter,
                           const ListedFile& file) const {
    auto constant = filter.Copy();
    Replace(constant, file);
    duckdb::Value value;
    if (!duckdb::ExpressionExecutor::TryEvaluateScalar(context, *constant, value)) return true;
    return !value.IsNull() && value.DefaultCastAs(duckdb::LogicalType::BOOLEAN).GetValue<bool>();
  }
};

/// DuckDB's reader of many files, told everything about them by the leaf.
struct LeafReader final : duckdb::MultiFileReader {
  duckdb::shared_ptr<duckdb::MultiFileList> CreateFileList(
      duckdb::ClientContext& context, const duckdb::vector<duckdb::string>& paths,
      const duckdb::FileGlobInput&) override {
    const std::size_t number = std::stoul(paths.at(0));
    const ScanLeaf& leaf = *StatementState::Of(context).scans().at(number);
    duckdb::vector<idx_t> places;
    for (idx_t i = 0; i < leaf.files.size(); ++i) places.push_back(i);
    return duckdb::make_shared_ptr<LeafFileList>(leaf, std::move(places));
  }

  bool Bind(duckdb::MultiFileOptions& options, duckdb::MultiFileList& files,
            duckdb::vector<duckdb::LogicalType>& types, duckdb::vector<duckdb::string>& names,
            duckdb::MultiFileReaderBindData& bound) override {
    options.auto_detect_hive_partitioning = false;
    options.hive_partitioning = false;
    const plan::TableSource& source = *files.Cast<LeafFileList>().leaf().source;
    const auto add = [&](const plan::Field& field) {
      const duckdb::LogicalType type = ToLogicalType(field.type);
      auto column = duckdb::MultiFileColumnDefinition::CreateFromNameAndType(
          fmt::format("f{}", names.size()), type);
      column.identifier = duckdb::Value(field.name);
      SetDefaults(column);
      names.push_back(column.name);
      types.push_back(type);
      bound.schema.push_back(std::move(column));
    };
    for (const plan::Field& field : source.file_schema) add(field);
    for (const plan::Field& field : source.partition_schema) add(field);
    bound.mapping = duckdb::MultiFileColumnMappingMode::BY_NAME;
    return true;
  }

  void BindOptions(duckdb::MultiFileOptions&, duckdb::MultiFileList&,
                   duckdb::vector<duckdb::LogicalType>&, duckdb::vector<duckdb::string>&,
                   duckdb::MultiFileReaderBindData&) override {}

  duckdb::unique_ptr<duckdb::MultiFileList> ComplexFilterPushdown(
      duckdb::ClientContext& context, duckdb::MultiFileList& files, const duckdb::MultiFileOptions&,
      duckdb::MultiFilePushdownInfo& info,
      duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& filters) override {
    auto& list = files.Cast<LeafFileList>();
    const PartitionFilter pruning{info, list.leaf()};
    if (list.leaf().source->partition_schema.empty()) return nullptr;
    duckdb::vector<idx_t> kept = list.places();
    for (const auto& filter : filters) {
      if (!pruning.OnlyPartitions(*filter)) continue;
      std::erase_if(kept, [&](idx_t place) {
        return !pruning.Keeps(context, *filter, list.leaf().files[place]);
      });
    }
    if (kept.size() == list.places().size()) return nullptr;
    return duckdb::make_uniq<LeafFileList>(list.leaf(), std::move(kept));
  }

  duckdb::unique_ptr<duckdb::MultiFileList> DynamicFilterPushdown(
      duckdb::ClientContext&, const duckdb::MultiFileList&, const duckdb::MultiFileOptions&,
      const duckdb::vector<duckdb::string>&, const duckdb::vector<duckdb::LogicalType>&,
      const duckdb::vector<duckdb::column_t>&, duckdb::TableFilterSet&) override {
    return nullptr;
  }

  void FinalizeBind(duckdb::MultiFileReaderData& reader_data,
                    const duckdb::MultiFileOptions& options,
                    const duckdb::MultiFileReaderBindData& bound,
                    const duckdb::vector<duckdb::MultiFileColumnDefinition>& columns,
                    const duckdb::vector<duckdb::ColumnIndex>& column_ids,
                    duckdb::ClientContext& context,
                    duckdb::optional_ptr<duckdb::MultiFileReaderGlobalState> state) override {
    MultiFileReader::FinalizeBind(reader_data, options, bound, columns, column_ids, context, state);
    const LeafFileList& list = state->file_list->Cast<LeafFileList>();
    const auto place =
        reader_data.reader->file.extended_info->options.at("owlet_place").GetValue<idx_t>();
    const std::size_t files = list.leaf().source->file_schema.size();
    for (idx_t i = 0; i < column_ids.size(); ++i) {
      const idx_t field = column_ids[i].GetPrimaryIndex();
      if (field < files || field >= columns.size()) continue;
      reader_data.constant_map.Add(
          duckdb::MultiFileGlobalIndex(i),
          ToDuckDbValue(list.leaf().files[place].partition[field - files]));
    }
  }

  duckdb::unique_ptr<duckdb::MultiFileReaderGlobalState> InitializeGlobalState(
      duckdb::ClientContext&, const duckdb::MultiFileOptions&,
      const duckdb::MultiFileReaderBindData&, const duckdb::MultiFileList& files,
      const duckdb::vector<duckdb::MultiFileColumnDefinition>&,
      const duckdb::vector<duckdb::ColumnIndex>&) override {
    return duckdb::make_uniq<duckdb::MultiFileReaderGlobalState>(
        duckdb::vector<duckdb::LogicalType>{}, &files);
  }

  duckdb::unique_ptr<duckdb::MultiFileReader> Copy() const override {
    return duckdb::make_uniq<LeafReader>();
  }

 private:
  // A column or field that a file has not is NULL in its rows.
  static void SetDefaults(duckdb::MultiFileColumnDefinition& column) {
    column.default_expression =
        duckdb::make_uniq<duckdb::ConstantExpression>(duckdb::Value(column.type));
    for (auto& child : column.children) SetDefaults(child);
  }
};

duckdb::unique_ptr<duckdb::MultiFileReader> MakeLeafReader(const duckdb::TableFunction&) {
  return duckdb::make_uniq<LeafReader>();
}

}  // namespace

void RegisterParquetScan(duckdb::ClientContext& context) {
  duckdb::Catalog& catalog = duckdb::Catalog::GetSystemCatalog(context);
  auto& entry =
      catalog.GetEntry<duckdb::TableFunctionCatalogEntry>(context, DEFAULT_SCHEMA, "parquet_scan");
  duckdb::TableFunction function =
      entry.functions.GetFunctionByArguments(context, {duckdb::LogicalType::VARCHAR});
  function.name = "owlet_parquet";
  function.get_multi_file_reader = MakeLeafReader;
  function.late_materialization = false;
  function.serialize = nullptr;
  function.deserialize = nullptr;
  duckdb::CreateTableFunctionInfo info(function);
  catalog.CreateTableFunction(context, info);
}

}  // namespace owlet::engine
