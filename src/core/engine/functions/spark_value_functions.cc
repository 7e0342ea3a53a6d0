#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cctype>
#include <cstdlib>
#include <limits>
#include <string>
#include <utility>

#include "base/encoding.h"
#include "core/engine/functions/cells.h"
#include "core/engine/json_type.h"
#include "core/plan/number_format.h"
#include "core/plan/type_names.h"

// Spark's conversions of texts, numbers and bytes by a format, checks of single values, bitmaps.

namespace owlet::engine {

namespace {

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

/// (text, format, try, origin)
void ToBinary(Cells& cells) {
  const std::string_view text = cells.Text(0);
  const std::string format = Lower(cells.Text(1));
  std::optional<std::string> bytes;
  if (format == "hex") {
    bytes = DecodeHex(text.size() % 2 == 0 ? std::string(text) : "0" + std::string(text));
  } else if (format == "utf-8" || format == "utf8") {
    bytes = std::string(text);
  } else if (format == "base64") {
    bytes = DecodeBase64(text);
  }
  if (bytes) return cells.SetText(*bytes);
  if (cells.Boolean(2)) return cells.SetNull();
  RaiseSpark("CONVERSION_INVALID_INPUT", "the value is not of the format",
             {{"str", fmt::format("'{}'", text)},
              {"fmt", fmt::format("'{}'", Lower(cells.Text(1) == "hex" ? "HEX" : cells.Text(1)))},
              {"targetType", "\"BINARY\""},
              {"suggestion", "`try_to_binary`"}},
             cells.Integer(3));
}

void BinaryToChar(Cells& cells) {
  const std::string_view bytes = cells.Text(0);
  const std::string format = Lower(cells.Text(1));
  if (format == "base64") return cells.SetText(EncodeBase64(bytes));
  if (format == "utf-8" || format == "utf8") return cells.SetText(bytes);
  std::string hex = EncodeHex(bytes);
  std::ranges::transform(hex, hex.begin(), [](unsigned char c) { return std::toupper(c); });
  cells.SetText(hex);
}

void LuhnCheck(Cells& cells) {
  const std::string_view digits = cells.Text(0);
  int sum = 0;
  bool twice = false;
  for (std::size_t i = digits.size(); i-- > 0;) {
    if (std::isdigit(static_cast<unsigned char>(digits[i])) == 0) return cells.SetBoolean(false);
    int digit = digits[i] - '0';
    if (twice) digit = digit > 4 ? digit * 2 - 9 : digit * 2;
    sum += digit;
    twice = !twice;
  }
  cells.SetBoolean(!digits.empty() && sum % 10 == 0);
}

/// (text, upper, lower, digit, other): NULL leaves that kind as it is.
void MaskWith(Cells& cells) {
  if (cells.IsNull(0)) return cells.SetNull();
  std::string masked;
  const auto put = [&](std::size_t kind, char c) {
    if (cells.IsNull(kind)) {
      masked += c;
    } else {
      masked += cells.Text(kind);
    }
  };
  const std::string_view text = cells.Text(0);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c >= 'A' && c <= 'Z') {
      put(1, c);
    } else if (c >= 'a' && c <= 'z') {
      put(2, c);
    } else if (c >= '0' && c <= '9') {
      put(3, c);
    } else if ((static_cast<unsigned char>(c) & 0xC0) == 0x80 && !cells.IsNull(4)) {
      continue;  // the rest of a character that its first byte stood for
    } else {
      put(4, c);
    }
  }
  cells.SetText(masked);
}

/// (text, part, from, occurrence): places count from 1; a negative start looks backwards.
void Instr(Cells& cells) {
  const std::string_view text = cells.Text(0);
  const std::string_view part = cells.Text(1);
  const std::int64_t from = cells.Integer(2);
  std::int64_t wanted = cells.Integer(3);
  if (from == 0 || wanted <= 0) return cells.SetInteger(0);
  std::vector<std::size_t> starts;  // of the characters
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) starts.push_back(i);
  }
  const auto size = static_cast<std::int64_t>(starts.size());
  const std::int64_t step = from > 0 ? 1 : -1;
  for (std::int64_t at = from > 0 ? from - 1 : size + from; at >= 0 && at < size; at += step) {
    if (!text.substr(starts[static_cast<std::size_t>(at)]).starts_with(part)) continue;
    if (--wanted == 0) return cells.SetInteger(at + 1);
  }
  cells.SetInteger(0);
}

/// (order, origin)
void Comparator(Cells& cells) {
  if (!cells.IsNull(0)) return cells.SetInteger(cells.Integer(0));
  RaiseSpark("COMPARATOR_RETURNS_NULL", "The comparator has returned a NULL.",
             {{"firstValue", ""}, {"secondValue", ""}}, cells.Integer(1));
}

void ReversedHex(Cells& cells) {
  const std::string_view hex = cells.Text(0);
  std::string reversed;
  for (std::size_t i = hex.size(); i >= 2; i -= 2) reversed += hex.substr(i - 2, 2);
  cells.SetText(reversed);
}

/// (text, format, typed NULL, try, origin)
void ToNumber(Cells& cells) {
  const auto format = plan::NumberFormat::Parse(cells.Text(1));
  const auto value = format ? format->Read(cells.Text(0)) : std::nullopt;
  if (value) return cells.SetUnscaled(*value);
  if (cells.Boolean(3)) return cells.SetNull();
  RaiseSpark("INVALID_FORMAT.MISMATCH_INPUT", "the input does not match the format",
             {{"format", std::string(cells.Text(1))},
              {"inputType", "\"STRING\""},
              {"input", std::string(cells.Text(0))}},
             cells.Integer(4));
}

void NumberToChar(Cells& cells) {
  const auto format = plan::NumberFormat::Parse(cells.Text(1));
  if (!format) {
    const Error& error = format.error();
    RaiseSpark(error.condition, error.message, error.parameters, -1);
  }
  cells.SetText(format->Write(cells.Unscaled(0), cells.Scale(0)));
}

/// The bytes of the first character of `text` as UTF-8 has them, or nothing: then `skip` are those
/// that Java's decoder takes for one wrong character.
std::size_t CharacterSize(std::string_view text, std::size_t& skip) {
  const auto at = [&](std::size_t i) -> unsigned { return static_cast<unsigned char>(text[i]); };
  const auto in = [&](std::size_t i, unsigned low, unsigned high) {
    return i < text.size() && at(i) >= low && at(i) <= high;
  };
  skip = 1;
  const unsigned first = at(0);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  if (first < 0xE0) return in(1, 0x80, 0xBF) ? 2 : 0;
  const unsigned low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (!in(1, low, high)) return 0;
  const std::size_t size = first < 0xF0 ? 3 : 4;
  for (std::size_t i = 2; i < size; ++i) {
    skip = i;
    if (!in(i, 0x80, 0xBF)) return 0;
  }
  return size;
}

std::string ValidUtf8(std::string_view bytes, bool& valid) {
  std::string text;
  valid = true;
  while (!bytes.empty()) {
    std::size_t skip = 1;
    const std::size_t size = CharacterSize(bytes, skip);
    if (size > 0) {
      text += bytes.substr(0, size);
    } else {
      valid = false;
      text += "\xEF\xBF\xBD";
    }
    bytes.remove_prefix(size > 0 ? size : skip);
  }
  return text;
}

void IsValidUtf8(Cells& cells) {
  bool valid = false;
  static_cast<void>(ValidUtf8(cells.Text(0), valid));
  cells.SetBoolean(valid);
}

void MakeValidUtf8(Cells& cells) {
  bool valid = false;
  cells.SetText(ValidUtf8(cells.Text(0), valid));
}

/// (bytes, try, origin)
void ValidateUtf8(Cells& cells) {
  bool valid = false;
  const std::string text = ValidUtf8(cells.Text(0), valid);
  if (valid) return cells.SetText(text);
  if (cells.Boolean(1)) return cells.SetNull();
  std::string shown;
  for (const char c : cells.Text(0))
    shown += fmt::format("\\x{:02X}", static_cast<unsigned char>(c));
  RaiseSpark("INVALID_UTF8_STRING", "an invalid UTF-8 sequence", {{"str", shown}},
             cells.Integer(2));
}

constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

void ToBase32(Cells& cells) {
  std::string text;
  unsigned bits = 0;
  int count = 0;
  for (const char c : cells.Text(0)) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (count += 8; count >= 5; count -= 5) text += kBase32[bits >> (count - 5) & 31];
  }
  if (count > 0) text += kBase32[bits << (5 - count) & 31];
  while (text.size() % 8 != 0) text += '=';
  cells.SetText(text);
}

void FromBase32(Cells& cells) {
  std::string_view text = cells.Text(0);
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string bytes;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    const std::size_t place = kBase32.find(static_cast<char>(std::toupper(c)));
    if (place == std::string_view::npos) return cells.SetNull();
    bits = bits << 5 | static_cast<unsigned>(place);
    count += 5;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 0xFF);
  }
  cells.SetText(bytes);
}

/// Sentences end at '!', '?' and, before what is no small letter, '.'; their words are what stands
/// between blanks and punctuation, with apostrophes and points inside.
void Sentences(Cells& cells) {
  const std::string_view text = cells.Text(0);
  const auto part_of_word = [&](std::size_t i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (std::isalnum(c) != 0 || c == '_' || c >= 0x80) return true;
    if (c != '\'' && c != '.' && c != ',') return false;
    if (i == 0 || i + 1 >= text.size()) return false;
    const auto before = static_cast<unsigned char>(text[i - 1]);
    const auto after = static_cast<unsigned char>(text[i + 1]);
    if (c == ',') return std::isdigit(before) != 0 && std::isdigit(after) != 0;
    return std::isalnum(before) != 0 && std::isalnum(after) != 0;
  };
  const auto ends = [&](std::size_t i) {
    if (text[i] == '!' || text[i] == '?') return true;
    if (text[i] != '.') return false;
    const std::size_t next = text.find_first_not_of(" \t\r\n", i + 1);
    return next == std::string_view::npos ||
           (next > i + 1 && std::islower(static_cast<unsigned char>(text[next])) == 0);
  };
  std::vector<std::vector<std::optional<std::string>>> sentences(1);
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) sentences.back().emplace_back(std::exchange(word, {}));
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (part_of_word(i)) {
      word += text[i];
      continue;
    }
    end_word();
    if (ends(i) && !sentences.back().empty()) sentences.emplace_back();
  }
  end_word();
  if (sentences.back().empty()) sentences.pop_back();
  cells.SetTextLists(sentences);
}

/// (text, zone)
void SchemaOfJson(Cells& cells) {
  const auto type = JsonTypeOf(cells.Text(0), cells.Text(1));
  cells.SetText(type ? plan::SparkSqlName(*type) : "STRING");
}

constexpr std::size_t kBitmapBytes = 4096;

/// The texts of places, from 0.
void BitmapOf(Cells& cells) {
  std::string bitmap(kBitmapBytes, '\0');
  if (!cells.IsNull(0)) {
    for (const auto& text : cells.Texts(0)) {
      if (!text) continue;
      const auto place = static_cast<std::size_t>(std::strtoull(text->c_str(), nullptr, 10));
      if (place >= kBitmapBytes * 8) continue;
      auto& byte = bitmap[place / 8];
      byte = static_cast<char>(static_cast<unsigned char>(byte) | 1U << (place % 8));
    }
  }
  cells.SetText(bitmap);
}

template <bool kOr>
void MergeBitmaps(Cells& cells) {
  std::string merged(kBitmapBytes, kOr ? '\0' : '\xFF');
  if (!cells.IsNull(0)) {
    for (const auto& bitmap : cells.Texts(0)) {
      if (!bitmap) continue;
      for (std::size_t i = 0; i < kBitmapBytes; ++i) {
        const unsigned other = i < bitmap->size() ? static_cast<unsigned char>((*bitmap)[i]) : 0;
        const unsigned own = static_cast<unsigned char>(merged[i]);
        merged[i] = static_cast<char>(kOr ? own | other : own & other);
      }
    }
  }
  cells.SetText(merged);
}

void BitmapCount(Cells& cells) {
  std::int64_t count = 0;
  for (const char c : cells.Text(0)) count += std::popcount(static_cast<unsigned char>(c));
  cells.SetInteger(count);
}

/// Years and months in months, weeks and days in days; one that leaves 32 bits is an overflow.
/// (first, factor, second, origin)
void IntervalPart(Cells& cells) {
  const std::int64_t sum = cells.Integer(0) * cells.Integer(1) + cells.Integer(2);
  if (sum > std::numeric_limits<std::int32_t>::max() ||
      sum < std::numeric_limits<std::int32_t>::min()) {
    RaiseSparkOverflow("overflow", "", cells.Integer(3));
  }
  cells.SetInteger(sum);
}

/// "1 years 2 months -3 days 5 hours 7.5 seconds": each part with its sign.
void IntervalText(Cells& cells) {
  const plan::Interval value = cells.Interval(0);
  std::string text;
  const auto add = [&](std::int64_t count, std::string_view unit) {
    if (count != 0) text += fmt::format("{}{} {}", text.empty() ? "" : " ", count, unit);
  };
  add(value.months / 12, "years");
  add(value.months % 12, "months");
  add(value.days, "days");
  constexpr std::int64_t kMicrosOfHour = 3'600'000'000;
  constexpr std::int64_t kMicrosOfMinute = 60'000'000;
  add(value.micros / kMicrosOfHour, "hours");
  add(value.micros % kMicrosOfHour / kMicrosOfMinute, "minutes");
  const std::int64_t rest = value.micros % kMicrosOfMinute;
  if (rest != 0) {
    std::string seconds = fmt::format("{}{}.{:06}", rest < 0 ? "-" : "", std::abs(rest) / 1'000'000,
                                      std::abs(rest) % 1'000'000);
    while (seconds.ends_with('0')) seconds.pop_back();
    if (seconds.ends_with('.')) seconds.pop_back();
    text += fmt::format("{}{} seconds", text.empty() ? "" : " ", seconds);
  }
  cells.SetText(text.empty() ? "0 seconds" : text);
}

}  // namespace

CellFunctions SparkValueFunctions() {
  return {
      {"spark.interval_text", "VARCHAR", IntervalText},
      {"spark.to_number", "$result", ToNumber, false, 2},
      {"spark.number_to_char", "VARCHAR", NumberToChar},
      {"spark.is_valid_utf8", "BOOLEAN", IsValidUtf8},
      {"spark.make_valid_utf8", "VARCHAR", MakeValidUtf8},
      {"spark.validate_utf8", "VARCHAR", ValidateUtf8},
      {"spark.to_base32", "VARCHAR", ToBase32},
      {"spark.from_base32", "BLOB", FromBase32},
      {"spark.sentences", "VARCHAR[][]", Sentences},
      {"spark.schema_of_json", "VARCHAR", SchemaOfJson},
      {"spark.bitmap_of", "BLOB", BitmapOf, true},
      {"spark.bitmap_or", "BLOB", MergeBitmaps<true>, true},
      {"spark.bitmap_and", "BLOB", MergeBitmaps<false>, true},
      {"spark.bitmap_count", "BIGINT", BitmapCount},
      {"spark.interval_part", "INTEGER", IntervalPart},
      {"spark.to_binary", "BLOB", ToBinary},
      {"spark.binary_to_char", "VARCHAR", BinaryToChar},
      {"spark.luhn_check", "BOOLEAN", LuhnCheck},
      {"spark.mask_with", "VARCHAR", MaskWith, true},
      {"spark.instr", "INTEGER", Instr},
      {"spark.comparator", "INTEGER", Comparator, true},
      {"spark.reversed_hex", "VARCHAR", ReversedHex},
  };
}

}  // namespace owlet::engine
