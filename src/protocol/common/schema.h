#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "protocol/common/box.h"

// What the wire code knows of a service: its shapes, members and operations as constant tables,
// made at build time from the service's published model (codegen/aws). One reader and one writer
// for each protocol walk these tables, so that a shape costs data and no code. The structs that the
// tables describe are plain aggregates in namespace owlet::aws::<service>; a table reaches a
// struct's members by their offset and its containers by the few functions below.

namespace owlet::protocol {

/// Any JSON value, as its text. The services call it a document.
struct Document {
  std::string json;
};

/// The request or reply of an operation that has none.
struct Nothing {};

enum class Kind : std::uint8_t {
  kString,     // std::string; also enums
  kInteger,    // std::int32_t
  kLong,       // std::int64_t
  kFloat,      // double
  kDouble,     // double
  kBoolean,    // bool
  kBlob,       // std::string of any bytes
  kTimestamp,  // Timestamp
  kDocument,   // Document
  kList,       // std::vector
  kMap,        // std::map<std::string, T>
  kStructure,  // a generated struct
};

enum class TimestampFormat : std::uint8_t {
  kDefault,
  kIso8601,         // with milliseconds
  kIso8601Seconds,  // without
  kRfc822,
  kUnix
};

/// Where a member of a request or reply travels; all but rest-* know the body only.
enum class Location : std::uint8_t { kBody, kHeader, kHeaders, kUri, kQuery, kStatus };

/// How to reach into a list of one element type.
struct ListAccess {
  std::size_t (*size)(const void* list);
  const void* (*at)(const void* list, std::size_t index);
  void* (*append)(void* list);
};

/// How to reach into a map of one value type.
struct MapAccess {
  using Visit = void (*)(void* state, const std::string& key, const void* value);
  std::size_t (*size)(const void* map);
  void (*each)(const void* map, Visit visit, void* state);
  void* (*emplace)(void* map, std::string key);
};

/// How a struct holds a member: plain, in std::optional or in Box.
struct Holder {
  const void* (*get)(const void* field);  // null when absent
  void* (*emplace)(void* field);
};

struct Member;

/// One type of the model with its constraints. Constant; all pointers live as long as the program.
struct Shape {
  static constexpr std::int64_t kNoMin = std::numeric_limits<std::int64_t>::min();
  static constexpr std::int64_t kNoMax = std::numeric_limits<std::int64_t>::max();

  Kind kind = Kind::kString;
  std::string_view name;  // the model's
  // Constraints: a length of strings, blobs, lists and maps, a value of numbers.
  std::int64_t min = kNoMin;
  std::int64_t max = kNoMax;
  std::string_view pattern = {};       // as the service words it
  std::string_view pcre_pattern = {};  // the same for PCRE2
  std::span<const std::string_view> enum_values = {};
  bool sensitive = false;  // never shown in a message
  TimestampFormat timestamp_format = TimestampFormat::kDefault;
  // Structures.
  std::span<const Member> members = {};
  std::string_view xml_name = {};  // the element's name where the shape tells it
  std::string_view xml_namespace = {};
  std::string_view xml_namespace_prefix = {};
  // Lists and maps.
  const Shape* element = nullptr;  // the map's value
  const Shape* key = nullptr;
  const ListAccess* list = nullptr;
  const MapAccess* map = nullptr;
  bool flattened = false;
  std::string_view element_name = {};  // "member" and "value" when empty
  std::string_view key_name = {};      // "key" when empty
};

/// One member of a structure.
struct Member {
  std::string_view name;       // the model's
  std::string_view wire_name;  // in the body, header, query or label
  const Shape* shape = nullptr;
  std::size_t offset = 0;
  const Holder* holder = nullptr;
  bool required = false;
  Location location = Location::kBody;
  bool payload = false;  // is the whole body
  bool flattened = false;
  bool xml_attribute = false;
  std::string_view xml_namespace = {};
  std::string_view xml_namespace_prefix = {};
};

/// One operation for which there is typed code.
struct OperationSchema {
  std::string_view name;
  std::string_view method;  // HTTP
  std::string_view uri;     // "/{Bucket}/{Key+}?uploads"
  const Shape* input = nullptr;
  const Shape* output = nullptr;
  int status = 200;                      // of success
  std::string_view result_wrapper = {};  // query
  std::string_view request_root = {};    // rest-xml: the root element of the body
  std::string_view reply_root = {};
  bool unwrapped_reply = false;   // the only member's text stands in the root itself
  bool streaming_input = false;   // the body is the handler's to read; no member holds it
  bool streaming_output = false;  // the body is the handler's to give
  bool body_checksum_required = false;
  // An empty request or reply, for code that knows no types.
  std::shared_ptr<void> (*make_input)() = nullptr;
  std::shared_ptr<void> (*make_output)() = nullptr;
};

/// One error of the model.
struct ErrorSchema {
  std::string_view name;  // the shape's
  std::string_view code;  // on the wire
  int status = 400;
};

/// Any operation of the service's model, typed or not.
struct OperationName {
  std::string_view name;
  std::string_view method;
  std::string_view uri;
  const OperationSchema* typed = nullptr;  // null: known to the service, not built here
  bool deprecated = false;
  // rest-*: what a request of this operation must carry beside its path and static query.
  std::span<const std::string_view> required_query = {};
  std::span<const std::string_view> required_headers = {};
};

struct ServiceSchema {
  std::string_view name;           // "athena"
  std::string_view full_name;      // "Amazon Athena"
  std::string_view signing_name;   // in credential scopes
  std::string_view protocol;       // "json", "rest-json", "query", "rest-xml"
  std::string_view target_prefix;  // "AmazonAthena"
  std::string_view api_version;
  std::string_view xml_namespace;
  std::span<const OperationName> operations;  // all, by name
  std::span<const ErrorSchema> errors;        // by name
  std::span<const Shape* const> shapes;       // all that typed operations reach

  /// The operation of that name, or null.
  [[nodiscard]] const OperationName* Find(std::string_view operation) const;
  /// The error of that shape name, or null.
  [[nodiscard]] const ErrorSchema* FindError(std::string_view error) const;
};

// What the generated tables are built with.

template <class T>
inline constexpr ListAccess kListAccess = {
    .size = [](const void* list) { return static_cast<const std::vector<T>*>(list)->size(); },
    .at = [](const void* list, std::size_t index) -> const void* {
      return &(*static_cast<const std::vector<T>*>(list))[index];
    },
    .append = [](void* list) -> void* {
      return &static_cast<std::vector<T>*>(list)->emplace_back();
    }};

template <class T>
inline constexpr MapAccess kMapAccess = {
    .size =
        [](const void* map) { return static_cast<const std::map<std::string, T>*>(map)->size(); },
    .each =
        [](const void* map, MapAccess::Visit visit, void* state) {
          for (const auto& [key, value] : *static_cast<const std::map<std::string, T>*>(map))
            visit(state, key, &value);
        },
    .emplace = [](void* map, std::string key) -> void* {
      return &(*static_cast<std::map<std::string, T>*>(map))[std::move(key)];
    }};

inline constexpr Holder kPlainHolder = {.get = [](const void* field) { return field; },
                                        .emplace = [](void* field) { return field; }};

/// For std::optional<T> and Box<T>.
template <class Optional>
inline constexpr Holder kOptionalHolder = {
    .get = [](const void* field) -> const void* {
      const auto& optional = *static_cast<const Optional*>(field);
      return optional ? &*optional : nullptr;
    },
    .emplace = [](void* field) -> void* { return &static_cast<Optional*>(field)->emplace(); }};

template <class T>
std::shared_ptr<void> MakeStruct() {
  return std::make_shared<T>();
}

/// The member's value inside `object`, or null when it is absent.
inline const void* Get(const Member& member, const void* object) {
  return member.holder->get(static_cast<const std::byte*>(object) + member.offset);
}

/// A new value for the member inside `object`.
inline void* Emplace(const Member& member, void* object) {
  return member.holder->emplace(static_cast<std::byte*>(object) + member.offset);
}

}  // namespace owlet::protocol
