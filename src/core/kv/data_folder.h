#pragma once

#include <filesystem>
#include <functional>
#include <map>

#include "base/result.h"

namespace owlet::kv {

/// Brings a folder from one format to the next one; gets the folder's root. By the format it starts
/// from.
using Migrations = std::map<int, std::function<Status(const std::filesystem::path&)>>;

/// The data folder of one server:
///
///   FORMAT       version of the layout, one number in text
///   LOCK         locked by the running server; holds its pid
///   server.json  pid and addresses of the running server (written by app)
///   kv/ blobs/   what must not be lost
///   cache/ spill/ work/   may be deleted at any time while no server runs
///
/// Open makes what is absent, locks it, empties spill/, and brings an older format up to date after
/// a checkpoint of kv/ into `before-format-N/`. Held for the life of the server. Thread-safe
/// (immutable).
///
/// Errors: kUnavailable (another process holds it; the message names its pid), kVersionMismatch (a
/// newer owlet wrote it), kReadOnly, kStorageFull, kAccessDenied.
class DataFolder {
 public:
  static constexpr int kFormat = 1;

  [[nodiscard]] static Result<DataFolder> Open(const std::filesystem::path& root);
  /// With another format and its migrations; for tests.
  [[nodiscard]] static Result<DataFolder> Open(const std::filesystem::path& root, int format,
                                               const Migrations& migrations);
  /// Makes a folder whose kv/ and blobs/ are written a data folder of the present format.
  [[nodiscard]] static Status MarkComplete(const std::filesystem::path& root);
  ~DataFolder();
  DataFolder(DataFolder&&) noexcept;
  DataFolder& operator=(DataFolder&&) noexcept;

  [[nodiscard]] const std::filesystem::path& root() const { return root_; }
  [[nodiscard]] std::filesystem::path kv() const { return root_ / "kv"; }
  [[nodiscard]] std::filesystem::path blobs() const { return root_ / "blobs"; }
  [[nodiscard]] std::filesystem::path cache() const { return root_ / "cache"; }
  [[nodiscard]] std::filesystem::path spill() const { return root_ / "spill"; }
  [[nodiscard]] std::filesystem::path work() const { return root_ / "work"; }

 private:
  DataFolder(std::filesystem::path root, int lock) : root_(std::move(root)), lock_(lock) {}
  std::filesystem::path root_;
  int lock_ = -1;
};

}  // namespace owlet::kv
