#pragma once

// The walk through lines of JSON, over what a kernel says of its instruction set:
//   static bool Matches(const char* at, const JsonMember& member);   at begins with `expected`
//   static const char* FindSpecial(const char* at);   the first quote, backslash or control
//   character static const char* FindLineEnd(const char* at);   the first \n or \r
// Kernels are compiled for instruction sets that the machine may not have. So nothing here may
// become a function that another translation unit shares: no templates of the standard library,
// and everything depends on the kernel's own type.

#include <cstdint>
#include <cstring>

#include "core/scan/json_walk.h"

namespace owlet::scan {

template <class Simd>
class Walker {
 public:
  static WalkEnd Run(JsonWalk& walk);

 private:
  static constexpr std::uint64_t kOnes = 0x0101010101010101;

  static std::uint32_t Load4(const char* at) {
    std::uint32_t value;
    __builtin_memcpy(&value, at, 4);
    return value;
  }
  static std::uint64_t Load8(const char* at) {
    std::uint64_t value;
    __builtin_memcpy(&value, at, 8);
    return value;
  }
  static constexpr std::uint32_t Word4(const char (&text)[5]) {
    std::uint32_t value = 0;
    for (int i = 3; i >= 0; --i) value = (value << 8) | static_cast<unsigned char>(text[i]);
    return value;
  }
  static bool IsDigit(char c) { return static_cast<unsigned char>(c - '0') < 10; }
  /// What may not follow a literal, as Jackson sees it.
  static bool IsNamePart(char c) {
    const char low = static_cast<char>(c | 0x20);
    return IsDigit(c) || (low >= 'a' && low <= 'z') || c == '_' || c == '$' ||
           static_cast<unsigned char>(c) >= 0x7F;
  }
  static const char* SkipBlanks(const char* at) {
    while (*at == ' ' || *at == '\t') ++at;
    return at;
  }
  /// The first byte that is no digit.
  static const char* SkipDigits(const char* at) {
    for (;;) {
      const std::uint64_t bytes = Load8(at) ^ (kOnes * 0x30);
      // A byte above 9 has a bit of 0xF0 set, of itself or with 6 added; digits carry nothing over.
      const std::uint64_t others = ((bytes & (kOnes * 0x7F)) + kOnes * 0x76) | bytes;
      const std::uint64_t marks = others & (kOnes * 0x80);
      if (marks != 0) return at + (__builtin_ctzll(marks) >> 3);
      at += 8;
    }
  }

  static const char* Escape(const char* at);
  static const char* String(const char* at, TokenKind& kind);
  static const char* Number(const char* at, TokenKind& kind);
  static const char* Nested(const char* at);
  static const char* Value(const char* at, TokenKind& kind);
  static const char* EndOfRecord(const char* at);
  static const char* NextMember(JsonWalk& walk, const char* at, std::uint32_t& member);
  static const char* EndOfLine(const char* at);
};

/// Behind the escape that begins at the backslash `at`; null when it is none.
template <class Simd>
const char* Walker<Simd>::Escape(const char* at) {
  switch (at[1]) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
      return at + 2;
    case 'u':
      for (int i = 2; i < 6; ++i) {
        const char low = static_cast<char>(at[i] | 0x20);
        if (!IsDigit(at[i]) && (low < 'a' || low > 'f')) return nullptr;
      }
      return at + 6;
    default:
      return nullptr;
  }
}

/// Behind the closing quote of the string whose first character stands at `at`.
template <class Simd>
inline const char* Walker<Simd>::String(const char* at, TokenKind& kind) {
  const char* end = Simd::FindSpecial(at);
  kind = end == at ? TokenKind::kEmpty : TokenKind::kString;
  while (*end != '"') [[unlikely]] {
    if (*end != '\\') return nullptr;
    end = Escape(end);
    if (end == nullptr) return nullptr;
    kind = TokenKind::kEscaped;
    end = Simd::FindSpecial(end);
  }
  return end + 1;
}

template <class Simd>
inline const char* Walker<Simd>::Number(const char* at, TokenKind& kind) {
  if (*at == '-') ++at;
  const char* const digits = at;
  at = SkipDigits(at);
  if (at == digits || (*digits == '0' && at - digits > 1)) return nullptr;
  kind = at - digits <= 18 ? TokenKind::kInteger : TokenKind::kLongInteger;
  if (*at == '.') {
    kind = TokenKind::kNumber;
    const char* const point = ++at;
    at = SkipDigits(at);
    if (at == point) return nullptr;
  }
  if (*at == 'e' || *at == 'E') {
    kind = TokenKind::kNumber;
    ++at;
    if (*at == '+' || *at == '-') ++at;
    const char* const power = at;
    at = SkipDigits(at);
    if (at == power) return nullptr;
  }
  constexpr std::ptrdiff_t kLongest = 500;  // Jackson has a limit of its own
  return at - digits > kLongest ? nullptr : at;
}

template <class Simd>
const char* Walker<Simd>::Nested(const char* at) {
  constexpr int kDeepest = 64;
  std::uint64_t objects = 0;  // a bit a level, the innermost lowest
  int depth = 0;
  TokenKind kind;
  for (;;) {
    // `at` is on the first character of a value.
    bool closed = true;
    if (*at == '{' || *at == '[') {
      if (++depth > kDeepest) return nullptr;
      objects = (objects << 1) | static_cast<std::uint64_t>(*at == '{');
      at = SkipBlanks(at + 1);
      closed = *at == ((objects & 1) != 0 ? '}' : ']');
    } else {
      at = Value(at, kind);
      if (at == nullptr) return nullptr;
      at = SkipBlanks(at);
      if (*at == ',') {
        at = SkipBlanks(at + 1);
        closed = false;
      }
    }
    while (closed) {
      if (*at != ((objects & 1) != 0 ? '}' : ']')) return nullptr;
      ++at;
      objects >>= 1;
      if (--depth == 0) return at;
      at = SkipBlanks(at);
      if (*at == ',') {
        at = SkipBlanks(at + 1);
        closed = false;
      }
    }
    if ((objects & 1) != 0) {
      if (*at != '"') return nullptr;
      at = String(at + 1, kind);
      if (at == nullptr) return nullptr;
      at = SkipBlanks(at);
      if (*at != ':') return nullptr;
      at = SkipBlanks(at + 1);
    }
  }
}

/// Behind the value that begins at `at`; null when it is none of the standard's.
template <class Simd>
inline const char* Walker<Simd>::Value(const char* at, TokenKind& kind) {
  const char first = *at;
  if (first == '"') return String(at + 1, kind);
  if (first == 'n') {
    kind = TokenKind::kNull;
    return Load4(at) == Word4("null") ? at + 4 : nullptr;
  }
  if (first == 't' || first == 'f') {
    const auto is_true = static_cast<unsigned>(Load4(at) == Word4("true"));
    const auto is_false = static_cast<unsigned>(Load4(at + 1) == Word4("alse"));
    kind = static_cast<TokenKind>(static_cast<unsigned>(TokenKind::kFalse) + is_true);
    return (is_true | is_false) != 0 ? at + 5 - is_true : nullptr;
  }
  if (first == '{' || first == '[') {
    kind = first == '{' ? TokenKind::kObject : TokenKind::kArray;
    return Nested(at);
  }
  return Number(at, kind);
}

/// Behind the end of the line, where nothing but blanks stands before it.
template <class Simd>
const char* Walker<Simd>::EndOfRecord(const char* at) {
  at = SkipBlanks(at);
  if (*at == '\r') return at[1] == '\n' ? at + 2 : at + 1;
  return *at == '\n' ? at + 1 : nullptr;
}

/// From the end of `member`'s value to the next value; `member` becomes its member, or kStart at
/// the end of the record. Null for an odd record.
template <class Simd>
__attribute__((noinline)) const char* Walker<Simd>::NextMember(JsonWalk& walk, const char* at,
                                                               std::uint32_t& member) {
  const char* const behind = at;
  JsonMember& before = walk.members[member];
  const bool first = member == JsonMember::kStart;
  at = SkipBlanks(at);
  std::uint32_t next = JsonMember::kStart;
  if (first) {
    if (*at != '{') return nullptr;
    at = SkipBlanks(at + 1);
  }
  if (*at == '}') {
    at = EndOfRecord(at + 1);
    if (at == nullptr) return nullptr;
  } else {
    if (!first) {
      if (*at != ',') return nullptr;
      at = SkipBlanks(at + 1);
    }
    if (*at != '"') return nullptr;
    const char* const name = ++at;
    at = Simd::FindSpecial(at);
    if (*at != '"') return nullptr;
    next = walk.find(walk.context, name, static_cast<std::size_t>(at - name));
    if (next == JsonMember::kStart) return nullptr;
    at = SkipBlanks(at + 1);
    if (*at != ':') return nullptr;
    at = SkipBlanks(at + 1);
  }
  const auto size = static_cast<std::size_t>(at - behind);
  before.expected_size = 0;
  if (size <= sizeof(before.expected)) {
    __builtin_memcpy(before.expected, behind, size);
    before.expected_size = static_cast<std::uint32_t>(size);
    before.expected_mask = ~std::uint64_t{0} >> (64 - size);
    before.next = next;
  }
  member = next;
  return at;
}

/// Behind the end of the line that `at` stands in: at the first of \n, \r\n, \r.
template <class Simd>
const char* Walker<Simd>::EndOfLine(const char* at) {
  for (;; ++at) {
    at = Simd::FindLineEnd(at);
    if (*at == '\n') return at + 1;
    if (*at == '\r') return at[1] == '\n' ? at + 2 : at + 1;
  }
}

template <class Simd>
WalkEnd Walker<Simd>::Run(JsonWalk& walk) {
  const char* const text = walk.text;
  const char* const end = text + walk.size;
  const char* at = text + walk.position;
  JsonMember* const members = walk.members;
  const std::size_t slots = walk.slots;
  JsonToken* tokens = walk.tokens + walk.rows * slots;
  while (at < end) {
    walk.position = static_cast<std::size_t>(at - text);
    if (walk.rows == walk.max_rows) return WalkEnd::kFull;
    if (*at == '\n' || *at == '\r') {  // a line of nothing
      ++at;
      continue;
    }
    for (std::size_t i = 0; i < slots; ++i) tokens[i] = JsonToken();
    std::uint32_t index = JsonMember::kStart;
    bool dropped = false;
    for (;;) {
      const JsonMember& before = members[index];
      if (Simd::Matches(at, before)) [[likely]] {
        at += before.expected_size;
        index = before.next;
      } else {
        at = NextMember(walk, at, index);
        if (at == nullptr) return WalkEnd::kOdd;
      }
      if (index == JsonMember::kStart) break;
      const JsonMember& member = members[index];
      const char* const value = at;
      TokenKind kind;
      at = Value(value, kind);
      if (at == nullptr) [[unlikely]]
        return WalkEnd::kOdd;
      const bool accepted = (member.accepted & KindBit(kind)) != 0;
      if (member.slot == JsonMember::kNoSlot && accepted) continue;
      // A string's token leaves its quotes out.
      const bool quoted = kind >= TokenKind::kEmpty && kind <= TokenKind::kEscaped;
      const auto begin = static_cast<std::size_t>(value - text) + quoted;
      const auto size = static_cast<std::size_t>(at - value) - 2 * std::size_t{quoted};
      if (size > JsonToken::kLongest) [[unlikely]]
        return WalkEnd::kOdd;
      const JsonToken token(kind, begin, size);
      if (!accepted) {
        // "truex" is no value, other than "1x", behind which Jackson looks for a comma.
        if (kind <= TokenKind::kTrue && IsNamePart(*at)) return WalkEnd::kOdd;
        const Verdict verdict = walk.judge(walk.context, index, token);
        if (verdict == Verdict::kOdd) return WalkEnd::kOdd;
        if (verdict == Verdict::kDrop) {
          dropped = true;
          break;
        }
      }
      if (member.slot != JsonMember::kNoSlot) {
        if (!tokens[member.slot].missing()) [[unlikely]]
          return WalkEnd::kOdd;  // a second value
        tokens[member.slot] = token;
      }
    }
    if (dropped) {
      at = EndOfLine(at);
      ++walk.dropped;
    } else {
      ++walk.rows;
      tokens += slots;
    }
  }
  walk.position = walk.size;
  return WalkEnd::kBlock;
}

}  // namespace owlet::scan
