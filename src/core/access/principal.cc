#include "core/access/principal.h"

#include "base/digest.h"
#include "base/encoding.h"

namespace owlet::access {

Principal Principal::Root(std::string_view account_id) {
  Principal root;
  root.kind = PrincipalKind::kRoot;
  root.account_id = account_id;
  root.arn = "arn:aws:iam::" + root.account_id + ":root";
  root.user_id = account_id;
  return root;
}

Principal Principal::Anonymous() { return Principal{}; }

Principal Principal::Service(std::string_view service, std::string_view account_id) {
  Principal principal;
  principal.kind = PrincipalKind::kService;
  principal.account_id = account_id;
  principal.name = service;
  return principal;
}

Principal Principal::Via(std::string_view service) const {
  Principal principal = *this;
  principal.origin.reset();
  principal.called_via.emplace_back(service);
  return principal;
}

std::string CanonicalUserId(std::string_view account_id) {
  return EncodeHex(
      Digest::Of(DigestKind::kSha256, "owlet canonical user " + std::string(account_id)));
}

}  // namespace owlet::access
