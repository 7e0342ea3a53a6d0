#include "protocol/s3/tag_set.h"

#include <fmt/format.h>

#include "net/uri.h"

namespace owlet::s3 {
namespace {

constexpr std::size_t kMaxTagKey = 128;
constexpr std::size_t kMaxTagValue = 256;

std::size_t CountCharacters(std::string_view utf8) {
  std::size_t count = 0;
  for (const char c : utf8) count += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  return count;
}

}  // namespace

Result<Tags> CheckTags(std::vector<std::pair<std::string, std::string>> tags, std::size_t limit) {
  if (tags.size() > limit) {
    return Fail(Reason::kInvalidArgument,
                limit == kMaxObjectTags
                    ? fmt::format("Object tags cannot be greater than {}", limit)
                    : fmt::format("Bucket tag count cannot be greater than {}", limit),
                "BadRequest");
  }
  Tags checked;
  for (auto& [key, value] : tags) {
    if (key.empty() || CountCharacters(key) > kMaxTagKey || key.starts_with("aws:")) {
      return Fail(Reason::kInvalidArgument, "The TagKey you have provided is invalid",
                  "InvalidTag");
    }
    if (CountCharacters(value) > kMaxTagValue) {
      return Fail(Reason::kInvalidArgument, "The TagValue you have provided is invalid",
                  "InvalidTag");
    }
    if (!checked.emplace(std::move(key), std::move(value)).second) {
      return Fail(Reason::kInvalidArgument, "Cannot provide multiple Tags with the same key",
                  "InvalidTag");
    }
  }
  return checked;
}

Result<Tags> ParseTaggingHeader(std::string_view header) {
  const auto parameters = net::ParseQuery(header);
  if (!parameters) {
    return Fail(Reason::kInvalidArgument,
                "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query "
                "parameters without tag name duplicates.");
  }
  return CheckTags(parameters->fields(), kMaxObjectTags);
}

}  // namespace owlet::s3
