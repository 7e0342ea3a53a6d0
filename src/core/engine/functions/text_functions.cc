#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>

#include "core/engine/functions/cells.h"
#include "core/engine/functions/numbers.h"

// Texts. Positions count characters (code points), from 1.

namespace owlet::engine {

namespace {

bool IsFollowing(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

std::int64_t Characters(std::string_view text) {
  return std::ranges::count_if(text, [](char c) { return !IsFollowing(c); });
}

/// The byte at which character `index` (from 0) begins; the end beyond the last.
std::size_t ByteOf(std::string_view text, std::int64_t index) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (IsFollowing(text[at])) continue;
    if (index-- == 0) break;
  }
  return at;
}

std::string_view Slice(std::string_view text, std::int64_t from, std::int64_t to) {
  from = std::max<std::int64_t>(from, 0);
  if (to <= from) return {};
  const std::size_t start = ByteOf(text, from);
  const std::string_view rest = text.substr(start);
  return rest.substr(0, ByteOf(rest, to - from));
}

void AppendCodePoint(std::string& text, std::int64_t code) {
  const auto put = [&](std::int64_t byte) { text += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | (code >> 6));
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | (code >> 12));
    put(0x80 | ((code >> 6) & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | (code >> 18));
    put(0x80 | ((code >> 12) & 0x3F));
    put(0x80 | ((code >> 6) & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

/// Spark: position 0 is the first, negative ones count from the end, and a start before the text
/// takes of the length.
std::pair<std::int64_t, std::int64_t> SparkRange(std::int64_t size, std::int64_t position,
                                                 std::int64_t length) {
  const std::int64_t start = position > 0 ? position - 1 : position < 0 ? size + position : 0;
  return {start, start + length};
}

void SparkSubstring(Cells& cells) {
  const std::string_view text = cells.Text(0);
  const std::int64_t position = cells.Integer(1);
  const std::int64_t size = position < 0 ? Characters(text) : 0;
  const auto [from, to] = SparkRange(size, position, cells.Integer(2));
  cells.SetText(Slice(text, from, to));
}

void SparkSubstringBinary(Cells& cells) {
  const std::string_view text = cells.Text(0);
  const auto size = static_cast<std::int64_t>(text.size());
  const auto [from, to] = SparkRange(size, cells.Integer(1), cells.Integer(2));
  const std::int64_t first = std::clamp<std::int64_t>(from, 0, size);
  const std::int64_t last = std::clamp<std::int64_t>(to, first, size);
  cells.SetText(
      text.substr(static_cast<std::size_t>(first), static_cast<std::size_t>(last - first)));
}

/// Trino: position 0, or before the text, gives nothing.
template <bool kBytes>
void TrinoSubstr(Cells& cells) {
  const std::string_view text = cells.Text(0);
  std::int64_t start = cells.Integer(1);
  const std::int64_t length = cells.Integer(2);
  const std::int64_t size = kBytes ? static_cast<std::int64_t>(text.size()) : Characters(text);
  if (start < 0) start = size + start + 1;
  if (start < 1 || start > size || length <= 0) return cells.SetText("");
  const std::int64_t end = length >= size - start + 1 ? size : start - 1 + length;
  if (kBytes) {
    return cells.SetText(text.substr(static_cast<std::size_t>(start - 1),
                                     static_cast<std::size_t>(end - start + 1)));
  }
  cells.SetText(Slice(text, start - 1, end));
}

void SparkInitcap(Cells& cells) {
  std::string text(cells.Text(0));
  bool first = true;
  for (char& c : text) {
    const auto u = static_cast<unsigned char>(c);
    c = static_cast<char>(first ? std::toupper(u) : std::tolower(u));
    first = c == ' ';
  }
  cells.SetText(text);
}

enum class PadSide : std::uint8_t { kLeft, kRight };

std::string Padded(std::string_view text, std::int64_t length, std::string_view with,
                   PadSide side) {
  const std::int64_t size = Characters(text);
  if (length <= size || with.empty()) return std::string(Slice(text, 0, length));
  std::string padding;
  const std::int64_t missing = length - size;
  const std::int64_t unit = Characters(with);
  CheckValueSize(missing / unit + 1, static_cast<std::int64_t>(with.size()));
  for (std::int64_t i = 0; i < missing / unit; ++i) padding += with;
  padding += Slice(with, 0, missing % unit);
  return side == PadSide::kLeft ? padding + std::string(text) : std::string(text) + padding;
}

CellCall SparkPad(PadSide side) {
  return [side](Cells& cells) {
    cells.SetText(Padded(cells.Text(0), cells.Integer(1), cells.Text(2), side));
  };
}

CellCall TrinoPad(PadSide side) {
  return [side](Cells& cells) {
    const std::int64_t length = cells.Integer(1);
    constexpr std::int64_t kMostCharacters = 2147483647;
    if (length < 0 || length > kMostCharacters) {
      RaiseTrino("INVALID_FUNCTION_ARGUMENT",
                 "Target length must be in the range [0.." + std::to_string(kMostCharacters) + "]",
                 cells.Integer(3));
    }
    if (cells.Text(2).empty()) {
      RaiseTrino("INVALID_FUNCTION_ARGUMENT", "Padding string must not be empty", cells.Integer(3));
    }
    cells.SetText(Padded(cells.Text(0), length, cells.Text(2), side));
  };
}

void SparkChr(Cells& cells) {
  const std::int64_t code = cells.Integer(0);
  std::string text;
  if (code >= 0) AppendCodePoint(text, code & 0xFF);
  cells.SetText(text);
}

void TrinoChr(Cells& cells) {
  const std::int64_t code = cells.Integer(0);
  if (code < 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
    RaiseTrino("INVALID_FUNCTION_ARGUMENT", fmt::format("Not a valid Unicode code point: {}", code),
               cells.Integer(1));
  }
  std::string text;
  AppendCodePoint(text, code);
  cells.SetText(text);
}

void SparkLocate(Cells& cells) {
  const std::string_view needle = cells.Text(0);
  const std::string_view text = cells.Text(1);
  const std::int64_t from = cells.Integer(2);
  if (from < 1) return cells.SetInteger(0);
  const std::size_t start = ByteOf(text, from - 1);
  const auto found = text.find(needle, start);
  cells.SetInteger(found == std::string_view::npos ? 0 : Characters(text.substr(0, found)) + 1);
}

void TrinoStrpos(Cells& cells) {
  const std::string_view text = cells.Text(0);
  const std::string_view needle = cells.Text(1);
  std::int64_t instance = cells.Integer(2);
  if (instance == 0) {
    RaiseTrino("INVALID_FUNCTION_ARGUMENT", "'instance' must be a positive or negative number.",
               cells.Integer(3));
  }
  if (needle.empty()) return cells.SetInteger(1);
  std::size_t found = std::string_view::npos;
  if (instance > 0) {
    std::size_t from = 0;
    while (instance-- > 0) {
      found = text.find(needle, from);
      if (found == std::string_view::npos) return cells.SetInteger(0);
      from = found + 1;
    }
  } else {
    std::size_t from = std::string_view::npos;
    while (instance++ < 0) {
      found = text.rfind(needle, from);
      if (found == std::string_view::npos) return cells.SetInteger(0);
      if (found == 0 && instance < 0) return cells.SetInteger(0);
      from = found - 1;
    }
  }
  cells.SetInteger(Characters(text.substr(0, found)) + 1);
}

void SparkSubstringIndex(Cells& cells) {
  const std::string_view text = cells.Text(0);
  const std::string_view delimiter = cells.Text(1);
  std::int64_t count = cells.Integer(2);
  if (count == 0 || delimiter.empty()) return cells.SetText("");
  if (count > 0) {
    std::size_t at = std::string_view::npos;
    std::size_t from = 0;
    while (count-- > 0) {
      at = text.find(delimiter, from);
      if (at == std::string_view::npos) return cells.SetText(text);
      from = at + delimiter.size();
    }
    return cells.SetText(text.substr(0, at));
  }
  std::size_t end = text.size();
  std::size_t at = std::string_view::npos;
  while (count++ < 0) {
    if (end == std::string_view::npos) return cells.SetText(text);
    at = end < delimiter.size() ? std::string_view::npos
                                : text.rfind(delimiter, end - delimiter.size());
    if (at == std::string_view::npos) return cells.SetText(text);
    end = at;
  }
  cells.SetText(text.substr(at + delimiter.size()));
}

std::vector<std::optional<std::string>> SplitBy(std::string_view text, std::string_view delimiter,
                                                std::int64_t limit) {
  std::vector<std::optional<std::string>> parts;
  std::size_t from = 0;
  while (limit < 0 || static_cast<std::int64_t>(parts.size()) + 1 < limit) {
    const auto at = text.find(delimiter, from);
    if (at == std::string_view::npos) break;
    parts.emplace_back(text.substr(from, at - from));
    from = at + delimiter.size();
  }
  parts.emplace_back(text.substr(from));
  return parts;
}

void TrinoSplit(Cells& cells) {
  if (cells.Integer(2) == 0 || cells.Integer(2) < -1) {
    RaiseTrino("INVALID_FUNCTION_ARGUMENT", "Limit must be positive", cells.Integer(3));
  }
  if (cells.Text(1).empty()) {
    RaiseTrino("INVALID_FUNCTION_ARGUMENT", "The delimiter may not be the empty string",
               cells.Integer(3));
  }
  cells.SetTexts(SplitBy(cells.Text(0), cells.Text(1), cells.Integer(2)));
}

void TrinoSplitPart(Cells& cells) {
  const std::int64_t index = cells.Integer(2);
  if (index <= 0) {
    RaiseTrino("INVALID_FUNCTION_ARGUMENT", "Index must be greater than zero", cells.Integer(3));
  }
  const std::string_view text = cells.Text(0);
  if (cells.Text(1).empty()) {
    if (index > Characters(text)) return cells.SetNull();
    return cells.SetText(Slice(text, index - 1, index));
  }
  const auto parts = SplitBy(text, cells.Text(1), -1);
  if (index > static_cast<std::int64_t>(parts.size())) return cells.SetNull();
  cells.SetText(*parts[static_cast<std::size_t>(index - 1)]);
}

void SparkSplitPart(Cells& cells) {
  const std::int64_t index = cells.Integer(2);
  if (index == 0) {
    RaiseSpark("INVALID_INDEX_OF_ZERO",
               "The index 0 is invalid. An index shall be either < 0 or > 0 (the first element has "
               "index 1).",
               {}, cells.Integer(3));
  }
  const auto parts = cells.Text(1).empty()
                         ? std::vector<std::optional<std::string>>{std::string(cells.Text(0))}
                         : SplitBy(cells.Text(0), cells.Text(1), -1);
  const auto size = static_cast<std::int64_t>(parts.size());
  const std::int64_t at = index > 0 ? index - 1 : size + index;
  cells.SetText(at < 0 || at >= size ? std::string_view() : *parts[static_cast<std::size_t>(at)]);
}

std::vector<std::pair<std::string, std::optional<std::string>>> SplitPairs(std::string_view text,
                                                                           std::string_view entry,
                                                                           std::string_view pair) {
  std::vector<std::pair<std::string, std::optional<std::string>>> pairs;
  for (const auto& part : SplitBy(text, entry, -1)) {
    const auto at = part->find(pair);
    if (at == std::string::npos) {
      pairs.emplace_back(*part, std::nullopt);
    } else {
      pairs.emplace_back(part->substr(0, at), part->substr(at + pair.size()));
    }
  }
  return pairs;
}

void TrinoSplitToMap(Cells& cells) {
  if (cells.Text(0).empty()) return cells.SetTextMap({});
  const auto pairs = SplitPairs(cells.Text(0), cells.Text(1), cells.Text(2));
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (!pairs[i].second) {
      RaiseTrino("INVALID_FUNCTION_ARGUMENT",
                 "Key-value delimiter must appear exactly once in each entry. Bad input: '" +
                     pairs[i].first + "'",
                 cells.Integer(3));
    }
    for (std::size_t k = 0; k < i; ++k) {
      if (pairs[k].first != pairs[i].first) continue;
      RaiseTrino("INVALID_FUNCTION_ARGUMENT",
                 fmt::format("Duplicate keys ({}) are not allowed", pairs[i].first),
                 cells.Integer(3));
    }
  }
  cells.SetTextMap(pairs);
}

void SparkStrToMap(Cells& cells) {
  const auto pairs = SplitPairs(cells.Text(0), cells.Text(1), cells.Text(2));
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (pairs[k].first != pairs[i].first) continue;
      RaiseSpark(
          "DUPLICATED_MAP_KEY", fmt::format("Duplicate map key {} was found.", pairs[i].first),
          {{"key", pairs[i].first}, {"mapKeyDedupPolicy", "\"spark.sql.mapKeyDedupPolicy\""}},
          cells.Integer(3));
    }
  }
  cells.SetTextMap(pairs);
}

/// Trino's replace of "" puts the text around each character.
void TrinoReplace(Cells& cells) {
  const std::string_view text = cells.Text(0);
  const std::string_view search = cells.Text(1);
  const std::string_view with = cells.Text(2);
  std::string result;
  if (search.empty()) {
    result = with;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t next = at + ByteOf(text.substr(at), 1);
      result += text.substr(at, next - at);
      result += with;
      at = next;
    }
    return cells.SetText(result);
  }
  std::size_t from = 0;
  for (auto at = text.find(search); at != std::string_view::npos; at = text.find(search, from)) {
    result += text.substr(from, at - from);
    result += with;
    from = at + search.size();
  }
  result += text.substr(from);
  cells.SetText(result);
}

enum class TrimSide : std::uint8_t { kBoth, kLeft, kRight };

CellCall TrinoTrim(TrimSide side) {
  return [side](Cells& cells) {
    std::string_view text = cells.Text(0);
    const auto blank = [](char c) {
      return c == ' ' || (c >= 9 && c <= 13) || (c >= 28 && c <= 31);
    };
    while (side != TrimSide::kRight && !text.empty() && blank(text.front())) text.remove_prefix(1);
    while (side != TrimSide::kLeft && !text.empty() && blank(text.back())) text.remove_suffix(1);
    cells.SetText(text);
  };
}

void Soundex(Cells& cells) {
  const std::string_view text = cells.Text(0);
  if (text.empty() || std::isalpha(static_cast<unsigned char>(text[0])) == 0) {
    return cells.SetText(text);
  }
  constexpr std::string_view kCodes = "01230127022455012623017202";  // 7: h and w, passed over
  std::string result(1, static_cast<char>(std::toupper(static_cast<unsigned char>(text[0]))));
  char last = kCodes[static_cast<std::size_t>(result[0] - 'A')];
  for (const char raw : text.substr(1)) {
    const int c = std::toupper(static_cast<unsigned char>(raw));
    if (c < 'A' || c > 'Z') {
      last = '0';
      continue;
    }
    const char code = kCodes[static_cast<std::size_t>(c - 'A')];
    if (code == '7') continue;
    if (code != '0' && code != last) result += code;
    last = code;
    if (result.size() == 4) break;
  }
  result.resize(4, '0');
  cells.SetText(result);
}

void TrinoHamming(Cells& cells) {
  const std::string_view a = cells.Text(0);
  const std::string_view b = cells.Text(1);
  if (Characters(a) != Characters(b)) {
    RaiseTrino("INVALID_FUNCTION_ARGUMENT",
               "The input strings to hamming_distance function must have the same length",
               cells.Integer(2));
  }
  std::int64_t distance = 0;
  std::size_t i = 0;
  std::size_t k = 0;
  while (i < a.size() && k < b.size()) {
    const std::size_t m = ByteOf(a.substr(i), 1);
    const std::size_t n = ByteOf(b.substr(k), 1);
    distance += a.substr(i, m) != b.substr(k, n) ? 1 : 0;
    i += m;
    k += n;
  }
  cells.SetInteger(distance);
}

std::string Grouped(std::string digits) {
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), ",");
  }
  return digits;
}

/// Spark's format_number(x, d): grouped, half even.
void SparkFormatNumber(Cells& cells) {
  const std::int64_t digits = cells.Integer(1);
  if (digits < 0) return cells.SetNull();
  const auto scale = static_cast<int>(std::min<std::int64_t>(digits, 30));
  std::optional<Int128> value;
  if (cells.Family(0) == 'f') {
    const double number = cells.Double(0);
    if (!std::isfinite(number)) {
      return cells.SetText(std::isnan(number) ? "NaN"
                           : number > 0       ? "\xE2\x88\x9E"
                                              : "-\xE2\x88\x9E");
    }
    const auto exact = DecimalOfDouble(number, cells.IsReal(0), 38, std::min(scale + 8, 30));
    if (exact) value = DropDigits(*exact, std::min(scale + 8, 30) - scale, Rounding::kHalfEven);
  } else {
    value = Rescale(cells.Unscaled(0), cells.Scale(0), scale, Rounding::kHalfEven);
  }
  if (!value) return cells.SetNull();
  std::string text = UnscaledText(*value < 0 ? -*value : *value, scale);
  const auto point = text.find('.');
  std::string whole = Grouped(text.substr(0, point));
  if (point != std::string::npos) whole += text.substr(point);
  cells.SetText((*value < 0 ? "-" : "") + whole);
}

void SparkFindInSet(Cells& cells) {
  const std::string_view word = cells.Text(0);
  if (word.find(',') != std::string_view::npos) return cells.SetInteger(0);
  std::int64_t index = 1;
  for (const auto& part : SplitBy(cells.Text(1), ",", -1)) {
    if (*part == word) return cells.SetInteger(index);
    ++index;
  }
  cells.SetInteger(0);
}

void SparkOverlay(Cells& cells) {
  const std::string_view text = cells.Text(0);
  const std::string_view with = cells.Text(1);
  const std::int64_t position = cells.Integer(2);
  const std::int64_t length = cells.Integer(3) < 0 ? Characters(with) : cells.Integer(3);
  const std::string head(Slice(text, 0, position - 1));
  const auto size = Characters(text);
  cells.SetText(head + std::string(with) + std::string(Slice(text, position - 1 + length, size)));
}

void SparkMask(Cells& cells) {
  std::string text(cells.Text(0));
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = 'X';
    if (c >= 'a' && c <= 'z') c = 'x';
    if (c >= '0' && c <= '9') c = 'n';
  }
  cells.SetText(text);
}

void SparkHex(Cells& cells) {
  cells.SetText(fmt::format("{:X}", static_cast<std::uint64_t>(cells.Integer(0))));
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> Unhex(std::string_view text) {
  std::string bytes;
  std::size_t at = 0;
  if (text.size() % 2 == 1) {
    const int low = HexDigit(text[0]);
    if (low < 0) return std::nullopt;
    bytes += static_cast<char>(low);
    at = 1;
  }
  for (; at < text.size(); at += 2) {
    const int high = HexDigit(text[at]);
    const int low = HexDigit(text[at + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

void SparkUnhex(Cells& cells) {
  const auto bytes = Unhex(cells.Text(0));
  if (!bytes) return cells.SetNull();
  cells.SetText(*bytes);
}

/// Bytes as text: each byte that is no UTF-8 becomes U+FFFD.
void Utf8(Cells& cells) {
  const std::string_view bytes = cells.Text(0);
  std::string text;
  for (std::size_t at = 0; at < bytes.size();) {
    const auto lead = static_cast<unsigned char>(bytes[at]);
    const std::size_t size = lead < 0x80                   ? 1
                             : lead >= 0xF0 && lead < 0xF5 ? 4
                             : lead >= 0xE0                ? 3
                             : lead >= 0xC2                ? 2
                                                           : 0;
    bool good = size > 0 && at + size <= bytes.size() && lead < 0xF5;
    for (std::size_t i = 1; good && i < size; ++i) good = IsFollowing(bytes[at + i]);
    text += good ? bytes.substr(at, size) : std::string_view("\xEF\xBF\xBD");
    at += good ? size : 1;
  }
  cells.SetText(text);
}

/// One argument under one conversion of Java's Formatter; nothing for a conversion not known here.
std::optional<std::string> FormatOne(const Cells& cells, std::size_t index, std::string flags,
                                     int width, int precision, char conversion) {
  std::string text;
  const bool comma = flags.find(',') != std::string::npos;
  const bool null = cells.IsNull(index);
  const auto number = [&]() -> double {
    switch (cells.Family(index)) {
      case 'f':
        return cells.Double(index);
      case 'n':
        return *ParseJavaDouble(UnscaledText(cells.Unscaled(index), cells.Scale(index)));
      default:
        return static_cast<double>(cells.Integer(index));
    }
  };
  switch (conversion) {
    case 's':
    case 'S':
      text = null                         ? "null"
             : cells.Family(index) == 't' ? std::string(cells.Text(index))
             : cells.Family(index) == 'f' ? JavaText(cells.Double(index), cells.IsReal(index))
                                          : cells.Printed(index);
      if (precision >= 0) text = std::string(Slice(text, 0, precision));
      if (conversion == 'S')
        std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::toupper(c); });
      break;
    case 'd':
      if (null) {
        text = "null";
        break;
      }
      if (cells.Family(index) != 'i') return std::nullopt;
      text = std::to_string(std::abs(cells.Integer(index)));
      if (comma) text = Grouped(text);
      if (flags.find('0') != std::string::npos) {
        while (static_cast<int>(text.size()) + (cells.Integer(index) < 0 ? 1 : 0) < width)
          text.insert(0, "0");
      }
      if (cells.Integer(index) < 0)
        text.insert(0, "-");
      else if (flags.find('+') != std::string::npos)
        text.insert(0, "+");
      break;
    case 'x':
      text = null ? "null" : fmt::format("{:x}", static_cast<std::uint64_t>(cells.Integer(index)));
      break;
    case 'X':
      text = null ? "NULL" : fmt::format("{:X}", static_cast<std::uint64_t>(cells.Integer(index)));
      break;
    case 'b':
      text = null                         ? "false"
             : cells.Family(index) == 'b' ? (cells.Boolean(index) ? "true" : "false")
                                          : "true";
      break;
    case 'c':
      if (cells.Family(index) != 'i') return std::nullopt;
      AppendCodePoint(text, cells.Integer(index));
      break;
    case 'e':
      text = null ? "null" : fmt::format("{:.{}e}", number(), precision < 0 ? 6 : precision);
      break;
    case 'f': {
      if (null) {
        text = "null";
        break;
      }
      if (cells.Family(index) == 'i') return std::nullopt;
      const int digits = precision < 0 ? 6 : precision;
      // Java rounds half up on the decimal text.
      const auto exact = DecimalOfDouble(number(), false, 38, std::min(digits, 30));
      text = exact ? UnscaledText(*exact < 0 ? -*exact : *exact, digits)
                   : fmt::format("{:.{}f}", number(), digits);
      if (comma) {
        const auto point = text.find('.');
        text =
            Grouped(text.substr(0, point)) + (point == std::string::npos ? "" : text.substr(point));
      }
      if (exact && *exact < 0) text.insert(0, "-");
      break;
    }
    default:
      return std::nullopt;
  }
  const std::int64_t size = Characters(text);
  if (size < width) {
    const std::string padding(static_cast<std::size_t>(width - size), ' ');
    text = flags.find('-') != std::string::npos ? text + padding : padding + text;
  }
  return text;
}

CellCall Format(bool spark) {
  return [spark](Cells& cells) {
    if (cells.IsNull(0)) return cells.SetNull();
    const std::string_view pattern = cells.Text(0);
    std::string result;
    std::size_t next = 1;
    for (std::size_t at = 0; at < pattern.size(); ++at) {
      if (pattern[at] != '%') {
        result += pattern[at];
        continue;
      }
      const std::size_t start = at++;
      std::size_t index = 0;
      int first = 0;
      std::size_t digits = at;
      while (digits < pattern.size() &&
             std::isdigit(static_cast<unsigned char>(pattern[digits])) != 0) {
        first = first * 10 + (pattern[digits++] - '0');
      }
      if (digits < pattern.size() && pattern[digits] == '$' && digits > at) {
        index = static_cast<std::size_t>(first);
        at = digits + 1;
      }
      std::string flags;
      while (at < pattern.size() &&
             std::string_view("-+ 0,(#").find(pattern[at]) != std::string_view::npos)
        flags += pattern[at++];
      int width = 0;
      while (at < pattern.size() && std::isdigit(static_cast<unsigned char>(pattern[at])) != 0)
        width = width * 10 + (pattern[at++] - '0');
      int precision = -1;
      if (at < pattern.size() && pattern[at] == '.') {
        precision = 0;
        ++at;
        while (at < pattern.size() && std::isdigit(static_cast<unsigned char>(pattern[at])) != 0)
          precision = precision * 10 + (pattern[at++] - '0');
      }
      const char conversion = at < pattern.size() ? pattern[at] : '\0';
      if (conversion == '%') {
        result += '%';
        continue;
      }
      if (conversion == 'n') {
        result += '\n';
        continue;
      }
      if (index == 0) index = next++;
      std::optional<std::string> text;
      constexpr int kWidest = 10000;
      if (index < cells.size() && width <= kWidest && precision <= kWidest) {
        text = FormatOne(cells, index, flags, width, precision, conversion);
      }
      if (!text) {
        const std::string piece(pattern.substr(start, at - start + 1));
        if (spark) {
          RaiseSpark("INTERNAL_ERROR", fmt::format("Format specifier '{}'", piece), {}, -1);
        }
        RaiseTrino("INVALID_FUNCTION_ARGUMENT",
                   fmt::format("Invalid format string: {} (Format specifier '{}')", pattern, piece),
                   -1);
      }
      result += *text;
    }
    cells.SetText(result);
  };
}

void ConcatTexts(Cells& cells) {
  std::string text;
  for (std::size_t i = 0; i < cells.size(); ++i) text += cells.Text(i);
  cells.SetText(text);
}

void SparkRaiseError(Cells& cells) {
  const std::string message(cells.Text(0));
  RaiseSpark("USER_RAISED_EXCEPTION", message, {{"errorMessage", message}}, cells.Integer(1));
}

void SparkAssertTrue(Cells& cells) {
  if (!cells.IsNull(0) && cells.Boolean(0)) return cells.SetNull();
  const std::string message(cells.IsNull(1) ? "" : cells.Text(1));
  RaiseSpark("USER_RAISED_EXCEPTION", message, {{"errorMessage", message}}, cells.Integer(2));
}

}  // namespace

CellFunctions TextFunctions() {
  return {
      {"spark.substring", "VARCHAR", SparkSubstring},
      {"spark.substring_binary", "BLOB", SparkSubstringBinary},
      {"trino.substr", "VARCHAR", TrinoSubstr<false>},
      {"trino.substr_binary", "BLOB", TrinoSubstr<true>},
      {"spark.initcap", "VARCHAR", SparkInitcap},
      {"spark.lpad", "VARCHAR", SparkPad(PadSide::kLeft)},
      {"spark.rpad", "VARCHAR", SparkPad(PadSide::kRight)},
      {"trino.lpad", "VARCHAR", TrinoPad(PadSide::kLeft)},
      {"trino.rpad", "VARCHAR", TrinoPad(PadSide::kRight)},
      {"spark.chr", "VARCHAR", SparkChr},
      {"trino.chr", "VARCHAR", TrinoChr},
      {"spark.locate", "INTEGER", SparkLocate},
      {"trino.strpos", "BIGINT", TrinoStrpos},
      {"spark.substring_index", "VARCHAR", SparkSubstringIndex},
      {"trino.split", "VARCHAR[]", TrinoSplit},
      {"trino.split_part", "VARCHAR", TrinoSplitPart},
      {"spark.split_part", "VARCHAR", SparkSplitPart},
      {"trino.split_to_map", "MAP(VARCHAR, VARCHAR)", TrinoSplitToMap},
      {"spark.str_to_map", "MAP(VARCHAR, VARCHAR)", SparkStrToMap},
      {"trino.replace", "VARCHAR", TrinoReplace},
      {"trino.trim", "VARCHAR", TrinoTrim(TrimSide::kBoth)},
      {"trino.ltrim", "VARCHAR", TrinoTrim(TrimSide::kLeft)},
      {"trino.rtrim", "VARCHAR", TrinoTrim(TrimSide::kRight)},
      {"*.soundex", "VARCHAR", Soundex},
      {"trino.hamming_distance", "BIGINT", TrinoHamming},
      {"spark.format_number", "VARCHAR", SparkFormatNumber},
      {"spark.find_in_set", "INTEGER", SparkFindInSet},
      {"spark.overlay", "VARCHAR", SparkOverlay},
      {"spark.mask", "VARCHAR", SparkMask},
      {"spark.hex", "VARCHAR", SparkHex},
      {"spark.unhex", "BLOB", SparkUnhex},
      {"*.utf8", "VARCHAR", Utf8},
      {"spark.format_string", "VARCHAR", Format(true), true},
      {"*.concat_texts", "$1", ConcatTexts},
      {"spark.raise_error", "INTEGER", SparkRaiseError},
      {"spark.assert_true", "INTEGER", SparkAssertTrue, true},
  };
}

}  // namespace owlet::engine
