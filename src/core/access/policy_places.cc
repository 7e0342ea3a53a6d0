#include "core/access/policy_places.h"

namespace owlet::access {
namespace {

/// Goes through the characters of a document and counts lines and columns.
class Walker {
 public:
  explicit Walker(std::string_view json) : json_(json) {}

  [[nodiscard]] bool AtEnd() const { return next_ >= json_.size(); }
  [[nodiscard]] char Peek() const { return json_[next_]; }
  [[nodiscard]] PolicyPosition Position() const { return position_; }

  void Step() {
    if (json_[next_++] == '\n') {
      ++position_.line;
      position_.column = 1;
    } else {
      ++position_.column;
    }
  }

  /// At a quote: goes behind the string and answers what stands between its quotes, as written.
  std::string_view String() {
    Step();
    const std::size_t start = next_;
    while (!AtEnd() && Peek() != '"') {
      if (Peek() == '\\') Step();
      if (!AtEnd()) Step();
    }
    const std::string_view text = json_.substr(start, next_ - start);
    if (!AtEnd()) Step();
    return text;
  }

 private:
  std::string_view json_;
  std::size_t next_ = 0;
  PolicyPosition position_;
};

}  // namespace

std::vector<std::pair<PolicyPosition, PolicyPosition>> PlacesOfStatements(std::string_view json) {
  std::vector<std::pair<PolicyPosition, PolicyPosition>> places;
  Walker walker(json);
  int depth = 0;
  bool inside = false;      // the value of "Statement"
  int statement_depth = 0;  // of an object that is a statement
  PolicyPosition begin;
  while (!walker.AtEnd()) {
    const char c = walker.Peek();
    if (c == '"') {
      const std::string_view text = walker.String();
      if (depth != 1) continue;
      while (!walker.AtEnd() && (walker.Peek() == ' ' || walker.Peek() == '\n' ||
                                 walker.Peek() == '\r' || walker.Peek() == '\t')) {
        walker.Step();
      }
      inside = text == "Statement" && !walker.AtEnd() && walker.Peek() == ':';
      continue;
    }
    if (c == '{' || c == '[') {
      ++depth;
      if (inside && c == '{' && statement_depth == 0) {
        statement_depth = depth;
        begin = walker.Position();
      }
    }
    walker.Step();
    if (c != '}' && c != ']') continue;
    if (depth == statement_depth) {
      places.emplace_back(begin, walker.Position());
      statement_depth = 0;
    }
    if (--depth <= 1) inside = false;
  }
  return places;
}

}  // namespace owlet::access
