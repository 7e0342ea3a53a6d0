#include "protocol/common/schema.h"

#include <algorithm>

namespace owlet::protocol {
namespace {

template <class T>
const T* FindByName(std::span<const T> sorted, std::string_view name) {
  const auto found = std::ranges::lower_bound(sorted, name, {}, &T::name);
  return found != sorted.end() && found->name == name ? &*found : nullptr;
}

}  // namespace

const OperationName* ServiceSchema::Find(std::string_view operation) const {
  return FindByName(operations, operation);
}

const ErrorSchema* ServiceSchema::FindError(std::string_view error) const {
  return FindByName(errors, error);
}

}  // namespace owlet::protocol
