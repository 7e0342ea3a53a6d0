#include <fmt/format.h>

#include <array>
#include <bit>
#include <cctype>
#include <cmath>
#include <cstring>

#include "core/engine/functions/cells.h"
#include "core/engine/functions/numbers.h"

// Trino's smaller functions of texts and bytes: encodings, sizes and durations as people write
// them.

namespace owlet::engine {

namespace {

[[noreturn]] void BadArgument(std::string message, std::int64_t origin) {
  RaiseTrino("INVALID_FUNCTION_ARGUMENT", std::move(message), origin);
}

// ---- Numbers as bytes.

template <class T>
void ToBigEndian(Cells& cells) {
  const auto value = static_cast<T>(cells.Integer(0));
  std::string bytes;
  for (int shift = static_cast<int>(sizeof(T)) * 8 - 8; shift >= 0; shift -= 8) {
    bytes += static_cast<char>(value >> shift);
  }
  cells.SetText(bytes);
}

template <class T>
T ReadBigEndian(std::string_view bytes) {
  T value = 0;
  for (const char c : bytes) value = static_cast<T>(value << 8 | static_cast<unsigned char>(c));
  return value;
}

template <class T>
void FromBigEndian(Cells& cells) {
  const std::string_view bytes = cells.Text(0);
  if (bytes.size() != sizeof(T)) {
    BadArgument(fmt::format("expected {}-byte input, but got instead: {}", sizeof(T), bytes.size()),
                cells.Integer(1));
  }
  cells.SetInteger(static_cast<std::make_signed_t<T>>(ReadBigEndian<T>(bytes)));
}

void ToIeee(Cells& cells) {
  std::string bytes;
  const bool real = cells.IsReal(0);
  const std::uint64_t bits = real
                                 ? std::bit_cast<std::uint32_t>(static_cast<float>(cells.Double(0)))
                                 : std::bit_cast<std::uint64_t>(cells.Double(0));
  for (int shift = real ? 24 : 56; shift >= 0; shift -= 8) {
    bytes += static_cast<char>(bits >> shift);
  }
  cells.SetText(bytes);
}

template <class T, class Bits>
void FromIeee(Cells& cells) {
  const std::string_view bytes = cells.Text(0);
  if (bytes.size() != sizeof(T)) {
    BadArgument(fmt::format("Input floating-point value must be exactly {} bytes long", sizeof(T)),
                cells.Integer(1));
  }
  cells.SetDouble(std::bit_cast<T>(ReadBigEndian<Bits>(bytes)));
}

// ---- Base32 and Base64.

constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void ToBase32(Cells& cells) {
  std::string text;
  std::uint32_t pending = 0;
  int bits = 0;
  for (const char c : cells.Text(0)) {
    pending = pending << 8 | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 5; bits -= 5) text += kBase32[pending >> (bits - 5) & 31];
  }
  if (bits > 0) text += kBase32[pending << (5 - bits) & 31];
  text.append((8 - text.size() % 8) % 8, '=');
  cells.SetText(text);
}

void FromBase32(Cells& cells) {
  std::string_view text = cells.Text(0);
  while (text.ends_with('=')) text.remove_suffix(1);
  constexpr std::array<bool, 8> kWhole = {true, false, true, false, true, true, false, true};
  if (!kWhole[text.size() % 8]) {
    BadArgument(fmt::format("Invalid input length {}", text.size()), cells.Integer(1));
  }
  std::string bytes;
  std::uint32_t pending = 0;
  int bits = 0;
  for (const char c : text) {
    const auto digit = kBase32.find(c);
    if (digit == std::string_view::npos) {
      BadArgument(fmt::format("Unrecognized character: {}", c), cells.Integer(1));
    }
    pending = pending << 5 | static_cast<std::uint32_t>(digit);
    bits += 5;
    if (bits >= 8) bytes += static_cast<char>(pending >> (bits -= 8));
  }
  cells.SetText(bytes);
}

/// Padding may be there or not; the words are those of Java's decoder.
template <bool kUrl>
void FromBase64(Cells& cells) {
  std::string_view text = cells.Text(0);
  const std::int64_t origin = cells.Integer(1);
  if (text.empty()) return cells.SetText("");
  if (text.size() < 2) {
    BadArgument("Input byte[] should at least have 2 bytes for base64 bytes", origin);
  }
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string bytes;
  std::uint32_t pending = 0;
  int bits = 0;
  for (char c : text) {
    if (kUrl && (c == '-' || c == '_')) {
      c = c == '-' ? '+' : '/';
    } else if (kUrl && (c == '+' || c == '/')) {
      c = '!';
    }
    const auto digit = kBase64.find(c);
    if (digit == std::string_view::npos) {
      BadArgument(fmt::format("Illegal base64 character {:x}", static_cast<unsigned char>(c)),
                  origin);
    }
    pending = pending << 6 | static_cast<std::uint32_t>(digit);
    bits += 6;
    if (bits >= 8) bytes += static_cast<char>(pending >> (bits -= 8));
  }
  if (text.size() % 4 == 1) BadArgument("Last unit does not have enough valid bits", origin);
  cells.SetText(bytes);
}

void FromHex(Cells& cells) {
  const std::string_view text = cells.Text(0);
  if (text.size() % 2 == 1) {
    BadArgument(fmt::format("invalid input length {}", text.size()), cells.Integer(1));
  }
  std::string bytes;
  int high = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (std::isxdigit(static_cast<unsigned char>(c)) == 0) {
      BadArgument(fmt::format("not a hexadecimal digit: \"{}\" = {}", c, static_cast<int>(c)),
                  cells.Integer(1));
    }
    const int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
    if (i % 2 == 1) bytes += static_cast<char>(high << 4 | digit);
    high = digit;
  }
  cells.SetText(bytes);
}

/// pad_binary(bytes, length, padding, left, origin).
void PadBinary(Cells& cells) {
  const std::string_view bytes = cells.Text(0);
  const std::int64_t length = cells.Integer(1);
  const std::string_view padding = cells.Text(2);
  const std::int64_t origin = cells.Integer(4);
  constexpr std::int64_t kMaximum = 2147483647;
  if (length < 0 || length > kMaximum) {
    BadArgument("Target length must be in the range [0..2147483647]", origin);
  }
  if (padding.empty()) BadArgument("Padding bytes must not be empty", origin);
  CheckValueSize(length, 1);
  const auto size = static_cast<std::size_t>(length);
  if (bytes.size() >= size) return cells.SetText(bytes.substr(0, size));
  std::string filling;
  while (filling.size() < size - bytes.size()) filling += padding;
  filling.resize(size - bytes.size());
  cells.SetText(cells.Boolean(3) ? filling + std::string(bytes) : std::string(bytes) + filling);
}

// ---- Texts.

/// char2hexint: UTF-16, four digits a unit.
void CharToHex(Cells& cells) {
  const std::string_view text = cells.Text(0);
  std::string hex;
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const int size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    std::uint32_t code = size == 1 ? lead : lead & (0x7FU >> size);
    for (int i = 1; i < size && at + static_cast<std::size_t>(i) < text.size(); ++i) {
      code =
          code << 6 | (static_cast<unsigned char>(text[at + static_cast<std::size_t>(i)]) & 0x3F);
    }
    at += static_cast<std::size_t>(size);
    if (code >= 0x10000) {
      hex += fmt::format("{:04X}{:04X}", 0xD800 + ((code - 0x10000) >> 10),
                         0xDC00 + ((code - 0x10000) & 0x3FF));
    } else {
      hex += fmt::format("{:04X}", code);
    }
  }
  cells.SetText(hex);
}

void LuhnCheck(Cells& cells) {
  const std::string_view text = cells.Text(0);
  int sum = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[text.size() - 1 - i];
    if (c < '0' || c > '9') BadArgument("Input contains non-digit character", cells.Integer(1));
    const int digit = (c - '0') * (i % 2 == 1 ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  cells.SetBoolean(!text.empty() && sum % 10 == 0);
}

/// from_utf8(bytes, replacement, origin).
void Utf8Replacing(Cells& cells) {
  const std::string_view bytes = cells.Text(0);
  const std::string_view replacement = cells.Text(1);
  std::size_t characters = 0;
  for (const char c : replacement) characters += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  if (characters > 1) {
    BadArgument("Replacement character string must empty or a single character", cells.Integer(2));
  }
  std::string text;
  for (std::size_t at = 0; at < bytes.size();) {
    const auto lead = static_cast<unsigned char>(bytes[at]);
    const std::size_t size = lead < 0x80                   ? 1
                             : lead >= 0xF0 && lead < 0xF5 ? 4
                             : lead >= 0xE0 && lead < 0xF0 ? 3
                             : lead >= 0xC2 && lead < 0xE0 ? 2
                                                           : 0;
    std::size_t good = size > 0 ? 1 : 0;
    while (good > 0 && good < size && at + good < bytes.size() &&
           (static_cast<unsigned char>(bytes[at + good]) & 0xC0) == 0x80) {
      ++good;
    }
    if (size > 0 && good == size) {
      text += bytes.substr(at, size);
    } else {
      text += replacement;
    }
    at += std::max<std::size_t>(good, 1);
  }
  cells.SetText(text);
}

void CodePoint(Cells& cells) {
  const std::string_view text = cells.Text(0);
  const auto lead = text.empty() ? 0U : static_cast<unsigned char>(text[0]);
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (text.size() != size) {
    BadArgument("Input string must be a single character string", cells.Integer(1));
  }
  std::int64_t code = size == 1 ? lead : lead & (0x7FU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3F);
  }
  cells.SetInteger(code);
}

// ---- Sizes, durations, counts for people.

void FormatNumber(Cells& cells) {
  constexpr std::array<std::string_view, 6> kUnits = {"", "K", "M", "B", "T", "Q"};
  double value = cells.Double(0);
  const bool negative = value < 0;
  value = std::abs(value);
  std::size_t unit = 0;
  for (; value >= 1000 && unit + 1 < kUnits.size(); ++unit) value /= 1000;
  std::string text;
  if (unit == 0) {
    text = fmt::format("{}", static_cast<std::int64_t>(value));
  } else {
    text = fmt::format("{:.{}f}", value, value < 10 ? 2 : value < 100 ? 1 : 0);
    if (text.find('.') != std::string::npos) {
      while (text.ends_with('0')) text.pop_back();
      if (text.ends_with('.')) text.pop_back();
    }
  }
  if (negative && text != "0") text.insert(0, "-");
  cells.SetText(text + std::string(kUnits[unit]));
}

void HumanSeconds(Cells& cells) {
  const double value = cells.Double(0);
  if (!std::isfinite(value)) {
    BadArgument(fmt::format("Invalid argument found: {}", TrinoText(value, false)),
                cells.Integer(1));
  }
  auto seconds = static_cast<std::int64_t>(std::floor(std::abs(value) + 0.5));
  constexpr std::array<std::pair<std::int64_t, std::string_view>, 5> kUnits = {
      {{604800, "week"}, {86400, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}}};
  std::string text;
  for (const auto& [size, name] : kUnits) {
    const std::int64_t count = seconds / size;
    seconds %= size;
    if (count == 0 && (size > 1 || !text.empty())) continue;
    text += fmt::format("{}{} {}{}", text.empty() ? "" : ", ", count, name, count == 1 ? "" : "s");
  }
  cells.SetText(text);
}

/// "12.5 kB" into number and unit; nothing when it is not that.
std::optional<std::pair<std::string_view, std::string_view>> SplitUnit(std::string_view text) {
  const auto space = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
  while (!text.empty() && space(text.front())) text.remove_prefix(1);
  while (!text.empty() && space(text.back())) text.remove_suffix(1);
  std::size_t digits = 0;
  bool point = false;
  while (digits < text.size() && (std::isdigit(static_cast<unsigned char>(text[digits])) != 0 ||
                                  (text[digits] == '.' && !point && digits > 0))) {
    point = point || text[digits] == '.';
    ++digits;
  }
  const std::string_view number = text.substr(0, digits);
  std::string_view unit = text.substr(digits);
  while (!unit.empty() && space(unit.front())) unit.remove_prefix(1);
  if (number.empty() || number.ends_with('.') || unit.empty()) return std::nullopt;
  for (const char c : unit) {
    if (std::isalpha(static_cast<unsigned char>(c)) == 0) return std::nullopt;
  }
  return std::pair(number, unit);
}

/// Milliseconds, rounded.
void ParseDuration(Cells& cells) {
  const std::string_view text = cells.Text(0);
  const auto parts = SplitUnit(text);
  if (!parts) {
    BadArgument(fmt::format("duration is not a valid data duration string: {}", text),
                cells.Integer(1));
  }
  constexpr std::array<std::pair<std::string_view, double>, 7> kUnits = {
      {{"ns", 1e-6}, {"us", 1e-3}, {"ms", 1}, {"s", 1e3}, {"m", 6e4}, {"h", 3.6e6}, {"d", 8.64e7}}};
  for (const auto& [name, size] : kUnits) {
    if (name != parts->second) continue;
    const double value = ParseJavaDouble(parts->first).value_or(0) * size;
    return cells.SetInteger(static_cast<std::int64_t>(std::llround(value)));
  }
  BadArgument(fmt::format("Unknown time unit: {}", parts->second), cells.Integer(1));
}

void ParseDataSize(Cells& cells) {
  const std::string_view text = cells.Text(0);
  const auto parts = SplitUnit(text);
  constexpr std::array<std::string_view, 9> kUnits = {"B",  "kB", "MB", "GB", "TB",
                                                      "PB", "EB", "ZB", "YB"};
  Int128 size = 1;
  for (const std::string_view unit : kUnits) {
    if (parts && unit == parts->second) {
      const auto point = parts->first.find('.');
      const int scale =
          point == std::string_view::npos ? 0 : static_cast<int>(parts->first.size() - point - 1);
      const ParsedDecimal number = ParseDecimal(parts->first, 38, scale);
      Int128 product = 0;
      if (number.valid && !number.overflow && scale <= 18 &&
          !__builtin_mul_overflow(number.unscaled, size, &product)) {
        return cells.SetUnscaled(product / PowerOfTen(scale));
      }
      break;
    }
    size *= 1024;
  }
  BadArgument(fmt::format("Invalid data size: '{}'", text), cells.Integer(1));
}

/// split_entries(text, between entries, between key and value, origin): [[key, value] ...].
void SplitEntries(Cells& cells) {
  std::string_view text = cells.Text(0);
  const std::string_view entry_end = cells.Text(1);
  const std::string_view key_end = cells.Text(2);
  if (entry_end.empty() || key_end.empty() || entry_end == key_end) {
    BadArgument(entry_end.empty() ? "entryDelimiter is empty"
                : key_end.empty() ? "keyValueDelimiter is empty"
                                  : "entryDelimiter and keyValueDelimiter must not be the same",
                cells.Integer(3));
  }
  std::vector<std::vector<std::optional<std::string>>> entries;
  while (!text.empty()) {
    const auto end = text.find(entry_end);
    const std::string_view entry = text.substr(0, end);
    const auto middle = entry.find(key_end);
    if (middle == std::string_view::npos ||
        entry.find(key_end, middle + key_end.size()) != std::string_view::npos) {
      BadArgument(fmt::format("Key-value delimiter must appear exactly once in each entry. Bad "
                              "input: {}",
                              entry),
                  cells.Integer(3));
    }
    entries.push_back(
        {std::string(entry.substr(0, middle)), std::string(entry.substr(middle + key_end.size()))});
    text = end == std::string_view::npos ? "" : text.substr(end + entry_end.size());
  }
  cells.SetTextLists(entries);
}

// ---- Bounds that array functions check.

/// trimmed_length(length, size, origin).
void TrimmedLength(Cells& cells) {
  const std::int64_t length = cells.Integer(0);
  const std::int64_t size = cells.Integer(1);
  if (size < 0) BadArgument(fmt::format("size must not be negative: {}", size), cells.Integer(2));
  if (size > length) {
    BadArgument(fmt::format("size must not exceed array cardinality {}: {}", length, size),
                cells.Integer(2));
  }
  cells.SetInteger(length - size);
}

void PositiveN(Cells& cells) {
  if (cells.Integer(0) <= 0) BadArgument("N must be positive", cells.Integer(1));
  cells.SetInteger(cells.Integer(0));
}

void CheckLengths(Cells& cells) {
  if (cells.Integer(0) != cells.Integer(1)) {
    BadArgument("The arguments must have the same length", cells.Integer(2));
  }
  cells.SetBoolean(true);
}

/// comparator(answer, origin): what array_sort's lambda may say.
void Comparator(Cells& cells) {
  if (cells.IsNull(0) || std::abs(cells.Integer(0)) > 1) {
    BadArgument("Lambda comparator must return either -1, 0, or 1", cells.Integer(1));
  }
  cells.SetInteger(cells.Integer(0));
}

/// positive_count(count, name of the function, origin).
void PositiveCount(Cells& cells) {
  if (cells.Integer(0) <= 0) {
    BadArgument(fmt::format("third argument of {} must be a positive integer", cells.Text(1)),
                cells.Integer(2));
  }
  cells.SetInteger(cells.Integer(0));
}

CellCall AtLeastOne(const char* message) {
  return [message](Cells& cells) {
    if (cells.Integer(0) < 1) BadArgument(message, cells.Integer(1));
    cells.SetInteger(cells.Integer(0));
  };
}

void CheckedQuantile(Cells& cells) {
  const double quantile = cells.Double(0);
  if (!(quantile >= 0 && quantile <= 1)) {
    BadArgument("Percentile must be between 0 and 1", cells.Integer(1));
  }
  cells.SetDouble(quantile);
}

/// window_offset(rows, origin): of lag and lead.
void WindowOffset(Cells& cells) {
  if (cells.IsNull(0)) BadArgument("Offset must not be null", cells.Integer(1));
  if (cells.Integer(0) < 0) BadArgument("Offset must be at least 0", cells.Integer(1));
  cells.SetInteger(cells.Integer(0));
}

/// beyond_recursion(rows): false for none, else an error: a recursive query found rows at a step
/// that is one too many.
void BeyondRecursion(Cells& cells) {
  if (cells.Integer(0) > 0) {
    RaiseTrino("NOT_SUPPORTED",
               "Recursion depth limit exceeded (10). Use 'max_recursion_depth' session property to "
               "modify the limit.",
               -1);
  }
  cells.SetBoolean(false);
}

/// whole_days(interval, origin): what may be added to a date.
void WholeDays(Cells& cells) {
  const plan::Interval interval = cells.Interval(0);
  constexpr std::int64_t kMicrosOfDay = 86'400'000'000;
  if (interval.micros % kMicrosOfDay != 0) {
    BadArgument("Cannot add hour, minutes or seconds to a date", cells.Integer(1));
  }
  cells.SetInteger(interval.days + interval.micros / kMicrosOfDay);
}

void FloatText(Cells& cells) { cells.SetText(TrinoText(cells.Double(0), cells.IsReal(0))); }

}  // namespace

CellFunctions TrinoTextFunctions() {
  return {
      {"trino.to_big_endian_32", "BLOB", ToBigEndian<std::uint32_t>},
      {"trino.to_big_endian_64", "BLOB", ToBigEndian<std::uint64_t>},
      {"trino.from_big_endian_32", "INTEGER", FromBigEndian<std::uint32_t>},
      {"trino.from_big_endian_64", "BIGINT", FromBigEndian<std::uint64_t>},
      {"trino.to_ieee", "BLOB", ToIeee},
      {"trino.from_ieee754_32", "FLOAT", FromIeee<float, std::uint32_t>},
      {"trino.from_ieee754_64", "DOUBLE", FromIeee<double, std::uint64_t>},
      {"trino.to_base32", "VARCHAR", ToBase32},
      {"trino.from_base32", "BLOB", FromBase32},
      {"trino.from_base64", "BLOB", FromBase64<false>},
      {"trino.from_base64url", "BLOB", FromBase64<true>},
      {"trino.from_hex", "BLOB", FromHex},
      {"trino.pad_binary", "BLOB", PadBinary},
      {"trino.char2hexint", "VARCHAR", CharToHex},
      {"trino.luhn_check", "BOOLEAN", LuhnCheck},
      {"trino.utf8_replacing", "VARCHAR", Utf8Replacing},
      {"trino.codepoint", "INTEGER", CodePoint},
      {"trino.format_number", "VARCHAR", FormatNumber},
      {"trino.human_readable_seconds", "VARCHAR", HumanSeconds},
      {"trino.parse_duration", "BIGINT", ParseDuration},
      {"trino.parse_data_size", "DECIMAL(38,0)", ParseDataSize},
      {"trino.split_entries", "VARCHAR[][]", SplitEntries},
      {"trino.trimmed_length", "BIGINT", TrimmedLength},
      {"trino.positive_n", "BIGINT", PositiveN},
      {"trino.check_lengths", "BOOLEAN", CheckLengths},
      {"trino.comparator", "INTEGER", Comparator, true},
      {"trino.positive_count", "BIGINT", PositiveCount},
      {"trino.positive_buckets", "BIGINT", AtLeastOne("Buckets must be greater than 0")},
      {"trino.positive_offset", "BIGINT", AtLeastOne("Offset must be at least 1")},
      {"trino.checked_quantile", "DOUBLE", CheckedQuantile},
      {"trino.window_offset", "BIGINT", WindowOffset, true},
      {"trino.beyond_recursion", "BOOLEAN", BeyondRecursion},
      {"trino.whole_days", "BIGINT", WholeDays},
      {"trino.shown_float", "VARCHAR", FloatText},
  };
}

}  // namespace owlet::engine
