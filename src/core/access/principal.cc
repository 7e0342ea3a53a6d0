#include "core/access/principal.h"

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

}  // namespace owlet::access
