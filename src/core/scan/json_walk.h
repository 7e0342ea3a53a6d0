#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace owlet::scan {

/// What a value is, as far as its syntax tells.
enum class TokenKind : std::uint8_t {
  kMissing = 0,
  kNull,
  kFalse,
  kTrue,
  kInteger,      // of at most 18 digits
  kLongInteger,  // of more
  kNumber,       // with a point or an exponent
  kEmpty,        // a string without characters
  kString,       // that stands in the text as it is meant
  kEscaped,      // with backslashes
  kObject,
  kArray,
};

/// One value of a record: where it stands in the text, a string without its quotes.
class JsonToken {
 public:
  /// Larger values are left to the exact decoder.
  static constexpr std::size_t kLongest = (std::size_t{1} << 28) - 1;

  JsonToken() = default;
  JsonToken(TokenKind kind, std::size_t begin, std::size_t size)
      : begin_(static_cast<std::uint32_t>(begin)),
        size_and_kind_(static_cast<std::uint32_t>(size << 4) | static_cast<std::uint32_t>(kind)) {}

  [[nodiscard]] TokenKind kind() const { return static_cast<TokenKind>(size_and_kind_ & 15); }
  [[nodiscard]] std::size_t begin() const { return begin_; }
  [[nodiscard]] std::size_t size() const { return size_and_kind_ >> 4; }
  [[nodiscard]] bool missing() const { return size_and_kind_ == 0; }
  [[nodiscard]] std::string_view In(const char* text) const { return {text + begin_, size()}; }

 private:
  std::uint32_t begin_ = 0;
  std::uint32_t size_and_kind_ = 0;
};

/// A set of TokenKinds.
using KindSet = std::uint32_t;
constexpr KindSet KindBit(TokenKind kind) { return KindSet{1} << static_cast<unsigned>(kind); }
constexpr KindSet kEveryKind = ~KindSet{0};

/// A name that records have, with what stood behind its value in the record before: the bytes up
/// to the next value. Records of one writer have the same members in the same order, so that one
/// comparison finds the next value of nearly all of them.
struct alignas(64) JsonMember {
  static constexpr std::uint32_t kNoSlot = ~std::uint32_t{0};
  static constexpr std::uint32_t kStart = 0;  // the member "before" the first; as `next`: the end

  char expected[64];
  std::uint64_t expected_mask = 0;  // a bit a byte of `expected`
  std::uint32_t expected_size = 0;  // 0: nothing is expected
  std::uint32_t next = kStart;      // the member whose value stands behind `expected`
  std::uint32_t slot = kNoSlot;     // the place of its value in a row's tokens
  KindSet accepted = kEveryKind;    // others are asked for by JsonWalk::judge
};

enum class Verdict : std::uint8_t {
  kKeep,
  kDrop,  // the record is no row: on to the next line
  kOdd,   // the exact decoder shall look at the record
};

enum class WalkEnd : std::uint8_t {
  kBlock,  // the text is at its end
  kFull,   // there are `max_rows` rows
  kOdd,    // the record at `position` is one for the exact decoder
};

/// One way through lines of JSON: in, the text and what is asked of it; out, the tokens of the
/// rows. A record that is walked through is standard JSON to its last byte, or was dropped before.
struct JsonWalk {
  /// Bytes that may be read behind the text; what they are does not matter.
  static constexpr std::size_t kPadding = 64;

  const char* text = nullptr;  // its last byte is '\n'
  std::size_t size = 0;        // below 4 GiB
  std::size_t position = 0;    // the beginning of a line

  JsonMember* members = nullptr;  // [0] is kStart's
  JsonToken* tokens = nullptr;    // max_rows times `slots`
  std::size_t slots = 0;
  std::size_t rows = 0;  // that have their tokens
  std::size_t max_rows = 0;
  std::size_t dropped = 0;

  void* context = nullptr;
  /// The member of a name, or kStart for a name that makes the record an odd one.
  std::uint32_t (*find)(void* context, const char* name, std::size_t size) = nullptr;
  /// What becomes of a record with a value that its member does not accept.
  Verdict (*judge)(void* context, std::uint32_t member, JsonToken token) = nullptr;
};

/// The walk for one instruction set.
struct JsonKernel {
  const char* name;
  bool (*supported)();
  WalkEnd (*walk)(JsonWalk& walk);
};

/// Those that were compiled in, the best first; each gives the same answers.
[[nodiscard]] std::span<const JsonKernel> JsonKernels();
/// The best that this machine has.
[[nodiscard]] const JsonKernel& BestJsonKernel();

}  // namespace owlet::scan
