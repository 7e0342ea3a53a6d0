#include "protocol/spark_connect/show_string.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace owlet::spark_connect {

namespace {

/// One code point of UTF-8 at `position`, which moves on; a broken byte counts as one of its own.
std::uint32_t NextCodePoint(std::string_view text, std::size_t& position) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(position);
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (length == 1 || lead < 0xC0 || position + length > text.size()) {
    ++position;
    return lead;
  }
  std::uint32_t point = lead & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) point = (point << 6) | (byte(position + i) & 0x3Fu);
  position += length;
  return point;
}

/// Spark's table of full-width characters.
bool IsFullWidth(std::uint32_t point) {
  constexpr std::array<std::pair<std::uint32_t, std::uint32_t>, 7> kRanges = {{{0x1100, 0x115F},
                                                                               {0x2E80, 0xA4CF},
                                                                               {0xAC00, 0xD7A3},
                                                                               {0xF900, 0xFAFF},
                                                                               {0xFE30, 0xFE4F},
                                                                               {0xFF00, 0xFF60},
                                                                               {0xFFE0, 0xFFE6}}};
  return std::ranges::any_of(kRanges, [point](const auto& range) {
    return point >= range.first && point <= range.second;
  });
}

/// Columns on the screen; what lies beyond the basic plane is two UTF-16 units and counts two.
std::size_t Width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size();) {
    const std::uint32_t point = NextCodePoint(text, i);
    width += point > 0xFFFF || IsFullWidth(point) ? 2 : 1;
  }
  return width;
}

std::size_t Utf16Length(std::string_view text) {
  std::size_t length = 0;
  for (std::size_t i = 0; i < text.size();) length += NextCodePoint(text, i) > 0xFFFF ? 2 : 1;
  return length;
}

std::string_view Utf16Prefix(std::string_view text, std::size_t units) {
  std::size_t length = 0;
  std::size_t end = 0;
  for (std::size_t i = 0; i < text.size();) {
    length += NextCodePoint(text, i) > 0xFFFF ? 2 : 1;
    if (length > units) break;
    end = i;
  }
  return text.substr(0, end);
}

std::string EscapeControls(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\v':
        out += "\\v";
        break;
      case '\a':
        out += "\\a";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string Truncate(std::string text, int truncate) {
  const auto limit = static_cast<std::size_t>(std::max(truncate, 0));
  if (limit == 0 || Utf16Length(text) <= limit) return text;
  constexpr std::size_t kDots = 3;
  if (limit <= kDots) return std::string(Utf16Prefix(text, limit));
  return std::string(Utf16Prefix(text, limit - kDots)) + "...";
}

std::string Padding(std::string_view text, std::size_t width) {
  const std::size_t own = Width(text);
  return std::string(own < width ? width - own : 0, ' ');
}

using Rows = std::vector<std::vector<std::string>>;

Rows PrepareCells(const Rows& rows, int truncate) {
  Rows out = rows;
  for (auto& row : out) {
    for (std::string& cell : row) cell = Truncate(EscapeControls(cell), truncate);
  }
  return out;
}

constexpr std::size_t kMinimumWidth = 3;

std::string MoreRows(const ShowOptions& options) {
  return fmt::format("only showing top {} {}", options.num_rows,
                     options.num_rows == 1 ? "row" : "rows");
}

std::string Horizontal(const std::vector<std::string>& names, const Rows& rows,
                       const ShowOptions& options) {
  std::vector<std::size_t> widths;
  for (const std::string& name : names) widths.push_back(std::max(kMinimumWidth, Width(name)));
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], Width(row[i]));
  }
  std::string rule = "+";
  for (const std::size_t width : widths) rule += std::string(width, '-') + "+";
  rule += "\n";
  std::string out = rule;
  const auto line = [&](const std::vector<std::string>& cells) {
    out += "|";
    for (std::size_t i = 0; i < widths.size(); ++i) {
      const std::string padding = Padding(cells[i], widths[i]);
      out += options.truncate > 0 ? padding + cells[i] : cells[i] + padding;
      out += "|";
    }
    out += "\n";
  };
  line(names);
  out += rule;
  for (const auto& row : rows) line(row);
  return out + rule;
}

std::string Vertical(const std::vector<std::string>& names, const Rows& rows) {
  std::size_t name_width = kMinimumWidth;
  std::size_t cell_width = kMinimumWidth;
  for (const std::string& name : names) name_width = std::max(name_width, Width(name));
  for (const auto& row : rows) {
    for (const std::string& cell : row) cell_width = std::max(cell_width, Width(cell));
  }
  std::string out;
  for (std::size_t number = 0; number < rows.size(); ++number) {
    const std::string head = fmt::format("-RECORD {}", number);
    const std::size_t width = name_width + cell_width + 5;
    out += head + std::string(head.size() < width ? width - head.size() : 0, '-') + "\n";
    for (std::size_t i = 0; i < names.size(); ++i) {
      out += fmt::format(" {}{} | {}{} \n", names[i], Padding(names[i], name_width),
                         rows[number][i], Padding(rows[number][i], cell_width));
    }
  }
  return out;
}

std::vector<std::string> EscapedNames(const std::vector<std::string>& names) {
  std::vector<std::string> out;
  for (const std::string& name : names) out.push_back(EscapeControls(name));
  return out;
}

}  // namespace

std::string ShowString(const std::vector<std::string>& names, const Rows& rows, bool has_more,
                       const ShowOptions& options) {
  const auto headers = EscapedNames(names);
  const Rows cells = PrepareCells(rows, options.truncate);
  std::string out =
      options.vertical ? Vertical(headers, cells) : Horizontal(headers, cells, options);
  if (options.vertical && rows.empty()) {
    out += "(0 rows)";
  } else if (has_more) {
    out += MoreRows(options);
  }
  return out;
}

std::string HtmlTable(const std::vector<std::string>& names, const Rows& rows, bool has_more,
                      const ShowOptions& options) {
  const auto escape = [](const std::string& text) {
    std::string out;
    for (const char c : text) {
      switch (c) {
        case '<':
          out += "&lt;";
          break;
        case '>':
          out += "&gt;";
          break;
        case '&':
          out += "&amp;";
          break;
        case '"':
          out += "&quot;";
          break;
        default:
          out += c;
      }
    }
    return out;
  };
  std::string out = "<table border='1'>\n<tr><th>";
  const auto headers = EscapedNames(names);
  for (std::size_t i = 0; i < headers.size(); ++i) {
    out += (i == 0 ? "" : "</th><th>") + escape(headers[i]);
  }
  out += "</th></tr>\n";
  for (const auto& row : PrepareCells(rows, options.truncate)) {
    out += "<tr><td>";
    for (std::size_t i = 0; i < row.size(); ++i)
      out += (i == 0 ? "" : "</td><td>") + escape(row[i]);
    out += "</td></tr>\n";
  }
  out += "</table>\n";
  if (has_more) out += MoreRows(options);
  return out;
}

}  // namespace owlet::spark_connect
