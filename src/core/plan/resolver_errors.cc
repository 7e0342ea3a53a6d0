#include "core/plan/resolver_errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace owlet::plan {

namespace {

std::size_t EditDistance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= left.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1,
                         diagonal + (left[i - 1] == right[j - 1] ? std::size_t{0} : 1)});
      diagonal = above;
    }
  }
  return row[right.size()];
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

}  // namespace

std::unexpected<Error> TrinoError(std::string condition, const OriginPtr& origin,
                                  std::string_view text) {
  Error error{.reason = Reason::kAnalysisError,
              .message = std::string(text),
              .condition = std::move(condition)};
  return std::unexpected(PlaceError(std::move(error), Dialect::kTrino, origin));
}

std::unexpected<Error> SparkError(std::string condition, const OriginPtr& origin,
                                  MessageParameters parameters, std::string text) {
  Error error{.reason = Reason::kAnalysisError,
              .message = std::move(text),
              .condition = std::move(condition),
              .parameters = std::move(parameters)};
  return std::unexpected(PlaceError(std::move(error), Dialect::kSpark, origin));
}

Error PlaceError(Error error, Dialect dialect, const OriginPtr& origin) {
  if (error.span || !origin || !origin->span) return error;
  error.span = origin->span;
  if (dialect == Dialect::kTrino) {
    error.message =
        fmt::format("line {}:{}: {}", error.span->line, error.span->column, error.message);
  }
  return error;
}

std::string SparkName(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) {
    if (!text.empty()) text += '.';
    text += '`';
    for (char c : part) text += c == '`' ? "``" : std::string(1, c);
    text += '`';
  }
  return text;
}

std::string SparkQuoted(std::string_view text) { return fmt::format("\"{}\"", text); }

std::string SparkProposal(const std::vector<std::string>& name,
                          const std::vector<std::vector<std::string>>& candidates) {
  // Spark compares unqualified candidates with the name as it stands; when the name is qualified,
  // it leaves out the qualifiers that all candidates share beyond the name's own length.
  std::vector<std::pair<std::size_t, std::string>> ranked;
  std::string wanted;
  for (const std::string& part : name) wanted += (wanted.empty() ? "" : ".") + part;
  for (const auto& candidate : candidates) {
    const std::size_t keep = std::min(candidate.size(), std::max<std::size_t>(name.size(), 1));
    const std::vector<std::string> parts(candidate.end() - static_cast<std::ptrdiff_t>(keep),
                                         candidate.end());
    std::string plain;
    for (const std::string& part : parts) plain += (plain.empty() ? "" : ".") + part;
    ranked.emplace_back(EditDistance(Lower(wanted), Lower(plain)), SparkName(parts));
  }
  std::ranges::sort(ranked);
  std::string text;
  for (std::size_t i = 0; i < ranked.size() && i < 5; ++i) {
    if (i > 0) text += ", ";
    text += ranked[i].second;
  }
  return text;
}

std::unexpected<Error> NotAmongFieldNames(const std::string& name,
                                          const std::vector<std::string>& fields,
                                          const OriginPtr& origin) {
  std::string list;
  for (const std::string& field : fields) list += (list.empty() ? "" : ", ") + field;
  return SparkError("UNRESOLVED_COLUMN_AMONG_FIELD_NAMES", origin,
                    {{"colName", name}, {"fieldNames", list}},
                    fmt::format("Cannot resolve column name \"{}\" among ({}).", name, list));
}

std::unexpected<Error> TableNotFound(const std::vector<std::string>& name,
                                     const SessionSettings& session, const OriginPtr& origin) {
  if (session.dialect == Dialect::kTrino) {
    const std::string catalog = name.size() > 2 ? Lower(name[0]) : session.current_catalog;
    const std::string database =
        name.size() > 1 ? Lower(name[name.size() - 2]) : session.current_database;
    return TrinoError(
        "TABLE_NOT_FOUND", origin,
        fmt::format("Table '{}.{}.{}' does not exist", catalog, database, Lower(name.back())));
  }
  const std::string relation = SparkName(name);
  return SparkError(
      "TABLE_OR_VIEW_NOT_FOUND", origin,
      {{"relationName", relation},
       {"searchPath", fmt::format("[`system`.`builtin`, `system`.`session`, `spark_catalog`.`{}`]",
                                  session.current_database)}},
      fmt::format("The table or view {} cannot be found. Verify the spelling and correctness of "
                  "the schema and catalog.",
                  relation));
}

}  // namespace owlet::plan
