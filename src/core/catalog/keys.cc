#include "core/catalog/keys.h"

#include "core/kv/key_value_store.h"

namespace owlet::catalog::keys {
namespace {

constexpr char kDatabase = 'd';
constexpr char kTable = 't';
constexpr char kVersion = 'v';
constexpr char kPartition = 'p';
constexpr char kTags = 'g';

std::string Prefix(char kind, std::string_view database) {
  std::string key(1, kind);
  key += database;
  key += '\0';
  return key;
}

std::string Prefix(char kind, std::string_view database, std::string_view table) {
  std::string key = Prefix(kind, database);
  key += table;
  key += '\0';
  return key;
}

}  // namespace

std::string DatabaseKey(std::string_view database) { return kDatabase + std::string(database); }

std::string TableKey(std::string_view database, std::string_view table) {
  return Prefix(kTable, database) + std::string(table);
}

std::string TablePrefix(std::string_view database) { return Prefix(kTable, database); }

std::string VersionPrefix(std::string_view database, std::string_view table) {
  return Prefix(kVersion, database, table);
}

std::string VersionKey(std::string_view database, std::string_view table, std::uint64_t version) {
  std::string key = VersionPrefix(database, table);
  kv::AppendBigEndian(key, version);
  return key;
}

std::string PartitionPrefix(std::string_view database, std::string_view table) {
  return Prefix(kPartition, database, table);
}

std::string PartitionKey(std::string_view database, std::string_view table,
                         const std::vector<std::string>& values) {
  std::string key = PartitionPrefix(database, table);
  for (const std::string& value : values) {
    for (const char c : value) {
      key += c;
      if (c == '\0') key += '\xFF';
    }
    key += '\0';
    key += '\x01';
  }
  return key;
}

std::string TagsKey(std::string_view arn) { return kTags + std::string(arn); }

std::vector<std::string> PartitionValues(std::string_view suffix) {
  std::vector<std::string> values;
  std::string value;
  for (std::size_t i = 0; i < suffix.size(); ++i) {
    if (suffix[i] != '\0') {
      value += suffix[i];
      continue;
    }
    ++i;
    if (i < suffix.size() && suffix[i] == '\xFF') {
      value += '\0';
    } else {
      values.push_back(std::move(value));
      value.clear();
    }
  }
  return values;
}

std::string EncodeToken(std::string_view suffix) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string token;
  token.reserve(suffix.size() * 2);
  for (const char c : suffix) {
    const auto byte = static_cast<unsigned char>(c);
    token += kDigits[byte >> 4];
    token += kDigits[byte & 15];
  }
  return token;
}

std::optional<std::string> DecodeToken(std::string_view token) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
  };
  if (token.size() % 2 != 0) return std::nullopt;
  std::string suffix;
  for (std::size_t i = 0; i < token.size(); i += 2) {
    const int high = digit(token[i]);
    const int low = digit(token[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    suffix += static_cast<char>(high * 16 + low);
  }
  return suffix;
}

}  // namespace owlet::catalog::keys
