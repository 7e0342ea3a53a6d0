#include "protocol/s3/expiration_header.h"

#include <fmt/format.h>

#include "core/store/lifecycle.h"

namespace owlet::s3 {

std::optional<std::string> ExpirationHeader(const store::ObjectStore& store,
                                            const store::BucketName& bucket,
                                            const store::ObjectInfo& info) {
  const auto terms = store.FindBucketTerms(bucket);
  if (!terms) return std::nullopt;
  const std::string* document = terms->Find(store::BucketSetting::kLifecycle);
  if (document == nullptr) return std::nullopt;
  const auto rules = store::ReadLifecycle(*document);
  if (!rules) return std::nullopt;
  const auto expiry = store::ExpiryOf(*rules, info, std::chrono::days(1));
  if (!expiry) return std::nullopt;
  return fmt::format("expiry-date=\"{}\", rule-id=\"{}\"", FormatHttpDate(expiry->when),
                     expiry->rule_id);
}

}  // namespace owlet::s3
