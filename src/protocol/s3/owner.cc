#include "protocol/s3/owner.h"

#include "base/digest.h"
#include "base/encoding.h"

namespace owlet::s3 {

aws::s3::Owner OwnerOf(const access::Principal& principal) {
  const std::string account =
      principal.account_id.empty() ? std::string(access::kDefaultAccount) : principal.account_id;
  aws::s3::Owner owner;
  owner.id = EncodeHex(Digest::Of(DigestKind::kSha256, account));
  return owner;
}

}  // namespace owlet::s3
