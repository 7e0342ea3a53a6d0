#include "core/store/local_disk.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <system_error>

#include "base/uuid.h"

namespace owlet::store {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostNames = 1'000'000;
constexpr int kDeepest = 64;  // links may make a circle
constexpr std::size_t kPiece = 1 << 20;

fs::path PathOf(std::string_view key) { return fs::path("/" + std::string(key)); }

Error NotFound(std::string_view key) {
  return {.reason = Reason::kObjectNotFound, .message = fmt::format("no such file: /{}", key)};
}

ObjectInfo InfoOf(std::string key, const struct stat& facts) {
  ObjectInfo info;
  info.key = std::move(key);
  info.size = S_ISREG(facts.st_mode) ? static_cast<std::uint64_t>(facts.st_size) : 0;
  info.modified = Timestamp(std::chrono::duration_cast<Timestamp::duration>(
      std::chrono::seconds(facts.st_mtim.tv_sec) +
      std::chrono::nanoseconds(facts.st_mtim.tv_nsec)));
  return info;
}

/// Whether a folder ("tmp/x/") can hold keys with the prefix.
bool MayHold(std::string_view folder, std::string_view prefix) {
  return folder.starts_with(prefix) || prefix.starts_with(folder);
}

class Walk {
 public:
  explicit Walk(const ListRequest& request) : request_(request) {}

  /// The keys below the folder that the request asks for, in no order.
  Status Below(const std::string& folder, int depth) {
    if (folder.starts_with(request_.prefix)) OWLET_CHECK_OK(Add(folder));
    if (depth > kDeepest) return {};
    std::error_code error;
    fs::directory_iterator entries(PathOf(folder), error);
    if (error) return {};
    while (entries != fs::directory_iterator()) {
      const std::string key = folder + entries->path().filename().string();
      struct stat facts{};
      if (stat(entries->path().c_str(), &facts) == 0) {
        if (S_ISDIR(facts.st_mode)) {
          if (MayHold(key + "/", request_.prefix)) OWLET_CHECK_OK(Below(key + "/", depth + 1));
        } else if (S_ISREG(facts.st_mode) && key.starts_with(request_.prefix)) {
          OWLET_CHECK_OK(Add(key));
        }
      }
      entries.increment(error);
      if (error) break;
    }
    return {};
  }

  std::set<std::string> keys;

 private:
  Status Add(const std::string& key) {
    if (key > request_.start_after || request_.start_after.empty()) keys.insert(key);
    if (keys.size() <= kMostNames) return {};
    return Fail(Reason::kLimitExceeded,
                fmt::format("/{} holds more than {} files: name a folder with less in it",
                            request_.prefix, kMostNames));
  }

  const ListRequest& request_;
};

Status CopyBytes(const FileDescriptor& from, int to, const fs::path& path) {
  std::vector<std::byte> buffer(kPiece);
  for (off_t offset = 0;;) {
    const ssize_t count = pread(from.get(), buffer.data(), buffer.size(), offset);
    if (count < 0) return Fail(FileError(errno, "read what was staged for", path));
    if (count == 0) return {};
    for (ssize_t done = 0; done < count;) {
      const ssize_t put = write(to, buffer.data() + done, static_cast<std::size_t>(count - done));
      if (put < 0) return Fail(FileError(errno, "write", path));
      done += put;
    }
    offset += count;
  }
}

Status CopyBytes(std::string_view bytes, int to, const fs::path& path) {
  while (!bytes.empty()) {
    const ssize_t put = write(to, bytes.data(), bytes.size());
    if (put < 0) return Fail(FileError(errno, "write", path));
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

Status WriteBeside(const LocalPut& put, const fs::path& path) {
  const FileDescriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!file.valid()) return Fail(FileError(errno, "write", path));
  OWLET_CHECK_OK(put.file != nullptr ? CopyBytes(*put.file, file.get(), path)
                                     : CopyBytes(put.bytes, file.get(), path));
  if (fdatasync(file.get()) != 0) return Fail(FileError(errno, "sync", path));
  return {};
}

/// What lies below the prefix ("tmp/out/"): the folder itself stays.
Status RemoveBelow(const std::string& prefix, const std::set<fs::path>& kept) {
  ListRequest request{.prefix = prefix, .limit = kMostNames};
  OWLET_TRY(const ListPage page, ListLocalFiles(request));
  // Folders come before what they hold, so the last first.
  for (auto info = page.objects.rbegin(); info != page.objects.rend(); ++info) {
    const fs::path path = PathOf(info->key);
    if (kept.contains(path)) continue;
    std::error_code error;
    if (!info->key.ends_with('/')) {
      fs::remove(path, error);
      if (error) return Fail(FileError(error.value(), "remove", path));
    } else if (info->key != prefix) {
      rmdir(path.parent_path().c_str());  // stays where it is not empty
    }
  }
  return {};
}

}  // namespace

Result<std::size_t> LocalFile::ReadAt(std::uint64_t offset, std::span<std::byte> out) const {
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t count =
        pread(file_.get(), out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Fail(FileError(errno, "read", name_));
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

Status CheckLocalDisk(const access::Principal& who) {
  if (who.server_user) return {};
  return Fail(
      Reason::kAccessDenied,
      "file:// paths are for scripts of `owlet run`, which run as the server's own user: put "
      "the data into a bucket");
}

Result<ObjectInfo> HeadLocalFile(std::string_view key) {
  struct stat facts{};
  if (stat(PathOf(key).c_str(), &facts) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return Fail(NotFound(key));
    return Fail(FileError(errno, "read", PathOf(key)));
  }
  if (!S_ISREG(facts.st_mode)) return Fail(NotFound(key));
  return InfoOf(std::string(key), facts);
}

Result<std::shared_ptr<const LocalFile>> OpenLocalFile(std::string_view key) {
  const fs::path path = PathOf(key);
  FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.valid()) {
    if (errno == ENOENT || errno == ENOTDIR) return Fail(NotFound(key));
    return Fail(FileError(errno, "open", path));
  }
  return std::make_shared<const LocalFile>(std::move(file), path.string());
}

Result<ListPage> ListLocalFiles(const ListRequest& request) {
  const std::size_t slash = request.prefix.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : request.prefix.substr(0, slash + 1);
  ListPage page;
  struct stat facts{};
  if (stat(PathOf(folder).c_str(), &facts) != 0 || !S_ISDIR(facts.st_mode)) return page;
  if (request.limit == 1 && request.start_after.empty() && folder == request.prefix) {
    page.objects.push_back(InfoOf(folder, facts));  // is it there at all?
    page.truncated = true;
    page.next = folder;
    return page;
  }
  Walk walk(request);
  OWLET_CHECK_OK(walk.Below(folder, 0));
  for (const std::string& key : walk.keys) {
    if (page.objects.size() == request.limit) {
      page.truncated = true;
      break;
    }
    page.next = key;
    if (stat(PathOf(key).c_str(), &facts) != 0) continue;  // gone meanwhile
    page.objects.push_back(InfoOf(key, facts));
  }
  return page;
}

Status PublishLocalFiles(const std::vector<LocalPut>& puts,
                         const std::vector<std::string>& prefixes,
                         const std::vector<std::string>& deletes) {
  const std::string mark = ".owlet-" + NewUuid();
  std::vector<std::pair<fs::path, fs::path>> moves;
  std::set<fs::path> kept;
  const auto drop = [&] {
    std::error_code ignored;
    for (const auto& [beside, place] : moves) fs::remove(beside, ignored);
  };
  const auto run = [&]() -> Status {
    for (const LocalPut& put : puts) {
      const fs::path place = PathOf(put.key);
      OWLET_CHECK_OK(MakeFolder(place.parent_path()));
      const fs::path beside = place.parent_path() / ("." + place.filename().string() + mark);
      moves.emplace_back(beside, place);
      kept.insert(beside);
      OWLET_CHECK_OK(WriteBeside(put, beside));
    }
    for (const std::string& prefix : prefixes) {
      if (prefix.empty()) {
        return Fail(Reason::kInvalidArgument, "the whole disk (file:///) cannot be overwritten");
      }
      OWLET_CHECK_OK(RemoveBelow(prefix, kept));
    }
    for (const std::string& key : deletes) {
      std::error_code error;
      fs::remove(PathOf(key), error);
      if (error) return Fail(FileError(error.value(), "remove", PathOf(key)));
    }
    for (const auto& [beside, place] : moves) {
      OWLET_CHECK_OK(MakeFolder(place.parent_path()));
      std::error_code error;
      fs::rename(beside, place, error);
      if (error) return Fail(FileError(error.value(), "write", place));
    }
    return {};
  };
  Status done = run();
  if (!done) drop();
  return done;
}

}  // namespace owlet::store
