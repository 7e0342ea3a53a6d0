#include "core/catalog/model.h"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace owlet::catalog {
namespace {

constexpr char kHex[] = "0123456789ABCDEF";

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// The characters that Hive's FileUtils.escapePathName escapes.
bool NeedsEscape(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F ||
         std::string_view("\"#%'*/:=?\\{[]^").find(c) != std::string_view::npos;
}

bool EqualsWithoutCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  });
}

}  // namespace

const std::vector<Column>& Table::Columns() const {
  static const std::vector<Column> kNone;
  return storage ? storage->columns : kNone;
}

bool Table::IsIceberg() const {
  const auto found = parameters.find("table_type");
  return found != parameters.end() && EqualsWithoutCase(found->second, "ICEBERG");
}

std::string EscapePartitionPart(std::string_view part) {
  std::string escaped;
  for (const char c : part) {
    if (!NeedsEscape(c)) {
      escaped += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    escaped += '%';
    escaped += kHex[byte >> 4];
    escaped += kHex[byte & 15];
  }
  return escaped;
}

std::string UnescapePartitionPart(std::string_view part) {
  std::string plain;
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (part[i] == '%' && i + 2 < part.size() && HexValue(part[i + 1]) >= 0 &&
        HexValue(part[i + 2]) >= 0) {
      plain += static_cast<char>(HexValue(part[i + 1]) * 16 + HexValue(part[i + 2]));
      i += 2;
    } else {
      plain += part[i];
    }
  }
  return plain;
}

std::string PartitionName(const std::vector<Column>& keys, const std::vector<std::string>& values) {
  std::string name;
  for (std::size_t i = 0; i < keys.size() && i < values.size(); ++i) {
    if (i > 0) name += '/';
    name += EscapePartitionPart(keys[i].name) + "=" +
            (values[i].empty() ? std::string(kDefaultPartition) : EscapePartitionPart(values[i]));
  }
  return name;
}

std::optional<std::vector<std::string>> ParsePartitionName(const std::vector<Column>& keys,
                                                           std::string_view path) {
  std::vector<std::string> values;
  while (!path.empty()) {
    const std::size_t end = path.find('/');
    const std::string_view part = path.substr(0, end);
    path = end == std::string_view::npos ? std::string_view{} : path.substr(end + 1);
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos || values.size() == keys.size()) return std::nullopt;
    if (!EqualsWithoutCase(UnescapePartitionPart(part.substr(0, equals)),
                           keys[values.size()].name)) {
      return std::nullopt;
    }
    values.push_back(UnescapePartitionPart(part.substr(equals + 1)));
  }
  if (values.size() != keys.size()) return std::nullopt;
  return values;
}

}  // namespace owlet::catalog
