#include "core/scan/json_recorder.h"

#include <algorithm>

#include "core/scan/json_columns.h"

namespace owlet::scan {

using plan::Type;
using plan::TypeId;

namespace {

// Tokens of a block beyond which it is not kept: they would no longer stay in the cache.
constexpr std::size_t kMostTokens = 1 << 19;

}  // namespace

JsonRecorder::JsonRecorder(ColumnCache& cache, const std::string& form, std::uint64_t scan)
    : cache_(cache),
      form_(form),
      scan_(scan),
      texts_({{.name = "text", .type = Type::Varchar()}}, std::make_shared<const JsonOptions>()),
      booleans_(Type(TypeId::kBoolean)),
      integers_(Type(TypeId::kBigint)),
      strings_(Type::Varchar()),
      unescaped_(Type::Varchar()) {}

bool JsonRecorder::AddMember(const std::string& name) {
  if (members_.size() == kMostMembers) full_ = true;
  if (full_) return false;
  members_.push_back({name, {}});
  return true;
}

void JsonRecorder::Begin(std::string_view text) {
  text_ = text;
  used_ = rows_ = 0;
  runs_.clear();
  seen_.clear();
  good_ = !full_;
  if (arena_.size_bytes() > 0) arena_ = StringArena();
}

JsonToken* JsonRecorder::Room(std::size_t tokens) {
  if (used_ > kMostTokens) Reject();
  if (!good_) used_ = 0;
  if (tokens_.size() < used_ + tokens) tokens_.resize(used_ + tokens);
  return tokens_.data() + used_;
}

void JsonRecorder::Take(std::size_t rows, std::size_t slots) {
  if (!good_ || rows == 0) return;
  seen_.resize(std::max(seen_.size(), slots));
  // Row by row, while the tokens are near.
  const JsonToken* token = tokens_.data() + used_;
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t slot = 0; slot < slots; ++slot) seen_[slot] |= KindBit((token++)->kind());
  }
  runs_.push_back({used_, rows, slots});
  used_ += rows * slots;
  rows_ += rows;
}

template <class Use>
void JsonRecorder::EachToken(std::size_t slot, Use use) const {
  std::size_t i = 0;
  for (const Run& run : runs_) {
    if (slot >= run.slots) {
      for (std::size_t row = 0; row < run.rows; ++row) use(i++, JsonToken());
      continue;
    }
    const JsonToken* token = tokens_.data() + run.first + slot;
    for (std::size_t row = 0; row < run.rows; ++row, token += run.slots) use(i++, *token);
  }
}

bool JsonRecorder::FillStrings(std::size_t slot) {
  strings_.valid.resize(rows_);
  strings_.strings.resize(rows_);
  std::uint8_t* const valid = strings_.valid.data();
  std::string_view* const texts = strings_.strings.data();
  const char* const text = text_.data();
  bool good = true;
  EachToken(slot, [&](std::size_t i, JsonToken token) {
    if (token.kind() == TokenKind::kEscaped) [[unlikely]] {
      const std::string_view quoted = text_.substr(token.begin() - 1, token.size() + 2);
      unescaped_.Clear();
      if (!texts_.DecodeField(0, quoted, unescaped_, arena_)) good = false;
      valid[i] = 1;
      texts[i] = unescaped_.strings[0];
      return;
    }
    const bool some = token.kind() > TokenKind::kNull;
    valid[i] = static_cast<std::uint8_t>(some);
    texts[i] = some ? token.In(text) : std::string_view();
  });
  return good;
}

void JsonRecorder::FillIntegers(std::size_t slot, ColumnData& column) {
  column.valid.resize(rows_);
  column.integers.resize(rows_);
  std::uint8_t* const valid = column.valid.data();
  std::int64_t* const values = column.integers.data();
  const char* const text = text_.data();
  const bool boolean = column.type().id() == TypeId::kBoolean;
  EachToken(slot, [&](std::size_t i, JsonToken token) {
    const TokenKind kind = token.kind();
    valid[i] = static_cast<std::uint8_t>(kind > TokenKind::kNull);
    values[i] = kind <= TokenKind::kNull ? 0
                : boolean                ? std::int64_t{kind == TokenKind::kTrue}
                                         : ParseShortInteger(token.In(text));
  });
}

/// The values of a member of a plain kind; null when they cannot be kept.
const ColumnData* JsonRecorder::Fill(std::size_t slot, ColumnKind kind) {
  switch (kind) {
    case ColumnKind::kString:
      return FillStrings(slot) ? &strings_ : nullptr;
    case ColumnKind::kBoolean:
      FillIntegers(slot, booleans_);
      return &booleans_;
    case ColumnKind::kInteger:
      FillIntegers(slot, integers_);
      return &integers_;
    default:
      return nullptr;
  }
}

void JsonRecorder::Keep(const InputFile& file, const LineBlock& block) {
  if (!good_ || full_ || rows_ == 0) return;
  BlockColumns columns{.place = {block.begin, block.end, rows_}, .all_members = true};
  columns.bytes.reserve(block.text.size() / 2);
  seen_.resize(std::max(seen_.size(), members_.size()));
  for (std::size_t slot = 0; slot < members_.size(); ++slot) {
    BlockColumns::Column column{.name = members_[slot].name, .kind = PlainKindOf(seen_[slot])};
    column.offset = static_cast<std::uint32_t>(columns.bytes.size());
    if (column.kind != ColumnKind::kNulls) {
      const ColumnData* const values = Fill(slot, column.kind);
      if (values == nullptr) column.kind = ColumnKind::kOther;
      if (values != nullptr) members_[slot].encoder.Encode(*values, columns.bytes);
    }
    column.size = static_cast<std::uint32_t>(columns.bytes.size() - column.offset);
    columns.columns.push_back(std::move(column));
  }
  full_ = !cache_.Keep(file, form_, std::move(columns), scan_);
}

}  // namespace owlet::scan
