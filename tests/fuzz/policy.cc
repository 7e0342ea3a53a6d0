#include "core/access/policy.h"

#include "fuzz_target.h"

// Policy documents of identities, resources and trust.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = owlet::fuzz::AsText(data, size);
  (void)owlet::access::PolicySize(text);
  const auto identity =
      owlet::access::PolicyDocument::Parse(text, owlet::access::PolicyUse::kIdentity);
  if (identity) owlet::fuzz::Require(!(*identity)->statements().empty());
  const auto resource =
      owlet::access::PolicyDocument::Parse(text, owlet::access::PolicyUse::kResource);
  if (resource) (void)owlet::access::IsPublicPolicy(**resource);
  return 0;
}
