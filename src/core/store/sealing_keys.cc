#include "base/digest.h"
#include "base/encoding.h"
#include "core/store/store_impl.h"

// The keys that seal the keys of extents: the client's, or one that follows from the data folder's
// master key, which is made at the first start and never leaves the folder.

namespace owlet::store {
namespace {

constexpr std::string_view kMasterKeyRow = "store/master-key";

Error InvalidRequest(std::string message) {
  return {.reason = Reason::kInvalidArgument,
          .message = std::move(message),
          .condition = "InvalidRequest"};
}

}  // namespace

Status ObjectStore::Impl::LoadMasterKey() {
  return kv.Update([&](kv::Transaction& transaction) -> Status {
    OWLET_TRY(const auto kept, transaction.Get(kv::Column::kMeta, kMasterKeyRow));
    if (kept) {
      master_key = *kept;
      return {};
    }
    master_key = RandomBytes(kEncryptionKeySize);
    transaction.Put(kv::Column::kMeta, kMasterKeyRow, master_key);
    return {};
  });
}

Result<std::string> ObjectStore::Impl::SealingKey(const Encryption& encryption,
                                                  std::string_view customer_key) const {
  switch (encryption.mode) {
    case EncryptionMode::kS3:
      return HmacSha256(master_key, "sse-s3");
    case EncryptionMode::kKms:
    case EncryptionMode::kKmsDsse:
      return HmacSha256(master_key, "sse-kms/" + encryption.kms_key_id);
    case EncryptionMode::kCustomer:
    case EncryptionMode::kNone:
      break;
  }
  if (customer_key.size() != kEncryptionKeySize) {
    return Fail(InvalidRequest("The secret key was invalid for the specified algorithm."));
  }
  return std::string(customer_key);
}

Status ObjectStore::Impl::CheckCustomerKey(const records::Object& object,
                                           std::string_view customer_key) {
  const Encryption encryption = FromRecord(object.attributes().encryption());
  if (encryption.mode != EncryptionMode::kCustomer) {
    if (customer_key.empty()) return {};
    return Fail(InvalidRequest("The encryption parameters are not applicable to this object."));
  }
  if (customer_key.empty()) {
    return Fail(InvalidRequest(
        "The object was stored using a form of Server Side Encryption. The correct parameters "
        "must be provided to retrieve the object."));
  }
  if (EncodeBase64(Digest::Of(DigestKind::kMd5, customer_key)) == encryption.customer_key_md5) {
    return {};
  }
  return Fail(
      InvalidRequest("The provided encryption parameters did not match the ones used originally."));
}

}  // namespace owlet::store
