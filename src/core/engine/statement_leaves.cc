#include "core/engine/statement_leaves.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/engine/arrow_ipc.h"
#include "core/engine/type_map.h"

namespace owlet::engine {

namespace {

std::string NoRows(const std::vector<plan::Column>& columns) {
  std::string items;
  for (const plan::Column& column : columns) {
    items += fmt::format("{}CAST(NULL AS {}) AS c{}", items.empty() ? "" : ", ",
                         DuckDbTypeText(column.type), column.id);
  }
  return fmt::format("(SELECT {} WHERE false)", items.empty() ? "1 AS none" : items);
}

}  // namespace

Result<std::vector<ListedFile>> StatementLeaves::FilesOf(const plan::ScanNode& scan,
                                                         const std::vector<plan::Column>& columns) {
  const plan::TableSource& source = *scan.source;
  const auto question = AskPartitions(runtime_, state_, scan, columns, predicates_.Of(scan));
  std::vector<plan::TablePartition> partitions = source.partitions;
  if (source.index != nullptr) {
    OWLET_TRY(partitions, source.index->Find(question));
  }
  OWLET_TRY(auto files, FileListing(state_.objects(), state_.principal()).List(source, partitions));
  // An empty object has no rows in any format; Parquet's reader would call it broken.
  std::erase_if(files, [](const ListedFile& file) { return file.size == 0; });
  const std::size_t num_columns = source.partition_schema.size();
  if (num_columns == 0 || predicates_.Of(scan).empty()) return files;
  // Of each file now: its place, its size, the values that its folders spell.
  std::vector<std::size_t> told(num_columns);
  for (std::size_t i = 0; i < num_columns; ++i) told[i] = i;
  std::vector<std::vector<plan::Literal>> rows;
  for (const ListedFile& file : files) rows.push_back(file.partition);
  OWLET_TRY(const std::vector<bool> kept, question.keeps(told, rows));
  std::vector<ListedFile> left;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (kept[i]) left.push_back(std::move(files[i]));
  }
  return left;
}

Result<std::string> StatementLeaves::ReadFiles(std::shared_ptr<const plan::TableSource> source,
                                               std::vector<ListedFile> files,
                                               const plan::ScanNode& scan,
                                               const std::vector<plan::Column>& columns) {
  for (const ListedFile& file : files) state_.ExpectBytes(file.size);
  const std::string& format = source->format;
  const std::size_t number = state_.scans().size();
  std::string function;
  if (format == "parquet") {
    function = fmt::format("owlet_parquet('{}')", number);
  } else if (format == "avro") {
    function = fmt::format("owlet_avro({})", number);
  } else if (format == "json" || format == "csv" || format == "text") {
    function = fmt::format("owlet_text({})", number);
  } else {
    return Fail(Reason::kNotImplemented, "reading files of the format " + format);
  }
  auto leaf = std::make_unique<ScanLeaf>();
  leaf->source = std::move(source);
  leaf->fields = scan.fields;
  leaf->files = std::move(files);
  state_.scans().push_back(std::move(leaf));
  std::string items;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    items += fmt::format("{}f{} AS c{}", i > 0 ? ", " : "", scan.fields[i], columns[i].id);
  }
  return fmt::format("SELECT {} FROM {}", items.empty() ? "1 AS none" : items, function);
}

Result<std::string> StatementLeaves::Scan(const plan::ScanNode& scan,
                                          const std::vector<plan::Column>& columns) {
  OWLET_TRY(std::vector<ListedFile> files, FilesOf(scan, columns));
  if (files.empty()) return NoRows(columns);
  // Partitions that are read in their own way are scans of their own.
  std::vector<std::pair<std::shared_ptr<const plan::TableSource>, std::vector<ListedFile>>> groups;
  for (ListedFile& file : files) {
    const auto& shape = file.shape ? file.shape : scan.source;
    auto group = std::ranges::find(groups, shape, [](const auto& known) { return known.first; });
    if (group == groups.end()) group = groups.insert(groups.end(), {shape, {}});
    group->second.push_back(std::move(file));
  }
  std::string text;
  for (auto& [shape, listed] : groups) {
    OWLET_TRY(const std::string select, ReadFiles(shape, std::move(listed), scan, columns));
    text += (text.empty() ? "" : " UNION ALL ") + select;
  }
  return "(" + text + ")";
}

Result<std::string> StatementLeaves::Local(const plan::LocalNode& local,
                                           const std::vector<plan::Column>& columns) {
  if (!local.arrow_ipc) return NoRows(columns);
  OWLET_TRY(const IpcStream stream, DecodeIpc(*local.arrow_ipc));
  auto leaf = std::make_unique<LocalLeaf>();
  leaf->arrow_ipc = local.arrow_ipc;
  OWLET_TRY(leaf->schema, FromArrowSchema(*stream.schema));
  if (leaf->schema.size() != columns.size()) {
    return Fail(Reason::kInvalidArgument,
                fmt::format("the client's rows have {} columns, its schema has {}",
                            leaf->schema.size(), columns.size()));
  }
  std::string items;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const bool same = leaf->schema[i].type.SameIgnoringNulls(columns[i].type);
    items += same ? fmt::format("{}f{} AS c{}", i > 0 ? ", " : "", i, columns[i].id)
                  : fmt::format("{}CAST(f{} AS {}) AS c{}", i > 0 ? ", " : "", i,
                                DuckDbTypeText(columns[i].type), columns[i].id);
  }
  const std::size_t number = state_.locals().size();
  state_.locals().push_back(std::move(leaf));
  return fmt::format("(SELECT {} FROM owlet_local({}))", items.empty() ? "1 AS none" : items,
                     number);
}

}  // namespace owlet::engine
