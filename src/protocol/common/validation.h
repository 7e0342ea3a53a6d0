#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/common/schema.h"

namespace owlet::protocol {

/// Collects what one request breaks of its shapes' constraints, in the words that AWS services use
/// ("Value 'x' at 'tableInput.name' failed to satisfy constraint: Member must ..."). The readers
/// walk a request and tell it where they are. For one request and one thread.
class Validation {
 public:
  /// Names the place of what is checked next; the names must outlive the stay.
  class Place {
   public:
    Place(Validation& validation, std::string_view member) : validation_(validation) {
      validation_.path_.push_back({.member = member, .index = 0});
    }
    /// The element of a list; `index` counts from 1.
    Place(Validation& validation, std::size_t index) : validation_(validation) {
      validation_.path_.push_back({.member = {}, .index = index});
    }
    ~Place() { validation_.path_.pop_back(); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    Validation& validation_;
  };

  /// A value of that shape stands at the present place. Lists and maps are checked with their
  /// scalar elements, which need no check of their own.
  void Check(const Shape& shape, const void* value);
  /// The required member is not there.
  void Missing(std::string_view member);

  [[nodiscard]] bool ok() const { return violations_.empty(); }
  /// "2 validation errors detected: Value ...; Value ..."
  [[nodiscard]] std::string Message() const;

 private:
  struct Step {
    std::string_view member;  // or
    std::size_t index;
  };

  [[nodiscard]] std::string Path() const;
  void Add(const Shape& shape, std::string_view shown, const std::string& constraint);
  void CheckLength(const Shape& shape, std::size_t length, std::string_view shown);
  void CheckList(const Shape& shape, const void* value);
  void CheckMap(const Shape& shape, const void* value);

  std::vector<Step> path_;
  std::vector<std::string> violations_;
};

/// Whether the constraints of PCRE2 text match the whole of `text`. The compiled form is kept for
/// the life of the program. A pattern that PCRE2 does not know matches everything.
bool MatchesPattern(std::string_view pcre_pattern, std::string_view text);
/// For the tests of the tables: whether PCRE2 knows the pattern.
bool IsUsablePattern(std::string_view pcre_pattern);

}  // namespace owlet::protocol
