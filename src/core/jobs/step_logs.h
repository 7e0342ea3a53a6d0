#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"
#include "core/access/principal.h"
#include "core/store/object_store.h"

namespace owlet::jobs {

/// Compresses (gzip) and stores a log file of any size; memory does not grow with it. A file that
/// is not there is an empty log. kBucketNotFound, kAccessDenied, kStorageFull.
[[nodiscard]] Status PublishLogFile(store::ObjectStore& objects, const access::Principal& who,
                                    const store::ObjectPath& target,
                                    const std::filesystem::path& file);
/// The same for a text in memory.
[[nodiscard]] Status PublishLogText(store::ObjectStore& objects, const access::Principal& who,
                                    const store::ObjectPath& target, std::string_view text);

}  // namespace owlet::jobs
