#pragma once

#include <duckdb.hpp>
#include <duckdb/common/file_system.hpp>

namespace owlet::engine {

/// `s3://` for DuckDB, inside the process: reads and writes of the object store for the identity of
/// the statement that runs (statement_state.h), every byte counted for it. What is written becomes
/// a staged body of the statement, published by no one but Engine::Write. Without a statement there
/// is nothing to see.
class StoreFileSystem final : public duckdb::FileSystem {
 public:
  duckdb::unique_ptr<duckdb::FileHandle> OpenFile(
      const duckdb::string& path, duckdb::FileOpenFlags flags,
      duckdb::optional_ptr<duckdb::FileOpener> opener) override;
  void Read(duckdb::FileHandle& handle, void* buffer, int64_t nr_bytes,
            duckdb::idx_t location) override;
  int64_t Read(duckdb::FileHandle& handle, void* buffer, int64_t nr_bytes) override;
  void Write(duckdb::FileHandle& handle, void* buffer, int64_t nr_bytes,
             duckdb::idx_t location) override;
  int64_t Write(duckdb::FileHandle& handle, void* buffer, int64_t nr_bytes) override;
  int64_t GetFileSize(duckdb::FileHandle& handle) override;
  duckdb::timestamp_t GetLastModifiedTime(duckdb::FileHandle& handle) override;
  duckdb::string GetVersionTag(duckdb::FileHandle& handle) override;
  duckdb::FileType GetFileType(duckdb::FileHandle& handle) override;
  duckdb::vector<duckdb::OpenFileInfo> Glob(const duckdb::string& path,
                                            duckdb::FileOpener* opener) override;
  bool FileExists(const duckdb::string& path,
                  duckdb::optional_ptr<duckdb::FileOpener> opener) override;
  bool DirectoryExists(const duckdb::string&, duckdb::optional_ptr<duckdb::FileOpener>) override {
    return true;  // a bucket has no folders: every prefix is one
  }
  void CreateDirectory(const duckdb::string&, duckdb::optional_ptr<duckdb::FileOpener>) override {}
  void RemoveFile(const duckdb::string&, duckdb::optional_ptr<duckdb::FileOpener>) override {}
  bool TryRemoveFile(const duckdb::string&, duckdb::optional_ptr<duckdb::FileOpener>) override {
    return false;
  }
  bool ListFiles(const duckdb::string&, const std::function<void(const duckdb::string&, bool)>&,
                 duckdb::FileOpener*) override {
    return false;
  }
  void FileSync(duckdb::FileHandle&) override {}
  void Seek(duckdb::FileHandle& handle, duckdb::idx_t location) override;
  duckdb::idx_t SeekPosition(duckdb::FileHandle& handle) override;
  bool CanSeek() override { return true; }
  bool OnDiskFile(duckdb::FileHandle&) override { return true; }
  bool CanHandleFile(const duckdb::string& path) override;
  std::string GetName() const override { return "owlet"; }
};

}  // namespace owlet::engine
