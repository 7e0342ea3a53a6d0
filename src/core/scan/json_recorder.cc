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
      strings_(Type::Varchar()) {}

bool JsonRecorder::AddMember(const std::string& name) {
  if (members_.size() == kMostMembers) full_ = true;
  if (full_) return false;
  members_.push_back({name, {}});
  return true;
}

void JsonRecorder::Begin(std::string_view text) {
  text_ = text;
  used_ = 0;
  runs_.clear();
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
  runs_.push_back({used_, rows, slots});
  used_ += rows * slots;
}

KindSet JsonRecorder::SeenIn(std::size_t slot) const {
  KindSet seen = 0;
  EachToken(slot, [&](JsonToken token) { seen |= KindBit(token.kind()); });
  return seen;
}

template <class Use>
void JsonRecorder::EachToken(std::size_t slot, Use use) const {
  for (const Run& run : runs_) {
    const JsonToken* token = tokens_.data() + run.first + slot;
    for (std::size_t row = 0; row < run.rows; ++row, token += run.slots) {
      use(slot < run.slots ? *token : JsonToken());
    }
  }
}

bool JsonRecorder::FillColumn(std::size_t slot, ColumnData& column) {
  column.Clear();
  const char* const text = text_.data();
  const bool strings = column.storage() == ColumnData::Storage::kString;
  const bool booleans = column.type().id() == TypeId::kBoolean;
  bool good = true;
  EachToken(slot, [&](JsonToken token) {
    const TokenKind kind = token.kind();
    if (kind <= TokenKind::kNull) {
      column.AppendNull();
    } else if (!strings) {
      column.AppendInteger(booleans ? std::int64_t{kind == TokenKind::kTrue}
                                    : ParseShortInteger(token.In(text)));
    } else if (kind == TokenKind::kEscaped) {
      const std::string_view quoted = text_.substr(token.begin() - 1, token.size() + 2);
      if (!texts_.DecodeField(0, quoted, column, arena_)) good = false;
    } else {
      column.AppendString(token.In(text));
    }
  });
  return good;
}

void JsonRecorder::Keep(const InputFile& file, const LineBlock& block) {
  if (!good_ || full_) return;
  std::size_t rows = 0;
  for (const Run& run : runs_) rows += run.rows;
  if (rows == 0) return;
  BlockColumns columns{.place = {block.begin, block.end, rows}, .all_members = true};
  for (std::size_t slot = 0; slot < members_.size(); ++slot) {
    BlockColumns::Column column{.name = members_[slot].name, .kind = PlainKindOf(SeenIn(slot))};
    column.offset = static_cast<std::uint32_t>(columns.bytes.size());
    ColumnData* values = column.kind == ColumnKind::kBoolean   ? &booleans_
                         : column.kind == ColumnKind::kInteger ? &integers_
                         : column.kind == ColumnKind::kString  ? &strings_
                                                               : nullptr;
    if (values != nullptr && !FillColumn(slot, *values)) column.kind = ColumnKind::kOther;
    if (values != nullptr && column.kind != ColumnKind::kOther) {
      members_[slot].encoder.Encode(*values, columns.bytes);
    }
    column.size = static_cast<std::uint32_t>(columns.bytes.size() - column.offset);
    columns.columns.push_back(std::move(column));
  }
  full_ = !cache_.Keep(file, form_, std::move(columns), scan_);
}

}  // namespace owlet::scan
