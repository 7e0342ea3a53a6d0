#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "core/plan/session.h"

namespace owlet::engine {

/// The whole address of a path as a Spark script writes it: s3://, s3a:// and s3n:// as they are;
/// hdfs:// and paths without a scheme in the session's file system, whatever name node they name
/// ("/tmp/x" -> "hdfs://<id>/tmp/x", "x" -> "hdfs://<id>/user/hadoop/x"). Doubled slashes and dots
/// go as Hadoop's Path drops them. "file:/x" is "file:///x", for whom the store lets see the disk.
/// Other dialects have no such paths: theirs stay as they are.
/// Errors: kInvalidArgument for another scheme, as Hadoop's UnsupportedFileSystemException says it.
[[nodiscard]] Result<std::string> PlacePath(std::string_view path,
                                            const plan::SessionSettings& session);

}  // namespace owlet::engine
