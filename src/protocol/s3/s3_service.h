#pragma once

#include <memory>
#include <string>

#include "core/store/object_store.h"
#include "protocol/common/rest_xml_service.h"
#include "protocol/common/service_environment.h"

namespace owlet::s3 {

/// S3 over `store`, with every handler registered. `domain` is the host name of virtual-host style
/// beside localhost and amazonaws.com; empty for none. The store and what `environment` points to
/// must outlive it. Thread-safe.
[[nodiscard]] std::unique_ptr<protocol::RestXmlService> MakeService(
    store::ObjectStore& store, const protocol::ServiceEnvironment& environment,
    std::string domain = {});

}  // namespace owlet::s3
