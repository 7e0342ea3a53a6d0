#include "strict_disk.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <fstream>
#include <mutex>
#include <optional>
#include <string>

namespace fs = std::filesystem;

namespace owlet::fault {
namespace {

struct Recorder {
  std::string watched;
  fs::path notes;
  std::mutex mutex;
  std::uint64_t next = 0;
};
std::atomic<Recorder*> recorder = nullptr;

/// Names a file for its whole life: an inode's number is used again, its time of birth is not.
std::optional<std::string> Identity(int fd) {
  struct statx info{};
  if (statx(fd, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME | STATX_TYPE, &info) != 0) {
    return std::nullopt;
  }
  return fmt::format("{}-{}-{}", info.stx_ino, info.stx_btime.tv_sec, info.stx_btime.tv_nsec);
}

std::optional<std::string> IdentityOf(const fs::path& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return std::nullopt;
  auto identity = Identity(fd);
  close(fd);
  return identity;
}

void CopyFile(int from, const fs::path& to) {
  const int out = open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  // Through /proc: the descriptor may be open for writing only.
  const int in = open(fmt::format("/proc/self/fd/{}", from).c_str(), O_RDONLY | O_CLOEXEC);
  if (in >= 0 && out >= 0) {
    while (copy_file_range(in, nullptr, out, nullptr, 1 << 30, 0) > 0) {
    }
  }
  if (in >= 0) close(in);
  if (out >= 0) close(out);
}

void WriteEntries(const fs::path& folder, const fs::path& to) {
  std::ofstream out(to);
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    if (const auto identity = IdentityOf(entry.path())) {
      out << *identity << ' ' << (entry.is_directory() ? 'd' : 'f') << ' '
          << entry.path().filename().string() << '\n';
    }
  }
}

/// Each note is complete before it gets its name.
void Note(Recorder& to, int fd) {
  char path[4096];
  const ssize_t size = readlink(fmt::format("/proc/self/fd/{}", fd).c_str(), path, sizeof path);
  if (size <= 0 ||
      !std::string_view(path, static_cast<std::size_t>(size)).starts_with(to.watched)) {
    return;
  }
  const auto identity = Identity(fd);
  struct stat info{};
  if (!identity || fstat(fd, &info) != 0) return;
  const std::lock_guard lock(to.mutex);
  const fs::path fresh = to.notes / fmt::format("fresh-{}", to.next++);
  if (S_ISDIR(info.st_mode)) {
    WriteEntries(std::string(path, static_cast<std::size_t>(size)), fresh);
  } else {
    CopyFile(fd, fresh);
  }
  fs::rename(fresh, to.notes / *identity);
}

int Sync(const char* name, int fd) {
  using Function = int (*)(int);
  const auto real = reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
  if (Recorder* to = recorder.load()) Note(*to, fd);
  return real(fd);
}

void Rebuild(const std::string& identity, const fs::path& notes, const fs::path& target) {
  fs::create_directories(target);
  std::ifstream entries(notes / identity);
  std::string child, kind, name;
  while (entries >> child >> kind && entries.get() && std::getline(entries, name)) {
    if (kind == "d") {
      Rebuild(child, notes, target / name);
    } else if (fs::exists(notes / child)) {
      fs::copy_file(notes / child, target / name);
    } else {
      std::ofstream empty(target / name);  // named, but its bytes were never synced
    }
  }
}

}  // namespace

void RecordSyncs(const fs::path& watched, const fs::path& notes) {
  fs::create_directories(notes);
  static Recorder one;
  one.watched = watched.string();
  one.notes = notes;
  recorder = &one;
}

void RebuildDisk(const fs::path& watched, const fs::path& notes, const fs::path& target) {
  if (const auto identity = IdentityOf(watched)) Rebuild(*identity, notes, target);
}

}  // namespace owlet::fault

extern "C" int fsync(int fd) { return owlet::fault::Sync("fsync", fd); }
extern "C" int fdatasync(int fd) { return owlet::fault::Sync("fdatasync", fd); }
