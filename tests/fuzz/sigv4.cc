#include "core/access/sigv4.h"

#include <string>
#include <utility>
#include <vector>

#include "core/access/request_view.h"
#include "fuzz_target.h"

// A signature's claim, in the header or the query, and what is signed under it. The input is a
// path, a query and headers, a line each.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = owlet::fuzz::AsText(data, size);
  const auto line = [&rest] {
    const std::size_t end = rest.find('\n');
    const std::string_view taken = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    return std::string(taken);
  };
  const std::string path = line();
  const std::string query = line();
  std::vector<std::pair<std::string, std::string>> headers;
  while (!rest.empty() && headers.size() < 64) {
    const std::string field = line();
    const std::size_t colon = field.find(':');
    if (colon == std::string::npos) continue;
    headers.emplace_back(field.substr(0, colon), field.substr(colon + 1));
  }
  const owlet::access::RequestView view{"GET", path, query, headers};
  const auto claim = owlet::access::ReadClaim(view);
  if (!claim || !*claim) return 0;
  for (const auto form : {owlet::access::PathForm::kOnce, owlet::access::PathForm::kTwice}) {
    const std::string canonical =
        owlet::access::CanonicalRequest(view, **claim, form, "UNSIGNED-PAYLOAD");
    const std::string to_sign = owlet::access::StringToSign(**claim, canonical);
    const std::string key = owlet::access::SigningKey("secret", (*claim)->scope);
    owlet::fuzz::Require(owlet::access::SignatureOf(key, to_sign).size() == 64);
  }
  return 0;
}
