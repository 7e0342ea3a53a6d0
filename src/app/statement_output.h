#pragma once

#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace owlet::app {

/// A column of an answer: its name and its type as Athena names it ("bigint").
struct OutputColumn {
  std::string name;
  std::string type;
};
/// A cell is NULL or its text.
using OutputRow = std::vector<std::optional<std::string>>;

/// Prints an answer to `out` as "table", "csv", "json" (one object a line), or "text" (the cells as
/// they are). A table is kept whole, since its widths depend on all rows; the others are printed as
/// the rows come.
class StatementOutput {
 public:
  StatementOutput(std::string format, std::FILE* out) : format_(std::move(format)), out_(out) {}

  /// First, once.
  void Begin(std::vector<OutputColumn> columns);
  void Add(OutputRow row);
  void End();

 private:
  void PrintCsv(const OutputRow& row);
  void PrintJson(const OutputRow& row);
  void PrintTable();
  void Print(const std::string& line);

  const std::string format_;
  std::FILE* const out_;
  std::vector<OutputColumn> columns_;
  std::vector<OutputRow> kept_;
};

/// How many columns of a terminal the UTF-8 text takes.
[[nodiscard]] std::size_t DisplayWidth(std::string_view text);

}  // namespace owlet::app
