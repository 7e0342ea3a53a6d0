#include "core/scan/column_codec.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace owlet::scan {

namespace {

enum class Form : std::uint8_t {
  kNulls,
  kIntegers,    // NULLs, width, least value, each value's distance from it
  kDoubles,     // NULLs, values
  kDecimals,    // NULLs, values
  kStrings,     // NULLs, width of sizes, sizes, bytes
  kDictionary,  // entries, width of sizes, sizes, bytes; a code a row, NULL being `entries`
  kList,        // NULLs, number of items, sizes as integers, children
  kRow,         // NULLs, children
};

constexpr std::size_t kMostEntries = 254;
// A column without a dictionary is asked again after so many blocks.
constexpr std::uint32_t kTryAgain = 32;

template <class Value>
void Put(std::string& out, Value value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

template <class Value>
void PutAll(std::string& out, const std::vector<Value>& values) {
  out.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Value));
}

bool HasNull(const ColumnData& column) {
  return std::memchr(column.valid.data(), 0, column.valid.size()) != nullptr;
}

/// A byte that says whether there are NULLs, and then a bit a row that has a value.
void PutValid(const ColumnData& column, std::string& out) {
  const bool nulls = HasNull(column);
  Put(out, static_cast<std::uint8_t>(nulls));
  if (!nulls) return;
  for (std::size_t i = 0; i < column.valid.size(); i += 8) {
    unsigned bits = 0;
    const std::size_t end = std::min(column.valid.size(), i + 8);
    for (std::size_t j = i; j < end; ++j) bits |= unsigned{column.valid[j]} << (j - i);
    Put(out, static_cast<std::uint8_t>(bits));
  }
}

std::uint8_t WidthOf(std::uint64_t most) {
  if (most == 0) return 0;
  if (most <= UINT8_MAX) return 1;
  if (most <= UINT16_MAX) return 2;
  return most <= UINT32_MAX ? 4 : 8;
}

template <class Word, class Values, class Number>
void PutWords(std::string& out, const Values& values, Number number) {
  const std::size_t before = out.size();
  out.resize(before + values.size() * sizeof(Word));
  char* at = out.data() + before;
  for (const auto& value : values) {
    const Word word = static_cast<Word>(number(value));
    std::memcpy(at, &word, sizeof(word));
    at += sizeof(word);
  }
}

/// `number` of each value, in so many bytes.
template <class Values, class Number>
void PutNumbers(std::string& out, const Values& values, std::uint8_t width, Number number) {
  switch (width) {
    case 1:
      return PutWords<std::uint8_t>(out, values, number);
    case 2:
      return PutWords<std::uint16_t>(out, values, number);
    case 4:
      return PutWords<std::uint32_t>(out, values, number);
    case 8:
      return PutWords<std::uint64_t>(out, values, number);
    default:
      return;
  }
}

void PutIntegers(const std::vector<std::int64_t>& values, std::string& out) {
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  const std::int64_t low = values.empty() ? 0 : *least;
  const std::uint8_t width =
      values.empty() ? 0
                     : WidthOf(static_cast<std::uint64_t>(*most) - static_cast<std::uint64_t>(low));
  Put(out, width);
  Put(out, low);
  PutNumbers(out, values, width, [low](std::int64_t value) {
    return static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(low);
  });
}

void PutSizes(const std::vector<std::string_view>& strings, std::string& out) {
  std::size_t most = 0;
  for (const std::string_view text : strings) most = std::max(most, text.size());
  const std::uint8_t width = WidthOf(most);
  Put(out, width);
  PutNumbers(out, strings, width, [](std::string_view text) { return text.size(); });
}

/// Most strings are short: a call costs more than copying both ends of them.
char* CopyText(std::string_view text, char* out) {
  const std::size_t size = text.size();
  const char* const from = text.data();
  if (size >= 16 && size <= 32) {
    std::array<char, 16> head, tail;
    std::memcpy(head.data(), from, 16);
    std::memcpy(tail.data(), from + size - 16, 16);
    std::memcpy(out, head.data(), 16);
    std::memcpy(out + size - 16, tail.data(), 16);
  } else if (size >= 8 && size < 16) {
    std::uint64_t head, tail;
    std::memcpy(&head, from, 8);
    std::memcpy(&tail, from + size - 8, 8);
    std::memcpy(out, &head, 8);
    std::memcpy(out + size - 8, &tail, 8);
  } else if (size > 0) {
    std::memcpy(out, from, size);
  }
  return out + size;
}

std::uint64_t HashOf(std::string_view text) {
  std::uint64_t head = 0, tail = 0;
  if (text.size() >= 8) {
    std::memcpy(&head, text.data(), 8);
    std::memcpy(&tail, text.data() + text.size() - 8, 8);
  } else if (!text.empty()) {
    std::memcpy(&head, text.data(), text.size());
  }
  constexpr std::uint64_t kMix = 0x9E3779B97F4A7C15;
  return ((head * kMix) ^ (tail + text.size())) * kMix;
}

/// Bytes read from the front, never beyond their end.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  template <class Value>
  bool Take(Value& value) {
    if (rest_.size() < sizeof(value)) return false;
    std::memcpy(&value, rest_.data(), sizeof(value));
    rest_.remove_prefix(sizeof(value));
    return true;
  }
  bool TakeBytes(std::size_t size, std::string_view& bytes) {
    if (rest_.size() < size) return false;
    bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return true;
  }

 private:
  std::string_view rest_;
};

bool TakeValid(ByteReader& reader, std::size_t rows, std::vector<std::uint8_t>& valid) {
  std::uint8_t nulls = 0;
  if (!reader.Take(nulls)) return false;
  valid.assign(rows, 1);
  if (nulls == 0) return true;
  std::string_view bits;
  if (!reader.TakeBytes((rows + 7) / 8, bits)) return false;
  for (std::size_t i = 0; i < rows; ++i) {
    valid[i] = (static_cast<unsigned char>(bits[i / 8]) >> (i % 8)) & 1;
  }
  return true;
}

/// Numbers of one width, as they stand in the bytes.
struct Numbers {
  std::string_view bytes;
  std::uint8_t width = 0;
  std::uint64_t least = 0;

  bool Take(ByteReader& reader, std::size_t count) {
    if (width > 8 || (width != 0 && !std::has_single_bit(width))) return false;
    return reader.TakeBytes(count * width, bytes);
  }
  [[nodiscard]] std::uint64_t At(std::size_t i) const {
    std::uint64_t value = 0;
    std::memcpy(&value, bytes.data() + i * width, width);
    return value + least;
  }
  template <class Word, class Use>
  void EachOf(std::size_t count, Use use) const {
    const char* at = bytes.data();
    for (std::size_t i = 0; i < count; ++i, at += sizeof(Word)) {
      Word word;
      std::memcpy(&word, at, sizeof(word));
      use(i, word + least);
    }
  }
  template <class Use>
  void Each(std::size_t count, Use use) const {
    switch (width) {
      case 0:
        for (std::size_t i = 0; i < count; ++i) use(i, least);
        return;
      case 1:
        return EachOf<std::uint8_t>(count, use);
      case 2:
        return EachOf<std::uint16_t>(count, use);
      case 4:
        return EachOf<std::uint32_t>(count, use);
      default:
        return EachOf<std::uint64_t>(count, use);
    }
  }
};

bool TakeIntegers(ByteReader& reader, std::size_t rows, Numbers& numbers) {
  return reader.Take(numbers.width) && reader.Take(numbers.least) && numbers.Take(reader, rows);
}

/// The strings of `count` sizes, in order.
bool TakeStrings(ByteReader& reader, std::size_t count, std::vector<std::string_view>& strings) {
  Numbers sizes;
  if (!reader.Take(sizes.width) || !sizes.Take(reader, count)) return false;
  std::uint64_t total = 0;
  sizes.Each(count, [&](std::size_t, std::uint64_t size) { total += size; });
  std::string_view bytes;
  if (!reader.TakeBytes(total, bytes)) return false;
  strings.resize(count);
  const char* at = bytes.data();
  sizes.Each(count, [&](std::size_t i, std::uint64_t size) {
    strings[i] = std::string_view(at, size);
    at += size;
  });
  return true;
}

struct Dictionary {
  std::vector<std::string_view> entries;  // and one more, for NULL
  std::string_view codes;

  bool Take(ByteReader& reader, std::size_t rows) {
    std::uint8_t count = 0;
    if (!reader.Take(count) || !TakeStrings(reader, count, entries)) return false;
    entries.emplace_back();
    if (!reader.TakeBytes(rows, codes)) return false;
    return std::all_of(codes.begin(), codes.end(),
                       [count](char code) { return static_cast<unsigned char>(code) <= count; });
  }
  [[nodiscard]] std::size_t null_code() const { return entries.size() - 1; }
};

/// Rows of `values` that were chosen, in place.
template <class Value>
void Pick(const std::vector<std::uint32_t>* chosen, std::vector<Value>& values) {
  if (chosen == nullptr) return;
  for (std::size_t i = 0; i < chosen->size(); ++i) values[i] = values[(*chosen)[i]];
  values.resize(chosen->size());
}

bool ReadDictionary(ByteReader& reader, std::size_t rows, const std::vector<std::uint32_t>* chosen,
                    ColumnData& out) {
  Dictionary dictionary;
  if (!dictionary.Take(reader, rows)) return false;
  const std::size_t count = chosen != nullptr ? chosen->size() : rows;
  out.valid.resize(count);
  out.strings.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto code =
        static_cast<unsigned char>(dictionary.codes[chosen != nullptr ? (*chosen)[i] : i]);
    out.valid[i] = static_cast<std::uint8_t>(code != dictionary.null_code());
    out.strings[i] = dictionary.entries[code];
  }
  return true;
}

template <class Value>
bool ReadFixed(ByteReader& reader, std::size_t rows, std::vector<Value>& values) {
  std::string_view bytes;
  if (!reader.TakeBytes(rows * sizeof(Value), bytes)) return false;
  values.resize(rows);
  if (rows > 0) std::memcpy(values.data(), bytes.data(), bytes.size());
  return true;
}

bool ReadColumn(ByteReader& reader, std::size_t rows, const std::vector<std::uint32_t>* chosen,
                ColumnData& out);

bool ReadList(ByteReader& reader, std::size_t rows, ColumnData& out) {
  std::uint64_t items = 0;
  Numbers sizes;
  if (!reader.Take(items) || !TakeIntegers(reader, rows, sizes)) return false;
  std::size_t end = 0;
  out.offsets.resize(1);
  sizes.Each(rows, [&](std::size_t, std::uint64_t size) { out.offsets.push_back(end += size); });
  if (end != items) return false;
  return std::all_of(out.children.begin(), out.children.end(),
                     [&](ColumnData& child) { return ReadColumn(reader, items, nullptr, child); });
}

bool ReadColumn(ByteReader& reader, std::size_t rows, const std::vector<std::uint32_t>* chosen,
                ColumnData& out) {
  Form form;
  if (!reader.Take(form)) return false;
  using Storage = ColumnData::Storage;
  if (form == Form::kNulls) {
    AppendNulls(chosen != nullptr ? chosen->size() : rows, out);
    return true;
  }
  if (form == Form::kDictionary) {
    return out.storage() == Storage::kString && ReadDictionary(reader, rows, chosen, out);
  }
  if (!TakeValid(reader, rows, out.valid)) return false;
  switch (form) {
    case Form::kIntegers: {
      Numbers numbers;
      if (out.storage() != Storage::kInteger || !TakeIntegers(reader, rows, numbers)) return false;
      out.integers.resize(rows);
      std::int64_t* const values = out.integers.data();
      numbers.Each(rows, [values](std::size_t i, std::uint64_t value) {
        values[i] = static_cast<std::int64_t>(value);
      });
      Pick(chosen, out.integers);
      break;
    }
    case Form::kDoubles:
      if (out.storage() != Storage::kDouble || !ReadFixed(reader, rows, out.doubles)) return false;
      Pick(chosen, out.doubles);
      break;
    case Form::kDecimals:
      if (out.storage() != Storage::kDecimal || !ReadFixed(reader, rows, out.decimals)) {
        return false;
      }
      Pick(chosen, out.decimals);
      break;
    case Form::kStrings:
      if (out.storage() != Storage::kString || !TakeStrings(reader, rows, out.strings)) {
        return false;
      }
      Pick(chosen, out.strings);
      break;
    case Form::kList:
      if (out.storage() != Storage::kList || !ReadList(reader, rows, out)) return false;
      break;
    case Form::kRow:
      if (out.storage() != Storage::kRow) return false;
      for (ColumnData& child : out.children) {
        if (!ReadColumn(reader, rows, nullptr, child)) return false;
      }
      break;
    default:
      return false;
  }
  Pick(chosen, out.valid);
  return true;
}

}  // namespace

void AppendNulls(std::size_t rows, ColumnData& out) {
  for (std::size_t i = 0; i < rows; ++i) out.AppendNull();
}

bool ColumnEncoder::EncodeDictionary(const ColumnData& column, std::string& out) {
  constexpr std::size_t kSlots = 512;
  std::array<std::uint8_t, kSlots> slots;
  slots.fill(UINT8_MAX);
  std::vector<std::string_view> entries;
  const std::size_t rows = column.size();
  // Worth it when values come four times each or oftener.
  const std::size_t most = std::min(kMostEntries, rows / 4 + 1);
  std::string codes(rows, '\0');
  for (std::size_t i = 0; i < rows; ++i) {
    if (column.valid[i] == 0) {
      codes[i] = static_cast<char>(UINT8_MAX);
      continue;
    }
    const std::string_view text = column.strings[i];
    std::size_t slot = HashOf(text) >> 55;
    while (slots[slot] != UINT8_MAX && entries[slots[slot]] != text) slot = (slot + 1) % kSlots;
    if (slots[slot] == UINT8_MAX) {
      if (entries.size() == most) return false;
      slots[slot] = static_cast<std::uint8_t>(entries.size());
      entries.push_back(text);
    }
    codes[i] = static_cast<char>(slots[slot]);
  }
  const auto null_code = static_cast<char>(entries.size());
  if (HasNull(column)) std::ranges::replace(codes, static_cast<char>(UINT8_MAX), null_code);
  Put(out, Form::kDictionary);
  Put(out, static_cast<std::uint8_t>(entries.size()));
  PutSizes(entries, out);
  for (const std::string_view entry : entries) out += entry;
  out += codes;
  return true;
}

void ColumnEncoder::EncodeStrings(const ColumnData& column, std::string& out) {
  if (plain_blocks_ == 0 && EncodeDictionary(column, out)) return;
  plain_blocks_ = (plain_blocks_ + 1) % kTryAgain;
  Put(out, Form::kStrings);
  PutValid(column, out);
  PutSizes(column.strings, out);
  std::size_t total = 0;
  for (const std::string_view text : column.strings) total += text.size();
  const std::size_t before = out.size();
  out.resize(before + total);
  char* at = out.data() + before;
  for (const std::string_view text : column.strings) at = CopyText(text, at);
}

void ColumnEncoder::Encode(const ColumnData& column, std::string& out) {
  const auto& valid = column.valid;
  if (std::memchr(valid.data(), 1, valid.size()) == nullptr) return Put(out, Form::kNulls);
  children_.resize(column.children.size());
  switch (column.storage()) {
    case ColumnData::Storage::kNone:
      return Put(out, Form::kNulls);
    case ColumnData::Storage::kInteger:
      Put(out, Form::kIntegers);
      PutValid(column, out);
      return PutIntegers(column.integers, out);
    case ColumnData::Storage::kDouble:
      Put(out, Form::kDoubles);
      PutValid(column, out);
      return PutAll(out, column.doubles);
    case ColumnData::Storage::kDecimal:
      Put(out, Form::kDecimals);
      PutValid(column, out);
      return PutAll(out, column.decimals);
    case ColumnData::Storage::kString:
      return EncodeStrings(column, out);
    case ColumnData::Storage::kList: {
      Put(out, Form::kList);
      PutValid(column, out);
      Put(out, std::uint64_t{column.offsets.back()});
      std::vector<std::int64_t> sizes;
      for (std::size_t i = 1; i < column.offsets.size(); ++i) {
        sizes.push_back(static_cast<std::int64_t>(column.offsets[i] - column.offsets[i - 1]));
      }
      PutIntegers(sizes, out);
      break;
    }
    case ColumnData::Storage::kRow:
      Put(out, Form::kRow);
      PutValid(column, out);
      break;
  }
  for (std::size_t i = 0; i < children_.size(); ++i) children_[i].Encode(column.children[i], out);
}

bool EncodedColumn::Read(const std::vector<std::uint32_t>* chosen, ColumnData& out) const {
  ByteReader reader(bytes_);
  return ReadColumn(reader, rows_, chosen, out);
}

bool EncodedColumn::Choose(const ColumnFilter& filter, const plan::Type& type,
                           std::vector<std::uint32_t>& chosen) const {
  if (filter.kind == ColumnFilter::Kind::kAny) return true;
  ByteReader reader(bytes_);
  Form form;
  if (!reader.Take(form)) return false;
  ColumnData values(type);
  if (form == Form::kNulls) {
    values.AppendNull();
    if (!filter.Passes(values, 0)) chosen.clear();
    return true;
  }
  if (form == Form::kDictionary && values.storage() == ColumnData::Storage::kString) {
    Dictionary dictionary;
    if (!dictionary.Take(reader, rows_)) return false;
    std::array<bool, kMostEntries + 2> passes{};
    for (std::size_t i = 0; i < dictionary.null_code(); ++i) {
      values.AppendString(dictionary.entries[i]);
    }
    values.AppendNull();
    for (std::size_t i = 0; i < values.size(); ++i) passes[i] = filter.Passes(values, i);
    std::erase_if(chosen, [&](std::uint32_t row) {
      return !passes[static_cast<unsigned char>(dictionary.codes[row])];
    });
    return true;
  }
  if (!Read(nullptr, values) || values.size() != rows_) return false;
  std::erase_if(chosen, [&](std::uint32_t row) { return !filter.Passes(values, row); });
  return true;
}

}  // namespace owlet::scan
