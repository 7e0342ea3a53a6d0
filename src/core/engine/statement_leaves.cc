#include "core/engine/statement_leaves.h"

#include <fmt/format.h>

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

Result<std::string> StatementLeaves::Scan(const plan::ScanNode& scan,
                                          const std::vector<plan::Column>& columns) {
  auto leaf = std::make_unique<ScanLeaf>();
  leaf->source = scan.source;
  leaf->fields = scan.fields;
  OWLET_TRY(leaf->files, FileListing(state_.objects(), state_.principal()).List(*scan.source));
  // An empty object has no rows in any format; Parquet's reader would call it broken.
  std::erase_if(leaf->files, [](const ListedFile& file) { return file.size == 0; });
  if (leaf->files.empty()) return NoRows(columns);
  for (const ListedFile& file : leaf->files) state_.ExpectBytes(file.size);
  const std::string& format = scan.source->format;
  const std::size_t number = state_.scans().size();
  std::string function;
  if (format == "parquet") {
    function = fmt::format("owlet_parquet('{}')", number);
  } else if (format == "json" || format == "csv" || format == "text") {
    function = fmt::format("owlet_text({})", number);
  } else {
    return Fail(Reason::kNotImplemented, "reading files of the format " + format);
  }
  state_.scans().push_back(std::move(leaf));
  std::string items;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    items += fmt::format("{}f{} AS c{}", i > 0 ? ", " : "", scan.fields[i], columns[i].id);
  }
  return fmt::format("(SELECT {} FROM {})", items.empty() ? "1 AS none" : items, function);
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
