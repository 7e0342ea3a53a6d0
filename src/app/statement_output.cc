#include "app/statement_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <utility>

namespace owlet::app {

namespace {

using Json = nlohmann::json;

/// The next code point of UTF-8; a broken byte counts as itself.
char32_t NextCodePoint(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text[0]);
  std::size_t size = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (first >= 0x80 && first < 0xC0) size = 1;
  size = std::min(size, text.size());
  char32_t point = size == 1 ? first : first & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    point = (point << 6U) | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  text.remove_prefix(size);
  return point;
}

struct PointRange {
  char32_t first;
  char32_t last;
};

bool Within(std::span<const PointRange> ranges, char32_t point) {
  return std::ranges::any_of(
      ranges, [&](const PointRange& range) { return range.first <= point && point <= range.last; });
}

// Unicode's East Asian Width W and F by blocks, and the marks that combine with what stands before.
constexpr std::array<PointRange, 12> kWide = {{{0x1100, 0x115F},
                                               {0x2E80, 0x303E},
                                               {0x3041, 0x33FF},
                                               {0x3400, 0x4DBF},
                                               {0x4E00, 0x9FFF},
                                               {0xA000, 0xA4CF},
                                               {0xAC00, 0xD7A3},
                                               {0xF900, 0xFAFF},
                                               {0xFE30, 0xFE6F},
                                               {0xFF00, 0xFF60},
                                               {0x1F300, 0x1FAFF},
                                               {0x20000, 0x3FFFD}}};
constexpr std::array<PointRange, 4> kNoWidth = {
    {{0x0300, 0x036F}, {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}}};

/// A cell of a table is one line: what would break it is shown as in a string literal.
std::string OneLine(const std::optional<std::string>& cell) {
  if (!cell) return "NULL";
  std::string out;
  for (const char c : *cell) {
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\x{:02x}", c);
    } else {
      out += c;
    }
  }
  return out;
}

std::string CsvCell(const std::optional<std::string>& cell) {
  if (!cell) return "";
  std::string out = "\"";
  for (const char c : *cell) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

/// Numbers and booleans as JSON's own; everything else as its text.
Json JsonCell(const std::optional<std::string>& cell, const std::string& type) {
  if (!cell) return nullptr;
  static constexpr std::array<std::string_view, 8> kPlain = {
      "tinyint", "smallint", "integer", "bigint", "float", "double", "real", "boolean"};
  if (std::ranges::find(kPlain, type) != kPlain.end()) {
    Json value = Json::parse(*cell, nullptr, /*allow_exceptions=*/false);
    if (value.is_number() || value.is_boolean()) return value;
  }
  return *cell;  // NaN, decimals whose digits a double would lose, dates, text
}

}  // namespace

std::size_t DisplayWidth(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const char32_t point = NextCodePoint(text);
    if (Within(kNoWidth, point)) continue;
    width += Within(kWide, point) ? 2 : 1;
  }
  return width;
}

void StatementOutput::Print(const std::string& line) {
  std::fwrite(line.data(), 1, line.size(), out_);
  std::fputc('\n', out_);
}

void StatementOutput::Begin(std::vector<OutputColumn> columns) {
  columns_ = std::move(columns);
  if (format_ != "csv" || columns_.empty()) return;
  OutputRow names;
  for (const OutputColumn& column : columns_) names.emplace_back(column.name);
  PrintCsv(names);
}

void StatementOutput::Add(OutputRow row) {
  if (format_ == "csv") {
    PrintCsv(row);
  } else if (format_ == "json") {
    PrintJson(row);
  } else if (format_ == "text") {
    for (const auto& cell : row) Print(cell.value_or(""));
  } else {
    kept_.push_back(std::move(row));
  }
}

void StatementOutput::End() {
  if (format_ == "table") PrintTable();
  std::fflush(out_);
}

void StatementOutput::PrintCsv(const OutputRow& row) {
  std::string line;
  for (std::size_t i = 0; i < row.size(); ++i) line += (i == 0 ? "" : ",") + CsvCell(row[i]);
  Print(line);
}

void StatementOutput::PrintJson(const OutputRow& row) {
  // Written by hand: two columns may have one name.
  const auto text = [](const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
  };
  std::string line = "{";
  for (std::size_t i = 0; i < row.size(); ++i) {
    const OutputColumn column =
        i < columns_.size() ? columns_[i] : OutputColumn{fmt::format("_col{}", i), ""};
    line += (i == 0 ? "" : ",") + text(column.name) + ":" + text(JsonCell(row[i], column.type));
  }
  Print(line + "}");
}

void StatementOutput::PrintTable() {
  std::vector<std::vector<std::string>> lines;
  if (!columns_.empty()) {
    std::vector<std::string> names;
    for (const OutputColumn& column : columns_) names.push_back(OneLine(column.name));
    lines.push_back(std::move(names));
    lines.emplace_back();  // the rule, once the widths are known
  }
  for (const OutputRow& row : kept_) {
    std::vector<std::string> cells;
    for (const auto& cell : row) cells.push_back(OneLine(cell));
    lines.push_back(std::move(cells));
  }
  std::vector<std::size_t> widths;
  for (const auto& line : lines) {
    widths.resize(std::max(widths.size(), line.size()));
    for (std::size_t i = 0; i < line.size(); ++i) {
      widths[i] = std::max(widths[i], DisplayWidth(line[i]));
    }
  }
  if (!columns_.empty()) {
    for (const std::size_t width : widths) lines[1].emplace_back(width, '-');
  }
  for (const auto& line : lines) {
    std::string text;
    for (std::size_t i = 0; i < line.size(); ++i) {
      text += line[i];
      if (i + 1 < line.size()) text += std::string(widths[i] - DisplayWidth(line[i]) + 2, ' ');
    }
    Print(text);
  }
}

}  // namespace owlet::app
