#include "core/engine/store_input.h"

#include <functional>
#include <utility>

#include "core/engine/statement_state.h"

namespace owlet::engine {

namespace {

class StoreByteSource final : public scan::ByteSource {
 public:
  StoreByteSource(store::ObjectReader reader, StatementState* statement)
      : reader_(std::move(reader)), statement_(statement) {}

  Result<std::size_t> ReadAt(std::uint64_t offset, std::span<std::byte> out) override {
    OWLET_TRY(const std::size_t size, reader_.ReadAt(offset, out));
    if (statement_ != nullptr) statement_->CountBytes(size);
    return size;
  }
  /// Nothing of what is encrypted is kept in the clear.
  std::uint64_t version() const override {
    return reader_.encrypted() ? 0 : reader_.info().generation;
  }
  void CountKnown(std::uint64_t bytes) override {
    if (statement_ != nullptr) statement_->CountBytes(bytes);
  }

 private:
  store::ObjectReader reader_;
  StatementState* statement_;
};

Result<std::unique_ptr<scan::ByteSource>> Open(const std::string& uri,
                                               const store::ObjectStore& objects,
                                               const access::Principal& principal,
                                               StatementState* statement) {
  OWLET_TRY(const store::ObjectPath path, store::ObjectPath::ParseUri(uri));
  OWLET_TRY(store::ObjectReader reader, objects.Open(principal, path.bucket, path.key));
  return std::make_unique<StoreByteSource>(std::move(reader), statement);
}

}  // namespace

std::vector<scan::InputFile> StoreInputs(const std::vector<ListedFile>& files,
                                         StatementState& statement) {
  std::vector<scan::InputFile> inputs;
  for (const ListedFile& file : files) {
    inputs.push_back({file.uri, file.size, file.generation, [&statement, uri = file.uri] {
                        return Open(uri, statement.objects(), statement.principal(), &statement);
                      }});
  }
  return inputs;
}

std::vector<scan::InputFile> StoreInputs(const std::vector<FoundFile>& files,
                                         const store::ObjectStore& objects,
                                         const access::Principal& principal) {
  std::vector<scan::InputFile> inputs;
  for (const FoundFile& file : files) {
    inputs.push_back({file.uri, file.size, file.generation, [&objects, &principal, uri = file.uri] {
                        return Open(uri, objects, principal, nullptr);
                      }});
  }
  return inputs;
}

}  // namespace owlet::engine
