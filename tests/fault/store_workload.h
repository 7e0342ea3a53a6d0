#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/clock.h"
#include "core/access/authorizer.h"
#include "core/kv/data_folder.h"
#include "core/kv/key_value_store.h"
#include "core/store/object_store.h"

namespace owlet::fault {

/// An object store on a data folder.
struct OpenStore {
  explicit OpenStore(const std::filesystem::path& root);
  kv::DataFolder folder;
  std::unique_ptr<kv::KeyValueStore> kv;
  access::AllowAll authorizer;
  SystemClock clock;
  std::unique_ptr<store::ObjectStore> store;
};

/// Makes the bucket when it is not there.
void PrepareBucket(OpenStore& store);

/// Puts, copies, deletes, uploads in parts and publishes without end, from several threads, and
/// appends to the file `log` what it is about to do and what was acknowledged. `round` makes its
/// bytes differ from those of other rounds.
[[noreturn]] void RunWorkload(OpenStore& store, const std::filesystem::path& log,
                              std::uint32_t round);

/// Compares the store with what the log of all rounds says: every acknowledged state is there, byte
/// for byte, or that of the one step of its place which was under way. Reports to GoogleTest. The
/// number of acknowledged steps.
std::size_t VerifyWorkload(OpenStore& store, const std::filesystem::path& log);

}  // namespace owlet::fault
