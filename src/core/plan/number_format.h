#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/plan/literal.h"

namespace owlet::plan {

/// A format of Spark's to_number and to_char: "S$9,999.00". Immutable, thread-safe.
class NumberFormat {
 public:
  /// kAnalysisError with INVALID_FORMAT and its kinds, the parameters as Spark gives them.
  [[nodiscard]] static Result<NumberFormat> Parse(std::string_view format);

  [[nodiscard]] int precision() const { return whole_digits_ + fraction_digits_; }
  [[nodiscard]] int scale() const { return fraction_digits_; }

  /// The text's value at the format's scale; nothing when it does not match.
  [[nodiscard]] std::optional<Int128> Read(std::string_view text) const;
  /// The value in the format, '#' for its digits when it has more than the format.
  [[nodiscard]] std::string Write(Int128 unscaled, int scale) const;

 private:
  /// Digits between separators. One that starts with 0 is written and read with all its digits.
  struct Group {
    int digits = 0;
    bool exact = false;
    std::vector<bool> zeros;  // which of them are 0
  };
  enum class Sign : std::uint8_t { kNone, kPlusMinus, kMinus };

  [[nodiscard]] std::optional<std::string> ReadWhole(std::string_view digits) const;
  void WriteWhole(std::string_view digits, std::string& out) const;

  Sign leading_ = Sign::kNone;
  Sign trailing_ = Sign::kNone;
  bool brackets_ = false;  // PR
  bool currency_ = false;
  bool point_ = false;
  std::vector<Group> groups_;
  int whole_digits_ = 0;
  int fraction_digits_ = 0;
};

}  // namespace owlet::plan
