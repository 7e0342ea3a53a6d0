#include "protocol/common/validation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace owlet::protocol {
namespace {

// More are counted by nobody, and a long list of bad elements shall not make a long reply.
constexpr std::size_t kMaxViolations = 20;

std::string Decapitalized(std::string_view name) {
  std::string text(name);
  if (!text.empty()) text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

// The services count UTF-16 units.
std::size_t Utf16Length(std::string_view text) {
  std::size_t length = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80) length += byte >= 0xF0 ? 2 : 1;
  }
  return length;
}

bool Below(const Shape& shape, std::size_t length) {
  return shape.min != Shape::kNoMin && static_cast<std::int64_t>(length) < shape.min;
}

bool Above(const Shape& shape, std::size_t length) {
  return shape.max != Shape::kNoMax && static_cast<std::int64_t>(length) > shape.max;
}

std::string EnumConstraint(const Shape& shape) {
  return fmt::format("Member must satisfy enum value set: [{}]",
                     fmt::join(shape.enum_values, ", "));
}

std::string PatternConstraint(const Shape& shape) {
  return fmt::format("Member must satisfy regular expression pattern: {}", shape.pattern);
}

std::string LengthConstraint(std::string_view what, std::string_view bound, std::int64_t limit) {
  return fmt::format("Member must have {} {} than or equal to {}", what, bound, limit);
}

bool FitsString(const Shape& shape, std::string_view text) {
  const std::size_t length = Utf16Length(text);
  if (Below(shape, length) || Above(shape, length)) return false;
  if (!shape.enum_values.empty() &&
      std::ranges::find(shape.enum_values, text) == shape.enum_values.end())
    return false;
  return shape.pcre_pattern.empty() || MatchesPattern(shape.pcre_pattern, text);
}

std::string AllConstraints(const Shape& shape) {
  std::vector<std::string> all;
  if (shape.max != Shape::kNoMax) all.push_back(LengthConstraint("length", "less", shape.max));
  if (shape.min != Shape::kNoMin) all.push_back(LengthConstraint("length", "greater", shape.min));
  if (!shape.pattern.empty()) all.push_back(PatternConstraint(shape));
  if (!shape.enum_values.empty()) all.push_back(EnumConstraint(shape));
  return fmt::format("[{}]", fmt::join(all, ", "));
}

std::string ShowList(const Shape& shape, const void* value) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.list->size(value); ++i) {
    if (i > 0) text += ", ";
    if (shape.element->kind == Kind::kString)
      text += *static_cast<const std::string*>(shape.list->at(value, i));
    else
      text += shape.element->name;
  }
  return text + "]";
}

}  // namespace

std::string Validation::Path() const {
  std::string path;
  for (const Step& step : path_) {
    if (!path.empty()) path += '.';
    if (step.member.empty())
      path += fmt::format("{}.member", step.index);
    else
      path += Decapitalized(step.member);
  }
  return path;
}

void Validation::Add(const Shape& shape, std::string_view shown, const std::string& constraint) {
  if (violations_.size() == kMaxViolations) return;
  const std::string value = shape.sensitive ? std::string() : fmt::format(" '{}'", shown);
  violations_.push_back(
      fmt::format("Value{} at '{}' failed to satisfy constraint: {}", value, Path(), constraint));
}

void Validation::Missing(std::string_view member) {
  const Place place(*this, member);
  if (violations_.size() < kMaxViolations)
    violations_.push_back(fmt::format(
        "Value null at '{}' failed to satisfy constraint: Member must not be null", Path()));
}

std::string Validation::Message() const {
  return fmt::format("{} validation error{} detected: {}", violations_.size(),
                     violations_.size() == 1 ? "" : "s", fmt::join(violations_, "; "));
}

void Validation::CheckLength(const Shape& shape, std::size_t length, std::string_view shown) {
  if (Below(shape, length)) Add(shape, shown, LengthConstraint("length", "greater", shape.min));
  if (Above(shape, length)) Add(shape, shown, LengthConstraint("length", "less", shape.max));
}

void Validation::CheckList(const Shape& shape, const void* value) {
  const std::size_t size = shape.list->size(value);
  if (Below(shape, size) || Above(shape, size)) CheckLength(shape, size, ShowList(shape, value));
  if (shape.element->kind != Kind::kString) return;
  for (std::size_t i = 0; i < size; ++i) {
    const auto& text = *static_cast<const std::string*>(shape.list->at(value, i));
    if (FitsString(*shape.element, text)) continue;
    Add(*shape.element, ShowList(shape, value),
        "Member must satisfy constraint: " + AllConstraints(*shape.element));
    return;
  }
}

void Validation::CheckMap(const Shape& shape, const void* value) {
  struct Found {
    const Shape& shape;
    std::string shown = {};
    bool bad_key = false;
    bool bad_value = false;
  } found{shape};
  shape.map->each(
      value,
      [](void* state, const std::string& key, const void* element) {
        auto& to = *static_cast<Found*>(state);
        to.bad_key |= !FitsString(*to.shape.key, key);
        if (!to.shown.empty()) to.shown += ", ";
        to.shown += key;
        if (to.shape.element->kind != Kind::kString) return;
        const auto& text = *static_cast<const std::string*>(element);
        to.shown += "=" + text;
        to.bad_value |= !FitsString(*to.shape.element, text);
      },
      &found);
  const std::string shown = "{" + found.shown + "}";
  CheckLength(shape, shape.map->size(value), shown);
  if (found.bad_key)
    Add(shape, shown, "Map keys must satisfy constraint: " + AllConstraints(*shape.key));
  if (found.bad_value)
    Add(shape, shown, "Map value must satisfy constraint: " + AllConstraints(*shape.element));
}

void Validation::Check(const Shape& shape, const void* value) {
  switch (shape.kind) {
    case Kind::kString: {
      const auto& text = *static_cast<const std::string*>(value);
      CheckLength(shape, Utf16Length(text), text);
      if (!shape.pcre_pattern.empty() && !MatchesPattern(shape.pcre_pattern, text))
        Add(shape, text, PatternConstraint(shape));
      if (!shape.enum_values.empty() &&
          std::ranges::find(shape.enum_values, text) == shape.enum_values.end())
        Add(shape, text, EnumConstraint(shape));
      return;
    }
    case Kind::kBlob:
      CheckLength(shape, static_cast<const std::string*>(value)->size(), shape.name);
      return;
    case Kind::kInteger:
    case Kind::kLong: {
      const std::int64_t number = shape.kind == Kind::kLong
                                      ? *static_cast<const std::int64_t*>(value)
                                      : *static_cast<const std::int32_t*>(value);
      const std::string shown = fmt::format("{}", number);
      if (number < shape.min) Add(shape, shown, LengthConstraint("value", "greater", shape.min));
      if (number > shape.max) Add(shape, shown, LengthConstraint("value", "less", shape.max));
      return;
    }
    case Kind::kFloat:
    case Kind::kDouble: {
      const double number = *static_cast<const double*>(value);
      const std::string shown = fmt::format("{}", number);
      if (shape.min != Shape::kNoMin && number < static_cast<double>(shape.min))
        Add(shape, shown, LengthConstraint("value", "greater", shape.min));
      if (shape.max != Shape::kNoMax && number > static_cast<double>(shape.max))
        Add(shape, shown, LengthConstraint("value", "less", shape.max));
      return;
    }
    case Kind::kList:
      CheckList(shape, value);
      return;
    case Kind::kMap:
      CheckMap(shape, value);
      return;
    case Kind::kBoolean:
    case Kind::kTimestamp:
    case Kind::kDocument:
    case Kind::kStructure:
      return;
  }
}

}  // namespace owlet::protocol
