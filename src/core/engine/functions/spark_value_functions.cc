#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string>

#include "base/encoding.h"
#include "core/engine/functions/cells.h"

// Spark's conversions of texts and bytes by a format's name, and checks of single values.

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

}  // namespace

CellFunctions SparkValueFunctions() {
  return {
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
