#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "core/access/principal.h"
#include "core/plan/literal.h"
#include "core/plan/relation.h"
#include "core/plan/resolved.h"
#include "core/store/object_store.h"

namespace owlet::engine {

/// An object that a scan reads.
struct ListedFile {
  std::string uri;  // "s3://bucket/key"
  std::uint64_t size = 0;
  std::uint64_t generation = 0;          // ObjectInfo's; 0: not known, so nothing is remembered
  std::vector<plan::Literal> partition;  // of the source's partition_schema
  /// How it is read, where its partition says something else than its table.
  std::shared_ptr<const plan::TableSource> shape = nullptr;
};

/// A path component "name=value" below a root, unescaped; no value for Hive's default partition.
struct PartitionFolder {
  std::string name;
  std::optional<std::string> value;
};

/// An object below the paths of a reader, with the partition folders between path and object.
struct FoundFile {
  std::string uri;
  std::uint64_t size = 0;
  std::uint64_t generation = 0;
  Timestamp modified = {};
  std::vector<PartitionFolder> folders;
  bool nested = false;  // in a folder below the path that is no partition's
};

/// Lists objects for one identity. Thread-safe as the store is. Names that begin with `_` or `.`
/// are hidden as Spark and Athena hide them.
class FileListing {
 public:
  FileListing(const store::ObjectStore& objects, const access::Principal& principal)
      : objects_(objects), principal_(principal) {}

  /// What spark.read finds: each path is an object, a folder or a Hadoop glob (* ? [a-z] {a,b}) of
  /// them. kAnalysisError PATH_NOT_FOUND when a path names nothing. Options: basePath,
  /// recursiveFileLookup, pathGlobFilter.
  [[nodiscard]] Result<std::vector<FoundFile>> Find(const std::vector<std::string>& paths,
                                                    const plan::Options& options) const;

  /// The objects of a resolved source, with the values of its partition and file columns: those of
  /// `partitions` for a catalog's partitioned table, else all. Sorted as the dialect's engine reads
  /// them.
  [[nodiscard]] Result<std::vector<ListedFile>> List(
      const plan::TableSource& source, const std::vector<plan::TablePartition>& partitions) const;

 private:
  [[nodiscard]] Result<std::vector<FoundFile>> FindPath(const std::string& path,
                                                        const std::string& base_path) const;
  [[nodiscard]] Status ListFolder(const store::BucketName& bucket, const std::string& prefix,
                                  const std::string& root, std::vector<FoundFile>& files) const;

  const store::ObjectStore& objects_;
  const access::Principal& principal_;
};

/// The partition columns that the folders of `files` spell, with the types that Spark infers for
/// their values (all strings without `infer_types`); a field of `user_schema` decides its own.
[[nodiscard]] Result<plan::Schema> InferPartitions(const std::vector<FoundFile>& files,
                                                   const std::optional<plan::Schema>& user_schema,
                                                   bool infer_types);

/// The text of a partition folder or of a catalog partition as a value. kExecutionError when it is
/// none of the type.
[[nodiscard]] Result<plan::Literal> ParsePartitionValue(const std::optional<std::string>& text,
                                                        const plan::Type& type);

/// "a%3Db": as Spark and Hive escape what a folder's name cannot hold; and back.
[[nodiscard]] std::string EscapeFolder(std::string_view text);
[[nodiscard]] std::string UnescapeFolder(std::string_view text);

/// An option by its name without case, or nothing.
[[nodiscard]] std::optional<std::string> FindOption(const plan::Options& options,
                                                    std::string_view name);

}  // namespace owlet::engine
