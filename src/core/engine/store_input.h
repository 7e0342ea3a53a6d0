#pragma once

#include <vector>

#include "core/engine/file_listing.h"
#include "core/scan/byte_source.h"
#include "core/store/object_store.h"

namespace owlet::engine {

class StatementState;

/// Files of the store as core/scan reads them: opened for the statement's identity, their bytes
/// counted for it. The statement must outlive them.
[[nodiscard]] std::vector<scan::InputFile> StoreInputs(const std::vector<ListedFile>& files,
                                                       StatementState& statement);

/// The same outside of a statement (schema inference); `principal` must outlive them.
[[nodiscard]] std::vector<scan::InputFile> StoreInputs(const std::vector<FoundFile>& files,
                                                       const store::ObjectStore& objects,
                                                       const access::Principal& principal);

}  // namespace owlet::engine
