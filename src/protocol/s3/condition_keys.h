#pragma once

#include "core/access/authorizer.h"
#include "net/http.h"

namespace owlet::s3 {

/// The condition keys that a request's own headers give to policies: s3:x-amz-acl,
/// s3:RequestObjectTag/<key> ...
[[nodiscard]] access::AccessContext ConditionKeys(const net::HttpRequest& http);

}  // namespace owlet::s3
