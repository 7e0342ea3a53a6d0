#include "core/kv/key_value_store.h"

#include <fmt/format.h>
#include <rocksdb/env.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>
#include <sys/statvfs.h>

#include <map>
#include <vector>

#include "base/check.h"
#include "base/log.h"
#include "base/mutex.h"
#include "core/kv/rocks.h"

namespace owlet::kv {
namespace {

// Below this the store refuses writes by itself, so that RocksDB's own files always find room and
// reading, deleting and a clean stop go on: one flush of all write buffers, and the next log, which
// is allocated ahead. A log that hits the end of the disk ends the process (an assertion).
std::uint64_t ReservedBytes(const OpenOptions& options) { return 2 * options.write_buffer_bytes; }

}  // namespace

std::string PrefixEnd(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty()) {
    const auto last = static_cast<unsigned char>(end.back());
    if (last != 0xff) {
      end.back() = static_cast<char>(last + 1);
      return end;
    }
    end.pop_back();
  }
  return end;
}

void AppendBigEndian(std::string& out, std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}

std::uint64_t ReadBigEndian(std::string_view bytes) {
  OWLET_CHECK(bytes.size() >= 8);
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i) {
    value = value << 8 | static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)]);
  }
  return value;
}

Snapshot::Snapshot(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Snapshot::~Snapshot() = default;
Snapshot::Snapshot(Snapshot&&) noexcept = default;
Snapshot& Snapshot::operator=(Snapshot&&) noexcept = default;

Scanner::Scanner(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Scanner::~Scanner() = default;
Scanner::Scanner(Scanner&&) noexcept = default;
Scanner& Scanner::operator=(Scanner&&) noexcept = default;
bool Scanner::Valid() const { return impl_->iterator->Valid(); }
void Scanner::Next() { impl_->iterator->Next(); }
void Scanner::Seek(std::string_view key) { impl_->iterator->Seek(ToSlice(key)); }
void Scanner::SeekToLast() { impl_->iterator->SeekToLast(); }
std::string_view Scanner::key() const { return ToView(impl_->iterator->key()); }
std::string_view Scanner::value() const { return ToView(impl_->iterator->value()); }
Status Scanner::status() const { return ToStatus(impl_->iterator->status(), "scan"); }

class KeyValueStore::Impl {
 public:
  explicit Impl(OpenOptions options, std::unique_ptr<rocksdb::Env> memory)
      : options_(std::move(options)), memory_(std::move(memory)) {}
  ~Impl() {
    for (rocksdb::ColumnFamilyHandle* column : columns_) {
      if (db_->DestroyColumnFamilyHandle(column).ok()) continue;
      log::warn("the key-value store did not close a column");
    }
    if (db_ && !db_->Close().ok()) log::warn("the key-value store did not close cleanly");
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Status Open() {
    rocksdb::Options database = DescribeDatabase(options_);
    if (memory_) database.env = memory_.get();
    rocksdb::DB* opened = nullptr;
    const rocksdb::Status status = rocksdb::DB::Open(database, options_.folder.string(),
                                                     DescribeColumns(options_), &columns_, &opened);
    db_.reset(opened);
    return ToStatus(status, "open the key-value store");
  }

  rocksdb::DB& db() const { return *db_; }
  rocksdb::ColumnFamilyHandle* column(Column column) const {
    return columns_[static_cast<std::size_t>(column)];
  }

  Result<std::optional<std::string>> Get(Column which, std::string_view key,
                                         const rocksdb::Snapshot* snapshot) const {
    rocksdb::ReadOptions read;
    read.snapshot = snapshot;
    rocksdb::PinnableSlice value;
    const rocksdb::Status status = db_->Get(read, column(which), ToSlice(key), &value);
    if (status.IsNotFound()) return std::nullopt;
    OWLET_CHECK_OK(ToStatus(status, "read from the key-value store"));
    return value.ToString();
  }

  Status Update(const std::function<Status(Transaction&)>& body, Reserve reserve);

 private:
  Status CheckRoom() const {
    struct statvfs room{};
    if (memory_ || statvfs(options_.folder.c_str(), &room) != 0) return {};
    if (room.f_flag & ST_RDONLY) {
      return Fail(Reason::kReadOnly,
                  fmt::format("the file system is read-only: {}", options_.folder.string()));
    }
    const std::uint64_t reserved = ReservedBytes(options_);
    if (static_cast<std::uint64_t>(room.f_bavail) * room.f_frsize >= reserved) return {};
    return Fail(Reason::kStorageFull,
                fmt::format("the disk is full: less than {} MiB are left under {}", reserved >> 20,
                            options_.folder.string()));
  }

  OpenOptions options_;
  std::unique_ptr<rocksdb::Env> memory_;
  std::vector<rocksdb::ColumnFamilyHandle*> columns_;
  std::unique_ptr<rocksdb::DB> db_;
  Mutex writer_;
  bool failed_ GUARDED_BY(writer_) = false;
  SyncGroup syncs_{[this] { return ToStatus(db_->SyncWAL(), "sync the key-value store"); }};
};

/// Collects the writes in a batch, and beside it what reads inside the transaction must see.
class KeyValueStore::UpdateTransaction final : public Transaction {
 public:
  explicit UpdateTransaction(const Impl& store) : store_(store) {}

  Result<std::optional<std::string>> Get(Column column, std::string_view key) override {
    if (const auto found = own_.find({column, std::string(key)}); found != own_.end()) {
      return found->second;
    }
    for (const auto& [in, lower, upper] : cleared_) {
      if (in == column && key >= lower && key < upper) return std::nullopt;
    }
    return store_.Get(column, key, nullptr);
  }
  void Put(Column column, std::string_view key, std::string_view value) override {
    Note(batch_.Put(store_.column(column), ToSlice(key), ToSlice(value)));
    own_.insert_or_assign({column, std::string(key)}, std::string(value));
  }
  void Delete(Column column, std::string_view key) override {
    Note(batch_.Delete(store_.column(column), ToSlice(key)));
    own_.insert_or_assign({column, std::string(key)}, std::nullopt);
  }
  void DeleteRange(Column column, std::string_view lower, std::string_view upper) override {
    Note(batch_.DeleteRange(store_.column(column), ToSlice(lower), ToSlice(upper)));
    own_.erase(own_.lower_bound({column, std::string(lower)}),
               own_.lower_bound({column, std::string(upper)}));
    cleared_.push_back({column, std::string(lower), std::string(upper)});
  }
  Scanner Scan(Column column, std::string_view lower, std::string_view upper) override {
    return Scanner(std::make_unique<Scanner::Impl>(&store_.db(), store_.column(column), lower,
                                                   upper, nullptr));
  }

  rocksdb::WriteBatch& batch() { return batch_; }
  const rocksdb::Status& status() const { return status_; }

 private:
  struct Cleared {
    Column column;
    std::string lower, upper;
  };
  void Note(const rocksdb::Status& status) {
    if (status_.ok()) status_ = status;
  }

  const Impl& store_;
  rocksdb::WriteBatch batch_;
  rocksdb::Status status_;
  std::map<std::pair<Column, std::string>, std::optional<std::string>> own_;
  std::vector<Cleared> cleared_;
};

Status KeyValueStore::Impl::Update(const std::function<Status(Transaction&)>& body,
                                   Reserve reserve) {
  std::uint64_t ticket = 0;
  {
    MutexLock lock(writer_);
    if (reserve == Reserve::kKeep) OWLET_CHECK_OK(CheckRoom());
    UpdateTransaction transaction(*this);
    OWLET_CHECK_OK(body(transaction));
    OWLET_CHECK_OK(ToStatus(transaction.status(), "collect writes"));
    if (transaction.batch().Count() == 0) return {};
    if (failed_) {
      // RocksDB stops writing after an error of the disk until it is told to try again.
      OWLET_CHECK_OK(ToStatus(db_->Resume(), "write again to the key-value store"));
      failed_ = false;
    }
    const rocksdb::Status status = db_->Write(rocksdb::WriteOptions(), &transaction.batch());
    failed_ = !status.ok();
    OWLET_CHECK_OK(ToStatus(status, "write to the key-value store"));
    ticket = syncs_.Wrote();
  }
  if (memory_) return {};
  Status synced = syncs_.WaitUntilSynced(ticket);
  if (!synced) {
    MutexLock lock(writer_);
    failed_ = true;
  }
  return synced;
}

Result<std::unique_ptr<KeyValueStore>> KeyValueStore::Open(const OpenOptions& options) {
  auto impl = std::make_unique<Impl>(options, nullptr);
  OWLET_CHECK_OK(impl->Open());
  return std::make_unique<KeyValueStore>(std::move(impl));
}

Result<std::unique_ptr<KeyValueStore>> KeyValueStore::OpenInMemory() {
  OpenOptions options;
  options.folder = "/memory";
  std::unique_ptr<rocksdb::Env> memory(rocksdb::NewMemEnv(rocksdb::Env::Default()));
  auto impl = std::make_unique<Impl>(options, std::move(memory));
  OWLET_CHECK_OK(impl->Open());
  return std::make_unique<KeyValueStore>(std::move(impl));
}

KeyValueStore::KeyValueStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
KeyValueStore::~KeyValueStore() = default;

Result<std::optional<std::string>> KeyValueStore::Get(Column column, std::string_view key,
                                                      const Snapshot* snapshot) const {
  return impl_->Get(column, key, snapshot ? snapshot->impl_->snapshot : nullptr);
}

Scanner KeyValueStore::Scan(Column column, std::string_view lower, std::string_view upper,
                            const Snapshot* snapshot) const {
  return Scanner(std::make_unique<Scanner::Impl>(&impl_->db(), impl_->column(column), lower, upper,
                                                 snapshot ? snapshot->impl_->snapshot : nullptr));
}

Snapshot KeyValueStore::TakeSnapshot() const {
  return Snapshot(std::make_unique<Snapshot::Impl>(&impl_->db(), impl_->db().GetSnapshot()));
}

Status KeyValueStore::Update(const std::function<Status(Transaction&)>& body, Reserve reserve) {
  return impl_->Update(body, reserve);
}

Status KeyValueStore::Checkpoint(const std::filesystem::path& target) const {
  rocksdb::Checkpoint* made = nullptr;
  OWLET_CHECK_OK(
      ToStatus(rocksdb::Checkpoint::Create(&impl_->db(), &made), "prepare a checkpoint"));
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  return ToStatus(checkpoint->CreateCheckpoint(target.string()), "write a checkpoint");
}

}  // namespace owlet::kv
