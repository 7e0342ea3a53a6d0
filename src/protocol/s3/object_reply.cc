#include "protocol/s3/object_reply.h"

#include <algorithm>

namespace owlet::s3 {
namespace {

Result<ObjectView> ChoosePart(const store::ObjectInfo& info, std::int32_t part_number) {
  if (info.parts.empty()) {
    if (part_number == 1) {
      return ObjectView{.range = {.offset = 0, .size = info.size}, .partial = info.size > 0};
    }
  } else {
    std::uint64_t offset = 0;
    // Parts are counted in their order, whatever numbers they were uploaded under.
    std::int32_t position = 1;
    for (const store::PartInfo& part : info.parts) {
      if (position++ == part_number) {
        return ObjectView{
            .range = {.offset = offset, .size = part.size}, .partial = true, .part = &part};
      }
      offset += part.size;
    }
  }
  return Fail(Reason::kRangeNotSatisfiable, "The requested partnumber is not satisfiable",
              "InvalidPartNumber");
}

}  // namespace

Result<ObjectView> ChooseBytes(const store::ObjectInfo& info,
                               const std::optional<std::string>& range,
                               const std::optional<std::int32_t>& part_number) {
  if (range && part_number) {
    return Fail(Reason::kInvalidArgument,
                "Cannot specify both Range header and partNumber query parameter",
                "InvalidRequest");
  }
  if (part_number) return ChoosePart(info, *part_number);
  ObjectView view{.range = {.offset = 0, .size = info.size}};
  if (range) {
    OWLET_TRY(const auto chosen, ParseRange(*range, info.size));
    if (chosen) view = {.range = *chosen, .partial = true};
  }
  return view;
}

}  // namespace owlet::s3
