#include <algorithm>

#include "core/scan/csv_decoder.h"
#include "core/scan/text_values.h"

namespace owlet::scan {

namespace {

std::string_view TrimRight(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  return text;
}

// The length of the line's end at `at`: 0, 1 or 2.
std::size_t LineEnd(std::string_view text, std::size_t at) {
  if (at >= text.size()) return 0;
  if (text[at] == '\n') return 1;
  if (text[at] != '\r') return 0;
  return at + 1 < text.size() && text[at + 1] == '\n' ? 2 : 1;
}

}  // namespace

bool CsvSplitter::IsBlank(std::string_view line) const {
  if (options_.style != CsvOptions::Style::kSpark) return false;
  const std::string_view trimmed = Trim(line);
  return trimmed.empty() || (options_.comment != 0 && trimmed.front() == options_.comment);
}

void CsvSplitter::Keep(std::string_view text, bool quoted) {
  if (num_owned_ == owned_.size()) owned_.emplace_back();
  // The strings move when the vector grows: their texts are referred to only afterwards.
  owned_[num_owned_++].assign(text);
  values_.push_back({{}, quoted});
  values_.back().text = std::string_view(nullptr, num_owned_);
}

std::size_t CsvSplitter::Split(std::string_view text) {
  values_.clear();
  num_owned_ = 0;
  std::size_t used = 0;
  switch (options_.style) {
    case CsvOptions::Style::kSpark:
      used = SplitSpark(text);
      break;
    case CsvOptions::Style::kOpenCsv:
      used = SplitOpenCsv(text);
      break;
    case CsvOptions::Style::kLazySimple:
      used = SplitLazySimple(text);
      break;
  }
  for (Value& value : values_) {
    if (value.text.data() == nullptr && !value.text.empty()) {
      value.text = owned_[value.text.size() - 1];
    }
  }
  return used;
}

/// Reads what follows an opening quote at `at`; false, with `at` unmoved, when a quote within it is
/// followed by other text: univocity then takes the value as unquoted (STOP_AT_DELIMITER).
bool CsvSplitter::ReadQuoted(std::string_view text, std::size_t& at) {
  std::string value;
  bool plain = true;
  const std::size_t start = at + 1;
  std::size_t i = start;
  while (i < text.size()) {
    const char c = text[i];
    const bool escapable =
        i + 1 < text.size() && (text[i + 1] == options_.quote || text[i + 1] == options_.escape);
    if (c == options_.escape && options_.escape != 0 && options_.escape != options_.quote &&
        escapable) {
      if (plain) value.assign(text.substr(start, i - start));
      plain = false;
      value += text[i + 1];
      i += 2;
      continue;
    }
    if (c == options_.quote) {
      if (options_.escape == options_.quote && i + 1 < text.size() && text[i + 1] == c) {
        if (plain) value.assign(text.substr(start, i - start));
        plain = false;
        value += c;
        i += 2;
        continue;
      }
      std::size_t next = i + 1;
      while (next < text.size() && text[next] <= ' ' && !AtSeparator(text, next) &&
             LineEnd(text, next) == 0) {
        ++next;
      }
      if (next < text.size() && !AtSeparator(text, next) && LineEnd(text, next) == 0) return false;
      Keep(plain ? text.substr(start, i - start) : std::string_view(value), true);
      at = next;
      return true;
    }
    if (!plain) value += c;
    ++i;
  }
  Keep(plain ? text.substr(start) : std::string_view(value), true);
  at = i;
  return true;
}

std::size_t CsvSplitter::SplitSpark(std::string_view text) {
  std::size_t at = 0;
  for (;;) {
    if (options_.trim_left) {
      while (at < text.size() && static_cast<unsigned char>(text[at]) <= ' ' &&
             !AtSeparator(text, at) && LineEnd(text, at) == 0) {
        ++at;
      }
    }
    const bool opens = options_.quote != 0 && at < text.size() && text[at] == options_.quote;
    if (!opens || !ReadQuoted(text, at)) {
      std::size_t end = at;
      while (end < text.size() && !AtSeparator(text, end) && LineEnd(text, end) == 0) ++end;
      std::string_view value = text.substr(at, end - at);
      if (options_.trim_right) value = TrimRight(value);
      values_.push_back({value.empty() ? std::string_view() : value, false});
      at = end;
    }
    if (!AtSeparator(text, at) || at >= text.size()) return at + LineEnd(text, at);
    at += options_.separator.size();
  }
}

// au.com.bytecode.opencsv's CSVParser: quotes switch anywhere, the escape character takes the next
// quote or escape character as it is.
std::size_t CsvSplitter::SplitOpenCsv(std::string_view text) {
  std::string value;
  bool in_quotes = false, quoted = false;
  std::size_t i = 0;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    const bool has_next = i + 1 < text.size();
    if (c == options_.escape && in_quotes && has_next &&
        (text[i + 1] == options_.quote || text[i + 1] == options_.escape)) {
      value += text[++i];
    } else if (c == options_.quote && options_.quote != 0) {
      if (in_quotes && has_next && text[i + 1] == options_.quote) {
        value += text[++i];
      } else {
        in_quotes = !in_quotes;
        quoted = true;
      }
    } else if (AtSeparator(text, i) && !in_quotes) {
      Keep(value, quoted);
      value.clear();
      quoted = false;
    } else if (!in_quotes && LineEnd(text, i) > 0) {
      break;
    } else {
      value += c;
    }
  }
  Keep(value, quoted);
  return i + LineEnd(text, i);
}

std::size_t CsvSplitter::SplitLazySimple(std::string_view text) {
  std::size_t at = 0;
  for (;;) {
    std::size_t end = at;
    while (end < text.size() && !AtSeparator(text, end) && LineEnd(text, end) == 0) {
      end += options_.escape != 0 && text[end] == options_.escape && end + 1 < text.size() ? 2 : 1;
    }
    values_.push_back({text.substr(at, end - at), false});
    at = end;
    if (at >= text.size() || !AtSeparator(text, at)) return at + LineEnd(text, at);
    at += options_.separator.size();
  }
}

}  // namespace owlet::scan
