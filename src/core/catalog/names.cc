#include "core/catalog/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace owlet::catalog {

std::string FoldName(std::string_view name) {
  std::string folded(name);
  for (char& c : folded) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return folded;
}

TableName FoldName(const TableName& name) {
  return {FoldName(name.database), FoldName(name.table)};
}

Status CheckName(std::string_view what, std::string_view name) {
  if (name.empty() || name.size() > 255) {
    return Fail(Reason::kInvalidArgument,
                fmt::format("{} must have 1 to 255 bytes, this one has {}", what, name.size()));
  }
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20; };
  if (std::ranges::any_of(name, control)) {
    return Fail(Reason::kInvalidArgument, fmt::format("{} must not hold control characters", what));
  }
  return {};
}

Status CheckPartitionValues(const Table& table, const std::vector<std::string>& values) {
  if (values.size() != table.partition_keys.size()) {
    return Fail(Reason::kInvalidArgument,
                "The number of partition keys do not match the number of partition values");
  }
  if (std::ranges::any_of(values, &std::string::empty)) {
    return Fail(Reason::kInvalidArgument, "Partition values must not be empty");
  }
  return {};
}

std::function<bool(const std::vector<std::string>&)> CompilePredicate(
    const std::vector<Column>& partition_keys, const PartitionPredicate& predicate) {
  std::vector<std::pair<std::size_t, std::vector<std::string>>> equal;
  for (std::size_t i = 0; i < partition_keys.size(); ++i) {
    const auto found = predicate.equal_to.find(FoldName(partition_keys[i].name));
    if (found != predicate.equal_to.end()) equal.emplace_back(i, found->second);
  }
  if (equal.empty()) return predicate.matches;
  return [equal = std::move(equal),
          matches = predicate.matches](const std::vector<std::string>& values) {
    for (const auto& [index, allowed] : equal) {
      if (index >= values.size() || std::ranges::find(allowed, values[index]) == allowed.end()) {
        return false;
      }
    }
    return !matches || matches(values);
  };
}

std::unexpected<Error> DatabaseNotFound(std::string_view database) {
  return Fail(Reason::kDatabaseNotFound, fmt::format("Database {} not found.", database));
}

std::unexpected<Error> TableNotFound(const TableName& name) {
  return Fail(Reason::kTableNotFound, fmt::format("Table {} not found.", name.table));
}

std::unexpected<Error> PartitionNotFound() {
  return Fail(Reason::kPartitionNotFound, "Cannot find partition.");
}

}  // namespace owlet::catalog
