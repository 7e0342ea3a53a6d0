#include "core/engine/functions/quantile_digest.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace owlet::engine {

namespace {

constexpr std::uint64_t kSign = std::uint64_t{1} << 63;
constexpr int kAllBits = 64;
constexpr double kNoWeight = 1e-5;

std::uint64_t ToBits(std::int64_t value) { return static_cast<std::uint64_t>(value) ^ kSign; }
std::int64_t ToValue(std::uint64_t bits) { return static_cast<std::int64_t>(bits ^ kSign); }

bool SameBranch(std::uint64_t left, std::uint64_t right, int level) {
  return level == kAllBits || left >> level == right >> level;
}

bool GoesRight(std::uint64_t bits, int level) { return (bits >> (level - 1) & 1) != 0; }

std::int64_t UpperBound(std::uint64_t bits, int level) {
  const std::uint64_t open =
      level == kAllBits ? ~std::uint64_t{0} : (std::uint64_t{1} << level) - 1;
  return ToValue(bits | open);
}

template <class T>
void Put(std::string& bytes, T value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

template <class T>
T Get(std::string_view bytes, std::size_t at) {
  T value{};
  std::memcpy(&value, bytes.data() + at, sizeof(T));
  return value;
}

}  // namespace

std::int64_t QuantileDigest::SortableBits(double value) {
  const auto bits = std::bit_cast<std::int64_t>(value);
  return bits ^ ((bits >> 63) & std::numeric_limits<std::int64_t>::max());
}

double QuantileDigest::FromSortableBits(std::int64_t bits) {
  return std::bit_cast<double>(bits ^ ((bits >> 63) & std::numeric_limits<std::int64_t>::max()));
}

int QuantileDigest::CompressionFactor() const {
  if (root_ == kNone) return 1;
  const double levels = nodes_[static_cast<std::size_t>(root_)].level + 1;
  return std::max(static_cast<int>(levels / accuracy_), 1);
}

int QuantileDigest::NewNode(std::uint64_t bits, int level, double count) {
  total_ += count;
  const Node node{.bits = bits, .level = level, .count = count};
  if (!free_.empty()) {
    const int at = free_.back();
    free_.pop_back();
    nodes_[static_cast<std::size_t>(at)] = node;
    return at;
  }
  nodes_.push_back(node);
  return static_cast<int>(nodes_.size()) - 1;
}

/// A parent of two nodes, at the bit where they part.
int QuantileDigest::Join(int first, int second) {
  const std::uint64_t a = nodes_[static_cast<std::size_t>(first)].bits;
  const std::uint64_t b = nodes_[static_cast<std::size_t>(second)].bits;
  const int level = kAllBits - std::countl_zero(a ^ b);
  const int parent = NewNode(a, level, 0);
  Node& node = nodes_[static_cast<std::size_t>(parent)];
  const bool right = GoesRight(a, level);
  node.left = right ? second : first;
  node.right = right ? first : second;
  return parent;
}

void QuantileDigest::Insert(std::uint64_t bits, double weight) {
  if (weight < kNoWeight) return;
  int parent = kNone;
  bool right = false;
  int current = root_;
  const auto hang = [&](int child) {
    if (parent == kNone) {
      root_ = child;
    } else {
      Node& node = nodes_[static_cast<std::size_t>(parent)];
      (right ? node.right : node.left) = child;
    }
  };
  while (current != kNone) {
    Node& node = nodes_[static_cast<std::size_t>(current)];
    if (!SameBranch(bits, node.bits, node.level)) {
      hang(Join(current, NewNode(bits, 0, weight)));
      return;
    }
    if (node.level == 0) {
      node.count += weight;
      total_ += weight;
      return;
    }
    parent = current;
    right = GoesRight(bits, node.level);
    current = right ? node.right : node.left;
  }
  hang(NewNode(bits, 0, weight));
}

void QuantileDigest::Add(std::int64_t value, double weight) {
  minimum_ = std::min(minimum_, value);
  maximum_ = std::max(maximum_, value);
  const double before = total_;
  Insert(ToBits(value), weight);
  const int factor = CompressionFactor();
  if (static_cast<std::int64_t>(before) / factor != static_cast<std::int64_t>(total_) / factor) {
    Compress();
  }
}

int QuantileDigest::Copy(const QuantileDigest& other, int other_node) {
  if (other_node == kNone) return kNone;
  const Node& source = other.nodes_[static_cast<std::size_t>(other_node)];
  const int node = NewNode(source.bits, source.level, source.count);
  const int left = Copy(other, source.left);
  const int right = Copy(other, source.right);
  nodes_[static_cast<std::size_t>(node)].left = left;
  nodes_[static_cast<std::size_t>(node)].right = right;
  return node;
}

int QuantileDigest::MergeNodes(int node, const QuantileDigest& other, int other_node) {
  if (other_node == kNone) return node;
  if (node == kNone) return Copy(other, other_node);
  const Node mine = nodes_[static_cast<std::size_t>(node)];
  const Node& theirs = other.nodes_[static_cast<std::size_t>(other_node)];
  if (!SameBranch(mine.bits, theirs.bits, std::max(mine.level, theirs.level))) {
    return Join(node, Copy(other, other_node));
  }
  if (mine.level > theirs.level) {
    const bool right = GoesRight(theirs.bits, mine.level);
    const int child = MergeNodes(right ? mine.right : mine.left, other, other_node);
    Node& kept = nodes_[static_cast<std::size_t>(node)];
    (right ? kept.right : kept.left) = child;
    return node;
  }
  if (mine.level < theirs.level) {
    const bool mine_right = GoesRight(mine.bits, theirs.level);
    const int left = mine_right ? Copy(other, theirs.left) : MergeNodes(node, other, theirs.left);
    const int right =
        mine_right ? MergeNodes(node, other, theirs.right) : Copy(other, theirs.right);
    const int parent = NewNode(theirs.bits, theirs.level, theirs.count);
    nodes_[static_cast<std::size_t>(parent)].left = left;
    nodes_[static_cast<std::size_t>(parent)].right = right;
    return parent;
  }
  total_ += theirs.count;
  nodes_[static_cast<std::size_t>(node)].count += theirs.count;
  const int left = MergeNodes(mine.left, other, theirs.left);
  const int right = MergeNodes(mine.right, other, theirs.right);
  nodes_[static_cast<std::size_t>(node)].left = left;
  nodes_[static_cast<std::size_t>(node)].right = right;
  return node;
}

void QuantileDigest::Merge(const QuantileDigest& other) {
  root_ = MergeNodes(root_, other, other.root_);
  minimum_ = std::min(minimum_, other.minimum_);
  maximum_ = std::max(maximum_, other.maximum_);
  Compress();
}

/// Takes a node's weight away, and the node where its children allow: what stands in its place.
int QuantileDigest::Drop(int node) {
  Node& dropped = nodes_[static_cast<std::size_t>(node)];
  if (dropped.left != kNone && dropped.right != kNone) {
    dropped.count = 0;
    return node;
  }
  free_.push_back(node);
  return dropped.left != kNone ? dropped.left : dropped.right;
}

/// Folds light children into their parents, from the leaves up.
int QuantileDigest::Compress(int at, double bound) {
  if (at == kNone) return kNone;
  Node& node = nodes_[static_cast<std::size_t>(at)];
  if (node.left == kNone && node.right == kNone) return at;
  Compress(node.left, bound);
  Compress(node.right, bound);
  const auto count_of = [&](int child) {
    return child == kNone ? 0.0 : nodes_[static_cast<std::size_t>(child)].count;
  };
  const double left = count_of(node.left);
  const double right = count_of(node.right);
  const bool fold = node.count + left + right < bound;
  if (node.left != kNone && (fold || left < kNoWeight)) {
    node.left = Drop(node.left);
    node.count += left;
  }
  if (node.right != kNone && (fold || right < kNoWeight)) {
    node.right = Drop(node.right);
    node.count += right;
  }
  return at;
}

void QuantileDigest::Compress() {
  Compress(root_, std::floor(total_ / CompressionFactor()));
  if (root_ != kNone && nodes_[static_cast<std::size_t>(root_)].count < kNoWeight) {
    root_ = Drop(root_);
  }
}

bool QuantileDigest::Walk(int at, const std::function<bool(const Node&)>& visit) const {
  if (at == kNone) return true;
  const Node& node = nodes_[static_cast<std::size_t>(at)];
  return Walk(node.left, visit) && Walk(node.right, visit) && visit(node);
}

std::vector<std::int64_t> QuantileDigest::ValuesAt(const std::vector<double>& quantiles) const {
  std::vector<std::int64_t> values;
  double sum = 0;
  Walk(root_, [&](const Node& node) {
    sum += node.count;
    while (values.size() < quantiles.size() && sum > quantiles[values.size()] * total_) {
      values.push_back(std::min(UpperBound(node.bits, node.level), maximum_));
    }
    return values.size() < quantiles.size();
  });
  values.resize(quantiles.size(), maximum_);
  return values;
}

std::optional<double> QuantileDigest::QuantileAt(std::int64_t value) const {
  if (total_ == 0 || value < minimum_ || value > maximum_) return std::nullopt;
  double sum = 0;
  Walk(root_, [&](const Node& node) {
    if (value <= UpperBound(node.bits, node.level)) return false;
    sum += node.count;
    return true;
  });
  return sum / total_;
}

int QuantileDigest::CountNodes(int node) const {
  int count = 0;
  Walk(node, [&](const Node&) { return ++count > 0; });
  return count;
}

std::string QuantileDigest::Serialize() {
  Compress();
  std::string bytes(1, '\0');
  Put(bytes, accuracy_);
  Put(bytes, 0.0);              // no decay
  Put(bytes, std::int64_t{0});  // and so no landmark
  Put(bytes, minimum_);
  Put(bytes, maximum_);
  Put(bytes, static_cast<std::int32_t>(CountNodes(root_)));
  Walk(root_, [&](const Node& node) {
    const int shape = std::max(node.level - 1, 0) << 2 | (node.left != kNone ? 1 : 0) |
                      (node.right != kNone ? 2 : 0);
    bytes += static_cast<char>(shape);
    Put(bytes, node.count);
    Put(bytes, node.bits);
    return true;
  });
  return bytes;
}

std::optional<QuantileDigest> QuantileDigest::Parse(std::string_view bytes) {
  constexpr std::size_t kHead = 1 + 5 * 8 + 4;
  constexpr std::size_t kNode = 1 + 8 + 8;
  if (bytes.size() < kHead || bytes[0] != 0) return std::nullopt;
  QuantileDigest digest(Get<double>(bytes, 1));
  digest.minimum_ = Get<std::int64_t>(bytes, 25);
  digest.maximum_ = Get<std::int64_t>(bytes, 33);
  const auto count = static_cast<std::size_t>(Get<std::uint32_t>(bytes, 41));
  if (bytes.size() - kHead != count * kNode || !(digest.accuracy_ > 0)) return std::nullopt;
  std::vector<int> pending;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = kHead + i * kNode;
    const auto shape = static_cast<std::uint8_t>(bytes[at]);
    const bool has_left = (shape & 1) != 0;
    const bool has_right = (shape & 2) != 0;
    const int level = (shape >> 2) + (has_left || has_right ? 1 : 0);
    const int node =
        digest.NewNode(Get<std::uint64_t>(bytes, at + 9), level, Get<double>(bytes, at + 1));
    for (const bool right : {true, false}) {
      if (right ? !has_right : !has_left) continue;
      if (pending.empty()) return std::nullopt;
      Node& parent = digest.nodes_[static_cast<std::size_t>(node)];
      (right ? parent.right : parent.left) = pending.back();
      pending.pop_back();
    }
    pending.push_back(node);
  }
  if (pending.size() > 1) return std::nullopt;
  if (!pending.empty()) digest.root_ = pending.back();
  return digest;
}

}  // namespace owlet::engine
