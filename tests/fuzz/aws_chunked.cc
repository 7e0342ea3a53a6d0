#include <algorithm>
#include <span>
#include <string>

#include "core/access/payload.h"
#include "fuzz_target.h"

// Bodies in the frames of aws-chunked: they must read the same however they are cut. The first byte
// chooses form and size of the pieces.

namespace {

using owlet::access::PayloadForm;

std::string Read(const owlet::access::PayloadTerms& terms, std::span<const std::byte> raw,
                 std::size_t piece) {
  const auto reader = owlet::access::MakePayloadReader(terms);
  std::string read;
  const auto sink = [&](std::span<const std::byte> bytes) -> owlet::Status {
    read.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return {};
  };
  bool good = true;
  while (good && !raw.empty()) {
    const auto next = raw.first(std::min(piece, raw.size()));
    raw = raw.subspan(next.size());
    good = reader->Append(next, sink).has_value();
  }
  if (!good || !reader->Finish()) return "refused";
  for (const auto& [name, value] : reader->trailers()) read += name + "=" + value + ";";
  return "read " + read;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  constexpr PayloadForm kForms[] = {PayloadForm::kSignedChunks, PayloadForm::kSignedChunksTrailer,
                                    PayloadForm::kUnsignedChunksTrailer};
  owlet::access::PayloadTerms terms;
  terms.form = kForms[data[0] % 3];
  terms.trailer_names = {"x-amz-checksum-crc32"};
  terms.check_signatures = false;
  terms.signing_key = std::string(32, 'k');
  terms.seed_signature = std::string(64, '0');
  terms.timestamp = "20260131T235959Z";
  terms.scope = "20260131/us-east-1/s3/aws4_request";
  const auto raw = std::as_bytes(std::span(data, size)).subspan(1);
  const std::string whole = Read(terms, raw, raw.size());
  owlet::fuzz::Require(whole == Read(terms, raw, 1));
  owlet::fuzz::Require(whole == Read(terms, raw, 1 + data[0] / 3U));
  return 0;
}
