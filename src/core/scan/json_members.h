#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/scan/json_walk.h"

namespace owlet::scan {

/// The members that a walk meets, by their names as they stand in the text. Bounded. Not
/// thread-safe; the members stay where they are.
class JsonMembers {
 public:
  /// Names beyond these share a member, or make their records odd, as the user likes.
  static constexpr std::uint32_t kMost = 1024;

  JsonMembers();

  /// Its number, or kStart when it was not added.
  [[nodiscard]] std::uint32_t Find(std::string_view name) const;
  /// A new member of this name, which was not found; kStart when there is no room.
  std::uint32_t Add(std::string_view name);

  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(names_.size()); }
  [[nodiscard]] JsonMember* data() { return members_.get(); }
  [[nodiscard]] JsonMember& operator[](std::uint32_t number) { return members_[number]; }
  [[nodiscard]] const std::string& name(std::uint32_t number) const { return names_[number]; }

 private:
  static constexpr std::size_t kBuckets = std::size_t{kMost} * 2;

  std::unique_ptr<JsonMember[]> members_;
  std::vector<std::string> names_;  // [0] is kStart's
  std::array<std::uint16_t, kBuckets> buckets_{};
};

}  // namespace owlet::scan
