#pragma once

#include <aws/s3/types.h>

#include <string>
#include <string_view>

#include "base/result.h"
#include "protocol/common/schema.h"

// A bucket's settings are kept as the XML documents that clients sent, read anew where they count.

namespace owlet::s3 {

/// The XML of the member that is the body of `Operation`'s request.
template <class Operation>
[[nodiscard]] std::string DocumentOf(const typename Operation::Request& request);

/// Fills a reply from a kept document: the member that is its body, or its members themselves.
template <class Operation>
[[nodiscard]] Status FillFromDocument(std::string_view document, typename Operation::Reply& reply);

[[nodiscard]] std::string WriteDocument(const protocol::OperationSchema& put, const void* request);
[[nodiscard]] Status ReadDocument(const protocol::OperationSchema& get, std::string_view document,
                                  void* reply);

[[nodiscard]] Result<aws::s3::ServerSideEncryptionConfiguration> ReadEncryptionDocument(
    std::string_view document);
[[nodiscard]] Result<aws::s3::GetBucketCorsOutput> ReadCorsDocument(std::string_view document);
[[nodiscard]] Result<aws::s3::GetBucketWebsiteOutput> ReadWebsiteDocument(
    std::string_view document);
[[nodiscard]] Result<aws::s3::GetBucketLoggingOutput> ReadLoggingDocument(
    std::string_view document);

template <class Operation>
std::string DocumentOf(const typename Operation::Request& request) {
  return WriteDocument(Operation::kSchema, &request);
}
template <class Operation>
Status FillFromDocument(std::string_view document, typename Operation::Reply& reply) {
  return ReadDocument(Operation::kSchema, document, &reply);
}

}  // namespace owlet::s3
