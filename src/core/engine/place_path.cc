#include "core/engine/place_path.h"

#include <fmt/format.h>

#include <cctype>
#include <vector>

namespace owlet::engine {

namespace {

// "scheme" of "scheme:rest"; "" when what stands before the colon is none.
std::string_view SchemeOf(std::string_view path) {
  const std::size_t colon = path.find(':');
  if (colon == std::string_view::npos || colon == 0) return "";
  for (const char c : path.substr(0, colon)) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) == 0 && c != '+' && c != '-' && c != '.') return "";
  }
  return path.substr(0, colon);
}

// Without empty and "." parts; ".." takes the part before it away.
std::string Normalized(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, slash);
    if (part == "..") {
      if (!parts.empty()) parts.pop_back();
    } else if (!part.empty() && part != ".") {
      parts.push_back(part);
    }
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  std::string joined;
  for (const std::string_view part : parts) joined.append("/").append(part);
  return joined;
}

}  // namespace

Result<std::string> PlacePath(std::string_view path, const plan::SessionSettings& session) {
  if (session.dialect != plan::Dialect::kSpark || session.file_system.empty()) {
    return std::string(path);
  }
  const std::string_view scheme = SchemeOf(path);
  if (scheme == "s3" || scheme == "s3a" || scheme == "s3n") return std::string(path);
  std::string_view rest = path;
  if (scheme == "file") {  // file:/x and file:///x; a host is none of it
    rest.remove_prefix(scheme.size() + 1);
    if (rest.starts_with("//")) rest.remove_prefix(2);
    if (!rest.starts_with('/')) {
      return Fail(Reason::kInvalidArgument, fmt::format("Wrong FS: {}, expected: file:///", path));
    }
    const std::string normal = Normalized(rest);
    return "file://" + (normal.empty() ? "/" : normal);
  }
  if (scheme == "hdfs") {
    rest.remove_prefix(scheme.size() + 1);
    if (rest.starts_with("//")) {  // a name node: the cluster has one
      rest.remove_prefix(2);
      rest.remove_prefix(std::min(rest.find('/'), rest.size()));
    }
  } else if (!scheme.empty() && path.substr(scheme.size()).starts_with(":/")) {
    return Fail(Reason::kInvalidArgument,
                fmt::format("No FileSystem for scheme \"{}\": {}", scheme, path));
  }
  if (rest.starts_with('/')) return session.file_system + Normalized(rest);
  return session.file_system + "/user/hadoop" + Normalized(rest);
}

}  // namespace owlet::engine
