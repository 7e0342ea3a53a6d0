#pragma once

#include <filesystem>

// A disk that keeps exactly what was synced. This program's own fsync and fdatasync stand in front
// of the C library's, for RocksDB's calls too: each one notes, before it returns, what it has made
// durable (a file's bytes, a folder's entries) in a second folder. After a kill, RebuildDisk makes
// of these notes the folder as it would be after a loss of power, when nothing else had reached the
// disk: a file that was not synced since its last write has its old bytes, and one whose folder was
// not synced has no name.

namespace owlet::fault {

/// From now on notes what is synced below `watched`; not undone, so for a child process.
void RecordSyncs(const std::filesystem::path& watched, const std::filesystem::path& notes);

/// Makes `target` of the notes on `watched`.
void RebuildDisk(const std::filesystem::path& watched, const std::filesystem::path& notes,
                 const std::filesystem::path& target);

}  // namespace owlet::fault
