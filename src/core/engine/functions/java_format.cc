#include "core/engine/functions/java_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include "core/engine/functions/instants.h"
#include "core/engine/functions/numbers.h"

// Trino's format(): java.util.Formatter over Java's classes of Trino's values, with its errors.

namespace owlet::engine {

namespace {

constexpr int kWidest = 10'000;

/// One "%1$-8.2f".
struct Specifier {
  std::string text;
  std::size_t index = 0;  // 1 for the first argument; 0: the next
  bool previous = false;  // "%<s"
  std::string flags;
  int width = -1;
  int precision = -1;
  bool time = false;  // "%tY"
  char conversion = 0;

  [[nodiscard]] bool Has(char flag) const { return flags.find(flag) != std::string::npos; }
};

class Formatting {
 public:
  explicit Formatting(Cells& cells) : cells_(cells), pattern_(cells.Text(0)) {}

  std::string Run() {
    std::string result;
    while (at_ < pattern_.size()) {
      if (pattern_[at_] != '%') {
        result += pattern_[at_++];
        continue;
      }
      const Specifier specifier = Read();
      result += One(specifier);
    }
    return result;
  }

 private:
  [[noreturn]] void Raise(std::string_view name, std::string_view what) const {
    RaiseTrino("INVALID_FUNCTION_ARGUMENT",
               fmt::format("Invalid format string: {} ({}: {})", pattern_, name, what), -1);
  }

  [[nodiscard]] bool AtDigit() const {
    return at_ < pattern_.size() && std::isdigit(static_cast<unsigned char>(pattern_[at_])) != 0;
  }
  int Number() {
    int number = 0;
    while (AtDigit() && number <= kWidest) number = number * 10 + (pattern_[at_++] - '0');
    return number;
  }

  Specifier Read() {
    Specifier specifier;
    const std::size_t start = at_++;
    const std::size_t digits = at_;
    const bool zero = at_ < pattern_.size() && pattern_[at_] == '0';
    const int number = AtDigit() && !zero ? Number() : -1;
    if (number >= 0 && at_ < pattern_.size() && pattern_[at_] == '$') {
      specifier.index = static_cast<std::size_t>(number);
      ++at_;
    } else {
      at_ = digits;
    }
    while (at_ < pattern_.size() &&
           std::string_view("-#+ 0,(<").find(pattern_[at_]) != std::string_view::npos) {
      const char flag = pattern_[at_++];
      if (flag == '<') {
        specifier.previous = true;
      } else if (specifier.Has(flag)) {
        Raise("DuplicateFormatFlags", fmt::format("Flags = '{}'", flag));
      } else {
        specifier.flags += flag;
      }
    }
    if (AtDigit()) specifier.width = Number();
    if (at_ + 1 < pattern_.size() && pattern_[at_] == '.') {
      ++at_;
      if (!AtDigit()) Raise("UnknownFormatConversion", "Conversion = '.'");
      specifier.precision = Number();
    }
    if (at_ >= pattern_.size()) Raise("UnknownFormatConversion", "Conversion = '%'");
    if (pattern_[at_] == 't' || pattern_[at_] == 'T') {
      specifier.time = true;
      specifier.flags += pattern_[at_] == 'T' ? "T" : "";
      if (++at_ >= pattern_.size()) Raise("UnknownFormatConversion", "Conversion = 't'");
    }
    specifier.conversion = pattern_[at_++];
    specifier.text = std::string(pattern_.substr(start, at_ - start));
    constexpr std::string_view kTimes = "HIklMSLNpzZsQBbhAaCYyjmdeRTrDFc";
    constexpr std::string_view kOthers = "bBhHsScCdoxXeEfgGaAn%";
    const std::string_view known = specifier.time ? kTimes : kOthers;
    if (known.find(specifier.conversion) == std::string_view::npos) {
      Raise("UnknownFormatConversion",
            fmt::format("Conversion = '{}{}'", specifier.time ? "t" : "", specifier.conversion));
    }
    if (specifier.width > kWidest || specifier.precision > kWidest) {
      Raise("IllegalFormatWidth", std::to_string(std::max(specifier.width, specifier.precision)));
    }
    return specifier;
  }

  std::string One(const Specifier& specifier) {
    if (!specifier.time && specifier.conversion == 'n') return "\n";
    if (!specifier.time && specifier.conversion == '%') return Padded("%", specifier);
    std::size_t index = specifier.index;
    if (specifier.previous) {
      index = last_;
    } else if (index == 0) {
      index = next_++;
    }
    if (index == 0 || index >= cells_.size()) {
      Raise("MissingFormatArgument", fmt::format("Format specifier '{}'", specifier.text));
    }
    last_ = index;
    argument_ = index;
    if (specifier.time) return Padded(TimeText(specifier), specifier);
    const char lower =
        static_cast<char>(std::tolower(static_cast<unsigned char>(specifier.conversion)));
    std::string text = Converted(lower, specifier);
    if (lower != specifier.conversion) {
      std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::toupper(c); });
    }
    return Padded(std::move(text), specifier);
  }

  static std::string Padded(std::string text, const Specifier& specifier) {
    const auto characters = std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
    if (characters >= specifier.width) return text;
    const std::string padding(static_cast<std::size_t>(specifier.width - characters), ' ');
    return specifier.Has('-') ? text + padding : padding + text;
  }

  [[nodiscard]] std::string_view JavaClass() const {
    switch (cells_.Family(argument_)) {
      case 'b':
        return "java.lang.Boolean";
      case 'i':
        return "java.lang.Long";
      case 'f':
        return cells_.IsReal(argument_) ? "java.lang.Float" : "java.lang.Double";
      case 'n':
        return "java.math.BigDecimal";
      case 'd':
        return "java.time.LocalDate";
      case 's':
        return "java.time.LocalDateTime";
      default:
        return "java.lang.String";
    }
  }
  [[noreturn]] void RaiseIllegal(char conversion) const {
    Raise("IllegalFormatConversion", fmt::format("{} != {}", conversion, JavaClass()));
  }

  /// The value as Java's toString() has it.
  [[nodiscard]] std::string Shown() const {
    switch (cells_.Family(argument_)) {
      case 'b':
        return cells_.Boolean(argument_) ? "true" : "false";
      case 'i':
        return std::to_string(cells_.Integer(argument_));
      case 'f':
        return JavaText(cells_.Double(argument_), cells_.IsReal(argument_));
      case 'n':
        return UnscaledText(cells_.Unscaled(argument_), cells_.Scale(argument_));
      case 'd':
        return DateText(cells_.Integer(argument_));
      case 's': {
        // LocalDateTime leaves seconds out when there are none, and shows 3, 6 or 9 digits.
        const LocalTime time = SplitLocal(cells_.Integer(argument_));
        std::string text = TimestampText(cells_.Integer(argument_), time.micros == 0          ? 0
                                                                    : time.micros % 1000 == 0 ? 3
                                                                                              : 6);
        text[text.find(' ')] = 'T';
        if (time.second == 0 && time.micros == 0) text.resize(text.size() - 3);
        return text;
      }
      case 't':
        return std::string(cells_.Text(argument_));
      default:
        return cells_.Printed(argument_);
    }
  }

  std::string Converted(char conversion, const Specifier& specifier) {
    const bool null = cells_.IsNull(argument_);
    const char family = null ? '0' : cells_.Family(argument_);
    switch (conversion) {
      case 'b': {
        std::string text = null ? "false" : family == 'b' ? Shown() : "true";
        return Cut(std::move(text), specifier);
      }
      case 'h':
        return Cut(null ? "null" : fmt::format("{:x}", HashCode(Shown())), specifier);
      case 's':
        return Cut(null ? "null" : Shown(), specifier);
      case 'c':
        if (null) return "null";
        if (family != 'i') RaiseIllegal(specifier.conversion);
        return CodePoint(cells_.Integer(argument_));
      case 'd':
      case 'o':
      case 'x':
        if (null) return "null";
        if (family != 'i') RaiseIllegal(specifier.conversion);
        return Whole(conversion, specifier);
      default:
        if (null) return "null";
        if (family != 'f' && family != 'n') RaiseIllegal(specifier.conversion);
        return Fraction(conversion, specifier);
    }
  }

  static std::string Cut(std::string text, const Specifier& specifier) {
    if (specifier.precision < 0) return text;
    std::size_t at = 0;
    int characters = 0;
    while (at < text.size()) {
      if ((static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U &&
          characters++ == specifier.precision) {
        break;
      }
      ++at;
    }
    text.resize(at);
    return text;
  }

  /// String.hashCode of a text without characters beyond ASCII.
  static std::uint32_t HashCode(const std::string& text) {
    std::uint32_t hash = 0;
    for (const char c : text) hash = hash * 31 + static_cast<unsigned char>(c);
    return hash;
  }

  std::string CodePoint(std::int64_t code) const {
    if (code < 0 || code > 0x10FFFF) {
      Raise("IllegalFormatCodePoint", fmt::format("Code point = 0x{:x}", code));
    }
    std::string text;
    const auto add = [&](std::int64_t bits) { text += static_cast<char>(bits); };
    if (code < 0x80) {
      add(code);
    } else if (code < 0x800) {
      add(0xC0 | code >> 6);
      add(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
      add(0xE0 | code >> 12);
      add(0x80 | (code >> 6 & 0x3F));
      add(0x80 | (code & 0x3F));
    } else {
      add(0xF0 | code >> 18);
      add(0x80 | (code >> 12 & 0x3F));
      add(0x80 | (code >> 6 & 0x3F));
      add(0x80 | (code & 0x3F));
    }
    return text;
  }

  /// Commas, zeros, signs and parentheses around the digits of a number.
  static std::string Dressed(std::string digits, bool negative, const Specifier& specifier) {
    const std::size_t point = std::min(digits.find_first_of(".eE"), digits.size());
    if (specifier.Has(',')) {
      for (std::size_t at = point; at > 3; at -= 3) digits.insert(at - 3, ",");
    }
    std::string before = negative             ? (specifier.Has('(') ? "(" : "-")
                         : specifier.Has('+') ? "+"
                         : specifier.Has(' ') ? " "
                                              : "";
    const std::string after = negative && specifier.Has('(') ? ")" : "";
    if (specifier.Has('0')) {
      while (static_cast<int>(before.size() + digits.size() + after.size()) < specifier.width) {
        digits.insert(0, "0");
      }
    }
    return before + digits + after;
  }

  std::string Whole(char conversion, const Specifier& specifier) {
    const std::int64_t value = cells_.Integer(argument_);
    if (conversion == 'd') {
      const auto size =
          value < 0 ? ~static_cast<std::uint64_t>(value) + 1 : static_cast<std::uint64_t>(value);
      return Dressed(std::to_string(size), value < 0, specifier);
    }
    const auto bits = static_cast<std::uint64_t>(value);
    std::string digits = conversion == 'o' ? fmt::format("{:o}", bits) : fmt::format("{:x}", bits);
    if (specifier.Has('#')) digits.insert(0, conversion == 'o' ? "0" : "0x");
    if (specifier.Has('0')) {
      while (static_cast<int>(digits.size()) < specifier.width) digits.insert(0, "0");
    }
    return digits;
  }

  std::string Fraction(char conversion, const Specifier& specifier) {
    const bool decimal = cells_.Family(argument_) == 'n';
    const double number = decimal ? 0 : cells_.Double(argument_);
    if (!decimal && !std::isfinite(number)) {
      if (std::isnan(number)) return "NaN";
      const bool negative = number < 0;
      return negative ? (specifier.Has('(') ? "(Infinity)" : "-Infinity")
                      : (specifier.Has('+') ? "+Infinity" : "Infinity");
    }
    if (conversion == 'a') return fmt::format("{:a}", number);
    // The shortest digits that mean the number: what Java rounds, half up.
    std::string text = decimal ? UnscaledText(cells_.Unscaled(argument_), cells_.Scale(argument_))
                               : JavaText(number, cells_.IsReal(argument_));
    const bool negative = text.starts_with('-');
    if (negative) text.erase(0, 1);
    Digits digits = DigitsOf(text);
    const int precision = specifier.precision < 0 ? 6 : specifier.precision;
    if (conversion == 'g') {
      const int total = std::max(precision, 1);
      digits.Round(total - 1 - digits.Exponent());
      const int exponent = digits.Exponent();
      if (digits.IsZero() || (exponent >= -4 && exponent < total)) {
        return Dressed(digits.Plain(digits.IsZero() ? total - 1 : total - 1 - exponent), negative,
                       specifier);
      }
      return Dressed(digits.Scientific(total - 1), negative, specifier);
    }
    if (conversion == 'e') {
      digits.Round(precision - digits.Exponent());
      return Dressed(digits.Scientific(precision), negative, specifier);
    }
    digits.Round(precision);
    return Dressed(digits.Plain(precision), negative, specifier);
  }

  /// 0.d1d2d3... times ten to the power of `point`.
  struct Digits {
    std::string digits;
    int point = 0;

    [[nodiscard]] bool IsZero() const { return digits.empty(); }
    [[nodiscard]] int Exponent() const { return IsZero() ? 0 : point - 1; }
    /// To so many digits behind the point, half up.
    void Round(int behind) {
      const int keep = point + behind;
      if (keep >= static_cast<int>(digits.size())) return;
      if (keep < 0) {
        digits.clear();
        return;
      }
      const bool up = digits[static_cast<std::size_t>(keep)] >= '5';
      digits.resize(static_cast<std::size_t>(keep));
      if (up) {
        std::size_t at = digits.size();
        while (at > 0 && digits[at - 1] == '9') digits[--at] = '0';
        if (at > 0) {
          ++digits[at - 1];
        } else {
          digits.insert(0, "1");
          ++point;
        }
      }
      while (!digits.empty() && digits.back() == '0') digits.pop_back();
    }
    [[nodiscard]] char At(int place) const {
      return place >= 0 && place < static_cast<int>(digits.size())
                 ? digits[static_cast<std::size_t>(place)]
                 : '0';
    }
    [[nodiscard]] std::string Plain(int behind) const {
      std::string text;
      for (int place = 0; place < point; ++place) text += At(place);
      if (text.empty()) text = "0";
      if (behind > 0) text += '.';
      for (int place = point; place < point + behind; ++place) text += At(place);
      return text;
    }
    [[nodiscard]] std::string Scientific(int behind) const {
      std::string text(1, At(0));
      if (behind > 0) text += '.';
      for (int place = 1; place <= behind; ++place) text += At(place);
      return text + fmt::format("e{}{:02}", Exponent() < 0 ? '-' : '+', std::abs(Exponent()));
    }
  };

  static Digits DigitsOf(std::string_view text) {
    Digits result;
    int exponent = 0;
    if (const std::size_t e = text.find_first_of("eE"); e != std::string_view::npos) {
      exponent = static_cast<int>(ParseWhole(text.substr(e + 1)).value_or(0));
      text = text.substr(0, e);
    }
    const std::size_t point = std::min(text.find('.'), text.size());
    result.digits = std::string(text.substr(0, point));
    result.point = static_cast<int>(point) + exponent;
    if (point < text.size()) result.digits += text.substr(point + 1);
    const std::size_t zeros = std::min(result.digits.find_first_not_of('0'), result.digits.size());
    result.digits.erase(0, zeros);
    result.point -= static_cast<int>(zeros);
    while (!result.digits.empty() && result.digits.back() == '0') result.digits.pop_back();
    if (result.digits.empty()) result.point = 0;
    return result;
  }

  std::string TimeText(const Specifier& specifier) {
    if (cells_.IsNull(argument_)) return "null";
    const char family = cells_.Family(argument_);
    if (family != 'd' && family != 's' && family != 'i') RaiseIllegal(specifier.conversion);
    const std::int64_t micros = family == 'd'   ? cells_.Integer(argument_) * kMicrosPerDay
                                : family == 's' ? cells_.Integer(argument_)
                                                : cells_.Integer(argument_) * 1000;
    constexpr std::string_view kOfTime = "HIklMSLNpRTrcsQ";
    if (family == 'd' && kOfTime.find(specifier.conversion) != std::string_view::npos) {
      Raise("IllegalFormatConversion", fmt::format("{} != {}", specifier.conversion, JavaClass()));
    }
    std::string text = TimePart(specifier.conversion, SplitLocal(micros), micros);
    if (specifier.Has('T')) {
      std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::toupper(c); });
    }
    return text;
  }

  static std::string TimePart(char part, const LocalTime& time, std::int64_t micros) {
    static constexpr std::array<std::string_view, 12> kMonths = {
        "January", "February", "March",     "April",   "May",      "June",
        "July",    "August",   "September", "October", "November", "December"};
    static constexpr std::array<std::string_view, 7> kDays = {
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
    const std::int64_t days = FloorDivide(micros, kMicrosPerDay);
    const int twelve = time.hour % 12 == 0 ? 12 : time.hour % 12;
    const auto month = kMonths.at(static_cast<std::size_t>(time.month - 1));
    const auto day = kDays.at(static_cast<std::size_t>(IsoWeekday(days) - 1));
    const auto also = [&](std::string_view parts) {
      std::string text;
      for (const char c : parts) {
        text += std::isalpha(static_cast<unsigned char>(c)) != 0 ? TimePart(c, time, micros)
                                                                 : std::string(1, c);
      }
      return text;
    };
    switch (part) {
      case 'H':
        return fmt::format("{:02}", time.hour);
      case 'I':
        return fmt::format("{:02}", twelve);
      case 'k':
        return std::to_string(time.hour);
      case 'l':
        return std::to_string(twelve);
      case 'M':
        return fmt::format("{:02}", time.minute);
      case 'S':
        return fmt::format("{:02}", time.second);
      case 'L':
        return fmt::format("{:03}", time.micros / 1000);
      case 'N':
        return fmt::format("{:06}000", time.micros);
      case 'p':
        return time.hour < 12 ? "am" : "pm";
      case 's':
        return std::to_string(FloorDivide(micros, kMicrosPerSecond));
      case 'Q':
        return std::to_string(FloorDivide(micros, 1000));
      case 'B':
        return std::string(month);
      case 'b':
      case 'h':
        return std::string(month.substr(0, 3));
      case 'A':
        return std::string(day);
      case 'a':
        return std::string(day.substr(0, 3));
      case 'C':
        return fmt::format("{:02}", time.year / 100);
      case 'Y':
        return fmt::format("{:04}", time.year);
      case 'y':
        return fmt::format("{:02}", time.year % 100);
      case 'j':
        return fmt::format("{:03}", days - DaysOf(time.year, 1, 1).value_or(days) + 1);
      case 'm':
        return fmt::format("{:02}", time.month);
      case 'd':
        return fmt::format("{:02}", time.day);
      case 'e':
        return std::to_string(time.day);
      case 'R':
        return also("H:M");
      case 'T':
        return also("H:M:S");
      case 'r':
        return also("I:M:S ") + (time.hour < 12 ? "AM" : "PM");
      case 'D':
        return also("m/d/y");
      case 'F':
        return also("Y-m-d");
      case 'c':
        return also("a b d H:M:S ") + "UTC " + also("Y");
      default:
        return "UTC";  // z, Z: these values have no zone
    }
  }

  Cells& cells_;
  std::string_view pattern_;
  std::size_t at_ = 0;
  std::size_t next_ = 1;
  std::size_t last_ = 0;
  std::size_t argument_ = 0;
};

void JavaFormat(Cells& cells) {
  if (cells.IsNull(0)) return cells.SetNull();
  cells.SetText(Formatting(cells).Run());
}

}  // namespace

CellFunctions JavaFormatFunctions() { return {{"trino.format", "VARCHAR", JavaFormat, true}}; }

}  // namespace owlet::engine
