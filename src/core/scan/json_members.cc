#include "core/scan/json_members.h"

#include <cstring>

namespace owlet::scan {

namespace {

template <class Word>
std::uint64_t Load(const char* at) {
  Word word;
  std::memcpy(&word, at, sizeof(word));
  return word;
}

// Of both ends and the size: names of one kind of record seldom agree in all three.
std::size_t HashOf(std::string_view name) {
  const char* const at = name.data();
  const std::size_t size = name.size();
  std::uint64_t head = 0, tail = 0;
  if (size >= 8) {
    head = Load<std::uint64_t>(at);
    tail = Load<std::uint64_t>(at + size - 8);
  } else if (size >= 4) {
    head = Load<std::uint32_t>(at);
    tail = Load<std::uint32_t>(at + size - 4);
  } else if (size > 0) {
    head = static_cast<unsigned char>(at[0]) | (Load<std::uint8_t>(at + size / 2) << 8);
    tail = static_cast<unsigned char>(at[size - 1]);
  }
  constexpr std::uint64_t kMix = 0x9E3779B97F4A7C15;
  const std::uint64_t mixed = ((head * kMix) ^ (tail + size)) * kMix;
  return mixed >> 40;
}

}  // namespace

JsonMembers::JsonMembers() : members_(std::make_unique<JsonMember[]>(kMost)), names_(1) {}

std::uint32_t JsonMembers::Find(std::string_view name) const {
  for (std::size_t i = HashOf(name) % kBuckets; buckets_[i] != 0; i = (i + 1) % kBuckets) {
    if (names_[buckets_[i]] == name) return buckets_[i];
  }
  return JsonMember::kStart;
}

std::uint32_t JsonMembers::Add(std::string_view name) {
  if (size() == kMost) return JsonMember::kStart;
  std::size_t bucket = HashOf(name) % kBuckets;
  while (buckets_[bucket] != 0) bucket = (bucket + 1) % kBuckets;
  buckets_[bucket] = static_cast<std::uint16_t>(size());
  names_.emplace_back(name);
  return size() - 1;
}

}  // namespace owlet::scan
