#include "protocol/s3/byte_range.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace owlet::s3 {
namespace {

constexpr std::string_view kUnit = "bytes=";

struct Ends {
  std::optional<std::uint64_t> first;
  std::optional<std::uint64_t> last;
};

std::optional<std::uint64_t> ParseNumber(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<Ends> ParseEnds(std::string_view header) {
  if (!header.starts_with(kUnit)) return std::nullopt;
  header.remove_prefix(kUnit.size());
  const std::size_t dash = header.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const std::string_view first = header.substr(0, dash);
  const std::string_view last = header.substr(dash + 1);
  Ends ends{.first = ParseNumber(first), .last = ParseNumber(last)};
  if (ends.first.has_value() == first.empty() || ends.last.has_value() == last.empty()) {
    return std::nullopt;
  }
  if (!ends.first && !ends.last) return std::nullopt;
  if (ends.first && ends.last && *ends.first > *ends.last) return std::nullopt;
  return ends;
}

}  // namespace

Result<std::optional<ByteRange>> ParseRange(std::string_view header, std::uint64_t object_size) {
  const std::optional<Ends> ends = ParseEnds(header);
  if (!ends) return std::nullopt;
  const auto unsatisfiable = [&] {
    Error error{.reason = Reason::kRangeNotSatisfiable,
                .message = "The requested range is not satisfiable"};
    error.parameters = {{"RangeRequested", std::string(header)},
                        {"ActualObjectSize", std::to_string(object_size)}};
    return Fail(std::move(error));
  };
  if (!ends->first) {
    if (*ends->last == 0 || object_size == 0) return unsatisfiable();
    const std::uint64_t size = std::min(*ends->last, object_size);
    return ByteRange{.offset = object_size - size, .size = size};
  }
  if (*ends->first >= object_size) return unsatisfiable();
  const std::uint64_t last = std::min(ends->last.value_or(object_size - 1), object_size - 1);
  return ByteRange{.offset = *ends->first, .size = last - *ends->first + 1};
}

Result<ByteRange> ParseCopyRange(std::string_view header, std::uint64_t object_size) {
  const std::optional<Ends> ends = ParseEnds(header);
  if (!ends || !ends->first || !ends->last) {
    return Fail(
        Reason::kInvalidArgument,
        "The x-amz-copy-source-range value must be of the form bytes=first-last where first "
        "and last are the zero-based offsets of the first and last bytes to copy");
  }
  if (*ends->last >= object_size) {
    return Fail(
        Reason::kInvalidArgument,
        fmt::format("Range specified is not valid for source object of size: {}", object_size),
        "InvalidRange");
  }
  return ByteRange{.offset = *ends->first, .size = *ends->last - *ends->first + 1};
}

std::string ContentRange(const ByteRange& range, std::uint64_t object_size) {
  return fmt::format("bytes {}-{}/{}", range.offset, range.offset + range.size - 1, object_size);
}

}  // namespace owlet::s3
