#include "core/scan/json_line_decoder.h"

#include <simdjson.h>

#include <algorithm>
#include <cstring>

#include "core/scan/json_columns.h"

namespace owlet::scan {

using plan::TypeId;

namespace {

// Rows whose tokens are made before they become columns: few enough to stay in the cache.
constexpr std::size_t kRowsAtOnce = 256;

bool IsString(TokenKind kind) {
  return kind == TokenKind::kEmpty || kind == TokenKind::kString || kind == TokenKind::kEscaped;
}

/// What a column of `type` is whose values are of the `seen` kinds and all fit.
ColumnKind KindOfColumn(TypeId type, KindSet seen) {
  const ColumnKind plain = PlainKindOf(seen);
  if (plain == ColumnKind::kNulls || plain == PlainKindOf(type)) return plain;
  return ColumnKind::kTyped;
}

bool IsText(TypeId id) {
  return id == TypeId::kVarchar || id == TypeId::kChar || id == TypeId::kJson;
}

bool IsStrict(const JsonDecoder& decoder, const JsonOptions& options) {
  return !options.hive && (options.mode != ParseMode::kPermissive || decoder.has_corrupt_column());
}

}  // namespace

JsonLineDecoder::JsonLineDecoder(const plan::Schema& schema,
                                 std::shared_ptr<const JsonOptions> options,
                                 std::vector<ColumnFilter> filters, const JsonKernel& kernel)
    : kernel_(kernel),
      exact_(schema, options, std::move(filters)),
      strict_(IsStrict(exact_, *options)),
      count_only_(schema.empty() && options->mode == ParseMode::kPermissive && !options->hive),
      field_of_member_(JsonMembers::kMost),
      tokens_(kRowsAtOnce * schema.size()) {
  for (std::size_t i = 0; i < schema.size(); ++i) {
    columns_.push_back({.type = schema[i].type.id(), .clean = CleanKinds(schema[i].type)});
    if (!exact_.filters().empty()) columns_.back().filter = exact_.filters()[i];
    tried_.emplace_back(schema[i].type);
  }
  other_ = members_.Add({});
  members_[other_].slot = JsonMember::kNoSlot;
  walk_.members = members_.data();
  walk_.tokens = tokens_.data();
  walk_.slots = schema.size();
  walk_.context = this;
  walk_.find = FindMember;
  walk_.judge = Judge;
}

KindSet JsonLineDecoder::CleanKinds(const plan::Type& type) const {
  const KindSet null = KindBit(TokenKind::kNull);
  if (IsText(type.id())) return kEveryKind;
  switch (type.id()) {
    case TypeId::kBoolean:
      return null | KindBit(TokenKind::kFalse) | KindBit(TokenKind::kTrue);
    case TypeId::kBigint:
      return null | KindBit(TokenKind::kInteger);
    default:
      return null;
  }
}

std::uint32_t JsonLineDecoder::FindMember(void* self, const char* name, std::size_t size) {
  auto& decoder = *static_cast<JsonLineDecoder*>(self);
  const std::string_view text(name, size);
  const std::uint32_t known = decoder.members_.Find(text);
  if (known != JsonMember::kStart && size > 0) return known;
  const auto field = decoder.exact_.FieldOf(text);
  const std::uint32_t added = size > 0 ? decoder.members_.Add(text) : JsonMember::kStart;
  if (!field) return added != JsonMember::kStart ? added : decoder.other_;
  if (added == JsonMember::kStart) return added;
  JsonMember& member = decoder.members_[added];
  const Column& column = decoder.columns_[*field];
  member.slot = static_cast<std::uint32_t>(*field);
  if (decoder.strict_) member.accepted = column.clean;
  if (column.filter.kind != ColumnFilter::Kind::kAny) member.accepted = 0;
  decoder.field_of_member_[added] = *field;
  return added;
}

Verdict JsonLineDecoder::Judge(void* self, std::uint32_t member, JsonToken token) {
  auto& decoder = *static_cast<JsonLineDecoder*>(self);
  return decoder.JudgeValue(decoder.field_of_member_[member], token);
}

Verdict JsonLineDecoder::JudgeValue(std::size_t field, JsonToken token) {
  constexpr std::size_t kTriedBytes = 1 << 20;
  if (tried_arena_.size_bytes() > kTriedBytes) tried_arena_ = StringArena();
  ColumnData& value = tried_[field];
  value.Clear();
  // A value that does not fit is judged by nobody, as in JsonDecoder.
  if (!AppendValue(field, token, value, tried_arena_)) {
    return strict_ ? Verdict::kOdd : Verdict::kKeep;
  }
  return columns_[field].filter.Passes(value, 0) ? Verdict::kKeep : Verdict::kDrop;
}

std::string_view JsonLineDecoder::TextOf(JsonToken token) const {
  const std::size_t quote = IsString(token.kind()) ? 1 : 0;
  return block_.text.substr(token.begin() - quote, token.size() + 2 * quote);
}

// False for a value that does not fit, which is NULL then.
bool JsonLineDecoder::AppendValue(std::size_t field, JsonToken token, ColumnData& out,
                                  StringArena& arena) {
  const TokenKind kind = token.kind();
  if (kind == TokenKind::kMissing || kind == TokenKind::kNull) {
    out.AppendNull();
    return true;
  }
  if ((columns_[field].clean & KindBit(kind)) == 0 || kind == TokenKind::kEscaped) {
    return exact_.DecodeField(field, TextOf(token), out, arena);
  }
  if (columns_[field].type == TypeId::kBoolean) {
    out.AppendInteger(kind == TokenKind::kTrue ? 1 : 0);
  } else if (columns_[field].type == TypeId::kBigint) {
    out.AppendInteger(ParseShortInteger(token.In(block_.text.data())));
  } else {
    out.AppendString(token.In(block_.text.data()));
  }
  return true;
}

void JsonLineDecoder::AppendStrings(std::size_t field, ColumnData& out, StringArena& arena) {
  const std::size_t before = out.size();
  out.valid.resize(before + walk_.rows);
  out.strings.resize(before + walk_.rows);
  const char* const text = block_.text.data();
  const JsonToken* token = tokens_.data() + field;
  KindSet seen = 0;
  for (std::size_t i = before; i < out.valid.size(); ++i, token += walk_.slots) {
    seen |= KindBit(token->kind());
    if (token->kind() == TokenKind::kEscaped) [[unlikely]] {
      ColumnData& value = tried_[field];
      value.Clear();
      if (!exact_.DecodeField(field, TextOf(*token), value, arena)) columns_[field].misfit = true;
      out.valid[i] = value.valid[0];
      out.strings[i] = value.strings[0];
      continue;
    }
    const bool valid = token->kind() > TokenKind::kNull;
    out.valid[i] = static_cast<std::uint8_t>(valid);
    out.strings[i] = valid ? token->In(text) : std::string_view();
  }
  columns_[field].seen |= seen;
}

void JsonLineDecoder::AppendIntegers(std::size_t field, ColumnData& out, StringArena& arena) {
  const KindSet clean = columns_[field].clean;
  const bool boolean = columns_[field].type == TypeId::kBoolean;
  const char* const text = block_.text.data();
  const JsonToken* token = tokens_.data() + field;
  KindSet seen = 0;
  for (std::size_t i = 0; i < walk_.rows; ++i, token += walk_.slots) {
    const TokenKind kind = token->kind();
    seen |= KindBit(kind);
    if (kind == TokenKind::kMissing || kind == TokenKind::kNull) {
      out.valid.push_back(0);
      out.integers.push_back(0);
    } else if ((clean & KindBit(kind)) == 0) [[unlikely]] {
      if (!exact_.DecodeField(field, TextOf(*token), out, arena)) columns_[field].misfit = true;
    } else {
      out.valid.push_back(1);
      out.integers.push_back(boolean ? std::int64_t{kind == TokenKind::kTrue}
                                     : ParseShortInteger(token->In(text)));
    }
  }
  columns_[field].seen |= seen;
}

void JsonLineDecoder::AppendRows(ColumnBatch& batch) {
  for (std::size_t field = 0; field < columns_.size(); ++field) {
    ColumnData& out = batch.columns[field];
    if (IsText(columns_[field].type)) {
      AppendStrings(field, out, *batch.arena);
    } else if (columns_[field].type == TypeId::kBoolean ||
               columns_[field].type == TypeId::kBigint) {
      AppendIntegers(field, out, *batch.arena);
    } else {
      const JsonToken* token = tokens_.data() + field;
      for (std::size_t i = 0; i < walk_.rows; ++i, token += walk_.slots) {
        columns_[field].seen |= KindBit(token->kind());
        if (!AppendValue(field, *token, out, *batch.arena)) columns_[field].misfit = true;
      }
    }
  }
  batch.rows += walk_.rows;
}

void JsonLineDecoder::Open(LineBlock block) {
  block_ = std::move(block);
  position_ = 0;
  regular_ = !count_only_;
  for (Column& column : columns_) {
    column.seen = 0;
    column.misfit = false;
  }
  const bool valid = count_only_ || simdjson::validate_utf8(block_.text.data(), block_.text.size());
  valid_end_ = valid ? block_.text.size() : 0;
}

// Of a block that is no UTF-8 the lines that are it, from the next one on.
void JsonLineDecoder::FindValidEnd() {
  valid_end_ = position_;
  while (valid_end_ < block_.text.size()) {
    const std::size_t end = block_.text.find('\n', valid_end_) + 1;
    if (!simdjson::validate_utf8(block_.text.data() + valid_end_, end - valid_end_)) return;
    valid_end_ = end;
  }
}

// A line that is no UTF-8 as a whole; its parts between \r may be.
Status JsonLineDecoder::TakeBrokenLine(ColumnBatch& batch) {
  regular_ = false;
  const std::size_t end = block_.text.find('\n', position_) + 1;
  LineSplitter lines(block_.text.substr(position_, end - position_), {});
  position_ = end;
  for (std::string_view line; lines.Next(line);) OWLET_CHECK_OK(exact_.Decode(line, batch));
  return {};
}

Status JsonLineDecoder::TakeOddLine(ColumnBatch& batch) {
  regular_ = false;
  LineSplitter lines(block_.text.substr(position_), {});
  std::string_view line;
  static_cast<void>(lines.Next(line));
  position_ = block_.text.size() - lines.rest().size();
  return exact_.Decode(line, batch);
}

std::optional<std::vector<ColumnKind>> JsonLineDecoder::Kinds() const {
  if (!regular_) return std::nullopt;
  std::vector<ColumnKind> kinds;
  for (const Column& column : columns_) {
    kinds.push_back(column.misfit ? ColumnKind::kOther : KindOfColumn(column.type, column.seen));
  }
  return kinds;
}

// In PERMISSIVE mode an object is a row, whatever stands in it.
Status JsonLineDecoder::CountRows(ColumnBatch& batch) {
  const std::string_view text = block_.text;
  // A search for one byte is much faster than one for the end of a line that \r may be.
  const bool carriage = text.find('\r') != std::string_view::npos;
  while (position_ < text.size()) {
    if (text[position_] == '{' && !carriage) {
      ++batch.rows;
      position_ = text.find('\n', position_) + 1;
      continue;
    }
    LineSplitter lines(text.substr(position_), {});
    std::string_view line;
    static_cast<void>(lines.Next(line));
    position_ = text.size() - lines.rest().size();
    if (line.starts_with('{')) {
      ++batch.rows;
    } else {
      OWLET_CHECK_OK(exact_.Decode(line, batch));
    }
  }
  return {};
}

Result<bool> JsonLineDecoder::NextRows(ColumnBatch& batch, std::size_t max_rows) {
  if (!block_.holder) return false;
  batch.arena->Keep(block_.holder);
  if (count_only_) OWLET_CHECK_OK(CountRows(batch));
  while (position_ < block_.text.size() && batch.rows < max_rows) {
    if (position_ >= valid_end_) {
      FindValidEnd();
      if (position_ == valid_end_) OWLET_CHECK_OK(TakeBrokenLine(batch));
      continue;
    }
    walk_.text = block_.text.data();
    walk_.size = valid_end_;
    walk_.position = position_;
    walk_.rows = walk_.dropped = 0;
    walk_.max_rows = std::min(kRowsAtOnce, max_rows - batch.rows);
    const WalkEnd end = kernel_.walk(walk_);
    AppendRows(batch);
    batch.records_left_out += walk_.dropped;
    position_ = walk_.position;
    if (end == WalkEnd::kOdd) OWLET_CHECK_OK(TakeOddLine(batch));
  }
  if (position_ < block_.text.size()) return true;
  block_ = {};
  return false;
}

}  // namespace owlet::scan
