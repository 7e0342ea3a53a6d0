#include "core/scan/json_text.h"

#include <algorithm>
#include <cctype>
#include <cstring>

namespace owlet::scan {

namespace {

constexpr std::string_view kNonNumeric[] = {"NaN", "INF", "Infinity"};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool EndsScalar(char c) {
  return c == ',' || c == '}' || c == ']' || c == ' ' || c == '\t' || c == '\n' || c == '\r' ||
         c == '/' || c == ':';
}

bool IsNamePart(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return std::isalnum(byte) != 0 || c == '_' || c == '$' || byte >= 0x7F;
}

void AppendUtf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (code >> 18));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

// Four hexadecimal digits, or a number above 0xFFFF.
std::uint32_t ReadHex(const char* at, const char* end) {
  if (end - at < 4) return 0x10000;
  std::uint32_t code = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = at[i];
    const int digit = IsDigit(c)               ? c - '0'
                      : (c >= 'a' && c <= 'f') ? c - 'a' + 10
                      : (c >= 'A' && c <= 'F') ? c - 'A' + 10
                                               : -1;
    if (digit < 0) return 0x10000;
    code = code * 16 + static_cast<std::uint32_t>(digit);
  }
  return code;
}

}  // namespace

void JsonText::SkipBlanks() {
  for (;;) {
    while (next_ < end_ && (*next_ == ' ' || *next_ == '\t' || *next_ == '\n' || *next_ == '\r')) {
      ++next_;
    }
    if (next_ == end_ || *next_ != '/' || !leniency_.comments) return;
    const std::string_view rest(next_, static_cast<std::size_t>(end_ - next_));
    if (rest.starts_with("//")) {
      next_ += std::min(rest.find('\n'), rest.size());
    } else if (rest.starts_with("/*") && rest.find("*/", 2) != std::string_view::npos) {
      next_ += rest.find("*/", 2) + 2;
    } else {
      return;
    }
  }
}

JsonKind JsonText::Peek() {
  SkipBlanks();
  if (!ok_) return JsonKind::kBad;
  if (next_ == end_) return depth_ == 0 ? JsonKind::kEnd : JsonKind::kBad;
  switch (*next_) {
    case '{':
      return JsonKind::kObject;
    case '[':
      return JsonKind::kArray;
    case '"':
      return JsonKind::kString;
    case '\'':
      return leniency_.single_quotes ? JsonKind::kString : JsonKind::kBad;
    case 't':
      return JsonKind::kTrue;
    case 'f':
      return JsonKind::kFalse;
    case 'n':
      return JsonKind::kNull;
    default:
      return KindOfNumber();
  }
}

JsonKind JsonText::KindOfNumber() const {
  const char* at = next_;
  if (*at == '-' || (*at == '+' && leniency_.non_numeric_numbers)) ++at;
  if (at < end_ && (*at == 'N' || *at == 'I')) {
    return leniency_.non_numeric_numbers ? JsonKind::kNonNumeric : JsonKind::kBad;
  }
  if (at == end_ || !IsDigit(*at) || *next_ == '+') return JsonKind::kBad;
  while (at < end_ && IsDigit(*at)) ++at;
  return at < end_ && (*at == '.' || *at == 'e' || *at == 'E') ? JsonKind::kNumber
                                                               : JsonKind::kInteger;
}

void JsonText::Enter(char) {
  ++next_;
  first_ = true;
  if (++depth_ > kDepth) Fail();
}

bool JsonText::NextMember(std::string_view& name) {
  SkipBlanks();
  if (!ok_ || next_ == end_) return Fail();
  if (*next_ == '}') {
    ++next_;
    --depth_;
    first_ = false;
    return false;
  }
  if (!first_) {
    if (*next_ != ',') return Fail();
    ++next_;
    SkipBlanks();
    if (next_ == end_) return Fail();
  }
  first_ = false;
  if (*next_ == '"' || (*next_ == '\'' && leniency_.single_quotes)) {
    if (!ReadQuoted(*next_, name)) return false;
  } else if (leniency_.unquoted_names && (std::isalpha(static_cast<unsigned char>(*next_)) != 0 ||
                                          *next_ == '_' || *next_ == '$')) {
    const char* const start = next_;
    while (next_ < end_ && (std::isalnum(static_cast<unsigned char>(*next_)) != 0 ||
                            *next_ == '_' || *next_ == '$' || *next_ == '-')) {
      ++next_;
    }
    name = {start, static_cast<std::size_t>(next_ - start)};
  } else {
    return Fail();
  }
  SkipBlanks();
  if (next_ == end_ || *next_ != ':') return Fail();
  ++next_;
  return true;
}

bool JsonText::NextElement() {
  SkipBlanks();
  if (!ok_ || next_ == end_) return Fail();
  if (*next_ == ']') {
    ++next_;
    --depth_;
    first_ = false;
    return false;
  }
  if (!first_) {
    if (*next_ != ',') return Fail();
    ++next_;
  }
  first_ = false;
  return true;
}

bool JsonText::ReadQuoted(char quote, std::string_view& text) {
  const char* const start = ++next_;
  const char* at = start;
  while (at < end_ && *at != quote && *at != '\\' && static_cast<unsigned char>(*at) >= 0x20) ++at;
  if (at < end_ && *at == quote) {  // the usual case: the text as it stands
    text = {start, static_cast<std::size_t>(at - start)};
    next_ = at + 1;
    return true;
  }
  unescaped_.assign(start, at);
  next_ = at;
  while (next_ < end_ && *next_ != quote) {
    if (*next_ == '\\') {
      if (!ReadEscape()) return Fail();
    } else if (static_cast<unsigned char>(*next_) < 0x20 && !leniency_.control_characters) {
      return Fail();
    } else {
      unescaped_ += *next_++;
    }
  }
  if (next_ == end_) return Fail();
  ++next_;
  text = unescaped_;
  return true;
}

bool JsonText::ReadEscape() {
  static constexpr std::string_view kLetters = "\"\\/bfnrt";
  static constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
  if (++next_ == end_) return false;
  const char letter = *next_++;
  if (letter == 'u') {
    std::uint32_t code = ReadHex(next_, end_);
    if (code > 0xFFFF) return false;
    next_ += 4;
    if (code >= 0xD800 && code < 0xDC00 && end_ - next_ >= 6 && next_[0] == '\\' &&
        next_[1] == 'u') {
      const std::uint32_t low = ReadHex(next_ + 2, end_);
      if (low >= 0xDC00 && low < 0xE000) {
        next_ += 6;
        AppendUtf8(unescaped_, 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00));
        return true;
      }
    }
    // Half a pair is what Java's encoder writes for it.
    AppendUtf8(unescaped_, code >= 0xD800 && code < 0xE000 ? '?' : code);
    return true;
  }
  const std::size_t known = kLetters.find(letter);
  if (known != std::string_view::npos) {
    unescaped_ += kMeant[known];
    return true;
  }
  if (leniency_.backslash_any || (letter == '\'' && leniency_.single_quotes)) {
    unescaped_ += letter;
    return true;
  }
  return false;
}

std::string_view JsonText::TakeString() {
  std::string_view text;
  if (Peek() != JsonKind::kString || !ReadQuoted(*next_, text)) Fail();
  return text;
}

bool JsonText::ReadNumber() {
  if (*next_ == '-') ++next_;
  const char* const digits = next_;
  while (next_ < end_ && IsDigit(*next_)) ++next_;
  if (next_ == digits) return false;
  if (*digits == '0' && next_ - digits > 1 && !leniency_.leading_zeros) return false;
  if (next_ < end_ && *next_ == '.') {
    const char* const point = ++next_;
    while (next_ < end_ && IsDigit(*next_)) ++next_;
    if (next_ == point) return false;
  }
  if (next_ < end_ && (*next_ == 'e' || *next_ == 'E')) {
    ++next_;
    if (next_ < end_ && (*next_ == '+' || *next_ == '-')) ++next_;
    const char* const power = next_;
    while (next_ < end_ && IsDigit(*next_)) ++next_;
    if (next_ == power) return false;
  }
  return true;
}

std::string_view JsonText::TakeScalar() {
  const JsonKind kind = Peek();
  const char* const start = next_;
  bool good = false;
  switch (kind) {
    case JsonKind::kInteger:
    case JsonKind::kNumber:
      good = ReadNumber();
      break;
    case JsonKind::kTrue:
    case JsonKind::kFalse:
    case JsonKind::kNull: {
      const std::string_view word = kind == JsonKind::kTrue    ? "true"
                                    : kind == JsonKind::kFalse ? "false"
                                                               : "null";
      good = std::string_view(next_, static_cast<std::size_t>(end_ - next_)).starts_with(word);
      if (good) next_ += word.size();
      break;
    }
    case JsonKind::kNonNumeric: {
      if (*next_ == '-' || *next_ == '+') ++next_;
      const std::string_view rest(next_, static_cast<std::size_t>(end_ - next_));
      for (const std::string_view word : kNonNumeric) {
        if (!good && rest.starts_with(word) && (word != "NaN" || next_ == start)) {
          next_ += word.size();
          good = true;
        }
      }
      break;
    }
    default:
      break;
  }
  // Within a record Jackson takes a value before it looks for the comma behind it; a word must end.
  const bool number = kind == JsonKind::kInteger || kind == JsonKind::kNumber;
  const bool ends =
      next_ == end_ || (depth_ == 0 ? EndsScalar(*next_) : number || !IsNamePart(*next_));
  if (!good || !ends) {
    Fail();
    return {};
  }
  return {start, static_cast<std::size_t>(next_ - start)};
}

std::string_view JsonText::Skip() {
  const JsonKind kind = Peek();
  const char* const start = next_;
  std::string_view ignored;
  switch (kind) {
    case JsonKind::kObject:
      EnterObject();
      while (NextMember(ignored)) Skip();
      break;
    case JsonKind::kArray:
      EnterArray();
      while (NextElement()) Skip();
      break;
    case JsonKind::kString:
      ignored = TakeString();
      break;
    case JsonKind::kEnd:
    case JsonKind::kBad:
      Fail();
      break;
    default:
      ignored = TakeScalar();
  }
  if (!ok_) return {};
  return {start, static_cast<std::size_t>(next_ - start)};
}

}  // namespace owlet::scan
