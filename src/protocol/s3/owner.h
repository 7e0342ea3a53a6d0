#pragma once

#include <aws/s3/types.h>

#include <optional>
#include <string>
#include <string_view>

#include "core/access/principal.h"
#include "core/store/object_store.h"

namespace owlet::s3 {

/// An account by its canonical id: 64 hexadecimal digits that follow from its number.
[[nodiscard]] aws::s3::Owner OwnerOf(const std::string& account);
[[nodiscard]] aws::s3::Owner OwnerOf(const access::Principal& principal);

/// Who began an upload: an account by its canonical id, a user or role by its ARN.
[[nodiscard]] aws::s3::Initiator InitiatorOf(const store::UploadInfo& upload);

/// The display name of an account that a list names by its canonical id, where it is known.
[[nodiscard]] std::optional<std::string> DisplayNameOf(std::string_view canonical_id,
                                                       const std::string& known_account);

}  // namespace owlet::s3
