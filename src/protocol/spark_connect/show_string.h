#pragma once

#include <string>
#include <vector>

// What df.show() prints, to the byte.

namespace owlet::spark_connect {

struct ShowOptions {
  int num_rows = 20;
  int truncate = 20;  // 0: not at all
  bool vertical = false;
};

/// `rows` are the cells' texts (value_text.h) of at most num_rows rows; `has_more` says that there
/// were more. Cells are cut to `truncate` UTF-16 units, full-width characters count two columns.
[[nodiscard]] std::string ShowString(const std::vector<std::string>& names,
                                     const std::vector<std::vector<std::string>>& rows,
                                     bool has_more, const ShowOptions& options);

/// The HTML table of a notebook's eager evaluation.
[[nodiscard]] std::string HtmlTable(const std::vector<std::string>& names,
                                    const std::vector<std::vector<std::string>>& rows,
                                    bool has_more, const ShowOptions& options);

}  // namespace owlet::spark_connect
