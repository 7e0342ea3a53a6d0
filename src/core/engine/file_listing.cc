#include "core/engine/file_listing.h"

#include <fnmatch.h>
#include <strings.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <set>

#include "core/engine/partition_values.h"
#include "core/plan/literal_text.h"

namespace owlet::engine {

namespace {

constexpr std::string_view kDefaultPartition = "__HIVE_DEFAULT_PARTITION__";

std::vector<std::string> Split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  std::size_t start = 0;
  while (start <= text.size()) {
    const std::size_t end = std::min(text.find(separator, start), text.size());
    parts.emplace_back(text.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

// Spark's HadoopFSUtils.shouldFilterOutPathName; Athena documents the same for `_` and `.`.
bool IsHidden(std::string_view name) {
  if (name.starts_with("_metadata") || name.starts_with("_common_metadata")) return true;
  return (name.starts_with('_') && name.find('=') == std::string_view::npos) ||
         name.starts_with('.') || name.ends_with("._COPYING_") || name.ends_with("_$folder$");
}

// Hadoop's {a,b} as separate patterns; fnmatch knows the rest.
std::vector<std::string> ExpandBraces(const std::string& pattern) {
  const std::size_t open = pattern.find('{');
  const std::size_t close = pattern.find('}', open == std::string::npos ? 0 : open);
  if (open == std::string::npos || close == std::string::npos) return {pattern};
  std::vector<std::string> all;
  for (const std::string& choice : Split(pattern.substr(open + 1, close - open - 1), ',')) {
    for (std::string& one :
         ExpandBraces(pattern.substr(0, open) + choice + pattern.substr(close + 1))) {
      all.push_back(std::move(one));
    }
  }
  return all;
}

bool HasGlob(std::string_view text) { return text.find_first_of("*?[{") != std::string_view::npos; }

bool GlobMatch(const std::string& pattern, const std::string& text) {
  const auto patterns = ExpandBraces(pattern);
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& one) {
    return fnmatch(one.c_str(), text.c_str(), FNM_NOESCAPE) == 0;
  });
}

struct SplitUri {
  store::BucketName bucket;
  std::string key;  // without a slash at its end
};

Result<SplitUri> ParseUri(std::string_view uri) {
  OWLET_TRY(store::BucketAddress address, store::BucketAddress::Parse(uri));
  std::string& key = address.rest;
  while (key.ends_with('/')) key.pop_back();
  return SplitUri{std::move(address.bucket), std::move(key)};
}

}  // namespace

std::optional<std::string> FindOption(const plan::Options& options, std::string_view name) {
  for (const auto& [key, value] : options) {
    if (key.size() == name.size() && strncasecmp(key.data(), name.data(), name.size()) == 0) {
      return value;
    }
  }
  return std::nullopt;
}

// Hive's FileUtils.escapePathName, which Spark's ExternalCatalogUtils repeats.
std::string EscapeFolder(std::string_view text) {
  static constexpr std::string_view kEscaped = "\"#%'*/:=?\\{[]^\x7f";
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string escaped;
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || kEscaped.find(c) != std::string_view::npos) {
      escaped += '%';
      escaped += kHex[byte >> 4];
      escaped += kHex[byte & 15];
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string UnescapeFolder(std::string_view text) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() + 0 && digit(text[i + 1]) >= 0 &&
        digit(text[i + 2]) >= 0) {
      plain += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

Status FileListing::ListFolder(const store::BucketName& bucket, const std::string& prefix,
                               const std::string& root, std::vector<FoundFile>& files) const {
  store::ListRequest request{.prefix = prefix};
  for (;;) {
    auto listed = objects_.List(principal_, bucket, request);
    if (!listed && bucket.IsScratch() && listed.error().reason == Reason::kBucketNotFound) {
      return {};  // made by the first write to it
    }
    OWLET_TRY(store::ListPage page, std::move(listed));
    for (const store::ObjectInfo& object : page.objects) {
      if (object.key.ends_with('/')) continue;  // a folder's marker
      std::vector<std::string> parts = Split(std::string_view(object.key).substr(root.size()), '/');
      if (std::any_of(parts.begin(), parts.end(), IsHidden)) continue;
      FoundFile file{.uri = store::BucketUri(bucket) + "/" + object.key,
                     .size = object.size,
                     .generation = object.generation,
                     .modified = object.modified};
      for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
        const std::size_t equals = parts[i].find('=');
        if (equals == std::string::npos || equals == 0) {
          file.nested = true;
          continue;
        }
        PartitionFolder folder{UnescapeFolder(parts[i].substr(0, equals)),
                               UnescapeFolder(parts[i].substr(equals + 1))};
        if (folder.value == kDefaultPartition) folder.value.reset();
        file.folders.push_back(std::move(folder));
      }
      files.push_back(std::move(file));
    }
    if (!page.truncated) return {};
    request.start_after = page.next;
  }
}

Result<std::vector<FoundFile>> FileListing::FindPath(const std::string& path,
                                                     const std::string& base_path) const {
  OWLET_TRY(SplitUri uri, ParseUri(path));
  std::string base_root;
  if (!base_path.empty()) {
    OWLET_TRY(SplitUri base, ParseUri(base_path));
    base_root = base.key.empty() ? "" : base.key + "/";
  }
  std::vector<FoundFile> files;
  const auto not_found = [&] {
    Error error{Reason::kAnalysisError, "Path does not exist: " + path + ".", "PATH_NOT_FOUND"};
    error.parameters = {{"path", path}};
    return Fail(std::move(error));
  };
  const auto add_root = [&](const std::string& key) -> Status {
    const std::string folder = key.empty() ? "" : key + "/";
    const std::string& root = !base_path.empty() && key.starts_with(base_root) ? base_root : folder;
    if (!key.empty()) {
      OWLET_TRY(store::ObjectKey object_key, store::ObjectKey::Parse(key));
      auto object = objects_.Head(principal_, uri.bucket, object_key);
      if (object) {
        files.push_back(FoundFile{.uri = store::BucketUri(uri.bucket) + "/" + key,
                                  .size = object->size,
                                  .generation = object->generation,
                                  .modified = object->modified});
        return {};
      }
      // A cluster's file system is made by the first write to it.
      if (uri.bucket.IsScratch() && object.error().reason == Reason::kBucketNotFound) {
        return not_found();
      }
      if (object.error().reason != Reason::kObjectNotFound) return Fail(object.error());
    }
    OWLET_TRY(store::ListPage any,
              objects_.List(principal_, uri.bucket, {.prefix = folder, .limit = 1}));
    if (any.objects.empty() && !key.empty()) return not_found();
    return ListFolder(uri.bucket, folder, root, files);
  };
  if (!HasGlob(uri.key)) {
    OWLET_CHECK_OK(add_root(uri.key));
    return files;
  }
  const std::vector<std::string> patterns = Split(uri.key, '/');
  std::string prefix = uri.key.substr(0, uri.key.find_first_of("*?[{"));
  std::set<std::string> roots;
  store::ListRequest request{.prefix = prefix};
  for (;;) {
    OWLET_TRY(store::ListPage page, objects_.List(principal_, uri.bucket, request));
    for (const store::ObjectInfo& object : page.objects) {
      const std::vector<std::string> parts = Split(object.key, '/');
      if (parts.size() < patterns.size()) continue;
      std::string root;
      bool matches = true;
      for (std::size_t i = 0; matches && i < patterns.size(); ++i) {
        matches = GlobMatch(patterns[i], parts[i]);
        root += (i > 0 ? "/" : "") + parts[i];
      }
      // A name that only a star reaches is hidden as anywhere else.
      if (matches && !IsHidden(parts[patterns.size() - 1])) roots.insert(std::move(root));
    }
    if (!page.truncated) break;
    request.start_after = page.next;
  }
  if (roots.empty()) return not_found();
  for (const std::string& root : roots) OWLET_CHECK_OK(add_root(root));
  return files;
}

Result<std::vector<FoundFile>> FileListing::Find(const std::vector<std::string>& paths,
                                                 const plan::Options& options) const {
  const std::string base_path = FindOption(options, "basePath").value_or("");
  const bool recursive =
      strcasecmp(FindOption(options, "recursiveFileLookup").value_or("").c_str(), "true") == 0;
  const std::optional<std::string> filter = FindOption(options, "pathGlobFilter");
  std::vector<FoundFile> files;
  for (const std::string& path : paths) {
    OWLET_TRY(std::vector<FoundFile> found, FindPath(path, base_path));
    for (FoundFile& file : found) {
      if (filter && !GlobMatch(*filter, file.uri.substr(file.uri.rfind('/') + 1))) continue;
      if (recursive) {
        file.folders.clear();
      } else if (file.nested) {
        continue;  // Spark lists it but reads only what lies in the path or a partition of it
      }
      files.push_back(std::move(file));
    }
  }
  return files;
}

namespace {

/// "dt=2024-01-01/hour=3" of a file's partition.
std::string PartitionText(const plan::TableSource& source, const std::vector<plan::Literal>& values,
                          const FoundFile& file) {
  std::string text;
  const std::size_t keys = source.partition_schema.size() - source.file_columns.size();
  for (std::size_t i = 0; i < keys && i < values.size(); ++i) {
    const plan::Literal& value = values[i];
    std::string part(kDefaultPartition);
    if (const auto* string = std::get_if<std::string>(&value.value)) {
      part = *string;
    } else if (const auto* number = std::get_if<std::int64_t>(&value.value)) {
      part = value.type.id() == plan::TypeId::kDate        ? plan::DateText(*number)
             : value.type.id() == plan::TypeId::kTimestamp ? plan::TimestampText(*number)
                                                           : std::to_string(*number);
    } else if (const auto* flag = std::get_if<bool>(&value.value)) {
      part = *flag ? "true" : "false";
    } else if (!value.IsNull() && i < file.folders.size() && file.folders[i].value) {
      part = *file.folders[i].value;
    }
    text += (i > 0 ? "/" : "") + EscapeFolder(source.partition_schema[i].name) + "=" +
            EscapeFolder(part);
  }
  return text;
}

/// The number before the first underscore of "000003_0_...".
plan::LiteralValue BucketOf(const std::string& uri) {
  const std::string name = uri.substr(uri.rfind('/') + 1);
  std::int64_t bucket = 0;
  const auto [end, code] = std::from_chars(name.data(), name.data() + name.size(), bucket);
  if (code != std::errc() || end == name.data() + name.size() || *end != '_') return {};
  return bucket;
}

void AppendFileColumns(const plan::TableSource& source, const FoundFile& file,
                       std::vector<plan::Literal>& values) {
  const std::size_t keys = source.partition_schema.size() - source.file_columns.size();
  for (std::size_t i = 0; i < source.file_columns.size(); ++i) {
    plan::Literal value{source.partition_schema[keys + i].type, {}};
    switch (source.file_columns[i]) {
      case plan::FileColumn::kPath:
        value.value = file.uri;
        break;
      case plan::FileColumn::kSize:
        value.value = static_cast<std::int64_t>(file.size);
        break;
      case plan::FileColumn::kModifiedTime:
        value.value = plan::ZonedInstant{
            std::chrono::duration_cast<std::chrono::milliseconds>(file.modified.time_since_epoch())
                    .count() *
                1000,
            "UTC"};
        break;
      case plan::FileColumn::kPartition:
        value.value = PartitionText(source, values, file);
        break;
      case plan::FileColumn::kBucket:
        value.value = BucketOf(file.uri);
        break;
    }
    values.push_back(std::move(value));
  }
}

}  // namespace

Result<std::vector<ListedFile>> FileListing::List(
    const plan::TableSource& source, const std::vector<plan::TablePartition>& partitions) const {
  std::vector<ListedFile> listed;
  if (source.index != nullptr || !partitions.empty()) {
    for (const plan::TablePartition& partition : partitions) {
      OWLET_TRY(SplitUri uri, ParseUri(partition.location));
      std::vector<FoundFile> files;
      const std::string folder = uri.key.empty() ? "" : uri.key + "/";
      OWLET_CHECK_OK(ListFolder(uri.bucket, folder, folder, files));
      for (FoundFile& file : files) {
        ListedFile entry{file.uri, file.size, file.generation, partition.values, partition.shape};
        AppendFileColumns(source, file, entry.partition);
        listed.push_back(std::move(entry));
      }
    }
    return listed;
  }
  std::vector<FoundFile> files;
  if (source.dialect == plan::Dialect::kSpark && source.table_name.empty()) {
    OWLET_TRY(files, Find(source.paths, source.options));
  } else {
    for (const std::string& path : source.paths) {
      OWLET_TRY(SplitUri uri, ParseUri(path));
      const std::string folder = uri.key.empty() ? "" : uri.key + "/";
      OWLET_CHECK_OK(ListFolder(uri.bucket, folder, folder, files));
    }
  }
  const std::size_t keys = source.partition_schema.size() - source.file_columns.size();
  for (FoundFile& file : files) {
    ListedFile entry{file.uri, file.size, file.generation, {}, nullptr};
    for (std::size_t i = 0; i < keys; ++i) {
      const plan::Field& column = source.partition_schema[i];
      const auto folder =
          std::find_if(file.folders.begin(), file.folders.end(), [&](const PartitionFolder& f) {
            return strcasecmp(f.name.c_str(), column.name.c_str()) == 0;
          });
      OWLET_TRY(plan::Literal value,
                ParsePartitionValue(folder == file.folders.end() ? std::nullopt : folder->value,
                                    column.type));
      entry.partition.push_back(std::move(value));
    }
    AppendFileColumns(source, file, entry.partition);
    listed.push_back(std::move(entry));
  }
  // Spark packs the largest files first, which is the order in which its rows come.
  if (source.dialect == plan::Dialect::kSpark) {
    std::stable_sort(listed.begin(), listed.end(),
                     [](const ListedFile& a, const ListedFile& b) { return a.size > b.size; });
  }
  return listed;
}

Result<plan::Schema> InferPartitions(const std::vector<FoundFile>& files,
                                     const std::optional<plan::Schema>& user_schema,
                                     bool infer_types) {
  plan::Schema schema;
  std::vector<std::vector<std::optional<std::string>>> values;
  const FoundFile* first = nullptr;
  for (const FoundFile& file : files) {
    if (first == nullptr) {
      first = &file;
      values.resize(file.folders.size());
    }
    const bool same = std::equal(
        file.folders.begin(), file.folders.end(), first->folders.begin(), first->folders.end(),
        [](const PartitionFolder& a, const PartitionFolder& b) { return a.name == b.name; });
    if (!same) {
      Error error{Reason::kExecutionError,
                  "Conflicting partition column names detected:\n" + first->uri + "\n" + file.uri,
                  "CONFLICTING_PARTITION_COLUMN_NAMES"};
      error.parameters = {{"distinctPartColLists", first->uri + ", " + file.uri},
                          {"suspiciousPaths", file.uri}};
      return Fail(std::move(error));
    }
    for (std::size_t i = 0; i < values.size(); ++i) values[i].push_back(file.folders[i].value);
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    plan::Field field{.name = first->folders[i].name, .type = plan::Type::Varchar()};
    const plan::Field* given = nullptr;
    for (std::size_t j = 0; user_schema && j < user_schema->size(); ++j) {
      if (strcasecmp((*user_schema)[j].name.c_str(), field.name.c_str()) == 0) {
        given = &(*user_schema)[j];
      }
    }
    if (given != nullptr) {
      field.type = given->type;
      field.name = given->name;
    } else if (infer_types) {
      field.type = InferPartitionType(values[i]);
    }
    schema.push_back(std::move(field));
  }
  return schema;
}

}  // namespace owlet::engine
