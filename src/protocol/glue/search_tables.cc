#include <algorithm>
#include <cctype>
#include <charconv>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/glue/handlers.h"
#include "protocol/glue/wire_model.h"

namespace owlet::glue {
namespace {

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

bool Contains(std::string_view text, std::string_view wanted) {
  return Lower(text).find(wanted) != std::string::npos;
}

/// The texts of a table in which SearchText is looked for.
bool TextMatches(const catalog::Table& table, std::string_view search) {
  // Quotes ask for the phrase; without them it is looked for as it stands as well.
  if (search.size() >= 2 && search.front() == '"' && search.back() == '"') {
    search = search.substr(1, search.size() - 2);
  }
  const std::string wanted = Lower(search);
  if (Contains(table.name, wanted) || Contains(table.description, wanted) ||
      Contains(table.database, wanted) || Contains(table.owner, wanted)) {
    return true;
  }
  const auto column = [&](const catalog::Column& c) {
    return Contains(c.name, wanted) || Contains(c.comment, wanted);
  };
  if (std::ranges::any_of(table.Columns(), column) ||
      std::ranges::any_of(table.partition_keys, column)) {
    return true;
  }
  return std::ranges::any_of(table.parameters, [&](const auto& parameter) {
    return Contains(parameter.first, wanted) || Contains(parameter.second, wanted);
  });
}

/// One of the table's own fields or a parameter, by the names that filters and sorting use.
std::string FieldOf(const catalog::Table& table, std::string_view key) {
  const std::string name = Lower(key);
  if (name == "databasename") return table.database;
  if (name == "name" || name == "tablename") return table.name;
  if (name == "owner") return table.owner;
  if (name == "description") return table.description;
  if (name == "tabletype") return table.table_type;
  if (name == "location") return table.storage ? table.storage->location : std::string();
  const auto seconds = [](Timestamp time) {
    return std::to_string(
        std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count());
  };
  if (name == "createtime") return seconds(table.create_time);
  if (name == "updatetime") return seconds(table.update_time);
  const auto parameter = table.parameters.find(std::string(key));
  return parameter == table.parameters.end() ? std::string() : parameter->second;
}

bool FilterMatches(const catalog::Table& table, const aws::glue::PropertyPredicate& filter) {
  const std::string field = FieldOf(table, filter.key.value_or(""));
  const std::string& value = filter.value.value_or("");
  const std::string comparator = filter.comparator.value_or("EQUALS");
  if (comparator == "EQUALS") return Lower(field) == Lower(value);
  const auto number = [](const std::string& text) {
    double parsed = 0;
    std::from_chars(text.data(), text.data() + text.size(), parsed);
    return parsed;
  };
  if (comparator == "GREATER_THAN") return number(field) > number(value);
  if (comparator == "LESS_THAN") return number(field) < number(value);
  if (comparator == "GREATER_THAN_EQUALS") return number(field) >= number(value);
  return number(field) <= number(value);
}

Result<std::vector<catalog::Table>> AllTables(
    const Call& call, const std::function<bool(const catalog::Table&)>& keep) {
  std::vector<catalog::Table> tables;
  catalog::PageRequest databases;
  do {
    OWLET_TRY(const auto page, call.catalog.ListDatabases(call.context.principal, databases));
    for (const auto& database : page.items) {
      catalog::PageRequest in_database;
      do {
        auto found = call.catalog.ListTables(call.context.principal, database.name, in_database);
        if (!found) {
          // Dropped meanwhile, or not for this caller: not found.
          const Reason reason = found.error().reason;
          if (reason == Reason::kDatabaseNotFound || reason == Reason::kAccessDenied) break;
          return std::unexpected(std::move(found).error());
        }
        for (auto& table : found->items) {
          if (keep(table)) tables.push_back(std::move(table));
        }
        in_database.token = found->next;
      } while (!in_database.token.empty());
    }
    databases.token = page.next;
  } while (!databases.token.empty());
  return tables;
}

}  // namespace

Result<aws::glue::SearchTablesResponse> SearchTables(
    const Call& call, const aws::glue::SearchTablesRequest& request) {
  OWLET_TRY(auto tables, AllTables(call, [&](const catalog::Table& table) {
              if (request.search_text && !request.search_text->empty() &&
                  !TextMatches(table, *request.search_text)) {
                return false;
              }
              return !request.filters ||
                     std::ranges::all_of(*request.filters, [&](const auto& filter) {
                       return FilterMatches(table, filter);
                     });
            }));
  if (request.sort_criteria && !request.sort_criteria->empty()) {
    const auto& criterion = request.sort_criteria->front();
    const bool descending = criterion.sort.value_or("ASC") == "DESC";
    std::ranges::stable_sort(tables, [&](const auto& a, const auto& b) {
      const std::string x = FieldOf(a, criterion.field_name.value_or("name"));
      const std::string y = FieldOf(b, criterion.field_name.value_or("name"));
      return descending ? y < x : x < y;
    });
  }
  std::uint64_t start = 0;
  if (request.next_token && !request.next_token->empty()) {
    OWLET_TRY(start, ParseVersionId(*request.next_token));
  }
  const auto limit = static_cast<std::size_t>(request.max_results.value_or(1000));
  aws::glue::SearchTablesResponse response;
  auto& list = response.table_list.emplace();
  for (std::size_t i = start; i < tables.size() && list.size() < limit; ++i) {
    list.push_back(ToWire(tables[i], call.catalog_id));
  }
  if (start + list.size() < tables.size()) response.next_token = std::to_string(start + limit);
  return response;
}

}  // namespace owlet::glue
