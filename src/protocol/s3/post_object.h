#pragma once

#include "core/access/authenticator.h"
#include "core/store/object_store.h"
#include "protocol/common/rest_xml_service.h"

namespace owlet::s3 {

/// Takes an upload that a browser's form posts to a bucket (S3 API reference, "POST Object"). The
/// three must outlive the reply.
[[nodiscard]] net::Dispatch PostObject(store::ObjectStore& store,
                                       const access::Authenticator& authenticator,
                                       const protocol::RestXmlService& service,
                                       const protocol::RestXmlService::Incoming& incoming);

}  // namespace owlet::s3
