#include "protocol/s3/owner.h"

#include "core/store/access_control_list.h"

namespace owlet::s3 {

aws::s3::Owner OwnerOf(const std::string& account) {
  const std::string number = account.empty() ? std::string(access::kDefaultAccount) : account;
  aws::s3::Owner owner;
  owner.id = store::CanonicalId(number);
  owner.display_name = number;
  return owner;
}

aws::s3::Owner OwnerOf(const access::Principal& principal) { return OwnerOf(principal.account_id); }

aws::s3::Initiator InitiatorOf(const store::UploadInfo& upload) {
  aws::s3::Initiator initiator;
  const std::string_view arn = upload.initiator;
  // arn:aws:iam::<account>:<who>
  constexpr std::string_view kStart = "arn:aws:";
  const std::size_t account_at = arn.starts_with(kStart) ? arn.find("::") : std::string_view::npos;
  const std::size_t account_end =
      account_at == std::string_view::npos ? account_at : arn.find(':', account_at + 2);
  if (account_end == std::string_view::npos || arn.substr(account_end + 1) == "root") {
    const std::string account =
        account_end == std::string_view::npos
            ? upload.owner_account
            : std::string(arn.substr(account_at + 2, account_end - account_at - 2));
    const aws::s3::Owner owner = OwnerOf(account);
    initiator.id = owner.id;
    initiator.display_name = owner.display_name;
    return initiator;
  }
  initiator.id = std::string(arn);
  initiator.display_name = std::string(arn.substr(arn.rfind('/') + 1));
  return initiator;
}

std::optional<std::string> DisplayNameOf(std::string_view canonical_id,
                                         const std::string& known_account) {
  if (canonical_id == store::CanonicalId(known_account)) return known_account;
  return std::nullopt;
}

}  // namespace owlet::s3
