#include "core/access/request_view.h"

#include "base/ascii.h"

namespace owlet::access {
namespace {

const std::string* FindHeader(const RequestView& request, std::string_view name) {
  for (const auto& [key, value] : request.headers) {
    if (EqualsIgnoringCase(key, name)) return &value;
  }
  return nullptr;
}

}  // namespace

std::string_view RequestView::Header(std::string_view name) const {
  const std::string* value = FindHeader(*this, name);
  return value == nullptr ? std::string_view() : std::string_view(*value);
}

bool RequestView::HasHeader(std::string_view name) const {
  return FindHeader(*this, name) != nullptr;
}

}  // namespace owlet::access
