#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"
#include "core/datetime/field_resolver.h"
#include "core/datetime/java_pattern.h"
#include "core/datetime/java_pattern_names.h"
#include "core/datetime/zone_names.h"

namespace owlet::datetime {

namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

/// Reads one text by the items of a pattern, each as its PrinterParser of
/// java.time.format.DateTimeFormatterBuilder does; `failed_at` is where that one gives up.
class PatternReader {
 public:
  using Field = JavaPattern::Field;
  using Item = JavaPattern::Item;
  using Sign = JavaPattern::Sign;

  explicit PatternReader(std::string_view text) : text_(text) {}

  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] std::size_t failed_at() const { return failed_at_; }
  [[nodiscard]] const JavaPattern::FieldValues& values() const { return values_; }
  [[nodiscard]] std::optional<TimeZone>& zone() { return zone_; }

  bool ReadAll(const std::vector<Item>& items) {
    for (const Item& item : items) {
      if (!ReadItem(item)) return false;
    }
    return true;
  }

 private:
  bool ReadItem(const Item& item) {
    switch (item.kind) {
      case Item::Kind::kLiteral:
        if (!EqualsIgnoringCase(Rest().substr(0, item.literal.size()), item.literal)) {
          return FailAt(at_);
        }
        at_ += item.literal.size();
        return true;
      case Item::Kind::kNumber:
      case Item::Kind::kReducedYear:
        return ReadNumber(item);
      case Item::Kind::kFraction:
        return ReadFraction(item);
      case Item::Kind::kName:
        return ReadName(item);
      case Item::Kind::kOffset:
        return ReadOffset(item);
      case Item::Kind::kLocalizedOffset:
        return ReadLocalizedOffset(item.least == 4);
      case Item::Kind::kZoneId:
        return TakeZone(ReadZoneId(Rest()));
      case Item::Kind::kZoneName:
        return TakeZone(ReadZoneName(Rest(), item.least == 4));
      case Item::Kind::kOptional:
        ReadOptional(item);
        return true;
    }
    return false;
  }

  void ReadOptional(const Item& item) {
    const std::size_t at = at_;
    const JavaPattern::FieldValues values = values_;
    std::optional<TimeZone> zone = zone_;
    if (ReadAll(item.section)) return;
    at_ = at;
    values_ = values;
    zone_ = std::move(zone);
  }

  [[nodiscard]] std::string_view Rest() const { return text_.substr(at_); }

  bool FailAt(std::size_t position) {
    failed_at_ = position;
    return false;
  }

  /// A field that is named twice must have one value.
  bool Set(Field field, std::int64_t value, std::size_t start, std::size_t end) {
    auto& known = values_[static_cast<std::size_t>(field)];
    if (known && *known != value) return FailAt(start);
    known = value;
    at_ = end;
    return true;
  }

  [[nodiscard]] std::size_t DigitsFrom(std::size_t start, std::size_t most) const {
    std::size_t end = start;
    while (end < text_.size() && end - start < most && IsDigit(text_[end])) ++end;
    return end - start;
  }

  /// NumberPrinterParser, strict.
  bool ReadNumber(const Item& item) {
    const std::size_t first = at_;
    std::size_t start = at_;
    if (start >= text_.size()) return FailAt(first);
    const bool plus = text_[start] == '+', minus = text_[start] == '-';
    if (plus && item.sign != Sign::kExceedsPad) return FailAt(first);
    if (minus && item.sign == Sign::kNotNegative) return FailAt(first);
    if (plus || minus) ++start;
    const auto least = static_cast<std::size_t>(item.least);
    const auto most = static_cast<std::size_t>(item.most);
    const auto behind = static_cast<std::size_t>(item.digits_behind);
    std::size_t digits = DigitsFrom(start, most + behind);
    if (digits < least) return FailAt(start);
    if (behind > 0) digits = std::max(least, digits - std::min(digits, behind));
    constexpr std::size_t kMostDigits = 18;  // more do not fit any field
    if (digits > kMostDigits) return FailAt(first);
    std::int64_t value = 0;
    for (std::size_t i = 0; i < digits; ++i) value = value * 10 + (text_[start + i] - '0');
    if (minus && value == 0) return FailAt(first);
    if (minus) value = -value;
    if (!minus && item.sign == Sign::kExceedsPad && plus != (digits > least)) {
      return FailAt(first);
    }
    constexpr std::int64_t kBaseYear = 2000;
    if (item.kind == Item::Kind::kReducedYear) value += kBaseYear;
    return Set(item.field, value, first, start + digits);
  }

  bool ReadFraction(const Item& item) {
    constexpr std::size_t kNanoDigits = 9;
    const std::size_t digits = DigitsFrom(at_, static_cast<std::size_t>(item.most));
    if (digits < static_cast<std::size_t>(item.least)) return FailAt(at_);
    std::int64_t nanos = 0;
    for (std::size_t i = 0; i < kNanoDigits; ++i) {
      nanos = nanos * 10 + (i < digits ? text_[at_ + i] - '0' : 0);
    }
    return Set(Field::kNano, nanos, at_, at_ + digits);
  }

  bool ReadName(const Item& item) {
    const auto names = FieldNames(item.field, item.least >= 4);
    std::size_t best = names.size();
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (EqualsIgnoringCase(Rest().substr(0, names[i].size()), names[i]) &&
          (best == names.size() || names[i].size() > names[best].size())) {
        best = i;
      }
    }
    if (best == names.size()) return FailAt(at_);
    return Set(item.field, FirstNamedValue(item.field) + static_cast<int>(best), at_,
               at_ + names[best].size());
  }

  bool TakeZone(std::optional<FoundZone> found) {
    if (!found) return FailAt(at_);
    zone_ = std::move(found->zone);
    at_ += found->length;
    return true;
  }

  bool SetOffset(std::int64_t seconds, std::size_t end) {
    const char sign = seconds < 0 ? '-' : '+';
    const std::int64_t size = seconds < 0 ? -seconds : seconds;
    auto zone = TimeZone::Find(
        fmt::format("{}{:02}:{:02}:{:02}", sign, size / 3600, size / 60 % 60, size % 60));
    if (!zone) return FailAt(at_);
    zone_ = *std::move(zone);
    at_ = end;
    return true;
  }

  /// Two digits, behind a colon when `colon`; nothing else.
  [[nodiscard]] std::optional<int> TwoDigits(std::size_t at, bool colon) const {
    if (colon && (at >= text_.size() || text_[at] != ':')) return std::nullopt;
    if (colon) ++at;
    if (DigitsFrom(at, 2) < 2) return std::nullopt;
    return (text_[at] - '0') * 10 + (text_[at + 1] - '0');
  }

  /// OffsetIdPrinterParser: X with Z for none, x and Z without.
  bool ReadOffset(const Item& item) {
    const int count = item.letter == 'Z' ? (item.least == 5 ? 5 : 2) : item.least;
    const bool colon = count == 3 || count == 5;
    const bool zulu = item.letter == 'X' || (item.letter == 'Z' && count == 5);
    if (zulu && at_ < text_.size() && (text_[at_] == 'Z' || text_[at_] == 'z')) {
      return SetOffset(0, at_ + 1);
    }
    // The text of no offset is taken before digits are: x ends behind "+00".
    const std::string_view none = count == 1 ? "+00" : (colon ? "+00:00" : "+0000");
    if (!zulu && Rest().starts_with(none)) return SetOffset(0, at_ + none.size());
    if (at_ >= text_.size() || (text_[at_] != '+' && text_[at_] != '-')) return FailAt(at_);
    const auto hours = TwoDigits(at_ + 1, false);
    if (!hours) return FailAt(at_);
    std::size_t end = at_ + 3;
    const std::size_t step = colon ? 3 : 2;
    const auto minutes = TwoDigits(end, colon);
    if (!minutes && count != 1) return FailAt(at_);
    if (minutes) end += step;
    std::optional<int> seconds;
    if (minutes && count >= 4) seconds = TwoDigits(end, colon);
    if (seconds) end += step;
    if (minutes.value_or(0) > 59 || seconds.value_or(0) > 59) return FailAt(at_);
    const std::int64_t size = *hours * 3600 + minutes.value_or(0) * 60 + seconds.value_or(0);
    return SetOffset(text_[at_] == '-' ? -size : size, end);
  }

  /// LocalizedOffsetIdPrinterParser: "GMT", "GMT+1" (short), "GMT+01:00".
  bool ReadLocalizedOffset(bool long_form) {
    if (!EqualsIgnoringCase(Rest().substr(0, 3), "GMT")) return FailAt(at_);
    const std::size_t start = at_ + 3;
    if (start >= text_.size() || (text_[start] != '+' && text_[start] != '-')) {
      return SetOffset(0, start);
    }
    const std::size_t hour_digits = DigitsFrom(start + 1, 2);
    if (hour_digits == 0 || (long_form && hour_digits < 2)) return FailAt(at_);
    std::int64_t size = 0;
    for (std::size_t i = 1; i <= hour_digits; ++i) size = size * 10 + (text_[start + i] - '0');
    size *= 3600;
    std::size_t end = start + 1 + hour_digits;
    const auto minutes = TwoDigits(end, true);
    if (!minutes && long_form) return FailAt(at_);
    if (minutes) {
      size += *minutes * 60;
      end += 3;
      if (const auto seconds = TwoDigits(end, true)) {
        size += *seconds;
        end += 3;
      }
    }
    return SetOffset(text_[start] == '-' ? -size : size, end);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t failed_at_ = 0;
  JavaPattern::FieldValues values_;
  std::optional<TimeZone> zone_;
};

bool JavaPattern::Read(std::string_view text, Reading& reading, Failure* failure) const {
  PatternReader reader(text);
  Failure why;
  if (!reader.ReadAll(items_)) {
    why.position = reader.failed_at();
  } else if (reader.at() < text.size()) {
    why.position = reader.at();
    why.unparsed_text = true;
  } else if (const auto micros = ResolveFields(reader.values(), why)) {
    reading.local_micros = *micros;
    reading.zone = std::move(reader.zone());
    return true;
  }
  if (failure != nullptr) *failure = std::move(why);
  return false;
}

std::string JavaPattern::DescribeFailure(std::string_view text, const Failure& failure) {
  if (failure.outside_of_parsing) return failure.unresolved;
  constexpr std::size_t kLongestShown = 64;
  const std::string shown = text.size() > kLongestShown
                                ? fmt::format("{}...", text.substr(0, kLongestShown))
                                : std::string(text);
  if (!failure.unresolved.empty()) {
    return fmt::format("Text '{}' could not be parsed: {}", shown, failure.unresolved);
  }
  return fmt::format("Text '{}' could not be parsed{} at index {}", shown,
                     failure.unparsed_text ? ", unparsed text found" : "", failure.position);
}

}  // namespace owlet::datetime
