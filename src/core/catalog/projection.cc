#include "core/catalog/projection.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/catalog/date_pattern.h"
#include "core/catalog/names.h"

namespace owlet::catalog {
namespace {

using Unit = DatePattern::Unit;

std::string_view Trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::vector<std::string> SplitList(std::string_view text) {
  std::vector<std::string> items;
  while (true) {
    const std::size_t comma = text.find(',');
    items.emplace_back(Trim(text.substr(0, comma)));
    if (comma == std::string_view::npos) return items;
    text.remove_prefix(comma + 1);
  }
}

std::optional<std::int64_t> ParseInteger(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// The properties of one key: projection.<key>.<name>.
class KeyProperties {
 public:
  KeyProperties(const Table& table, const Column& key)
      : table_(table), prefix_("projection." + FoldName(key.name) + ".") {}

  [[nodiscard]] std::optional<std::string> Find(std::string_view name) const {
    for (const auto& [property, value] : table_.parameters) {
      if (FoldName(property) == prefix_ + std::string(name)) return value;
    }
    return std::nullopt;
  }

  [[nodiscard]] std::unexpected<Error> Bad(std::string_view name, std::string_view what) const {
    return Fail(Reason::kInvalidArgument,
                fmt::format("Table {}.{} has an invalid property {}{}: {}", table_.database,
                            table_.name, prefix_, name, what),
                "INVALID_TABLE_PROPERTY");
  }

 private:
  const Table& table_;
  std::string prefix_;
};

/// `wanted`: the values that the reader asks for, if it says; what a long range is cut to.
Result<std::vector<std::string>> IntegerValues(const KeyProperties& properties,
                                               const std::vector<std::string>* wanted) {
  const auto range = SplitList(properties.Find("range").value_or(""));
  if (range.size() != 2) return properties.Bad("range", "two numbers are needed");
  const auto low = ParseInteger(range[0]);
  const auto high = ParseInteger(range[1]);
  if (!low || !high || *low > *high) return properties.Bad("range", "no range of numbers");
  const auto interval = ParseInteger(properties.Find("interval").value_or("1"));
  if (!interval || *interval < 1) return properties.Bad("interval", "no positive number");
  const auto digits = ParseInteger(properties.Find("digits").value_or("0"));
  if (!digits || *digits < 0 || *digits > 19) return properties.Bad("digits", "not 0 to 19");
  const auto span = static_cast<std::uint64_t>(*high) - static_cast<std::uint64_t>(*low);
  if (span / static_cast<std::uint64_t>(*interval) >= kMaximumPartitions) {
    if (wanted != nullptr) {
      std::vector<std::string> values;
      for (const std::string& text : *wanted) {
        const auto value = ParseInteger(text);
        if (value && *value >= *low && *value <= *high && (*value - *low) % *interval == 0) {
          values.push_back(fmt::format("{:0{}}", *value, *digits));
        }
      }
      return values;
    }
    return Fail(Reason::kLimitExceeded, "The projected range has too many partitions");
  }
  std::vector<std::string> values;
  for (std::int64_t value = *low; value <= *high; value += *interval) {
    values.push_back(fmt::format("{:0{}}", value, *digits));
    if (value > *high - *interval) break;
  }
  return values;
}

/// A bound of a range of dates: in the key's format, or NOW with an offset ("NOW-3YEARS").
std::optional<Timestamp> ReadBound(std::string_view text, const DatePattern& pattern,
                                   Timestamp now) {
  text = Trim(text);
  if (!FoldName(text).starts_with("now")) return pattern.Read(text);
  text = Trim(text.substr(3));
  if (text.empty()) return now;
  if (text[0] != '-' && text[0] != '+') return std::nullopt;
  const bool minus = text[0] == '-';
  text = Trim(text.substr(1));
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto amount = ParseInteger(text.substr(0, digits));
  const auto unit = ParseUnit(Trim(text.substr(digits)));
  if (!amount || !unit || *amount > 1'000'000) return std::nullopt;
  return AddUnits(now, *unit, minus ? -*amount : *amount);
}

Result<std::vector<std::string>> DateValues(const KeyProperties& properties, Timestamp now) {
  const auto format = properties.Find("format");
  if (!format) return properties.Bad("format", "it is missing");
  const auto pattern = DatePattern::Parse(*format);
  if (!pattern) return properties.Bad("format", pattern.error().message);
  const auto range = SplitList(properties.Find("range").value_or(""));
  if (range.size() != 2) return properties.Bad("range", "two dates are needed");
  const auto low = ReadBound(range[0], *pattern, now);
  const auto high = ReadBound(range[1], *pattern, now);
  if (!low || !high) return properties.Bad("range", "a bound is no date of the format");
  const auto interval = ParseInteger(properties.Find("interval").value_or("1"));
  if (!interval || *interval < 1) return properties.Bad("interval", "no positive number");
  std::optional<Unit> unit = pattern->finest();
  if (const auto name = properties.Find("interval.unit")) {
    unit = ParseUnit(*name);
    if (!unit) return properties.Bad("interval.unit", "no unit of time");
  }
  std::vector<std::string> values;
  for (std::int64_t step = 0;; ++step) {
    const Timestamp time = AddUnits(*low, *unit, step * *interval);
    if (time > *high) break;
    if (values.size() >= kMaximumPartitions) {
      return Fail(Reason::kLimitExceeded, "The projected range has too many partitions");
    }
    std::string value = pattern->Format(time);
    if (values.empty() || values.back() != value) values.push_back(std::move(value));
  }
  return values;
}

Result<std::vector<std::string>> KeyValues(const Table& table, const Column& key,
                                           const PartitionPredicate& predicate, Timestamp now) {
  const KeyProperties properties(table, key);
  const std::string type = FoldName(properties.Find("type").value_or(""));
  const auto wanted = predicate.equal_to.find(FoldName(key.name));
  if (type == "injected") {
    if (wanted == predicate.equal_to.end()) {
      return Fail(Reason::kInvalidArgument,
                  fmt::format("For the injected projected partition column {}, the WHERE clause "
                              "must contain only static equality conditions, and at least one "
                              "such condition must be present.",
                              key.name),
                  "CONSTRAINT_VIOLATION");
    }
    return wanted->second;
  }
  Result<std::vector<std::string>> values = std::vector<std::string>{};
  if (type == "enum") {
    const auto list = properties.Find("values");
    if (!list) return properties.Bad("values", "it is missing");
    values = SplitList(*list);
  } else if (type == "integer") {
    values =
        IntegerValues(properties, wanted == predicate.equal_to.end() ? nullptr : &wanted->second);
  } else if (type == "date") {
    values = DateValues(properties, now);
  } else {
    return properties.Bad("type", "it is none of enum, integer, date, injected");
  }
  if (values && !predicate.narrow && wanted != predicate.equal_to.end()) {
    std::erase_if(*values, [&](const std::string& value) {
      return std::ranges::find(wanted->second, value) == wanted->second.end();
    });
  }
  return values;
}

/// The template with ${key} filled in, or location/key=value/...
std::string Location(const Table& table, const std::vector<std::string>& values) {
  std::string location = table.storage ? table.storage->location : std::string();
  const auto found = table.parameters.find("storage.location.template");
  if (found == table.parameters.end()) {
    if (!location.ends_with('/')) location += '/';
    return location + PartitionName(table.partition_keys, values) + "/";
  }
  location = found->second;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::string place = "${" + table.partition_keys[i].name + "}";
    for (std::size_t at = location.find(place); at != std::string::npos;
         at = location.find(place, at + values[i].size())) {
      location.replace(at, place.size(), values[i]);
    }
  }
  if (!location.ends_with('/')) location += '/';
  return location;
}

}  // namespace

bool HasProjection(const Table& table) {
  const auto found = table.parameters.find("projection.enabled");
  return found != table.parameters.end() && FoldName(found->second) == "true";
}

Result<std::vector<Partition>> ProjectPartitions(const Table& table,
                                                 const PartitionPredicate& predicate,
                                                 Timestamp now) {
  std::vector<std::vector<std::string>> rows{{}};
  for (std::size_t key = 0; key < table.partition_keys.size(); ++key) {
    OWLET_TRY(auto values, KeyValues(table, table.partition_keys[key], predicate, now));
    if (predicate.narrow) OWLET_CHECK_OK(predicate.narrow(key, values));
    if (rows.size() * values.size() > kMaximumPartitions) {
      return Fail(Reason::kLimitExceeded,
                  fmt::format("The projection of table {}.{} has more than {} partitions",
                              table.database, table.name, kMaximumPartitions));
    }
    std::vector<std::vector<std::string>> longer;
    longer.reserve(rows.size() * values.size());
    for (const auto& row : rows) {
      for (const std::string& value : values) {
        longer.push_back(row);
        longer.back().push_back(value);
      }
    }
    rows = std::move(longer);
  }
  std::vector<Partition> partitions;
  for (auto& row : rows) {
    if (predicate.matches && !predicate.matches(row)) continue;
    Partition partition;
    partition.storage = table.storage;
    if (!partition.storage) partition.storage.emplace();
    partition.storage->location = Location(table, row);
    partition.values = std::move(row);
    partitions.push_back(std::move(partition));
  }
  return partitions;
}

}  // namespace owlet::catalog
