#include "core/engine/store_file_system.h"

#include <duckdb/common/file_opener.hpp>
#include <span>
#include <utility>

#include "core/engine/error_carrying.h"
#include "core/engine/statement_state.h"

namespace owlet::engine {

namespace {

/// An open object: one that is read or one that is being written.
class StoreFileHandle final : public duckdb::FileHandle {
 public:
  StoreFileHandle(duckdb::FileSystem& system, const std::string& uri,
                  duckdb::FileOpenFlags open_flags, duckdb::shared_ptr<StatementState> statement)
      : FileHandle(system, uri, open_flags), statement_(std::move(statement)) {}

  ~StoreFileHandle() override = default;

  /// A file that is not closed was given up by an error: its bytes are dropped with the writer.
  void Close() override {
    if (!writer) return;
    auto body = writer->Finish();
    writer.reset();
    if (!body) RaiseDialectError(std::move(body).error());
    statement_->KeepBody(path, std::move(*body));
  }

  StatementState& statement() { return *statement_; }
  std::optional<store::ObjectReader> reader;
  std::optional<store::BodyWriter> writer;
  duckdb::idx_t position = 0;

 private:
  duckdb::shared_ptr<StatementState> statement_;
};

StoreFileHandle& Handle(duckdb::FileHandle& handle) { return handle.Cast<StoreFileHandle>(); }

duckdb::shared_ptr<StatementState> FindStatement(duckdb::optional_ptr<duckdb::FileOpener> opener) {
  auto context = duckdb::FileOpener::TryGetClientContext(opener);
  auto state =
      context ? context->registered_state->Get<StatementState>(StatementState::kKey) : nullptr;
  if (!state) throw duckdb::PermissionException("no statement of owlet runs here");
  return state;
}

store::ObjectPath ParsePath(const std::string& path) {
  auto parsed = store::ObjectPath::ParseUri(path);
  if (!parsed) RaiseDialectError(std::move(parsed).error());
  return *std::move(parsed);
}

}  // namespace

duckdb::unique_ptr<duckdb::FileHandle> StoreFileSystem::OpenFile(
    const duckdb::string& path, duckdb::FileOpenFlags flags,
    duckdb::optional_ptr<duckdb::FileOpener> opener) {
  auto statement = FindStatement(opener);
  auto handle = duckdb::make_uniq<StoreFileHandle>(*this, path, flags, statement);
  if (flags.OpenForWriting()) {
    auto writer = statement->objects().NewBody();
    if (!writer) RaiseDialectError(std::move(writer).error());
    handle->writer.emplace(*std::move(writer));
    return handle;
  }
  const store::ObjectPath object = ParsePath(path);
  auto reader = statement->objects().Open(statement->principal(), object.bucket, object.key);
  if (!reader) {
    if (flags.ReturnNullIfNotExists() && reader.error().reason == Reason::kObjectNotFound) {
      return nullptr;
    }
    RaiseDialectError(std::move(reader).error());
  }
  handle->reader.emplace(*std::move(reader));
  return handle;
}

void StoreFileSystem::Read(duckdb::FileHandle& handle, void* buffer, int64_t nr_bytes,
                           duckdb::idx_t location) {
  StoreFileHandle& file = Handle(handle);
  const std::span bytes(static_cast<std::byte*>(buffer), static_cast<std::size_t>(nr_bytes));
  auto read = file.reader->ReadAt(location, bytes);
  if (!read) RaiseDialectError(std::move(read).error());
  file.statement().CountBytes(*read);
  if (*read != bytes.size()) {
    throw duckdb::IOException("\"%s\" ends before byte %llu", file.path, location + bytes.size());
  }
}

int64_t StoreFileSystem::Read(duckdb::FileHandle& handle, void* buffer, int64_t nr_bytes) {
  StoreFileHandle& file = Handle(handle);
  const std::span bytes(static_cast<std::byte*>(buffer), static_cast<std::size_t>(nr_bytes));
  auto read = file.reader->ReadAt(file.position, bytes);
  if (!read) RaiseDialectError(std::move(read).error());
  file.statement().CountBytes(*read);
  file.position += *read;
  return static_cast<int64_t>(*read);
}

int64_t StoreFileSystem::Write(duckdb::FileHandle& handle, void* buffer, int64_t nr_bytes) {
  StoreFileHandle& file = Handle(handle);
  const auto status = file.writer->Append(
      std::span(static_cast<const std::byte*>(buffer), static_cast<std::size_t>(nr_bytes)));
  if (!status) RaiseDialectError(status.error());
  return nr_bytes;
}

void StoreFileSystem::Write(duckdb::FileHandle& handle, void* buffer, int64_t nr_bytes,
                            duckdb::idx_t location) {
  if (location != Handle(handle).writer->size()) {
    throw duckdb::NotImplementedException("objects are written from their beginning to their end");
  }
  Write(handle, buffer, nr_bytes);
}

int64_t StoreFileSystem::GetFileSize(duckdb::FileHandle& handle) {
  StoreFileHandle& file = Handle(handle);
  return static_cast<int64_t>(file.reader ? file.reader->size()
                                          : (file.writer ? file.writer->size() : 0));
}

duckdb::timestamp_t StoreFileSystem::GetLastModifiedTime(duckdb::FileHandle& handle) {
  StoreFileHandle& file = Handle(handle);
  return duckdb::timestamp_t(file.reader ? file.reader->info().modified.time_since_epoch().count()
                                         : 0);
}

duckdb::string StoreFileSystem::GetVersionTag(duckdb::FileHandle& handle) {
  StoreFileHandle& file = Handle(handle);
  if (!file.reader || file.reader->info().generation == 0) return "";
  return std::to_string(file.reader->info().generation);
}

duckdb::FileType StoreFileSystem::GetFileType(duckdb::FileHandle&) {
  return duckdb::FileType::FILE_TYPE_REGULAR;
}

// Lists of files come from file_listing.h; what reaches DuckDB names one object each.
duckdb::vector<duckdb::OpenFileInfo> StoreFileSystem::Glob(const duckdb::string& path,
                                                           duckdb::FileOpener*) {
  return {duckdb::OpenFileInfo(path)};
}

bool StoreFileSystem::FileExists(const duckdb::string& path,
                                 duckdb::optional_ptr<duckdb::FileOpener> opener) {
  auto statement = FindStatement(opener);
  auto object = store::ObjectPath::ParseUri(path);
  return object &&
         statement->objects().Head(statement->principal(), object->bucket, object->key).has_value();
}

void StoreFileSystem::Seek(duckdb::FileHandle& handle, duckdb::idx_t location) {
  Handle(handle).position = location;
}

duckdb::idx_t StoreFileSystem::SeekPosition(duckdb::FileHandle& handle) {
  StoreFileHandle& file = Handle(handle);
  return file.writer ? file.writer->size() : file.position;
}

bool StoreFileSystem::CanHandleFile(const duckdb::string& path) {
  return path.starts_with("s3://") || path.starts_with("s3a://") || path.starts_with("s3n://") ||
         path.starts_with("hdfs://") || path.starts_with("file:///");
}

}  // namespace owlet::engine
