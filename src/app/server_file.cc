#include "app/server_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

#include "base/file_descriptor.h"

namespace owlet::app {

namespace {
std::filesystem::path FileOf(const std::filesystem::path& data) { return data / "server.json"; }

/// Whether a server holds the folder's lock (kv/data_folder.h). One that was killed leaves its
/// server.json behind, and its pid may be another process's by now.
bool IsServed(const std::filesystem::path& data) {
  const FileDescriptor lock(open((data / "LOCK").c_str(), O_RDONLY | O_CLOEXEC));
  struct flock wanted{};
  wanted.l_type = F_WRLCK;
  wanted.l_whence = SEEK_SET;
  return lock.get() >= 0 && fcntl(lock.get(), F_OFD_GETLK, &wanted) == 0 &&
         wanted.l_type != F_UNLCK;
}
}  // namespace

Status WriteServerFile(const std::filesystem::path& data, const ServerFile& file) {
  const std::string text = nlohmann::json{{"pid", file.pid},
                                          {"address", file.address},
                                          {"spark_address", file.spark_address},
                                          {"access_key_id", file.access_key_id},
                                          {"secret_access_key", file.secret_access_key},
                                          {"region", file.region},
                                          {"user_token", file.user_token}}
                               .dump(2) +
                           "\n";
  const std::string temporary = FileOf(data).string() + ".new";
  const int fd = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool written =
      fd >= 0 && write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int saved = errno;
  if (fd >= 0) close(fd);
  std::error_code error;
  if (written) std::filesystem::rename(temporary, FileOf(data), error);
  if (!written || error) {
    return Fail(Reason::kStorageFull, fmt::format("cannot write {}: {}", FileOf(data).string(),
                                                  error ? error.message() : std::strerror(saved)));
  }
  return {};
}

std::optional<ServerFile> ReadServerFile(const std::filesystem::path& data) {
  if (!IsServed(data)) return std::nullopt;
  std::ifstream in(FileOf(data));
  const auto json = nlohmann::json::parse(in, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return std::nullopt;
  const auto text = [&](const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  const auto pid = json.find("pid");
  if (pid == json.end() || !pid->is_number_integer()) return std::nullopt;
  ServerFile file{pid->get<pid_t>(),     text("address"),           text("spark_address"),
                  text("access_key_id"), text("secret_access_key"), text("region"),
                  text("user_token")};
  return file;
}

void RemoveServerFile(const std::filesystem::path& data) {
  std::error_code ignored;
  std::filesystem::remove(FileOf(data), ignored);
}

}  // namespace owlet::app
