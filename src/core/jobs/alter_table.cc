#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <utility>

#include "base/ascii.h"
#include "core/catalog/hive_types.h"
#include "core/jobs/hive_column.h"
#include "core/jobs/result_files.h"
#include "core/jobs/statement_run.h"

namespace owlet::jobs {
namespace {

using catalog::CatalogEdit;
using catalog::Partition;
using catalog::Table;
using catalog::TableName;

std::unexpected<Error> Semantic(std::string_view what) {
  return Fail(Reason::kInvalidArgument, fmt::format("FAILED: SemanticException {}", what));
}

/// A partition with the table's format at that place.
Partition MakePartition(const Table& table, std::vector<std::string> values, std::string location) {
  Partition partition;
  partition.storage = table.storage;
  if (!partition.storage) partition.storage.emplace();
  if (!location.ends_with('/')) location += '/';
  partition.storage->location = std::move(location);
  partition.values = std::move(values);
  return partition;
}

std::string DefaultLocation(const Table& table, const std::vector<std::string>& values) {
  return JoinLocation(table.storage ? table.storage->location : "",
                      catalog::PartitionName(table.partition_keys, values));
}

std::vector<catalog::Column>::iterator FindColumn(Table& table, std::string_view name) {
  return std::ranges::find_if(table.storage->columns, [&](const catalog::Column& column) {
    return EqualsIgnoringCase(column.name, name);
  });
}

// One function an action; each changes `table` or its partitions through `edit`.

Status Apply(const sql::AddPartitions& action, CatalogEdit& edit, Table& table) {
  for (const auto& item : action.partitions) {
    OWLET_TRY(auto values, PartitionValues(table, item.spec));
    std::string location = item.location.value_or(DefaultLocation(table, values));
    const Status added = edit.CreatePartition(
        {table.database, table.name}, MakePartition(table, std::move(values), std::move(location)));
    if (added || (action.if_not_exists && added.error().reason == Reason::kEntityExists)) continue;
    if (added.error().reason == Reason::kEntityExists) {
      return Fail(Reason::kEntityExists,
                  "FAILED: Execution Error, return code 1 from "
                  "org.apache.hadoop.hive.ql.exec.DDLTask. Partition already exists.");
    }
    return added;
  }
  return {};
}

bool Holds(int order, std::string_view comparison) {
  if (comparison == "=") return order == 0;
  if (comparison == "<>" || comparison == "!=") return order != 0;
  if (comparison == "<") return order < 0;
  if (comparison == "<=") return order <= 0;
  if (comparison == ">") return order > 0;
  return order >= 0;
}

/// As a key of that type compares: numbers as numbers.
int CompareValues(const catalog::Column& key, const std::string& a, const std::string& b) {
  double x = 0;
  double y = 0;
  const auto type = catalog::ParseHiveType(key.type);
  if (type && type->IsNumeric() &&
      std::from_chars(a.data(), a.data() + a.size(), x).ec == std::errc() &&
      std::from_chars(b.data(), b.data() + b.size(), y).ec == std::errc()) {
    return x < y ? -1 : x > y ? 1 : 0;
  }
  return a.compare(b);
}

/// The spec of DROP PARTITION as a test on values: terms may compare and need not name every key.
Result<std::function<bool(const std::vector<std::string>&)>> SpecMatcher(
    const Table& table, const sql::PartitionSpec& spec) {
  struct Term {
    std::size_t key;
    std::string comparison;
    std::string value;
  };
  std::vector<Term> terms;
  for (const auto& term : spec) {
    const auto key = std::ranges::find_if(table.partition_keys, [&](const auto& column) {
      return EqualsIgnoringCase(column.name, term.column);
    });
    if (key == table.partition_keys.end()) {
      return Semantic(
          fmt::format("[Error 10098]: Non-Partition column appears in the partition "
                      "specification: {}",
                      term.column));
    }
    OWLET_TRY(std::string value, LiteralText(term.value));
    terms.push_back({static_cast<std::size_t>(key - table.partition_keys.begin()), term.comparison,
                     std::move(value)});
  }
  return [terms = std::move(terms),
          keys = table.partition_keys](const std::vector<std::string>& values) {
    return std::ranges::all_of(terms, [&](const Term& term) {
      return Holds(CompareValues(keys[term.key], values[term.key], term.value), term.comparison);
    });
  };
}

Status Apply(const sql::RenamePartition& action, CatalogEdit& edit, Table& table) {
  OWLET_TRY(const auto from, PartitionValues(table, action.from));
  OWLET_TRY(auto to, PartitionValues(table, action.to));
  OWLET_TRY(Partition partition, edit.GetPartition({table.database, table.name}, from));
  partition.values = std::move(to);
  return edit.UpdatePartition({table.database, table.name}, from, std::move(partition));
}

Status Apply(const sql::AddColumns& action, CatalogEdit& edit, Table& table) {
  if (!action.partition.empty()) {
    return Fail(Reason::kNotImplemented, "ADD COLUMNS of one partition is not supported",
                "NOT_SUPPORTED");
  }
  for (const auto& item : action.columns) {
    OWLET_TRY(auto column, HiveColumn(item.column));
    if (FindColumn(table, column.name) != table.storage->columns.end()) {
      return Semantic(fmt::format("[Error 10036]: Duplicate column name: {}", column.name));
    }
    table.storage->columns.push_back(std::move(column));
  }
  return edit.UpdateTable(table);
}

Status Apply(const sql::ReplaceColumns& action, CatalogEdit& edit, Table& table) {
  std::vector<catalog::Column> columns;
  for (const auto& definition : action.columns) {
    OWLET_TRY(auto column, HiveColumn(definition));
    columns.push_back(std::move(column));
  }
  table.storage->columns = std::move(columns);
  return edit.UpdateTable(table);
}

Status Apply(const sql::ChangeColumn& action, CatalogEdit& edit, Table& table) {
  const auto column = FindColumn(table, action.column.back());
  if (column == table.storage->columns.end()) {
    return Semantic(
        fmt::format("[Error 10002]: Invalid column reference {}", action.column.back()));
  }
  if (action.new_name) column->name = ToLowerAscii(*action.new_name);
  if (action.type) {
    std::string type = catalog::CanonicalHiveType(action.type_text);
    if (!catalog::ParseHiveType(type)) {
      OWLET_TRY(type, catalog::FormatHiveType(*action.type));
    }
    column->type = ToLowerAscii(type);
  }
  if (action.comment) column->comment = *action.comment;
  if (action.place) {
    catalog::Column moved = std::move(*column);
    table.storage->columns.erase(column);
    auto place = table.storage->columns.begin();
    if (!action.place->first) {
      place = FindColumn(table, action.place->after);
      if (place == table.storage->columns.end()) {
        return Semantic(
            fmt::format("[Error 10002]: Invalid column reference {}", action.place->after));
      }
      ++place;
    }
    table.storage->columns.insert(place, std::move(moved));
  }
  return edit.UpdateTable(table);
}

Status Apply(const sql::SetLocation& action, CatalogEdit& edit, Table& table) {
  OWLET_TRY(const auto location, ParseLocation(action.location));
  if (action.partition.empty()) {
    table.storage->location = action.location;
    return edit.UpdateTable(table);
  }
  OWLET_TRY(const auto values, PartitionValues(table, action.partition));
  OWLET_TRY(Partition partition, edit.GetPartition({table.database, table.name}, values));
  if (!partition.storage) partition.storage = table.storage;
  partition.storage->location = action.location;
  return edit.UpdatePartition({table.database, table.name}, values, std::move(partition));
}

Status Apply(const sql::SetTableProperties& action, CatalogEdit& edit, Table& table) {
  for (const auto& [key, value] : action.properties) table.parameters[key] = value;
  return edit.UpdateTable(table);
}

Status Apply(const sql::UnsetTableProperties& action, CatalogEdit& edit, Table& table) {
  for (const auto& key : action.keys) table.parameters.erase(key);
  return edit.UpdateTable(table);
}

/// What Athena refuses by documentation, or has for Iceberg tables only.
template <class Other>
Status Apply(const Other&, CatalogEdit&, Table&) {
  return Fail(Reason::kNotImplemented, "This ALTER TABLE is not supported", "NOT_SUPPORTED");
}

}  // namespace

Result<std::vector<std::string>> PartitionValues(const Table& table,
                                                 const sql::PartitionSpec& spec) {
  std::vector<std::string> values(table.partition_keys.size());
  std::vector<bool> given(values.size());
  for (const auto& term : spec) {
    const auto key = std::ranges::find_if(table.partition_keys, [&](const auto& column) {
      return EqualsIgnoringCase(column.name, term.column);
    });
    if (key == table.partition_keys.end()) {
      return Semantic(
          fmt::format("[Error 10098]: Non-Partition column appears in the partition "
                      "specification: {}",
                      term.column));
    }
    const auto index = static_cast<std::size_t>(key - table.partition_keys.begin());
    OWLET_TRY(values[index], LiteralText(term.value));
    given[index] = true;
  }
  if (std::ranges::find(given, false) != given.end() || given.empty()) {
    return Semantic(
        "[Error 10006]: Partition not found: the specification does not name every "
        "partition column");
  }
  return values;
}

Result<StatementOutcome> StatementRun::Run(const sql::AlterTable& statement) {
  OWLET_TRY(const auto found, FindTable(statement.name));
  const TableName name{found.database, found.name};
  if (statement.view) {
    return Fail(Reason::kNotImplemented, "ALTER VIEW is not supported", "NOT_SUPPORTED");
  }
  if (const auto* drop = std::get_if<sql::DropPartitions>(&statement.action)) {
    std::vector<std::vector<std::string>> doomed;
    for (const auto& spec : drop->partitions) {
      catalog::PartitionPredicate predicate;
      OWLET_TRY(predicate.matches, SpecMatcher(found, spec));
      catalog::PageRequest page;
      const std::size_t before = doomed.size();
      do {
        OWLET_TRY(const auto part,
                  runner_.catalog_.ListPartitions(principal(), name, page, predicate));
        for (const auto& partition : part.items) doomed.push_back(partition.values);
        page.token = part.next;
      } while (!page.token.empty());
      if (doomed.size() == before && !drop->if_exists) {
        return Fail(Reason::kPartitionNotFound,
                    "FAILED: SemanticException [Error 10006]: Partition not found");
      }
    }
    OWLET_CHECK_OK(HiveStatus(runner_.catalog_.Edit(principal(), [&](CatalogEdit& edit) -> Status {
      for (const auto& values : doomed) {
        const Status dropped = edit.DeletePartition(name, values);
        if (!dropped && dropped.error().reason != Reason::kPartitionNotFound) return dropped;
      }
      return {};
    })));
    return Nothing();
  }
  OWLET_CHECK_OK(HiveStatus(runner_.catalog_.Edit(principal(), [&](CatalogEdit& edit) -> Status {
    OWLET_TRY(Table table, edit.GetTable(name));
    if (!table.storage) table.storage.emplace();
    return std::visit([&](const auto& action) { return Apply(action, edit, table); },
                      statement.action);
  })));
  return Nothing();
}

Result<StatementOutcome> StatementRun::Run(const sql::RepairTable& statement) {
  OWLET_TRY(const Table table, FindTable(statement.name));
  const TableName name{table.database, table.name};
  if (table.partition_keys.empty() || !table.storage) {
    return Fail(Reason::kInvalidArgument,
                fmt::format("FAILED: SemanticException [Error 10241]: Table {}.{} is not a "
                            "partitioned table",
                            table.database, table.name));
  }
  // Folders one level at a time: a listing with a delimiter does not touch the files.
  OWLET_TRY(const auto root, ParseLocation(table.storage->location));
  std::vector<std::string> folders = {""};
  for (const auto& key : table.partition_keys) {
    std::vector<std::string> deeper;
    for (const std::string& folder : folders) {
      store::ListRequest request{.prefix = root.prefix + folder, .delimiter = "/"};
      while (true) {
        OWLET_TRY(const auto page, runner_.objects_.List(principal(), root.bucket, request));
        for (const std::string& prefix : page.common_prefixes) {
          std::string below = prefix.substr(root.prefix.size());
          const std::string last = below.substr(folder.size());
          const std::string start = last.substr(0, last.find('='));
          // Athena's MSCK takes a folder's name as it is: "userId=" is no folder of userid.
          if (catalog::UnescapePartitionPart(start) == key.name) {
            deeper.push_back(std::move(below));
          }
        }
        if (!page.truncated) break;
        request.start_after = page.next;
      }
    }
    folders = std::move(deeper);
  }
  std::vector<std::string> missing;
  std::vector<Partition> partitions;
  for (std::string& folder : folders) {
    folder.pop_back();
    auto values = catalog::ParsePartitionName(table.partition_keys, folder);
    if (!values || std::ranges::any_of(*values, &std::string::empty)) continue;
    const auto known = runner_.catalog_.GetPartition(principal(), name, *values);
    if (known) continue;
    if (known.error().reason != Reason::kPartitionNotFound) return Fail(known.error());
    missing.push_back(folder);
    partitions.push_back(
        MakePartition(table, *std::move(values), JoinLocation(table.storage->location, folder)));
  }
  OWLET_CHECK_OK(HiveStatus(runner_.catalog_.Edit(principal(), [&](CatalogEdit& edit) -> Status {
    for (const auto& partition : partitions) {
      const Status added = edit.CreatePartition(name, partition);
      if (!added && added.error().reason != Reason::kEntityExists) return added;
    }
    return {};
  })));
  if (missing.empty()) return Nothing();
  std::string first = "Partitions not in metastore:";
  std::vector<std::string> lines(1);
  for (const std::string& folder : missing) {
    first += fmt::format("\t{}:{}", table.name, folder);
    lines.push_back(fmt::format("Repair: Added partition to metastore {}:{}", table.name, folder));
  }
  lines[0] = std::move(first);
  return Text(lines, {});
}

}  // namespace owlet::jobs
