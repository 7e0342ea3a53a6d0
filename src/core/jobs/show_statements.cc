#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "core/jobs/statement_run.h"

namespace owlet::jobs {
namespace {

/// `*` for any text; the rest as it is.
bool MatchesGlob(std::string_view name, std::string_view glob) {
  std::size_t n = 0;
  std::size_t g = 0;
  std::size_t star = std::string_view::npos;
  std::size_t mark = 0;
  while (n < name.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      mark = n;
    } else if (g + 1 < glob.size() && glob[g] == '.' && glob[g + 1] == '*') {
      star = g + 1;  // the regular expression's way to say the same
      g += 2;
      mark = n;
    } else if (g < glob.size() &&
               (glob[g] == '.' || ToLowerAscii(glob[g]) == ToLowerAscii(name[n]))) {
      ++g;
      ++n;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      n = ++mark;
    } else {
      return false;
    }
  }
  while (g < glob.size() &&
         (glob[g] == '*' || (glob[g] == '.' && g + 1 < glob.size() && glob[g + 1] == '*'))) {
    ++g;
  }
  return g == glob.size();
}

std::string Padded(std::string_view text) { return fmt::format("{:<20}", text); }

}  // namespace

bool MatchesHivePattern(std::string_view name, std::string_view pattern) {
  while (true) {
    const std::size_t bar = pattern.find('|');
    if (MatchesGlob(name, pattern.substr(0, bar))) return true;
    if (bar == std::string_view::npos) return false;
    pattern.remove_prefix(bar + 1);
  }
}

Result<StatementOutcome> StatementRun::Run(const sql::ShowDatabases& statement) {
  std::vector<std::string> lines;
  catalog::PageRequest page;
  do {
    OWLET_TRY(const auto part, runner_.catalog_.ListDatabases(principal(), page));
    for (const auto& database : part.items) {
      if (!statement.pattern || MatchesHivePattern(database.name, *statement.pattern)) {
        lines.push_back(database.name);
      }
    }
    page.token = part.next;
  } while (!page.token.empty());
  return Text(lines, {"database_name"});
}

Result<StatementOutcome> StatementRun::Run(const sql::ShowTables& statement) {
  if (statement.extended) {
    return Fail(Reason::kNotImplemented, "SHOW TABLE EXTENDED is not supported", "NOT_SUPPORTED");
  }
  OWLET_TRY(const std::string database, ResolveDatabase(statement.database));
  std::vector<std::string> lines;
  catalog::PageRequest page;
  do {
    auto part =
        runner_.catalog_.ListTables(principal(), database, page, [&](std::string_view name) {
          return !statement.pattern || MatchesHivePattern(name, *statement.pattern);
        });
    if (!part && part.error().reason == Reason::kDatabaseNotFound) {
      return Fail(
          Reason::kDatabaseNotFound,
          fmt::format("FAILED: SemanticException [Error 10072]: Database does not exist: {}",
                      database));
    }
    if (!part) return Fail(HiveError(part.error()));
    for (const auto& table : part->items) lines.push_back(table.name);
    page.token = part->next;
  } while (!page.token.empty());
  return Text(lines, {"tab_name"});
}

Result<StatementOutcome> StatementRun::Run(const sql::ShowViews& statement) {
  OWLET_TRY(const std::string database, ResolveDatabase(statement.database));
  std::vector<std::string> lines;
  catalog::PageRequest page;
  do {
    OWLET_TRY(const auto part, runner_.catalog_.ListTables(principal(), database, page));
    for (const auto& table : part.items) {
      if (table.IsView() &&
          (!statement.pattern || MatchesHivePattern(table.name, *statement.pattern))) {
        lines.push_back(table.name);
      }
    }
    page.token = part.next;
  } while (!page.token.empty());
  return Text(lines, {"views"});
}

Result<StatementOutcome> StatementRun::Run(const sql::ShowColumns& statement) {
  OWLET_TRY(const auto table, FindTable(statement.table));
  std::vector<std::string> lines;
  for (const auto& column : table.Columns()) lines.push_back(Padded(column.name));
  for (const auto& key : table.partition_keys) lines.push_back(Padded(key.name));
  return Text(lines, {"field"});
}

Result<StatementOutcome> StatementRun::Run(const sql::ShowPartitions& statement) {
  OWLET_TRY(const auto table, FindTable(statement.table));
  if (table.partition_keys.empty()) {
    return Fail(Reason::kInvalidArgument,
                fmt::format("FAILED: Execution Error, return code 1 from "
                            "org.apache.hadoop.hive.ql.exec.DDLTask. Table {} is not a partitioned "
                            "table",
                            table.name));
  }
  catalog::PartitionPredicate predicate;
  for (const auto& term : statement.partition) {
    OWLET_TRY(std::string value, LiteralText(term.value));
    predicate.equal_to[ToLowerAscii(term.column)] = {std::move(value)};
  }
  std::vector<std::string> lines;
  catalog::PageRequest page;
  do {
    OWLET_TRY(const auto part, runner_.catalog_.ListPartitions(
                                   principal(), {table.database, table.name}, page, predicate));
    for (const auto& partition : part.items) {
      lines.push_back(catalog::PartitionName(table.partition_keys, partition.values));
    }
    page.token = part.next;
  } while (!page.token.empty());
  return Text(lines, {"partition"});
}

Result<StatementOutcome> StatementRun::Run(const sql::ShowCreate& statement) {
  if (statement.kind != sql::ShowCreate::Kind::kTable &&
      statement.kind != sql::ShowCreate::Kind::kView) {
    return Fail(Reason::kNotImplemented, "This SHOW CREATE is not supported", "NOT_SUPPORTED");
  }
  OWLET_TRY(const auto table, FindTable(statement.name));
  if (statement.kind == sql::ShowCreate::Kind::kView || table.IsView()) {
    return ShowCreateView(table);
  }
  return Text(ShowCreateTableLines(table), {"createtab_stmt"});
}

Result<StatementOutcome> StatementRun::Run(const sql::ShowTableProperties& statement) {
  OWLET_TRY(const auto table, FindTable(statement.table));
  std::vector<std::string> lines;
  if (statement.key) {
    const auto found = table.parameters.find(*statement.key);
    lines.push_back(found != table.parameters.end()
                        ? found->second
                        : fmt::format("Table {}.{} does not have property: {}", table.database,
                                      table.name, *statement.key));
    return Text(lines, {"prpt_name", "prpt_value"});
  }
  for (const auto& [key, value] : table.parameters) lines.push_back(key + "\t" + value);
  return Text(lines, {"prpt_name", "prpt_value"});
}

Result<StatementOutcome> StatementRun::Run(const sql::Describe& statement) {
  if (statement.kind != sql::Describe::Kind::kTable) {
    return Fail(Reason::kNotImplemented, "This DESCRIBE is not supported", "NOT_SUPPORTED");
  }
  OWLET_TRY(const auto table, FindTable(statement.name));
  std::vector<std::string> columns = {"col_name", "data_type", "comment"};
  std::optional<catalog::Partition> partition;
  if (!statement.partition.empty()) {
    OWLET_TRY(const auto values, PartitionValues(table, statement.partition));
    auto found = runner_.catalog_.GetPartition(principal(), {table.database, table.name}, values);
    if (!found && found.error().reason == Reason::kPartitionNotFound) {
      return Fail(Reason::kPartitionNotFound,
                  fmt::format("FAILED: SemanticException [Error 10006]: Partition not found {}",
                              catalog::PartitionName(table.partition_keys, values)));
    }
    if (!found) return Fail(HiveError(found.error()));
    partition = *std::move(found);
  }
  if (!statement.column.empty()) {
    const auto named = [&](const catalog::Column& column) {
      return EqualsIgnoringCase(column.name, statement.column.front());
    };
    auto found = std::ranges::find_if(table.Columns(), named);
    if (found == table.Columns().end()) {
      found = std::ranges::find_if(table.partition_keys, named);
      if (found == table.partition_keys.end()) {
        return Fail(Reason::kInvalidArgument,
                    fmt::format("FAILED: SemanticException [Error 10002]: Invalid column reference "
                                "{}",
                                statement.column.front()));
      }
    }
    std::vector<std::string> lines;
    if (statement.formatted) {
      lines = {Padded("# col_name") + "\t" + Padded("data_type") + "\t" + Padded("comment"),
               "\t \t "};
    }
    lines.push_back(Padded(found->name) + "\t" + Padded(found->type) + "\t" +
                    Padded(found->comment));
    return Text(lines, std::move(columns));
  }
  const catalog::Partition* of = partition ? &*partition : nullptr;
  return Text(statement.formatted  ? DescribeFormattedLines(table, of)
              : statement.extended ? DescribeExtendedLines(table, of)
                                   : DescribeLines(table),
              std::move(columns));
}

}  // namespace owlet::jobs
